"""Two tickets about one matter become one, or messages about another matter become a ticket of their own.

Messages stand in another place then, and their files with them; notes and private details stay where they were given.
Taken back, everything stands where it stood; what was written meanwhile stays with the ticket that lives on. Tickets
are locked in the order of their ids, their questions before them.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from community import clock
from community.actions.record import record_audit
from community.errors import NotThere, Refused
from community.models import Thread, User
from support.actions.ending import before_resolving, end
from support.actions.record import lock_work, record_ticket_event
from support.actions.tickets import begin, compose_subject, undone_of
from support.actions.upkeep import settle
from support.models import (
    Escalation,
    MovedMessage,
    PendingReply,
    Status,
    Ticket,
    TicketAttachment,
    TicketCc,
    TicketEvent,
    TicketMessage,
    TicketRegrouping,
)

Kind = TicketEvent.Kind
#: Where messages stand while others take their places: the database lets no two of a ticket have one.
_ASIDE = 1_000_000_000
_MOMENTS = ("customer_waits_since", "held_until", "returns_at", "resolved_at", "closes_at", "closed_at", "assigned_at")


@transaction.atomic
def merge(*, actor: User, ticket_id: int, into_id: int, reason: str = "") -> TicketRegrouping:
    """The first ticket's messages stand at the end of the second one's from now on, and it is closed.

    Refused for tickets of two customers, for one that is done, for other people in copy (what was written before some
    eyes would show to others), and while a reply is about to leave or the community waits for a word.
    """
    ticket, target = _lock_both(actor, ticket_id, into_id)
    _ask_whether_mergeable(ticket, target)
    before_resolving(ticket=ticket)
    done = TicketRegrouping.objects.create(
        kind=TicketRegrouping.Kind.MERGE,
        ticket=ticket,
        target=target,
        done_by=actor,
        done_at=clock.now(),
        was={"ticket": _facts(ticket), "target": _facts(target)},
    )
    messages = list(ticket.messages.order_by("position"))
    _carry(done, messages, target, after=target.last_position)
    now, waits = clock.now(), ticket.customer_waits_since
    end(actor=actor, ticket=ticket, how=Escalation.End.CLOSED)
    record_ticket_event(
        Kind.MERGED,
        actor=actor,
        ticket=ticket,
        other=target,
        **_over(now, ticket),
        merged_into=target,
        last_position=0,
    )
    settle(ticket)
    record_ticket_event(
        Kind.TOOK_IN,
        actor=actor,
        ticket=target,
        other=ticket,
        last_position=target.last_position + len(messages),
        **_waits_for(target, waits),
    )
    settle(target)
    record_audit("merged_ticket", actor=actor, target=ticket, note=reason)
    return done


@transaction.atomic
def split(
    *, actor: User, ticket_id: int, message_ids: Sequence[int], subject: str = "", reason: str = ""
) -> TicketRegrouping:
    """These messages become a new ticket of the same customer, in the same queue, with the same people in copy.

    Refused where nothing would be left, or nothing taken, and of a ticket that is closed.
    """
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if ticket.status == Status.CLOSED:
        raise Refused(_("This ticket is closed for good."))
    moving = list(ticket.messages.filter(pk__in=message_ids).order_by("position"))
    staying = list(ticket.messages.exclude(pk__in=[each.pk for each in moving]).order_by("position"))
    if not moving or not staying:
        raise Refused(_("Choose some of the messages, but not all of them."))
    fresh = _beside(ticket, compose_subject(subject or ticket.subject))
    begin(fresh, actor=actor, author=ticket.requester, composed=None, other=ticket)
    TicketCc.objects.bulk_create(
        TicketCc(ticket=fresh, person_id=each.person_id, added_by_id=each.added_by_id) for each in ticket.ccs.all()
    )
    was = {"ticket": _facts(ticket), "target": {}}
    done = TicketRegrouping.objects.create(
        kind=TicketRegrouping.Kind.SPLIT, ticket=ticket, target=fresh, done_by=actor, done_at=clock.now(), was=was
    )
    _carry(done, moving, fresh, after=0)
    _number(staying)
    waits = ticket.customer_waits_since
    record_ticket_event(
        Kind.SPLIT_FROM,
        actor=actor,
        ticket=fresh,
        other=ticket,
        last_position=len(moving),
        customer_waits_since=_waits_since(moving) if waits else None,
    )
    settle(fresh)
    record_ticket_event(
        Kind.SPLIT,
        actor=actor,
        ticket=ticket,
        other=fresh,
        last_position=len(staying),
        customer_waits_since=_waits_since(staying) if waits else None,
    )
    settle(ticket)
    record_audit("split_ticket", actor=actor, target=ticket, note=reason)
    return done


@transaction.atomic
def undo(*, actor: User, regrouping_id: int, reason: str = "") -> TicketRegrouping:
    """Everything stands where it stood. Twice is once.

    Refused while messages have moved on from there, and where another ticket about the same question is open now.
    """
    found = TicketRegrouping.objects.filter(pk=regrouping_id).first()
    if found is None:
        raise NotThere(_("There is no such merge."))
    ticket, target = _lock_both(actor, found.ticket_id, found.target_id)
    done = TicketRegrouping.objects.select_for_update().get(pk=found.pk)
    if done.undone_at is not None:
        return done
    moved = list(done.moved.select_related("message").order_by("was_position"))
    if any(each.message.ticket_id != target.pk for each in moved) or _was_moved_later(done, target):
        raise Refused(_("Some of these messages have moved on since. Take that back first."))
    if PendingReply.objects.filter(ticket__in=[ticket, target]).exists():
        raise Refused(_("A reply is about to leave. Try again in a few seconds."))
    done.undone_at, done.undone_by = clock.now(), actor
    done.save(update_fields=["undone_at", "undone_by"])
    if done.kind == TicketRegrouping.Kind.MERGE:
        _unmerge(done, moved, ticket, target, actor)
    else:
        _unsplit(done, moved, ticket, target, actor)
    record_audit("undid_ticket_regrouping", actor=actor, target=ticket, note=reason)
    return done


# Taking back ----------------------------------------------------------------------------------------------------------
def _unmerge(done: TicketRegrouping, moved: list[MovedMessage], ticket: Ticket, target: Ticket, actor: User) -> None:
    was = done.was["ticket"]
    if was["status"] != Status.RESOLVED and ticket.thread and undone_of(ticket.thread, ticket.requester):
        raise Refused(_("There is a newer ticket about the same question. Go on there."))
    _put_back(moved, ticket)
    left = list(target.messages.order_by("position"))
    _number(left)
    record_ticket_event(
        Kind.UNMERGED, actor=actor, ticket=ticket, other=target, **_restored(was), last_position=len(moved)
    )
    settle(ticket)
    # What came of it since belongs to the ticket that lived on; only what the merge itself changed goes back.
    before, changes = done.was["target"], {}
    if _last_change(target) == (Kind.TOOK_IN, ticket.pk):
        changes = _restored(before)
    elif target.is_undone and target.customer_waits_since is not None:
        changes = {"customer_waits_since": _waits_since(left) or target.customer_waits_since}
    record_ticket_event(
        Kind.UNMERGED, actor=actor, ticket=target, other=ticket, **(changes | {"last_position": len(left)})
    )
    settle(target)


def _unsplit(done: TicketRegrouping, moved: list[MovedMessage], ticket: Ticket, target: Ticket, actor: User) -> None:
    later = list(target.messages.exclude(pk__in=[each.message_id for each in moved]).order_by("position"))
    standing = list(ticket.messages.order_by("position"))
    places: dict[int, TicketMessage] = {each.was_position: each.message for each in moved}
    free = (place for place in range(1, len(standing) + len(moved) + 1) if place not in places)
    places |= dict(zip(free, standing, strict=False))
    ordered = [places[place] for place in sorted(places)] + later
    _move_files([*(each.message for each in moved), *later], ticket)
    _number(ordered, ticket)
    waits = min(filter(None, [ticket.customer_waits_since, target.customer_waits_since]), default=None)
    record_ticket_event(
        Kind.MERGED,
        actor=actor,
        ticket=target,
        other=ticket,
        **_over(clock.now(), target),
        merged_into=ticket,
        last_position=0,
    )
    settle(target)
    changes = _waits_for(ticket, waits) if ticket.is_undone else {}
    record_ticket_event(Kind.TOOK_IN, actor=actor, ticket=ticket, other=target, last_position=len(ordered), **changes)
    settle(ticket)


def _was_moved_later(done: TicketRegrouping, target: Ticket) -> bool:
    """Whether another merge or split that is in force changed the places of the target since."""
    later = TicketRegrouping.objects.filter(pk__gt=done.pk, undone_at=None)
    return later.filter(ticket=target).exists() or later.filter(target=target, ticket=done.ticket).exists()


def _last_change(ticket: Ticket) -> tuple[str, int | None]:
    last = ticket.events.exclude(kind__in=[Kind.NOTED, Kind.RETAGGED, Kind.WARNED, Kind.BREACHED]).latest("pk")
    return last.kind, last.other_id


# Places ---------------------------------------------------------------------------------------------------------------
def _carry(done: TicketRegrouping, messages: list[TicketMessage], target: Ticket, *, after: int) -> None:
    """Put the messages, in their order, behind the target's first `after` ones."""
    MovedMessage.objects.bulk_create(
        MovedMessage(regrouping=done, message=each, was_position=each.position) for each in messages
    )
    _move_files(messages, target)
    _number(messages, target, after=after)


