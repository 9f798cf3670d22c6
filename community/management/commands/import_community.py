"""`manage.py import_community PATH`: a community that was exported, into an empty site."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community.integrity import violations
from community.transfer.importing import CannotImport, import_community
from community.transfer.telling import bars


class Command(BaseCommand):
    help = "Reads what export_community wrote into this site, which must be empty. All of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, help="the folder that export_community wrote")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            counts = import_community(options["path"], progress=bars())
        except CannotImport as error:
            raise CommandError(f"{error} Nothing was read.") from None
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be read or written: {error.strerror}.") from None
        wrong = list(violations())
        for each in wrong:
            self.stderr.write(f"{each.sentence}: {each.kind} {each.row_id} ({each.detail})")
        self.stdout.write(self.style.SUCCESS(f"{sum(counts.values())} rows of {len(counts)} kinds are here."))
        if wrong:
            raise CommandError("Something in the export was broken before; see above, and manage.py recount.")
