"""May it be counted what helps? Answered where one writes, and not a word of what was typed is lost."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from community.accounts.visitors import COOKIE, NO_COOKIE
from community.models import FormSession, Visitor
from tests.factories import board

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TYPED = "The light is red"


def cookies(context: BrowserContext) -> set[str]:
    return {each["name"] for each in context.cookies()} & {COOKIE, NO_COOKIE}


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def writing(request: Any, browser: Browser, live_server: Any) -> Iterator[Page]:
    """A visitor on a telephone who has begun to write."""
    board("Wave routers")
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=request.param, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto("/ask/")
    page.locator("input[name=title]").fill(TYPED)
    yield page
    context.close()


def answer(page: Page, words: str) -> None:
    """Press the answer; without a script the choice opens beside the page."""
    button = page.get_by_role("button", name=words)
    if page.locator("[data-theme-switch]").first.is_visible():
        button.click()
        expect(page.get_by_text("Thank you. We keep to that.")).to_be_visible()
        expect(button).to_have_count(0)
        return
    with page.context.expect_page() as opened:
        button.click()
    expect(opened.value.get_by_role("heading", level=1)).to_have_text("What we count")
    opened.value.close()


@pytest.mark.parametrize(("words", "kept"), [("Yes, you may", COOKIE), ("No, thanks", NO_COOKIE)])
def test_an_answer_is_kept_and_the_page_stays_as_it_was(writing: Page, words: str, kept: str) -> None:
    assert cookies(writing.context) == set() and not FormSession.objects.exists()
    answer(writing, words)
    expect(writing.locator("input[name=title]")).to_have_value(TYPED)
    assert cookies(writing.context) == {kept}
    assert Visitor.objects.exists() == (kept == COOKIE)
    writing.goto("/ask/")
    expect(writing.get_by_text("May we remember")).to_have_count(0)


def test_both_answers_are_as_large(writing: Page) -> None:
    sizes = [writing.get_by_role("button", name=words).bounding_box() for words in ("Yes, you may", "No, thanks")]
    assert sizes[0] and sizes[1] and sizes[0]["height"] == sizes[1]["height"] >= 24
