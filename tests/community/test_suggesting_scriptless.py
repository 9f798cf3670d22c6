"""Suggestions without a script: one step between writing and posting, and what a look costs."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community import clock
from community.models import (
    Attachment,
    Draft,
    FormSession,
    Helped,
    MeToo,
    Thread,
    User,
)
from community.reading.suggestions import suggest
from tests.community.accounts import PASSWORD
from tests.community.reading import browser_of, statements
from tests.community.suggesting import TITLE, Desk, answered, counted, events, nina, told  # noqa: F401 - fixtures
from tests.factories import board, person

pytestmark = pytest.mark.django_db


# Without a script: one step in between --------------------------------------------------------------------------------
def test_without_a_script_one_step_shows_the_same_and_nothing_is_posted(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    page = told(desk.post(answered.board, scriptless="1"))
    for words in (
        "Is one of these your question?",
        "Red light on the router",
        "Press the WPS button",
        "Nothing is posted",
    ):
        assert words in page
    for way in ("Show the solution", "This solved it", "I have this too", "None of these, post my question"):
        assert way in page
    assert not Thread.objects.filter(asker=nina).exists()
    assert FormSession.objects.get().is_scriptless and events() == {(answered.pk, "shown", None)}
    assert Draft.objects.get(person=nina).title == TITLE


def test_where_nothing_is_alike_it_is_posted_at_once(answered: Thread, nina: User) -> None:
    assert Desk(nina).post(answered.board, scriptless="1", title="Zebra crossings in the rain").status_code == 303
    session = FormSession.objects.get()
    assert session.is_scriptless and session.submitted_thread == Thread.objects.get(asker=nina)


def test_where_a_script_runs_there_is_no_step(answered: Thread, nina: User) -> None:
    assert Desk(nina).post(answered.board).status_code == 303


def test_the_form_says_itself_that_no_script_runs(nina: User) -> None:
    page = told(browser_of(nina).get("/ask/"))
    assert '<noscript><input type="hidden" name="scriptless" value="1"></noscript>' in page


def test_a_form_that_is_not_filled_in_is_told_so_first(answered: Thread, nina: User) -> None:
    answer = Desk(nina).post(answered.board, scriptless="1", body="")
    assert "Please write what happened." in told(answer, 422)


def hidden_fields(answer: Any) -> dict[str, Any]:
    """What the page in between sends on, as a browser would."""
    sent: dict[str, Any] = {"scriptless": "1"}
    for name, value in answer.context["carried"]:
        sent.setdefault(name, []).append(value)
    return sent


def test_all_that_was_written_chosen_and_attached_survives_the_step(
    answered: Thread, nina: User, tmp_path, settings
) -> None:
    settings.MEDIA_ROOT = tmp_path
    desk = Desk(nina)
    log = SimpleUploadedFile("log.txt", b"line one\n", "text/plain")
    words = {"body": "First line\n\n> quoted & <b>bold</b>", "tags": "Wifi, update", "product_version": "4.2"}
    step = desk.post(answered.board, scriptless="1", uploads=log, **words)
    assert "First line" in told(step)
    sent = desk.client.post("/ask/", hidden_fields(step) | {"looked": "1"})
    asked = Thread.objects.get(asker=nina)
    assert (sent.status_code, sent["Location"]) == (303, asked.get_absolute_url())
    assert (asked.title, asked.body, asked.product_version, asked.kind) == (TITLE, words["body"], "4.2", "problem")
    assert {tag.name for tag in asked.tags.all()} == {"Wifi", "update"}
    assert Attachment.objects.get().thread == asked
    assert not Draft.objects.exists()
    again = desk.client.post("/ask/", hidden_fields(step) | {"looked": "1"})
    assert again["Location"] == asked.get_absolute_url() and Thread.objects.filter(asker=nina).count() == 1
    assert FormSession.objects.get().submitted_thread == asked


def pressed(desk: Desk, step: Any, **button: Any) -> Any:
    return desk.client.post("/ask/", hidden_fields(step) | button)


def test_in_the_step_the_solution_opens_below_its_question(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    step = desk.post(answered.board, scriptless="1")
    page = told(pressed(desk, step, solution=answered.pk))
    assert "<strong>WPS</strong>" in page and "None of these, post my question" in page
    assert (answered.pk, "opened", None) in events() and not Thread.objects.filter(asker=nina).exists()


def test_in_the_step_looking_closer_never_posts_even_where_nothing_is_alike_any_more(answered, nina) -> None:
    desk = Desk(nina)
    step = desk.post(answered.board, scriptless="1")
    Thread.objects.filter(pk=answered.pk).update(title="Something else", body="Nothing")
    assert "None of these, post my question" in told(pressed(desk, step, solution=answered.pk))
    assert not Thread.objects.filter(asker=nina).exists()


def test_in_the_step_this_solved_it_ends_calmly_and_the_draft_is_kept(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    step = desk.post(answered.board, scriptless="1")
    end = pressed(desk, step, solved=answered.pk)
    page = told(end)
    assert "hedda" in page and "Stop here" in page and "kept as a draft" in page
    assert Helped.objects.get().person == nina
    page = told(pressed(desk, end, solved=answered.pk, stops="yes"))
    assert "Nothing was posted." in page and "kept as a draft" in page
    assert (answered.pk, "solved", True) in events()
    assert Draft.objects.get(person=nina).title == TITLE and not Thread.objects.filter(asker=nina).exists()
    discard = desk.client.post("/drafts/save/", hidden_fields(end) | {"discard": "1"})
    assert discard.status_code == 303 and not Draft.objects.exists()


def test_in_the_step_whoever_still_wants_to_ask_has_asked(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    step = desk.post(answered.board, scriptless="1")
    end = pressed(desk, step, solved=answered.pk)
    assert pressed(desk, end, solved=answered.pk, stops="no").status_code == 303
    assert Thread.objects.get(asker=nina).title == TITLE
    assert (answered.pk, "solved", False) in events()


def test_in_the_step_i_have_this_too_is_told_in_place(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    step = desk.post(answered.board, scriptless="1")
    page = told(pressed(desk, step, me_too=answered.pk))
    assert "You will be told" in page and "None of these, post my question" in page
    assert MeToo.objects.get().person == nina
    assert "Thank you for telling us." in told(pressed(desk, step, not_solved=answered.pk))


def test_in_the_step_what_cannot_be_done_is_told_and_nothing_is_lost(answered: Thread) -> None:
    desk = Desk(answered.asker)
    step = desk.post(answered.board, scriptless="1")
    page = told(pressed(desk, step, me_too=answered.pk))
    assert "You cannot join this question." in page and TITLE in page


@pytest.mark.parametrize("number", ["0", "x", "-1", "9" * 30, "٣", "999999999"])
def test_in_the_step_a_question_that_is_none_is_not_found(answered: Thread, nina: User, number: str) -> None:
    desk = Desk(nina)
    step = desk.post(answered.board, scriptless="1")
    assert pressed(desk, step, solution=number).status_code == 404
    assert not Thread.objects.filter(asker=nina).exists()


def test_a_visitor_sees_the_step_before_they_are_asked_who_they_are_and_only_once(answered: Thread, nina: User) -> None:
    desk = Desk()
    step = desk.post(answered.board, scriptless="1")
    assert "Red light on the router" in told(step)
    assert pressed(desk, step, looked="1")["Location"] == "/ask/finish/"
    desk.client.post("/accounts/login/", {"login": "nina", "password": PASSWORD, "next": "/ask/"})
    form = desk.client.get("/ask/").context["form"]
    back = {name: form[name].value() or "" for name in form.fields if name not in ("uploads", "attachments")}
    assert (back["title"], back["form_token"]) == (TITLE, desk.token)
    assert desk.client.post("/ask/", back | {"scriptless": "1", "place": "ask"}).status_code == 303
    assert FormSession.objects.get().submitted_thread == Thread.objects.get(asker=nina)


def test_in_the_step_a_visitor_with_the_same_problem_signs_in_and_the_draft_is_kept(answered: Thread) -> None:
    desk = Desk()
    step = desk.post(answered.board, scriptless="1")
    answer = pressed(desk, step, me_too=answered.pk)
    assert answer["Location"] == f"/accounts/login/?next={answered.get_absolute_url()}"
    assert Draft.objects.get().title == TITLE


# What it costs --------------------------------------------------------------------------------------------------------
def rows_of(count: int) -> None:
    asker, on = person(), board()
    Thread.objects.bulk_create(
        Thread(board=on, asker=asker, title=f"Red light {n}", body="It blinks.", body_html="<p>It blinks.</p>")
        for n in range(count)
    )


@pytest.mark.parametrize("is_member", [True, False])
def test_a_look_asks_as_many_questions_among_a_thousand_threads_as_with_one(answered, nina, is_member: bool) -> None:
    def cost() -> list[str]:
        desk.look()
        with CaptureQueriesContext(connection) as queries:
            told(desk.look(board="routers"))
        return statements(queries)

    desk = Desk(nina if is_member else None)
    with clock.at(clock.now()):  # what a process took of a limit ends with the limit's ten minutes
        few = len(cost())
        rows_of(1000)
        assert len(cost()) == few <= MOST_QUERIES


#: Who looks and whether they may be counted (5), the board, what is alike (3 without the index), its rows and solutions
#: (2), what is known to be wrong, and the record: the form before and after (4 with its savepoints), who, what is
#: there, and what may be seen; and, when this process has used up its part, how often one may look.
MOST_QUERIES = 22


def test_what_is_suggested_is_what_searching_suggests(answered: Thread, nina: User) -> None:
    assert [each.id for each in suggest(viewer=nina, title=TITLE)] == [answered.pk]
