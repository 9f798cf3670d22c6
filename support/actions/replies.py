"""Staff's replies: sent, for some seconds still in hand, then gone.

Until a reply leaves nothing has happened: no message, no mail, no promise kept. It leaves in one transaction that also
takes it from what is pending, so that a worker killed at any moment sends it once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from community import clock
from community.actions.compose import compose_body
from community.errors import NotThere, Refused
from community.models import User
from support.actions.by_itself import AT_ONCE, one_by_one
from support.actions.drafts import drop, save
from support.actions.moves import ask_whether_possible, change_status
from support.actions.record import lock_question, lock_work, record_ticket_event
from support.actions.upkeep import settle
from support.actions.writing import append
from support.models import PendingReply, Status, Ticket, TicketAttachment, TicketDraft, TicketEvent, TicketMessage

Kind = TicketEvent.Kind
#: Where a reply may take its ticket.
AFTER = (Status.OPEN, Status.WAITING, Status.ON_HOLD, Status.RESOLVED)


def send(
    *,
    actor: User,
    ticket_id: int,
    body: str,
    then_status: Status = Status.WAITING,
    held_until: datetime | None = None,
    files: Sequence[int] = (),
    key: str = "",
    via: TicketMessage.Via = TicketMessage.Via.PAGE,
) -> PendingReply:
    """Send a reply; it leaves after settings.UNDO_SECONDS (0: at once), and takes the ticket to `then_status`.

    The same words again are the same reply; other ones let the one before leave now. Refused for text that cannot be
    stored, for a closed ticket and for a move that would be refused; NotThere for a ticket the actor does not work on.
    What comes by mail has a `key`, which the message keeps, and leaves alone what is being written at the desk.
    """
    composed = compose_body(body)
    with transaction.atomic():
        lock_question(ticket_id=ticket_id)
        ticket = lock_work(actor=actor, ticket_id=ticket_id)
        if then_status not in AFTER:
            raise Refused(_("A reply cannot take a ticket there."))
        _ask_whether_possible(ticket, then_status, held_until)
        before = PendingReply.objects.select_for_update().filter(ticket=ticket, author=actor).first()
        if before is not None and before.body == composed.body:
            return before
        if before is not None:
            _go(before, ticket)
        now = clock.now()
        pending = PendingReply.objects.create(
            ticket=ticket,
            author=actor,
            body=composed.body,
            then_status=then_status,
            held_until=held_until if then_status == Status.ON_HOLD else None,
            via=via,
            key=key[:64],
            sent_at=now,
            leaves_at=now + timedelta(seconds=settings.UNDO_SECONDS),
        )
        loose = TicketAttachment.objects.filter(pk__in=files, uploader=actor, ticket=None)
        loose.update(ticket=ticket, pending=pending)
        if via == TicketMessage.Via.PAGE:
            drop(author=actor, ticket_id=ticket.pk, kind=TicketDraft.Kind.REPLY)
        if settings.UNDO_SECONDS == 0:
            _go(pending, ticket)
    return pending


@transaction.atomic
def take_back(*, actor: User, ticket_id: int) -> str:
    """One's own reply that has not left yet: returns its words, which are a draft again; its files are loose again.

    NotThere when it has left, or there is none.
    """
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    pending = PendingReply.objects.select_for_update().filter(ticket=ticket, author=actor).first()
    if pending is None:
        raise NotThere(_("It has left already."))
    TicketAttachment.objects.filter(pending=pending).update(pending=None, ticket=None)
    pending.delete()
    save(actor=actor, ticket_id=ticket.pk, kind=TicketDraft.Kind.REPLY, body=pending.body)
    return pending.body


def let_leave() -> int:
    """What was sent long enough ago leaves; returns how many did. One that fails stops no other."""
    due = PendingReply.objects.filter(leaves_at__lte=clock.now()).order_by("leaves_at")
    return one_by_one(_let_one_leave, list(due.values_list("pk", flat=True)[:AT_ONCE]))


@transaction.atomic
def _let_one_leave(pending_id: int) -> bool:
    ticket_id = PendingReply.objects.filter(pk=pending_id).values_list("ticket_id", flat=True).first()
    if ticket_id is None:
        return False  # taken back, or gone with another worker
    lock_question(ticket_id=ticket_id)
    ticket = Ticket.objects.select_related("queue").select_for_update(no_key=True, of=("self",)).get(pk=ticket_id)
    pending = (
        PendingReply.objects.select_for_update(of=("self",)).select_related("author").filter(pk=pending_id).first()
    )
    if pending is None or pending.leaves_at > clock.now():
        return False
    _go(pending, ticket)
    return True


def _go(pending: PendingReply, ticket: Ticket) -> TicketMessage:
    """It becomes a message. What the customer wrote after it was sent is not answered by it: then they still wait."""
    now, author = clock.now(), pending.author
    composed = compose_body(pending.body)
    files = list(TicketAttachment.objects.filter(pending=pending).values_list("pk", flat=True))
    via = TicketMessage.Via(pending.via)
    message = append(ticket=ticket, author=author, composed=composed, is_staff=True, via=via, key=pending.key)
    TicketAttachment.objects.filter(pk__in=files).update(pending=None, message=message)
    pending.delete()
    unread = _said_since(ticket, pending.sent_at)
    changes: dict[str, Any] = {
        "last_position": message.position,
        "first_replied_at": ticket.first_replied_at or now,
        "customer_waits_since": unread,
        "returns_at": ticket.returns_at if unread else None,
    }
    if ticket.assignee_id is None and ticket.is_undone:
        changes |= {"assignee": author, "assigned_at": now}
    to = _destination(ticket, pending, crossed=unread is not None)
    if to in (Status.OPEN, Status.WAITING) and ticket.status != to:
        if ticket.status == Status.RESOLVED:
            record_ticket_event(
                Kind.REOPENED,
                actor=author,
                ticket=ticket,
                status=Status.OPEN,
                resolved_at=None,
                closes_at=None,
                reopened_count=ticket.reopened_count + 1,
            )
        changes |= {"status": to, "held_until": None}
    record_ticket_event(Kind.REPLIED, actor=author, ticket=ticket, message=message, **changes)
    if to in (Status.ON_HOLD, Status.RESOLVED) and ticket.status != to:
        change_status(ticket, to, actor=author, held_until=pending.held_until)
    else:
        settle(ticket)
    return message


def _destination(ticket: Ticket, pending: PendingReply, *, crossed: bool) -> Status:
    """Where it takes the ticket: as its author said, unless something came between that they had not seen."""
    if ticket.status == Status.CLOSED:
        return Status.CLOSED
    if crossed:
        return Status.OPEN
    to = Status(pending.then_status)
    try:
        _ask_whether_possible(ticket, to, pending.held_until)
    except Refused:
        return Status.OPEN
    return to


def _ask_whether_possible(ticket: Ticket, to: Status, held_until: datetime | None) -> None:
    """Refused where a reply cannot take the ticket. A resolved one is opened again by it, or stays as it is."""
    if ticket.status == Status.CLOSED:
        raise Refused(_("This ticket is closed for good. Open a new one to write to its customer."))
    stays = to == ticket.status != Status.ON_HOLD
    opens = ticket.status == Status.RESOLVED and to in (Status.OPEN, Status.WAITING)
    if not stays and not opens:
        ask_whether_possible(ticket, to, held_until)


def _said_since(ticket: Ticket, moment: datetime) -> datetime | None:
    """When the customer's side first spoke after `moment`; None when they did not."""
    since = ticket.messages.filter(is_staff=False, sent_at__gt=moment).order_by("position")
    return since.values_list("sent_at", flat=True).first()
