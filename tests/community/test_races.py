"""Many press at once: real threads, real commits, and afterwards every number equals its rows."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from community.actions import answers, duplicates, moderation, solutions, thanks, threads
from community.errors import Refused
from community.integrity import violations
from community.models import Answer, Merge, MeToo, Solution, Thread, ThreadEvent, Vote, Watch
from tests.factories import board, moderator, person, reply, thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.trial, pytest.mark.timeout(900)]

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
ROUNDS = 50 if FULL else 3
AT_ONCE = 8


def all_at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run all of them at the same moment, each with its own connection; their results, or the refusals they met."""
    gate = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            gate.wait()
            return act()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def posting(user: Any, address: str, sent: dict[str, Any] | None = None) -> Callable[[], int]:
    """A press of a button in a browser of its own."""
    client = Client()
    client.force_login(user)
    return lambda: client.post(address, sent or {}).status_code


def test_one_person_voting_many_times_at_once_votes_once() -> None:
    said, ben = reply(thread()), person()
    for _ in range(ROUNDS):
        presses = [posting(ben, f"/answers/{said.pk}/vote/") for _ in range(AT_ONCE)]
        assert set(all_at_once(*presses)) == {303}
        said.refresh_from_db()
        assert said.helpful_count == Vote.objects.count() == 1
        thanks.unvote(actor=ben, answer_id=said.pk)
    assert ThreadEvent.objects.filter(kind="voted").count() == ROUNDS
    assert list(violations()) == []


def test_many_people_voting_at_once_are_all_counted() -> None:
    said = reply(thread())
    people = [person() for _ in range(AT_ONCE)]
    all_at_once(*[lambda who=who: thanks.vote(actor=who, answer_id=said.pk) for who in people])
    said.refresh_from_db()
    assert said.helpful_count == AT_ONCE
    assert list(violations()) == []


def test_joining_many_times_at_once_counts_once_and_watches_once() -> None:
    question, ben = thread(), person()
    for _ in range(ROUNDS):
        presses = [posting(ben, f"/threads/{question.pk}/join/") for _ in range(AT_ONCE)]
        assert set(all_at_once(*presses)) == {303}
        question.refresh_from_db()
        assert question.me_too_count == MeToo.objects.count() == 1
        assert Watch.objects.filter(person=ben).count() == 1
        thanks.leave(actor=ben, thread_id=question.pk)
    assert list(violations()) == []


def test_a_double_click_on_an_answer_posts_once() -> None:
    question, ben = thread(), person()
    for number in range(ROUNDS):
        sent = {"body": f"Answer {number}", "post_key": f"key-{number}"}
        presses = [posting(ben, f"/threads/{question.pk}/answer/", sent) for _ in range(4)]
        assert set(all_at_once(*presses)) == {303}
        assert Answer.objects.count() == number + 1
    assert list(violations()) == []


def test_a_double_click_on_a_question_asks_once() -> None:
    routers, ben = board("Routers"), person()
    for number in range(ROUNDS):
        sent = {"title": f"T{number}", "body": "B", "board": "routers", "kind": "idea", "tags": f"new-{number}"}
        presses = [posting(ben, "/ask/", sent | {"post_key": "k"}) for _ in range(4)]
        assert set(all_at_once(*presses)) == {303}
        assert Thread.objects.filter(board=routers).count() == number + 1
    assert list(violations()) == []


def test_different_people_answering_at_once_get_different_places() -> None:
    question = thread()
    people = [person() for _ in range(AT_ONCE)]
    for _ in range(ROUNDS):
        all_at_once(
            *[
                lambda who=who: answers.answer(actor=who, thread_id=question.pk, body="Hold the button")
                for who in people
            ]
        )
    places = list(Answer.objects.order_by("position").values_list("position", flat=True))
    assert places == list(range(1, AT_ONCE * ROUNDS + 1))
    assert list(violations()) == []


def test_accepting_different_answers_at_once_leaves_one_solution() -> None:
    anna = person()
    question = thread(anna)
    said = [reply(question) for _ in range(4)]
    for _ in range(ROUNDS):
        all_at_once(*[posting(anna, f"/answers/{each.pk}/accept/") for each in said * 2])
        assert Solution.objects.filter(withdrawn_at__isnull=True).count() == 1
    assert list(violations()) == []


def test_accepting_while_the_answer_is_hidden_never_leaves_a_hidden_solution() -> None:
    anna, judge = person(), moderator()
    for _ in range(ROUNDS):
        said = reply(thread(anna))
        all_at_once(
            lambda said=said: solutions.accept(actor=anna, answer_id=said.pk),
            lambda said=said: moderation.hide_answer(actor=judge, answer_id=said.pk),
            lambda said=said: thanks.vote(actor=judge, answer_id=said.pk),
        )
        assert list(violations()) == []


def test_editing_at_once_keeps_every_text_and_tells_the_others() -> None:
    anna = person()
    question = thread(anna)
    for version in range(1, ROUNDS + 1):
        results = all_at_once(
            *[
                lambda who=who, v=version: threads.edit_thread(
                    actor=who, thread_id=question.pk, version=v, title="T", body=f"{who} {v}"
                )
                for who in (anna, moderator(), moderator())
            ]
        )
        assert sorted(type(result).__name__ for result in results) == ["EditConflict", "EditConflict", "Thread"]
    assert list(violations()) == []


