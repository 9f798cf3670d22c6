"""What every desk has from its first migration on: the desk's row, one calendar, one service level, one queue; and what
every ledger has: its row, and the first version of what is counted."""

from datetime import UTC, datetime

from django.conf import settings

from community import clock
from support.models import (
    Calendar,
    CalendarBlock,
    Definition,
    DeskState,
    LedgerState,
    Priority,
    Queue,
    SlaPolicy,
    SlaTarget,
)

#: Monday to Friday, nine to five.
WEEK = [(weekday, 9 * 60, 17 * 60) for weekday in range(5)]
#: Minutes of business time: four hours to a first reply, eight to each further one, five days to a solution.
PROMISE = {"first_reply": 4 * 60, "next_reply": 8 * 60, "solution": 5 * 8 * 60}


def make_defaults() -> None:
    """Running it again changes nothing, nor does it bring back what an administrator changed."""
    DeskState.objects.get_or_create(pk=1)
    LedgerState.objects.get_or_create(pk=1)
    if not Definition.objects.exists():
        # its parameters are the defaults of its columns; before it nothing was counted
        Definition.objects.create(name="def-1", valid_from=datetime(2000, 1, 1, tzinfo=UTC), planned_at=clock.now())
    if Queue.objects.exists():
        return
    calendar, is_new = Calendar.objects.get_or_create(name="Business hours", defaults={"time_zone": settings.TIME_ZONE})
    if is_new:
        CalendarBlock.objects.bulk_create(
            CalendarBlock(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
            for weekday, opens, closes in WEEK
        )
    policy, is_new = SlaPolicy.objects.get_or_create(name="Standard", defaults={"calendar": calendar})
    if is_new:
        SlaTarget.objects.create(policy=policy, priority=Priority.NORMAL, **PROMISE)
    Queue.objects.create(name="Support", sla=policy, is_default=True)
