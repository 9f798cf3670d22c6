"""A ticket as those see it who work on it: what was said and done, in order, and the customer beside it.

Everything is read in a number of statements that does not depend on how much there is. Notes stand in a table of their
own and are read here and nowhere else.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from community import clock
from community.actions.record import MAX_ID
from community.errors import NotThere
from community.models import AuditNote, SuggestionEvent, Thread, User
from support.models import (
    Escalation,
    PendingReply,
    TaggedTicket,
    Ticket,
    TicketAttachment,
    TicketCc,
    TicketDraft,
    TicketEvent,
    TicketMessage,
    TicketNote,
    TicketPresence,
    TicketRating,
    TicketRegrouping,
    TicketValue,
)
from support.reading.entitled import entitled, supported
from support.reading.mailed import mails_of

#: So many of each kind a page shows, the newest; what was before is a press away (`?until=`).
SHOWN = 60
#: Of the customer's other matters.
BESIDE = 5
#: A sign of looking or typing holds for so many seconds.
LOOKS_FOR, TYPES_FOR = 60, 12
DAY = timedelta(days=1)

Kind = TicketEvent.Kind
#: What the words beside say already.
_SAID = (Kind.WROTE, Kind.REPLIED, Kind.NOTED)


@dataclass(frozen=True)
class Entry:
    """One thing on the ticket's line of time. kind: message, note, event or pending."""

    kind: str
    at: datetime
    id: str
    row: Any
    words: str = ""
    files: list[dict[str, Any]] = field(default_factory=list)
    #: of a message that came by mail: that mail, with the `words` that were cut (reading/mailed.py)
    mail: Any = None


@dataclass(frozen=True)
class Customer:
    """Who asks, and what is known of them here."""

    person: User
    threads: list[dict[str, Any]]
    thread_count: int
    tickets: list[dict[str, Any]]
    ticket_count: int
    rating: dict[str, Any] | None
    read: list[Thread]
    tried: list[int]
    is_entitled: bool
    is_supported: bool


def _json(rows: QuerySet[Any], **names: Any) -> ArraySubquery:
    return ArraySubquery(rows.values(row=JSONObject(**names)))


def find(user: User, ticket_id: int) -> Ticket:
    """The ticket with all that stands around its words; NotThere for whoever does not work on it. One statement."""
    found = (
        Ticket.objects.worked_by(user)
        .filter(pk=ticket_id if 0 < ticket_id <= MAX_ID else 0)
        .select_related("requester", "assignee", "queue", "board", "thread", "carried", "merged_into")
        .annotate(**_written(user), **_standing(user, ticket_id), **_rights())
    )
    for ticket in found:
        return ticket
    raise NotThere(_("There is no such ticket."))


def _written(user: User) -> dict[str, Any]:
    """One's own drafts, and replies that are about to leave."""
    this = {"ticket": OuterRef("pk")}
    drafts = TicketDraft.objects.filter(**this, author=user)
    leaving = ("author", "author_id"), ("name", "author__display_name"), ("status", "then_status")
    columns = {"id": "pk", "body": "body", "sent_at": "sent_at", "leaves_at": "leaves_at", **dict(leaving)}
    return {
        "my_drafts": _json(drafts, kind="kind", body="body", saved_at="saved_at"),
        "pending_replies": _json(PendingReply.objects.filter(**this).order_by("sent_at"), **columns),
    }


def _standing(user: User, ticket_id: int) -> dict[str, Any]:
    """Tags, copies, private details, who else is here, what can be undone, what was read before."""
    this = {"ticket": OuterRef("pk")}
    tags = TaggedTicket.objects.filter(content_object=OuterRef("pk")).order_by("pk")
    values = TicketValue.objects.filter(**this).order_by("field__position", "pk")
    moves = TicketRegrouping.objects.filter(Q(ticket=OuterRef("pk")) | Q(target=OuterRef("pk")), undone_at__isnull=True)
    opened = SuggestionEvent.objects.filter(session=OuterRef("form_session"), kind=SuggestionEvent.Kind.OPENED)
    return {
        "tag_names": ArraySubquery(tags.values("tag__name")),
        "copies": _json(TicketCc.objects.filter(**this).order_by("pk"), id="person_id", name="person__display_name"),
        "private": _json(values, label="field__label", value="value"),
        "around": _json(_others_at(user, ticket_id), name="person__display_name", typed_at="typed_at"),
        "undoable": _json(moves.order_by("-pk")[:1], id="pk", kind="kind", ticket="ticket_id", target="target_id"),
        "opened_suggestions": ArraySubquery(opened.order_by("pk").values("thread_id")[:20]),
        "unrelated": _json(_said_unrelated(ticket_id), kind="kind", at="occurred_at", by="actor__display_name"),
        "unrelated_why": Subquery(_why_unrelated(ticket_id)),
        "waits_for_outcome": Exists(Escalation.objects.filter(**this, ended_at__isnull=True)),
    }


