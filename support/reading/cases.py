"""What a customer has with us: their questions and tickets in one list, and where a ticket stands in their words."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import F, QuerySet, Value
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import pgettext_lazy

from community.models import Thread, User
from community.reading import cursors
from community.reading.addresses import thread_address
from community.reading.lists import Along
from community.reading.rows import state_kind
from community.templatetags.ui import badge
from support.models import SlaClock, Status, Ticket, TicketAttachment, TicketCc, TicketMessage

PER_PAGE = 30
ORDER = "cases"
#: What the list may be narrowed to.
SHOWN = ("", "questions", "tickets")


class Said(NamedTuple):
    """A state as its customer reads it."""

    label: "str | Promise"
    tone: str
    icon: str


STATES: dict[str, Said] = {
    Status.NEW: Said(pgettext_lazy("state of a ticket, to its customer", "We have it"), "info", "inbox"),
    Status.OPEN: Said(pgettext_lazy("state of a ticket, to its customer", "We are on it"), "info", "message"),
    Status.WAITING: Said(pgettext_lazy("state of a ticket, to its customer", "Your turn"), "warning", "bell"),
    Status.ON_HOLD: Said(pgettext_lazy("state of a ticket, to its customer", "We come back to it"), "neutral", "clock"),
    Status.RESOLVED: Said(pgettext_lazy("state of a ticket, to its customer", "Solved"), "success", "check-circle"),
    Status.CLOSED: Said(pgettext_lazy("state of a ticket, to its customer", "Closed"), "neutral", "lock"),
}


@dataclass(frozen=True)
class Case:
    """One row: a question or a ticket."""

    is_ticket: bool
    id: int
    title: str
    url: str
    language: str
    badge: SafeString
    board: str
    last_activity_at: datetime
    #: answers of a question, messages of a ticket
    count: int
    #: somebody else's ticket, where this person is in copy
    is_copy: bool = False

    @property
    def place(self) -> tuple[datetime, int]:
        """Where it stands in the list: by its last activity, and what tells equal ones apart."""
        return self.last_activity_at, self.id * 2 + self.is_ticket


@dataclass(frozen=True)
class Page:
    """Some rows, and the cursor to those after them ("" where there are none)."""

    cases: list[Case]
    older: str = ""


def badge_of(status: str) -> SafeString:
    """Where a ticket stands, in its customer's words."""
    said = STATES[status]
    return badge(f"ticket_{status}", str(said.label), said.tone, said.icon)


def cases_of(user: User, *, show: str = "", after: str = "") -> Page:
    """One's own questions and tickets, and tickets one is in copy of, latest activity first. Three queries at most.

    Refused for a cursor that is none.
    """
    start = cursors.decode_moment(ORDER, after) if after else None
    found: list[Case] = []
    if show != "tickets":
        found += _questions(user, start)
    if show != "questions":
        mine = Ticket.objects.of_customer(user)
        copied = TicketCc.objects.filter(person=user).values("ticket")
        found += _tickets(mine.filter(requester=user), user, start)
        found += _tickets(mine.filter(pk__in=copied).exclude(requester=user), user, start)
    found.sort(key=lambda each: each.place, reverse=True)
    shown = found[:PER_PAGE]
    is_more = len(found) > PER_PAGE
    return Page(shown, cursors.encode_moment(ORDER, *shown[-1].place) if is_more else "")


def _questions(user: User, start: tuple[datetime, int] | None) -> list[Case]:
    threads = Thread.objects.visible_to(user).filter(asker=user)
    if start is not None:
        # the cursor's number is twice the id, and one more for a ticket
        threads = threads.filter(_beyond(start[0], (start[1] + 1) // 2))
    columns = "id title language state kind board__name last_activity_at answer_count".split()  # noqa: SIM905
    rows = threads.order_by("-last_activity_at", "-pk").values_list(*columns)[: PER_PAGE + 1]
    return [
        Case(False, pk, title, thread_address(pk, title), language, badge(state_kind(state, kind)), board, at, answers)
        for pk, title, language, state, kind, board, at, answers in rows
    ]


def _tickets(tickets: QuerySet[Ticket], user: User, start: tuple[datetime, int] | None) -> list[Case]:
    if start is not None:
        tickets = tickets.filter(_beyond(start[0], start[1] // 2))
    rows = tickets.select_related("board").order_by("-last_activity_at", "-pk")[: PER_PAGE + 1]
    return [
        Case(
            True,
            each.pk,
            each.subject,
            each.get_absolute_url(),
            each.language,
            badge_of(each.status),
            each.board.name if each.board else "",
            each.last_activity_at,
            each.last_position,
            each.requester_id != user.pk,
        )
        for each in rows
    ]


def _beyond(moment: datetime, row: int) -> Along:
    """After this place, in the form that the index on both columns follows."""
    return Along(F("last_activity_at"), F("id"), Value(moment), Value(row), sign="<")


# One ticket -----------------------------------------------------------------------------------------------------------
class Next(NamedTuple):
    """What happens next with a ticket: `kind` has its sentence in the template, `at` is the moment it speaks of."""

    kind: str
    at: datetime | None = None


def next_of(ticket: Ticket, *, promised_at: datetime | None, now: datetime) -> Next:
    """What its customer may expect. `promised_at` is when we said we would answer at the latest, where we did."""
    if ticket.merged_into_id is not None:
        return Next("merged")
    if ticket.status in (Status.NEW, Status.OPEN):
        is_promised = promised_at is not None and promised_at > now
        return Next("promised", promised_at) if is_promised else Next("soon")
    if ticket.status == Status.WAITING:
        return Next("your_turn")
    if ticket.status == Status.ON_HOLD:
        return Next("resting", ticket.held_until)
    if ticket.status == Status.RESOLVED and ticket.queue.reopens:
        return Next("reopens", ticket.closes_at)
    return Next("done")


#: Messages of one page.
MOST_MESSAGES = 50


@dataclass
class Talk:
    """Some of a ticket's messages, in their order, and where the earlier ones begin (0: there are none)."""

    messages: list[TicketMessage]
    earlier: int = 0


def talk_of(ticket: Ticket, user: User, *, before: int = 0) -> Talk:
    """The last messages, or those before a position, with their files. Two queries."""
    end = before if 0 < before <= ticket.last_position else ticket.last_position + 1
    begin = max(1, end - MOST_MESSAGES)
    # positions are dense: a range of them is a page
    rows = TicketMessage.objects.filter(ticket=ticket, position__gte=begin, position__lt=end)
    messages = list(rows.select_related("author").order_by("position"))
    files: dict[int, list[TicketAttachment]] = {}
    for file in TicketAttachment.objects.visible_to(user).filter(message__in=messages).order_by("pk"):
        files.setdefault(file.message_id or 0, []).append(file)
    for message in messages:
        message.files = files.get(message.pk, [])  # type: ignore[attr-defined]
    return Talk(messages, begin if begin > 1 else 0)


def promised_to(ticket: Ticket) -> datetime | None:
    """Until when a reply is promised to the customer, as far as a promise runs."""
    replies = (SlaClock.Kind.FIRST_REPLY, SlaClock.Kind.NEXT_REPLY)
    running = SlaClock.objects.filter(ticket=ticket, kind__in=replies, met_at=None, dropped_at=None)
    return running.filter(due_at__isnull=False).order_by("due_at").values_list("due_at", flat=True).first()
