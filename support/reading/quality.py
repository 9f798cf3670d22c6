"""How well peers help: shares and medians of a period, imported history, and whose work it was.

Shares are Wilson's; what has not had its time yet is left out of one. The median is computed by the job
(reading/computed.py); everything else is asked for here.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from community import clock
from community.models import Consent, Thread, User
from community.models.solutions import ResolutionClass
from support.avoided import CASES, KINDS
from support.models import CurrentEntry, EntryStatus, VoidReason
from support.reading.figure_facts import computed, counts_of, first_moment
from support.reading.figures import Interval, Wanted, Why
from support.statistics import wilson


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, with its Wilson interval; `share` None: no data."""

    part: int
    whole: int
    share: float | None
    interval: Interval | None


@dataclass(frozen=True)
class Quality:
    """Customers' questions and problems asked in the period (no imports); what has not had its time is left out."""

    answered_24h: Share
    answered_72h: Share
    solved_7d: Share
    solved_30d: Share
    #: of solutions in force: by peers
    peer_share: Share
    #: of matured cases (D, F, M): the person contacted support after all
    recontact: Share
    #: of solutions of the period: taken back by whoever accepted
    reopened: Share
    escalated: Share
    #: of contacts: those that could be linked to a person
    identified: Share
    #: of the members who said anything about being counted until then: those who said yes. What visitors said no to is
    #: not kept: their key is deleted, and no page of theirs is counted
    consented: Share
    median_first_reply: timedelta | None
    median_hidden: Why | None


@dataclass(frozen=True)
class HistoryYear:
    """One year of imported history: shown, never credited. `solved`: (ResolutionClass, threads)."""

    year: int
    asked: int
    answered_24h: int
    answered_72h: int
    solved: Sequence[tuple[str, int]]
    median_first_reply: timedelta | None


@dataclass(frozen=True)
class TopThread:
    thread: Thread
    #: credited cases, by kind in the order D, F, M, V
    cases: int
    by_kind: Sequence[tuple[str, int]]


@dataclass(frozen=True)
class TopHelper:
    person: User
    cases: int
    share: Decimal


@dataclass(frozen=True)
class Helpers:
    helpers: Sequence[TopHelper]
    #: credited cases behind it
    cases: int
    #: what the first three have of all, None without cases
    share_of_three: float | None


def share(part: int, whole: int) -> Share:
    return Share(part, whole, part / whole, wilson(part, whole)) if whole else Share(0, 0, None, None)


_ASKED = """
    SELECT count(*) FILTER (WHERE t.asked_at <= %(now)s - interval '24 hours'),
        count(*) FILTER (WHERE t.asked_at <= %(now)s - interval '24 hours'
            AND t.first_answered_at <= t.asked_at + interval '24 hours'),
        count(*) FILTER (WHERE t.asked_at <= %(now)s - interval '72 hours'),
        count(*) FILTER (WHERE t.asked_at <= %(now)s - interval '72 hours'
            AND t.first_answered_at <= t.asked_at + interval '72 hours'),
        count(*) FILTER (WHERE t.asked_at <= %(now)s - interval '7 days'),
        count(*) FILTER (WHERE t.asked_at <= %(now)s - interval '7 days'
            AND t.solved_at <= t.asked_at + interval '7 days'),
        count(*) FILTER (WHERE t.asked_at <= %(now)s - interval '30 days'),
        count(*) FILTER (WHERE t.asked_at <= %(now)s - interval '30 days'
            AND t.solved_at <= t.asked_at + interval '30 days'),
        count(*), count(*) FILTER (WHERE t.escalated_at IS NOT NULL)
    FROM community_thread t
    WHERE t.asked_at >= %(start)s AND t.asked_at < %(end)s AND t.kind IN ('question', 'problem')
        AND t.asker_role = 'customer' AND NOT t.is_imported AND t.merged_into_id IS NULL AND t.hidden_at IS NULL
        AND (%(board)s::bigint IS NULL OR t.board_id = %(board)s)
"""
_SOLVED = """
    SELECT count(*) FILTER (WHERE s.withdrawn_at IS NULL),
        count(*) FILTER (WHERE s.withdrawn_at IS NULL AND s.resolution_class = 'peer'),
        count(*), count(*) FILTER (WHERE s.withdrawal = 'taken_back')
    FROM community_solution s JOIN community_thread t ON t.id = s.thread_id
    WHERE s.accepted_at >= %(start)s AND s.accepted_at < %(end)s AND s.recorded_at = s.accepted_at
        AND NOT t.is_imported AND t.hidden_at IS NULL AND t.asker_role = 'customer'
        AND (%(board)s::bigint IS NULL OR t.board_id = %(board)s)
"""


