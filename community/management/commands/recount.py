"""`manage.py recount`: sets every cached number from the rows, and says which ones had drifted."""

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import models, transaction

from community.actions.counters import answer_numbers, issue_numbers, thread_numbers
from community.actions.record import record_change, record_changes
from community.models import Answer, KnownIssue, Thread

BATCH = 2000


class Command(BaseCommand):
    help = "Sets every cached number from the raw rows and reports each one that had drifted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only report; exit 1 when a number has drifted")

    def handle(self, *args: Any, **options: Any) -> None:
        repair = not options["check"]
        drifted = self._recount(Thread, thread_numbers, repair) + self._recount(Answer, answer_numbers, repair)
        drifted += self._recount(KnownIssue, issue_numbers, repair)
        if drifted and not repair:
            self.stderr.write(f"{drifted} rows have drifted.")
            raise SystemExit(1)
        self.stdout.write(self.style.SUCCESS(f"{drifted} rows repaired." if drifted else "No number has drifted."))

    def _recount(self, model: type[models.Model], numbers: Callable[[], dict[str, Any]], repair: bool) -> int:
        """One model in batches of its id, each in a short transaction that holds the rows' locks."""
        last, drifted = 0, 0
        while True:
            with transaction.atomic():
                rows = model._default_manager.filter(pk__gt=last).order_by("pk")
                if repair:
                    rows = rows.select_for_update(no_key=True)
                ids = list(rows.values_list("pk", flat=True)[:BATCH])
                if not ids:
                    return drifted
                last = ids[-1]
                drifted += self._batch(model, numbers(), ids, repair)

    def _batch(self, model: type[models.Model], numbers: dict[str, Any], ids: list[int], repair: bool) -> int:
        fresh = {f"fresh_{name}": expression for name, expression in numbers.items()}
        found = model._default_manager.filter(pk__in=ids).annotate(**fresh).order_by("pk")
        wrong = []
        for row in found.values("pk", *numbers, *fresh):
            if drift := {
                name: (row[name], row[f"fresh_{name}"]) for name in numbers if row[name] != row[f"fresh_{name}"]
            }:
                wrong.append(row["pk"])
                for name, (was, now) in drift.items():
                    self.stdout.write(f"{model._meta.model_name} {row['pk']}: {name} was {was}, rows say {now}")
        if wrong and repair:
            model._default_manager.filter(pk__in=wrong).update(**numbers)
            record_change()
            if model is not KnownIssue:
                about = "pk__in" if model is Thread else "answers__in"
                record_changes(Thread.objects.filter(**{about: wrong}).distinct())
        return len(wrong)
