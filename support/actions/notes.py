"""Internal notes: among those who work on a ticket. No customer and no mail ever reads them."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction

from community import clock
from community.actions.compose import compose_body
from community.models import User
from support.actions.drafts import drop
from support.actions.record import lock_work, record_ticket_event
from support.actions.writing import attach
from support.models import TicketDraft, TicketEvent, TicketNote

#: The same words of the same agent within this time are one press too many.
PRESSED_TWICE = timedelta(minutes=1)


def note(*, actor: User, ticket_id: int, body: str, files: Sequence[int] = ()) -> TicketNote:
    """Leave a note beside the ticket, whatever its status; nothing else about it changes.

    Refused for text that cannot be stored, NotThere for a ticket the actor does not work on.
    """
    composed = compose_body(body)
    with transaction.atomic():
        ticket = lock_work(actor=actor, ticket_id=ticket_id)
        now = clock.now()
        same = ticket.notes.filter(author=actor, body=composed.body, noted_at__gt=now - PRESSED_TWICE).first()
        if same is not None:
            return same
        made = TicketNote.objects.create(
            ticket=ticket,
            author=actor,
            body=composed.body,
            body_html=composed.html,
            renderer_version=composed.renderer_version,
            noted_at=now,
        )
        attach(ids=files, uploader=actor, ticket=ticket, note=made)
        drop(author=actor, ticket_id=ticket.pk, kind=TicketDraft.Kind.NOTE)
        record_ticket_event(TicketEvent.Kind.NOTED, actor=actor, ticket=ticket)
    return made