def quality(wanted: Wanted) -> Quality:
    """The shares of one period and board. Eight queries."""
    values = _values(wanted)
    day, day_in, three, three_in, week, week_in, month, month_in, asked, escalated = _row(_ASKED, values)
    solved, by_peers, accepted, taken_back = _row(_SOLVED, values)
    counts = counts_of([(wanted.from_day, wanted.until_day)], wanted.board_id, [])[0]
    contacts = sum(each.everything for each in counts.contacts)
    said = Consent.objects.filter(said_at__lt=values["end"]).aggregate(
        said=Count("pk"), yes=Count("pk", filter=Q(is_given=True))
    )
    told = computed([wanted.key]).get(wanted.key)
    median = told.figures.get("median_first_reply") if told is not None else None
    return Quality(
        answered_24h=share(day_in, day),
        answered_72h=share(three_in, three),
        solved_7d=share(week_in, week),
        solved_30d=share(month_in, month),
        peer_share=share(by_peers, solved),
        recontact=_recontact(counts.cells),
        reopened=share(taken_back, accepted),
        escalated=share(escalated, asked),
        identified=share(contacts - sum(each.unlinkable for each in counts.contacts), contacts),
        consented=share(said["yes"], said["said"]),
        median_first_reply=timedelta(seconds=median) if median is not None else None,
        median_hidden=_why_no_median(told is not None, median is not None),
    )


def _why_no_median(is_computed: bool, is_there: bool) -> Why | None:
    if is_there:
        return None
    return Why.NOTHING_TO_DIVIDE if is_computed else Why.COMPUTING


def _recontact(cells: Sequence[Any]) -> Share:
    own = [each for each in cells if each.kind in CASES]
    void = sum(each.cases for each in own if each.reason == VoidReason.RECONTACT)
    return share(void, void + sum(each.cases for each in own if each.status == EntryStatus.CREDITED))


_HISTORY = """
    SELECT extract(year FROM t.asked_at AT TIME ZONE %(zone)s)::int, coalesce(s.resolution_class, ''), count(*),
        count(*) FILTER (WHERE t.first_answered_at <= t.asked_at + interval '24 hours'),
        count(*) FILTER (WHERE t.first_answered_at <= t.asked_at + interval '72 hours'),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.first_answered_at - t.asked_at)::float8),
        grouping(coalesce(s.resolution_class, ''))
    FROM community_thread t LEFT JOIN community_solution s ON s.thread_id = t.id AND s.withdrawn_at IS NULL
    WHERE t.is_imported AND t.kind IN ('question', 'problem') AND t.merged_into_id IS NULL AND t.hidden_at IS NULL
    GROUP BY 1, GROUPING SETS ((coalesce(s.resolution_class, '')), ())
    ORDER BY 1 DESC
"""


def history() -> list[HistoryYear]:
    """What was imported, by the year it was asked in, the latest first. One query."""
    solved = defaultdict[int, dict[str, int]](dict)
    years = []
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {"zone": str(timezone.get_default_timezone())})
        rows = cursor.fetchall()
    for year, resolution, count, day, three, median, is_all in rows:
        if is_all:
            years.append((year, count, day, three, median))
        elif resolution:
            solved[year][resolution] = count
    return [
        HistoryYear(
            year,
            count,
            day,
            three,
            [(each, solved[year][each]) for each in ResolutionClass.values if each in solved[year]],
            timedelta(seconds=median) if median is not None else None,
        )
        for year, count, day, three, median in years
    ]


