"""Narrowing a search on a telephone, by keyboard, without scripts; and every state of the page is sound."""

from datetime import UTC, datetime
from threading import Event
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from community import clock
from community.actions import solutions
from community.search.following import rebuild
from tests.browser.journeys import pick
from tests.browser.looks import Looker
from tests.factories import board, person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE: dict[str, Any] = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def threads_(live_server: Any, settings: Any, tmp_path: Any) -> None:
    """Three threads about a red light: one solved long ago, two open."""
    settings.MEDIA_ROOT = tmp_path
    routers, speakers = board("Wave routers"), board("Speakers")
    mira = person("mira", display_name="Mira K.")
    with clock.at(datetime(2025, 5, 4, 12, tzinfo=UTC)):
        question = thread(mira, routers, title="Red light on the router", tags=["wifi"], product_version="W3 4.2")
        solutions.accept(actor=mira, answer_id=reply(question, body="Hold the WPS button.").pk)
    thread(title="Red light on the speaker", on=speakers, body="It is red since yesterday.")
    thread(title="A red light, again", on=routers, body="Red again.")
    settings.SEARCH_DIR = tmp_path / "search"
    assert rebuild(Event(), lambda _done, _total: None, lambda _told: None)


def expect_rows(page: Page, *titles: str) -> None:
    expect(page.locator(".row-title a")).to_have_text([*titles])


@pytest.mark.parametrize("has_scripts", [True, False], ids=["with scripts", "without scripts"])
def test_on_a_phone_filters_are_opened_chosen_and_taken_away_again(
    browser: Browser, live_server: Any, threads_: None, has_scripts: bool
) -> None:
    context = browser.new_context(base_url=live_server.url, java_script_enabled=has_scripts, **PHONE)
    page = context.new_page()
    page.goto("/search/?q=red+light")
    filters = page.locator(".search-filters > summary")
    expect(page.get_by_label("State")).to_be_hidden()
    filters.tap()
    page.get_by_label("State").select_option(label="Solved (1)")
    page.get_by_label("Asked by").fill("Mira K.")
    page.get_by_label("Asked until").fill("2025-12-31")
    page.get_by_role("button", name="Show results").tap()
    expect(page.get_by_role("status").filter(has_text="1 result")).to_be_visible()
    expect_rows(page, "Red light on the router")
    narrowed = page.get_by_role("list", name="Narrowed to")
    expect(narrowed.get_by_role("listitem")).to_contain_text(["Solved", "Asked by Mira K.", "Until Dec"])
    if has_scripts:  # the address says what was chosen and nothing else
        assert page.url.endswith("/search/?q=red+light&state=solved&author=Mira+K.&until=2025-12-31")
    for name in ("Until", "Asked by Mira K.", "Solved"):
        with page.expect_navigation():
            narrowed.get_by_role("link", name=name).tap()
    expect(page.get_by_role("status").filter(has_text="3 results")).to_be_visible()
    page.get_by_role("navigation", name="Order of the results").get_by_role("link", name="Solved first").tap()
    expect(page.locator(".row-title a").first).to_have_text("Red light on the router")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["viewport"]["width"]
    context.close()


def test_by_keyboard_alone_and_new_words_keep_the_filters(browser: Browser, live_server: Any, threads_: None) -> None:
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    page.goto("/search/?q=light&sort=newest")
    page.get_by_role("searchbox", name="Describe it in a few words").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # opens the filters
    page.keyboard.press("Tab")
    expect(page.get_by_label("State")).to_be_focused()
    page.get_by_label("Board").focus()
    pick(page, "Wave")
    page.keyboard.press("Tab")
    page.get_by_label("Asked by").focus()
    page.keyboard.press("Enter")  # sends the form, as in any field
    expect(page.get_by_role("list", name="Narrowed to")).to_contain_text("Wave routers")
    expect_rows(page, "A red light, again", "Red light on the router")
    words = page.get_by_role("searchbox", name="Describe it in a few words")
    words.fill("red again")
    words.press("Enter")
    expect(page.get_by_role("status").filter(has_text="1 result")).to_be_visible()
    expect(page.get_by_role("list", name="Narrowed to")).to_contain_text("Wave routers")
    assert "sort=newest" in page.url
    context.close()


def test_every_state_of_the_page_is_sound_in_both_widths_and_themes(
    looker: Looker, threads_: None, settings: Any, tmp_path: Any
) -> None:
    page = looker.open()
    for query in (
        "",
        "?q=%21",
        "?q=the+a",
        "?q=red+light",
        "?q=red+light&state=solved&tag=wifi&author=mira&since=2025-01-01&until=2025-12-31&sort=solved",
        "?q=red+light&since=2025-02-31&author=nobody&board=none&after=x",
        "?q=red+zebra&sort=newest",
        "?q=purple+zebra",
        "?q=purple+%22green+zebra%22&state=closed&kind=idea",
        "?state=solved",
        "?q=ruoter+light",
        "?q=ruoter&exact=ruoter",
        "?q=red+light&state=needs_info",
    ):
        looker.visit(page, f"/search/{query}")
    settings.SEARCH_DIR = tmp_path / "none"
    looker.visit(page, "/search/?q=red+light&board=speakers")
    page.goto("/search/?q=red+light&state=solved")
    page.locator(".search-filters > summary").click()
    looker.look(page, "the filters, open")
    assert not looker.found, looker.told()
