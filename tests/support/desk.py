"""A desk for tests: teams, queues and tickets, made as on the site."""

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from community import clock
from community.models import User
from support.actions import messages, moves, replies
from support.actions.tickets import open_ticket
from support.models import (
    Channel,
    DeskState,
    Queue,
    Status,
    Switch,
    Team,
    TeamMember,
    Ticket,
    TicketEvent,
    TicketMessage,
)
from tests.factories import person

_numbers = count(1)
HOUR = timedelta(hours=1)
NOON = datetime.fromisoformat("2026-03-04T12:00:00+00:00")  # a Wednesday


def team(*agents: User) -> Team:
    made = Team.objects.create(name=f"Team {next(_numbers)}")
    TeamMember.objects.bulk_create(TeamMember(team=made, person=each) for each in agents)
    return made


def queue(**fields: Any) -> Queue:
    return Queue.objects.create(name=fields.pop("name", f"Queue {next(_numbers)}"), **fields)


def switch_on(*switches: Switch) -> None:
    DeskState.objects.update_or_create(pk=1, defaults={"switches": list(switches)})


def ticket(requester: User | None = None, **fields: Any) -> Ticket:
    """A ticket that a customer opened by the contact form."""
    requester = requester or person()
    fields = {"subject": "It does not start", "body": "Nothing happens when I press the button."} | fields
    made, _is_new = open_ticket(actor=requester, requester=requester, channel=Channel.FORM, **fields)
    return Ticket.objects.get(pk=made.pk)


def write(to: Ticket, body: str = "Any news?", actor: User | None = None) -> TicketMessage:
    return messages.write(actor=actor or to.requester, ticket_id=to.pk, body=body)


def reply(to: Ticket, actor: User, body: str = "Please try the other cable.", **fields: Any) -> Ticket:
    """A reply that has left, and the ticket as it is then."""
    pending = replies.send(actor=actor, ticket_id=to.pk, body=body, **fields)
    with clock.at(pending.leaves_at):
        replies.let_leave()
    return fresh(to)


def fresh(row: Ticket) -> Ticket:
    return Ticket.objects.get(pk=row.pk)


def story(of: Ticket) -> list[str]:
    """What happened to it, in order."""
    return list(TicketEvent.objects.filter(ticket=of).order_by("pk").values_list("kind", flat=True))


def at_status(status: Status, by: User, requester: User | None = None) -> Ticket:
    """A ticket in this status, brought there as people do."""
    made = ticket(requester)
    if status == Status.NEW:
        return made
    if status == Status.OPEN:
        reply(made, by, then_status=Status.OPEN)
    elif status == Status.WAITING:
        reply(made, by)
    elif status == Status.ON_HOLD:
        reply(made, by, then_status=Status.ON_HOLD, held_until=clock.now() + HOUR)
    else:
        reply(made, by, then_status=Status.RESOLVED)
        if status == Status.CLOSED:
            moves.close(actor=by, ticket_id=made.pk)
    return fresh(made)
