"""A made-up community that is lived through the actions, and the same one written at once, come to the same ledger."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pytest
from django.db import transaction

from community import clock
from community.integrity import violations
from community.models import Board, Thread, User
from support.actions.ledger import advance, rebuild
from support.ledger.facts import load
from support.models import AssistedReuse, CurrentEntry, DeflectionCase, LedgerTally, ViewerCase
from support.simulation.habits import EVENTFUL
from support.simulation.simulate import simulate
from support.simulation.world import World
from support.simulation.writing import Writer
from tests.support.simulation.acts import Acts

pytestmark = pytest.mark.django_db


@dataclass
class Left:
    """What a way of making it left behind, by the numbers of the world."""

    facts: dict[str, int]
    cases: list[Any]
    readers: list[Any]
    assisted: list[Any]
    #: rows that a rebuild would make otherwise
    differing: int
    wrong: list[Any]


class Names:
    """What things here are called in the world."""

    def __init__(self, people: Mapping[int, str], threads: Mapping[int, int], boards: Mapping[int, int]) -> None:
        self.people, self.threads, self.boards = people, threads, boards

    def person(self, key: str) -> str:
        return self.people[int(key[2:])] if key.startswith("u:") else key


def made(world: World, make: Callable[[], Names]) -> Left:
    """Make it, look, and take it all back."""
    with transaction.atomic():
        names = make()
        with clock.at(world.horizon()):
            advance()
            found = Left(
                {each.name: len(getattr(load(), each.name)) for each in fields(world.facts)},
                sorted(told(case, names) for case in DeflectionCase.objects.prefetch_related("entries")),
                sorted(
                    (
                        *(names.person(v.person_key), names.threads[v.thread_id], names.boards[v.board_id]),
                        *(v.occurred_at, v.is_shown, v.is_answered, v.is_simulated),
                    )
                    for v in ViewerCase.objects.all()
                ),
                sorted(
                    (a.kind, names.person(a.person_key), names.threads[a.thread_id], a.occurred_at)
                    for a in AssistedReuse.objects.all()
                ),
                rebuild(check=True).differing,
                list(violations()),
            )
        transaction.set_rollback(True)
    return found


def told(case: DeflectionCase, names: Names) -> Any:
    entries = sorted(case.entries.all(), key=lambda each: each.seq)
    return (
        (case.kind, names.person(case.person_key), names.threads[case.thread_id], case.occurred_at, case.recorded_at),
        [
            (
                *(each.seq, each.status, each.reason, names.person(each.person_key), names.threads[each.thread_id]),
                *(names.boards[each.board_id], each.known, each.channel, each.is_entitled, each.as_of),
            )
            for each in entries
        ],
    )


def lived(world: World) -> Names:
    acts = Acts(world)
    acts.live(now_and_then=advance)
    boards = {board.pk: number for number, board in enumerate(acts.boards, 1)}
    return Names(
        {person.pk: key for key, person in acts.people.items()},
        {pk: number for number, pk in acts.threads.items()},
        boards,
    )


def written(world: World) -> Names:
    writer = Writer(world)
    assert writer.write() == world.count()
    return Names(
        {writer.person_id(key): key for key in world.members()},
        {writer.thread(each.thread): each.thread for each in world.facts.asked},
        {writer.number(Board, number): number for number in range(1, world.boards + 1)},
    )


@pytest.mark.parametrize("seed", [4, 11])
def test_lived_day_by_day_and_written_at_once_come_to_the_same_ledger(seed: int) -> None:
    world = simulate(seed, 45, EVENTFUL)
    by_acts, at_once = made(world, lambda: lived(world)), made(world, lambda: written(world))
    assert (
        by_acts.facts
        == at_once.facts
        == {each.name: len(getattr(world.facts, each.name)) for each in fields(world.facts)}
    )
    assert by_acts.cases == at_once.cases
    assert by_acts.readers == at_once.readers
    assert by_acts.assisted == at_once.assisted
    assert by_acts.differing == at_once.differing == 0
    assert by_acts.wrong == at_once.wrong == []
    assert {case[0][0] for case in at_once.cases} >= {"D", "M"} and at_once.readers
    assert not User.objects.filter(username__startswith="made-up").exists() and not Thread.objects.exists()


def test_writing_a_community_posts_nothing() -> None:
    Writer(simulate(5, 60, EVENTFUL)).write()
    assert not DeflectionCase.objects.exists() and not CurrentEntry.objects.exists()
    assert not LedgerTally.objects.exists() and not ViewerCase.objects.exists()
