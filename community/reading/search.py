"""The one home for finding threads: the search page, suggestions while somebody asks, and similar threads.

Whatever is found passes `visible_to` (and, as everywhere in lists, hidden threads are not shown): no title, excerpt or
number tells of a thread that the reader may not see. How threads are matched and ranked is the engine's matter
(reading/words.py); what is found, and how it is told, is here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models.functions import Left
from django.utils.safestring import SafeString

from community.content.excerpts import Looked, marked, passage, plain_of
from community.content.text import excerpt
from community.models import Solution, Thread, User
from community.reading import addresses, cursors
from community.reading.lists import Cell, Filters, cells_of, listed
from community.reading.words import MOST_FOUND, Asked, Ranked, best, read_query

Anyone = User | AnonymousUser

PAGE_SIZE = 20
#: With fewer threads that have all the words, those with some of them are shown too.
FEW = 10
EXCERPT = 200
SOLUTION_LINE = 140
#: A suggestion needs this many words: fewer say too little.
LEAST_WORDS = 3
ORDER = "search"
_READ = 6000  # characters of HTML an excerpt is chosen from


@dataclass(frozen=True)
class Hit:
    """One result: its row, whether it has all the words, and as HTML the passage they stand in."""

    cell: Cell
    is_full: bool
    title: SafeString
    excerpt: SafeString
    solution: SafeString


@dataclass(frozen=True)
class Found:
    """A page of results. `count` is how many there are in all, `has_more`: there may be more than that."""

    rows: Sequence[Hit] = ()
    count: int = 0
    #: of these, how many have all the words
    full: int = 0
    has_more: bool = False
    next_cursor: str = ""
    #: nothing was asked: no word, nothing but signs
    is_empty_query: bool = False


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
    *, viewer: Anyone, words: str, filters: Filters | None = None, after: str = "", limit: int = PAGE_SIZE
) -> Found:
    """What this person may see and these words are in, the likeliest first, one page of at most `limit` rows.

    Understands "phrases" and -without. Any text is answered; Refused only for an `after` that is none of ours.
    """
    asked = read_query(words)
    if asked.is_empty:
        return Found(is_empty_query=True)
    threads = (filters or Filters()).apply(listed(viewer), viewer)
    ranked = _with_few(best(threads, asked))
    start = _place_after(ranked, after)
    shown = ranked[start : start + limit]
    is_last = start + limit >= len(ranked)
    return Found(
        rows=_hits(viewer, shown, asked),
        count=len(ranked),
        full=sum(each.is_full for each in ranked),
        has_more=len(ranked) == MOST_FOUND,
        next_cursor="" if is_last else cursors.encode(ORDER, start + limit, shown[-1].id),
    )


def _with_few(ranked: list[Ranked]) -> list[Ranked]:
    """Those with all the words; where they are few, some of the others behind them."""
    full = sum(each.is_full for each in ranked)
    return ranked[:full] if full >= FEW else ranked[: max(PAGE_SIZE, full)]


def _place_after(ranked: list[Ranked], cursor: str) -> int:
    """Where the page after the cursor begins: behind its thread, or at its place when the thread is gone."""
    if not cursor:
        return 0
    place, thread_id = cursors.decode(ORDER, cursor)
    known = (number for number, each in enumerate(ranked, start=1) if each.id == thread_id)
    return next(known, min(max(place, 0), len(ranked)))


class _Texts(NamedTuple):
    """Of some threads: the beginning of each question and of each solution, as plain text."""

    questions: dict[int, str]
    solutions: dict[int, str]


def _hits(viewer: Anyone, ranked: Sequence[Ranked], asked: Asked) -> list[Hit]:
    looked = _looked(asked)
    cells = cells_of(viewer, [each.id for each in ranked])
    full = {each.id for each in ranked if each.is_full}
    ids = [cell.id for cell in cells]
    texts = _Texts(_question_texts(ids), _solution_texts(ids))
    return [
        Hit(
            cell=cell,
            is_full=cell.id in full,
            title=marked(cell.title, looked),
            excerpt=marked(passage(texts.questions.get(cell.id, ""), looked, EXCERPT), looked),
            solution=marked(passage(texts.solutions.get(cell.id, ""), looked, SOLUTION_LINE), looked),
        )
        for cell in cells
    ]


def _looked(asked: Asked) -> Looked:
    """What to mark."""
    units = [*asked.units, *asked.phrases]
    return Looked(
        [word for unit in units for word in unit.words], [start for unit in units for start in unit.beginnings]
    )


def _question_texts(thread_ids: Iterable[int]) -> dict[int, str]:
    rows = Thread.objects.filter(pk__in=thread_ids).values_list("pk", Left("body_html", _READ))
    return {pk: plain_of(html) for pk, html in rows}


def _solution_texts(thread_ids: Iterable[int]) -> dict[int, str]:
    """The solutions in force of threads that were asked for by `visible_to`; a hidden answer is none."""
    rows = Solution.objects.filter(
        thread_id__in=thread_ids, withdrawn_at__isnull=True, answer__hidden_at__isnull=True
    ).values_list("thread_id", Left("answer__body_html", _READ))
    return {pk: plain_of(html) for pk, html in rows}


# Suggestions and similar threads --------------------------------------------------------------------------------------
def suggest(
    *, viewer: Anyone, title: str, body: str = "", board_id: int | None = None, limit: int = 5
) -> list[Suggestion]:
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
    lines = _solution_texts(rows)
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
