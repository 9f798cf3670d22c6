"""Promises: begun, rested, kept, broken and dropped as the ticket's own facts say.

`keep` is the one entry. It compares what a ticket is with the promises written beside it, so it may be called as often
as anybody likes, at the end of whatever changed a ticket. What is promised to a customer:

- *first reply* from when the ticket was opened until somebody of staff replied;
- *next reply* from when the customer wrote again until somebody replied;
- *solution* from when it was opened until it was resolved. Reopened, it runs on from where it stood.

All rest while we wait for the customer; the solution rests on hold too, but a customer who waits for a word is not put
off by that. What nobody waits for any more ("no reply needed", closed or merged without a word) is dropped, and taken
up again when the same wait goes on (a merge that is undone).
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from community import clock
from support import sla
from support.actions.record import record_ticket_event
from support.models import UNDONE, SlaClock, Status, Ticket, TicketEvent
from support.reading.hours import Terms, terms_of

#: Tickets looked at in one turn of the worker.
MOST_TOLD = 100
#: The task in support/tasks.py.
JOB = "support.keep_promises"
Kind = SlaClock.Kind
_COLUMNS = ("minutes", "used", "started_at", "due_at", "warns_at")


def keep(*, ticket: Ticket) -> None:
    """Let the promises of this ticket be as its facts say, and write down when the first of them is due.

    The caller holds the ticket's lock and has saved what changed. Doing it again changes nothing.
    """
    now = clock.now()
    clocks = list(SlaClock.objects.filter(ticket=ticket).order_by("began_at", "id"))
    running = [each for each in clocks if _is_running(each)]
    # Of what is done, only the end of what still runs is left to say.
    if running or ticket.status in UNDONE:
        terms = terms_of(ticket.queue_id, ticket.priority)
        # What ran out until now is said before anything rests or ends.
        _tell(ticket, running, now)
        before = {each.pk: _state(each) for each in clocks}
        for kind in Kind:
            own = [each for each in clocks if each.kind == kind]
            row = _Keeper(ticket, kind, own, terms, now).keep()
            if row is not None and row.pk is None:
                clocks.append(row)
            if row is not None and before.get(row.pk) != _state(row):
                row.save()
    due = min((each.due_at for each in clocks if each.due_at and _is_running(each)), default=None)
    if due != ticket.due_at:
        Ticket.objects.filter(pk=ticket.pk).update(due_at=due)
        ticket.due_at = due


class _Keeper:
    """One kind of promise of one ticket."""

    def __init__(self, ticket: Ticket, kind: Kind, clocks: list[SlaClock], terms: Terms, now: datetime) -> None:
        self.ticket, self.kind, self.clocks, self.terms, self.now = ticket, kind, clocks, terms, now
        self.minutes = terms.minutes.get(kind)
        self.running = next((each for each in clocks if _is_running(each)), None)

    def keep(self) -> SlaClock | None:
        """The row it is about, as it should be from now on, not saved; None where there is none."""
        since, running = self.waited_for_since(), self.running
        if since is None or self.minutes is None:
            return self.ended(running) if running is not None else None
        row = running or self.taken_up(since) or SlaClock(ticket=self.ticket, kind=self.kind, began_at=since)
        promise = replace(_plain(row), minutes=self.minutes)
        if self.rests():
            promise = sla.rest(self.terms.hours, promise, self.now)
        elif promise.runs:
            promise = sla.replan(self.terms.hours, promise, self.minutes, self.terms.warns_at)
        else:
            promise = sla.start(self.terms.hours, promise, since if row.pk is None else self.now, self.terms.warns_at)
        return _filled(row, promise)

    def waited_for_since(self) -> datetime | None:
        """Since when the customer is owed this; None while they are not."""
        ticket = self.ticket
        if ticket.status not in UNDONE:
            return None
        if self.kind == Kind.SOLUTION:
            return ticket.opened_at
        is_first = ticket.first_replied_at is None
        if ticket.customer_waits_since is None or is_first != (self.kind == Kind.FIRST_REPLY):
            return None
        # A first promise counts from the beginning, however often the customer writes before we do.
        return ticket.customer_waits_since if self.clocks or not is_first else ticket.opened_at

    def rests(self) -> bool:
        if self.kind == Kind.SOLUTION:
            return self.ticket.status in (Status.WAITING, Status.ON_HOLD)
        return self.ticket.status == Status.WAITING

    def taken_up(self, since: datetime) -> SlaClock | None:
        """The promise that ended too early: of the solution always, of a reply where the same wait goes on."""
        last = self.clocks[-1] if self.clocks else None
        if last is None or (self.kind != Kind.SOLUTION and (last.dropped_at is None or last.dropped_at < since)):
            return None
        last.met_at = last.dropped_at = None
        return last

    def ended(self, row: SlaClock) -> SlaClock:
        """Met where what was promised happened, else dropped."""
        row.met_at = self.happened_at(row)
        if row.met_at is None:
            row.dropped_at = self.now
        return _filled(row, sla.rest(self.terms.hours, _plain(row), row.met_at or self.now))

    def happened_at(self, row: SlaClock) -> datetime | None:
        ticket = self.ticket
        if self.kind == Kind.SOLUTION:
            return ticket.resolved_at if ticket.status == Status.RESOLVED else None
        if self.kind == Kind.FIRST_REPLY:
            return ticket.first_replied_at
        replies = TicketEvent.objects.filter(
            ticket=ticket, kind=TicketEvent.Kind.REPLIED, occurred_at__gte=row.began_at
        )
        return replies.order_by("id").values_list("occurred_at", flat=True).last()


def tell_due() -> int:
    """Warn of promises that are nearly due and say which were broken (the worker, at each of its turns).

    Returns how many were told. A ticket that somebody works on this very moment is left for the next turn.
    """
    told = 0
    for ticket_id in _due_tickets():
        with transaction.atomic():
            ticket = Ticket.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=ticket_id).first()
            if ticket is not None:
                running = SlaClock.objects.filter(ticket=ticket, met_at=None, dropped_at=None).order_by("id")
                told += _tell(ticket, list(running), clock.now())
    return told


def _due_tickets() -> list[int]:
    now = clock.now()
    running = SlaClock.objects.filter(met_at=None, dropped_at=None)
    broken = running.filter(breached_at=None, due_at__lte=now).order_by("due_at")[:MOST_TOLD]
    near = running.filter(warned_at=None, warns_at__lte=now).order_by("warns_at")[:MOST_TOLD]
    found = [*broken.values_list("ticket_id", flat=True), *near.values_list("ticket_id", flat=True)]
    return list(dict.fromkeys(found))


def _tell(ticket: Ticket, running: list[SlaClock], now: datetime) -> int:
    """One event of each promise that ran out or is about to, once; of what is broken nobody is warned any more."""
    told = 0
    for each in running:
        if each.due_at and each.due_at <= now and each.breached_at is None:
            each.breached_at, each.warned_at = each.due_at, each.warned_at or now
            kind = TicketEvent.Kind.BREACHED
        elif each.warns_at and each.warns_at <= now and each.warned_at is None and each.breached_at is None:
            each.warned_at = now
            kind = TicketEvent.Kind.WARNED
        else:
            continue
        each.save(update_fields=["warned_at", "breached_at"])
        record_ticket_event(kind, actor=None, ticket=ticket, promise=each.kind)
        told += 1
    return told


def keep_later(*, queue_ids: Iterable[int]) -> None:
    """Have the promises of these queues' tickets kept anew by the worker: their hours or promises changed."""
    wanted: list[Any] = sorted(queue_ids)
    if wanted:
        app.configure_task(JOB).defer(queue_ids=wanted)


