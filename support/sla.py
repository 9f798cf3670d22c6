"""Business time: when people work, how much of it went by, and when what was promised is due.

Pure: plain values in, dataclasses out, no database and no clock. Moments carry a time zone and come back in UTC; spans
of business time are whole seconds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from support import public_holidays

#: (opens, closes) in minutes of the day, 0 to 1440.
Block = tuple[int, int]
#: From one moment to another, in UTC.
Span = tuple[datetime, datetime]
DAY = 24 * 60
#: How far somebody looks ahead for hours that are open: a promise beyond is none.
HORIZON_DAYS = 3700


@dataclass(frozen=True)
class Hours:
    """When people work: the blocks of each weekday (Monday first) on the clock of a zone, without holidays."""

    zone: str = "UTC"
    week: tuple[tuple[Block, ...], ...] = ((),) * 7
    country: str = ""
    subdivision: str = ""
    #: nobody works then
    closed: frozenset[date] = frozenset()
    #: people work then although it is a public holiday
    opened: frozenset[date] = frozenset()

    def is_closed(self, day: date) -> bool:
        """Whether nobody works on this day although its weekday has hours."""
        if day in self.closed:
            return True
        return bool(self.country) and day not in self.opened and day in self.holidays(day.year)

    def holidays(self, year: int) -> dict[date, str]:
        """The public holidays of a year, with their names."""
        return dict(public_holidays.of_year(self.country, self.subdivision, year)) if self.country else {}

    def blocks(self, day: date) -> tuple[Block, ...]:
        """The blocks in which people work on this very day, in their order."""
        blocks = self.week[day.weekday()]
        return () if not blocks or self.is_closed(day) else tuple(sorted(blocks))


#: Day and night, every day: where nobody said when people work.
ALWAYS = Hours(week=(((0, DAY),),) * 7)


def moment_of(day: date, minute: int, zone: ZoneInfo) -> datetime:
    """The first moment (UTC) at which the clock on the wall shows this minute of this day, or a later one.

    Where the clock jumps over it in spring, that is the jump; where it shows it twice in autumn, the first time. Later
    minutes are never earlier moments, so that blocks of a day never overlap.
    """
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    first = wall.replace(tzinfo=zone).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None) == wall:
        return first
    # It is shown never: the jump lies between the two ways of reading it.
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = 0, int((first - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        shown = (before + timedelta(seconds=middle)).astimezone(zone).replace(tzinfo=None)
        low, high = (low, middle) if shown >= wall else (middle, high)
    return before + timedelta(seconds=high)


@lru_cache(maxsize=8192)
def spans_of(hours: Hours, day: date) -> tuple[Span, ...]:
    """From when to when people work on this day, joined where one block ends as the next begins."""
    zone, spans = ZoneInfo(hours.zone), list[Span]()
    for opens, closes in hours.blocks(day):
        start, end = moment_of(day, opens, zone), moment_of(day, closes, zone)
        if spans and start <= spans[-1][1]:
            start, end = spans[-1][0], max(end, spans.pop()[1])
        if start < end:
            spans.append((start, end))
    return tuple(spans)


def open_spans(hours: Hours, start: datetime, days: int = HORIZON_DAYS) -> Iterator[Span]:
    """Every span in which people work from `start` on, the first one cut at it, for so many days."""
    if not any(hours.week):
        return
    day = start.astimezone(ZoneInfo(hours.zone)).date()
    for number in range(days):
        for opens, closes in spans_of(hours, day + timedelta(days=number)):
            if closes > start:
                yield max(opens, start), closes


def is_open(hours: Hours, at: datetime) -> bool:
    """Whether people work at this moment; a span's end is not in it."""
    return any(opens <= at for opens, _closes in open_spans(hours, at, days=2))


def seconds_between(hours: Hours, start: datetime, end: datetime) -> int:
    """Business time from `start` to `end` in whole seconds, rounded down; 0 when `end` is not later."""
    total, days = timedelta(), (end - start).days + 3
    for opens, closes in open_spans(hours, start, days):
        if opens >= end:
            break
        total += min(closes, end) - opens
    return int(total.total_seconds())


def moment_after(hours: Hours, start: datetime, seconds: int) -> datetime | None:
    """The moment (UTC) when so much business time has gone by since `start`; None when people hardly ever work.

    Never before `start`, and never while people do not work: with nothing left it is the next moment at which they do.
    """
    left = timedelta(seconds=max(seconds, 0))
    for opens, closes in open_spans(hours, start.astimezone(UTC)):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return None


@dataclass(frozen=True)
class Promise:
    """Something within so many minutes of business time, and where it stands.

    `used`: seconds of business time already gone when it last began to run. It rests while `started_at` is None.
    """

    minutes: int
    used: int = 0
    started_at: datetime | None = None
    due_at: datetime | None = None
    warns_at: datetime | None = None

    @property
    def runs(self) -> bool:
        return self.started_at is not None


def start(hours: Hours, promise: Promise, at: datetime, warns_at: int) -> Promise:
    """It begins to run, or goes on, at `at`. `warns_at`: per cent of the whole time; the warning comes when so much is
    left. Where people hardly ever work it goes on resting: nothing can be promised there."""
    whole = promise.minutes * 60
    due = moment_after(hours, at, whole - promise.used)
    if due is None:
        return replace(promise, started_at=None, due_at=None, warns_at=None)
    before = whole - whole * warns_at // 100
    # Without a warning wanted, or with that share already gone, there is none.
    warns = moment_after(hours, at, before - promise.used) if warns_at and before > promise.used else None
    return replace(promise, started_at=at, due_at=due, warns_at=warns)


def rest(hours: Hours, promise: Promise, at: datetime) -> Promise:
    """It rests from `at` on, with what it has used; already resting, nothing changes."""
    if promise.started_at is None:
        return promise
    used = promise.used + seconds_between(hours, promise.started_at, at)
    return replace(promise, used=used, started_at=None, due_at=None, warns_at=None)


def replan(hours: Hours, promise: Promise, minutes: int, warns_at: int) -> Promise:
    """The same promise with other minutes or other hours: as if it had been so since it last began to run."""
    changed = replace(promise, minutes=minutes)
    return changed if promise.started_at is None else start(hours, changed, promise.started_at, warns_at)
