"""Calendars and service levels as administrators set them up; what runs by them is planned anew."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community.errors import Refused
from community.models import User
from support import public_holidays
from support.actions.promises import keep_later
from support.actions.setup import clean, found, need_admin, stored
from support.models import Calendar, CalendarBlock, ClosedDay, Priority, Queue, SlaClock, SlaPolicy, SlaTarget
from support.models.time import DAY
from support.sla import Block

MOST_DAYS = 400
#: A year day and night, in minutes: nobody promises anything for later.
LONGEST = 366 * DAY


@transaction.atomic
def store_calendar(
    *,
    actor: User,
    week: Sequence[Sequence[Block]],
    closed: Mapping[date, str] | None = None,
    opened: Mapping[date, str] | None = None,
    pk: int | None = None,
    **fields: Any,
) -> Calendar:
    """When people work: blocks (opens, closes; minutes of the day) of seven weekdays, Monday first; days that are
    `closed` beside public holidays, and those on which people work although they are one, each with its name."""
    need_admin(actor)
    calendar = found(Calendar, pk)
    closed, opened = dict(closed or {}), dict(opened or {})
    _check_week(week)
    if len(closed) + len(opened) > MOST_DAYS:
        raise Refused(_("At most %(most)d days, please.") % {"most": MOST_DAYS})
    if both := sorted(closed.keys() & opened.keys()):
        raise Refused(_("%(day)s is closed and open at once.") % {"day": both[0].isoformat()})
    _check_country(fields.get("country", ""), fields.get("subdivision", ""))
    stored(actor, calendar, fields)
    calendar.blocks.all().delete()
    CalendarBlock.objects.bulk_create(
        CalendarBlock(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
        for weekday, blocks in enumerate(week)
        for opens, closes in blocks
    )
    calendar.closed_days.all().delete()
    ClosedDay.objects.bulk_create(
        ClosedDay(calendar=calendar, day=day, name=clean(name)[:60], is_open=is_open)
        for days, is_open in ((closed, False), (opened, True))
        for day, name in sorted(days.items())
    )
    if pk:
        keep_later(queue_ids=Queue.objects.filter(sla__calendar=calendar).values_list("pk", flat=True))
    return calendar


def _check_week(week: Sequence[Sequence[Block]]) -> None:
    if len(week) != 7:
        raise Refused(_("A week has seven days."))
    for blocks in week:
        last = -1
        for opens, closes in sorted(blocks):
            if not 0 <= opens < closes <= DAY:
                raise Refused(_("Hours begin before they end, on the same day."))
            if opens < last:
                raise Refused(_("Two of these hours overlap."))
            last = closes


def _check_country(country: str, subdivision: str) -> None:
    if not country:
        if subdivision:
            raise Refused(_("Choose the country first."))
        return
    known = public_holidays.countries()
    if country not in known:
        raise Refused(_("The public holidays of this country are not known."))
    if subdivision and subdivision not in known[country]:
        parts = ", ".join(known[country])
        raise Refused(
            _("Known parts of this country: %(parts)s.") % {"parts": parts}
            if parts
            else _("No parts of this country have holidays of their own.")
        )


@transaction.atomic
def store_service_level(
    *,
    actor: User,
    promised: Mapping[Priority, Mapping[str, int | None]],
    pk: int | None = None,
    **fields: Any,
) -> SlaPolicy:
    """What is promised, in minutes of business time by priority and SlaClock.Kind; None promises nothing.

    A priority with no promise at all has no line, and is promised what normal tickets are.
    """
    need_admin(actor)
    policy = found(SlaPolicy, pk)
    for lines in promised.values():
        if any(minutes is not None and not 0 < minutes <= LONGEST for minutes in lines.values()):
            raise Refused(_("A promise is for one minute to one year."))
    stored(actor, policy, fields)
    policy.targets.all().delete()
    SlaTarget.objects.bulk_create(
        SlaTarget(policy=policy, priority=priority, **{kind: lines.get(kind) for kind in SlaClock.Kind.values})
        for priority, lines in promised.items()
        if any(lines.values())
    )
    if pk:
        keep_later(queue_ids=Queue.objects.filter(sla=policy).values_list("pk", flat=True))
    return policy
