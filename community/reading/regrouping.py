"""What a merge or a split would do, said before anybody presses; and what a question tells of moves that were made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models.functions import Left

from community.actions.duplicates import check_audience, check_pair
from community.content.text import excerpt
from community.errors import Refused
from community.models import Answer, MeToo, Solution, Thread, Watch

#: So many answers are offered at once to be chosen from.
OFFERED = 200
LINE = 200


@dataclass(frozen=True)
class MergePreview:
    """What moves with a question, and why it cannot (`refused`, "" where it can)."""

    target: Thread
    answers: int
    hidden: int
    me_toos: int
    watchers: int
    has_solution: bool
    keeps_solution: bool
    refused: str = ""


def preview_merge(thread: Thread, target: Thread) -> MergePreview:
    """What a merge into this question (its board loaded, as of `thread`) would do. Five queries."""
    standing = Answer.objects.filter(thread=thread)
    solution = Solution.objects.filter(thread=thread, withdrawn_at=None).exists()
    refused = ""
    try:
        check_pair(thread, target)
        check_audience(thread.board, target.board)
    except Refused as why:
        refused = str(why.message)
    return MergePreview(
        target=target,
        answers=standing.filter(hidden_at=None).count(),
        hidden=standing.filter(hidden_at__isnull=False).exclude(hidden_for="moved").count(),
        me_toos=MeToo.objects.filter(thread=thread).count(),
        watchers=Watch.objects.filter(thread=thread, muted_at=None).count(),
        has_solution=solution,
        keeps_solution=solution and target.asker_id == thread.asker_id and target.solved_at is None,
        refused=refused,
    )


class Offered(NamedTuple):
    """One answer to choose, with the beginning of what it says."""

    answer: Answer
    text: str
    is_chosen: bool
    is_solution: bool


def answers_to_choose(thread: Thread, chosen: Sequence[int], *, after: int = 0) -> tuple[list[Offered], int]:
    """The visible answers behind a position, oldest first, and the last position shown where there are more (or 0)."""
    rows = Answer.objects.filter(thread=thread, hidden_at=None, position__gt=after).select_related("author")
    rows = rows.defer("body", "body_html").annotate(start=Left("body", 2 * LINE)).order_by("position")
    found: list[Any] = list(rows[: OFFERED + 1])
    solving = Solution.objects.filter(thread=thread, withdrawn_at=None).values_list("answer_id", flat=True).first()
    shown = found[:OFFERED]
    offered = [Offered(row, excerpt(row.start, LINE), row.pk in set(chosen), row.pk == solving) for row in shown]
    return offered, shown[-1].position if len(found) > OFFERED else 0


def chosen_answers(thread: Thread, ids: Sequence[int]) -> list[Offered]:
    """Those of the chosen that stand there, in the order in which they will stand in the other question."""
    rows = Answer.objects.filter(thread=thread, hidden_at=None, pk__in=ids).select_related("author")
    rows = rows.defer("body", "body_html").annotate(start=Left("body", 2 * LINE)).order_by("answered_at", "position")
    solving = Solution.objects.filter(thread=thread, withdrawn_at=None).values_list("answer_id", flat=True).first()
    return [Offered(row, excerpt(row.start, LINE), True, row.pk == solving) for row in rows]  # type: ignore[attr-defined]


class Move(NamedTuple):
    """One move that a question tells of: answers that left it, or came to it."""

    id: int
    has_left: bool
    other_id: int


def moves_in(rows: Sequence[Mapping[str, int]], thread_id: int) -> list[Move]:
    """The moves that a question's page brought (`moved.splits_of`); the other question is one the reader may see."""
    return [
        Move(row["id"], row["source"] == thread_id, row["target"] if row["source"] == thread_id else row["source"])
        for row in rows
    ]