def test_everybody_pressing_everything_breaks_nothing() -> None:
    anna, judge = person(), moderator()
    people = [anna, judge, *(person() for _ in range(6))]
    questions = [thread(anna) for _ in range(3)]
    said = [reply(question, people[3 + at]) for question in questions for at in range(2)]
    dice = Random(7)

    def press(who: Any) -> Callable[[], Any]:
        question, answer = dice.choice(questions), dice.choice(said)
        acts: list[Callable[[], Any]] = [
            lambda: thanks.vote(actor=who, answer_id=answer.pk),
            lambda: thanks.unvote(actor=who, answer_id=answer.pk),
            lambda: thanks.say_helped(actor=who, answer_id=answer.pk),
            lambda: thanks.join(actor=who, thread_id=question.pk),
            lambda: thanks.leave(actor=who, thread_id=question.pk),
            lambda: answers.answer(actor=who, thread_id=question.pk, body="x"),
            lambda: solutions.accept(actor=anna, answer_id=answer.pk),
            lambda: solutions.withdraw(actor=anna, thread_id=question.pk),
            lambda: moderation.hide_answer(actor=judge, answer_id=answer.pk),
            lambda: moderation.restore_answer(actor=judge, answer_id=answer.pk),
            lambda: moderation.hide_thread(actor=judge, thread_id=question.pk),
            lambda: moderation.restore_thread(actor=judge, thread_id=question.pk),
            lambda: threads.close(actor=anna, thread_id=question.pk),
            lambda: threads.reopen(actor=anna, thread_id=question.pk),
            lambda: threads.request_info(actor=judge, thread_id=question.pk),
        ]
        return dice.choice(acts)

    for _ in range(ROUNDS * 10):
        all_at_once(*[press(who) for who in people])
    assert list(violations()) == []


# Asked before ---------------------------------------------------------------------------------------------------------
def test_marking_each_as_the_others_duplicate_at_once_leaves_one_of_them() -> None:
    judges = [moderator(), moderator()]
    for _ in range(ROUNDS * 2):
        one, two = thread(), thread()
        thanks.join(actor=person(), thread_id=one.pk)
        pairs = [(one, two), (two, one)] * 2
        all_at_once(
            *[
                lambda who=judges[place % 2], here=here, there=there: duplicates.mark_duplicate(
                    actor=who, thread_id=here.pk, original_id=there.pk
                )
                for place, (here, there) in enumerate(pairs)
            ]
        )
        merged = Thread.objects.filter(pk__in=[one.pk, two.pk], merged_into__isnull=False)
        assert merged.count() == Merge.objects.filter(thread__in=[one, two], undone_at=None).count() == 1
    assert list(violations()) == []


def test_marking_and_taking_back_along_a_chain_at_once_breaks_nothing() -> None:
    judges = [moderator() for _ in range(4)]
    for number in range(ROUNDS * 2):
        chain = [thread() for _ in range(4)]
        for each in chain:
            thanks.join(actor=person(), thread_id=each.pk)
        dice = Random(number)
        acts: list[Callable[[], Any]] = []
        for place in range(AT_ONCE):
            here, there = dice.sample(chain, 2)
            judge = judges[place % 4]
            if place % 3:
                acts.append(
                    lambda who=judge, a=here, b=there: duplicates.mark_duplicate(
                        actor=who, thread_id=a.pk, original_id=b.pk
                    )
                )
            else:
                acts.append(lambda who=judge, a=here: duplicates.unmark_duplicate(actor=who, thread_id=a.pk))
        results = all_at_once(*acts)
        assert all(isinstance(result, Thread | Refused) for result in results), results
        assert list(violations()) == []
        for each in chain:
            duplicates.unmark_duplicate(actor=judges[0], thread_id=each.pk)
        assert [each.me_too_count for each in Thread.objects.filter(pk__in=[row.pk for row in chain])] == [1] * 4
    assert list(violations()) == []


def test_answering_accepting_and_joining_a_question_while_it_becomes_a_duplicate() -> None:
    judge = moderator()
    for _ in range(ROUNDS):
        first, again = thread(), thread()
        said, ben, cora = reply(again), person(), person()
        all_at_once(
            lambda a=again, b=first: duplicates.mark_duplicate(actor=judge, thread_id=a.pk, original_id=b.pk),
            lambda a=again, who=ben: answers.answer(actor=who, thread_id=a.pk, body="Hold the button"),
            lambda a=again, s=said: solutions.accept(actor=a.asker, answer_id=s.pk),
            lambda a=again, who=cora: thanks.join(actor=who, thread_id=a.pk),
            lambda b=first, who=cora: thanks.join(actor=who, thread_id=b.pk),
        )
        assert Thread.objects.get(pk=again.pk).merged_into_id == first.pk
        assert list(violations()) == []
        duplicates.unmark_duplicate(actor=judge, thread_id=again.pk)
    assert list(violations()) == []
