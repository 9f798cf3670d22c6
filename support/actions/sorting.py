"""Where a ticket belongs: its queue, priority and tags, and who reads along."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock
from community.actions.record import record_audit
from community.actions.tags import MAX_TAG_LENGTH, tag_slug
from community.content.text import BadText, clean_text
from community.content.text import key as key_of
from community.errors import NotAllowed, Refused
from community.models import User
from community.permissions import is_member
from support import permissions
from support.actions.record import lock_ticket, lock_work, record_ticket_event
from support.actions.upkeep import settle
from support.models import Priority, Queue, Ticket, TicketCc, TicketEvent, TicketTag

Kind = TicketEvent.Kind
MAX_TAGS = 20
MAX_COPIES = 20


@transaction.atomic
def set_queue(*, actor: User, ticket_id: int, queue_id: int, reason: str = "") -> Ticket:
    """Bring it into another queue. Who has it keeps it, unless that queue belongs to a team they are not in."""
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if ticket.queue_id == queue_id:
        return ticket
    queue = Queue.objects.filter(pk=queue_id, archived_at=None).first()
    if queue is None:
        raise Refused(_("There is no such queue."))
    changes: dict[str, Any] = {"queue_id": queue.pk}
    if ticket.assignee_id is not None and not _may_keep(ticket.assignee_id, queue):
        changes |= {"assignee": None, "assigned_at": None, "returns_at": None}
    record_ticket_event(Kind.MOVED, actor=actor, ticket=ticket, person=ticket.assignee, queue=queue, **changes)
    ticket.queue = queue
    record_audit("moved_ticket", actor=actor, target=ticket, note=reason)
    settle(ticket)
    return ticket


def _may_keep(person_id: int, queue: Queue) -> bool:
    return queue.team is None or queue.team.members.filter(person=person_id).exists()


@transaction.atomic
def set_priority(*, actor: User, ticket_id: int, priority: Priority, reason: str = "") -> Ticket:
    """How urgent it is; its promises follow."""
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if priority not in Priority.values:
        raise Refused(_("There is no such priority."))
    if ticket.priority == priority:
        return ticket
    record_ticket_event(Kind.PRIORITISED, actor=actor, ticket=ticket, priority=priority)
    record_audit("prioritised_ticket", actor=actor, target=ticket, note=reason)
    settle(ticket)
    return ticket


@transaction.atomic
def retag(
    *,
    actor: User,
    ticket_id: int,
    tags: Iterable[str] | None = None,
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
    reason: str = "",
) -> Ticket:
    """Let it carry exactly `tags`; without them, what it carries with `add` and without `remove`."""
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    before = {key_of(each.name): each.name for each in ticket.tags.all()}
    wanted = _words(tags) if tags is not None else (before | _words(add))
    gone = _words(remove)
    wanted = {key: word for key, word in wanted.items() if key not in gone}
    if wanted.keys() == before.keys():
        return ticket
    if len(wanted) > MAX_TAGS:
        raise Refused(_("At most %(most)d tags, please.") % {"most": MAX_TAGS})
    ticket.tagged.exclude(tag__in=(rows := _rows(wanted))).delete()
    there = set(ticket.tagged.values_list("tag_id", flat=True))
    ticket.tagged.bulk_create(
        ticket.tagged.model(content_object=ticket, tag=row) for row in rows if row.pk not in there
    )
    record_ticket_event(Kind.RETAGGED, actor=actor, ticket=ticket)
    record_audit("retagged_ticket", actor=actor, target=ticket, note=reason)
    return ticket


def _words(tags: Iterable[str]) -> dict[str, str]:
    """The tags by their key, cleaned."""
    try:
        cleaned = [" ".join(clean_text(word).split()) for word in tags]
    except BadText as error:
        raise Refused(str(error)) from error
    if any(len(word) > MAX_TAG_LENGTH for word in cleaned):
        raise Refused(_("A tag has at most %(most)d characters.") % {"most": MAX_TAG_LENGTH})
    by_key: dict[str, str] = {}
    for word in cleaned:
        if word:
            by_key.setdefault(key_of(word), word)
    return by_key


def _rows(wanted: dict[str, str]) -> list[TicketTag]:
    """Their rows, made where missing; known by what they are called in addresses, which follows from the key."""
    slugs = {tag_slug(key): word for key, word in wanted.items()}
    TicketTag.objects.bulk_create(
        [TicketTag(name=word, slug=slug) for slug, word in slugs.items()], ignore_conflicts=True
    )
    return list(TicketTag.objects.filter(slug__in=slugs))


@transaction.atomic
def add_copy(*, actor: User, ticket_id: int, person: User, reason: str = "") -> Ticket:
    """Somebody reads along and may write: those who work on it say so, and the customer who asked. Twice is once."""
    ticket = _lock_to_copy(actor=actor, ticket_id=ticket_id)
    if not is_member(person):
        raise Refused(_("There is no such person."))
    if person.pk == ticket.requester_id:
        raise Refused(_("It is their own ticket."))
    if ticket.ccs.filter(person=person).exists():
        return ticket
    if ticket.ccs.count() >= MAX_COPIES:
        raise Refused(_("At most %(most)d people in copy, please.") % {"most": MAX_COPIES})
    TicketCc.objects.create(ticket=ticket, person=person, added_by=actor, added_at=clock.now())
    return _copied(Kind.COPIED, actor, ticket, person, reason)


@transaction.atomic
def remove_copy(*, actor: User, ticket_id: int, person: User, reason: str = "") -> Ticket:
    """They no longer read along: said by the same, and by whoever is in copy of themselves. Twice is once."""
    lock = lock_ticket if actor.pk == person.pk else _lock_to_copy
    ticket = lock(actor=actor, ticket_id=ticket_id)
    if not ticket.ccs.filter(person=person).delete()[0]:
        return ticket
    return _copied(Kind.UNCOPIED, actor, ticket, person, reason)


def _lock_to_copy(*, actor: User, ticket_id: int) -> Ticket:
    ticket = lock_ticket(actor=actor, ticket_id=ticket_id)
    if not permissions.is_requester(actor, ticket) and not permissions.can_work_on(actor, ticket):
        raise NotAllowed(_("Only whoever asked can change who reads along."))
    return ticket


def _copied(kind: TicketEvent.Kind, actor: User, ticket: Ticket, person: User, reason: str) -> Ticket:
    record_ticket_event(kind, actor=actor, ticket=ticket, person=person)
    if actor.pk not in (ticket.requester_id, person.pk):
        record_audit(f"ticket_{kind}", actor=actor, target=ticket, note=reason)
    return ticket
