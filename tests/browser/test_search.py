"""The moment to be proud of: somebody in a bad mood, on a phone, finds what solved it for others."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from community.actions import solutions
from community.integrity import violations
from community.models import Helped, Thread
from tests.community.accounts import mailed_code, member
from tests.factories import board, person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE_WIDTH = 390
PHONE: dict[str, Any] = {"viewport": {"width": PHONE_WIDTH, "height": 844}, "has_touch": True, "is_mobile": True}
ADVICE = "Hold the WPS button until the light blinks."


@pytest.fixture
def solved_thread() -> Thread:
    mira, on = person(), board("Wave routers")
    question = thread(mira, on, title="Red light on the router since the update", body="The app says offline.")
    solutions.accept(actor=mira, answer_id=reply(question, body=ADVICE).pk)
    thread(title="Which cable between the satellites?", on=on, body="The grey one is too short.")
    return question


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def phone(request: Any, browser: Browser, live_server: Any, settings: Any, tmp_path: Any) -> Iterator[Page]:
    settings.MEDIA_ROOT = tmp_path
    context = browser.new_context(base_url=live_server.url, java_script_enabled=request.param, **PHONE)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda told: complaints.append(told.text) if told.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


def search_for(page: Page, words: str) -> None:
    field = page.get_by_role("searchbox")
    field.fill(words)
    field.press("Enter")


def test_a_customer_types_three_words_taps_one_thread_and_says_that_it_helped(
    phone: Page, solved_thread: Thread
) -> None:
    carla = member("carla")
    phone.goto("/")
    expect(phone.get_by_role("heading", level=1)).to_have_text("What is going wrong?")
    search_for(phone, "router red light")
    expect(phone.get_by_role("status").filter(has_text="1 result")).to_be_visible()
    row = phone.get_by_role("article").first
    expect(row).to_contain_text("Hold the WPS button")  # the solution can be read before anything is opened
    row.get_by_role("link", name="Red light on the router since the update").tap()
    solution = phone.locator(".post-solution")
    expect(solution).to_contain_text(ADVICE)
    # It worked. Only for saying so one must be somebody.
    solution.get_by_role("link", name="Solved it for me").tap()
    sign_in(phone, carla.email)
    expect(phone.locator(".post-solution")).to_be_visible()
    phone.locator(".post-solution").get_by_role("button", name="Solved it for me").tap()
    expect(phone.locator(".post-solution .vote-count").last).to_have_text("1")
    assert Helped.objects.get().person == carla
    assert list(violations()) == []


def sign_in(page: Page, email: str) -> None:
    """By a code that is mailed: the way for somebody who has forgotten the password."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("link", name="Mail me a code").tap()
    page.get_by_role("main").get_by_role("textbox").fill(email)
    page.get_by_role("main").get_by_role("button", name="Mail me a code").tap()
    expect(page.get_by_label("Code")).to_be_visible()
    page.get_by_label("Code").fill(mailed_code())
    page.get_by_role("main").get_by_role("button").first.tap()


def test_who_finds_nothing_asks_with_the_words_kept(phone: Page, solved_thread: Thread) -> None:
    phone.goto("/")
    search_for(phone, "purple humming sound")
    expect(phone.get_by_role("status").filter(has_text="Nobody has written about this yet")).to_be_visible()
    phone.get_by_role("link", name="Ask your question").tap()
    expect(phone.get_by_label("Your question in one line")).to_have_value("purple humming sound")


def test_from_any_page_a_phone_is_one_tap_from_searching(phone: Page, solved_thread: Thread) -> None:
    phone.goto("/threads/")
    with phone.expect_navigation():
        phone.get_by_role("banner").get_by_role("link", name="Search").tap()
    search_for(phone, "cable")
    expect(phone.get_by_role("link", name="Which cable between the satellites?")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH


def test_beside_a_thread_others_like_it_come_by_themselves(phone: Page, solved_thread: Thread, request: Any) -> None:
    other = thread(title="The router has a red light", on=solved_thread.board)
    phone.goto(solved_thread.get_absolute_url())
    card = phone.get_by_role("complementary")
    if "without" in request.node.name:
        card.get_by_role("link", name="See questions like this one").tap()
        expect(phone.get_by_role("heading", level=1)).to_have_text("Similar questions")
        card = phone.get_by_role("main")
    else:
        card.scroll_into_view_if_needed()
    card.get_by_role("link", name=other.title).tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text(other.title)
