"""Questions that came to staff, and what belongs to them, for tests."""

from typing import Any

from community.models import Thread, User
from support.actions import escalating
from support.models import Escalation, PrivateField, Ticket
from tests.factories import agent, board, person, reply, thread


def question(**fields: Any) -> Thread:
    """A problem that somebody answered without solving it."""
    asked = thread(fields.pop("asker", None) or person(), fields.pop("on", None) or board(), **fields)
    reply(asked)
    return Thread.objects.get(pk=asked.pk)


def escalated(asked: Thread | None = None, by: User | None = None, **fields: Any) -> Ticket:
    """The ticket of a question that staff handed over."""
    asked = asked or question()
    fields.setdefault("reason", "unsolved")
    actor = by or agent()
    ticket, _new = escalating.escalate_thread(actor=actor, thread_id=asked.pk, way=Escalation.Way.STAFF, **fields)
    return Ticket.objects.select_related("queue", "thread", "requester").get(pk=ticket.pk)


def serial_field(**fields: Any) -> PrivateField:
    fields.setdefault("kind", PrivateField.Kind.SERIAL)
    return PrivateField.objects.create(label=fields.pop("label", "Serial number"), **fields)


def fresh(row: Any) -> Any:
    """The row as it is now."""
    return type(row).objects.get(pk=row.pk)
