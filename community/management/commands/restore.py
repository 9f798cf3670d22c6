"""`manage.py restore PATH`: brings a backup back; the site stays closed until `manage.py go_live`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, ProgrammingError

from community.care.archive import BadArchive
from community.care.restore import CannotRestore, restore


class Command(BaseCommand):
    help = """Restores a backup into an empty database and an empty folder of files, or with --replace in place of what
is there. Erasures and purges that happened since are applied again. Mails, webhooks and periodic jobs rest until
`manage.py go_live`. Stop the site and its worker first."""
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--replace", action="store_true", help="lose what the database and the folder hold now")
        parser.add_argument(
            "--forgotten", type=Path, metavar="FILE", help="the file forgotten.jsonl of the site, where it is newer"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if (file := options["forgotten"]) is not None and not file.is_file():
            raise CommandError(f"{file} is no file.")
        try:
            done = restore(options["path"], replace=options["replace"], forgotten_file=file, tell=self.stdout.write)
        except (BadArchive, CannotRestore, OSError) as error:
            raise CommandError(str(error)) from error
        except ProgrammingError as error:
            told = str(error).strip().splitlines()[0]
            raise CommandError(f"The database refuses: {told}. Its role must own the database.") from error
        except DatabaseError as error:
            told = str(error).strip().splitlines()[0]
            raise CommandError(f"Nothing was changed, for the database does not take the rows: {told}") from error
        self.stdout.write(f"{done.rows:,} rows and {done.files:,} files are as they were at {done.taken_at:%F %T} UTC.")
        if done.forgotten:
            self.stdout.write(f"Forgotten again, because it was erased or purged since: {done.forgotten}.")
        if done.not_forgotten:
            self.stderr.write(f"Not forgotten, look at them by hand: {', '.join(done.not_forgotten[:20])}")
        if not done.is_same_key:
            self.stderr.write("SECRET_KEY is not the one the backup was made under: addresses in old mails are dead.")
        self.stdout.write("Mails, webhooks and jobs rest. When all is well: manage.py go_live")
