"""The queue under the keys: decide, go on, take it back; and reporting a post where one reads it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from community.actions import flags
from community.models import Answer, Flag, Review
from tests.browser.journeys import Browsers
from tests.factories import moderator, person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def flagged(title: str) -> Review:
    said = reply(thread(title=title))
    flags.flag(actor=person(), thread_id=said.thread_id, answer_id=said.pk, ground="spam")
    return Review.objects.get(answer=said)


def test_a_key_decides_the_next_is_under_the_keys_and_u_takes_it_back(browsers: Browsers) -> None:
    first, second = flagged("The first one"), flagged("The second one")
    page = browsers.open(reverse("moderation"), moderator())
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="The first one")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("h")
    expect(page.get_by_role("link", name="The second one")).to_be_focused()
    assert Review.objects.get(pk=first.pk).outcome == "hide"
    assert Answer.objects.get(pk=first.answer_id).hidden_at is not None
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.get_by_role("link", name="The first one")).to_be_focused()
    assert Answer.objects.get(pk=first.answer_id).hidden_at is None
    assert Review.objects.waiting().filter(pk__in=[first.pk, second.pk]).count() == 2
    assert browsers.complaints == []


def test_words_follow_the_ground_until_somebody_writes_their_own(browsers: Browsers) -> None:
    flagged("The first one")
    page = browsers.open(reverse("moderation"), moderator())
    ground, words = page.get_by_label("What is wrong").first, page.get_by_label("What its author reads").first
    ground.select_option("rude")
    expect(words).to_have_value("It hurts somebody. The same without that is welcome.")
    words.fill("Please be kind.")
    ground.select_option("spam")
    expect(words).to_have_value("Please be kind.")


def test_one_moderator_sees_that_another_is_looking(browsers: Browsers) -> None:
    review = flagged("The first one")
    early = browsers.open(reverse("moderation"), moderator("early"))
    with early.expect_response(lambda answer: answer.url.endswith(reverse("look_at_reviews"))):
        early.keyboard.press("j")
    expect(early.get_by_role("link", name="The first one")).to_be_focused()
    early.wait_for_function("() => document.activeElement.closest('[data-case]')")
    late = browsers.open(reverse("moderation"), moderator("late"))
    expect(late.locator(f"[data-case='{review.pk}'] [data-looking]")).to_contain_text("early is looking at this")


def test_a_post_is_reported_where_one_reads_it(browsers: Browsers) -> None:
    said = reply(thread())
    page = browsers.open(said.thread.get_absolute_url(), person())
    page.locator("#a1 [data-flag]").click()
    form = page.get_by_role("dialog", name="Report this post")
    expect(form).to_be_visible()
    form.get_by_label("Rude or hurtful").check()
    with page.expect_navigation():
        form.get_by_role("button", name="Report it to the moderators").click()
    expect(page.get_by_text("Thank you. A moderator looks at it")).to_be_visible()
    assert Flag.objects.get().ground == "rude"
    assert browsers.complaints == []
