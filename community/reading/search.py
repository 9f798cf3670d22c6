"""The one home for finding threads: the search page, suggestions while somebody asks, and similar threads.

Whatever is found passes `visible_to` (and, as everywhere in lists, hidden threads are not shown): no title, excerpt or
number tells of a thread that the reader may not see. How threads are matched and ranked is the engine's matter
(reading/words.py); what is found, and how it is told, is here.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from community.content.excerpts import Looked
from community.content.text import excerpt
from community.models import Thread, User
from community.reading import addresses, cursors
from community.reading.lists import listed
from community.reading.narrowing import EVERYTHING, Narrowing
from community.reading.results import SOLUTION_LINE, Hit, hits_of, solution_texts
from community.reading.words import CANDIDATES, MOST_FOUND, Asked, Ranked, best, read_query

Anyone = User | AnonymousUser

PAGE_SIZE = 20
#: With fewer threads that have all the words, those with some of them are shown too.
FEW = 10
#: A suggestion needs this many words: fewer say too little.
LEAST_WORDS = 3
#: Orders of results: the likeliest first, of those the solved ones first, or the newest first.
LIKELY, SOLVED, NEWEST = ORDERS = ("", "solved", "newest")


@dataclass(frozen=True)
class Found:
    """A page of results. `count` is how many there are in all, `has_more`: there are more than that."""

    rows: Sequence[Hit] = ()
    count: int = 0
    #: of these, how many have all the words
    full: int = 0
    has_more: bool = False
    next_cursor: str = ""
    #: nothing was asked: no word, nothing but signs
    is_empty_query: bool = False
    #: by what one may narrow further ("state", "board", "kind"): how many of those with all the words each choice has.
    #: Empty where there are more results than were counted.
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Suggestion:
    """A thread that may already answer what somebody is about to ask, or that is like another one."""

    id: int
    title: str
    url: str
    is_solved: bool
    state: str
    kind: str
    board_name: str
    me_too_count: int
    answer_count: int
    asked_at: datetime
    #: the beginning of the solution in force as plain text, "" without one
    solution_line: str
    product_version: str


#: A thread like another one is told in the same words.
SimilarThread = Suggestion


# The search page ------------------------------------------------------------------------------------------------------
def find(
    *,
    viewer: Anyone,
    words: str,
    narrowing: Narrowing = EVERYTHING,
    order: str = LIKELY,
    after: str = "",
    limit: int = PAGE_SIZE,
) -> Found:
    """What this person may see and these words are in, in one of ORDERS, one page of at most `limit` rows.

    Understands "phrases" and -without. Any text is answered; Refused only for an `after` that is none of ours.
    """
    begin = cursors.decode(_cursor_of(order), after) if after else (0, 0)
    asked = read_query(words)
    if asked.is_empty:
        return Found(is_empty_query=True)
    # For the newest as many as there are: the likeliest hundred of them are not the newest hundred.
    most = CANDIDATES if order == NEWEST else MOST_FOUND + 1
    ranked = best(narrowing.apply(listed(viewer), viewer), asked, most=most)
    facts = _facts(viewer, narrowing, [each.id for each in ranked])
    ranked = _with_few([each for each in ranked if each.id in facts])
    has_more = len(ranked) > MOST_FOUND
    ranked = _BY_ORDER[order](ranked, facts)[:MOST_FOUND]
    full = frozenset(each.id for each in ranked if each.is_full)
    start = _place_of(ranked, *begin)
    shown = [each.id for each in ranked[start : start + limit]]
    is_last = start + limit >= len(ranked)
    return Found(
        rows=hits_of(viewer, shown, full, _looked(asked)),
        count=len(ranked),
        full=len(full),
        has_more=has_more,
        next_cursor="" if is_last else cursors.encode(_cursor_of(order), start + limit, shown[-1]),
        counts={} if has_more else _counts([facts[pk] for pk in full]),
    )


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
    threads = narrowing.apply(listed(viewer).filter(pk__in=thread_ids, merged_into__isnull=True), viewer)
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


def _looked(asked: Asked) -> Looked:
    """What to mark."""
    units = [*asked.units, *asked.phrases]
    return Looked(
        [word for unit in units for word in unit.words], [start for unit in units for start in unit.beginnings]
    )


# Suggestions and similar threads --------------------------------------------------------------------------------------
def suggest(*, viewer: Anyone, title: str, board_id: int | None = None, limit: int = 5) -> list[Suggestion]:
    """Threads that may already answer a question with this title, the likeliest first; none below three words.

    Those on the board `board_id` stand before others that are as alike.
    """
    asked = read_query(title, is_sentence=True)
    if asked.count < LEAST_WORDS:
        return []
    # Of three words and more two must be there: one alone is in too many threads that are about something else.
    ranked = best(listed(viewer), asked, most=limit, board_id=board_id, is_loose=len(asked.units) < LEAST_WORDS)
    return _suggestions(viewer, [each.id for each in ranked])


def similar(*, thread: Thread, viewer: Anyone, limit: int = 5) -> list[SimilarThread]:
    """Threads like this one that the viewer may see, the likeliest first, those of its board before others."""
    asked = read_query(thread.title, is_sentence=True)
    others = listed(viewer).exclude(pk=thread.pk)
    ranked = best(others, asked, most=limit, board_id=thread.board_id, is_loose=False)
    return _suggestions(viewer, [each.id for each in ranked])


_COLUMNS = (
    *("id", "title", "state", "kind", "board__name", "me_too_count", "answer_count", "asked_at", "product_version"),
    *("solved_at", "outdated_at"),
)


def _suggestions(viewer: Anyone, thread_ids: Sequence[int]) -> list[Suggestion]:
    """These threads in this order, as far as they may be seen."""
    if not thread_ids:
        return []
    rows = {row[0]: row for row in listed(viewer).filter(pk__in=thread_ids).values_list(*_COLUMNS)}
    lines = solution_texts(rows)
    found = []
    for pk in (pk for pk in thread_ids if pk in rows):
        _pk, title, state, kind, board, me_too, answers, asked_at, version, solved_at, outdated_at = rows[pk]
        found.append(
            Suggestion(
                id=pk,
                title=title,
                url=addresses.thread_address(pk, title),
                is_solved=solved_at is not None and outdated_at is None,
                state=state,
                kind=kind,
                board_name=board,
                me_too_count=me_too,
                answer_count=answers,
                asked_at=asked_at,
                solution_line=excerpt(lines.get(pk, ""), SOLUTION_LINE),
                product_version=version,
            )
        )
    return found
