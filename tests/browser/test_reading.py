"""A solution that was read is counted; a few readers are asked two taps, and nothing gets in anybody's way."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from community.accounts.visitors import COOKIE
from community.models import Thread, Visitor
from support.models import Survey, SurveyWords, View
from tests.browser.reading_on import TELLS, awake, counting, opened, question_on, read_and_tell, read_for
from tests.factories import reply
from tests.support.reading_people import everybody_is_drawn, nobody_is_drawn, peer_solved

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reader(browser: Browser, live_server: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(base_url=live_server.url, viewport={"width": 390, "height": 844})
    yield context
    context.close()


@pytest.fixture
def solved() -> Thread:
    counting("on")
    nobody_is_drawn()
    thread = peer_solved()
    for _number in range(3):
        reply(thread)
    return thread


def test_a_solution_that_stood_on_the_screen_for_ten_seconds_was_read(reader, solved) -> None:
    page = opened(reader, solved.get_absolute_url(), still=True)
    read_for(page, 9)
    assert not View.objects.exists()
    page.clock.resume()
    assert read_and_tell(page, 2).status == 204
    assert View.objects.get().thread_id == solved.pk
    page.reload()
    awake(page)
    read_and_tell(page)
    assert View.objects.count() == 1


def test_what_is_not_looked_at_is_not_read(reader, solved) -> None:
    told = []
    page = opened(reader, solved.get_absolute_url())
    page.on("request", lambda request: told.append(request.url) if "/reading/" in request.url else None)
    page.locator("[data-reading][data-looked]").wait_for(state="attached")
    page.evaluate("document.querySelector('.post-solution').style.marginBlockStart = '4000px'")
    page.locator("[data-reading]:not([data-looked])").wait_for(state="attached")
    page.clock.run_for(30_000)
    assert told == []


def test_two_taps_answer_and_a_sentence_may_follow(reader, solved) -> None:
    everybody_is_drawn()
    page = opened(reader, solved.get_absolute_url())
    before = page.locator(".post-solution").bounding_box()
    with page.expect_response("**/reading/survey/"):
        read_and_tell(page)
        question_on(page).scroll_into_view_if_needed()
        expect(question_on(page).get_by_text("Did this solve it for you?")).to_be_visible()
        page.locator("[data-asking][data-looked]").wait_for()
        page.clock.run_for(2000)
    survey = Survey.objects.get()
    assert survey.shown_at is not None
    page.evaluate("scrollTo(0, 0)")
    assert page.locator(".post-solution").bounding_box() == before
    page.get_by_role("button", name="Yes", exact=True).click()
    expect(page.locator("[data-step='2'] legend")).to_be_focused()
    with page.expect_response("**/reading/survey/"):
        page.get_by_role("button", name="Call support").click()
    expect(question_on(page).get_by_text("Thank you, that was all.")).to_be_visible()
    page.get_by_text("Say it in a sentence").click()
    page.get_by_label("What did this spare you").fill("I had the number of the hotline in my hand.")
    page.get_by_label("You may show this sentence").check()
    page.get_by_role("button", name="Send").click()
    expect(question_on(page).get_by_text("Thank you. That helps.")).to_be_visible()
    survey.refresh_from_db()
    assert (survey.is_solved, survey.instead) == (True, "phone")
    assert SurveyWords.objects.get().may_be_shown


def test_closing_it_is_one_press_and_says_nothing(reader, solved) -> None:
    everybody_is_drawn()
    page = opened(reader, solved.get_absolute_url())
    read_and_tell(page)
    page.get_by_role("button", name="Close").click()
    expect(question_on(page)).to_have_count(0)
    assert Survey.objects.get().answered_at is None


def test_what_could_not_be_told_is_told_with_the_next_page(reader, solved) -> None:
    page = opened(reader, solved.get_absolute_url())
    page.route(TELLS, lambda route: route.abort())
    with page.expect_event("requestfailed"):
        read_for(page, 11)
    assert not View.objects.exists()
    page.unroute(TELLS)
    another = peer_solved()
    page.goto(another.get_absolute_url())
    awake(page)
    read_and_tell(page)
    assert set(View.objects.values_list("thread_id", flat=True)) == {solved.pk, another.pk}


def test_a_longer_time_of_the_definition_is_learned_and_kept_to(reader, solved) -> None:
    everybody_is_drawn(dwell_seconds=20, survey_rate=0)
    page = opened(reader, solved.get_absolute_url())
    assert read_and_tell(page).headers["dwell"] == "20"
    assert not View.objects.exists()
    read_and_tell(page)
    assert View.objects.count() == 1


def test_where_the_site_asks_first_a_yes_under_the_solution_counts_and_a_no_sets_nothing(reader, solved) -> None:
    counting("ask")
    page = opened(reader, solved.get_absolute_url())
    read_and_tell(page)
    assert not Visitor.objects.exists()
    assert COOKIE not in {each["name"] for each in reader.cookies()}
    with page.expect_response(TELLS):
        page.get_by_role("button", name="Yes, you may").click()
    expect(question_on(page)).to_have_count(0)
    assert View.objects.get().person_key == Visitor.objects.get().key


@pytest.mark.parametrize("why", ["counts nobody", "no script", "do not track"])
def test_nobody_is_counted_or_asked_who_cannot_or_will_not_be(browser, live_server, solved, why: str) -> None:
    everybody_is_drawn()
    if why == "counts nobody":
        counting("off")
    headers = {"Sec-GPC": "1"} if why == "do not track" else {}
    context = browser.new_context(
        base_url=live_server.url, java_script_enabled=why != "no script", extra_http_headers=headers
    )
    if why == "no script":
        page = context.new_page()
        page.goto(solved.get_absolute_url())
    else:
        page = opened(context, solved.get_absolute_url())
        read_and_tell(page)
    expect(question_on(page)).to_have_count(0)
    assert not View.objects.exists()
    assert not Visitor.objects.exists()
    context.close()
