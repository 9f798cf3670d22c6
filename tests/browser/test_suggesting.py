"""Suggestions in a real browser: they come while somebody writes, and never get in the way."""

import re

import pytest
from playwright.sync_api import Route, expect

from community import clock
from community.models import Draft, FormSession, Helped, MeToo, Thread, User, Watch
from tests.browser.journeys import tab_to
from tests.browser.suggesting import (  # noqa: F401 - fixtures
    DETAILS,
    NONE,
    QUESTION,
    anna,
    asking,
    counting,
    events,
    open_page,
    room_of,
    solved,
    with_the_room,
)
from tests.browser.writing import until
from tests.community.index import keep
from tests.factories import board, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# It opens beside the draft --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [390, 1280])
def test_it_comes_beside_the_title_and_moves_nothing_in_use(open_page, anna, solved, width: int) -> None:
    page = asking(open_page, anna, viewport={"width": width, "height": 800})
    title = page.get_by_label(QUESTION)
    place = title.bounding_box()
    page.keyboard.type("router red")
    page.keyboard.type(" light")
    expect(room_of(page)).to_be_visible()
    expect(page.locator("#live")).to_contain_text("Similar questions: 1, solved: 1")
    assert title.bounding_box() == place
    expect(title).to_be_focused()
    page.keyboard.type("s tonight")
    expect(title).to_have_value("router red lights tonight")
    with page.context.expect_page() as opened, page.expect_response("**/forms/event/"):
        room_of(page).get_by_role("link", name="Red light on the router").click()
    opened.value.wait_for_url(f"**{solved.get_absolute_url()}")
    until(page, lambda: ("opened", None) in events())
    expect(title).to_have_value("router red lights tonight")
    page.get_by_role("button", name=NONE).click()
    expect(room_of(page)).to_be_hidden()
    expect(page.get_by_label(DETAILS)).to_be_focused()


def test_none_of_these_leads_to_what_the_form_still_needs_and_asks_no_more(open_page, anna, solved) -> None:
    board("Cameras")
    page = with_the_room(open_page, anna)
    page.get_by_label(DETAILS).fill("It blinks")
    page.get_by_label("Routers").check()
    page.get_by_role("button", name=NONE).click()
    expect(page.get_by_role("button", name="Post your question").last).to_be_focused()
    looked: list[str] = []
    page.on("request", lambda request: looked.append(request.url) if request.url.endswith("/suggestions/") else None)
    page.get_by_label(QUESTION).fill("Something entirely different this time")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.get_by_role("button", name="Post your question").last.click()
    assert looked == []
    assert FormSession.objects.get().submitted_thread == Thread.objects.get(asker=anna)


def test_what_comes_late_does_not_push_the_details_away(open_page, anna, solved) -> None:
    page = open_page("/ask/", anna, viewport={"width": 390, "height": 800})
    held: list[Route] = []
    page.route("**/suggestions/", lambda route: held.append(route))
    page.get_by_label(QUESTION).focus()
    page.locator("[data-room][data-awake]").wait_for(state="attached")
    with page.expect_request("**/suggestions/"):
        page.get_by_label(QUESTION).fill("router red light")
    words = page.get_by_label(DETAILS)
    words.click()
    page.keyboard.type("I am writing")
    place = words.bounding_box()
    held[0].continue_()
    page.locator("[data-suggestion]").first.wait_for(state="attached")
    assert abs(words.bounding_box()["y"] - place["y"]) < 2
    page.keyboard.type(" on")
    expect(words).to_have_value("I am writing on")


