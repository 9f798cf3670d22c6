"""`manage.py backup PATH`: everything people wrote and uploaded in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.care.backup import keep_newest, make_backup
from community.care.watchdog import BACKUP, run_of


def _nothing(_line: str) -> None:
    """Whoever runs this from a timer wants no lines."""


class Command(BaseCommand):
    help = """Writes a backup of the database and the uploaded files while the site runs. PATH is a new file, or a
folder in which it gets a name by its time. It holds personal data and is written with mode 0600: keep it as safe as
the database. Neither SECRET_KEY nor passwords of servers are in it; keep your environment file elsewhere."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--keep", type=int, default=0, metavar="N", help="in a folder: delete all but the N newest")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        if path.exists() and not path.is_dir():
            raise CommandError(f"{path} is there already; a backup never replaces one.")
        if options["keep"] < 0 or (options["keep"] and not path.is_dir()):
            raise CommandError("--keep is a number of backups, and PATH then a folder.")
        try:
            with run_of(BACKUP):
                made = make_backup(path, tell=self.stdout.write if options["verbosity"] > 1 else _nothing)
        except OSError as error:
            raise CommandError(f"The backup could not be written: {error.strerror or error} ({path})") from error
        self.stdout.write(f"{made.path}: {made.rows:,} rows, {made.files:,} files, {made.size / 1e6:,.1f} MB")
        if made.missing:
            shown = ", ".join(made.missing[:5])
            self.stderr.write(f"{len(made.missing)} files that posts name are not in the store: {shown}")
        for old in keep_newest(path, options["keep"]) if options["keep"] else []:
            self.stdout.write(f"{old}: deleted")
