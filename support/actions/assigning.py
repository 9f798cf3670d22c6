"""Whose a ticket is: taken, given, given back, handed out in turn, and returned when nobody answered."""

from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.translation import gettext as _

from community import clock
from community.actions.record import MAX_ID, record_audit
from community.errors import EditConflict, NotThere, Refused
from community.models import User
from community.roles import Role
from support import permissions
from support.actions.by_itself import AT_ONCE, one_by_one
from support.actions.moves import lock_due
from support.actions.record import lock_work, record_ticket_event
from support.actions.upkeep import return_moment, settle
from support.models import (
    UNDONE,
    Absence,
    AgentSeat,
    DeskState,
    PendingReply,
    Queue,
    Status,
    Switch,
    Ticket,
    TicketEvent,
)

Kind = TicketEvent.Kind
#: What counts as carried when tickets are handed out: those that wait for the agent, not for somebody else.
CARRIED = (Status.NEW, Status.OPEN)
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
#: Whoever hands out does so one after the other; any number that nobody else uses.
_LINE = 7_316_021


class Taken(EditConflict):
    """Somebody else was quicker; `current` is the ticket as it stands now."""


@transaction.atomic
def claim(*, actor: User, ticket_id: int) -> Ticket:
    """Take a ticket that nobody has. Of many at once exactly one wins: it is one conditional update.

    Whoever has it already keeps it. Taken, with who won, for the others; Refused for what is done.
    """
    if not 0 < ticket_id <= MAX_ID or not Ticket.objects.worked_by(actor).filter(pk=ticket_id).exists():
        raise NotThere(_("There is no such ticket."))
    # Of one table alone: a second one that waits for the row asks its conditions again of what the first one left.
    free = Ticket.objects.filter(pk=ticket_id, assignee__isnull=True, status__in=UNDONE)
    won = free.update(assignee=actor, assigned_at=clock.now())
    ticket = Ticket.objects.select_related("queue", "assignee").get(pk=ticket_id)
    if won:
        status = Status.OPEN if ticket.status == Status.NEW else Status(ticket.status)
        returns_at = return_moment(ticket)
        record_ticket_event(
            Kind.CLAIMED, actor=actor, ticket=ticket, person=actor, status=status, returns_at=returns_at
        )
        settle(ticket)
    elif not ticket.is_undone:
        raise Refused(_("This ticket is done. Reopen it first."))
    elif ticket.assignee is not None and ticket.assignee_id != actor.pk:
        raise Taken(_("%(person)s took this ticket first.") % {"person": ticket.assignee.display_name}, ticket)
    return ticket


@transaction.atomic
def assign(*, actor: User, ticket_id: int, to: User, reason: str = "") -> Ticket:
    """Give it to an agent, whoever has it now; to whom has it already is nothing. It is seen by whoever has it."""
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if not permissions.can_work_at_desk(to):
        raise Refused(_("Only support agents can have tickets."))
    _ask_whether_undone(ticket)
    if ticket.assignee_id == to.pk:
        return ticket
    _give(ticket, to, actor=actor)
    record_audit("assigned_ticket", actor=actor, target=ticket, note=reason)
    return ticket


@transaction.atomic
def release(*, actor: User, ticket_id: int, reason: str = "") -> Ticket:
    """Nobody has it any more: it waits in its queue."""
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if ticket.assignee_id is None:
        return ticket
    _ask_whether_undone(ticket)
    _free(ticket, Kind.RELEASED, actor=actor)
    record_audit("released_ticket", actor=actor, target=ticket, note=reason)
    return ticket


# What the worker does -------------------------------------------------------------------------------------------------
def hand_out() -> int:
    """Give what waits in queues that hand out in turn to those whose turn it is; returns how many found somebody.

    In turn: whoever was given one longest ago, has room, takes turns and is not away. Somebody a ticket came back from
    is given it again only when nobody else is left.
    """
    if not DeskState.objects.filter(switches__contains=[Switch.ROTATION]).exists():
        return 0
    given = 0
    for queue in Queue.objects.filter(handing=Queue.Handing.IN_TURN, archived_at=None).order_by("position", "pk"):
        waiting = Ticket.objects.filter(queue=queue, assignee=None, status__in=CARRIED)
        by_due = waiting.order_by(F("due_at").asc(nulls_last=True), "pk").values_list("pk", flat=True)
        for ticket_id in list(by_due[:AT_ONCE]):
            if not _hand_out(ticket_id, queue):
                break
            given += 1
    return given


