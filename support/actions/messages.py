"""What a ticket's customer writes: who asked, and who is in copy."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from community.actions.compose import Composed, compose_body
from community.actions.limits import spend
from community.errors import NotThere
from community.models import User
from support import permissions
from support.actions.moves import reopen_for
from support.actions.record import lock_question, lock_ticket
from support.actions.tickets import begin, take_word, undone_of
from support.actions.writing import append, said_before
from support.models import Channel, Status, Ticket, TicketCc, TicketMessage


def write(
    *,
    actor: User,
    ticket_id: int,
    body: str,
    files: Sequence[int] = (),
    key: str = "",
    via: TicketMessage.Via = TicketMessage.Via.PAGE,
) -> TicketMessage:
    """Add the customer's word; the message's ticket says where it landed.

    It opens what waits or is on hold. A resolved ticket opens again where its queue says so; else, and after it was
    closed, the word begins a new ticket that goes on from this one. What was merged is followed to where it went.
    The same `key` twice returns the message made the first time. Refused for text that cannot be stored, NotThere for
    whoever is neither requester nor in copy, TooOften beyond what one may write.
    """
    composed = compose_body(body)
    with transaction.atomic():
        if (before := said_before(author=actor, key=key)) is not None:
            return before
        ticket = _lock_standing(actor, end_of(ticket_id))
        if not permissions.can_write(actor, ticket):
            raise NotThere(_("There is no such ticket."))
        spend(what="contact", actor=actor)
        if not ticket.is_undone:
            other = undone_of(ticket.thread, ticket.requester, but=ticket.pk) if ticket.thread else None
            if other is not None:
                # Whoever is in copy here need not be in copy there.
                if not permissions.can_write(actor, other):
                    raise NotThere(_("There is no such ticket."))
                ticket = other
            elif ticket.status == Status.RESOLVED and ticket.queue.reopens:
                reopen_for(ticket, actor=actor)
            else:
                return _follow_up(ticket, actor, composed, files, via, key)
        message = append(ticket=ticket, author=actor, composed=composed, is_staff=False, files=files, via=via, key=key)
        take_word(ticket, author=actor, message=message)
    return message


def end_of(ticket_id: int) -> int:
    """Where the chain of merges ends, looked up before anything is locked."""
    for _step in range(20):
        following = Ticket.objects.filter(pk=ticket_id, merged_into__isnull=False).values_list("merged_into", flat=True)
        ticket_id, before = following.first() or ticket_id, ticket_id
        if ticket_id == before:
            break
    return ticket_id


def _lock_standing(actor: User, ticket_id: int) -> Ticket:
    """The ticket, or where it ended when it was merged, locked; its question first."""
    for _try in range(20):
        lock_question(ticket_id=ticket_id)
        ticket = lock_ticket(actor=actor, ticket_id=ticket_id)
        if ticket.merged_into_id is None:
            return ticket
        ticket_id = ticket.merged_into_id
    raise NotThere(_("There is no such ticket."))


def _follow_up(
    ticket: Ticket, actor: User, composed: Composed, files: Sequence[int], via: TicketMessage.Via, key: str
) -> TicketMessage:
    """A new ticket that goes on where this one ended: same customer, same people in copy, same place."""
    fresh = Ticket(
        subject=ticket.subject,
        requester=ticket.requester,
        queue=ticket.queue,
        board=ticket.board,
        thread=ticket.thread,
        channel=Channel.MAIL if via == TicketMessage.Via.MAIL else Channel.FORM,
        priority=ticket.priority,
        language=ticket.language,
        product_version=ticket.product_version,
        is_simulated=ticket.is_simulated,
    )
    message = begin(fresh, actor=actor, author=actor, composed=composed, files=files, other=ticket, key=key)
    copies = [
        TicketCc(ticket=fresh, person_id=each.person_id, added_by_id=each.added_by_id) for each in ticket.ccs.all()
    ]
    TicketCc.objects.bulk_create(copies)
    assert message is not None
    return message
