"""What every action on a ticket holds and writes beside its own row: locks, the event."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from community import clock
from community.actions.record import MAX_ID
from community.errors import NotThere
from community.models import Thread, User
from community.roles import highest
from support.models import Queue, Ticket, TicketEvent, TicketMessage
from support.models.tickets import TicketQuerySet

_Kind = TicketEvent.Kind
#: What no customer may notice: their list says when something last happened, and is sorted by it.
INTERNAL = frozenset(
    {
        *(_Kind.NOTED, _Kind.CLAIMED, _Kind.ASSIGNED, _Kind.RELEASED, _Kind.RETURNED, _Kind.MOVED),
        *(_Kind.PRIORITISED, _Kind.RETAGGED, _Kind.WARNED, _Kind.BREACHED),
        *(_Kind.UNRELATED, _Kind.RELATED),
    }
)


def lock_ticket(*, actor: User, ticket_id: int) -> Ticket:
    """The ticket, locked until the end of the transaction; NotThere when this person may not see it.

    Everything that changes a ticket holds this lock; where its question is locked too, the question comes first.
    """
    return _lock(Ticket.objects.visible_to(actor), ticket_id)


def lock_work(*, actor: User, ticket_id: int) -> Ticket:
    """As `lock_ticket`, for those who work on it alone; NotThere for everybody else, its customer too."""
    return _lock(Ticket.objects.worked_by(actor), ticket_id)


def lock_question(*, ticket_id: int) -> None:
    """Lock the question a ticket came from or names, before the ticket itself: for what may end its escalation.

    Who may is asked when the ticket is locked; this tells nothing.
    """
    assert transaction.get_connection().in_atomic_block
    if 0 < ticket_id <= MAX_ID:
        named = Ticket.objects.filter(pk=ticket_id).values("thread")
        list(Thread.objects.filter(pk__in=named).select_for_update(no_key=True).values_list("pk"))


def _lock(tickets: TicketQuerySet, ticket_id: int) -> Ticket:
    assert transaction.get_connection().in_atomic_block
    if 0 < ticket_id <= MAX_ID:
        found = tickets.filter(pk=ticket_id).select_related("queue")
        for ticket in found.select_for_update(no_key=True, of=("self",)):
            return ticket
    raise NotThere(_("There is no such ticket."))


def record_ticket_event(
    kind: TicketEvent.Kind,
    *,
    actor: User | None,
    ticket: Ticket,
    person: User | None = None,
    message: TicketMessage | None = None,
    queue: Queue | None = None,
    other: Ticket | None = None,
    promise: str = "",
    **changes: Any,
) -> TicketEvent:
    """Append one event, and save with it what changed on the ticket (`changes`: its columns and their new values).

    The caller holds the ticket's lock. The ticket's version grows, and its last activity is now unless it is INTERNAL.
    """
    now = clock.now()
    if kind not in INTERNAL:
        changes |= {"last_activity_at": now}
    Ticket.objects.filter(pk=ticket.pk).update(version=F("version") + 1, **changes)
    for name, value in changes.items():
        setattr(ticket, name, value)
    ticket.version += 1
    return TicketEvent.objects.create(
        kind=kind,
        ticket=ticket,
        actor=actor,
        actor_role=highest(actor.effective_roles if actor else frozenset()),
        person=person,
        message=message,
        queue=queue,
        other=other,
        status=ticket.status,
        priority=ticket.priority,
        promise=promise,
        occurred_at=now,
        recorded_at=now,
    )
