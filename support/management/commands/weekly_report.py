"""`manage.py weekly_report [MONDAY]`: what the company heard in a week, printed; with --make kept as a report."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from community import clock
from support import trends
from support.actions import weekly as reports
from support.models import WeeklyReport
from support.reading import weekly


class Command(BaseCommand):
    help = """Prints what rose in a week: each word or tag with its people, how many were expected, and the first of its
questions. Without a day, the last week that is over; any day of the week may be given. --weeks looks at so many weeks,
the given one the last. --make keeps them as reports, where there are none yet; nobody is told of these."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("day", nargs="?", type=date.fromisoformat, help="a day of the week, 2026-03-04")
        parser.add_argument("--weeks", type=int, default=1)
        parser.add_argument("--make", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        last = trends.monday(options["day"] or weekly.day_of(clock.now()) - trends.WEEK)
        if not 1 <= options["weeks"] <= 520:
            raise CommandError("--weeks is from 1 to 520.")
        if weekly.span_of(last).end > clock.now():
            raise CommandError("That week is not over yet.")
        for back in reversed(range(options["weeks"])):
            self._tell(last - back * trends.WEEK, makes=options["make"])

    def _tell(self, week: date, *, makes: bool) -> None:
        if makes:
            reports.make(week)
        report = WeeklyReport.objects.filter(week=week).first()
        for line in _lines(week, report.findings if report else weekly.find(week)):
            self.stdout.write(line)


def _lines(week: date, found: dict[str, Any]) -> Iterator[str]:
    usual = "" if found["usual"] is None else f", usually {found['usual']:.0f}"
    yield f"{week}  {found['asked']} people asked{usual}"
    if found["trends"] is None:
        yield "  too little of a past to say what rises"
    for each in found["trends"] or []:
        beside = f"  with {', '.join(term[2:] for term in each['beside'])}" if each["beside"] else ""
        first = ", ".join(str(pk) for pk in each["threads"][:6])
        yield f"  {each['term'][2:]}: {each['people']} people, {each['expected']} expected{beside}  [{first}]"
