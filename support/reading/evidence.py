"""The rows behind a figure: every number of the report opens the list that it counts, newest first, by keyset.

A list is a `Source`: which rows there are, by which time they are sorted, what they may be narrowed by and how one
reads. Days are in the site's time zone. What is shown of a thread is what its reader may see.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from community.models import Board, Thread, User
from community.permissions import Anyone
from community.reading import cursors
from support.models.reuse import SurveyWords
from support.reading.roi_words import Cell

#: Rows of one page, and of one file for a spreadsheet (`manage.py ledger export` has all of them).
PAGE, MOST_IN_A_FILE = 50, 10_000
LONGEST_NUMBER = 18
#: Counted up to so many; beyond that a list says "more than".
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class Narrow:
    """What a list is narrowed to: the report's period, board and channel, and the list's own words."""

    from_day: date
    until_day: date
    board_id: int | None = None
    channel: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)

    @property
    def starts_at(self) -> datetime:
        return midnight(self.from_day)

    @property
    def ends_at(self) -> datetime:
        """The first moment that is no longer in it."""
        return midnight(self.until_day + timedelta(days=1))


def midnight(day: date) -> datetime:
    """When this day begins in the site's time zone."""
    return datetime.combine(day, time.min, ZoneInfo(settings.TIME_ZONE))


#: One row: when, and its cells.
Line = tuple[datetime, Sequence[Cell]]


@dataclass(frozen=True)
class Source:
    """One kind of row.

    `moment` is the column by which it is sorted and which lies in the period. `choices`: word -> value -> what it is
    called. `rows` gives what the figures count; `lines` how it reads, in a fixed
    number of queries.
    """

    title: Any
    told: Any
    head: Sequence[Any]
    moment: str
    rows: Callable[[Anyone, Narrow], QuerySet[Any]]
    lines: Callable[[Anyone, Sequence[Any]], list[Line]]
    choices: Callable[[], Mapping[str, Mapping[str, Any]]] = dict
    #: words whose values are numbers of rows
    numbers: frozenset[str] = frozenset()

    def read(self, said: Mapping[str, str]) -> dict[str, str] | None:
        """What an address narrows this list to; None where it says something that this list does not know."""
        choices, found = self.choices(), dict[str, str]()
        for word, value in said.items():
            is_number = word in self.numbers and value.isascii() and value.isdecimal() and len(value) <= LONGEST_NUMBER
            if not is_number and value not in choices.get(word, ()):
                return None
            found[word] = value
        return found


@dataclass(frozen=True)
class Listed:
    """One page of rows; `count` None where there are more than are counted."""

    lines: Sequence[Line]
    next: str
    count: int | None


def page_of(name: str, source: Source, user: Anyone, narrow: Narrow, *, after: str = "") -> Listed:
    """A page of a list and the cursor of the next; Refused for a made-up cursor. At most six queries."""
    rows = source.rows(user, narrow)
    counted = rows.order_by()[: MOST_COUNTED + 1].count()
    found = list(_from(name, source, rows, after)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    following = cursors.encode_moment(_order(name), getattr(found[-1], source.moment), found[-1].pk) if more else ""
    return Listed(source.lines(user, found), following, None if counted > MOST_COUNTED else counted)


def rows_for_file(source: Source, user: Anyone, narrow: Narrow) -> tuple[list[Line], bool]:
    """The rows of a list for a spreadsheet, newest first, and whether that is all of them."""
    rows = source.rows(user, narrow).order_by(f"-{source.moment}", "-pk")
    found = list(rows[: MOST_IN_A_FILE + 1])
    return source.lines(user, found[:MOST_IN_A_FILE]), len(found) <= MOST_IN_A_FILE


def _order(name: str) -> str:
    return f"evidence {name}"


def _from(name: str, source: Source, rows: QuerySet[Any], after: str) -> QuerySet[Any]:
    moment = source.moment
    if after:
        at, pk = cursors.decode_moment(_order(name), after)
        # The first condition alone is what the index can follow.
        rows = rows.filter(Q(**{f"{moment}__lte": at}), Q(**{f"{moment}__lt": at}) | Q(pk__lt=pk))
    return rows.order_by(f"-{moment}", "-pk")


# What several lists show --------------------------------------------------------------------------------------------
def names_of(keys: Sequence[str]) -> dict[str, str]:
    """Person's key -> how they are called here. One query."""
    numbers = {int(key[2:]) for key in keys if key.startswith("u:") and key[2:].isdigit()}
    people = User.objects.in_bulk(numbers) if numbers else {}
    return {key: _named(key, people) for key in keys}


def _named(key: str, people: Mapping[int, User]) -> str:
    if not key:
        return _("nobody we know")
    found = people.get(int(key[2:])) if key.startswith("u:") else None
    return found.display_name if found else _("a visitor")


def threads_of(user: Anyone, ids: Sequence[int | None]) -> dict[int, Thread]:
    """The threads among these that the reader may see. One query."""
    return Thread.objects.visible_to(user).in_bulk([each for each in set(ids) if each is not None])


def boards_of(ids: Sequence[int | None]) -> dict[int, str]:
    """Board's number -> its name. One query."""
    return dict(Board.objects.filter(pk__in={each for each in ids if each is not None}).values_list("pk", "name"))


def thread_cell(threads: Mapping[int, Thread], thread_id: int | None, said: str = "") -> Cell:
    """A thread's title, leading to it."""
    if thread_id is None:
        return Cell(_("none"), "", said)
    found = threads.get(thread_id)
    return Cell(found.title, found.get_absolute_url(), said) if found else Cell(_("not for you to see"), "", said)


def said_in(surveys: Sequence[int]) -> dict[int, str]:
    """Survey's number -> the sentence that may be shown. One query."""
    shown = SurveyWords.objects.filter(survey__in=surveys, may_be_shown=True)
    return dict(shown.values_list("survey_id", "text"))


def labels(choices: Any) -> Mapping[str, Any]:
    """Value -> what it is called."""
    return dict(choices.choices)
