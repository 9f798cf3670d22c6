"""Suggestions in a browser: leaving and coming back, staff, no script, and everybody's eyes."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.signals import request_started
from playwright.sync_api import expect

from community import clock
from community.actions.brand import write_brand
from community.actions.drafts import ASK, save_draft
from community.models import Board, Draft, Experiment, FormSession, Thread
from tests.browser.looks import Looker, cookie_of
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
from tests.factories import admin, person, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


# Leaving, two tabs, coming back ---------------------------------------------------------------------------------------
def test_whoever_leaves_has_left_and_whoever_comes_back_and_posts_has_not(open_page, anna, solved) -> None:
    page = with_the_room(open_page, anna)
    page.get_by_label(DETAILS).fill("It blinks")
    expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    page.goto("/")
    until(page, lambda: FormSession.objects.get().left_at is not None)
    page.go_back()
    page.get_by_label(QUESTION).focus()
    page.locator("[data-room][data-awake]").wait_for(state="attached")
    expect(page.get_by_label(DETAILS)).to_have_value("It blinks")
    page.get_by_label("Routers").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Post your question").last.click()
    session = FormSession.objects.get(submitted_thread__isnull=False)
    assert (session.left_at, session.submitted_thread) == (None, Thread.objects.get(asker=anna))


@pytest.fixture
def events_told() -> Iterator[list[str]]:
    """The requests that tell what happened in a form, as they arrive: no browser reports what a leaving page sends."""
    arrived: list[str] = []

    def begin(environ: dict[str, Any], **_more: Any) -> None:
        if environ["PATH_INFO"] == "/forms/event/":
            arrived.append(environ["REQUEST_METHOD"])

    request_started.connect(begin)
    yield arrived
    request_started.disconnect(begin)


def test_whoever_posts_has_not_left(open_page, anna, solved, events_told: list[str]) -> None:
    page = with_the_room(open_page, anna)
    page.get_by_label(DETAILS).fill("It blinks")
    page.get_by_label("Routers").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Post your question").last.click()
    page.goto("/ask/")
    page.get_by_label(QUESTION).fill("router red light")
    expect(room_of(page)).to_be_visible()
    page.goto("/")
    until(page, lambda: FormSession.objects.filter(left_at__isnull=False).exists())
    assert events_told == ["POST"]


def test_two_tabs_are_two_forms(open_page, anna, solved) -> None:
    context = open_page.context(anna)
    pages = [open_page.page(context, "/ask/") for _tab in range(2)]
    for page in pages:
        page.bring_to_front()
        page.get_by_label(QUESTION).fill("router red light")
        expect(room_of(page)).to_be_visible()
    pages[1].get_by_role("button", name="I have this too").click()
    expect(room_of(pages[1])).to_contain_text("You will be told")
    pages[0].bring_to_front()
    pages[0].get_by_label(DETAILS).fill("It blinks")
    pages[0].get_by_label("Routers").check()
    with pages[0].expect_navigation():
        pages[0].get_by_role("button", name="Post your question").last.click()
    asked = Thread.objects.get(asker=anna)
    first, second = FormSession.objects.order_by("submitted_thread")
    assert (first.submitted_thread, second.submitted_thread) == (asked, None)
    assert set(first.events.values_list("kind", flat=True)) == {"shown"}
    assert set(second.events.values_list("kind", flat=True)) == {"shown", "me_too"}


def test_the_other_half_of_an_experiment_sees_the_form_and_nothing_else(open_page, anna, solved) -> None:
    now = clock.now()
    Experiment.objects.create(
        name="Do they help?", surface="ask", salt="s", holdout="0.5", planned_at=now, starts_at=now,
        stops_at=now + timedelta(days=365),
    )  # fmt: skip
    for number in range(40):
        page = asking(open_page, person(f"someone{number}"))
        with page.expect_response("**/suggestions/") as answer:
            page.get_by_label(QUESTION).fill("router red light")
        if answer.value.status == 204:
            break
    expect(page.locator("[data-room]")).to_be_hidden()
    expect(page.get_by_role("complementary", name="What happens next")).to_be_visible()
    assert FormSession.objects.get(arm="control").events.count() == 0


# To staff -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("has_script", [True, False])
def test_a_matter_of_ones_own_leads_to_staff_with_what_was_written(open_page, anna, solved, has_script: bool) -> None:
    page = open_page("/ask/", anna, java_script_enabled=has_script)
    page.get_by_label(QUESTION).fill("My invoice is wrong")
    page.get_by_label(DETAILS).fill("I paid twice")
    page.get_by_role("button", name="Talk to our staff").click()
    expect(page.get_by_role("heading", name="Talk to our staff")).to_be_visible()
    expect(page.locator("main")).to_contain_text("nothing of it belongs in public")
    expect(page.get_by_label("What happened?")).to_have_value("I paid twice")
    page.get_by_role("link", name="ask the community").click()
    expect(page.get_by_label(DETAILS)).to_have_value("I paid twice")


# Without a script -----------------------------------------------------------------------------------------------------
def test_without_a_script_one_step_stands_between_writing_and_posting(open_page, anna, solved) -> None:
    page = open_page("/ask/", anna, java_script_enabled=False)
    page.get_by_label(QUESTION).fill("router red light")
    page.get_by_label(DETAILS).fill("It blinks.\n\nAt night, too.")
    page.get_by_label("Routers").check()
    log = {"name": "log.txt", "mimeType": "text/plain", "buffer": b"line one\n"}
    page.get_by_label("Pictures and log files").set_input_files([log])
    page.get_by_role("button", name="Post your question").last.click()
    expect(page.get_by_role("heading", name="Is one of these your question?")).to_be_visible()
    page.get_by_role("button", name="Show the solution").click()
    expect(page.get_by_role("group", name="The solution")).to_contain_text("start the app once more")
    page.get_by_role("button", name="I have this too").click()
    expect(page.locator("main")).to_contain_text("You will be told when something happens here.")
    page.get_by_role("button", name=NONE).click()
    asked = Thread.objects.get(asker=anna)
    page.wait_for_url(f"**{asked.get_absolute_url()}")
    assert asked.body == "It blinks.\n\nAt night, too." and asked.attachments.get().name == "log.txt"
    session = FormSession.objects.get()
    assert session.is_scriptless and session.submitted_thread == asked
    assert events() == {("shown", None), ("opened", None), ("me_too", None)}


def test_without_a_script_this_solved_it_ends_calmly(open_page, anna, solved) -> None:
    page = open_page("/ask/", anna, java_script_enabled=False)
    page.get_by_label(QUESTION).fill("router red light")
    page.get_by_label(DETAILS).fill("It blinks.")
    page.get_by_label("Routers").check()
    page.get_by_role("button", name="Post your question").last.click()
    page.get_by_role("button", name="This solved it").click()
    expect(page.locator("main")).to_contain_text("The solution is by ben, who now sees that it helped you.")
    page.get_by_role("button", name="Stop here").click()
    expect(page.locator("main")).to_contain_text("Nothing was posted.")
    assert events() == {("shown", None), ("solved", True)}
    assert Draft.objects.get().body == "It blinks." and not Thread.objects.filter(asker=anna).exists()


# Looked at with axe, in both themes and widths ------------------------------------------------------------------------
def test_every_state_of_it_can_be_used_by_everybody(looker: Looker, anna, solved) -> None:
    on = solved.board
    thread(title="הנתב מראה אור אדום router red light", on=on, product_version="4.2")
    thread(title="Routerkonfigurationsoberflächenanmeldebildschirmfehlermeldung red light router", on=on)
    page = looker.open(cookie_of(anna))
    page.goto("/ask/")
    page.get_by_label(QUESTION).fill("router red light")
    expect(room_of(page)).to_be_visible()
    looker.look(page, "found")
    page.get_by_role("button", name="Show the solution").click()
    expect(page.get_by_role("group", name="The solution")).to_be_visible()
    looker.look(page, "solution open")
    page.get_by_role("button", name="I have this too").last.click()
    expect(room_of(page)).to_contain_text("You will be told")
    looker.look(page, "me too")
    page.get_by_role("button", name="This solved it").last.click()
    expect(page.get_by_role("heading", name="Good to hear!")).to_be_visible()
    looker.look(page, "solved")
    page.get_by_role("button", name="Stop here").click()
    expect(page.get_by_role("heading", name="All the best!")).to_be_visible()
    looker.look(page, "stopped")
    assert looker.told() == ""


def test_the_step_without_a_script_can_be_used_by_everybody(looker: Looker, anna, solved) -> None:
    page = looker.open(cookie_of(anna))
    page.goto("/ask/")
    page.get_by_label(QUESTION).fill("router red light")
    page.get_by_label(DETAILS).fill("It blinks.")
    page.get_by_label("Routers").check()
    # As a browser that runs no script says it itself; axe needs one.
    page.evaluate("""() => document.querySelector("form[data-write]").insertAdjacentHTML(
        "beforeend", '<input type="hidden" name="scriptless" value="1">')""")
    with page.expect_navigation():
        page.get_by_role("button", name="Post your question").last.click()
    looker.look(page, "step")
    with page.expect_navigation():
        page.get_by_role("button", name="Show the solution").click()
    looker.look(page, "step with the solution")
    with page.expect_navigation():
        page.get_by_role("button", name="This solved it").last.click()
    looker.look(page, "step solved")
    assert looker.told() == ""


def test_the_ways_to_staff_can_be_used_by_everybody(looker: Looker, anna, solved) -> None:
    page = looker.open()
    looker.visit(page, "/contact/")
    looker.visit(page, "/ask/")
    looker.visit(page, solved.get_absolute_url())
    looker.visit(looker.open(cookie_of(admin())), "/contact/")
    write_brand(actor=None, support_url="https://nordwave.example/support", support_address="help@nordwave.example")
    Board.objects.update(staff_url="mailto:routers@nordwave.example")
    save_draft(actor=anna, place=ASK, title="My invoice", body="Donaudampfschifffahrtsgesellschaftskapitän" * 4)
    looker.visit(looker.open(cookie_of(anna)), "/contact/?own=1&board=routers")
    assert looker.told() == ""