def give_back_unanswered() -> int:
    """What its agent has left unanswered for too long waits in its queue again, at once where the agent is away.

    Returns how many. A reply that is about to leave counts.
    """
    now = clock.now()
    leaving = PendingReply.objects.values("ticket")
    late = Q(returns_at__lte=now) | Q(returns_at__isnull=False, assignee__in=_away(now).values("person"))
    due = Ticket.objects.filter(late, customer_waits_since__isnull=False).exclude(pk__in=leaving)
    return one_by_one(_return, list(due.order_by("returns_at").values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _return(ticket_id: int) -> bool:
    ticket, now = lock_due(ticket_id), clock.now()
    if ticket is None or ticket.returns_at is None or ticket.customer_waits_since is None:
        return False
    if ticket.returns_at > now and not _away(now).filter(person=ticket.assignee).exists():
        return False
    _free(ticket, Kind.RETURNED, actor=None)
    return True


@transaction.atomic
def _hand_out(ticket_id: int, queue: Queue) -> bool:
    """Give one ticket away; False when nobody takes any more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LINE])
    agents = whose_turn(queue)
    if not agents:
        return False
    ticket = lock_due(ticket_id)
    if ticket is None or ticket.assignee_id is not None or ticket.status not in CARRIED:
        return True  # somebody took it meanwhile
    came_back = set(ticket.events.filter(kind=Kind.RETURNED).values_list("person", flat=True))
    to = next((agent for agent in agents if agent.pk not in came_back), agents[0])
    _give(ticket, to, actor=None)
    AgentSeat.objects.update_or_create(person=to, defaults={"last_given_at": clock.now()})
    return True


def whose_turn(queue: Queue) -> list[User]:
    """The agents who can be given a ticket of this queue now, the one whose turn it is first."""
    agents = User.objects.with_standing().filter(groups__name=Role.AGENT, is_active=True)
    if queue.team_id is not None:
        agents = agents.filter(teams__team=queue.team_id)
    agents = agents.exclude(seat__takes_turns=False).exclude(pk__in=_away(clock.now()).values("person"))
    carried = Ticket.objects.filter(assignee__groups__name=Role.AGENT, status__in=CARRIED).order_by()
    carries = dict(carried.values_list("assignee").annotate(Count("pk")))
    free = [each for each in agents.select_related("seat") if carries.get(each.pk, 0) < _seat(each).capacity]
    # Of those given one at the same moment, whoever carries less.
    free.sort(key=lambda each: (_seat(each).last_given_at or LONG_AGO, carries.get(each.pk, 0), each.pk))
    return [each for each in free if permissions.can_work_at_desk(each)]


def _seat(agent: User) -> AgentSeat:
    return getattr(agent, "seat", None) or AgentSeat()


def _away(now: datetime) -> QuerySet[Absence]:
    """Who is absent at this moment."""
    return Absence.objects.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


def _returns_at(ticket: Ticket) -> datetime | None:
    """The return timer runs for whoever takes it now, if somebody waits."""
    return return_moment(ticket) if ticket.customer_waits_since else None


def _give(ticket: Ticket, to: User, *, actor: User | None) -> None:
    now = clock.now()
    changes: dict[str, Any] = {"assignee": to, "assigned_at": now, "returns_at": _returns_at(ticket)}
    record_ticket_event(Kind.ASSIGNED, actor=actor, ticket=ticket, person=to, **changes)
    settle(ticket)


def _free(ticket: Ticket, kind: TicketEvent.Kind, *, actor: User | None) -> None:
    """Nobody has it from now on; the event says who had."""
    nobody: dict[str, Any] = {"assignee": None, "assigned_at": None, "returns_at": None}
    record_ticket_event(kind, actor=actor, ticket=ticket, person=ticket.assignee, **nobody)
    settle(ticket)


def _ask_whether_undone(ticket: Ticket) -> None:
    if not ticket.is_undone:
        raise Refused(_("This ticket is done. Reopen it first."))
