"""The public part of a ticket: one more message at its end, and the files that go with it."""

from collections.abc import Sequence

from django.db import connection

from community import clock
from community.actions.compose import Composed
from community.models import User
from community.roles import highest
from support.models import Ticket, TicketAttachment, TicketMessage, TicketNote

Via = TicketMessage.Via


def append(
    *,
    ticket: Ticket,
    author: User,
    composed: Composed,
    is_staff: bool,
    files: Sequence[int] = (),
    via: TicketMessage.Via = Via.PAGE,
    key: str = "",
) -> TicketMessage:
    """The next message, in its place. The caller holds the ticket's lock and records the event with `last_position`."""
    made = TicketMessage.objects.create(
        ticket=ticket,
        position=ticket.last_position + 1,
        author=author,
        author_role=highest(author.effective_roles),
        is_staff=is_staff,
        via=via,
        body=composed.body,
        body_html=composed.html,
        renderer_version=composed.renderer_version,
        sent_at=clock.now(),
        key=key[:64],
    )
    attach(ids=files, uploader=author, ticket=ticket, message=made)
    return made


def said_before(*, author: User, key: str) -> TicketMessage | None:
    """What this form's one-time key made already; of two at once the second waits here for the first."""
    if not key:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, %s))", [f"ticket {key[:64]}", author.pk])
    return TicketMessage.objects.filter(author=author, key=key[:64]).select_related("ticket").first()


def attach(
    *,
    ids: Sequence[int],
    uploader: User,
    ticket: Ticket,
    message: TicketMessage | None = None,
    note: TicketNote | None = None,
) -> None:
    """Put one's own, still loose files into a message or note; other ids do nothing."""
    if ids:
        loose = TicketAttachment.objects.filter(pk__in=ids, uploader=uploader, ticket=None)
        loose.update(ticket=ticket, message=message, note=note)
