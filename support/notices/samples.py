"""Mails about tickets with made-up facts, for the administrators' list of what the site sends. Nothing is stored."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community import clock
from community.admin.mail_samples import Group
from community.mails.letters import Letter
from community.models import Notification, Topic, User
from community.notices.letters import Written, subject_of, why_of
from community.notices.samples import Sample, sample_people
from community.notices.saying import Said
from community.notices.stops import topic_stop
from support import trends
from support.actions.weekly import KIND as WEEKLY
from support.models import Channel, Queue, SlaClock, Status, Ticket, TicketEvent, TicketMessage, WeeklyReport
from support.notices.fanout import KIND
from support.notices.letters import Facts, letter_of, rating_buttons
from support.notices.notifiables import BECAUSE, show_event
from support.notices.weekly import BECAUSE as REPORTS
from support.notices.weekly import say_report, show_report
from support.notices.wording import say_work
from support.reading.weekly_told import Line, Section, Told, report_address, title_of

#: Nothing has this number: no address in a sample does anything.
_NONE = 0
_ANYWHERE = "https://help.example.com/"
Kind = TicketEvent.Kind


def _ticket(status: Status = Status.WAITING, **fields: Any) -> Ticket:
    mira, _ben, _ada = sample_people()
    now = clock.now()
    fields = {
        "pk": _NONE,
        "subject": _("The router shows a red light since the update"),
        "requester": mira,
        "queue": Queue(pk=_NONE, name=_("Support")),
        "channel": Channel.FORM,
        "status": status,
        "customer_waits_since": now,
        "closes_at": now + timedelta(days=7),
        "held_until": now + timedelta(days=3) if status == Status.ON_HOLD else None,
    } | fields
    return Ticket(**fields)


def _message(ticket: Ticket, author: User) -> TicketMessage:
    is_staff = author.pk != ticket.requester_id
    words = (
        _("Thank you for the picture. Your router needs a new power supply: we are sending you one.")
        if is_staff
        else _("I have tried what people wrote, and it is still red. A picture is with it.")
    )
    html = format_html("<p>{}</p>", words)
    sent_at = clock.now() - timedelta(hours=1)
    return TicketMessage(pk=_NONE, ticket=ticket, author=author, body_html=html, is_staff=is_staff, sent_at=sent_at)


def _event(kind: Kind, ticket: Ticket, actor: User | None, **fields: Any) -> TicketEvent:
    return TicketEvent(pk=_NONE, kind=kind, ticket=ticket, actor=actor, occurred_at=clock.now(), **fields)


@dataclass(frozen=True)
class _ToCustomer:
    """What happened, who did it and who reads: 0 the customer, 1 somebody in copy, 2 the agent."""

    kind: Kind
    actor: int
    reader: int = 0
    status: Status = Status.WAITING
    channel: Channel = Channel.FORM
    writer: int | None = None
    is_rated: bool = False
    files: int = 0

    def __call__(self) -> Written:
        people = sample_people()
        ticket, actor = _ticket(self.status, channel=self.channel), people[self.actor]
        message = None if self.writer is None else _message(ticket, people[self.writer])
        facts = Facts(
            event=_event(self.kind, ticket, actor, message=message),
            reader=people[self.reader],
            ticket=ticket,
            message=message,
            files=self.files,
            other=_ticket(subject=_("Red light, second try")),
            ratings=rating_buttons(lambda _score: _ANYWHERE) if self.is_rated else (),
        )
        sender = actor.display_name if actor.pk != facts.reader.pk else ""
        return Written(letter_of(facts), None, None, sender)


@dataclass(frozen=True)
class _ToAgent:
    """What happened, why an agent hears of it, and who did it: 0 the customer, 1 a colleague, None nobody."""

    kind: Kind
    reason: str
    actor: int | None = None
    promise: str = ""

    def __call__(self) -> Written:
        mira, ben, ada = sample_people()
        ticket = _ticket(Status.OPEN)
        actor = None if self.actor is None else (mira, ben)[self.actor]
        message = _message(ticket, mira)
        event = _event(self.kind, ticket, actor, promise=self.promise)
        shown = show_event(event, ada, is_own=False)
        row = Notification(event_kind=KIND, event_id=_NONE, reason=self.reason, topic=Topic.DESK)
        said: Said = say_work(shown, event, message)
        stop = topic_stop(Topic.DESK)
        why = why_of(str(BECAUSE[row.reason][1]), stop, ada)
        return Written(Letter(subject_of(shown), said.parts, said.first_words, why), stop, None, said.sender)


_CUSTOMERS: Mapping[str, tuple[str | Promise, _ToCustomer]] = {
    "ticket-opened": (
        gettext_lazy("Receipt for a message to staff"),
        _ToCustomer(Kind.OPENED, 0, status=Status.NEW, writer=0, files=1),
    ),
    "ticket-opened-for": (
        gettext_lazy("Staff opened a ticket for somebody"),
        _ToCustomer(Kind.OPENED, 2, channel=Channel.STAFF, writer=2),
    ),
    "ticket-replied": (gettext_lazy("Staff replied"), _ToCustomer(Kind.REPLIED, 2, writer=2)),
    "ticket-replied-held": (
        gettext_lazy("Staff replied, and come back to it later"),
        _ToCustomer(Kind.REPLIED, 2, status=Status.ON_HOLD, writer=2),
    ),
    "ticket-replied-resolved": (
        gettext_lazy("Staff replied, and it is resolved"),
        _ToCustomer(Kind.REPLIED, 2, status=Status.RESOLVED, writer=2, is_rated=True),
    ),
    "ticket-replied-copy": (
        gettext_lazy("Staff replied, to somebody in copy"),
        _ToCustomer(Kind.REPLIED, 2, reader=1, writer=2),
    ),
    "ticket-wrote-copy": (
        gettext_lazy("The customer wrote, to somebody in copy"),
        _ToCustomer(Kind.WROTE, 0, reader=1, status=Status.OPEN, writer=0),
    ),
    "ticket-resolved": (
        gettext_lazy("One's ticket is resolved"),
        _ToCustomer(Kind.RESOLVED, 2, status=Status.RESOLVED, is_rated=True),
    ),
    "ticket-reopened": (gettext_lazy("One's ticket is open again"), _ToCustomer(Kind.REOPENED, 2, status=Status.OPEN)),
    "ticket-closed": (gettext_lazy("One's ticket is closed"), _ToCustomer(Kind.CLOSED, 2, status=Status.CLOSED)),
    "ticket-merged": (gettext_lazy("Two tickets became one"), _ToCustomer(Kind.MERGED, 2, status=Status.CLOSED)),
    "ticket-copied": (gettext_lazy("Put in copy of a ticket"), _ToCustomer(Kind.COPIED, 2, reader=1)),
    "ticket-gave-back": (
        gettext_lazy("One's question is with the community again"),
        _ToCustomer(Kind.GAVE_BACK, 2, status=Status.CLOSED, channel=Channel.THREAD),
    ),
}
_AGENTS: Mapping[str, tuple[str | Promise, _ToAgent]] = {
    "desk-new": (gettext_lazy("A new ticket in one's queue"), _ToAgent(Kind.OPENED, "queue", 0)),
    "desk-returned": (gettext_lazy("A ticket went back to the queue"), _ToAgent(Kind.RETURNED, "queue")),
    "desk-assigned": (gettext_lazy("A ticket was given to one"), _ToAgent(Kind.ASSIGNED, "assigned", 1)),
    "desk-wrote": (gettext_lazy("The customer wrote"), _ToAgent(Kind.WROTE, "assigned", 0)),
    "desk-reopened": (gettext_lazy("A ticket was opened again"), _ToAgent(Kind.REOPENED, "assigned", 0)),
    "desk-woken": (gettext_lazy("A ticket woke up"), _ToAgent(Kind.WOKEN, "assigned")),
    "desk-warned": (
        gettext_lazy("A promise is nearly due"),
        _ToAgent(Kind.WARNED, "assigned", promise=SlaClock.Kind.NEXT_REPLY),
    ),
    "desk-breached": (
        gettext_lazy("A promise was broken"),
        _ToAgent(Kind.BREACHED, "queue", promise=SlaClock.Kind.FIRST_REPLY),
    ),
    "desk-solved": (gettext_lazy("The community solved it"), _ToAgent(Kind.SOLVED_BY_PEERS, "assigned")),
}


def _weekly() -> Written:
    """The report of last week, of a community that has everything in it."""
    _mira, _ben, ada = sample_people()
    week = trends.monday(clock.now().date()) - trends.WEEK
    report = WeeklyReport(pk=_NONE, week=week, made_at=clock.now())
    shown = show_report(report)
    row = Notification(event_kind=WEEKLY, event_id=_NONE, reason="administers", topic=Topic.HEARD)
    said = say_report(shown, _told(report))
    stop = topic_stop(Topic.HEARD)
    letter = Letter(subject_of(shown), said.parts, said.first_words, why_of(str(REPORTS[row.reason][1]), stop, ada))
    return Written(letter, stop, None, said.sender)


def _told(report: WeeklyReport) -> Told:
    url = report_address(report)
    rises = Line("", _("“update”"), _("14 people · 2 expected · since Tuesday"), url)
    open_ = Line("", _("The router shows a red light since the update"), _("7 people this week · New"), url)
    wants = Line("", _("Let me switch the lights off at night"), _("4 people wrote this week · 19 in all"), url)
    thanks = Line("", "Ben", _("solved it for 5 people"), url)
    promises = Line("", str(SlaClock.Kind.FIRST_REPLY.label), _("38 of 40 kept · 2 were broken"), url)
    return Told(
        report,
        title_of(report.week),
        _("208 people asked. A usual week of the eight before had 188."),
        [
            Section("trends", _("What rises"), [rises], ""),
            Section("issues", _("What is not solved"), [open_], ""),
            Section("wants", _("What people want"), [wants], ""),
            Section("thanks", _("Praise, and whom to thank"), [thanks], ""),
            Section("promises", _("Promises kept and broken"), [promises], ""),
        ],
    )


GROUPS: list[Group] = [
    (gettext_lazy("Tickets"), {name: Sample(title, write) for name, (title, write) in _CUSTOMERS.items()}),
    (gettext_lazy("The desk"), {name: Sample(title, write) for name, (title, write) in _AGENTS.items()}),
    (gettext_lazy("For administrators"), {"weekly-report": Sample(gettext_lazy("What the company hears"), _weekly)}),
]
