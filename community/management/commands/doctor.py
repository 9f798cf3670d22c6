"""`manage.py doctor`: is everything well here? Each finding with its cure; exit 1 when something is wrong."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from community.care.doctor import findings


class Command(BaseCommand):
    help = """Looks at the database, mail (a real conversation), worker, search index, clock, disk, settings, folders,
staff and backups. Says what is wrong and what cures it; exit 1 when something is. Fit for cron: --quiet says nothing
while all is well."""
    requires_system_checks = []
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for machines")
        parser.add_argument("--quiet", action="store_true", help="only what is wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        found = findings()
        wrong = [sign for sign in found if not sign.is_well]
        shown = wrong if options["quiet"] else found
        if options["json"]:
            rows = [
                {"name": str(each.name), "is_well": each.is_well, "text": str(each.text), "cure": str(each.advice)}
                for each in shown
            ]
            self.stdout.write(json.dumps({"is_well": not wrong, "findings": rows}, indent=1, ensure_ascii=False))
        else:
            for each in shown:
                style = self.style.SUCCESS if each.is_well else self.style.ERROR
                self.stdout.write(f"{style('well ' if each.is_well else 'WRONG')}  {each.name}: {each.text}")
                if not each.is_well and each.advice:
                    self.stdout.write(f"         {each.advice}")
        if wrong:
            raise SystemExit(1)
