"""How a ticket begins, whoever opens it and by whatever door."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock
from community.actions.compose import MAX_TITLE, Composed, compose_body, compose_line
from community.actions.limits import spend
from community.actions.record import MAX_ID, record_audit
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import Board, FormSession, Thread, User
from community.permissions import is_member, is_staff
from support import permissions
from support.actions.record import record_ticket_event
from support.actions.upkeep import return_moment, settle
from support.actions.writing import append, said_before
from support.models import (
    UNDONE,
    BoardDesk,
    Channel,
    Priority,
    PrivateField,
    Queue,
    Ticket,
    TicketEvent,
    TicketMessage,
    TicketValue,
)

Kind = TicketEvent.Kind
MAX_VALUE = 200


@transaction.atomic
def open_ticket(
    *,
    actor: User | None,
    requester: User,
    subject: str,
    body: str,
    channel: Channel,
    board: Board | None = None,
    thread: Thread | None = None,
    queue: Queue | None = None,
    priority: Priority = Priority.NORMAL,
    product_version: str = "",
    language: str = "",
    values: Mapping[int, str] | None = None,
    files: Sequence[int] = (),
    form_session: FormSession | None = None,
    author: User | None = None,
    key: str = "",
    simulated: bool = False,
) -> tuple[Ticket, bool]:
    """Begin a ticket for `requester`; returns it, and whether it is new.

    `actor` is None for a policy; it is the requester, or staff: agents for anybody, moderators with a question alone.
    A ticket that names a `thread` is the only undone one of that thread and requester: the second press lands on the
    first one's ticket, where what is written goes too. `body` may be empty where a thread says it. `author` wrote the
    first message, the requester unless told otherwise. `values` are private details by the number of their field.
    The same `key` twice returns the ticket made the first time. Refused for text that cannot be stored, NotThere for a
    thread the actor does not see, NotAllowed for whoever may not, TooOften beyond what one may write.
    """
    _ask_whether_may(actor, requester, thread)
    composed = compose_body(body) if body.strip() or thread is None else None
    writer = author or requester
    if (before := said_before(author=writer, key=key)) is not None:
        return before.ticket, False
    if thread is not None:
        thread = _lock_named(actor, thread.pk)
        standing = undone_of(thread, requester)
        if standing is not None:
            _say_there(standing, writer, composed, files, key)
            _keep_values(standing, values)
            return standing, False
    if actor is not None and actor.pk == requester.pk:
        spend(what="contact", actor=actor)
    board = board or (thread.board if thread else None)
    ticket = Ticket(
        subject=compose_subject(subject, thread),
        requester=requester,
        queue=queue or queue_of(board),
        board=board,
        thread=thread,
        channel=channel,
        form_session=form_session,
        priority=priority,
        language=language or (thread.language if thread else "") or requester.language,
        product_version=compose_line(product_version or (thread.product_version if thread else "")),
        is_simulated=simulated,
    )
    begin(ticket, actor=actor, author=writer, composed=composed, files=files, key=key)
    _keep_values(ticket, values)
    if actor is not None and actor.pk != requester.pk:
        record_audit("opened_ticket", actor=actor, target=ticket)
    return ticket, True


def begin(
    ticket: Ticket,
    *,
    actor: User | None,
    author: User,
    composed: Composed | None,
    files: Sequence[int] = (),
    other: Ticket | None = None,
    key: str = "",
) -> TicketMessage | None:
    """Store a new ticket with its first message, and that it was opened; `other` is the one it goes on from.

    Its customer waits from now on, unless staff have the first word.
    """
    now = clock.now()
    by_staff = author.pk != ticket.requester_id and permissions.can_work_at_desk(author)
    ticket.opened_at = ticket.last_activity_at = now
    ticket.customer_waits_since = None if by_staff else now
    ticket.save(force_insert=True)
    message = None
    changes: dict[str, Any] = {}
    if composed is not None:
        message = append(ticket=ticket, author=author, composed=composed, is_staff=by_staff, files=files, key=key)
        changes = {"last_position": message.position}
    record_ticket_event(Kind.OPENED, actor=actor, ticket=ticket, message=message, other=other, **changes)
    settle(ticket)
    return message


def undone_of(thread: Thread, requester: User, *, but: int | None = None) -> Ticket | None:
    """The one undone ticket of this question and requester, locked; `but` is left out. Holds the thread's lock."""
    same = Ticket.objects.filter(thread=thread, requester=requester, status__in=UNDONE)
    if but is not None:
        same = same.exclude(pk=but)
    return same.select_related("queue").select_for_update(no_key=True, of=("self",)).first()


