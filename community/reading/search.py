"""The one home for finding threads by words: the search page. (Threads like another one: reading/suggestions.py.)

Whatever is found passes `visible_to` (and, as everywhere in lists, hidden threads are not shown): no title, excerpt or
number tells of a thread that the reader may not see. How threads are matched and ranked is the engines' matter
(reading/engines.py); what is found, and how it is told, is here.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from community.models import Board, User
from community.reading import cursors
from community.reading.engines import Told, ask_engines, count_engines
from community.reading.lists import listed
from community.reading.narrowing import EVERYTHING, Narrowing
from community.reading.results import Hit, hits_of
from community.reading.words import MOST_FOUND, Ranked

Anyone = User | AnonymousUser

PAGE_SIZE = 20
#: With fewer threads that have all the words, those with some of them are shown too.
FEW = 10
#: Orders of results: the likeliest first, of those the solved ones first, or the newest first.
LIKELY, SOLVED, NEWEST = ORDERS = ("", "solved", "newest")


NOTHING_TOLD = Told()


@dataclass(frozen=True)
class Found:
    """A page of results. `count` is how many there are in all, `has_more`: there are more than that."""

    rows: Sequence[Hit] = ()
    count: int = 0
    #: of these, how many have all the words
    full: int = 0
    has_more: bool = False
    next_cursor: str = ""
    #: by what one may narrow further ("state", "board", "kind"): how many of those with all the words each choice has.
    #: Empty where there are more results than were counted.
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    told: Told = NOTHING_TOLD


# The search page ------------------------------------------------------------------------------------------------------
def find(
    *,
    viewer: Anyone,
    words: str,
    narrowing: Narrowing = EVERYTHING,
    order: str = LIKELY,
    after: str = "",
    as_typed: bool = False,
    boards: Sequence[Board] | None = None,
    limit: int = PAGE_SIZE,
) -> Found:
    """What this person may see and these words are in, in one of ORDERS, one page of at most `limit` rows.

    Understands "phrases" and -without, and puts a slip right unless `as_typed`. `boards` are those the viewer may see,
    where they are known already. Any text is answered; Refused only for an `after` that is none of ours.
    """
    begin = cursors.decode(_cursor_of(order), after) if after else (0, 0)
    newest = order == NEWEST
    window = ask_engines(
        viewer=viewer, words=words, narrowing=narrowing, newest=newest, as_typed=as_typed, boards=boards
    )
    if window.is_empty:
        return Found(told=window)
    facts = _facts(viewer, narrowing, [each.id for each in window.ranked])
    ranked = _with_few([each for each in window.ranked if each.id in facts])
    has_more = len(ranked) > MOST_FOUND
    ranked = _BY_ORDER[order](ranked, facts)[:MOST_FOUND]
    full = frozenset(each.id for each in ranked if each.is_full)
    start = _place_of(ranked, *begin)
    shown = [each.id for each in ranked[start : start + limit]]
    is_last = start + limit >= len(ranked)
    return Found(
        rows=hits_of(viewer, shown, full, window.looked),
        count=len(ranked),
        full=len(full),
        has_more=has_more,
        next_cursor="" if is_last else cursors.encode(_cursor_of(order), start + limit, shown[-1]),
        counts={} if has_more else _counts([facts[pk] for pk in full]),
        told=window,
    )


def count_each(
    *, viewer: Anyone, searches: Sequence[tuple[str, Narrowing]], boards: Sequence[Board] | None = None
) -> list[int] | None:
    """How many threads with all the words each of these searches finds (words and what they are narrowed to).

    At most MOST_FOUND each: it may be more. None where that would be expensive, without the index.
    """
    found = count_engines(viewer=viewer, searches=searches, boards=boards)
    if found is None:
        return None
    seen = set(listed(viewer).filter(pk__in={pk for ids in found for pk in ids}).values_list("pk", flat=True))
    return [len(seen.intersection(ids)) for ids in found]


class _Fact(NamedTuple):
    """What sorting and counting need to know of a thread."""

    id: int
    state: str
    kind: str
    board_slug: str
    asked_at: datetime
    solved_at: datetime | None
    outdated_at: datetime | None

    @property
    def is_solved(self) -> bool:
        return self.solved_at is not None and self.outdated_at is None


def _facts(viewer: Anyone, narrowing: Narrowing, thread_ids: Sequence[int]) -> dict[int, _Fact]:
    """Of those the viewer may see and that are as narrow as wished: whatever an engine says, this decides."""
    if not thread_ids:
        return {}
    columns = ("id", "state", "kind", "board__slug", "asked_at", "solved_at", "outdated_at")
    threads = narrowing.apply(listed(viewer).filter(pk__in=thread_ids), viewer)
    return {row[0]: _Fact._make(row) for row in threads.values_list(*columns)}


def _with_few(ranked: list[Ranked]) -> list[Ranked]:
    """Those with all the words; where they are few, some of the others behind them."""
    full = sum(each.is_full for each in ranked)
    return ranked[:full] if full >= FEW else ranked[: max(PAGE_SIZE, full)]


#: How a window of ranked threads is sorted. What has all the words stands first in each.
_BY_ORDER: dict[str, Callable[[list[Ranked], dict[int, _Fact]], list[Ranked]]] = {
    LIKELY: lambda ranked, _facts: ranked,
    SOLVED: lambda ranked, facts: sorted(ranked, key=lambda each: (not each.is_full, not facts[each.id].is_solved)),
    NEWEST: lambda ranked, facts: sorted(
        ranked, key=lambda each: (each.is_full, facts[each.id].asked_at, each.id), reverse=True
    ),
}


def _counts(facts: Sequence[_Fact]) -> dict[str, Counter[str]]:
    return {
        "state": Counter(fact.state for fact in facts),
        "board": Counter(fact.board_slug for fact in facts),
        "kind": Counter(fact.kind for fact in facts),
    }


def _cursor_of(order: str) -> str:
    return f"search.{order}"


def _place_of(ranked: list[Ranked], place: int, thread_id: int) -> int:
    """Where the page after a thread begins: behind it, or at its place when the thread is gone."""
    known = (number for number, each in enumerate(ranked, start=1) if each.id == thread_id)
    return next(known, min(max(place, 0), len(ranked)))
