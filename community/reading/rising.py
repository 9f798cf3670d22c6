"""What rises: questions that many have lately, with others like them. From each, one press makes a known issue."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce

from community import clock
from community.models import Board, DuplicateHint, KnownIssueThread, MeToo, Thread
from community.models.threads import SOLVABLE
from community.permissions import Anyone
from community.reading.suggestions import LEAST_WITH_BODY, likeliest
from community.search.likeness import likeness, words_for
from community.search.query import Narrow

#: "Lately": what was said and asked in this time counts.
OVER = timedelta(days=14)
PAGE = 20
#: So many together make it worth a line: the asker is one of them.
LEAST = 2
#: So many questions like one are offered to be linked.
MOST_ALIKE = 10


@dataclass(frozen=True)
class Rising:
    """A question with how many said lately that they have it too, and the open ones like it of these days."""

    thread: Thread
    lately: int
    alike: list[Thread]

    @property
    def weight(self) -> int:
        return self.lately + len(self.alike)


def rising(user: Anyone) -> list[Rising]:
    """The questions that rise most, the highest first: at most `PAGE`, none that is part of an issue already.

    Four queries, however many there are.
    """
    since = clock.now() - OVER
    lately = _count(MeToo.objects.filter(thread=OuterRef("pk"), joined_at__gt=since), "thread")
    pairs = _count(DuplicateHint.objects.filter(other=OuterRef("pk"), thread__asked_at__gt=since), "other")
    rows: Any = _open(user).annotate(lately=lately, pairs=pairs)
    rows = rows.filter(Q(lately__gt=0) | Q(pairs__gt=0), last_activity_at__gt=since - OVER)
    rows = rows.annotate(weight=F("lately") + F("pairs")).filter(weight__gte=LEAST)
    threads = list(rows.select_related("board").order_by("-weight", "-pk")[:PAGE])
    alike = _pairs(user, [thread.pk for thread in threads])
    found, named = [], set[int]()
    for thread in threads:
        if thread.pk not in named:  # it stands below another one already
            others = [other for other in alike.get(thread.pk, []) if other.pk not in named][:MOST_ALIKE]
            named |= {other.pk for other in others}
            found.append(Rising(thread, thread.lately, others))
    return found


def _open(user: Anyone) -> Any:
    """Questions without a solution that are part of no issue that is current."""
    taken = KnownIssueThread.objects.in_force().values("thread")
    seen = Thread.objects.visible_to(user).listed().unsolved().filter(kind__in=SOLVABLE)
    return seen.exclude(pk__in=taken)


def _count(rows: Any, group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _pairs(user: Anyone, ids: list[int]) -> dict[int, list[Thread]]:
    """The newer open questions that were noted as much like each of these. Two queries."""
    hints = DuplicateHint.objects.filter(other__in=ids, thread__asked_at__gt=clock.now() - OVER).order_by("-likeness")
    pairs = list(hints.values_list("other_id", "thread_id")[: PAGE * MOST_ALIKE])
    threads = _open(user).select_related("board").in_bulk([thread for _other, thread in pairs]) if pairs else {}
    found: dict[int, list[Thread]] = {}
    for other, thread in pairs:
        if thread in threads:
            found.setdefault(other, []).append(threads[thread])
    return found


def alike(user: Anyone, *, title: str, body: str, board: Board | None, without: set[int]) -> list[Thread]:
    """Open questions like these words that may be linked, the most alike first; of one board where one is given.

    What was linked is looked over by whoever presses, so that more is offered than would be called a duplicate.
    """
    narrow = Narrow(board_ids=frozenset({board.pk})) if board else Narrow()
    matches = likeliest(viewer=user, title=title, body=body, narrow=narrow, limit=MOST_ALIKE * 3)
    ids = [match.id for match in matches if match.id not in without and match.share >= LEAST_WITH_BODY]
    words = words_for(title, body, "")
    found = list(_open(user).select_related("board").filter(pk__in=ids))
    places = {pk: place for place, pk in enumerate(ids)}
    found.sort(key=lambda row: (-likeness(words, words_for(row.title, row.body, "")), places[row.pk]))
    return found[: MOST_ALIKE * 2]
