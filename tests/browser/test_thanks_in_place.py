"""Thanks are given where one reads: no reload, no jump, and no word lost when the connection is."""

import pytest
from playwright.sync_api import Page, expect

from community.actions import moderation
from community.models import MeToo, Vote
from tests.browser.journeys import Browsers
from tests.factories import moderator, person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def is_same_page(page: Page) -> bool:
    return bool(page.evaluate("window.opened === true"))


@pytest.fixture
def page(browsers: Browsers) -> Page:
    question = thread()
    for _number in range(8):
        reply(question)
    opened = browsers.open(f"{question.get_absolute_url()}", person("ben"), viewport={"width": 390, "height": 700})
    opened.evaluate("window.opened = true")
    return opened


def test_a_vote_counts_at_once_and_the_page_stays_where_it_is(page) -> None:
    button = page.get_by_role("button", name="Helpful").nth(5)
    button.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_contain_text("1")
    expect(button).to_be_focused()
    assert is_same_page(page)
    assert page.evaluate("scrollY") == before
    assert Vote.objects.count() == 1
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    assert Vote.objects.count() == 0


def test_i_have_this_too_is_counted_and_says_what_follows(page) -> None:
    page.get_by_role("button", name="I have this problem too").click()
    expect(page.get_by_role("button", name="I have this problem too")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#toasts")).to_contain_text("You will be told")
    assert is_same_page(page)
    assert MeToo.objects.filter(person__username_key="ben").exists()


def test_whoever_thanks_for_what_was_just_hidden_is_told_so(page) -> None:
    from_the_top = page.get_by_role("button", name="Helpful").first
    number = int(str(from_the_top.get_attribute("formaction")).split("/")[2])
    moderation.hide_answer(actor=moderator(), answer_id=number, reason="Advertising")
    from_the_top.click()
    expect(page.locator("#toasts .tone-danger")).not_to_be_empty()
    assert is_same_page(page)
    assert Vote.objects.count() == 0


def test_where_the_script_cannot_send_the_form_goes_as_without_one(page) -> None:
    cut = []

    def cut_once(route) -> None:
        (route.continue_ if cut else route.abort)()
        cut.append(route.request.url)

    page.route("**/vote/", cut_once)
    page.get_by_role("button", name="Helpful").first.click()
    expect(page.get_by_role("button", name="Helpful").first).to_have_attribute("aria-pressed", "true")
    assert not is_same_page(page)
    assert Vote.objects.count() == 1
