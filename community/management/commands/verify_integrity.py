"""`manage.py verify_integrity`: every invariant asked of the database; exit 1 when one is broken."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils.module_loading import import_string

from community.integrity import violations


class Command(BaseCommand):
    help = "Asks the database for every row that breaks an invariant, lists them, and exits 1 if there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--most", type=int, default=20, help="rows listed for each invariant (default 20)")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        asked = 0
        for path in settings.INVARIANTS:
            invariants: dict[str, str] = import_string(path)
            asked += len(invariants)
            for found in violations(invariants, most=options["most"]):
                broken += 1
                self.stdout.write(self.style.ERROR(f"{found.sentence}: {found.kind} {found.row_id} ({found.detail})"))
        if broken:
            self.stderr.write(f"{broken} rows break an invariant.")
            raise SystemExit(1)
        self.stdout.write(self.style.SUCCESS(f"All {asked} invariants hold."))
