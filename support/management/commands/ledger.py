"""`manage.py ledger`: how far the ledger is, derive what is new, derive everything again, hand a month over."""

import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from support.actions.ledger import advance, rebuild
from support.ledger.exporting import export, month_of
from support.models import CurrentEntry, DeflectionEntry, LedgerState, LockedMonth


class Command(BaseCommand):
    help = "The ledger: status, advance, rebuild --check, rebuild --replace, export MONTH (as in 2026-05)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        acts.add_parser("status", help="how far it is, and how many rows it has")
        acts.add_parser("advance", help="derive what was recorded since the last time")
        again = acts.add_parser("rebuild", help="derive everything again from the facts")
        how = again.add_mutually_exclusive_group(required=True)
        how.add_argument("--check", action="store_true", help="compare with what is stored, row by row; change nothing")
        how.add_argument("--replace", action="store_true", help="put what is derived in the place of what is stored")
        out = acts.add_parser("export", help="a month's rows, and a program that reckons FLOOR from them")
        out.add_argument("month", help="as in 2026-05")
        out.add_argument("--to", type=Path, default=Path(), help="the folder it is written into (default: here)")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['act']}")(options)

    def _status(self, _options: dict[str, Any]) -> None:
        state = LedgerState.objects.filter(pk=1).first() or LedgerState()
        told = {
            "complete up to": state.complete_until,
            "cases": CurrentEntry.objects.count(),
            "entries": DeflectionEntry.objects.count(),
            "locked months": LockedMonth.objects.count(),
            "last checked": state.checked_at,
            "rows that differed then": state.differing,
            "last derived anew": state.rebuilt_at,
        }
        for name, value in told.items():
            self.stdout.write(f"{name:26} {'never' if value is None else value}")

    def _advance(self, _options: dict[str, Any]) -> None:
        self.stdout.write(f"{advance()} entries added")

    def _rebuild(self, options: dict[str, Any]) -> None:
        began = time.monotonic()
        found = rebuild(check=options["check"])
        counts = ", ".join(f"{count:,} {name}" for name, count in found.derived.items())
        self.stdout.write(f"Derived {counts} in {time.monotonic() - began:.1f} s.")
        for line in found.told:
            self.stdout.write(f"  {line}")
        if found.differing:
            raise CommandError(f"{found.differing} rows differ from what the facts come to.")
        self.stdout.write("Every row is as the facts say.")

    def _export(self, options: dict[str, Any]) -> None:
        month = month_of(options["month"])
        if month is None:
            raise CommandError("A month is written as in 2026-05.")
        try:
            self.stdout.write(f"Written: {export(month, options['to'])}")
        except OSError as error:
            raise CommandError(f"This folder cannot be written into: {error.strerror}.") from error
