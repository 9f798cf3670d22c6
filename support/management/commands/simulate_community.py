"""`manage.py simulate_community`: how right the definition is, held against communities of which the truth is known."""

import os
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from community.models import Thread, User
from support.simulation.copying import highest
from support.simulation.habits import SCENARIOS
from support.simulation.simulate import simulate
from support.simulation.trials import COVERED, EXCEEDED, Error, Report, Share, outcomes, report
from support.simulation.writing import Writer, analyze

NAMES = {
    "views": "page views x 0.05",
    "one_in_five": "1 in 5 views of a solution",
    "left": "left the form without sending it",
    "floor": "FLOOR",
    "central": "CENTRAL",
}


class Command(BaseCommand):
    help = (
        "Makes up communities of which it is known who would have contacted support, and says how often FLOOR and "
        "CENTRAL are right about them. With --write one is written into this database instead, as facts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seeds", type=int, default=200, help="how many communities (default 200)")
        parser.add_argument("--first", type=int, default=1, help="the first seed (default 1)")
        parser.add_argument("--people", type=int, default=2000, help="people of each (default 2000)")
        parser.add_argument("--scenario", choices=[*SCENARIOS, "all"], default="even")
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
        parser.add_argument("--write", action="store_true", help="write communities into this (empty) database")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["people"] < 20 or options["seeds"] < 1 or options["processes"] < 1:
            raise CommandError("At least one community, of at least twenty people.")
        seeds = range(options["first"], options["first"] + options["seeds"])
        if options["write"]:
            return self._write(seeds, options["people"], options["scenario"])
        names = list(SCENARIOS) if options["scenario"] == "all" else [options["scenario"]]
        reports = []
        for name in names:
            found = outcomes(seeds, options["people"], name, options["processes"])
            reports.append(report(name, tqdm(found, total=len(seeds), desc=name, unit=" communities")))
        for each in reports:
            self._tell(each, options["people"])
        claimed = [each for each in reports if each.is_answering_even]
        if not all(each.is_floor_right for each in reports) or not all(each.is_central_right for each in claimed):
            raise CommandError("The definition is not as right as it says.")
        return None

    def _tell(self, shown: Report, people: int) -> None:
        self.stdout.write(
            f"\n{shown.scenario}: {shown.seeds} communities of {people} people, {shown.facts:,.0f} facts each"
        )
        self.stdout.write(f"  CENTRAL is known for every kind in {shown.whole} of them.")
        if shown.whole:
            self._say("  its 95 % interval holds the truth in", shown.covered, f"wanted: {COVERED:.0%} or more")
            for kind, share in shown.by_kind.items():
                self._say(f"    of kind {kind} alone in", share)
        self._say("  FLOOR is above the truth in", shown.exceeded, f"wanted: at most {EXCEEDED:.1%}")
        for kind, share in shown.floor_by_kind.items():
            self._say(f"    of kind {kind} alone in", share)
        self.stdout.write("  said / true, in the middle (and for the eight tenths around it):")
        for each in (shown.floor, *([shown.central] if shown.whole else []), *shown.others):
            self._compare(each)
        verdict = [
            "CENTRAL's interval holds what it says." if shown.is_central_right else "CENTRAL's interval is too narrow.",
            "FLOOR is one." if shown.is_floor_right else "FLOOR is too high.",
        ]
        self.stdout.write("  " + " ".join(verdict))

    def _say(self, what: str, share: Share, wanted: str = "") -> None:
        low, high = share.bounds
        text = f"{what} {share.part} of {share.whole}: {share.share:.1%}, exact 99 % interval {low:.1%} to {high:.1%}"
        self.stdout.write(text + (f" ({wanted})" if wanted else ""))

    def _compare(self, each: Error) -> None:
        self.stdout.write(f"    {NAMES[each.name]:<34} {each.median:5.2f}  ({each.low:.2f} to {each.high:.2f})")

    def _write(self, seeds: range, people: int, scenario: str) -> None:
        """One after the other; the ledger is derived from it like from anything else."""
        if scenario == "all":
            raise CommandError("Name one scenario to write.")
        if Thread.objects.exists():
            raise CommandError(
                "There are questions in this database. What is made up can never be taken out again: use an empty one."
            )
        for seed in seeds:
            world = simulate(seed, people, SCENARIOS[scenario], members_from=highest(User))
            began = time.perf_counter()
            count = Writer(world).write()
            seconds = time.perf_counter() - began
            self.stdout.write(f"{seed}: {count:,} facts in {seconds:.1f} s, {count / seconds:,.0f} a second")
        analyze()
