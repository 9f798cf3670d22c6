"""What the tests of the desk share: tickets as they come, in numbers, and agents at their browsers."""

from datetime import timedelta
from typing import Any

from community import clock
from community.models import User
from support.models import Queue, Ticket, TicketEvent, TicketMessage
from tests.factories import person


def ticket(requester: User | None = None, **fields: Any) -> Ticket:
    """A ticket with its customer's first words, straight into the tables."""
    return tickets(1, requester, **fields)[0]


def tickets(count: int, requester: User | None = None, **fields: Any) -> list[Ticket]:
    """So many tickets at once, due one minute after the other."""
    asker, now = requester or person(), clock.now()
    fields.setdefault("queue", Queue.objects.get(is_default=True))
    fields.setdefault("subject", "The router is dead")
    words = fields.pop("words", "It does not start any more.")
    if fields.get("assignee"):
        fields.setdefault("assigned_at", now)
        fields.setdefault("status", "open")
    due = fields.pop("due_at", now + timedelta(hours=4))
    made = Ticket.objects.bulk_create(
        Ticket(
            requester=asker,
            channel="form",
            customer_waits_since=now,
            last_position=1,
            due_at=due + timedelta(minutes=number) if due else None,
            **fields,
        )
        for number in range(count)
    )
    TicketMessage.objects.bulk_create(
        TicketMessage(ticket=each, position=1, author=asker, is_staff=False, body=words, body_html=f"<p>{words}</p>")
        for each in made
    )
    TicketEvent.objects.bulk_create(
        TicketEvent(
            kind="opened",
            ticket=each,
            actor=asker,
            actor_role="customer",
            status=each.status,
            priority=each.priority,
            occurred_at=now,
            recorded_at=now,
        )
        for each in made
    )
    return made
