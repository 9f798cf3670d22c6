"""How the inbox reads: by day, several answers in one question as one line, each with its reason and how to stop it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from community import clock
from community.models import Notification, ThreadEvent, User
from community.notices.notifiables import Shown, show
from community.notices.stops import Reasons, Stop, stop_path

#: Events that say the same again and again: of these a line shows the newest, and how many more there are.
ALIKE = frozenset({ThreadEvent.Kind.ANSWERED})
DAYS_TOLD = 7


@dataclass
class Line:
    """One line of the inbox: the newest notification of it, and older ones that say the same."""

    row: Notification
    shown: Shown
    why: str
    stop: Stop | None
    #: the address that ends it
    stop_path: str = ""
    older: list[Notification] = field(default_factory=list)

    @property
    def rows(self) -> list[Notification]:
        return [self.row, *self.older]

    @property
    def first(self) -> Notification:
        """Where reading begins: the oldest of them."""
        return self.rows[-1]

    @property
    def is_unread(self) -> bool:
        return self.row.read_at is None


@dataclass(frozen=True)
class Day:
    """What happened on one day of the reader's calendar; beyond a week, in one month."""

    label: str
    lines: list[Line]


def read_inbox(rows: Iterable[Notification], reader: User) -> list[Day]:
    """The notifications by day, newest first; what is out of the reader's sight by now is left out."""
    found = show(rows, reader)
    reasons = Reasons([shown for _row, shown in found], reader)
    days: dict[date, dict[tuple[object, ...], Line]] = {}
    for row, shown in found:
        lines = days.setdefault(_day_of(shown), {})
        alike = shown.thread is not None and shown.kind in ALIKE
        same = (shown.thread and shown.thread.pk, shown.kind, row.read_at is None) if alike else (row.pk,)
        if same in lines:
            lines[same].older.append(row)
        else:
            why, stop = reasons.of(row, shown)
            lines[same] = Line(row, shown, why, stop, stop_path(reader, stop) if stop else "")
    return [Day(_label(day), list(days[day].values())) for day in sorted(days, reverse=True)]


def _ago(day: date) -> int:
    return (timezone.localdate(clock.now()) - day).days


def _day_of(shown: Shown) -> date:
    """The day it is told under: its own within a week, else the first of its month."""
    day = timezone.localdate(shown.happened_at)
    return day if _ago(day) < DAYS_TOLD else day.replace(day=1)


def _label(day: date) -> str:
    ago = _ago(day)
    if ago >= DAYS_TOLD:
        return date_format(day, "YEAR_MONTH_FORMAT")
    return {0: _("Today"), 1: _("Yesterday")}.get(ago) or date_format(day, "l")
