"""Whatever people do between a move and its undo: afterwards all is as if nothing had ever moved.

The same acts are lived twice from the same beginning, once with the answers where they were, once with them moved and
moved back; what everybody can see must be the same.
"""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import transaction

from community import clock
from community.actions import answers, moderation, regrouping, thanks
from community.errors import Refused
from community.integrity import violations
from community.models import Answer, Helped, MeToo, Regrouping, Revision, Solution, Thread, User, Vote, Watch
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


class Place:
    """Two questions of one board, five people, six answers; all that follows is by the dice."""

    def __init__(self, seed: int) -> None:
        self.boss, self.people = moderator(), [person() for _each in range(5)]
        where = board()
        self.one, self.other = thread(self.people[0], on=where), thread(self.people[1], on=where)
        self.said = [
            reply(self.one if number < 4 else self.other, self.people[number % 5], body=f"Said {number}")
            for number in range(6)
        ]
        self.seed, self.now = seed, clock.now()

    def row(self, number: int) -> Answer:
        """The row in which an answer stands."""
        row = Answer.objects.get(pk=self.said[number].pk)
        return Answer.objects.get(pk=row.moved_to_id) if row.moved_to_id else row

    def live(self, acts: list[tuple[str, int, int]]) -> None:
        """What people do, one after the other; what is refused is refused in both lives."""
        for step, (verb, who, number) in enumerate(acts):
            with clock.at(self.now + timedelta(minutes=10 * step + 5)):
                try:
                    self._does()[verb](self.people[who], number)
                except Refused:
                    continue

    def _does(self) -> dict[str, Callable[[User, int], Any]]:
        return {
            "vote": lambda who, at: thanks.vote(actor=who, answer_id=self.row(at).pk),
            "unvote": lambda who, at: thanks.unvote(actor=who, answer_id=self.row(at).pk),
            "helped": lambda who, at: thanks.say_helped(actor=who, answer_id=self.row(at).pk),
            "hide": lambda _who, at: moderation.hide_answer(actor=self.boss, answer_id=self.row(at).pk),
            "restore": lambda _who, at: moderation.restore_answer(actor=self.boss, answer_id=self.row(at).pk),
            "edit": lambda who, at: answers.edit_answer(
                actor=self.boss, answer_id=self.row(at).pk, version=self.row(at).version, body=f"Edited {at} {who.pk}"
            ),
            "answer": lambda who, at: answers.answer(actor=who, thread_id=self.other.pk, body=f"Later {at} {who.pk}"),
            # (Who has come along with a merge has joined already.)
            "join": lambda _who, _at: thanks.join(actor=self.people[4], thread_id=self.other.pk),
        }


VERBS = ("vote", "unvote", "helped", "hide", "restore", "edit", "answer", "join")


def seen() -> dict[str, Any]:
    """What everybody can see, by the words of posts: numbers of rows are nobody's business."""
    standing = dict(Answer.objects.exclude(hidden_for="moved").values_list("pk", "body"))
    threads = Thread.objects.exclude(hidden_for="moved").values_list(
        *("pk", "body", "hidden_at", "state", "merged_into", "answer_count", "peer_answer_count", "asker_spoke_last"),
        *("first_answered_at", "last_activity_at", "solved_at", "me_too_count"),
    )
    columns = ("thread", "body", "author", "version", "edited_at", "answered_at", "hidden_at", "hidden_for")
    rows = Answer.objects.exclude(hidden_for="moved").values_list(*columns, "helpful_count", "helped_count")
    in_force = Solution.objects.filter(withdrawn_at=None).values_list("thread", "answer__body", "accepted_at")
    return {
        "threads": sorted(threads, key=str),
        "answers": sorted(rows, key=str),
        "votes": sorted((standing.get(pk), who) for pk, who in Vote.objects.values_list("answer", "person")),
        "helped": sorted((standing.get(pk), who) for pk, who in Helped.objects.values_list("answer", "person")),
        "revisions": sorted(Revision.objects.values_list("thread", "answer__body", "version", "body"), key=str),
        "solutions": sorted(in_force, key=str),
        "me_toos": sorted(MeToo.objects.values_list("thread", "person")),
        "watches": sorted(Watch.objects.values_list("thread", "person", "reason"), key=str),
    }


def lived(place: Place, acts: list[tuple[str, int, int]], move: Callable[[], None] | None) -> dict[str, Any]:
    """What is to be seen after these acts, with the answers moved away meanwhile or not; taken back at the end."""
    with transaction.atomic():
        if move is not None:
            move()
            assert list(violations()) == []
        place.live(acts)
        if move is not None:
            for act in Regrouping.objects.filter(undone_at=None):
                regrouping.undo(actor=place.boss, regrouping_id=act.pk)
        assert list(violations()) == []
        found = seen()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("kind", ["merge", "split", "new"])
@pytest.mark.parametrize("seed", range(4))
def test_what_moved_and_came_back_is_as_if_it_had_stayed(kind: str, seed: int) -> None:
    place, dice = Place(seed), Random(seed)
    chosen = sorted(dice.sample(range(4), dice.randint(1, 3)))
    verbs = VERBS if kind != "new" else tuple(verb for verb in VERBS if verb not in ("answer",))
    # What became a question has no votes and thanks of its own while it is one.
    touched = range(6) if kind != "new" else [number for number in range(6) if number != chosen[0]]
    acts = [(dice.choice(verbs), dice.randrange(5), dice.choice(list(touched))) for _each in range(25)]

    def move() -> None:
        where = {"target_id": place.other.pk} if kind == "split" else {"title": "Something else"}
        if kind == "merge":
            regrouping.merge(actor=place.boss, thread_id=place.one.pk, target_id=place.other.pk)
        else:
            ids = [place.said[number].pk for number in chosen]
            regrouping.split(actor=place.boss, thread_id=place.one.pk, answer_ids=ids, **where)  # type: ignore[arg-type]

    assert lived(place, acts, move) == lived(place, acts, None)