def _put_back(moved: list[MovedMessage], ticket: Ticket) -> None:
    messages = [each.message for each in moved]
    _move_files(messages, ticket)
    _number(messages, ticket)


def _number(messages: list[TicketMessage], ticket: Ticket | None = None, *, after: int = 0) -> None:
    """Dense places in this order, in `ticket` where they come into another one."""
    # Of two that change places, the database sees one first: all step aside before they take their places.
    TicketMessage.objects.filter(pk__in=[each.pk for each in messages]).update(position=F("position") + _ASIDE)
    for place, each in enumerate(messages, after + 1):
        each.position = place
        if ticket is not None:
            each.ticket = ticket
    TicketMessage.objects.bulk_update(messages, ["position", "ticket"], batch_size=500)


def _move_files(messages: Iterable[TicketMessage], ticket: Ticket) -> None:
    TicketAttachment.objects.filter(message__in=list(messages)).update(ticket=ticket)


# Facts ----------------------------------------------------------------------------------------------------------------
def _lock_both(actor: User, ticket_id: int, other_id: int) -> tuple[Ticket, Ticket]:
    """Both tickets, their questions first, everything in the order of ids."""
    if ticket_id == other_id:
        raise Refused(_("A ticket cannot be merged into itself."))
    named = Ticket.objects.filter(pk__in=[ticket_id, other_id]).values("thread")
    list(Thread.objects.filter(pk__in=named).order_by("pk").select_for_update(no_key=True).values_list("pk"))
    locked = {pk: lock_work(actor=actor, ticket_id=pk) for pk in sorted([ticket_id, other_id])}
    return locked[ticket_id], locked[other_id]


