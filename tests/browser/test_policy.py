"""The policy in a real browser: nothing is stopped on any page of the site or of the admin, and data is no script.

The browser itself tells of everything its policy stopped; tests/test_policy.py asks every route what it sends.
"""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from community.actions import solutions
from tests.browser.community import Community
from tests.browser.looks import Looker, cookie_of
from tests.browser.pages import admin_models, admin_pages
from tests.factories import admin, person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

LISTEN = """
window.stopped = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.stopped.push(`${event.effectiveDirective}: ${event.blockedURI} ${event.sample} (${event.sourceFile})`));
"""
HOSTILE = '</script><script>window.ran = true</script><img src=x onerror="window.ran = true">'


def opened(looker: Looker, session: str = "") -> Page:
    page = looker.open(session)
    page.add_init_script(LISTEN)
    return page


def stopped(page: Page) -> list[str]:
    found: list[str] = page.evaluate("window.stopped")
    return found


def test_the_browser_tells_of_what_it_stops(looker: Looker, community: Community) -> None:
    page = opened(looker)
    page.goto("/threads/")
    assert stopped(page) == []
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\" onclick=\"x()\">x</p>')")
    page.evaluate(
        "document.body.append(Object.assign(new Image(), { src: 'data:image/gif;base64,R0lGODlhAQABAAAAADs=' }))"
    )
    page.wait_for_function("window.stopped.length >= 2")
    # So test_every_route.py would find it on whichever page it looks at, those of the administration among them.
    assert len(looker.complaints) >= 2


def test_nothing_is_stopped_on_the_pages_of_the_site(looker: Looker, community: Community) -> None:
    pages = ["/", "/boards/", "/threads/", "/boards/routers/", "/tags/", "/ask/", "/people/customer/", "/nowhere/"]
    pages += [community.address("long"), community.address("solved"), "/accounts/login/", "/accounts/signup/"]
    for session in ("", cookie_of(person("reader"))):
        page = opened(looker, session)
        for address in pages:
            page.goto(address)
            page.wait_for_load_state("networkidle")
            assert stopped(page) == [], address


def test_nothing_is_stopped_when_a_calendar_opens_in_the_admin(looker: Looker, community: Community) -> None:
    page, calendars = opened(looker, cookie_of(admin("chief"))), 0
    for address in (each for name in admin_models() for each in admin_pages(name) if "change" in each or "add" in each):
        page.goto(address)
        buttons = page.locator(".datetimeshortcuts a:has(.date-icon)")
        if buttons.count():
            buttons.first.click()
            expect(page.locator(".calendarbox").first).to_be_visible()
            calendars += 1
        assert stopped(page) == [], address
        if calendars == 3:
            break
    assert calendars


def test_the_data_for_search_engines_is_read_and_never_run(looker: Looker, community: Community) -> None:
    question = thread(person("anna"), title=HOSTILE, body=HOSTILE)
    solutions.accept(actor=question.asker, answer_id=reply(question, None, HOSTILE).pk)
    page = opened(looker)
    page.goto(question.get_absolute_url())
    told: Any = json.loads(page.locator('script[type="application/ld+json"]').text_content() or "")
    assert told["mainEntity"]["name"] == HOSTILE
    assert told["mainEntity"]["acceptedAnswer"]["text"] == HOSTILE
    assert page.evaluate("window.ran") is None
    assert stopped(page) == []
    assert page.locator("script:not([src])").count() == 1
