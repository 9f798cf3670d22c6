"""What the start page tells about the community: counted from rows, never rounded up, left out where there is little."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypedDict

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db.models import Count, DurationField, ExpressionWrapper, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import addresses, clock
from community.lists import listed
from community.models import Solution, User
from community.models.threads import SOLVABLE
from community.templatetags.ui import compact, moment

Anyone = User | AnonymousUser

LATELY = timedelta(days=30)
FIGURES_OVER = timedelta(days=90)
#: Below this many questions a percentage says nothing.
ENOUGH = 10
KEPT_SECONDS = 600
#: Solved by people who are not staff: what the start page calls peers.
BY_PEERS = (Solution.Class.PEER, Solution.Class.MIXED, Solution.Class.COMMUNITY)


class Solved(TypedDict):
    """One line of "solved lately"."""

    title: str
    url: str
    helper: str
    when: str


def solved_lately(user: Anyone, count: int = 5) -> list[Solved]:
    """The latest solutions by peers that this person may see."""
    rows = (
        Solution.objects.filter(withdrawn_at__isnull=True, resolution_class__in=BY_PEERS)
        .filter(thread__in=listed(user).filter(outdated_at__isnull=True).values("pk"))
        .order_by("-accepted_at")
        .values_list("thread_id", "thread__title", "answer__author__display_name", "accepted_at")[:count]
    )
    return [
        Solved(title=title, url=addresses.thread_address(pk, title), helper=helper, when=moment(at))
        for pk, title, helper, at in rows
    ]


class Helper(TypedDict):
    """One of those who helped lately."""

    name: str
    url: str
    solutions: str


def helpers_lately(user: Anyone, count: int = 5) -> list[Helper]:
    """Who wrote the most answers accepted in the last 30 days for somebody else's question, as far as one may see."""
    rows = (
        Solution.objects.filter(withdrawn_at__isnull=True, accepted_at__gt=clock.now() - LATELY)
        .filter(thread__in=listed(user).values("pk"), answer__author__anonymised_at__isnull=True)
        .exclude(thread__asker=F("answer__author"))
        .values(
            pk=F("answer__author_id"),
            name=F("answer__author__display_name"),
            username_key=F("answer__author__username_key"),
        )
        .annotate(solved=Count("pk"))
        .order_by("-solved", "name")[:count]
    )
    return [
        Helper(
            name=row["name"],
            url=addresses.person_address(row["pk"], row["username_key"]),
            solutions=ngettext("%(count)d solution", "%(count)d solutions", row["solved"]) % {"count": row["solved"]},
        )
        for row in rows
    ]


@dataclass(frozen=True)
class Counted:
    """What was counted over the last 90 days on public boards."""

    questions: int
    solved: int
    median_minutes: float | None


def public_figures() -> list[tuple[str, str]]:
    """(value, label) pairs over the last 90 days on public boards, counted at most every ten minutes."""
    counted = cache.get_or_set("community.figures", _count, KEPT_SECONDS)
    if counted.questions < ENOUGH:
        return []
    shown = [(compact(counted.questions), _("questions in 90 days"))]
    shown.append((f"{100 * counted.solved // counted.questions} %", _("of them solved")))
    if counted.median_minutes is not None:
        shown.append((_span(counted.median_minutes), _("median time to the first answer")))
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


def _span(minutes: float) -> str:
    """A wait in the largest unit that fits, rounded up."""
    if minutes < 90:
        count = max(1, -int(-minutes // 1))
        return ngettext("%(count)d minute", "%(count)d minutes", count) % {"count": count}
    if minutes < 48 * 60:
        count = -int(-minutes // 60)
        return ngettext("%(count)d hour", "%(count)d hours", count) % {"count": count}
    count = -int(-minutes // 1440)
    return ngettext("%(count)d day", "%(count)d days", count) % {"count": count}