def credited(wanted: Wanted) -> QuerySet[CurrentEntry]:
    """The credited cases of a period and filter, as they stand."""
    rows = CurrentEntry.objects.filter(
        status=EntryStatus.CREDITED,
        occurred_at__gte=first_moment(wanted.from_day),
        occurred_at__lt=first_moment(wanted.until_day + timedelta(days=1)),
    )
    if wanted.board_id is not None:
        rows = rows.filter(board=wanted.board_id)
    return rows.filter(channel=wanted.channel) if wanted.channel else rows


def top_threads(user: User, wanted: Wanted, limit: int = 10) -> list[TopThread]:
    """The threads with the most credited cases of the period, as far as this person may see them. Two queries."""
    kinds: dict[str, Any] = {f"of_{kind}": Count("pk", filter=Q(kind=kind)) for kind in KINDS}
    rows: Any = credited(wanted).order_by().values("thread").annotate(cases=Count("pk"), **kinds)
    rows = rows.filter(thread__in=Thread.objects.visible_to(user).order_by().values("pk"))
    found = list(rows.order_by("-cases", "-thread")[:limit])
    threads = Thread.objects.visible_to(user).select_related("board").in_bulk([row["thread"] for row in found])
    return [
        TopThread(
            threads[row["thread"]],
            row["cases"],
            [(kind, row[f"of_{kind}"]) for kind in KINDS],
        )
        for row in found
        if row["thread"] in threads
    ]


_HELPERS = """
    WITH cases AS MATERIALIZED (
        SELECT c.thread_id, count(*) AS cases FROM support_currententry c
        WHERE c.status = 'credited' AND c.occurred_at >= %(start)s AND c.occurred_at < %(end)s
            AND (%(board)s::bigint IS NULL OR c.board_id = %(board)s) AND (%(channel)s = '' OR c.channel = %(channel)s)
        GROUP BY 1
    ), helped AS (
        SELECT a.author_id, sum(c.cases) AS cases FROM cases c
        JOIN LATERAL (SELECT s.answer_id FROM community_solution s WHERE s.thread_id = c.thread_id
            ORDER BY s.withdrawn_at IS NULL DESC, s.id DESC LIMIT 1) s ON true
        JOIN community_answer a ON a.id = s.answer_id GROUP BY 1
    )
    SELECT author_id, cases, (SELECT sum(cases) FROM helped) FROM helped ORDER BY cases DESC, author_id LIMIT %(limit)s
"""


def top_helpers(wanted: Wanted, limit: int = 10) -> Helpers:
    """Whose answers solved the threads of the period's credited cases. Two queries."""
    with connection.cursor() as cursor:
        cursor.execute(_HELPERS, _values(wanted) | {"channel": wanted.channel, "limit": max(3, limit)})
        rows = cursor.fetchall()
    people = User.objects.in_bulk([author for author, _cases, _all in rows])
    everything = int(rows[0][2]) if rows else 0
    helpers = [
        TopHelper(people[author], int(cases), Decimal(int(cases)) / Decimal(everything))
        for author, cases, _all in rows
        if author in people
    ]
    three = sum(each.cases for each in helpers[:3])
    return Helpers(helpers[:limit], everything, three / everything if everything else None)


def _values(wanted: Wanted) -> dict[str, Any]:
    return {
        "start": first_moment(wanted.from_day),
        "end": first_moment(wanted.until_day + timedelta(days=1)),
        "board": wanted.board_id,
        "now": clock.now(),
    }


def _row(query: str, values: dict[str, Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        row: tuple[Any, ...] = cursor.fetchone()
    return row
