"""The desk in figures: what the reports count, asked set-based for one period.

Times are business time of the calendar of a ticket's queue, from the customer's first word until ours, waiting
included; a ticket that was merged is counted where it went. What was opened in the period is looked at as it stands.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection, transaction
from django.utils import timezone

from community import clock
from support.models import UNDONE, EscalationReason, Queue, TicketRating
from support.reading.hours import all_hours
from support.sla import ALWAYS, Hours, open_spans

#: How long a period may be, in days, and by what its course is told.
PERIODS = {7: "day", 28: "week", 90: "week", 365: "month"}
USUAL = 28
#: Ages of what is not done, in days: up to so many.
AGES = (1, 3, 7, 30)


@dataclass(frozen=True)
class Period:
    """Whole days in the zone of whoever reads; `ends_at` is now."""

    days: int
    starts_at: datetime
    ends_at: datetime

    @property
    def step(self) -> str:
        return PERIODS[self.days]


def last_days(days: int) -> Period:
    """So many days until now, today among them; the usual ones for what is no period."""
    days, now = days if days in PERIODS else USUAL, clock.now()
    today = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    return Period(days, today - timedelta(days=days - 1), now)


@contextmanager
def at_one_moment() -> Iterator[None]:
    """All figures of a page in one transaction; compiling its queries would take longer than it saves."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        yield


class Cohort(NamedTuple):
    """Tickets opened in the period: of one channel, of one step of time, or all (both None). Times are seconds."""

    channel: str | None
    step: date | None
    tickets: int
    replied: int
    reply_median: float | None
    reply_slowest: float | None
    solved: int
    solution_median: float | None
    solution_slowest: float | None
    reopened: int
    ever_solved: int


# How much business time has gone by at a moment, since the period began: `edges` are the moments (seconds since 1970)
# at which hours open and close, by turns, and `spent` what had gone by at each.
_SPENT = """(SELECT CASE WHEN i = 0 THEN 0 WHEN mod(i, 2) = 1 THEN h.spent[i] + x - h.edges[i] ELSE h.spent[i] END
    FROM hours h, LATERAL (SELECT extract(epoch FROM {at})::float8 AS x) a,
    LATERAL (SELECT width_bucket(a.x, h.edges) AS i) b WHERE h.id = calendar)"""
_COHORT = f"""
    WITH hours(id, edges, spent) AS (VALUES {{hours}}), opened AS MATERIALIZED (
        SELECT t.channel, t.opened_at, t.first_replied_at, t.reopened_count,
            coalesce(p.calendar_id, %(usual)s) AS calendar,
            date_trunc(%(step)s, t.opened_at AT TIME ZONE %(zone)s)::date AS step,
            CASE WHEN EXISTS (SELECT 1 FROM support_ticketevent e WHERE e.ticket_id = t.id AND e.kind = 'resolved')
                THEN t.resolved_at END AS solved_at
        FROM support_ticket t JOIN support_queue q ON q.id = t.queue_id LEFT JOIN support_slapolicy p ON p.id = q.sla_id
        WHERE t.opened_at >= %(start)s AND t.opened_at < %(end)s AND t.merged_into_id IS NULL
    ), moments AS MATERIALIZED (
        SELECT channel, step, reopened_count, {_SPENT.format(at="opened_at")} AS opened,
            CASE WHEN channel <> 'staff' THEN {_SPENT.format(at="first_replied_at")} END AS replied,
            CASE WHEN solved_at IS NOT NULL THEN {_SPENT.format(at="solved_at")} END AS solved
        FROM opened
    ), waits AS (
        SELECT channel, step, reopened_count, replied - opened AS reply, solved - opened AS solution FROM moments)
    SELECT channel, step, count(*), count(reply),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY reply), percentile_cont(0.9) WITHIN GROUP (ORDER BY reply),
        count(solution),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY solution), percentile_cont(0.9) WITHIN GROUP (ORDER BY solution),
        count(*) FILTER (WHERE reopened_count > 0), count(*) FILTER (WHERE solution IS NOT NULL OR reopened_count > 0)
    FROM waits GROUP BY GROUPING SETS ((channel), (step), ()) ORDER BY channel, step
"""  # noqa: S608 - our own words


def cohorts(period: Period) -> list[Cohort]:
    """By channel, by step of time, and all together. Two queries."""
    known = all_hours()
    usual = min(known, default=0)
    given, params = list[str](), _params(period) | {"usual": usual}
    for number, (pk, hours) in enumerate((known or {0: ALWAYS}).items()):
        edges, spent = _edges(hours, period.starts_at, period.ends_at)
        given.append(f"(%(id{number})s::bigint, %(edges{number})s::float8[], %(spent{number})s::float8[])")
        params |= {f"id{number}": pk, f"edges{number}": edges, f"spent{number}": spent}
    return [Cohort(*row) for row in _rows(_COHORT.format(hours=", ".join(given)), params)]


def _edges(hours: Hours, start: datetime, end: datetime) -> tuple[list[float], list[float]]:
    edges, spent, total = list[float](), list[float](), 0.0
    for opens, closes in open_spans(hours, start.astimezone(UTC), (end - start).days + 3):
        begins, ends = opens.timestamp(), closes.timestamp()
        if edges and edges[-1] >= begins:  # hours that go on over midnight
            del edges[-1], spent[-1]
        else:
            edges.append(begins)
            spent.append(total)
        total = spent[-1] + ends - edges[-1]
        edges.append(ends)
        spent.append(total)
    return edges, spent


class Kept(NamedTuple):
    """Promises that began in the period and are decided: how many of them, and how many were kept."""

    queue: int | None
    team: int | None
    channel: str | None
    kind: str
    #: which of the three it is of: queue, team, channel or all
    of: str
    decided: int
    kept: int


