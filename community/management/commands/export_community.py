"""`manage.py export_community PATH`: the whole community as JSON lines and files, to take along or to keep."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.transfer.export import NotEmpty, export_community
from community.transfer.telling import bars


class Command(BaseCommand):
    help = "Writes the community into a folder: a file of JSON lines for each kind of row, and the uploads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="a folder that is new or empty")
        parser.add_argument(
            "--with-logins",
            action="store_true",
            help="also password hashes and second factors: keep such a folder like a key",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"]
        try:
            counts = export_community(path, with_logins=options["with_logins"], progress=bars())
        except NotEmpty:
            raise CommandError(f"{path} is not empty. Name a new folder.") from None
        except OSError as error:
            raise CommandError(f"{error.filename or path} cannot be written: {error.strerror}.") from None
        self.stdout.write(self.style.SUCCESS(f"{sum(counts.values())} rows of {len(counts)} kinds are in {path}."))
