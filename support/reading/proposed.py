"""What is proposed for a board that has no policy of escalation yet, and whether one can ever do anything."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min

from community import clock
from community.models import Board, Thread
from support.models import Calendar, EscalationPolicy, Queue
from support.reading.hours import hours_of
from support.sla import seconds_between

#: A board is young as long as its first question is: nobody knows yet who answers there.
YOUNG = timedelta(days=90)
#: Business hours without a reply: half a day while it is young, two working days later.
YOUNG_HOURS, HOURS = 4, 16
#: Holidays and short weeks come and go within these days.
_AHEAD = 14


def is_young(board: Board, moment: datetime) -> bool:
    """Whether nobody asked here yet, or its first question (imported ones too) is younger than `YOUNG`."""
    first = Thread.objects.filter(board=board).aggregate(at=Min("asked_at"))["at"]
    return first is None or bool(first > moment - YOUNG)


def proposed(board: Board) -> dict[str, Any]:
    """The fields of a policy for this board as its form first shows them."""
    return {
        "unanswered_after": YOUNG_HOURS if is_young(board, clock.now()) else HOURS,
        "unsolved_after": None,
        "calendar": calendar_of(board),
        "oldest": 7,
        "most": 50,
        "languages": [],
    }


def calendar_of(board: Board) -> Calendar | None:
    """The calendar of the people who get this board's tickets, else the first there is."""
    for queue in Queue.objects.filter(boards=board.pk), Queue.objects.filter(is_default=True):
        if found := Calendar.objects.filter(policies__queues__in=queue).first():
            return found
    return Calendar.objects.order_by("pk").first()


def can_ever_wait(policy: EscalationPolicy, hours: int) -> bool:
    """Whether so many business hours go by within the days after which a question is too old, in some coming week."""
    open_hours, now, span = hours_of(policy.calendar), clock.now(), timedelta(days=policy.oldest)
    starts = (now + timedelta(days=day) for day in range(_AHEAD))
    return any(seconds_between(open_hours, start, start + span) >= hours * 3600 for start in starts)