_KEPT = """
    SELECT q.id, q.team_id, t.channel, c.kind,
        CASE grouping(q.id, q.team_id, t.channel) WHEN 3 THEN 'queue' WHEN 5 THEN 'team' WHEN 6 THEN 'channel'
            ELSE 'all' END,
        count(*), count(*) FILTER (WHERE c.breached_at IS NULL)
    FROM support_slaclock c JOIN support_ticket t ON t.id = c.ticket_id JOIN support_queue q ON q.id = t.queue_id
    WHERE c.began_at >= %(start)s AND c.began_at < %(end)s AND t.merged_into_id IS NULL
        AND (c.breached_at IS NOT NULL OR c.met_at IS NOT NULL)
    GROUP BY GROUPING SETS ((q.id, c.kind), (q.team_id, c.kind), (t.channel, c.kind), (c.kind))
"""


def promises_kept(period: Period) -> list[Kept]:
    """By queue, by team, by channel and all together. What still runs in time is left out. One query."""
    return [Kept(*row) for row in _rows(_KEPT, _params(period))]


def names_of_queues() -> tuple[dict[int, str], dict[int | None, str | None]]:
    """Number -> name of every queue, and of every team that has one (None: no team's). One query."""
    rows = Queue.objects.order_by("position", "id").values_list("pk", "name", "team", "team__name")
    found = list(rows)
    return {pk: name for pk, name, _team, _named in found}, {team: named for _pk, _name, team, named in found}


class Age(NamedTuple):
    """What is not done: up to so many days old (None: older), how many are ours to do and how many rest."""

    days: int | None
    ours: int
    rests: int


_BACKLOG = """
    SELECT width_bucket(extract(epoch FROM %(end)s - opened_at)::float8 / 86400, %(ages)s::float8[]),
        count(*) FILTER (WHERE status IN ('new', 'open')), count(*) FILTER (WHERE status NOT IN ('new', 'open'))
    FROM support_ticket WHERE status = ANY(%(undone)s) GROUP BY 1
"""


def backlog(period: Period) -> list[Age]:
    """What is not done now, by age. One query."""
    params = _params(period) | {"ages": list(AGES), "undone": list(UNDONE)}
    counted = {bucket: counts for bucket, *counts in _rows(_BACKLOG, params)}
    return [Age(days, *counted.get(number, (0, 0))) for number, days in enumerate((*AGES, None))]


class Rated(NamedTuple):
    """Ratings said in the period by channel: how many people said each score."""

    channel: str
    score: int
    people: int


_RATED = """
    SELECT t.channel, r.score, count(*) FROM support_ticketrating r JOIN support_ticket t ON t.id = r.ticket_id
    WHERE r.rated_at >= %(start)s AND r.rated_at < %(end)s GROUP BY 1, 2
"""


def ratings(period: Period) -> tuple[list[Rated], int]:
    """What customers said how it went, and how many tickets' customers were asked in the period. Two queries."""
    asked = TicketRating.objects.filter(asked_at__gte=period.starts_at, asked_at__lt=period.ends_at).count()
    return [Rated(*row) for row in _rows(_RATED, _params(period))], asked


class Asked(NamedTuple):
    """Questions and problems posted in a step of time, and how many of them came to staff."""

    step: date
    threads: int
    escalated: int


_ASKED = """
    SELECT date_trunc(%(step)s, t.asked_at AT TIME ZONE %(zone)s)::date, count(*),
        count(*) FILTER (WHERE EXISTS (SELECT 1 FROM support_escalation e WHERE e.thread_id = t.id))
    FROM community_thread t
    WHERE t.asked_at >= %(start)s AND t.asked_at < %(end)s AND t.kind IN ('question', 'problem') AND NOT t.is_imported
        AND t.merged_into_id IS NULL AND t.hidden_at IS NULL
    GROUP BY 1 ORDER BY 1
"""
_REASONS = """
    SELECT reason, way, count(*) FROM support_escalation
    WHERE escalated_at >= %(start)s AND escalated_at < %(end)s GROUP BY 1, 2
"""


def asked(period: Period) -> list[Asked]:
    """How many questions came to staff, by when they were asked. One query."""
    return [Asked(*row) for row in _rows(_ASKED, _params(period))]


def reasons(period: Period) -> dict[str, dict[str, int]]:
    """Reason -> way -> how many escalations of the period, the most frequent reason first. One query."""
    found: dict[str, dict[str, int]] = {reason: {} for reason in EscalationReason.values}
    for reason, way, count in _rows(_REASONS, _params(period)):
        found[reason][way] = count
    return dict(sorted(found.items(), key=lambda each: -sum(each[1].values())))


def left_out(counts: Iterable[tuple[Any, int]], smallest: int) -> set[Any]:
    """The groups that are too small to be shown; with them the next larger one, where what is left out could be
    reckoned from the total otherwise."""
    found = sorted(((count, str(name), name) for name, count in counts if count), key=lambda each: each[:2])
    hidden = [each for each in found if each[0] < smallest]
    if hidden and len(hidden) < len(found) and (len(hidden) == 1 or sum(each[0] for each in hidden) < smallest):
        hidden.append(found[len(hidden)])
    return {name for _count, _word, name in hidden}


def _params(period: Period) -> dict[str, Any]:
    zone = timezone.get_current_timezone()
    return {
        "start": period.starts_at,
        "end": period.ends_at,
        "step": period.step,
        "zone": zone.key if isinstance(zone, ZoneInfo) else "UTC",
    }


def _rows(query: str, params: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        return cursor.fetchall()
