"""The customers' voice: how it went, by those who were asked after a solved question or ticket, side by side.

Who was asked in the period, how many of them answered, and how many of those said good or great, each share with its
Wilson interval. Groups in which fewer than five answered, or fewer than the desk's smallest group, are not told; as
there is no total, they cannot be reckoned. Words are shown of those alone who agreed to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format, localize
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import clock
from community.models import Thread, User
from community.models.solutions import ResolutionClass
from support import shares
from support.models import DeskState, PersonStanding, SolvedRating, SurveyWords, TicketRating
from support.models.reuse import sees_figures
from support.statistics import newcombe, wilson

#: How long a period may be, in days.
PERIODS = (30, 90, 365)
USUAL = 90
#: Of fewer people nothing is told, even where the desk tells of smaller groups.
LEAST_GROUP = 5
#: So many words are shown, the latest.
MOST_WORDS = 20
#: The group of tickets, beside the classes of solved questions.
TICKETS = "tickets"
Score = TicketRating.Score
#: As they stand on the page.
ORDER = (
    ResolutionClass.PEER,
    ResolutionClass.ASSISTED,
    TICKETS,
    ResolutionClass.MIXED,
    ResolutionClass.COMMUNITY,
    ResolutionClass.MOD,
    ResolutionClass.SELF,
)


@dataclass(frozen=True)
class Group:
    """People whose question or ticket ended in one way: how many were asked, answered, and said good or great."""

    kind: str
    asked: int
    answered: int
    content: int


@dataclass(frozen=True)
class Said:
    """What somebody wrote and agreed to have shown: about which question, and when."""

    text: str
    title: str
    url: str
    day: str


@dataclass(frozen=True)
class Voice:
    """All of one period. `first` is what it says before all else; `rows` are the table under `head`."""

    days: int
    first: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    drawing: shares.Drawing | None
    words: Sequence[Said]
    note: str = ""
    is_made_up: bool = False


def voice(days: int, user: User | AnonymousUser) -> Voice:
    """The voice of the last so many days, told to administrators alone. At most seven queries."""
    days = days if days in PERIODS else USUAL
    until = clock.now()
    since = until - timedelta(days=days)
    groups = list(_groups(since, until)) if sees_figures(user) else []
    smallest = max(LEAST_GROUP, DeskState.objects.get(pk=1).smallest_group)
    told = [each for each in groups if each.answered >= smallest]
    head = [_("How it ended"), _("Asked"), _("Answered"), _("Response rate"), _("Said good or great")]
    return Voice(
        days,
        _first(told),
        head,
        [_row(each, smallest) for each in groups],
        shares.draw([_share(each) for each in told]) if told else None,
        _words(since, until, user),
        " ".join(filter(None, (_left_out(len(groups) - len(told), smallest), _skipped(since, until)))),
        _is_made_up(since, until),
    )


def _groups(since: datetime, until: datetime) -> Iterator[Group]:
    """Those of which anybody was asked in the period. Two queries."""
    asked = Q(asked_at__gte=since, asked_at__lt=until)
    counts = {
        "asked": Count("pk"),
        "answered": Count("pk", filter=Q(score__isnull=False)),
        "content": Count("pk", filter=Q(score__gte=Score.GOOD)),
    }
    solved = SolvedRating.objects.filter(asked).order_by().values("resolution_class").annotate(**counts)
    found = {row.pop("resolution_class"): row for row in map(dict, solved)}
    found[TICKETS] = TicketRating.objects.filter(asked).aggregate(**counts)
    for kind in ORDER:
        if kind in found and found[kind]["asked"]:
            yield Group(str(kind), **found[kind])


def name_of(kind: str) -> str:
    """What a group is called."""
    return _("Solved in a ticket") if kind == TICKETS else str(ResolutionClass(kind).label)


def _first(told: Sequence[Group]) -> str:
    """Peers and staff side by side in one sentence, as far as the figures allow one."""
    by_kind = {each.kind: each for each in told}
    peers = by_kind.get(ResolutionClass.PEER)
    staff = by_kind.get(TICKETS) or by_kind.get(ResolutionClass.ASSISTED)
    if peers is None or staff is None:
        return _("Too few have answered to hold what peers solve against what staff solve.")
    named = {"peers": _percent(peers.content, peers.answered), "staff": _percent(staff.content, staff.answered)}
    if staff.kind == TICKETS:
        told_ = _("%(peers)s of those whom peers helped say good or great, and %(staff)s of those with a ticket.")
    else:
        told_ = _("%(peers)s of those whom peers helped say good or great, and %(staff)s of those whom staff answered.")
    _effect, low, high = newcombe((peers.content, peers.answered), (staff.content, staff.answered))
    if low <= 0 <= high:
        return f"{told_ % named} {_('The difference may be chance.')}"
    return f"{told_ % named} {_('So large a difference is hardly chance.')}"


def _row(group: Group, smallest: int) -> list[str]:
    if group.answered < smallest:
        few = _("too few to tell")
        return [name_of(group.kind), localize(group.asked), few, few, few]
    return [
        name_of(group.kind),
        localize(group.asked),
        localize(group.answered),
        _with_interval(group.answered, group.asked),
        _with_interval(group.content, group.answered),
    ]


def _share(group: Group) -> shares.Share:
    low, high = wilson(group.content, group.answered)
    words = _with_interval(group.content, group.answered)
    return shares.Share(name_of(group.kind), words, group.content / group.answered, low, high)


def _with_interval(part: int, whole: int) -> str:
    """The share, and between what it may be by 95 %."""
    low, high = wilson(part, whole)
    told = {"share": _percent(part, whole), "low": localize(round(100 * low)), "high": localize(round(100 * high))}
    return _("%(share)s (%(low)s to %(high)s)") % told


def _percent(part: int, whole: int) -> str:
    return _("%(number)s %%") % {"number": localize(round(100 * part / whole))}


def _left_out(groups: int, smallest: int) -> str:
    words = ngettext(
        "%(count)s group is too small to be told: fewer than %(smallest)s answered.",
        "%(count)s groups are too small to be told: fewer than %(smallest)s answered.",
        groups,
    )
    return words % {"count": localize(groups), "smallest": localize(smallest)} if groups else ""


def _skipped(since: datetime, until: datetime) -> str:
    """How many askers were left out, because they had been asked something else not long before. One query."""
    count = SolvedRating.objects.filter(offered_at__gte=since, offered_at__lt=until, asked_at__isnull=True).count()
    words = ngettext(
        "%(count)s asker was left out: they had been asked something else lately.",
        "%(count)s askers were left out: they had been asked something else lately.",
        count,
    )
    return words % {"count": localize(count)} if count else ""


def _words(since: datetime, until: datetime, user: User | AnonymousUser) -> list[Said]:
    """What readers wrote and agreed to have shown, about questions that stand in sight. One query."""
    if not sees_figures(user):
        return []
    seen = Thread.objects.visible_to(user).filter(hidden_at__isnull=True).order_by().values("pk")
    rows = SurveyWords.objects.filter(may_be_shown=True, said_at__gte=since, said_at__lt=until, survey__thread__in=seen)
    rows = rows.select_related("survey__thread").defer("survey__thread__body", "survey__thread__body_html")
    return [
        Said(
            row.text,
            row.survey.thread.title,
            row.survey.thread.get_absolute_url(),
            date_format(timezone.localdate(row.said_at), "DATE_FORMAT"),
        )
        for row in rows.order_by("-said_at", "-pk")[:MOST_WORDS]
    ]


def _is_made_up(since: datetime, until: datetime) -> bool:
    """Whether a demo's people are among those who were heard."""
    if SolvedRating.objects.filter(is_simulated=True, offered_at__gte=since, offered_at__lt=until).exists():
        return True
    return PersonStanding.objects.filter(kind=PersonStanding.Kind.SIMULATED).exists()