def test_without_a_connection_nothing_is_missing(open_page, anna, solved) -> None:
    page = asking(open_page, anna)
    page.route("**/suggestions/**", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.get_by_label(QUESTION).fill("router red light")
    expect(room_of(page)).to_be_hidden()
    expect(page.get_by_label(QUESTION)).to_have_value("router red light")


# How often it asks ----------------------------------------------------------------------------------------------------
SENTENCE = "The red light of my router keeps blinking since the update of last night"


@pytest.mark.parametrize("pause", [60, 320, 520, 700, 1500])
@pytest.mark.parametrize("by", ["word", "letter"])
def test_a_typed_sentence_asks_at_most_three_times(
    open_page, settings, tmp_path, anna, solved, pause: int, by: str
) -> None:
    # Without an index the database looks for the five rarest words of a sentence alone, and which those are, its
    # statistics say: those of another test.
    settings.SEARCH_DIR = tmp_path / "search"
    keep()
    page = open_page("/ask/", anna)
    page.locator("[data-room][data-awake]").wait_for(state="attached")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggestions/" in request.url else None)
    page.clock.install()
    page.get_by_label(QUESTION).focus()
    for each in re.findall(r"\S+\s*" if by == "word" else r".", SENTENCE):
        page.keyboard.type(each)
        page.clock.run_for(pause)
    page.clock.run_for(5000)
    page.keyboard.press("Tab")
    expect(page.locator("[data-suggestion]").first).to_be_visible()
    page.clock.run_for(5000)
    assert 1 <= len(asked) <= 3


def test_the_same_words_are_asked_for_once_and_half_a_title_says_too_little(open_page, anna, solved) -> None:
    page = open_page("/ask/", anna)
    page.locator("[data-room][data-awake]").wait_for(state="attached")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/suggestions/" in request.url else None)
    page.clock.install()
    title = page.get_by_label(QUESTION)
    title.fill("red light")
    page.clock.run_for(5000)
    assert asked == []
    with page.expect_request("**/suggestions/"):
        title.fill("red light router ")
        page.clock.run_for(5000)
    title.fill("router, red light!")
    page.clock.run_for(5000)
    page.keyboard.press("Tab")
    assert len(asked) == 1


def test_the_details_are_looked_at_again_when_they_bring_new_words(open_page, anna, solved) -> None:
    page = open_page("/ask/", anna)
    page.locator("[data-room][data-awake]").wait_for(state="attached")
    page.clock.install()
    with page.expect_request("**/suggestions/"):
        page.get_by_label(QUESTION).fill("Something odd with it")
        page.clock.run_for(3000)
    words = page.get_by_label(DETAILS)
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(request.post_data) if "/suggestions/" in request.url else None)
    with page.expect_request("**/suggestions/"):
        words.fill("The router shows a red light since the update of yesterday ")
        page.clock.run_for(3000)
    words.press_sequentially("the red light the router ")
    page.clock.run_for(5000)
    assert len(bodies) == 1 and "since the update of yesterday" in bodies[0]


def test_a_language_without_spaces_has_words_too(open_page, anna) -> None:
    thread(title="ルーターの赤いランプが点滅します")
    page = asking(open_page, anna)
    with page.expect_request("**/suggestions/"):
        page.get_by_label(QUESTION).fill("ルーターの赤いランプが消えません")


# Read in place, by the keyboard alone ---------------------------------------------------------------------------------
def test_the_solution_opens_in_place_by_the_keyboard_and_folds_again(open_page, anna, solved) -> None:
    page = with_the_room(open_page, anna)
    room_of(page).get_by_role("link", name="Red light on the router").focus()
    tab_to(page, "Show the solution")
    with page.expect_response(f"**/suggestions/{solved.pk}/"):
        page.keyboard.press("Enter")
    text = room_of(page).get_by_role("group", name="The solution")
    expect(text).to_contain_text("start the app once more")
    expect(text).to_be_focused()
    show = page.get_by_role("button", name="Show the solution")
    expect(show).to_have_attribute("aria-expanded", "true")
    for expanded in ("false", "true"):
        show.press("Enter")
        expect(show).to_have_attribute("aria-expanded", expanded)
    expect(text).to_be_visible()
    until(page, lambda: events() == {("shown", None), ("opened", None)})
    expect(page.get_by_label(QUESTION)).to_have_value("router red light")


