"""The report's other pages: how well peers help, which questions and people it comes from, and imported history."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from community.models import User
from community.models.solutions import ResolutionClass
from community.reading.rising import OVER as RISING_OVER
from community.reading.rising import rising
from community.reading.unhelpful import OVER as UNHELPFUL_OVER
from community.reading.unhelpful import unhelpful_page
from support import charts
from support.models.ledger import CaseKind
from support.reading import quality as asked
from support.reading.figures import Wanted
from support.reading.quality import Helpers, HistoryYear, Quality, Share, TopThread
from support.reading.roi_words import (
    NOTHING,
    Cell,
    Part,
    Table,
    count,
    days,
    length,
    percent,
    rows_of,
    shares_between,
    short,
    whole,
)


# Quality ------------------------------------------------------------------------------------------------------------
def quality(now: Quality, then: Quality | None, wanted: Wanted) -> Part:
    """Shares with their intervals; each opens what it counts."""
    shares = [
        (name, getattr(now, key), getattr(then, key) if then else None, urls) for name, key, urls in _shares(wanted)
    ]
    drawing = charts.intervals(
        [_ranged(name, share) for name, share, _then, _urls in shares if share.share is not None and share.interval]
    )
    rows = [_share_row(name, share, before, urls) for name, share, before, urls in shares]
    median = str(now.median_hidden.label) if now.median_hidden else ""
    first = [
        Cell(_("First reply: half of them sooner"), said=median),
        Cell(length(now.median_first_reply)),
        *(Cell(NOTHING) for _each in range(3)),
        Cell(length(then.median_first_reply) if then else NOTHING),
    ]
    head = ["", _("Share"), _("Part"), _("Whole"), _("95 % interval"), _("Compared with")]
    return Part(
        "quality",
        _("How well it works"),
        _("Of questions and problems asked in the period. What has not had its time yet is left out."),
        [Table("quality", _("How well it works"), head, [first, *rows])],
        [(_("Shares with their 95 % intervals, in per cent"), drawing)] if drawing.dots else [],
    )


def _shares(wanted: Wanted) -> list[tuple[str, str, tuple[str, str]]]:
    """Every share: its name, where it stands in `Quality`, and the rows of its part and of its whole."""
    # no channel narrows these
    all_ways = Wanted(wanted.from_day, wanted.until_day, wanted.board_id)

    def asked(**chosen: str) -> str:
        return rows_of(all_ways, "questions", **chosen)

    def solutions(**chosen: str) -> str:
        return rows_of(all_ways, "solutions", **chosen)

    def cases(**chosen: str) -> str:
        return rows_of(all_ways, "cases", peers="yes", **chosen)

    recontact = cases(status="void", reason="recontact"), cases(matured="yes")
    return [
        (_("Answered within 24 hours"), "answered_24h", (asked(replied_in="24h"), asked(older="24h"))),
        (_("Answered within 72 hours"), "answered_72h", (asked(replied_in="72h"), asked(older="72h"))),
        (_("Solved within 7 days"), "solved_7d", (asked(solved_in="7d"), asked(older="7d"))),
        (_("Solved within 30 days"), "solved_30d", (asked(solved_in="30d"), asked(older="30d"))),
        (
            *(_("Solved by peers, of what was solved"), "peer_share"),
            (solutions(stands="yes", resolution_class="peer"), solutions(stands="yes")),
        ),
        (_("Contacted support after all"), "recontact", recontact),
        (_("Reopened"), "reopened", (solutions(withdrawal="taken_back"), solutions())),
        (_("Came to staff"), "escalated", (asked(escalated="yes"), asked())),
        (_("Contacts of somebody we could recognise"), "identified", ("", "")),
        (_("Agreed to be counted, of those who were asked"), "consented", ("", "")),
    ]


def _ranged(name: str, share: Share) -> charts.Ranged:
    assert share.share is not None and share.interval is not None
    low, high = (100 * each for each in share.interval)
    return charts.Ranged(name, percent(share.share), size=100 * share.share, low=low, high=high)


def _share_row(name: str, share: Share, before: Share | None, urls: tuple[str, str]) -> list[Cell]:
    return [
        Cell(name),
        Cell(percent(share.share), value=share.share),
        count(share.part, urls[0]),
        count(share.whole, urls[1]),
        Cell(shares_between(share.interval)),
        Cell(percent(before.share) if before else NOTHING, value=before.share if before else None),
    ]


# Lists --------------------------------------------------------------------------------------------------------------
def lists(user: User, wanted: Wanted) -> list[Part]:
    """Top deflecting threads, top helpers, content that fails, rising issues."""
    return [
        threads(asked.top_threads(user, wanted), wanted),
        _helpers(asked.top_helpers(wanted), wanted),
        _unhelpful(user),
        _rising(user),
    ]


def threads(found: Sequence[TopThread], wanted: Wanted) -> Part:
    """The questions most cases come from."""
    rows = [
        [
            Cell(each.thread.title, each.thread.get_absolute_url()),
            count(each.cases, _cases_of(wanted, thread=each.thread.pk)),
            *(count(number, _cases_of(wanted, thread=each.thread.pk, kind=kind)) for kind, number in each.by_kind),
        ]
        for each in found
    ]
    head = [_("Question"), _("Credited cases"), *(short(each) for each in CaseKind)]
    return Part(
        "threads",
        _("Questions that save the most"),
        _("By credited cases of the period."),
        [Table("threads", _("Questions that save the most"), head, rows)] if rows else [],
        empty="" if rows else _("No case of this period has been credited yet."),
    )


def _cases_of(wanted: Wanted, **chosen: str | int) -> str:
    return rows_of(wanted, "cases", status="credited", **{word: str(value) for word, value in chosen.items()})


def _helpers(found: Helpers, wanted: Wanted) -> Part:
    rows = [
        [
            Cell(each.person.display_name, each.person.get_absolute_url()),
            count(each.cases, _cases_of(wanted, helper=each.person.pk)),
            Cell(percent(each.share), value=each.share),
        ]
        for each in found.helpers
    ]
    three = _("The first three have %(share)s of all %(cases)s credited cases. What rests on few people is at risk.")
    told = three % {"share": percent(found.share_of_three), "cases": whole(found.cases)}
    return Part(
        "helpers",
        _("People whose answers save the most"),
        told if rows else _("By credited cases of the period."),
        [Table("helpers", _("Helpers"), [_("Helper"), _("Credited cases"), _("Share")], rows)] if rows else [],
        empty="" if rows else _("No case of this period has been credited yet."),
    )


def _unhelpful(user: User) -> Part:
    found, _more = unhelpful_page(user)
    rows = [
        [
            Cell(each.thread.title, each.thread.get_absolute_url()),
            count(each.opened),
            count(each.posted),
            count(each.solved),
        ]
        for each in found[:10]
    ]
    told = _("Opened from suggestions, and the question was posted all the same: the last %(days)s.")
    head = [_("Question"), _("Opened in forms"), _("Posted all the same"), _("Solved it")]
    return Part(
        "failing",
        _("Content that fails"),
        told % {"days": days(UNHELPFUL_OVER.days)},
        [Table("failing", _("Content that fails"), head, rows)] if rows else [],
        empty="" if rows else _("Nobody posted after looking at a suggestion."),
    )


def _rising(user: User) -> Part:
    rows = [
        [
            Cell(each.thread.title, each.thread.get_absolute_url()),
            count(each.lately),
            count(len(each.alike)),
        ]
        for each in rising(user)[:10]
    ]
    head = [_("Question"), _("Have it too"), _("Others like it")]
    return Part(
        "rising",
        _("Rising issues"),
        _("What many have had in the last %(days)s and nobody has solved.") % {"days": days(RISING_OVER.days)},
        [Table("rising", _("Rising issues"), head, rows)] if rows else [],
        empty="" if rows else _("Nothing rises at present."),
    )


# History ------------------------------------------------------------------------------------------------------------
def history(found: Sequence[HistoryYear]) -> Part:
    """Years before this community was ours: history, never credited."""
    classes = list(ResolutionClass)
    rows = [_year(each, classes) for each in found]
    head = [
        *(_("Year"), _("Asked"), _("Answered within 24 h"), _("Answered within 72 h"), _("First reply: half sooner")),
        *(str(each.label) for each in classes),
    ]
    earlier = sorted(found, key=lambda each: each.year)
    drawing = charts.ranged_columns(
        [
            charts.Ranged(
                *(str(each.year), _("%(asked)s asked, %(solved)s solved") % _asked_solved(each)),
                *(float(sum(number for _class, number in each.solved)), float(each.asked)),
            )
            for each in earlier
        ]
    )
    return Part(
        "history",
        _("Imported history"),
        _("What was asked before, in the community that was imported. It is history: none of it is credited."),
        [Table("history", _("Imported history by year"), head, rows)] if rows else [],
        [("", drawing)] if rows else [],
        [_("Solved"), _("Asked")],
        empty="" if rows else _("Nothing was imported."),
    )


def _asked_solved(each: HistoryYear) -> dict[str, str]:
    return {"asked": whole(each.asked), "solved": whole(sum(number for _class, number in each.solved))}


def _year(each: HistoryYear, classes: Sequence[ResolutionClass]) -> list[Cell]:
    year = Wanted(date(each.year, 1, 1), date(each.year + 1, 1, 1) - timedelta(days=1))
    solved = dict(each.solved)
    return [
        Cell(str(each.year)),
        count(each.asked, rows_of(year, "history")),
        *(_of(number, each.asked) for number in (each.answered_24h, each.answered_72h)),
        Cell(length(each.median_first_reply)),
        *(count(solved.get(name, 0), rows_of(year, "history", solved=name.value)) for name in classes),
    ]


def _of(number: int, whole_number: int) -> Cell:
    share = percent(Decimal(number) / whole_number if whole_number else None, 0)
    return Cell(f"{whole(number)} · {share}", value=number)
