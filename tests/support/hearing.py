"""A week that the company can hear, for tests: the 8th to the 14th of June 2026, everything through the actions."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from community import clock
from community.models import Board, Thread
from support.actions import weekly as reports
from support.models import WeeklyReport
from tests.factories import board, person, thread

#: The Monday of the week, and the Monday morning after it.
WEEK = date(2026, 6, 8)
MORNING = datetime(2026, 6, 15, 7, tzinfo=UTC)
#: What is asked all the time, so that there is a past: nobody's words rise by it.
USUAL = ("How do I set it up?", "Where is the manual?", "It does not start", "The battery is empty")


def on(day: int, hour: int = 12) -> datetime:
    """A moment of June 2026; the 8th and the 15th are Mondays."""
    return datetime(2026, 6, day, hour, tzinfo=UTC)


def asked(at: datetime, title: str = "It does not start", **fields: Any) -> Thread:
    """A problem that somebody asked then."""
    with clock.at(at):
        return thread(fields.pop("asker", None) or person(), fields.pop("on", None) or _place(), title=title, **fields)


def _place() -> Board:
    return Board.objects.order_by("pk").first() or board("Routers")


def past(weeks: int = 6) -> None:
    """Some weeks with four questions each."""
    for back in range(1, weeks + 1):
        for number, title in enumerate(USUAL):
            asked(on(8) - back * timedelta(days=7) + timedelta(days=number), title, body="Please tell me.")


def outage(people: int = 6) -> list[Thread]:
    """On Wednesday and Thursday so many people ask about the same thing."""
    return [
        asked(on(10 + number % 2, 9), "Sync fails since yesterday", body="The cloud says error 503.")
        for number in range(people)
    ]


def report() -> WeeklyReport:
    """The week's report, made on the Monday after."""
    with clock.at(MORNING):
        reports.make_due()
    return WeeklyReport.objects.get(week=WEEK)
