"""The report put together, page by page. Nothing is counted here: figures, quality and trials are read, parts said."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from community import clock
from community.models import User
from support.reading import figures as counted
from support.reading import quality as measured
from support.reading import roi_headline, roi_lists, roi_parts, roi_sure
from support.reading.figures import Figures, Wanted
from support.reading.locked import adjustments
from support.reading.readiness import Readiness, readiness
from support.reading.roi_headline import Card
from support.reading.roi_words import Part, Table
from support.reading.trial import trials

#: The period that is shown when none is asked for, in days.
USUAL_DAYS = 90
#: Up to so many days the course is told by the day, by the week; beyond by the month.
BY_DAY, BY_WEEK = 31, 120


@dataclass(frozen=True)
class Page:
    """One page of the report: its parts; the first has the headline and the small print too.

    `small_print`: a word, what it says, where that leads.
    """

    wanted: Wanted
    parts: Sequence[Part]
    told: Figures | None = None
    cards: Sequence[Card] = ()
    sentence: str = ""
    small_print: Sequence[tuple[str, str, str]] = ()
    not_proven: Sequence[str] = ()
    #: what is still missing before these figures can be defended
    ready: Readiness | None = None

    def table(self, name: str) -> Table | None:
        """The table of this name, None where there is none (any more)."""
        return next((table for part in self.parts for table in part.tables if table.name == name), None)


def today() -> date:
    """In the site's time zone, as the ledger's days are."""
    return clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def usual() -> Wanted:
    return Wanted(today() - timedelta(days=USUAL_DAYS - 1), today())


def presets() -> list[tuple[str, date, date]]:
    """Periods that are often asked for: name, first and last day."""
    now = today()
    month, year = now.replace(day=1), now.replace(month=1, day=1)
    before = month - timedelta(days=1)
    quarter = now.replace(month=now.month - (now.month - 1) % 3, day=1)
    last_quarter = quarter - timedelta(days=1)
    return [
        (_("Last 90 days"), now - timedelta(days=USUAL_DAYS - 1), now),
        (_("This month"), month, now),
        (pgettext("a month of the calendar", "Last month"), before.replace(day=1), before),
        (_("Last quarter"), last_quarter.replace(month=last_quarter.month - 2, day=1), last_quarter),
        (_("This year"), year, now),
        (_("Last 12 months"), _a_year_before(now) + timedelta(days=1), now),
    ]


def _a_year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=28) if (day.month, day.day) == (2, 29) else day.replace(year=day.year - 1)


def step_of(wanted: Wanted) -> str:
    """By what a period's course is told."""
    if wanted.days <= BY_DAY:
        return "day"
    return "week" if wanted.days <= BY_WEEK else "month"


def overview(_user: User, wanted: Wanted, against: str) -> Page:
    """The first page: headline, course, how sure, funnel, money, what others would write."""
    compared = counted.compared(wanted) if against else None
    told = compared.now if compared else counted.figures(wanted)
    then = None
    if compared:
        then = compared.before if against == "before" else compared.last_year
    analysed, step = trials(), step_of(wanted)
    changed = adjustments(wanted.from_day, wanted.until_day)
    parts = [
        roi_parts.over_time(wanted, counted.course(wanted, step), step, told.money.currency),
        *([roi_parts.compared(compared)] if compared else []),
        roi_sure.sure(told, analysed),
        roi_parts.kinds(told),
        roi_parts.funnel(told),
        roi_parts.money(told),
        *([roi_parts.adjusted(changed, wanted)] if changed else []),
        roi_parts.vendors(told),
    ]
    return Page(
        wanted,
        parts,
        told,
        roi_headline.headline(told, then),
        roi_sure.plain_sentence(told, analysed),
        roi_headline.small_print(told, sum(each.cases for each in changed)),
        roi_headline.not_proven(told),
        readiness(told, analysed),
    )


def quality(_user: User, wanted: Wanted, against: str) -> Page:
    """Shares and the time to the first reply."""
    others = {"before": wanted.before, "year": wanted.last_year}
    then = measured.quality(others[against]()) if against in others else None
    return Page(wanted, [roi_lists.quality(measured.quality(wanted), then, wanted)])


def lists(user: User, wanted: Wanted, _against: str) -> Page:
    """Questions and people it comes from, and what fails."""
    return Page(wanted, roi_lists.lists(user, wanted))


def history(_user: User, wanted: Wanted, _against: str) -> Page:
    """What was imported, by year: the period does not narrow it."""
    return Page(wanted, [roi_lists.history(measured.history())])


def handout(user: User, wanted: Wanted, against: str) -> Page:
    """All that is handed to a board, on a few sheets: the first page, and how well it works."""
    first = overview(user, wanted, against)
    found = measured.top_threads(user, wanted, limit=5)
    parts = [*first.parts, *quality(user, wanted, against).parts, roi_lists.threads(found, wanted)]
    return replace(first, parts=[_on_paper(part) for part in parts])


def _on_paper(part: Part) -> Part:
    """What says the same twice says it once: the funnel's bars have its numbers, the shares stand in their table."""
    if part.name == "funnel" and part.drawings:
        return replace(part, tables=[table for table in part.tables if table.name != "funnel"])
    return replace(part, drawings=()) if part.name == "quality" else part


#: name in addresses -> (what it is called, the page)
PAGES: Mapping[str, tuple[Any, Callable[[User, Wanted, str], Page]]] = {
    "overview": (lambda: _("Overview"), overview),
    "quality": (lambda: _("Quality"), quality),
    "lists": (lambda: _("Questions and people"), lists),
    "history": (lambda: _("History"), history),
}
