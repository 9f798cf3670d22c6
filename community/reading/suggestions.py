"""Threads like a question: what is suggested while somebody asks, and what stands beside a thread.

The index finds among what everybody may see; on boards that are not for everybody, and while there is no index, the
database finds. Whatever is told passes `visible_to`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from community.content.text import excerpt
from community.models import Board, Thread
from community.permissions import Anyone
from community.reading import addresses
from community.reading.engines import fused, sees_closed_boards
from community.reading.lists import listed
from community.reading.results import SOLUTION_LINE, solution_texts
from community.reading.words import Ranked, best, read_query
from community.search import engine
from community.search.analysis import words_of
from community.search.engine import ANYTHING, Match, Narrow

#: A suggestion needs this many words: fewer say too little.
LEAST_WORDS = 3
MOST_SUGGESTED = 5
#: What is less like the question than this says nothing about it (Match.share): by a title alone, and with a text.
#: Seen on a forum of 27,000: nine of ten questions that somebody pointed to are above, three of four that are about
#: another kind of thing altogether below.
LEAST_SHARE, LEAST_WITH_BODY = 0.22, 0.08
#: Those of the board that was chosen stand before others that are as alike.
SAME_BOARD = 1.15
#: So many more are looked for than are shown: some may not be seen.
SPARE = 10


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
    #: of the thread's own words: "" where it is not known
    language: str = ""
    #: asked by the person to whom it is suggested
    is_own: bool = False


def suggest(
    *, viewer: Anyone, title: str, body: str = "", board_id: int | None = None, limit: int = MOST_SUGGESTED
) -> list[Suggestion]:
    """Threads that may already answer this question, the likeliest first; none below three words of a title."""
    if len(words_of(title[: engine.MOST_TITLE])) < LEAST_WORDS:
        return []
    found = likeliest(viewer=viewer, title=title, body=body, board_id=board_id, limit=limit)
    least = LEAST_WITH_BODY if words_of(body[:200]) else LEAST_SHARE
    return _told(viewer, [match.id for match in found if match.share >= least])


def similar(*, thread: Thread, viewer: Anyone, limit: int = MOST_SUGGESTED) -> list[Suggestion]:
    """Threads like this one that the viewer may see, the likeliest first, those of its board before others."""
    narrow = Narrow(without=thread.pk)
    body = thread.body[: engine.MOST_BODY]
    found = likeliest(
        viewer=viewer, title=thread.title, body=body, narrow=narrow, board_id=thread.board_id, limit=limit
    )
    return _told(viewer, [match.id for match in found if match.share >= LEAST_WITH_BODY])


def likeliest(
    *,
    viewer: Anyone,
    title: str,
    body: str = "",
    narrow: Narrow = ANYTHING,
    board_id: int | None = None,
    limit: int = MOST_SUGGESTED,
) -> list[Match]:
    """The threads most like a question that the viewer may see, the likeliest first.

    `narrow.board_ids`, `without` and `until` hold on all boards; other conditions are for the index alone.
    """
    rankings = [engine.alike(title=title, body=body, narrow=narrow, limit=limit + SPARE)]
    is_ready = engine.is_ready()
    if not is_ready or sees_closed_boards(viewer):
        rankings.append(_on_closed_boards(viewer, title, narrow, is_all=not is_ready, most=limit))
    ids = [match.id for matches in rankings for match in matches]
    boards = dict(listed(viewer).filter(pk__in=ids).values_list("pk", "board_id"))
    return _in_one([_of_board(matches, boards, board_id) for matches in rankings])[:limit]


def _of_board(matches: Sequence[Match], boards: Mapping[int, int], board_id: int | None) -> list[Match]:
    """Those that may be seen, of the chosen board a little sooner than others."""
    worth = {match.id: SAME_BOARD if boards[match.id] == board_id else 1.0 for match in matches if match.id in boards}
    told = [match._replace(score=match.score * worth[match.id]) for match in matches if match.id in worth]
    return sorted(told, key=lambda match: -match.score)


def _in_one(rankings: Sequence[list[Match]]) -> list[Match]:
    """One ranking out of what both engines found, by places: their scores cannot be compared (engines.fused)."""
    full = [ranking for ranking in rankings if ranking]
    if len(full) < 2:
        return full[0] if full else []
    known = {match.id: match for ranking in full for match in ranking}
    return [known[each.id] for each in fused(*([Ranked(match.id, True, 0.0) for match in one] for one in full))]


def _on_closed_boards(viewer: Anyone, title: str, narrow: Narrow, *, is_all: bool, most: int) -> list[Match]:
    """Threads that the index does not have, found by the database; their share is that of near ones."""
    asked = read_query(title, is_sentence=True)
    threads = listed(viewer).exclude(pk=narrow.without or 0)
    if not is_all:
        threads = threads.exclude(board__audience=Board.Audience.PUBLIC)
    if narrow.board_ids is not None:
        threads = threads.filter(board_id__in=narrow.board_ids)
    if narrow.until is not None:
        threads = threads.filter(asked_at__lte=narrow.until)
    # Of three words and more two must be there: one alone is in too many threads that are about something else.
    ranked = best(threads, asked, most=most, is_loose=len(asked.units) < LEAST_WORDS)
    return [Match(each.id, each.score, each.is_full, 1.0) for each in ranked]


_COLUMNS = (
    *("id", "title", "state", "kind", "board__name", "me_too_count", "answer_count", "asked_at", "product_version"),
    *("solved_at", "outdated_at", "language", "asker_id"),
)


def _told(viewer: Anyone, thread_ids: Sequence[int]) -> list[Suggestion]:
    """These threads in this order, as far as they may be seen."""
    if not thread_ids:
        return []
    rows = {row[0]: row for row in listed(viewer).filter(pk__in=thread_ids).values_list(*_COLUMNS)}
    lines = solution_texts(rows)
    found = []
    for pk in (pk for pk in thread_ids if pk in rows):
        _pk, title, state, kind, board, me_too, answers, asked_at, version, solved_at, outdated_at, *rest = rows[pk]
        tongue, asker_id = rest
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
                language=tongue,
                is_own=asker_id == viewer.pk,
            )
        )
    return found
