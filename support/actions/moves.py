"""From one status to another, by the one table of moves (models/tickets.py); and what comes back by itself."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community import clock
from community.actions.record import record_audit
from community.errors import NotAllowed, Refused
from community.models import User
from community.roles import Role
from support import permissions
from support.actions.by_itself import AT_ONCE, one_by_one
from support.actions.ending import before_resolving, end
from support.actions.ratings import invite
from support.actions.record import lock_question, lock_ticket, lock_work, record_ticket_event
from support.actions.tickets import undone_of
from support.actions.upkeep import settle
from support.models import MOVES, Escalation, Status, Ticket, TicketEvent

Kind = TicketEvent.Kind
#: Nothing is put on hold for longer.
LONGEST_HOLD = timedelta(days=366)

_EVENTS = {
    Status.OPEN: Kind.STARTED,
    Status.WAITING: Kind.WAITED,
    Status.ON_HOLD: Kind.HELD,
    Status.RESOLVED: Kind.RESOLVED,
    Status.CLOSED: Kind.CLOSED,
}
_REFUSALS = {
    Status.NEW: gettext_lazy("A ticket that somebody has worked on does not become new again."),
    Status.OPEN: gettext_lazy("This ticket is closed for good. What comes now is a new ticket."),
    Status.WAITING: gettext_lazy("This ticket is done. Reopen it first."),
    Status.ON_HOLD: gettext_lazy("This ticket is done. Reopen it first."),
    Status.RESOLVED: gettext_lazy("This ticket is closed for good. What comes now is a new ticket."),
    Status.CLOSED: gettext_lazy("This ticket is closed for good. What comes now is a new ticket."),
}


@transaction.atomic
def move(*, actor: User, ticket_id: int, to: Status, held_until: datetime | None = None, reason: str = "") -> Ticket:
    """Bring the ticket into another status; into the one it has is nothing. On hold needs its `held_until`.

    Agents who work on it. Refused for a move that MOVES does not have, and for what stands in the way.
    """
    lock_question(ticket_id=ticket_id)
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if ticket.status == to and (to != Status.ON_HOLD or ticket.held_until == held_until):
        return ticket
    if (ticket.status, to) == (Status.RESOLVED, Status.OPEN):
        _ask_whether_alone(ticket)
        reopen_for(ticket, actor=actor)
    else:
        change_status(ticket, to, actor=actor, held_until=held_until)
    record_audit(f"ticket_{to}", actor=actor, target=ticket, note=reason)
    return ticket


def hold(*, actor: User, ticket_id: int, until: datetime, reason: str = "") -> Ticket:
    """Let it rest until then, or until its customer writes."""
    return move(actor=actor, ticket_id=ticket_id, to=Status.ON_HOLD, held_until=until, reason=reason)


@transaction.atomic
def resolve(*, actor: User, ticket_id: int, reason: str = "") -> Ticket:
    """Solved: by those who work on it, or by the customer who asked. Twice is once."""
    if _is_own(actor, ticket_id):
        return _resolve_own(actor, ticket_id)
    return move(actor=actor, ticket_id=ticket_id, to=Status.RESOLVED, reason=reason)


def close(*, actor: User, ticket_id: int, reason: str = "") -> Ticket:
    """Done for good: what comes then is a new ticket."""
    return move(actor=actor, ticket_id=ticket_id, to=Status.CLOSED, reason=reason)


@transaction.atomic
def reopen(*, actor: User, ticket_id: int, reason: str = "") -> Ticket:
    """Resolved was too early: those who work on it, and the customer who asked where the queue lets them."""
    lock_question(ticket_id=ticket_id)
    ticket = lock_ticket(actor=actor, ticket_id=ticket_id)
    works = permissions.can_work_on(actor, ticket)
    if not works and not permissions.is_requester(actor, ticket):
        raise NotAllowed(_("Only whoever asked can reopen this."))
    if ticket.is_undone:
        return ticket
    if ticket.status != Status.RESOLVED or not (works or ticket.queue.reopens):
        raise Refused(_REFUSALS[Status.OPEN])
    _ask_whether_alone(ticket)
    reopen_for(ticket, actor=actor)
    if not permissions.is_requester(actor, ticket):
        record_audit("ticket_reopened", actor=actor, target=ticket, note=reason)
    return ticket


@transaction.atomic
def no_reply_needed(*, actor: User, ticket_id: int, reason: str = "") -> Ticket:
    """The customer's last word asks for nothing: "thanks". What it reopened is resolved again, without a word to them;
    what was open waits for them."""
    lock_question(ticket_id=ticket_id)
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if ticket.customer_waits_since is None or not ticket.is_undone:
        return ticket
    now = clock.now()
    changes: dict[str, Any] = {"customer_waits_since": None, "returns_at": None, "held_until": None}
    if _was_reopened_by_its_last_word(ticket):
        closes_at = now + timedelta(days=ticket.queue.closes_after)
        changes |= {"status": Status.RESOLVED, "resolved_at": now, "closes_at": closes_at}
    else:
        changes |= {"status": Status.WAITING}
    record_ticket_event(Kind.NO_REPLY, actor=actor, ticket=ticket, **changes)
    record_audit("ticket_no_reply", actor=actor, target=ticket, note=reason)
    settle(ticket)
    return ticket


# What the worker does -------------------------------------------------------------------------------------------------
def wake_due() -> int:
    """Open what was on hold until now; returns how many."""
    due = Ticket.objects.filter(held_until__lte=clock.now()).order_by("held_until")
    return one_by_one(_wake, list(due.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _wake(ticket_id: int) -> bool:
    ticket = lock_due(ticket_id)
    if ticket is None or ticket.held_until is None or ticket.held_until > clock.now():
        return False
    record_ticket_event(Kind.WOKEN, actor=None, ticket=ticket, status=Status.OPEN, held_until=None)
    settle(ticket)
    return True


def close_due() -> int:
    """Close what has been resolved long enough; returns how many."""
    due = Ticket.objects.filter(closes_at__lte=clock.now()).order_by("closes_at")
    return one_by_one(_close, list(due.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _close(ticket_id: int) -> bool:
    lock_question(ticket_id=ticket_id)
    ticket = lock_due(ticket_id)
    if ticket is None or ticket.closes_at is None or ticket.closes_at > clock.now():
        return False
    change_status(ticket, Status.CLOSED, actor=None)
    return True


def lock_due(ticket_id: int) -> Ticket | None:
    """The ticket for what happens by itself; None while somebody else holds it: the next turn comes soon."""
    same = Ticket.objects.filter(pk=ticket_id).select_related("queue")
    return same.select_for_update(no_key=True, of=("self",), skip_locked=True).first()


# The one place that changes a status ----------------------------------------------------------------------------------
def change_status(
    ticket: Ticket, to: Status, *, actor: User | None, held_until: datetime | None = None, by_customer: bool = False
) -> None:
    """Move a locked ticket (and question) as MOVES allows, with the event and all that follows.

    Refused for every other move, for a hold without a moment to come, and where the community still waits for a word
    (`by_customer`: they need not know of that).
    """
    ask_whether_possible(ticket, to, held_until, by_customer=by_customer)
    record_ticket_event(_EVENTS[to], actor=actor, ticket=ticket, **columns(ticket, to, held_until))
    if to == Status.RESOLVED:
        end(actor=actor, ticket=ticket, how=Escalation.End.RESOLVED)
        invite(ticket=ticket)
    elif to == Status.CLOSED:
        end(actor=actor, ticket=ticket, how=Escalation.End.CLOSED)
    settle(ticket)


def ask_whether_possible(
    ticket: Ticket, to: Status, held_until: datetime | None = None, *, by_customer: bool = False
) -> None:
    """Refused where `change_status` would be."""
    if to not in MOVES[Status(ticket.status)] and not ticket.status == to == Status.ON_HOLD:
        raise Refused(_REFUSALS[to])
    if to == Status.ON_HOLD:
        now = clock.now()
        if held_until is None or not now < held_until <= now + LONGEST_HOLD:
            raise Refused(_("Please say until when it rests: a moment within the next year."))
    if to in (Status.RESOLVED, Status.CLOSED) and ticket.is_undone and not by_customer:
        before_resolving(ticket=ticket)


def columns(ticket: Ticket, to: Status, held_until: datetime | None = None) -> dict[str, Any]:
    """What of a ticket changes with its status."""
    now = clock.now()
    changes: dict[str, Any] = {"status": to, "held_until": held_until if to == Status.ON_HOLD else None}
    if to in (Status.WAITING, Status.RESOLVED, Status.CLOSED):
        changes |= {"customer_waits_since": None, "returns_at": None}
    if to == Status.RESOLVED:
        changes |= {"resolved_at": now, "closes_at": now + timedelta(days=ticket.queue.closes_after)}
    if to == Status.CLOSED:
        changes |= {"resolved_at": ticket.resolved_at or now, "closed_at": now, "closes_at": None}
    return changes


def reopen_for(ticket: Ticket, *, actor: User) -> None:
    """A locked, resolved ticket is open again; for its customer's side they wait from now on.

    The caller has asked whether another one of its question is undone.
    """
    by_customer = not permissions.can_work_on(actor, ticket) or permissions.is_requester(actor, ticket)
    record_ticket_event(
        Kind.REOPENED,
        actor=actor,
        ticket=ticket,
        status=Status.OPEN,
        resolved_at=None,
        closes_at=None,
        customer_waits_since=clock.now() if by_customer else None,
        reopened_count=ticket.reopened_count + 1,
    )
    settle(ticket)


def _ask_whether_alone(ticket: Ticket) -> None:
    """Refused while another ticket of the same question and customer is undone."""
    if ticket.thread and undone_of(ticket.thread, ticket.requester, but=ticket.pk) is not None:
        raise Refused(_("There is a newer ticket about the same question. Go on there."))


def _is_own(actor: User, ticket_id: int) -> bool:
    """Whether this person asked it and does not work on it too."""
    own = Ticket.objects.of_customer(actor).filter(pk=ticket_id, requester=actor)
    return own.exists() and not Ticket.objects.worked_by(actor).filter(pk=ticket_id).exists()


def _resolve_own(actor: User, ticket_id: int) -> Ticket:
    lock_question(ticket_id=ticket_id)
    ticket = lock_ticket(actor=actor, ticket_id=ticket_id)
    if ticket.is_undone:
        change_status(ticket, Status.RESOLVED, actor=actor, by_customer=True)
    return ticket


def _was_reopened_by_its_last_word(ticket: Ticket) -> bool:
    """Whether since staff last spoke or resolved it, nothing but the customer's word opened it again."""
    kinds = [Kind.REOPENED, Kind.REPLIED, Kind.STARTED]
    last = ticket.events.filter(kind__in=kinds).order_by("-pk").values_list("kind", "actor_role").first()
    return last == (Kind.REOPENED, Role.CUSTOMER)