def _said_unrelated(ticket_id: int) -> QuerySet[TicketEvent]:
    """What was said last of whether it is about something else."""
    said = TicketEvent.objects.filter(ticket=ticket_id, kind__in=(Kind.UNRELATED, Kind.RELATED))
    return said.order_by("-pk")[:1]


def _why_unrelated(ticket_id: int) -> QuerySet[Any, Any]:
    noted = AuditNote.objects.filter(entry__object_kind="ticket", entry__object_id=ticket_id)
    return noted.filter(entry__verb="marked_unrelated").order_by("-entry_id").values("text")[:1]


def _rights() -> dict[str, Any]:
    """Whether the product is supported now, and the customer entitled (reading/entitled.py says what that means)."""
    now = clock.now()
    return {"is_supported": supported("board", now), "is_entitled": entitled("requester", "board", now)}


def _others_at(user: User, ticket_id: int) -> QuerySet[TicketPresence]:
    since = clock.now() - timedelta(seconds=LOOKS_FOR)
    return TicketPresence.objects.filter(ticket=ticket_id, seen_at__gt=since).exclude(person=user).order_by("pk")


def told_around(ticket: Any) -> str:
    """Who else looks at it or writes, as a sentence; "" for nobody."""
    now = clock.now()
    typing: list[str] = []
    looking: list[str] = []
    for each in ticket.around:
        typed = datetime.fromisoformat(each["typed_at"]) if each["typed_at"] else None
        writes = typed is not None and (now - typed).total_seconds() < TYPES_FOR
        (typing if writes else looking).append(each["name"])
    if typing:
        return _("%(names)s is writing a reply") % {"names": ", ".join(typing)}
    return _("%(names)s is looking at this too") % {"names": ", ".join(looking)} if looking else ""


# What was said and done -----------------------------------------------------------------------------------------------
class Timeline(NamedTuple):
    """Oldest first; `earlier` is from when on back there is more, None where the story begins here."""

    entries: list[Entry]
    earlier: datetime | None


def timeline(user: User, ticket: Ticket, until: datetime | None = None) -> Timeline:
    """The newest words, notes and events, up to `until`. Three statements, and one where messages came by mail.

    The caller has asked for the ticket.
    """
    until = until or datetime.max.replace(tzinfo=UTC)
    files = TicketAttachment.objects.order_by("pk")
    named = {"id": "pk", "name": "name", "kind": "kind"}
    messages = (
        TicketMessage.objects.filter(ticket=ticket, sent_at__lte=until)
        .select_related("author")
        .annotate(files=_json(files.filter(message=OuterRef("pk")), **named))
        .order_by("-position")[:SHOWN]
    )
    notes = (
        TicketNote.objects.filter(ticket=ticket, noted_at__lte=until)
        .select_related("author")
        .annotate(files=_json(files.filter(note=OuterRef("pk")), **named))
        .order_by("-pk")[:SHOWN]
    )
    events = (
        TicketEvent.objects.filter(ticket=ticket, occurred_at__lte=until)
        .exclude(kind__in=_SAID)
        .select_related("actor", "person", "queue")
        .order_by("-pk")[:SHOWN]
    )
    mails = mails_of(user, messages)
    entries = [
        Entry("message", each.sent_at, f"m{each.pk}", each, files=each.files, mail=mails.get(each.pk))
        for each in messages
    ]
    entries += [Entry("note", each.noted_at, f"n{each.pk}", each, files=each.files) for each in notes]
    entries += [Entry("event", each.occurred_at, f"e{each.pk}", each, told(each)) for each in events]
    order = {"message": 0, "note": 1, "event": 2}
    entries.sort(key=lambda entry: (entry.at, order[entry.kind], entry.row.pk))
    # Of a kind that filled its share there is more before its oldest, so what is older than that waits with it.
    cut = [
        min(each.at for each in entries if each.kind == kind)
        for kind in order
        if sum(each.kind == kind for each in entries) == SHOWN
    ]
    if not cut:
        return Timeline(entries, None)
    return Timeline([each for each in entries if each.at >= max(cut)], max(cut))


def told(event: TicketEvent) -> str:
    """What happened, as a sentence."""
    names = {
        "name": str(event.actor) if event.actor else "",
        "person": str(event.person) if event.person else "",
        "queue": str(event.queue) if event.queue else "",
        "number": event.other_id or "",
        "priority": event.get_priority_display(),
    }
    by_somebody, by_itself = _SENTENCES().get(Kind(event.kind), ("", ""))
    if event.kind == Kind.ASSIGNED and event.actor is None:
        return _("Handed to %(person)s, whose turn it was") % names
    sentence = (by_somebody if event.actor else by_itself) or by_somebody or by_itself
    return sentence % names if sentence else str(event.get_kind_display())


