"""Suggestions beside a form: what is there already, read in place, answered, and recorded exactly."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from community import clock
from community.actions import moderation
from community.actions.brand import write_brand
from community.actions.measuring import new_token
from community.integrity import violations
from community.models import (
    Experiment,
    FormSession,
    Helped,
    MeToo,
    SuggestionEvent,
    Thread,
    User,
    Watch,
)
from tests.community.accounts import PASSWORD
from tests.community.reading import browser_of
from tests.community.suggesting import TITLE, Desk, answered, counted, events, nina, told  # noqa: F401 - fixtures
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


# While somebody writes ------------------------------------------------------------------------------------------------
def test_what_is_shown_says_what_one_needs_to_know_and_is_recorded(answered: Thread, nina: User) -> None:
    for name in ("one", "two"):
        MeToo.objects.create(thread=answered, person=person(name))
    Thread.objects.filter(pk=answered.pk).update(me_too_count=2)
    desk = Desk(nina)
    page = told(desk.look(board="routers"))
    for words in (
        "Red light on the router",
        "Solved",
        "Press the WPS button",
        "Routers",
        "Version 4.2",
        "<time",
        ">2<",
    ):
        assert words in page
    for way in ("Show the solution", "This solved it", "I have this too"):
        assert page.count(way) == 1
    assert events() == {(answered.pk, "shown", None)}
    session = FormSession.objects.get()
    assert (session.surface, session.person_key, session.board) == ("ask", f"u:{nina.pk}", answered.board)
    assert (str(session.token), session.is_scriptless, session.left_at) == (desk.token, False, None)


def test_looking_again_is_the_same_form_and_records_only_what_is_new(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    other = thread(title="Light of the router turns red every night", on=answered.board)
    desk.look()
    assert events() == {(answered.pk, "shown", None), (other.pk, "shown", None)}
    assert FormSession.objects.count() == 1


def test_at_most_five_are_shown_and_on_a_telephone_three(nina: User) -> None:
    on = board()
    for number in range(8):
        thread(title=f"Red light on the router {number}", on=on)
    assert told(Desk(nina).look()).count("data-suggestion=") == 5
    assert SuggestionEvent.objects.count() == 5
    assert told(Desk(nina).look(most="3")).count("data-suggestion=") == 3
    for much in ("8", "-1", "0", "x", "9" * 30):
        assert told(Desk(nina).look(most=much)).count("data-suggestion=") == 5


def test_nothing_like_it_is_an_empty_answer(nina: User) -> None:
    answer = Desk(nina).look("Zebra crossings in the rain")
    assert (answer.status_code, answer.content) == (204, b"")
    assert events() == set() and FormSession.objects.count() == 1


def test_looking_writes_by_post_alone(answered: Thread) -> None:
    for address in ("/suggestions/", f"/suggestions/{answered.pk}/"):
        assert browser_of().get(address).status_code == 405


def test_a_form_without_its_token_is_refused(answered: Thread, nina: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(nina)
    assert strict.post("/suggestions/", {"title": TITLE}).status_code == 403


def test_whoever_may_not_be_counted_is_helped_all_the_same(answered: Thread, nina: User) -> None:
    write_brand(actor=None, counting="off")
    desk = Desk(nina)
    assert "Red light on the router" in told(desk.look())
    assert "white" in told(desk.say(answered, "solution"))
    assert "hedda" in told(desk.say(answered, "solved"))
    assert desk.leave().status_code == 204
    assert not FormSession.objects.exists() and events() == set()
    assert Helped.objects.count() == 1


@pytest.mark.parametrize("token", ["", "no token", "x" * 5000, "8F14E45F-CEEA-467F-9A52-3B1F0A6D7C11"])
def test_a_form_without_a_name_of_its_own_is_helped_and_not_counted(answered: Thread, nina: User, token: str) -> None:
    desk = Desk(nina)
    desk.token = token
    assert "Red light on the router" in told(desk.look())
    assert "white" in told(desk.say(answered, "solution"))
    assert not FormSession.objects.exists()


def test_two_people_with_one_token_do_not_mix(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    other = Desk(person("otto"), desk.token)
    other.look()
    other.say(answered, "solved", stops="yes")
    assert events() == {(answered.pk, "shown", None)}


def test_any_form_may_use_it_by_its_own_word(answered: Thread, nina: User, settings: Any) -> None:
    settings.FORM_SURFACES = ["community.surfaces.SURFACES", "tests.community.test_suggesting.OTHER_FORMS"]
    desk = Desk(nina)
    page = told(desk.look(surface="complaint"))
    assert "Red light" in page and "complaint" not in page
    assert FormSession.objects.get().surface == "complaint"


OTHER_FORMS = {"complaint": "The form for complaints"}


# Half of an experiment sees none --------------------------------------------------------------------------------------
def experiment(holdout: str) -> Experiment:
    now = clock.now()
    return Experiment.objects.create(
        name="Do they help?",
        surface="ask",
        salt="salt",
        holdout=holdout,
        planned_at=now,
        starts_at=now - timedelta(days=1),
        stops_at=now + timedelta(days=30),
    )


def in_the_control_arm() -> Desk:
    """Somebody who drew the arm without suggestions: half of all people do."""
    for number in range(64):
        desk = Desk(person(f"someone{number}"))
        if desk.look().status_code == 204:
            return desk
    raise AssertionError("nobody was in the control arm")


def test_whoever_is_in_the_control_arm_sees_the_same_form_and_no_suggestions(answered: Thread) -> None:
    experiment("0.5")
    desk = in_the_control_arm()
    session = FormSession.objects.get(token=desk.token)
    assert session.arm == "control" and not session.events.exists()
    page = told(desk.client.get("/ask/"))
    others = told(Desk(person()).client.get("/ask/"))
    for word in ("control", "experiment", "treatment", "holdout", "room"):
        assert page.lower().count(word) == others.lower().count(word)
    assert desk.look(TITLE, body="Details, details").status_code == 204
    # Their question is posted as anybody's, without a step in between where scripts run.
    assert desk.post(answered.board).status_code == 303
    session.refresh_from_db()
    assert session.submitted_thread == Thread.objects.latest("pk")


def test_without_a_script_nobody_is_in_an_experiment(answered: Thread) -> None:
    experiment("0.5")
    desk = in_the_control_arm()
    fresh = Desk(User.objects.with_standing().get(pk=FormSession.objects.get(token=desk.token).person_key[2:]))
    assert "Red light on the router" in told(fresh.post(answered.board, scriptless="1"))
    session = FormSession.objects.get(token=fresh.token)
    assert (session.is_scriptless, session.arm, session.experiment) == (True, "", None)


# Reading --------------------------------------------------------------------------------------------------------------
def test_the_solution_is_read_in_place_and_counts_as_opened(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    for _twice in range(2):
        page = told(desk.say(answered, "solution"))
    assert "<strong>WPS</strong>" in page and "start the app once more" in page and "hedda" in page
    assert events() == {(answered.pk, "shown", None), (answered.pk, "opened", None)}


def test_following_the_link_counts_as_opened(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    for _twice in range(2):
        assert desk.say(answered, "opened").status_code == 204
    assert events() == {(answered.pk, "shown", None), (answered.pk, "opened", None)}


def test_a_solution_that_was_hidden_meanwhile_is_not_read(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    moderation.hide_answer(actor=moderator(), answer_id=answered.answers.get().pk, reason="Wrong")
    page = told(desk.say(answered, "solution"))
    assert "WPS" not in page and "no solution here any more" in page


def test_what_is_out_of_sight_is_no_suggestion_to_answer(answered: Thread, nina: User) -> None:
    moderation.hide_thread(actor=moderator(), thread_id=answered.pk, reason="Spam")
    for did in ("solution", "solved", "not_solved", "me_too"):
        assert Desk(nina).say(answered, did).status_code == 404
    assert not Helped.objects.exists() and not MeToo.objects.exists()


@pytest.mark.parametrize("did", ["", "posted", "x" * 3000, "list", "../ask"])
def test_what_nobody_can_say_is_refused(answered: Thread, nina: User, did: str) -> None:
    assert Desk(nina).say(answered, did).status_code == 400


# "This solved it" -----------------------------------------------------------------------------------------------------
def test_this_solved_it_thanks_the_author_and_asks_whether_that_was_all(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    for _double_click in range(2):
        page = told(desk.say(answered, "solved"))
    assert "hedda" in page and "now sees that it helped you" in page
    assert "Done here, or go on with your question?" in page and "Stop here" in page and "I still want to ask" in page
    assert [row.person for row in Helped.objects.all()] == [nina]
    assert events() == {(answered.pk, "shown", None), (answered.pk, "solved", None)}
    page = told(desk.say(answered, "solved", stops="yes"))
    assert "Nothing was posted." in page
    assert (answered.pk, "solved", True) in events()
    assert Helped.objects.count() == 1 and not Thread.objects.filter(asker=nina).exists()


def test_whoever_still_wants_to_ask_is_asked_nothing_more(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    desk.say(answered, "solved")
    desk.say(answered, "solved", stops="no")
    assert (answered.pk, "solved", False) in events()
    assert desk.post(answered.board).status_code == 303


def test_whoever_wrote_the_solution_thanks_nobody(answered: Thread) -> None:
    page = told(Desk(answered.answers.get().author).say(answered, "solved"))
    assert "now sees" not in page and not Helped.objects.exists()


def test_a_visitors_word_counts_without_an_account(answered: Thread) -> None:
    desk = Desk()
    desk.look()
    page = told(desk.say(answered, "solved", stops=""))
    assert "hedda" in page and "now sees" not in page
    assert events() == {(answered.pk, "shown", None), (answered.pk, "solved", None)}
    assert FormSession.objects.get().person_key.startswith("a:")


def test_a_question_with_answers_and_no_solution_can_have_solved_it_too(nina: User) -> None:
    asked = thread(title="Red light on the router")
    quiet = thread(title="Red light on the router at night", on=asked.board)
    reply(asked)
    page = told(Desk(nina).look())
    assert page.count("This solved it") == 1 and "Show the solution" not in page and str(quiet.pk) in page
    assert "Thank you for saying that it helped." in told(Desk(nina).say(asked, "solved"))


def test_not_this_one_is_recorded(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    assert "Thank you" in told(desk.say(answered, "not_solved"))
    assert (answered.pk, "not_solved", None) in events()


# "I have this too" ----------------------------------------------------------------------------------------------------
def test_i_have_this_too_of_a_member_counts_in_place_and_starts_a_watch(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    for _double_click in range(2):
        assert "You will be told" in told(desk.say(answered, "me_too"))
    assert (MeToo.objects.get().person, Watch.objects.get(person=nina).thread) == (nina, answered)
    assert (answered.pk, "me_too", None) in events()
    assert list(violations()) == []


def test_a_visitor_with_the_same_problem_signs_in_and_lands_there(answered: Thread) -> None:
    desk = Desk()
    desk.look()
    answer = desk.say(answered, "me_too")
    assert answer["HX-Redirect"] == f"/accounts/login/?next={answered.get_absolute_url()}"
    assert not MeToo.objects.exists() and (answered.pk, "me_too", None) in events()


def test_ones_own_question_is_no_suggestion_to_join(answered: Thread) -> None:
    desk = Desk(answered.asker)
    desk.look()
    assert "You cannot join this question." in told(desk.say(answered, "me_too"), 403)
    assert events() == {(answered.pk, "shown", None)}


# Leaving and posting --------------------------------------------------------------------------------------------------
def test_leaving_is_recorded_and_posting_wins(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    for _twice in range(2):
        assert desk.leave().status_code == 204
    first = FormSession.objects.get().left_at
    assert first is not None
    desk.post(answered.board)
    session = FormSession.objects.get()
    assert session.left_at is None and session.submitted_thread == Thread.objects.get(asker=nina)
    desk.leave()
    assert FormSession.objects.get().left_at is None


def test_a_double_click_on_posting_is_one_question_and_one_record(answered: Thread, nina: User) -> None:
    desk = Desk(nina)
    desk.look()
    assert desk.post(answered.board)["Location"] == desk.post(answered.board)["Location"]
    assert FormSession.objects.get().submitted_thread == Thread.objects.get(asker=nina)


def test_a_question_posted_without_a_look_is_recorded_too(answered: Thread, nina: User) -> None:
    Desk(nina).post(answered.board)
    session = FormSession.objects.get()
    assert session.submitted_thread == Thread.objects.get(asker=nina) and not session.events.exists()


def test_every_form_has_a_name_of_its_own_and_keeps_it_with_its_draft(answered: Thread, nina: User) -> None:
    client = browser_of(nina)

    def token() -> str:
        return str(client.get("/ask/").context["form"]["form_token"].value())

    assert token() != token()
    kept = new_token()
    client.post("/drafts/save/", {"place": "ask", "title": TITLE, "form_token": kept})
    assert token() == token() == kept
    client.post("/drafts/save/", {"place": "ask", "discard": "1"})
    assert token() != kept


def test_a_sign_in_in_the_middle_is_one_form_and_one_person(answered: Thread, nina: User) -> None:
    desk = Desk()
    desk.look()
    assert desk.post(answered.board)["Location"] == "/ask/finish/"
    visitor = FormSession.objects.get().person_key
    assert visitor.startswith("a:")
    login = desk.client.post("/accounts/login/", {"login": "nina", "password": PASSWORD, "next": "/ask/"})
    assert login.status_code == 302
    form = desk.client.get("/ask/").context["form"]
    assert (form["form_token"].value(), form["title"].value()) == (desk.token, TITLE)
    assert desk.post(answered.board).status_code == 303
    session = FormSession.objects.get()
    assert (session.person_key, session.submitted_thread) == (visitor, Thread.objects.get(asker=nina))
    assert list(violations()) == []
