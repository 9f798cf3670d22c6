"""What the start page tells about the community: counted from rows, left out where there is too little to tell."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypedDict, TypeVar, cast

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, DurationField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import clock
from community.models import Board, Solution, Tag, TaggedThread, User
from community.models.threads import SOLVABLE
from community.reading import addresses, prepared
from community.reading.lists import listed
from community.reading.prepared import Prepared
from community.reading.standing import span
from community.roles import Role
from community.templatetags.ui import compact, moment

Anyone = User | AnonymousUser
Counting = TypeVar("Counting")

SHOWN = 5
LATELY = timedelta(days=30)
FIGURES_OVER = timedelta(days=90)
#: Below this many questions a percentage says nothing.
ENOUGH = 10
KEPT_SECONDS = 600
#: Solved by people who are not staff: what the start page calls peers.
BY_PEERS = (Solution.Class.PEER, Solution.Class.MIXED, Solution.Class.COMMUNITY)


MOST_TAGS = 200
MOST_RANKED = 500


#: What was counted, and when; by this process, since a page that is only read writes nothing.
KEPT: dict[str, tuple[float, Any]] = {}


def kept(name: str, count: Callable[[], Counting]) -> Counting:
    """What `count` gave at most ten minutes ago."""
    counted_at, known = KEPT.get(name, (0.0, None))
    if known is None or time.monotonic() - counted_at > KEPT_SECONDS:
        known = count()
        KEPT[name] = (time.monotonic(), known)
    return cast(Counting, known)


def popular_tags(user: Anyone, board: Board | None = None) -> list[Tag]:
    """Tags of threads (of one board) this person may see, the most used first, at most 200.

    The order is counted at most every ten minutes; what is seen is asked of the rows every time.
    """
    ranks: dict[int, int] = kept("tag ranks", _rank_tags)
    threads = listed(user).filter(board=board) if board else listed(user)
    tagged = TaggedThread.objects.filter(tag=OuterRef("pk"), content_object__in=threads.values("pk"))
    tags = Tag.objects.filter(Exists(tagged))
    if len(ranks) >= MOST_RANKED:
        tags = tags.filter(pk__in=list(ranks))
    return sorted(tags[:MOST_RANKED], key=lambda tag: (ranks.get(tag.pk, MOST_RANKED), tag.name))[:MOST_TAGS]


def _rank_tags() -> dict[int, int]:
    rows = TaggedThread.objects.values("tag_id").annotate(count=Count("pk")).order_by("-count", "tag_id")
    return {row["tag_id"]: rank for rank, row in enumerate(rows[:MOST_RANKED])}


class Solved(TypedDict):
    """One line of "solved lately"."""

    title: str
    url: str
    helper: str
    when: str


_solved = Prepared(
    lambda user: (
        Solution.objects.filter(withdrawn_at__isnull=True, resolution_class__in=BY_PEERS)
        .filter(thread__in=listed(user).filter(outdated_at__isnull=True).values("pk"))
        .order_by("-accepted_at")
        .values_list("thread_id", "thread__title", "answer__author__display_name", "accepted_at")[:SHOWN]
    ),
    places=0,
)


def solved_lately(user: Anyone) -> list[Solved]:
    """The latest solutions by peers that this person may see."""
    return [
        Solved(title=title, url=addresses.thread_address(pk, title), helper=helper, when=moment(at))
        for pk, title, helper, at in _solved.rows(user)
    ]


class Helper(TypedDict):
    """One of those who helped lately."""

    name: str
    url: str
    solutions: str


_helpers = Prepared(
    lambda user: (
        Solution.objects.filter(withdrawn_at__isnull=True, accepted_at__gt=prepared.moment(0))
        .filter(answer_author_role=Role.CUSTOMER)
        .filter(thread__in=listed(user).values("pk"), answer__author__anonymised_at__isnull=True)
        .exclude(thread__asker=F("answer__author"))
        .values_list("answer__author_id", "answer__author__display_name", "answer__author__username_key")
        .annotate(solved=Count("pk"))
        .order_by("-solved", "answer__author__display_name")[:SHOWN]
    ),
    places=1,
)


def helpers_lately(user: Anyone) -> list[Helper]:
    """The peers with the most answers accepted in the last 30 days for somebody else, as far as one may see."""
    return [
        Helper(
            name=name,
            url=addresses.person_address(pk, username_key),
            solutions=ngettext("%(count)d solution", "%(count)d solutions", solved) % {"count": solved},
        )
        for pk, name, username_key, solved in _helpers.rows(user, clock.now() - LATELY)
    ]


@dataclass(frozen=True)
class Counted:
    """What was counted over the last 90 days on public boards."""

    questions: int
    solved: int
    median_minutes: float | None


def public_figures() -> list[tuple[str, str]]:
    """(value, label) pairs over the last 90 days on public boards, counted at most every ten minutes."""
    counted = kept("figures", _count)
    if counted.questions < ENOUGH:
        return []
    shown = [(compact(counted.questions), _("questions in 90 days"))]
    shown.append((_("%(share)d%%") % {"share": 100 * counted.solved // counted.questions}, _("of them solved")))
    if counted.median_minutes is not None:
        shown.append((span(counted.median_minutes), _("typical wait for an answer")))
    return shown


def _count() -> Counted:
    asked = listed(AnonymousUser()).filter(asked_at__gt=clock.now() - FIGURES_OVER, kind__in=SOLVABLE)
    numbers: dict[str, Any] = asked.aggregate(
        questions=Count("pk"), solved=Count("pk", filter=Q(solved_at__isnull=False))
    )
    waits = asked.filter(first_answered_at__isnull=False).annotate(
        wait=ExpressionWrapper(F("first_answered_at") - F("asked_at"), output_field=DurationField())
    )
    half = numbers["questions"] // 2
    # Questions nobody has answered yet count as waiting: the median is over all of them, or it is not told.
    median = waits.order_by("wait").values_list("wait", flat=True)[half : half + 1].first() if half else None
    return Counted(
        questions=numbers["questions"],
        solved=numbers["solved"],
        median_minutes=median.total_seconds() / 60 if median else None,
    )
