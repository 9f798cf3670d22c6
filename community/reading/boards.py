"""What the overview of the boards tells of each: what happened there lately, and whether one watches it."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery

from community import clock
from community.models import Board, Solution, Thread, User, Watch
from community.models.threads import SOLVABLE
from community.permissions import Anyone
from community.reading.figures import LATELY, kept
from community.reading.lists import boards_for


@dataclass(frozen=True)
class Shown:
    """One board of the overview; the counts are those of the last 30 days."""

    board: Board
    open: int
    solved: int
    last_activity_at: datetime | None
    is_watched: bool


def boards_shown(user: Anyone) -> list[Shown]:
    """The boards this person may see, in their order: three queries. The counts are taken at most every ten minutes."""
    counts: dict[int, Counter[str]] = kept("boards", _count)
    boards = boards_for(user)
    latest = Thread.objects.filter(board=OuterRef("pk")).listed().order_by("-last_activity_at", "-pk")
    seen = Board.objects.filter(pk__in=[board.pk for board in boards]).order_by()
    last = dict(seen.values_list("pk", Subquery(latest.values("last_activity_at")[:1])))
    watched = set[int | None]()
    if isinstance(user, User):
        watched.update(Watch.objects.filter(person=user, board__isnull=False).values_list("board_id", flat=True))
    return [
        Shown(board, told["open"], told["solved"], last.get(board.pk), board.pk in watched)
        for board in boards
        for told in [counts.get(board.pk, Counter[str]())]
    ]


def _count() -> dict[int, Counter[str]]:
    """For each board: "open", questions of the last 30 days without a solution; "solved", solutions of these days.

    Whoever may see a board may see all of its threads that are not hidden, so the counts are the same for all.
    """
    since = clock.now() - LATELY
    found: dict[int, Counter[str]] = {}
    asked = Thread.objects.listed().filter(last_activity_at__gt=since, asked_at__gt=since)
    waiting = asked.filter(solved_at__isnull=True, closed_at__isnull=True, kind__in=SOLVABLE)
    for row in waiting.order_by().values("board").annotate(count=Count("pk")):
        found.setdefault(row["board"], Counter())["open"] = row["count"]
    solved = Solution.objects.filter(withdrawn_at__isnull=True, accepted_at__gt=since, thread__hidden_at__isnull=True)
    for row in solved.order_by().values("thread__board").annotate(count=Count("pk")):
        found.setdefault(row["thread__board"], Counter())["solved"] = row["count"]
    return found
