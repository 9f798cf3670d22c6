"""Round after round sixteen people do different things to the same few questions at the same moment.

At the actions, with real threads and commits: votes, me-toos, answers, acceptances, edits, flags and their decisions,
hiding, moving answers, duplicates, bans. Refusals are fine; errors, deadlocks and wrong numbers are not.
"""

import os
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import connection

from community.actions import answers, bans, duplicates, flags, moderation, regrouping, settling, solutions, thanks
from community.errors import Refused
from community.integrity import violations
from community.models import Answer, Ground, Regrouping, Review, Thread, User
from community.notices.fanout import fan_out_all
from tests.community.test_races import all_at_once
from tests.factories import board, moderator, person, reply, thread
from tests.trials.test_storm import deadlocks

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True), pytest.mark.timeout(1800)]

ROUNDS = 50 if os.environ.get("PEERDESK_TRIALS") == "full" else 6
AT_ONCE = 16

Act = Callable[[], Any]


class Dice:
    """Who does what to which post next."""

    def __init__(self, people: list[User], bosses: list[User], questions: list[Thread]) -> None:
        self.random = Random(11)
        self.people, self.bosses, self.questions = people, bosses, [each.pk for each in questions]
        self.done: Counter[tuple[str, bool]] = Counter()

    def acts(self, many: int) -> list[Act]:
        """So many acts of different kinds, aimed at what is there now."""
        kinds = [*self.verbs(), *self.verbs()]
        self.random.shuffle(kinds)
        return [self._counted(name, act) for name, act in kinds[:many]]

    def went(self) -> set[str]:
        """The verbs that were not refused every time."""
        return {name for name, went in self.done if went}

    def _counted(self, name: str, act: Act) -> Act:
        def counted() -> Any:
            try:
                result = act()
            except Refused:
                self.done[name, False] += 1
                raise
            self.done[name, True] += 1
            return result

        return counted

    def verbs(self) -> list[tuple[str, Act]]:
        who, boss, pick = self.fresh(self.people), self.fresh(self.bosses), self.random.choice
        question, other = self.random.sample(self.questions, 2)
        rows = list(Answer.objects.filter(thread=question).order_by("pk"))
        said = pick(rows)
        asker = Thread.objects.get(pk=question).asker
        chosen = [each.pk for each in self.random.sample(rows, min(2, len(rows)))]
        some = self.fresh(self.people[:2])
        edited = {"answer_id": said.pk, "version": said.version, "body": f"Better {self.random.random()}"}
        move = Regrouping.objects.filter(undone_at=None).order_by("?").first()
        review = Review.objects.waiting().order_by("?").first()
        verbs: list[tuple[str, Act]] = [
            ("vote", lambda: thanks.vote(actor=who, answer_id=said.pk)),
            ("unvote", lambda: thanks.unvote(actor=who, answer_id=said.pk)),
            ("me too", lambda: thanks.join(actor=who, thread_id=question)),
            ("answer", lambda: answers.answer(actor=who, thread_id=question, body=f"Try {self.random.random()}")),
            ("accept", lambda: solutions.accept(actor=asker, answer_id=said.pk)),
            ("withdraw", lambda: solutions.withdraw(actor=asker, thread_id=question)),
            ("edit", lambda: answers.edit_answer(actor=said.author, **edited)),
            ("flag", lambda: flags.flag(actor=who, thread_id=question, answer_id=said.pk, ground=Ground.SPAM)),
            ("hide", lambda: moderation.hide_answer(actor=boss, answer_id=said.pk, reason="Round")),
            ("restore", lambda: moderation.restore_answer(actor=boss, answer_id=pick(rows).pk)),
            ("split", lambda: regrouping.split(actor=boss, thread_id=question, answer_ids=chosen, target_id=other)),
            ("merge", lambda: regrouping.merge(actor=boss, thread_id=question, target_id=other)),
            ("unmerge", lambda: duplicates.unmark_duplicate(actor=boss, thread_id=question)),
            ("ban", lambda: bans.ban(actor=boss, person_id=some.pk, ground=Ground.SPAM)),
            ("unban", lambda: bans.unban(actor=boss, person_id=some.pk)),
        ]
        if move is not None:
            verbs.append(("undo a move", lambda: regrouping.undo(actor=boss, regrouping_id=move.pk)))
        if review is not None:
            choice = pick(list(settling.CHOICES[review.kind]))
            why = {"ground": Ground.SPAM, "words": "Round"}
            verbs.append(("settle", lambda: settling.settle(actor=boss, review_id=review.pk, choice=choice, **why)))
        return verbs

    def fresh(self, people: list[User]) -> User:
        """One of them, as a new request would find them."""
        return User.objects.with_standing().get(pk=self.random.choice(people).pk)


def test_whatever_sixteen_people_do_at_the_same_moment_every_number_is_right() -> None:
    bosses, people = [moderator() for _n in range(3)], [person() for _n in range(8)]
    product = board()
    questions = [thread(asker, product) for asker in people[2:6]]
    for question in questions:
        for author in people:
            reply(question, author)
    dice, before = Dice(people, bosses, questions), deadlocks()
    # chance may leave a verb out of a few rounds, so they go on until each was done in earnest
    earnest = {"vote", "answer", "flag", "ban", "split"}
    for number in range(ROUNDS * 10):
        if number >= ROUNDS and earnest <= dice.went():
            break
        results = all_at_once(*dice.acts(AT_ONCE))
        assert len(results) == AT_ONCE
        assert list(violations()) == [], f"after round {number}"
    fan_out_all()
    assert list(violations()) == []
    connection.close()
    assert deadlocks() == before
    assert earnest <= dice.went(), dice.done
