"""Moderators merge, split, hide and ban while everybody else goes on: nothing is lost, doubled or stuck."""

import os
from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from community.actions import answers, bans, bulk, moderation, regrouping, solutions, thanks
from community.errors import Refused
from community.integrity import violations
from community.models import Answer, BulkAct, Regrouping, Thread, User
from tests.community.test_races import all_at_once
from tests.factories import board, moderator, person, reply, thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.trial, pytest.mark.timeout(900)]

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
ROUNDS = 50 if FULL else 5
AT_ONCE = 16


class Crowd:
    """Three questions of one board, the people in them, two moderators; each press by the dice."""

    def __init__(self, seed: int) -> None:
        self.dice, where = Random(seed), board()
        self.people, self.bosses = [person() for _each in range(6)], [moderator(), moderator()]
        self.questions = [thread(who, on=where).pk for who in self.people[:3]]
        for number, question in enumerate(Thread.objects.filter(pk__in=self.questions)):
            for who in self.people[number : number + 3]:
                reply(question, who)

    def presses(self) -> list[Callable[[], Any]]:
        """What so many do at the same moment."""
        return [self._press(name) for name in self.dice.choices(list(self._acts()), k=AT_ONCE)]

    def _press(self, name: str) -> Callable[[], Any]:
        act = self._acts()[name]
        who = User.objects.with_standing().get(pk=self.dice.choice(self.people).pk)
        one, other = self.dice.sample(self.questions, 2)
        said = self.dice.choice(list(Answer.objects.values_list("pk", flat=True)))
        return lambda: act(who, self.dice.choice(self.bosses), one, other, said)

    def _acts(self) -> dict[str, Callable[..., Any]]:
        return {
            "answer": lambda who, _boss, one, _other, _said: answers.answer(actor=who, thread_id=one, body="So."),
            "vote": lambda who, _boss, _one, _other, said: thanks.vote(actor=who, answer_id=said),
            "accept": lambda who, _boss, _one, _other, said: solutions.accept(actor=who, answer_id=said),
            "hide": lambda _who, boss, _one, _other, said: moderation.hide_answer(actor=boss, answer_id=said),
            "restore": lambda _who, boss, _one, _other, said: moderation.restore_answer(actor=boss, answer_id=said),
            "merge": lambda _who, boss, one, other, _said: regrouping.merge(actor=boss, thread_id=one, target_id=other),
            "split": lambda _who, boss, one, other, _said: self._split(boss, one, other),
            "undo": lambda _who, boss, _one, _other, _said: self._last(Regrouping, regrouping.undo, boss),
            "bulk": lambda _who, boss, one, _other, said: bulk.hide_many(
                actor=boss, thread_ids=[one], answer_ids=[said], ground="spam", ban_authors=said % 2 == 0
            ),
            "unbulk": lambda _who, boss, _one, _other, _said: self._last(BulkAct, bulk.undo, boss),
            "ban": lambda who, boss, _one, _other, _said: bans.ban(actor=boss, person_id=who.pk, ground="spam"),
            "unban": lambda who, boss, _one, _other, _said: bans.unban(actor=boss, person_id=who.pk),
        }

    def _split(self, boss: User, one: int, other: int) -> None:
        chosen = list(Answer.objects.filter(thread=one, hidden_at=None).values_list("pk", flat=True)[:2])
        where = {"target_id": other} if self.dice.random() < 0.5 else {"title": "Something else"}
        regrouping.split(actor=boss, thread_id=one, answer_ids=chosen, **where)  # type: ignore[arg-type]

    def _last(self, model: Any, undo: Callable[..., Any], boss: User) -> None:
        pk = model.objects.filter(undone_at=None).values_list("pk", flat=True).last()
        if pk is not None:
            undo(actor=boss, **{"regrouping_id" if model is Regrouping else "act_id": pk})


@pytest.mark.parametrize("seed", range(3))
def test_everything_at_once_leaves_every_number_right(seed: int) -> None:
    crowd = Crowd(seed)
    done = 0
    for _round in range(ROUNDS):
        results = all_at_once(*crowd.presses())
        done += sum(not isinstance(result, Refused) for result in results)
        assert [f"{each.sentence}: {each.detail}" for each in violations()] == []
    assert done > ROUNDS * AT_ONCE // 4


def test_two_moderators_who_merge_the_same_two_questions_both_ways_make_one() -> None:
    bosses, where = [moderator(), moderator()], board()
    one, other = thread(on=where), thread(on=where)
    for each in (one, other):
        reply(each)
    pairs = [(one, other), (other, one)]
    all_at_once(
        *[
            lambda boss=boss, pair=pair: regrouping.merge(actor=boss, thread_id=pair[0].pk, target_id=pair[1].pk)
            for boss, pair in zip(bosses * 3, pairs * 3, strict=True)
        ]
    )
    assert Thread.objects.filter(merged_into__isnull=False).count() == 1
    assert Answer.objects.filter(hidden_at=None).count() == 2
    assert list(violations()) == []


def test_of_two_who_hide_the_same_posts_each_takes_back_only_their_own() -> None:
    bosses, posts = [moderator(), moderator()], [reply(thread()) for _each in range(6)]
    ids = [each.pk for each in posts]
    all_at_once(*[lambda boss=boss: bulk.hide_many(actor=boss, answer_ids=ids, ground="spam") for boss in bosses])
    assert sum(act.items.count() for act in BulkAct.objects.all()) == 6
    acts = [act.pk for act in BulkAct.objects.all()]
    all_at_once(*[lambda pk=pk, boss=boss: bulk.undo(actor=boss, act_id=pk) for pk in acts for boss in bosses])
    assert not Answer.objects.filter(hidden_at__isnull=False).exists()
    assert list(violations()) == []
