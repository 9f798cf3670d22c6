"""Locked months, and what came to be known of them since: adjustments, in the month in which they came."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db import connection

from support.ledger.locking import begins, figures_of
from support.models import CaseKind, EntryStatus, LedgerState, LockedMonth


@dataclass(frozen=True)
class Adjustment:
    """So many cases of a locked month stand otherwise since something was learned in this period.

    `from_status` and `to_status` as in EntryStatus; `from_status` "" for a case that was not known when it locked.
    """

    month: date
    kind: str
    from_status: str
    to_status: str
    cases: int
    is_simulated: bool

    @property
    def credited(self) -> int:
        """By how many credited cases the month's count changed."""
        gained = self.to_status == EntryStatus.CREDITED
        return self.cases * (gained - (self.from_status == EntryStatus.CREDITED))


# Of each case of a locked month: how it stood just before the period (but not before it locked), and at its end.
_ADJUSTMENTS = """
    WITH changed AS (
        SELECT DISTINCT e.case_id, c.day, c.kind, c.is_simulated, l.month, l.locked_at
        FROM support_deflectionentry e JOIN support_deflectioncase c ON c.id = e.case_id
        JOIN support_lockedmonth l ON l.month = date_trunc('month', c.day)::date
        WHERE e.as_of >= %(starts)s AND e.as_of < %(ends)s AND e.as_of > l.locked_at
    ), stood AS (
        SELECT x.*, (
            SELECT e.status FROM support_deflectionentry e
            WHERE e.case_id = x.case_id AND e.as_of <= greatest(x.locked_at, %(starts)s - interval '1 microsecond')
            ORDER BY e.seq DESC LIMIT 1) AS before, (
            SELECT e.status FROM support_deflectionentry e
            WHERE e.case_id = x.case_id AND e.as_of < %(ends)s ORDER BY e.seq DESC LIMIT 1) AS after
        FROM changed x
    )
    SELECT month, kind, coalesce(before, ''), after, count(*), is_simulated FROM stood
    WHERE before IS DISTINCT FROM after GROUP BY 1, 2, 3, 4, 6 ORDER BY 1, 2, 3, 4, 6
"""


def adjustments(from_day: date, until_day: date) -> list[Adjustment]:
    """What these days (both included, of the site's time zone) changed about months that had locked. One query."""
    moments = {"starts": begins(from_day), "ends": begins(until_day + timedelta(days=1))}
    with connection.cursor() as cursor:
        cursor.execute(_ADJUSTMENTS, moments)
        return [Adjustment(*row) for row in cursor.fetchall()]


class MonthRow(NamedTuple):
    """Cases of a month by kind and status: when it locked, and now."""

    kind: str
    status: str
    then: int
    now: int


def month_rows(month: LockedMonth) -> Sequence[MonthRow]:
    """The month as it locked, beside how it stands at present."""
    state = LedgerState.objects.filter(pk=1).first()
    until = state.complete_until if state is not None else None
    present = figures_of(month.month, max(until, month.locked_at) if until is not None else month.locked_at)
    counts = [Counter[tuple[str, str]](), Counter[tuple[str, str]]()]
    for count, figures in zip(counts, (month.figures, present), strict=True):
        for row in figures["rows"]:
            count[row["kind"], row["status"]] += row["count"]
    then, now = counts
    return [
        MonthRow(str(CaseKind(kind).label), str(EntryStatus(status).label), then[kind, status], now[kind, status])
        for kind in CaseKind.values
        for status in EntryStatus.values
        if then[kind, status] or now[kind, status]
    ]
