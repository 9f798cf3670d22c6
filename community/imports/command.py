"""What all import commands share: their options, and how they end."""

import re
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.imports.loader import AlreadyRunning, Options, Outcome, run_import
from community.imports.records import Record
from community.imports.sites import Site
from community.models import Board


def source_name(value: str) -> str:
    """A short word for `--source`; it stands before every id of this import from now on."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9:._-]{0,59}", value):
        raise ArgumentTypeError("use at most 60 of: a-z 0-9 : . _ -")
    return value


class ImportCommand(BaseCommand):
    """The commands read, tell what they did in a table, and exit 1 when a file could not be read to its end."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="try everything, write nothing, report")
        parser.add_argument(
            "--source", type=source_name, help="name of this source; the same name later brings only what is new"
        )
        parser.add_argument("--reject", type=Path, metavar="FILE", help="where rejected rows go, with their reasons")
        parser.add_argument("--board", metavar="ADDRESS", help="put everything on this board (e.g. router)")
        parser.add_argument(
            "--site",
            action="append",
            default=[],
            metavar="HOST",
            help="host of the old site, e.g. forum.example.com: links to it in the texts are led to the new place",
        )
        parser.add_argument("--language", default="", help="language of posts that name none (default: guessed)")
        parser.add_argument("--workers", type=int, choices=range(9), help="processes that convert texts (default: 2)")

    def run(
        self,
        records: Iterable[Record],
        options: dict[str, Any],
        *,
        source: str,
        site: Site,
        board_name: str = "",
        open_file: Callable[[str], bytes] | None = None,
    ) -> None:
        """Import and report."""
        name = options["source"] or source
        reject_file = options["reject"] or Path(f"{re.sub(r'[^a-z0-9._-]', '-', name)}.rejected.csv")
        try:
            outcome = run_import(
                records,
                Options(
                    source=name,
                    reject_file=reject_file,
                    site=site,
                    board=self._board(options["board"]),
                    board_name=board_name,
                    language=options["language"],
                    lock_archived=options.get("lock_archived", False),
                    dry_run=options["dry_run"],
                    workers=options["workers"],
                    open_file=open_file,
                ),
            )
        except AlreadyRunning as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{reject_file}: {error.strerror or error}") from error
        self._tell(outcome, dry_run=options["dry_run"])

    def _board(self, slug: str | None) -> Board | None:
        if not slug:
            return None
        board = Board.objects.filter(slug=slug).first()
        if board is None:
            raise CommandError(f"There is no board “{slug}”.")
        return board

    def _tell(self, outcome: Outcome, *, dry_run: bool) -> None:
        for line in outcome.counts.table():
            self.stdout.write(line)
        rejects = outcome.rejects
        if rejects.by_reason:
            self.stdout.write(f"{sum(rejects.by_kind.values()):,} rows were rejected, see {rejects.path}:")
            for (kind, reason), n in rejects.by_reason.most_common(10):
                self.stdout.write(f"  {n:,} {kind}: {reason}")
        if dry_run:
            self.stdout.write("This was a dry run: nothing was written.")
        if outcome.problem:
            raise CommandError(outcome.problem)