def test_this_solved_it_ends_calmly_by_the_keyboard_and_the_draft_is_kept(open_page, anna, solved) -> None:
    page = with_the_room(open_page, anna)
    page.get_by_label(DETAILS).fill("It blinks")
    room_of(page).get_by_role("link", name="Red light on the router").focus()
    tab_to(page, "This solved it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Good to hear!")).to_be_focused()
    room = page.locator("[data-room]")
    expect(room).to_contain_text("The solution is by ben, who now sees that it helped you.")
    expect(room).to_contain_text("kept as a draft")
    tab_to(page, "Stop here")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="All the best!")).to_be_focused()
    until(page, lambda: {("shown", None), ("solved", True)} <= events())
    assert Helped.objects.get().person == anna
    page.goto("/")
    until(page, lambda: FormSession.objects.get().left_at is not None)
    page.goto("/ask/")
    expect(page.get_by_label(DETAILS)).to_have_value("It blinks")
    assert not Thread.objects.filter(asker=anna).exists()


def test_whoever_still_wants_to_ask_is_back_in_the_form(open_page, anna, solved) -> None:
    page = with_the_room(open_page, anna)
    page.get_by_role("button", name="This solved it").dblclick()
    page.get_by_role("button", name="I still want to ask").click()
    expect(page.locator("[data-room]")).to_be_hidden()
    expect(page.get_by_label(DETAILS)).to_be_focused()
    until(page, lambda: events() == {("shown", None), ("solved", False)})
    page.keyboard.type("It blinks")
    page.get_by_label("Routers").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Post your question").last.click()
    session = FormSession.objects.get()
    assert (session.left_at, session.submitted_thread) == (None, Thread.objects.get(asker=anna))


def test_the_draft_can_be_thrown_away_at_the_end(open_page, anna, solved) -> None:
    page = with_the_room(open_page, anna)
    page.get_by_role("button", name="This solved it").click()
    page.get_by_role("button", name="Stop here").click()
    until(page, lambda: Draft.objects.exists())
    with page.expect_navigation():
        page.get_by_role("button", name="Throw it away").click()
    expect(page.get_by_label(QUESTION)).to_have_value("")
    assert not Draft.objects.exists()


def test_not_this_one_is_answered_in_place(open_page, anna, solved) -> None:
    page = with_the_room(open_page, anna)
    page.get_by_role("button", name="Show the solution").click()
    page.get_by_role("button", name="Not this one").click()
    expect(room_of(page)).to_contain_text("Thank you for telling us.")
    expect(page.get_by_role("button", name="Show the solution")).to_have_attribute("aria-expanded", "false")
    until(page, lambda: ("not_solved", None) in events())


def test_a_refusal_is_told_where_it_was_pressed(open_page, anna, solved) -> None:
    page = with_the_room(open_page, anna)
    Thread.objects.filter(pk=solved.pk).update(locked_at=clock.now())  # while it stands there
    page.get_by_role("button", name="I have this too").click()
    expect(room_of(page).get_by_role("alert")).to_have_text("You cannot join this question.")


def test_one_s_own_question_is_named_as_such(open_page, solved) -> None:
    page = with_the_room(open_page, User.objects.with_standing().get(pk=solved.asker_id))
    expect(room_of(page)).to_contain_text("You asked this yourself.")
    expect(page.get_by_role("button", name="I have this too")).to_have_count(0)


# "I have this too" ----------------------------------------------------------------------------------------------------
def test_i_have_this_too_is_told_in_place(open_page, anna, solved) -> None:
    page = with_the_room(open_page, anna)
    page.get_by_role("button", name="I have this too").click()
    expect(room_of(page)).to_contain_text("You will be told when something happens here.")
    assert (MeToo.objects.get().person, Watch.objects.get(person=anna).thread) == (anna, solved)
    expect(page.get_by_label(QUESTION)).to_have_value("router red light")


def test_a_visitor_with_the_same_problem_signs_in_and_the_draft_is_kept(open_page, solved) -> None:
    page = with_the_room(open_page)
    page.get_by_label(DETAILS).fill("It blinks")
    page.get_by_role("button", name="I have this too").click()
    page.wait_for_url(f"**/accounts/login/?next={solved.get_absolute_url()}")
    assert Draft.objects.get().body == "It blinks"
    until(page, lambda: FormSession.objects.get().left_at is not None)
    page.goto("/ask/")
    expect(page.get_by_label(DETAILS)).to_have_value("It blinks")
