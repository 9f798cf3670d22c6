"""What is done most often says everything in a few statements, and two clicks at once still make one post."""

import threading
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.accounts.auth_backend import StandingBackend
from community.actions import thanks
from community.actions.answers import answer
from community.actions.threads import ask
from community.errors import NotAllowed, NotThere
from community.integrity import violations
from community.models import Answer, Board, Draft, PostKey, Thread, ThreadEvent, User, Vote, Watch
from community.roles import Role
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Any) -> list[Any]:
    """Run these at the same moment, each on a connection of its own; their results in order."""
    results: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int) -> None:
        try:
            gate.wait(10)
            results[number] = acts[number]()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(len(acts))]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    return results


def test_an_answer_with_its_event_counts_watch_and_draft_takes_six_statements() -> None:
    question, ben = thread(), person("ben")
    Draft.objects.create(person=ben, place=f"answer:{question.pk}", body="Try")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer(actor=ben, thread_id=question.pk, body="Try again.", post_key="k")
    assert len(asked) <= 6  # begin, key, lock, a look at who writes what, everything, commit
    assert list(question.events.values_list("kind", flat=True)) == ["asked", "answered"]
    assert Watch.objects.filter(person=ben, thread=question, reason="answered").exists()
    assert not Draft.objects.filter(person=ben).exists()


def test_a_vote_takes_six_statements_and_a_question_seven() -> None:
    given, product = reply(thread()), board()
    thread(on=product, tags=["wifi"])
    voter, asker = person(), person()
    with CaptureQueriesContext(connection) as asked:
        thanks.vote(actor=voter, answer_id=given.pk)
    assert len(asked) <= 5
    with CaptureQueriesContext(connection) as asked:
        ask(actor=asker, board_id=product.pk, kind="problem", title="Red", body="It is red.", tags=["wifi"])
    assert len(asked) <= 7
    assert list(violations()) == []


def test_two_clicks_at_the_same_moment_make_one_answer_and_both_see_it() -> None:
    question, ben = thread(), person("ben")

    def click() -> int:
        return answer(actor=ben, thread_id=question.pk, body="Once.", post_key="same").pk

    first, second, third = at_once(click, click, click)
    assert first == second == third == Answer.objects.get().pk
    assert ThreadEvent.objects.filter(kind="answered").count() == 1
    assert list(violations()) == []


def test_two_clicks_at_the_same_moment_make_one_question() -> None:
    anna, product = person("anna"), board()

    def click() -> int:
        return ask(actor=anna, board_id=product.pk, kind="problem", title="Red", body="It is red.", post_key="same").pk

    first, second = at_once(click, click)
    assert first == second == Thread.objects.get().pk


def test_two_votes_at_the_same_moment_count_once() -> None:
    given, carla = reply(thread()), person("carla")

    def click() -> int:
        return thanks.vote(actor=carla, answer_id=given.pk).pk

    at_once(click, click, click)
    given.refresh_from_db()
    assert (Vote.objects.count(), given.helpful_count) == (1, 1)
    assert ThreadEvent.objects.filter(kind="voted").count() == 1


def test_a_key_whose_answer_was_refused_can_be_used_again() -> None:
    question, ben = thread(), person("ben")
    Thread.objects.update(locked_at=question.asked_at)
    with pytest.raises(NotAllowed):
        answer(actor=ben, thread_id=question.pk, body="Now?", post_key="k")
    assert not PostKey.objects.filter(key="k").exists()
    Thread.objects.update(locked_at=None)
    assert answer(actor=ben, thread_id=question.pk, body="Now.", post_key="k").position == 1


@pytest.mark.parametrize("number", [0, -1, 10**9, 2**63 - 1, 2**63, 10**30])
def test_a_made_up_number_of_a_question_is_not_there(number: int) -> None:
    with pytest.raises(NotThere):
        answer(actor=person(), thread_id=number, body="Where?")


def test_a_thread_out_of_sight_is_not_there_to_answer_and_open_to_those_who_see_it() -> None:
    inner, hidden, anna = board(audience=Board.Audience.SIGNED_IN), thread(), person("anna")
    Thread.objects.filter(pk=hidden.pk).update(hidden_at=hidden.asked_at)
    with pytest.raises(NotThere):
        answer(actor=anna, thread_id=hidden.pk, body="Hello?")
    with pytest.raises(NotAllowed):  # seen, but hidden threads take no answers
        answer(actor=moderator(), thread_id=hidden.pk, body="Hello?")
    asked = thread(person(), inner)
    assert answer(actor=anna, thread_id=asked.pk, body="Hello.").position == 1
    Board.objects.filter(pk=inner.pk).update(audience=Board.Audience.GROUPS)
    with pytest.raises(NotThere):
        answer(actor=anna, thread_id=asked.pk, body="Hello again?")


def test_an_answer_out_of_sight_is_not_there_to_vote_for() -> None:
    given = reply(thread())
    Answer.objects.update(hidden_at=given.answered_at)
    with pytest.raises(NotThere):
        thanks.vote(actor=person(), answer_id=given.pk)
    with pytest.raises(NotAllowed):
        thanks.vote(actor=moderator(), answer_id=given.pk)


def test_whoever_is_signed_in_is_read_with_all_roles_and_groups() -> None:
    for who in (person(), moderator(), person("eve", Role.MODERATOR, second_factor=False)):
        known, read = User.objects.with_standing().get(pk=who.pk), StandingBackend().get_user(who.pk)
        assert read is not None
        assert read == known
        assert (read.roles, read.effective_roles, read.group_ids) == (
            known.roles,
            known.effective_roles,
            known.group_ids,
        )
        assert read.languages == known.languages
    assert StandingBackend().get_user(0) is None