def _SENTENCES() -> dict[TicketEvent.Kind, tuple[str, str]]:
    """Kind -> how it reads when somebody did it, and when it happened by itself."""
    return {
        Kind.OPENED: (_("%(name)s opened this ticket"), _("Opened by itself from an open question")),
        Kind.CLAIMED: (_("%(name)s took it"), ""),
        Kind.ASSIGNED: (_("%(name)s gave it to %(person)s"), ""),
        Kind.RELEASED: (_("%(name)s gave it back to the queue"), ""),
        Kind.RETURNED: ("", _("Went back to the queue, because it stayed unanswered")),
        Kind.MOVED: (_("%(name)s moved it to %(queue)s"), _("Moved to %(queue)s")),
        Kind.PRIORITISED: (_("%(name)s set the priority: %(priority)s"), ""),
        Kind.RETAGGED: (_("%(name)s changed the tags"), ""),
        Kind.STARTED: (_("%(name)s works on it"), ""),
        Kind.WAITED: (_("%(name)s waits for the customer"), ""),
        Kind.HELD: (_("%(name)s put it on hold"), ""),
        Kind.WOKEN: (_("%(name)s woke it up"), _("Woke up")),
        Kind.RESOLVED: (_("%(name)s resolved it"), _("Resolved")),
        Kind.CLOSED: (_("%(name)s closed it"), _("Closed by itself, some days after it was resolved")),
        Kind.REOPENED: (_("%(name)s reopened it"), _("Reopened")),
        Kind.NO_REPLY: (_("%(name)s said that it needs no reply"), ""),
        Kind.MERGED: (_("%(name)s merged it into ticket %(number)s"), ""),
        Kind.TOOK_IN: (_("%(name)s merged ticket %(number)s into this one"), ""),
        Kind.UNMERGED: (_("%(name)s took the merge with ticket %(number)s back"), ""),
        Kind.SPLIT: (_("%(name)s split messages off into ticket %(number)s"), ""),
        Kind.SPLIT_FROM: (_("%(name)s split this off ticket %(number)s"), ""),
        Kind.COPIED: (_("%(name)s put %(person)s in copy"), ""),
        Kind.UNCOPIED: (_("%(name)s took %(person)s out of copy"), ""),
        Kind.WARNED: ("", _("A promise to the customer is nearly due")),
        Kind.BREACHED: ("", _("A promise to the customer was not kept in time")),
        Kind.GAVE_BACK: (_("%(name)s gave the question back to the community"), ""),
        Kind.PUBLISHED: (_("%(name)s published the outcome in the community"), ""),
        Kind.WITHHELD: (_("%(name)s decided that the outcome is not published"), ""),
        Kind.SOLVED_BY_PEERS: (_("The community solved it"), _("The community solved it")),
        Kind.RATED: (_("%(name)s said how it went"), ""),
        Kind.UNRELATED: (_("%(name)s marked it as about something else"), ""),
        Kind.RELATED: (_("%(name)s took back that it is about something else"), ""),
    }


# The customer ---------------------------------------------------------------------------------------------------------
def customer_of(user: User, ticket: Any) -> Customer:
    """Who asks it: other questions and tickets, the last rating, what was read before. At most two statements."""
    person: Any = User.objects.filter(pk=ticket.requester_id).annotate(**_matters(user, ticket)).get()
    carried = getattr(ticket, "carried", None)
    read = [*(carried.read if carried else []), *ticket.opened_suggestions]
    known = {each.pk: each for each in Thread.objects.visible_to(user).filter(pk__in=read[:20])} if read else {}
    return Customer(
        person=person,
        threads=_dated(person.their_threads),
        thread_count=person.thread_count or 0,
        tickets=_dated(person.their_tickets),
        ticket_count=person.ticket_count or 0,
        rating=next(iter(_dated(person.their_ratings)), None),
        read=[known[pk] for pk in dict.fromkeys(read) if pk in known],
        tried=list(carried.tried) if carried else [],
        is_entitled=ticket.is_entitled,
        is_supported=ticket.is_supported,
    )


def _matters(user: User, ticket: Ticket) -> dict[str, Any]:
    """Their newest questions and tickets with their numbers, and the last rating: as far as this agent sees them."""
    threads = Thread.objects.visible_to(user).filter(asker=OuterRef("pk"), hidden_at__isnull=True)
    worked = Ticket.objects.worked_by(user)
    tickets = worked.filter(requester=OuterRef("pk")).exclude(pk=ticket.pk)
    rated = TicketRating.objects.filter(ticket__requester=OuterRef("pk"), score__isnull=False)
    last = rated.filter(ticket__in=worked.order_by().values("pk")).order_by("-rated_at")[:1]
    asked, wrote = threads.order_by("-asked_at")[:BESIDE], tickets.order_by("-last_activity_at", "-pk")[:BESIDE]
    return {
        "their_threads": _json(asked, id="pk", title="title", state="state", at="asked_at"),
        "thread_count": _count(threads, "asker"),
        "their_tickets": _json(wrote, id="pk", subject="subject", status="status", at="last_activity_at"),
        "ticket_count": _count(tickets, "requester"),
        "their_ratings": _json(last, score="score", words="words", at="rated_at", ticket="ticket_id"),
    }


def _count(rows: QuerySet[Any], by: str) -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(many=Count("pk")).values("many"))


def _dated(rows: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    return [{**row, "at": datetime.fromisoformat(row["at"])} for row in rows or []]
