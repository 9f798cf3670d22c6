"""What suggestions do is recorded once and truly, whatever people, networks and impatient fingers send."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import clock
from community.actions import measuring
from community.actions.experiments import plan_experiment, start_experiment
from community.integrity import violations
from community.models import (
    Consent,
    Experiment,
    Exposure,
    FormSession,
    PersonAlias,
    SuggestionEvent,
    Thread,
    User,
    Visitor,
)
from tests.community.test_races import AT_ONCE, ROUNDS, all_at_once
from tests.factories import admin, agent, board, person, thread

A_VISITOR = "a:" + "7" * 64


def opened(key: str, **fields: Any) -> str:
    """A form that stands before this person; its token."""
    token = measuring.new_token()
    measuring.open_form(person_key=key, token=token, surface="ask", **fields)
    return token


def rows() -> set[tuple[int, str, bool | None]]:
    return set(SuggestionEvent.objects.values_list("thread_id", "kind", "stops"))


def key_of(member: User) -> str:
    return f"u:{member.pk}"


# One person, one form -------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_form_is_followed_from_its_opening_to_the_question_it_became() -> None:
    shown, asker, token = thread(), person(), measuring.new_token()
    key = key_of(asker)
    for _twice in range(2):
        assert measuring.open_form(person_key=key, token=token, surface="ask", board_id=shown.board_id) == ""
        measuring.record_shown(person_key=key, token=token, thread_ids=[shown.pk, shown.pk, 999])
        measuring.record_opened(person_key=key, token=token, thread_id=shown.pk)
        measuring.record_answer(person_key=key, token=token, thread_id=shown.pk, solved=True)
        measuring.record_answer(person_key=key, token=token, thread_id=shown.pk, solved=True, stops=False)
        measuring.record_me_too(person_key=key, token=token, thread_id=shown.pk)
        measuring.record_left(person_key=key, token=token)
    asked = thread(asker, shown.board)
    measuring.record_submitted(person_key=key, token=token, thread=asked)
    measuring.record_left(person_key=key, token=token)
    session = FormSession.objects.get()
    assert (session.person_key, session.left_at, session.submitted_thread) == (key, None, asked)
    kinds = {("shown", None), ("opened", None), ("solved", False), ("me_too", None)}
    assert rows() == {(shown.pk, kind, stops) for kind, stops in kinds}
    assert list(violations()) == []


@pytest.mark.django_db
def test_nothing_is_recorded_of_somebody_who_may_not_be_counted() -> None:
    shown, token = thread(), measuring.new_token()
    assert measuring.open_form(person_key="", token=token, surface="ask") == ""
    measuring.record_shown(person_key="", token=token, thread_ids=[shown.pk])
    measuring.record_opened(person_key="", token=token, thread_id=shown.pk)
    measuring.record_answer(person_key="", token=token, thread_id=shown.pk, solved=True)
    measuring.record_left(person_key="", token=token)
    measuring.record_submitted(person_key="", token=token, thread=shown)
    assert not FormSession.objects.exists() and not rows()


@pytest.mark.django_db
def test_after_the_form_was_posted_nothing_more_happens_in_it() -> None:
    shown, asker = thread(), person()
    key = key_of(asker)
    token = opened(key)
    measuring.record_shown(person_key=key, token=token, thread_ids=[shown.pk])
    asked = thread(asker)
    measuring.record_submitted(person_key=key, token=token, thread=asked)
    measuring.record_opened(person_key=key, token=token, thread_id=shown.pk)
    measuring.record_shown(person_key=key, token=token, thread_ids=[asked.pk])
    measuring.record_submitted(person_key=key, token=token, thread=thread(asker))
    assert rows() == {(shown.pk, "shown", None)}
    assert FormSession.objects.get().submitted_thread == asked


@pytest.mark.django_db
def test_a_form_becomes_a_question_of_the_one_who_posts_it_and_of_nobody_else() -> None:
    asker, other = person(), person()
    token = opened(key_of(asker))
    theirs = thread(other)
    measuring.record_submitted(person_key=key_of(other), token=token, thread=theirs)
    measuring.record_submitted(person_key=key_of(asker), token=token, thread=theirs)
    assert FormSession.objects.get().submitted_at is None


@pytest.mark.django_db
def test_both_answers_may_be_given_and_needing_nothing_more_is_said_once() -> None:
    shown, asker = thread(), person()
    about: Any = {"person_key": key_of(asker), "token": opened(key_of(asker)), "thread_id": shown.pk}
    measuring.record_shown(person_key=about["person_key"], token=about["token"], thread_ids=[shown.pk])
    measuring.record_answer(**about, solved=False, stops=True)
    measuring.record_answer(**about, solved=True)
    measuring.record_answer(**about, solved=True, stops=True)
    measuring.record_answer(**about, solved=True, stops=False)
    assert rows() == {(shown.pk, "shown", None), (shown.pk, "not_solved", None), (shown.pk, "solved", True)}


@pytest.mark.django_db
def test_only_five_of_a_request_and_two_hundred_of_a_form_are_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    asker = person()
    key, questions = key_of(asker), [thread() for _ in range(7)]
    token = opened(key)
    measuring.record_shown(person_key=key, token=token, thread_ids=[each.pk for each in questions])
    assert {about for about, _kind, _stops in rows()} == {each.pk for each in questions[:5]}
    assert measuring.MOST_EVENTS == 200
    monkeypatch.setattr(measuring, "MOST_EVENTS", 6)
    measuring.record_shown(person_key=key, token=token, thread_ids=[questions[5].pk, questions[6].pk])
    measuring.record_opened(person_key=key, token=token, thread_id=questions[0].pk)
    assert len(rows()) == 6


@pytest.mark.django_db
def test_threads_out_of_sight_are_not_recorded() -> None:
    closed, open_to_all = board("Closed", audience="signed_in"), board("Open")
    secret, public, asker = thread(on=closed), thread(on=open_to_all), person()
    Visitor.objects.create(key=A_VISITOR, consented_at=clock.now())
    for key in (A_VISITOR, key_of(asker)):
        token = opened(key)
        ids = [secret.pk, public.pk, 0, -1, 10**30, public.pk + 1000]
        measuring.record_shown(person_key=key, token=token, thread_ids=ids[:3])
        measuring.record_shown(person_key=key, token=token, thread_ids=ids[3:])
    seen = SuggestionEvent.objects.values_list("session__person_key", "thread_id")
    assert set(seen) == {(A_VISITOR, public.pk), (key_of(asker), public.pk), (key_of(asker), secret.pk)}


@pytest.mark.django_db
def test_the_role_is_the_one_of_the_moment() -> None:
    helper, shown = agent(), thread()
    key = key_of(helper)
    token = opened(key)
    measuring.record_shown(person_key=key, token=token, thread_ids=[shown.pk])
    helper.groups.clear()
    measuring.record_opened(person_key=key, token=token, thread_id=shown.pk)
    assert FormSession.objects.get().role == "agent"
    assert dict(SuggestionEvent.objects.values_list("kind", "role")) == {"shown": "agent", "opened": "customer"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "token",
    ["", "x", "6A6F1F8E-2F5E-4F5B-9C7E-0D9A4F3B2C1D", None, 7, "6a6f1f8e-2f5e-4f5b-9c7e-0d9a4f3b2c1d\n"],
)
def test_what_is_no_token_names_no_form(token: Any) -> None:
    key = key_of(person())
    assert measuring.open_form(person_key=key, token=token, surface="ask") == ""
    measuring.record_left(person_key=key, token=token)
    assert not FormSession.objects.exists()


@pytest.mark.django_db
def test_a_demos_history_is_marked_as_such() -> None:
    with clock.at(clock.now() - timedelta(days=40)):
        opened(key_of(person()), simulated=True)
    assert FormSession.objects.get().is_simulated


# What the database keeps ----------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE community_suggestionevent SET kind = 'me_too'",
        "UPDATE community_suggestionevent SET stops = false",
        "UPDATE community_suggestionevent SET stops = NULL, stops_at = NULL",
        "UPDATE community_suggestionevent SET stops = true, stops_at = now(), occurred_at = now()",
        "DELETE FROM community_suggestionevent",
        "UPDATE community_exposure SET arm = 'control'",
        "DELETE FROM community_exposure",
        "UPDATE community_personalias SET visitor_key = 'a:' || repeat('1', 64)",
        "DELETE FROM community_personalias",
        "UPDATE community_formsession SET person_key = 'u:1'",
        "UPDATE community_formsession SET arm = '', experiment_id = NULL",
        "UPDATE community_formsession SET opened_at = now() - interval '1 day'",
        "UPDATE community_formsession SET left_at = NULL",
        "UPDATE community_formsession SET submitted_at = now()",
        "DELETE FROM community_formsession",
    ],
)
def test_what_was_recorded_stays_as_it_is(change: str) -> None:
    begin_experiment()
    asker, shown = person(), thread()
    key = key_of(asker)
    measuring.welcome_visitor(key=A_VISITOR, agreed=True)
    measuring.recognise_visitor(actor=asker, key=A_VISITOR)
    token = opened(key)
    measuring.record_shown(person_key=key, token=token, thread_ids=[shown.pk])
    measuring.record_answer(person_key=key, token=token, thread_id=shown.pk, solved=True, stops=True)
    measuring.record_left(person_key=key, token=token)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)


def begin_experiment() -> Experiment:
    plan = plan_experiment(
        actor=admin(), name="Ask", surface="ask", holdout=Decimal("0.5"), stops_at=clock.now() + timedelta(days=14)
    )
    return start_experiment(actor=admin(), experiment_id=plan.pk)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "row",
    [
        lambda: FormSession(token=uuid4(), person_key="maja@example.com"),
        lambda: FormSession(token=uuid4(), person_key="u:0"),
        lambda: FormSession(token=uuid4(), person_key="u:1", arm="control"),
        lambda: FormSession(token=uuid4(), person_key="u:1", submitted_at=clock.now()),
        lambda: Visitor(key="the cookie itself", consented_at=clock.now()),
    ],
)
def test_the_database_refuses_facts_that_cannot_be(row: Callable[[], Any]) -> None:
    made = row()
    if isinstance(made, FormSession):
        made.surface, made.role, made.opened_at, made.recorded_at = "ask", "customer", clock.now(), clock.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_the_tables_can_be_emptied_as_a_whole() -> None:
    token, shown = opened(key_of(person())), thread()
    measuring.record_shown(person_key=FormSession.objects.get().person_key, token=token, thread_ids=[shown.pk])
    call_command("flush", interactive=False, verbosity=0)
    assert not FormSession.objects.exists() and not SuggestionEvent.objects.exists()


# Many at once ---------------------------------------------------------------------------------------------------------
races = [pytest.mark.django_db(transaction=True), pytest.mark.trial, pytest.mark.timeout(900)]


def together(*acts: Callable[[], Any]) -> list[Any]:
    found = all_at_once(*acts)
    assert not [each for each in found if isinstance(each, Exception)]
    return found


class TestManyAtOnce:
    pytestmark = races

    def test_a_form_that_is_opened_many_times_at_once_is_one_form_in_one_arm(self) -> None:
        begin_experiment()
        for _ in range(ROUNDS):
            key, token = key_of(person()), measuring.new_token()
            acts = [partial(measuring.open_form, person_key=key, token=token, surface="ask")] * AT_ONCE
            assert len(set(together(*acts))) == 1
            assert FormSession.objects.filter(token=token).count() == 1
            assert Exposure.objects.filter(person_key=key).count() == 1
        assert list(violations()) == []

    def test_many_forms_of_one_person_at_once_are_in_one_arm(self) -> None:
        begin_experiment()
        for _ in range(ROUNDS):
            key = key_of(person())
            together(*[partial(opened, key)] * AT_ONCE)
            assert FormSession.objects.filter(person_key=key).values("arm").distinct().count() == 1
        assert list(violations()) == []

    def test_signing_in_while_forms_open_never_puts_one_person_in_both_arms(self) -> None:
        begin_experiment()
        for number in range(ROUNDS * 4):
            anna, key = person(), f"a:{number:064x}"
            measuring.welcome_visitor(key=key, agreed=True)
            measuring.recognise_visitor(actor=anna, key=key)
            together(*[partial(opened, key), partial(opened, key_of(anna))] * 2)
            met = Exposure.objects.filter(person_key__in=[key, key_of(anna)])
            assert (met.count(), met.values("arm").distinct().count()) == (2, 1)
        assert list(violations()) == []

    def test_every_event_pressed_many_times_at_once_is_one_and_none_is_lost(self) -> None:
        asker, questions = person(), [thread() for _ in range(3)]
        key = key_of(asker)
        for _ in range(ROUNDS):
            token = opened(key)
            measuring.record_shown(person_key=key, token=token, thread_ids=[each.pk for each in questions])
            one = {"person_key": key, "token": token}
            acts: list[Callable[[], Any]] = []
            for each in questions:
                acts += [partial(measuring.record_opened, **one, thread_id=each.pk)] * 2
                acts.append(partial(measuring.record_answer, **one, thread_id=each.pk, solved=True))
            together(*acts)
            found = SuggestionEvent.objects.filter(session__token=token)
            assert found.count() == 9 == found.values("thread", "kind").distinct().count()

    def test_submitted_wins_over_left_however_close_they_are(self) -> None:
        asker = person()
        key, asked = key_of(asker), thread(asker)
        for _ in range(ROUNDS):
            token = opened(key)
            one: Any = {"person_key": key, "token": token}
            leave, submit = (
                partial(measuring.record_left, **one),
                partial(measuring.record_submitted, **one, thread=asked),
            )
            together(*[leave, submit] * (AT_ONCE // 2))
            session = FormSession.objects.get(token=token)
            assert (session.left_at, session.submitted_thread_id) == (None, asked.pk)

    def test_a_visitor_is_recognised_once_by_one_person(self) -> None:
        for number in range(ROUNDS):
            anna, ben, key = person(), person(), f"a:{number:064x}"
            measuring.welcome_visitor(key=key, agreed=True)
            acts = [partial(measuring.recognise_visitor, actor=who, key=key) for who in (anna, ben)]
            found = together(*acts * (AT_ONCE // 2))
            assert PersonAlias.objects.filter(visitor_key=key).count() == 1
            assert found.count(True) == AT_ONCE // 2
            assert Consent.objects.filter(person__in=[anna, ben]).count() == 1


# Any order ------------------------------------------------------------------------------------------------------------
STEPS = ("open", "shown", "opened", "solved", "stops", "not_solved", "me_too", "left", "submitted")
steps = st.lists(
    st.tuples(st.sampled_from(STEPS), st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)), max_size=25
)


@pytest.mark.django_db
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_in_any_order_everything_is_recorded_once_and_nothing_breaks(
    steps: list[tuple[str, int, int, int]], two: tuple[list[User], list[Thread]]
) -> None:
    people, questions = two
    keys = [A_VISITOR, key_of(people[0])]
    with transaction.atomic():
        measuring.welcome_visitor(key=A_VISITOR, agreed=True)
        measuring.recognise_visitor(actor=people[0], key=A_VISITOR)
        tokens = [uuid4(), uuid4()]
        for step, who, form, about in steps:
            act(step, keys[who], tokens[form], questions[about], questions[2])
        events = SuggestionEvent.objects.values_list("session", "thread", "kind")
        assert len(events) == len(set(events))
        assert all((session, about, "shown") in set(events) for session, about, _kind in events)
        said = [step for step, _who, form, _about in steps if form == 0]
        if "open" in said:
            session = FormSession.objects.get(token=tokens[0])
            assert not (session.left_at and session.submitted_at)
        else:
            assert not FormSession.objects.filter(token=tokens[0]).exists()
        assert list(violations()) == []
        transaction.set_rollback(True)


@pytest.fixture
def two() -> tuple[list[User], list[Thread]]:
    """Somebody who asks, two questions that are suggested, and the one they posted."""
    asker = person()
    return [asker], [thread(), thread(), thread(asker)]


def act(step: str, key: str, token: UUID, about: Thread, asked: Thread) -> None:
    one: Any = {"person_key": key, "token": token}
    {
        "open": lambda: measuring.open_form(**one, surface="ask"),
        "shown": lambda: measuring.record_shown(**one, thread_ids=[about.pk]),
        "opened": lambda: measuring.record_opened(**one, thread_id=about.pk),
        "solved": lambda: measuring.record_answer(**one, thread_id=about.pk, solved=True),
        "stops": lambda: measuring.record_answer(**one, thread_id=about.pk, solved=True, stops=True),
        "not_solved": lambda: measuring.record_answer(**one, thread_id=about.pk, solved=False),
        "me_too": lambda: measuring.record_me_too(**one, thread_id=about.pk),
        "left": lambda: measuring.record_left(**one),
        "submitted": lambda: measuring.record_submitted(**one, thread=asked),
    }[step]()
