"""`manage.py retention`: forgets what is kept no longer; with --dry-run only says what would go."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community.care.retention import look, sweep_all


class Command(BaseCommand):
    help = "Forgets what is kept no longer, as the worker does every hour; --dry-run only says what would go."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="write nothing; say what would go")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["dry_run"]:
            for found in look():
                oldest = f"the oldest of {found.oldest:%Y-%m-%d}" if found.oldest else ""
                self.stdout.write(
                    f"{found.kind.name:20} {found.days:5} days  {found.count:8} would go  {oldest}".rstrip()
                )
            return
        gone = {name: count for name, count in sweep_all().items() if count}
        for name, count in gone.items():
            self.stdout.write(f"{name:20} {count:8} gone")
        self.stdout.write(self.style.SUCCESS(f"{sum(gone.values())} rows are forgotten."))
