"""`manage.py bench_ledger`: what deriving a year of very many facts costs, and reading its figures."""

import resource
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community import clock
from community.bench.database import bench_database, filled
from community.models import Board
from support.actions.ledger import advance, rebuild
from support.ledger.invariants import INVARIANTS
from support.models import LedgerState
from support.models.contacts import ContactChannel
from support.reading.figures import Wanted, figures
from support.simulation.habits import EVEN, START
from support.simulation.simulate import simulate
from support.simulation.writing import Writer, analyze

#: The goals: seconds to derive everything, milliseconds and queries of any figures.
REBUILD, READING, QUERIES = 180.0, 300.0, 12
#: A person of a made-up year leaves about so many facts.
FACTS_OF_ONE = 4
#: The year is written as so many communities, one after another: what is in memory is one of them.
PARTS = 12
#: Figures are read so often, and the quickest counts: a neighbour on the machine only adds to it.
TIMES = 5
_Made = TypeVar("_Made")


class Command(BaseCommand):
    help = "Measures the ledger over a made-up year of facts, in a database of its own."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--facts", type=int, default=1_000_000, help="how many (default 1000000)")
        parser.add_argument("--keep", action="store_true", help="keep the database for the next run")

    def handle(self, *args: Any, **options: Any) -> None:
        size = options["facts"]
        if size < 5_000:
            raise CommandError("A year has at least 5000 facts.")
        with bench_database(f"ledger_{size}", keep=options["keep"], fresh=False) as (name, to_fill):
            if to_fill:
                self._fill(size)
                filled(name)
            missed = list(self._measured())
        if missed:
            raise CommandError(f"MISSED: {', '.join(missed)}")

    def _fill(self, size: int) -> None:
        began, written, seed = time.monotonic(), 0, 0
        while written < size:
            start = START + timedelta(days=365 / PARTS) * (seed % PARTS)
            habits = replace(EVEN, days=365 // PARTS, is_tried=False)
            written += Writer(simulate(seed + 1, max(20, size // PARTS // FACTS_OF_ONE), habits, start)).write()
            seed += 1
        analyze()
        self.stdout.write(f"{written:,} facts of {seed} communities, written in {time.monotonic() - began:.0f} s")

    def _measured(self) -> Iterator[str]:
        """Each figure told; the names of those that miss their goal."""
        end = START + timedelta(days=365 + 60)
        with clock.at(end):
            LedgerState.objects.update(complete_until=None)
            found, seconds = _timed(lambda: rebuild(check=False))
            counts = ", ".join(f"{count:,} {name}" for name, count in found.derived.items())
            yield from self._told("derive everything, post and compare it", seconds, REBUILD, "s")
            self.stdout.write(f"  {counts}; at most {_memory()} MB")
            found, seconds = _timed(lambda: rebuild(check=True))
            yield from self._told("derive everything and compare it", seconds, REBUILD, "s")
            if found.differing:
                yield f"{found.differing} rows differ"
        with clock.at(end + timedelta(minutes=10)):
            _count, seconds = _timed(advance)
            self.stdout.write(f"ten minutes in which nothing happened: {seconds:.1f} s")
            yield from self._figures(end)
        yield from self._invariants()

    def _figures(self, end: datetime) -> Iterator[str]:
        year = (START.date(), (START + timedelta(days=364)).date())
        board = Board.objects.order_by("pk").values_list("pk", flat=True).first()
        asked: dict[str, tuple[date, date, int | None, str]] = {
            "figures of the year": (*year, None, ""),
            "figures of a board's year": (*year, board, ""),
            "figures of the telephone's year": (*year, None, ContactChannel.PHONE),
            "figures of a month": (year[0], year[0] + timedelta(days=30), None, ""),
        }
        for name, (first, last, board_id, channel) in asked.items():
            wanted = Wanted(first, last, board_id=board_id, channel=channel)
            with CaptureQueriesContext(connection) as queries:
                figures(wanted)
            seconds = min(_timed(partial(figures, wanted))[1] for _time in range(TIMES))
            yield from self._told(name, seconds * 1000, READING, f"ms, {len(queries)} queries")
            if len(queries) > QUERIES:
                yield f"{name}: {len(queries)} queries"

    def _invariants(self) -> Iterator[str]:
        with connection.cursor() as cursor:
            for sentence, query in INVARIANTS.items():
                cursor.execute(query)
                if cursor.fetchone() is not None:
                    yield sentence

    def _told(self, name: str, value: float, goal: float, unit: str) -> Iterator[str]:
        is_met = value <= goal
        self.stdout.write(f"{name:42} {value:8.1f} {unit} (goal {goal:.0f}) {'met' if is_met else 'MISSED'}")
        if not is_met:
            yield name


def _timed(act: Callable[[], _Made]) -> tuple[_Made, float]:
    began = time.monotonic()
    return act(), time.monotonic() - began


def _memory() -> int:
    """The most that this process ever held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
