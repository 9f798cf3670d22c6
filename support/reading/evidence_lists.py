"""Every list that a figure of the report opens, by name: what it holds, and how a row of it reads."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community import clock
from community.models import Arm, Exposure, Solution, Thread
from community.models.threads import SOLVABLE
from community.permissions import Anyone
from community.roles import Role
from support.ledger.facts import CHANNELS
from support.models import Ticket, TicketRegrouping
from support.models.contacts import ContactChannel, OutsideContact
from support.models.ledger import (
    AssistedReuse,
    CaseKind,
    ViewerCase,
)
from support.models.reuse import Instead, Survey, sees_figures
from support.reading.evidence import (
    Line,
    Narrow,
    Source,
    boards_of,
    labels,
    names_of,
    said_in,
    thread_cell,
    threads_of,
)
from support.reading.evidence_cases import CASES, ENTRIES
from support.reading.roi_words import Cell, place, short

#: Spans that the report speaks of, as they stand in addresses.
SPANS = {"24h": timedelta(hours=24), "72h": timedelta(hours=72), "7d": timedelta(days=7), "30d": timedelta(days=30)}
YES_NO = {"yes": gettext_lazy("yes"), "no": gettext_lazy("no")}


def _spans() -> dict[str, str]:
    return {"24h": _("24 hours"), "72h": _("72 hours"), "7d": _("7 days"), "30d": _("30 days")}


# Readers, and reuse through staff -----------------------------------------------------------------------------------
def _in_days(rows: QuerySet[Any], user: Anyone, narrow: Narrow) -> QuerySet[Any]:
    """Rows with a day and a board, of this period and board, for those who see figures."""
    rows = rows.filter(day__range=(narrow.from_day, narrow.until_day))
    if narrow.board_id is not None:
        rows = rows.filter(board=narrow.board_id)
    return rows if sees_figures(user) else rows.none()


def _viewers(user: Anyone, narrow: Narrow) -> QuerySet[ViewerCase]:
    chosen = {f"is_{word}": value == "yes" for word, value in narrow.chosen.items()}
    return _in_days(ViewerCase.objects.filter(**chosen), user, narrow)


def _viewer_lines(user: Anyone, rows: Sequence[ViewerCase]) -> list[Line]:
    threads, names = threads_of(user, [row.thread_id for row in rows]), names_of([row.person_key for row in rows])
    boards = boards_of([row.board_id for row in rows])
    answered = {True: _("answered"), False: _("was shown the questions")}
    return [
        (
            row.occurred_at,
            (
                thread_cell(threads, row.thread_id),
                Cell(names[row.person_key]),
                Cell(boards.get(row.board_id, "")),
                Cell(answered[row.is_answered] if row.is_shown else _("was not asked")),
            ),
        )
        for row in rows
    ]


VIEWERS = Source(
    gettext_lazy("Readers of solutions"),
    gettext_lazy("Customers who had a peer’s solution on their screen, each counted as the definition says."),
    (gettext_lazy("Question"), gettext_lazy("Person"), gettext_lazy("Board"), gettext_lazy("Survey")),
    "occurred_at",
    _viewers,
    _viewer_lines,
    lambda: {"shown": YES_NO, "answered": YES_NO},
)


def _assisted(user: Anyone, narrow: Narrow) -> QuerySet[AssistedReuse]:
    return _in_days(AssistedReuse.objects.filter(**narrow.chosen), user, narrow)


def _assisted_lines(user: Anyone, rows: Sequence[AssistedReuse]) -> list[Line]:
    threads, names = threads_of(user, [row.thread_id for row in rows]), names_of([row.person_key for row in rows])
    return [
        (
            row.occurred_at,
            (Cell(short(row.kind)), thread_cell(threads, row.thread_id), Cell(names[row.person_key])),
        )
        for row in rows
    ]


ASSISTED = Source(
    gettext_lazy("Reuse of what staff said"),
    gettext_lazy("People who were helped by an answer of staff or by a known issue. It is counted, and never money."),
    (gettext_lazy("Evidence"), gettext_lazy("Question"), gettext_lazy("Person")),
    "occurred_at",
    _assisted,
    _assisted_lines,
    lambda: {"kind": labels(CaseKind)},
)


def _surveys(user: Anyone, narrow: Narrow) -> QuerySet[Survey]:
    rows = Survey.objects.visible_to(user).filter(occurred_at__gte=narrow.starts_at, occurred_at__lt=narrow.ends_at)
    if narrow.board_id is not None:
        rows = rows.filter(thread__board=narrow.board_id)
    return rows


def _survey_lines(user: Anyone, rows: Sequence[Survey]) -> list[Line]:
    threads, names = threads_of(user, [row.thread_id for row in rows]), names_of([row.person_key for row in rows])
    said, solved = said_in([row.pk for row in rows]), {None: "", True: _("solved it"), False: _("did not solve it")}
    return [
        (
            row.occurred_at,
            (
                thread_cell(threads, row.thread_id, said.get(row.pk, "")),
                Cell(names[row.person_key]),
                Cell(_("yes") if row.shown_at else _("no")),
                Cell(str(solved[row.is_solved])),
                Cell(str(Instead(row.instead).label) if row.instead else ""),
            ),
        )
        for row in rows
    ]


SURVEYS = Source(
    gettext_lazy("Readers who were asked"),
    gettext_lazy("Drawn by chance among readers: whether it stood on their screen, and what they said."),
    (
        *(gettext_lazy("Question"), gettext_lazy("Person"), gettext_lazy("Shown")),
        *(gettext_lazy("Said"), gettext_lazy("Otherwise")),
    ),
    "occurred_at",
    _surveys,
    _survey_lines,
)


# Questions ----------------------------------------------------------------------------------------------------------
def _threads(imported: bool) -> Callable[[Anyone, Narrow], QuerySet[Thread]]:
    def rows(user: Anyone, narrow: Narrow) -> QuerySet[Thread]:
        found = (
            Thread.objects.visible_to(user)
            .listed()
            .filter(
                *(Q(kind__in=SOLVABLE), Q(is_imported=imported), Q() if imported else Q(asker_role=Role.CUSTOMER)),
                *(Q(asked_at__gte=narrow.starts_at), Q(asked_at__lt=narrow.ends_at)),
            )
        )
        if narrow.board_id is not None:
            found = found.filter(board=narrow.board_id)
        for word, value in narrow.chosen.items():
            found = found.filter(_of_threads(word, value))
        return found.select_related("board", "asker")

    return rows


def _of_threads(word: str, value: str) -> Q:
    if word == "answered":
        return Q(peer_answer_count__gt=0) if value == "yes" else Q(peer_answer_count=0)
    if word == "escalated":
        return Q(escalated_at__isnull=value == "no")
    if word == "replied_in":
        return Q(first_answered_at__lte=F("asked_at") + SPANS[value], asked_at__lte=clock.now() - SPANS[value])
    if word == "solved_in":
        return Q(solved_at__lte=F("asked_at") + SPANS[value], asked_at__lte=clock.now() - SPANS[value])
    if word == "older":
        return Q(asked_at__lte=clock.now() - SPANS[value])
    standing = Solution.objects.filter(thread=OuterRef("pk"), withdrawn_at__isnull=True)
    if value == "no":
        return ~Q(Exists(standing))
    return Q(Exists(standing if value == "yes" else standing.filter(resolution_class=value)))


def _thread_lines(user: Anyone, rows: Sequence[Thread]) -> list[Line]:
    standing = Solution.objects.filter(thread__in=[row.pk for row in rows], withdrawn_at__isnull=True)
    classes = dict(standing.values_list("thread_id", "resolution_class"))
    return [
        (
            row.asked_at,
            (
                Cell(row.title, row.get_absolute_url()),
                Cell(row.asker.display_name),
                Cell(row.board.name),
                Cell(_("yes") if row.peer_answer_count else _("no")),
                Cell(str(Solution.Class(classes[row.pk]).label) if row.pk in classes else _("not solved")),
                Cell(_("yes") if row.escalated_at else _("no")),
            ),
        )
        for row in rows
    ]


def _thread_source(title: Any, told: Any, imported: bool) -> Source:
    return Source(
        title,
        told,
        (
            *(gettext_lazy("Question"), gettext_lazy("Asked by"), gettext_lazy("Board"), gettext_lazy("Answered")),
            *(gettext_lazy("How it was solved"), gettext_lazy("Came to staff")),
        ),
        "asked_at",
        _threads(imported),
        _thread_lines,
        lambda: {
            "answered": YES_NO,
            "escalated": YES_NO,
            "solved": {**YES_NO, **labels(Solution.Class)},
            "replied_in": _spans(),
            "solved_in": _spans(),
            "older": _spans(),
        },
    )


# Solutions ----------------------------------------------------------------------------------------------------------
def _solutions(user: Anyone, narrow: Narrow) -> QuerySet[Solution]:
    """Acceptances of the period, each once however often it came back after hiding or merging."""
    rows = Solution.objects.filter(
        *(Q(accepted_at__gte=narrow.starts_at), Q(accepted_at__lt=narrow.ends_at), Q(recorded_at=F("accepted_at"))),
        *(Q(thread__is_imported=False), Q(thread__hidden_at__isnull=True), Q(thread__asker_role=Role.CUSTOMER)),
    )
    if narrow.board_id is not None:
        rows = rows.filter(thread__board=narrow.board_id)
    chosen = dict(narrow.chosen)
    if "stands" in chosen:
        rows = rows.filter(withdrawn_at__isnull=chosen.pop("stands") == "yes")
    rows = rows.filter(**chosen).select_related("answer__author")
    return rows if sees_figures(user) else rows.none()


def _solution_lines(user: Anyone, rows: Sequence[Solution]) -> list[Line]:
    threads = threads_of(user, [row.thread_id for row in rows])
    return [
        (
            row.accepted_at,
            (
                thread_cell(threads, row.thread_id),
                Cell(row.answer.author.display_name),
                Cell(str(row.get_resolution_class_display())),
                Cell(str(row.get_withdrawal_display()) if row.withdrawn_at else _("stands")),
            ),
        )
        for row in rows
    ]


SOLUTIONS = Source(
    gettext_lazy("Solutions"),
    gettext_lazy("What was accepted or marked as the solution in this time, and whether it stands."),
    (gettext_lazy("Question"), gettext_lazy("Answer of"), gettext_lazy("Class"), gettext_lazy("How it stands")),
    "accepted_at",
    _solutions,
    _solution_lines,
    lambda: {
        "stands": YES_NO,
        "resolution_class": labels(Solution.Class),
        "withdrawal": labels(Solution.Withdrawal),
    },
)


# Tickets and contacts -----------------------------------------------------------------------------------------------
def _tickets(user: Anyone, narrow: Narrow) -> QuerySet[Ticket]:
    rows = Ticket.objects.visible_to(user).filter(opened_at__gte=narrow.starts_at, opened_at__lt=narrow.ends_at)
    if narrow.board_id is not None:
        rows = rows.filter(board=narrow.board_id)
    if narrow.channel:
        rows = rows.filter(channel__in=[own for own, channel in CHANNELS.items() if channel == narrow.channel])
    # as the figures count them (reading/figure_facts.py): one that was split off is no contact of its own
    split = TicketRegrouping.objects.filter(kind=TicketRegrouping.Kind.SPLIT).values("target")
    return rows.filter(merged_into__isnull=True).exclude(pk__in=split).select_related("requester", "thread")


def _ticket_lines(user: Anyone, rows: Sequence[Ticket]) -> list[Line]:
    threads = threads_of(user, [row.thread_id for row in rows])
    return [
        (
            row.opened_at,
            (
                Cell(row.subject, reverse("desk_ticket", args=[row.pk])),
                Cell(row.requester.display_name),
                Cell(str(row.get_channel_display())),
                thread_cell(threads, row.thread_id),
                Cell(str(row.get_status_display())),
            ),
        )
        for row in rows
    ]


TICKETS = Source(
    gettext_lazy("Tickets"),
    gettext_lazy(
        "What customers opened at the desk. One that was merged is counted where it went; "
        "what came from outside has a list of its own."
    ),
    (
        *(gettext_lazy("Ticket"), gettext_lazy("Customer"), gettext_lazy("How it came"), gettext_lazy("Question")),
        gettext_lazy("State"),
    ),
    "opened_at",
    _tickets,
    _ticket_lines,
)


def _contacts(user: Anyone, narrow: Narrow) -> QuerySet[OutsideContact]:
    rows = OutsideContact.objects.visible_to(user)
    rows = rows.filter(occurred_at__gte=narrow.starts_at, occurred_at__lt=narrow.ends_at)
    if narrow.channel:
        rows = rows.filter(channel=narrow.channel)
    chosen = dict(narrow.chosen)
    if "linkable" in chosen:
        is_nobody = Q(person_hash="")
        rows = rows.exclude(is_nobody) if chosen.pop("linkable") == "yes" else rows.filter(is_nobody)
    return rows.filter(**chosen)


def _contact_lines(user: Anyone, rows: Sequence[OutsideContact]) -> list[Line]:
    names = names_of([row.person_key for row in rows if row.person_key])
    return [
        (
            row.occurred_at,
            (
                Cell(row.source),
                Cell(row.external_id),
                Cell(str(ContactChannel(row.channel).label)),
                Cell(_whose(row, names)),
            ),
        )
        for row in rows
    ]


def _whose(row: OutsideContact, names: Mapping[str, str]) -> str:
    if row.person_key:
        return names[row.person_key]
    return _("a customer we do not know here") if row.person_hash else _("nobody can say")


CONTACTS = Source(
    gettext_lazy("Contacts outside"),
    gettext_lazy("Calls, e-mails and chats that were imported from elsewhere."),
    (gettext_lazy("Source"), gettext_lazy("Its number there"), gettext_lazy("Channel"), gettext_lazy("Customer")),
    "occurred_at",
    _contacts,
    _contact_lines,
    lambda: {"linkable": YES_NO},
)


# An experiment's people ---------------------------------------------------------------------------------------------
def _exposures(user: Anyone, narrow: Narrow) -> QuerySet[Exposure]:
    rows = Exposure.objects.filter(occurred_at__gte=narrow.starts_at, occurred_at__lt=narrow.ends_at)
    rows = rows.filter(**narrow.chosen).select_related("experiment")
    return rows if sees_figures(user) else rows.none()


def _exposure_lines(_user: Anyone, rows: Sequence[Exposure]) -> list[Line]:
    names = names_of([row.person_key for row in rows])
    return [
        (
            row.occurred_at,
            (
                Cell(row.experiment.name, place("community_experiment_change", row.experiment_id)),
                Cell(str(Arm(row.arm).label)),
                Cell(names[row.person_key]),
                Cell(row.role),
            ),
        )
        for row in rows
    ]


EXPOSURES = Source(
    gettext_lazy("People in the experiments"),
    gettext_lazy("Who met the form for the first time while an experiment ran, and what they drew."),
    (gettext_lazy("Experiment"), gettext_lazy("Arm"), gettext_lazy("Person"), gettext_lazy("Role then")),
    "occurred_at",
    _exposures,
    _exposure_lines,
    lambda: {"arm": labels(Arm)},
    frozenset({"experiment"}),
)

LISTS: Mapping[str, Source] = {
    "cases": CASES,
    "entries": ENTRIES,
    "readers": VIEWERS,
    "surveys": SURVEYS,
    "assisted": ASSISTED,
    "questions": _thread_source(
        gettext_lazy("Questions and problems"),
        gettext_lazy("What was asked here, as it stands now; neither hidden nor merged into another."),
        imported=False,
    ),
    "history": _thread_source(
        gettext_lazy("Imported questions"),
        gettext_lazy("Brought from the community before this one. Never credited."),
        imported=True,
    ),
    "solutions": SOLUTIONS,
    "tickets": TICKETS,
    "contacts": CONTACTS,
    "people": EXPOSURES,
}
