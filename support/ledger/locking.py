"""Months that lock: their figures as they stood at month's end + N + 7 days, whatever comes later.

The moment is the definition's, not the job's: a month is made from the entries with `as_of` up to it, so that it is the
same whenever it is made, and again from an export. What comes later stands in the ledger, and as an adjustment in the
month in which it came (`reading/adjustments.py`).
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Min
from django.utils import timezone

from support.ledger.definitions import definition_at
from support.models import Definition, DeflectionCase, LockedMonth, ViewerCase

GRACE = timedelta(days=7)
#: The columns by which a locked month is counted.
SORTS = ("board_id", "kind", "status", "reason", "known", "channel", "is_entitled", "definition_id", "is_simulated")

_AS_OF = """
    SELECT e.board_id, c.kind, e.status, e.reason, e.known, e.channel, e.is_entitled, e.definition_id, c.is_simulated,
           count(*)
    FROM support_deflectioncase c JOIN LATERAL (
        SELECT * FROM support_deflectionentry e WHERE e.case_id = c.id AND e.as_of <= %(at)s ORDER BY e.seq DESC LIMIT 1
    ) e ON true
    WHERE c.day >= %(first)s AND c.day < %(next)s
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8, 9
"""
_READERS = """
    SELECT board_id, is_simulated, count(*), count(*) FILTER (WHERE is_shown), count(*) FILTER (WHERE is_answered)
    FROM support_viewercase WHERE day >= %(first)s AND day < %(next)s GROUP BY 1, 2 ORDER BY 1, 2
"""


def next_month(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def begins(day: date) -> datetime:
    """The first moment of a day in the site's time zone."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()), timezone.get_default_timezone())


def locks_at(month: date) -> tuple[datetime, Definition]:
    """When this month locks, and by which version: the one in force at its end."""
    end = begins(next_month(month))
    definition = definition_at(end - timedelta(microseconds=1)) or Definition.objects.earliest("valid_from")
    return end + timedelta(days=definition.no_ticket_days) + GRACE, definition


def lock_months(until: datetime) -> int:
    """Write down every month that has locked by `until` and is not yet; returns how many. The ledger's lock is held."""
    made = 0
    for month in _waiting():
        at, definition = locks_at(month)
        if at > until:
            break
        LockedMonth.objects.create(month=month, locked_at=at, definition=definition, figures=figures_of(month, at))
        made += 1
    return made


def _waiting() -> Iterator[date]:
    """Months from the one after the last that is locked; at first from the one with the first case. Without end."""
    last = LockedMonth.objects.order_by("-month").values_list("month", flat=True).first()
    if last is not None:
        month = next_month(last)
    else:
        starts = [
            rows.aggregate(first=Min("day"))["first"]
            for rows in (DeflectionCase.objects.all(), ViewerCase.objects.all())
        ]
        known = [each for each in starts if each is not None]
        if not known:
            return
        month = min(known).replace(day=1)
    while True:
        yield month
        month = next_month(month)


def figures_of(month: date, at: datetime) -> dict[str, Any]:
    """How the month's cases stood at `at`, counted; and its readers as they are counted now."""
    values = {"first": month, "next": next_month(month), "at": at}
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF, values)
        rows = [dict(zip((*SORTS, "count"), row, strict=True)) for row in cursor.fetchall()]
        cursor.execute(_READERS, values)
        names = ("board_id", "is_simulated", "cases", "shown", "answered")
        readers = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return {"rows": rows, "readers": readers}
