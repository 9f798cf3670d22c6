"""How what happens at the desk reads to the person who is told of it (see community/notices/notifiables.py).

A ticket's customer reads of it as theirs, whoever else they are; everybody else as work.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.mails.letters import isolated
from community.models import User
from community.notices.notifiables import Shown
from support.models import SlaClock, Status, Ticket, TicketCc, TicketEvent
from support.notices.fanout import KIND
from support.notices.saying import first_words, name_of

Kind = TicketEvent.Kind
#: By reason: in the inbox, by mail.
BECAUSE: Mapping[str, tuple[Promise, Promise]] = {
    "requested": (gettext_lazy("Because it is your ticket"), gettext_lazy("You get this because you wrote to us.")),
    "in_copy": (
        gettext_lazy("Because you are in copy"),
        gettext_lazy("You get this because somebody put you in copy."),
    ),
    "assigned": (gettext_lazy("Because it is yours"), gettext_lazy("You get this because this ticket is yours.")),
    "queue": (
        gettext_lazy("Because it waits in a queue of yours"),
        gettext_lazy("You get this because you work on this queue, and the ticket is nobody's yet."),
    ),
}
#: What customers are told of.
OWN = frozenset(
    {
        *(Kind.OPENED, Kind.WROTE, Kind.REPLIED, Kind.RESOLVED, Kind.REOPENED, Kind.CLOSED, Kind.MERGED),
        *(Kind.COPIED, Kind.GAVE_BACK),
    }
)
#: What those in copy are told of.
IN_COPY = frozenset({Kind.WROTE, Kind.REPLIED, Kind.RESOLVED, Kind.COPIED})
#: What those are told of who work on it.
AT_WORK = frozenset(
    {
        *(Kind.OPENED, Kind.RETURNED, Kind.ASSIGNED, Kind.WROTE, Kind.REOPENED, Kind.WOKEN, Kind.WARNED),
        *(Kind.BREACHED, Kind.SOLVED_BY_PEERS),
    }
)


def show_ticket_events(ids: Iterable[int], reader: User) -> dict[int, Shown]:
    """Event id -> what to show, of tickets that are the reader's own or their work now. One query."""
    found = TicketEvent.objects.filter(pk__in=list(ids)).select_related(
        "ticket__queue", "ticket__requester", "actor", "message__author"
    )
    ticket = OuterRef("ticket_id")
    in_copy = TicketCc.objects.filter(ticket=ticket, person=reader)
    own = Q(ticket__requester=reader) | Q(Exists(in_copy))
    told = Q(ticket__requester=reader, kind__in=OWN) | Q(Exists(in_copy), kind__in=IN_COPY)
    found = found.filter(
        Q(Exists(Ticket.objects.of_customer(reader).filter(pk=ticket)), told)
        | Q(Exists(Ticket.objects.worked_by(reader).filter(pk=ticket)), ~own, kind__in=AT_WORK)
    )
    shown = {}
    for event in found.annotate(is_in_copy=Exists(in_copy)):
        is_own = event.ticket.requester_id == reader.pk or event.is_in_copy
        shown[event.pk] = show_event(event, reader, is_own=is_own)
    return shown


def show_event(event: TicketEvent, reader: User, *, is_own: bool) -> Shown:
    """What one event says: to whose ticket it is, or to those whose work it is. No query when all is loaded."""
    ticket, message = event.ticket, event.message
    url = ticket.get_absolute_url() if is_own else reverse("desk_ticket", args=[ticket.pk])
    return Shown(
        sentence=(told_own if is_own else _told_at_work)(event, reader),
        title=ticket.subject,
        url=url,
        happened_at=event.occurred_at,
        actor=event.actor.display_name if event.actor else "",
        kind=kind_of(event.kind, is_own=is_own),
        actor_id=event.actor_id,
        about=f"ticket-{ticket.pk}",
        note=first_words(message) if message else "",
        because=BECAUSE,
        is_over=not is_own and _is_over(event, reader),
    )


def kind_of(kind: str, *, is_own: bool) -> str:
    """`Shown.kind`: what happens to tickets has the names of what happens to questions."""
    return f"{'ticket' if is_own else 'desk'}:{kind}"


def told_own(event: TicketEvent, reader: User) -> str:
    """What happened, to those whose ticket it is."""
    is_mine = event.ticket.requester_id == reader.pk
    sentences: dict[str, Any] = {
        Kind.OPENED: _("%(actor)s opened a ticket for you"),
        Kind.WROTE: _("%(actor)s wrote in your ticket") if is_mine else _("%(actor)s wrote"),
        Kind.REPLIED: _("%(actor)s replied to you") if is_mine else _("%(actor)s replied"),
        Kind.RESOLVED: _("Your ticket is resolved") if is_mine else _("A ticket is resolved"),
        Kind.REOPENED: _("Your ticket is open again"),
        Kind.CLOSED: _("Your ticket is closed"),
        Kind.MERGED: _("Two of your tickets are one now"),
        Kind.COPIED: _("%(actor)s put you in copy"),
        Kind.GAVE_BACK: _("Your question is with the community again"),
    }
    return str(sentences[event.kind]) % {"actor": name_of(event.actor)}


def _told_at_work(event: TicketEvent, reader: User) -> str:
    sentences: dict[str, Any] = {
        Kind.OPENED: _("New in %(queue)s"),
        Kind.RETURNED: _("Back in %(queue)s, unanswered"),
        Kind.ASSIGNED: _("%(actor)s gave it to you") if event.actor_id else _("It is your turn"),
        Kind.WROTE: _("%(actor)s wrote"),
        Kind.REOPENED: _("%(actor)s opened it again"),
        Kind.WOKEN: _("It is time to look at it again"),
        Kind.SOLVED_BY_PEERS: _("The community solved it"),
    }
    told = sentences.get(event.kind) or _PROMISES[Kind(event.kind), SlaClock.Kind(event.promise or "first_reply")]
    return str(told) % {"actor": name_of(event.actor), "queue": isolated(event.ticket.queue.name)}


_PROMISES = {
    (Kind.WARNED, SlaClock.Kind.FIRST_REPLY): gettext_lazy("The first reply is nearly due"),
    (Kind.WARNED, SlaClock.Kind.NEXT_REPLY): gettext_lazy("A reply is nearly due"),
    (Kind.WARNED, SlaClock.Kind.SOLUTION): gettext_lazy("A solution is nearly due"),
    (Kind.BREACHED, SlaClock.Kind.FIRST_REPLY): gettext_lazy("The first reply is overdue"),
    (Kind.BREACHED, SlaClock.Kind.NEXT_REPLY): gettext_lazy("A reply is overdue"),
    (Kind.BREACHED, SlaClock.Kind.SOLUTION): gettext_lazy("A solution is overdue"),
}


def _is_over(event: TicketEvent, reader: User) -> bool:
    """Whether what it calls for was done meanwhile, or is somebody else's by now."""
    ticket = event.ticket
    if not ticket.is_undone or ticket.assignee_id not in (None, reader.pk):
        return True
    if event.kind in (Kind.OPENED, Kind.RETURNED):
        return ticket.assignee_id is not None
    if event.kind == Kind.WOKEN:
        return ticket.status != Status.OPEN
    if event.kind == Kind.WROTE or event.promise == SlaClock.Kind.NEXT_REPLY:
        return ticket.customer_waits_since is None
    if event.promise == SlaClock.Kind.FIRST_REPLY:
        return ticket.first_replied_at is not None
    return False


NOTIFIABLES: dict[str, Callable[[Iterable[int], User], dict[int, Shown]]] = {KIND: show_ticket_events}
