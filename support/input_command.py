"""What the commands share that read a file of what figures rest on: their options, bad lines, and how they end."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.errors import Refused
from support.actions.contact_imports import Brought
from support.contact_files import BadFile, BadLine

#: So many bad lines are told one by one; the file has all.
TOLD = 10


class InputCommand(BaseCommand):
    """Reads a file line by line in one transaction; exits with 1 for a file that is not one of its kind."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE.csv")
        parser.add_argument("--source", required=True, help="where it comes from, e.g. telephone or a CRM's name")
        parser.add_argument("--dry-run", action="store_true", help="try everything, write nothing, report")
        parser.add_argument("--reject", type=Path, metavar="FILE", help="where bad lines go, with their reasons")

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        place: Path = options["reject"] or file.with_suffix(".rejected.csv")
        bad: list[BadLine] = []
        try:
            with _opened(file) as lines:
                done = self.bring(lines, options["source"], options["dry_run"], bad.append)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror or error}") from error
        except (BadFile, Refused, EOFError) as error:
            raise CommandError(f"{file}: {error} Nothing was written.") from error
        for line in self.told(done):
            self.stdout.write(line)
        if bad:
            self._keep(file, place, bad)
        if options["dry_run"]:
            self.stdout.write("This was a dry run: nothing was written.")

    def bring(self, lines: Iterable[str], source: str, dry_run: bool, tell: Any) -> Brought:
        """Read the lines in."""
        raise NotImplementedError

    def told(self, done: Brought) -> Iterable[str]:
        """What came of it, line by line."""
        raise NotImplementedError

    def _keep(self, file: Path, place: Path, bad: list[BadLine]) -> None:
        """The bad lines as they stand in the file, each with its number and why."""
        why = {each.line: each.reason for each in bad}
        try:
            with (
                _opened(file) as lines,
                place.open("w", encoding="utf-8", errors="surrogateescape", newline="") as target,
            ):
                writer = csv.writer(target)
                writer.writerow(["line", "reason", "as it stands"])
                for number, text in enumerate(lines, 1):
                    if number in why:
                        writer.writerow([number, why[number], text.rstrip("\r\n")])
        except OSError as error:
            raise CommandError(f"{place}: {error.strerror or error}") from error
        self.stdout.write(f"{len(bad):,} lines were rejected, see {place}:")
        for reason, count in Counter(why.values()).most_common(TOLD):
            self.stdout.write(f"  {count:,} {reason}")


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    """The file as text; broken UTF-8 becomes a broken character, and so a bad line instead of a bad file."""
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8", errors="surrogateescape", newline="") as lines:
        yield lines
