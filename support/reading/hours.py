"""Calendars and what is promised in their hours, as the plain values that support/sla.py counts with."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef, QuerySet, TextField
from django.db.models.functions import Cast, JSONObject

from support.models import Calendar, CalendarBlock, ClosedDay, Priority, Queue, SlaClock, SlaPolicy, SlaTarget
from support.sla import ALWAYS, Hours, moment_after


@dataclass(frozen=True)
class Terms:
    """What tickets of one queue and priority are promised. `minutes`: by SlaClock.Kind; what is not in it is not
    promised. `warns_at`: when a warning comes, in per cent of the time that is left; 0 never."""

    hours: Hours
    minutes: dict[str, int]
    warns_at: int


#: Nothing is promised.
NONE = Terms(ALWAYS, {}, 0)


def hours_of(calendar: Calendar) -> Hours:
    """A calendar's hours. Asks once, nothing where `with_hours` brought them along."""
    if not hasattr(calendar, "open_blocks"):
        calendar = with_hours(Calendar.objects.filter(pk=calendar.pk)).get()
    return _hours(calendar)


def all_hours() -> dict[int, Hours]:
    """Every calendar's hours by its number. One query."""
    return {calendar.pk: _hours(calendar) for calendar in with_hours(Calendar.objects.all())}


def with_hours(calendars: QuerySet[Calendar]) -> QuerySet[Calendar]:
    """The calendars with all that their hours are made of, in one query."""
    return calendars.annotate(open_blocks=_blocks("pk"), closed=_closed("pk"))


def terms_of(queue_id: int, priority: str) -> Terms:
    """What tickets of this queue and priority are promised. One query.

    A priority without a line of its own is promised what normal tickets are.
    """
    policies = SlaPolicy.objects.filter(queues=queue_id).select_related("calendar")
    for policy in policies.annotate(
        open_blocks=_blocks("calendar_id"), closed=_closed("calendar_id"), lines=_lines(priority)
    ):
        calendar: Any = policy.calendar
        calendar.open_blocks, calendar.closed = policy.open_blocks, policy.closed
        lines = {line["priority"]: line for line in policy.lines}
        line = lines.get(priority) or lines.get(Priority.NORMAL) or {}
        minutes = {kind: line[kind] for kind in SlaClock.Kind.values if line.get(kind) is not None}
        return Terms(_hours(calendar), minutes, policy.warns_at)
    return NONE


def business_moment(queue: Queue, start: datetime, minutes: int) -> datetime | None:
    """When so many minutes of the queue's business time have gone by since `start`; day and night count where nobody
    said when its people work. None where they hardly ever do. One query."""
    calendar = Calendar.objects.filter(policies=queue.sla_id).first() if queue.sla_id else None
    return moment_after(hours_of(calendar) if calendar else ALWAYS, start, minutes * 60)


def _blocks(calendar: str) -> ArraySubquery:
    rows = CalendarBlock.objects.filter(calendar=OuterRef(calendar)).order_by("weekday", "opens")
    return ArraySubquery(rows.values(block=JSONObject(weekday="weekday", opens="opens", closes="closes")))


def _closed(calendar: str) -> ArraySubquery:
    rows = ClosedDay.objects.filter(calendar=OuterRef(calendar)).order_by("day")
    return ArraySubquery(rows.values(word=JSONObject(day=Cast(F("day"), TextField()), is_open="is_open")))


def _lines(priority: str) -> ArraySubquery:
    rows = SlaTarget.objects.filter(policy=OuterRef("pk"), priority__in=[priority, Priority.NORMAL])
    return ArraySubquery(
        rows.values(
            line=JSONObject(
                priority="priority", first_reply="first_reply", next_reply="next_reply", solution="solution"
            )
        )
    )


def _hours(calendar: Any) -> Hours:
    """Of a calendar that `with_hours` annotated."""
    week: list[list[tuple[int, int]]] = [[] for _weekday in range(7)]
    for block in calendar.open_blocks:
        week[block["weekday"]].append((block["opens"], block["closes"]))
    days = {date.fromisoformat(word["day"]): word["is_open"] for word in calendar.closed}
    return Hours(
        zone=calendar.time_zone,
        week=tuple(map(tuple, week)),
        country=calendar.country,
        subdivision=calendar.subdivision,
        closed=frozenset(day for day, is_open in days.items() if not is_open),
        opened=frozenset(day for day, is_open in days.items() if is_open),
    )