def keep_all(*, queue_ids: list[int], after: int = 0, most: int = 200) -> int | None:
    """Keep the promises of these queues' undone tickets anew, because their hours or promises changed.

    `most` at a time, in order of id, each in a transaction of its own; the id to go on `after`, None at the end.
    """
    wanted = Ticket.objects.filter(pk__gt=after, queue__in=queue_ids, status__in=UNDONE)
    ids = list(wanted.order_by("pk").values_list("pk", flat=True)[:most])
    for ticket_id in ids:
        with transaction.atomic():
            ticket = Ticket.objects.select_for_update(no_key=True).filter(pk=ticket_id).first()
            if ticket is not None:
                keep(ticket=ticket)
    return ids[-1] if len(ids) == most else None


def _is_running(row: SlaClock) -> bool:
    return row.met_at is None and row.dropped_at is None


def _state(row: SlaClock) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in (*_COLUMNS, "met_at", "dropped_at"))


def _plain(row: SlaClock) -> sla.Promise:
    """The row as sla.py counts with it; of one that is not stored yet, nothing is used."""
    return sla.Promise(row.minutes or 0, row.used, row.started_at, row.due_at, row.warns_at)


def _filled(row: SlaClock, promise: sla.Promise) -> SlaClock:
    for name in _COLUMNS:
        setattr(row, name, getattr(promise, name))
    return row