def take_word(ticket: Ticket, *, author: User, message: TicketMessage) -> None:
    """The customer's side said something on an undone ticket: it is open, and they wait since their first such word."""
    changes: dict[str, Any] = {"last_position": message.position}
    if ticket.status != Ticket.Status.NEW:
        changes |= {"status": Ticket.Status.OPEN, "held_until": None}
    changes["customer_waits_since"] = ticket.customer_waits_since or clock.now()
    if ticket.assignee_id is not None and ticket.returns_at is None:
        changes["returns_at"] = return_moment(ticket)
    record_ticket_event(Kind.WROTE, actor=author, ticket=ticket, message=message, **changes)
    settle(ticket)


def queue_of(board: Board | None) -> Queue:
    """Where tickets of this board go."""
    if board is not None:
        own = BoardDesk.objects.filter(board=board, queue__archived_at=None).select_related("queue").first()
        if own is not None:
            return own.queue
    return Queue.objects.get(is_default=True)


def compose_subject(source: str, thread: Thread | None = None) -> str:
    """One clean line; the question's title where nothing is said. Refused when it is empty, too long or not text."""
    try:
        subject = " ".join(clean_text(source).split()) or (thread.title if thread else "")
    except BadText as error:
        raise Refused(str(error)) from error
    if not subject:
        raise Refused(_("Please say in a few words what it is about."))
    if len(subject) > MAX_TITLE:
        raise Refused(_("This subject is too long: at most %(most)d characters.") % {"most": MAX_TITLE})
    return subject


def _ask_whether_may(actor: User | None, requester: User, thread: Thread | None) -> None:
    if requester.anonymised_at is not None:
        raise Refused(_("This account was closed."))
    if actor is None or permissions.can_work_at_desk(actor) or (is_staff(actor) and thread is not None):
        return
    if actor.pk != requester.pk or not is_member(actor):
        raise NotAllowed(_("Sign in to write to us."))


def _lock_named(actor: User | None, thread_id: int) -> Thread:
    """The question, locked, if the actor sees it."""
    seen = Thread.objects.all() if actor is None else Thread.objects.visible_to(actor)
    if 0 < thread_id <= MAX_ID:
        for thread in seen.filter(pk=thread_id).select_related("board").select_for_update(no_key=True, of=("self",)):
            return thread
    raise NotThere(_("There is no such question."))


def _say_there(ticket: Ticket, author: User, composed: Composed | None, files: Sequence[int], key: str) -> None:
    """What was written with the second press; the same words twice stand once."""
    if composed is None or ticket.messages.filter(author=author, body=composed.body).exists():
        return
    by_staff = author.pk != ticket.requester_id and permissions.can_work_at_desk(author)
    message = append(ticket=ticket, author=author, composed=composed, is_staff=by_staff, files=files, key=key)
    if by_staff:
        record_ticket_event(Kind.REPLIED, actor=author, ticket=ticket, message=message, last_position=message.position)
        return
    take_word(ticket, author=author, message=message)


def _keep_values(ticket: Ticket, values: Mapping[int, str] | None) -> None:
    """The private details that were given, of fields that are asked for here."""
    given = {number: compose_line(value, most=MAX_VALUE) for number, value in (values or {}).items()}
    given = {number: value for number, value in given.items() if value}
    if not given:
        return
    known = PrivateField.objects.filter(pk__in=given, archived_at=None)
    for field in known:
        if field.board_id in (None, ticket.board_id):
            TicketValue.objects.update_or_create(ticket=ticket, field=field, defaults={"value": given[field.pk]})
