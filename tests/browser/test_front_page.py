"""The front page in a real browser."""

import pytest
from playwright.sync_api import Browser


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_visitor_opens_the_front_page_and_the_browser_complains_of_nothing(browser: Browser, live_server) -> None:
    complaints: list[str] = []
    context = browser.new_context()
    page = context.new_page()
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    answer = page.goto(live_server.url + "/")
    assert answer is not None and answer.status == 200
    assert page.title() and page.locator("h1").count() == 1
    context.close()
    assert complaints == []
