"""The lists of cases and of the ledger's entries, which most figures open."""

from collections.abc import Sequence

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.models import Solution
from community.permissions import Anyone
from support.models.ledger import (
    CaseKind,
    CurrentEntry,
    DeflectionEntry,
    EntryStatus,
    Known,
    LockedMonth,
    VoidReason,
)
from support.models.reuse import sees_figures
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
from support.reading.roi_words import Cell, place, short


# Cases --------------------------------------------------------------------------------------------------------------
def _cases(user: Anyone, narrow: Narrow) -> QuerySet[CurrentEntry]:
    rows = CurrentEntry.objects.visible_to(user).filter(
        # the time is what the index is of; the day is what the ledger counts by
        *(Q(occurred_at__gte=narrow.starts_at), Q(occurred_at__lt=narrow.ends_at)),
        day__range=(narrow.from_day, narrow.until_day),
    )
    chosen = dict(narrow.chosen)
    if narrow.board_id is not None:
        rows = rows.filter(board=narrow.board_id)
    if narrow.channel:
        rows = rows.filter(channel=narrow.channel)
    if chosen.pop("resolved", ""):
        rows = rows.filter(status=EntryStatus.CREDITED).exclude(kind=CaseKind.V)
    if chosen.pop("peers", ""):
        rows = rows.exclude(kind=CaseKind.V)
    if "helper" in chosen:
        rows = rows.annotate(helper=_HELPER).filter(helper=int(chosen.pop("helper")))
    if "entitled" in chosen:
        rows = rows.filter(is_entitled=chosen.pop("entitled") == "yes")
    if "matured" in chosen:
        matured = Q(status=EntryStatus.CREDITED) | Q(status=EntryStatus.VOID, reason=VoidReason.RECONTACT)
        rows = rows.filter(matured) if chosen.pop("matured") == "yes" else rows.exclude(matured)
    return rows.filter(**chosen).select_related("case")


#: Whose answer solved a case's question: of the solution in force, else of the last there was.
_HELPER = Subquery(
    Solution.objects.filter(thread=OuterRef("thread"))
    .order_by(F("withdrawn_at").asc(nulls_first=True), "-pk")
    .values("answer__author")[:1]
)


def _case_lines(user: Anyone, rows: Sequence[CurrentEntry]) -> list[Line]:
    threads, boards = threads_of(user, [row.thread_id for row in rows]), boards_of([row.board_id for row in rows])
    names = names_of([row.person_key for row in rows])
    said = said_in([row.case.source_id for row in rows if row.kind == CaseKind.V])
    return [
        (
            row.occurred_at,
            (
                Cell(short(row.kind), case_address(row.case_id)),
                thread_cell(threads, row.thread_id, said.get(row.case.source_id, "") if row.kind == "V" else ""),
                Cell(names[row.person_key]),
                Cell(boards.get(row.board_id, "")),
                Cell(how_it_stands(row.status, row.reason)),
                Cell(str(row.get_known_display())),
                Cell(str(row.get_channel_display()) if row.channel else ""),
                Cell("" if row.is_entitled else _("not entitled to support")),
            ),
        )
        for row in rows
    ]


def how_it_stands(status: str, reason: str) -> str:
    """The state of a case in words, with its reason."""
    if not reason:
        return str(EntryStatus(status).label)
    return _("Void: %(reason)s") % {"reason": VoidReason(reason).label}


def case_address(case_id: int) -> str:
    """The page of one case, with its entries and its facts."""
    return place("support_deflectioncase_change", case_id)


CASES = Source(
    gettext_lazy("Cases"),
    gettext_lazy("One line is one person and one question. It opens the case with its entries and its facts."),
    (
        *(gettext_lazy("Evidence"), gettext_lazy("Question"), gettext_lazy("Person"), gettext_lazy("Board")),
        *(gettext_lazy("How it stands"), gettext_lazy("Support instead"), gettext_lazy("Channel")),
        gettext_lazy("Note"),
    ),
    "occurred_at",
    _cases,
    _case_lines,
    lambda: {
        "kind": labels(CaseKind),
        "status": labels(EntryStatus),
        "reason": labels(VoidReason),
        "known": labels(Known),
        "entitled": {"yes": _("entitled to support"), "no": _("not entitled to support")},
        "matured": {"yes": _("credited, or void because the person contacted support"), "no": _("all others")},
        "peers": {"yes": _("of askers, people with the same problem and forms")},
        "resolved": {"yes": _("credited, of askers, people with the same problem and forms")},
    },
    frozenset({"thread", "helper"}),
)


# What changed after a month was locked ------------------------------------------------------------------------------
def adjusting(narrow: Narrow) -> QuerySet[DeflectionEntry]:
    """The entries of these days that say something new of a month that had locked by then."""
    rows = DeflectionEntry.objects.filter(as_of__gte=narrow.starts_at, as_of__lt=narrow.ends_at)
    month = LockedMonth.objects.filter(month=OuterRef("of_month"), locked_at__lt=OuterRef("as_of"))
    return rows.annotate(of_month=TruncMonth("case__day")).filter(Exists(month))


def _entries(user: Anyone, narrow: Narrow) -> QuerySet[DeflectionEntry]:
    if narrow.chosen.get("adjusted"):
        rows = adjusting(narrow) if sees_figures(user) else DeflectionEntry.objects.none()
    else:
        rows = DeflectionEntry.objects.visible_to(user)
        rows = rows.filter(as_of__gte=narrow.starts_at, as_of__lt=narrow.ends_at)
    if narrow.board_id is not None:
        rows = rows.filter(board=narrow.board_id)
    if narrow.channel:
        rows = rows.filter(channel=narrow.channel)
    return rows.select_related("case")


def _entry_lines(user: Anyone, rows: Sequence[DeflectionEntry]) -> list[Line]:
    threads = threads_of(user, [row.thread_id for row in rows])
    names = names_of([row.person_key for row in rows])
    return [
        (
            row.as_of,
            (
                Cell(short(row.case.kind), case_address(row.case_id)),
                thread_cell(threads, row.thread_id),
                Cell(names[row.person_key]),
                Cell(f"{row.case.day:%Y-%m}"),
                Cell(how_it_stands(row.status, row.reason)),
            ),
        )
        for row in rows
    ]


ENTRIES = Source(
    gettext_lazy("Entries of the ledger"),
    gettext_lazy("What became known in this time, of whatever month: one line is one row of the ledger."),
    (
        *(gettext_lazy("Evidence"), gettext_lazy("Question"), gettext_lazy("Person"), gettext_lazy("Month")),
        gettext_lazy("How it stands from then on"),
    ),
    "as_of",
    _entries,
    _entry_lines,
    lambda: {"adjusted": {"yes": _("of months that were locked by then")}},
)
