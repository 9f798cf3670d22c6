"""How many mails came in during the last thirty days, and what became of them."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count

from community import clock
from community.models import IncomingMail

DAYS = 30

End, Reason = IncomingMail.End, IncomingMail.Reason


@dataclass(frozen=True)
class Row:
    """How many had this end for this reason; `share` is in per cent of all that came in."""

    end: str
    reason: str
    count: int
    share: float


@dataclass(frozen=True)
class Month:
    total: int
    rows: list[Row]


def last_month() -> Month:
    """By end and reason, in the order of the ends, the most frequent first. One query."""
    since = clock.now() - timedelta(days=DAYS)
    recent = IncomingMail.objects.filter(received_at__gte=since).order_by().values_list("end", "reason")
    counts = list(recent.annotate(count=Count("pk")))
    total, order = sum(count for _end, _reason, count in counts), list(End.values)
    counts.sort(key=lambda row: (order.index(row[0]), -row[2], row[1]))
    rows = [
        Row(str(End(end).label), str(Reason(reason).label), count, 100 * count / total) for end, reason, count in counts
    ]
    return Month(total, rows)