def _ask_whether_mergeable(ticket: Ticket, target: Ticket) -> None:
    if ticket.requester_id != target.requester_id:
        raise Refused(_("These tickets belong to different customers: one would read what the other wrote."))
    if ticket.status == Status.CLOSED or not target.is_undone:
        raise Refused(_("One of them is done. Reopen it first."))
    if _copies(ticket) != _copies(target):
        raise Refused(_("Not the same people are in copy of both: what some may read would show to others."))
    if PendingReply.objects.filter(ticket__in=[ticket, target]).exists():
        raise Refused(_("A reply is about to leave. Try again in a few seconds."))


def _copies(ticket: Ticket) -> set[int]:
    return set(ticket.ccs.values_list("person_id", flat=True))


def _beside(ticket: Ticket, subject: str) -> Ticket:
    return Ticket(
        subject=subject,
        requester=ticket.requester,
        queue=ticket.queue,
        board=ticket.board,
        channel=ticket.channel,
        priority=ticket.priority,
        language=ticket.language,
        product_version=ticket.product_version,
        is_simulated=ticket.is_simulated,
    )


def _over(now: datetime, ticket: Ticket) -> dict[str, Any]:
    """The columns of a ticket that lives on in another one."""
    nobody = {"customer_waits_since": None, "held_until": None, "returns_at": None, "closes_at": None}
    return nobody | {"status": Status.CLOSED, "resolved_at": ticket.resolved_at or now, "closed_at": now}


def _waits_for(ticket: Ticket, waits: datetime | None) -> dict[str, Any]:
    """A customer who waited in the one waits in the other: it is opened by that, as by their word."""
    if waits is None:
        return {}
    since = min(filter(None, [ticket.customer_waits_since, waits]))
    changes: dict[str, Any] = {"customer_waits_since": since}
    if ticket.status in (Status.WAITING, Status.ON_HOLD):
        changes |= {"status": Status.OPEN, "held_until": None}
    return changes


def _waits_since(messages: list[TicketMessage]) -> datetime | None:
    """The customer's first word after staff's last one."""
    since = None
    for each in messages:
        since = None if each.is_staff else since or each.sent_at
    return since


def _facts(ticket: Ticket) -> dict[str, Any]:
    """What a merge changes, in words that JSON knows."""
    moments = {name: getattr(ticket, name) for name in _MOMENTS}
    kept = {name: moment.isoformat() if moment else None for name, moment in moments.items()}
    return kept | {"status": ticket.status, "assignee": ticket.assignee_id}


def _restored(was: dict[str, Any]) -> dict[str, Any]:
    """The columns as they were; what should have woken or closed meanwhile does so at the worker's next turn."""
    changes: dict[str, Any] = {name: parse_datetime(was[name]) if was[name] else None for name in _MOMENTS}
    return changes | {"status": was["status"], "assignee_id": was["assignee"], "merged_into": None}
