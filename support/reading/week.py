"""A calendar as it is drawn: the bars of a week, and the days on which nobody works."""

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from community import clock
from support.models import Calendar
from support.models.time import DAY
from support.reading.hours import hours_of
from support.sla import Hours

#: Of the drawing, in its own units: a minute is half a unit wide.
ROW, BAR, LEFT, TOP = 26, 16, 60, 22
#: How many of the days to come are told.
MOST_DAYS = 40


@dataclass(frozen=True)
class Bar:
    """One block: where it stands, and what it says to whoever points at it."""

    x: float
    y: int
    width: float
    words: str


@dataclass(frozen=True)
class Row:
    name: str
    label: str
    y: int
    hours: str


@dataclass(frozen=True)
class Closed:
    """A day on which nobody works although its weekday has hours."""

    day: date
    name: str


@dataclass(frozen=True)
class Week:
    rows: list[Row]
    bars: list[Bar]
    lines: list[tuple[float, str]]
    width: float
    height: int
    bar: int
    closed: list[Closed]
    total: str


def drawn_week(calendar: Calendar) -> Week:
    """The week of a stored calendar and the days off within the next year. One query."""
    hours = hours_of(calendar)
    rows, bars = list[Row](), list[Bar]()
    for weekday, blocks in enumerate(hours.week):
        y = TOP + weekday * ROW
        told = [f"{_clock(opens)}–{_clock(closes)}" for opens, closes in blocks]
        rows.append(
            Row(str(WEEKDAYS[weekday]), str(WEEKDAYS_ABBR[weekday]), y + BAR - 4, ", ".join(told) or _("closed"))
        )
        for (opens, closes), words in zip(blocks, told, strict=True):
            bars.append(Bar(LEFT + opens / 2, y, (closes - opens) / 2, f"{WEEKDAYS[weekday]}: {words}"))
    minutes = sum(closes - opens for blocks in hours.week for opens, closes in blocks)
    lines = [(LEFT + hour * 30.0, _clock(hour * 60)) for hour in range(0, 25, 3)]
    today = clock.now().astimezone(ZoneInfo(hours.zone)).date()
    return Week(
        rows=rows,
        bars=bars,
        lines=lines,
        width=LEFT + DAY / 2 + 20,
        height=TOP + 7 * ROW,
        bar=BAR,
        closed=_days_off(calendar, hours, today),
        total=_("%(hours)s hours a week") % {"hours": f"{minutes / 60:g}"},
    )


def _days_off(calendar: Calendar, hours: Hours, today: date) -> list[Closed]:
    names = {each.day: each.name for each in calendar.closed_days.all() if not each.is_open}
    for year in (today.year, today.year + 1):
        for day, name in hours.holidays(year).items():
            names.setdefault(day, name)
    coming = sorted(day for day in names if today <= day < today + timedelta(days=366) and hours.is_closed(day))
    return [Closed(day, names[day]) for day in coming[:MOST_DAYS]]


def _clock(minute: int) -> str:
    return f"{minute // 60}:{minute % 60:02d}"
