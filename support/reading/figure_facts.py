"""What the figures of periods are counted from: tallies and dated rows, each asked for once whatever the periods.

Nine queries for any number of periods of one board. Days are those of `settings.TIME_ZONE`.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from support.avoided import Cell, ReaderCount
from support.ledger.definitions import in_force
from support.ledger.facts import CHANNELS
from support.models import ChannelCoverage, ComputedFigures, CostInput, Definition, LedgerState, ProgrammeCost
from support.models.contacts import ContactChannel
from support.roi import Price, Prices

Days = tuple[date, date]
#: Experiments that were analysed stand beside computed periods (reading/computed.py).
TRIAL = "trial/"


class Contacts(NamedTuple):
    """Tickets and contacts outside by one channel: all, those that belong to nobody, and those that the deflection rate
    counts (of the board, where one is wanted)."""

    channel: str
    everything: int
    unlinkable: int
    identified: int


class AskedCount(NamedTuple):
    """Questions and problems of customers by how they were solved ("": not)."""

    resolution: str
    asked: int
    answered: int
    escalated: int


@dataclass
class Counts:
    """Of one period."""

    cells: list[Cell] = field(default_factory=list)
    readers: list[ReaderCount] = field(default_factory=list)
    contacts: list[Contacts] = field(default_factory=list)
    outside: int = 0
    asked: list[AskedCount] = field(default_factory=list)
    assisted: int = 0
    simulated: int = 0

    def mix(self) -> dict[str, int]:
        """Channel -> tickets and contacts."""
        found = Counter[str]()
        for each in self.contacts:
            found[each.channel] += each.everything
        return dict(found)


def first_moment(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, datetime.min.time()), timezone.get_default_timezone())


def today(now: datetime) -> date:
    return timezone.localtime(now, timezone.get_default_timezone()).date()


class Costs:
    """What contacts cost, day by day: the row of a channel whose day came last; of several the one entered last."""

    def __init__(self) -> None:
        rows = CostInput.objects.select_related("entered_by").order_by("valid_from", "pk")
        self.rows: Sequence[CostInput] = list(rows)
        #: on these days an era begins
        self.cuts = sorted({row.valid_from for row in self.rows})
        self._eras: list[dict[str, CostInput]] = [{}]
        for cut in self.cuts:
            self._eras.append(self._eras[-1] | {row.channel: row for row in self.rows if row.valid_from == cut})

    def era(self, day: date) -> int:
        return bisect_right(self.cuts, day)

    def in_force(self, days: Days) -> list[CostInput]:
        """Every row that is in force on one of these days."""
        found = {
            row.pk: row for era in range(self.era(days[0]), self.era(days[1]) + 1) for row in self._eras[era].values()
        }
        return sorted(found.values(), key=lambda row: (row.channel, row.valid_from, row.pk))

    def prices(self) -> Prices:
        return {
            (era, channel): Price(row.low, row.typical)
            for era, rows in enumerate(self._eras)
            for channel, row in rows.items()
        }


class Standing:
    """What is the same for every period: definitions, costs, coverage, how far the ledger is."""

    def __init__(self) -> None:
        self.state = LedgerState.objects.filter(pk=1).first()
        self.definitions: Sequence[Definition] = list(in_force().select_related("approved_by"))
        self.costs = Costs()
        self.programme = list(ProgrammeCost.objects.filter(withdrawn_at__isnull=True))
        self.coverage = list(ChannelCoverage.objects.filter(withdrawn_at__isnull=True))

    def definitions_of(self, days: Days) -> list[Definition]:
        """Those in force at any moment of these days."""
        start, end = first_moment(days[0]), first_moment(days[1] + timedelta(days=1))
        ends = [each.valid_from for each in self.definitions[1:]] + [end]
        found = [
            each for each, until in zip(self.definitions, ends, strict=False) if each.valid_from < end and until > start
        ]
        return found or list(self.definitions[:1])

    def is_covered(self, days: Days) -> bool:
        """Every channel is declared for every one of these days."""
        return all(self._covers(channel, days) for channel in ContactChannel.values)

    def _covers(self, channel: str, days: Days) -> bool:
        day = days[0]
        for row in sorted((row for row in self.coverage if row.channel == channel), key=lambda row: row.from_day):
            if row.from_day <= day <= row.until_day:
                day = row.until_day + timedelta(days=1)
        return day > days[1]


_PERIODS = "(VALUES {}) AS p (n, from_day, until_day, starts, ends)"
_LEDGER = """
    SELECT p.n, t.kind, t.status, t.reason, t.known, t.channel, t.is_entitled, width_bucket(t.day, %(cuts)s::date[]),
        sum(t.count), sum(t.count) FILTER (WHERE t.is_simulated)
    FROM {periods} JOIN support_ledgertally t ON t.day BETWEEN p.from_day AND p.until_day
    WHERE %(board)s::bigint IS NULL OR t.board_id = %(board)s
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING sum(t.count) <> 0
"""
_READERS = """
    SELECT p.n, width_bucket(t.day, %(cuts)s::date[]), sum(t.cases), sum(t.shown), sum(t.answered),
        sum(t.cases) FILTER (WHERE t.is_simulated)
    FROM {periods} JOIN support_viewertally t ON t.day BETWEEN p.from_day AND p.until_day
    WHERE %(board)s::bigint IS NULL OR t.board_id = %(board)s
    GROUP BY 1, 2 HAVING sum(t.cases) <> 0
"""
# A ticket that was split off is no contact of its own, one that was merged is its target's.
_CONTACTS = """
    SELECT p.n, t.channel, false, count(*), 0,
        count(*) FILTER (WHERE %(board)s::bigint IS NULL OR t.board_id = %(board)s)
    FROM {periods} JOIN support_ticket t ON t.opened_at >= p.starts AND t.opened_at < p.ends
    WHERE t.merged_into_id IS NULL
        AND t.id NOT IN (SELECT target_id FROM support_ticketregrouping WHERE kind = 'split')
    GROUP BY 1, 2
    UNION ALL
    SELECT p.n, c.channel, true, count(*), count(*) FILTER (WHERE c.person_hash = ''),
        count(*) FILTER (WHERE c.person_hash <> '' AND %(board)s::bigint IS NULL)
    FROM {periods} JOIN support_outsidecontact c ON c.occurred_at >= p.starts AND c.occurred_at < p.ends
    GROUP BY 1, 2
"""
_ASKED = """
    SELECT p.n, coalesce(s.resolution_class, ''), count(*), count(*) FILTER (WHERE t.peer_answer_count > 0),
        count(*) FILTER (WHERE t.escalated_at IS NOT NULL)
    FROM {periods} JOIN community_thread t ON t.asked_at >= p.starts AND t.asked_at < p.ends
    LEFT JOIN community_solution s ON s.thread_id = t.id AND s.withdrawn_at IS NULL
    WHERE t.kind IN ('question', 'problem') AND t.asker_role = 'customer' AND NOT t.is_imported
        AND t.merged_into_id IS NULL AND t.hidden_at IS NULL
        AND (%(board)s::bigint IS NULL OR t.board_id = %(board)s)
    GROUP BY 1, 2
    UNION ALL
    SELECT p.n, 'assisted reuse', count(*), 0, 0
    FROM {periods} JOIN support_assistedreuse a ON a.day BETWEEN p.from_day AND p.until_day
    WHERE %(board)s::bigint IS NULL OR a.board_id = %(board)s
    GROUP BY 1
"""


def counts_of(periods: Sequence[Days], board_id: int | None, cuts: Sequence[date]) -> list[Counts]:
    """The counts of each of these periods, of one board or all. Four queries."""
    found = [Counts() for _each in periods]
    asking = _Asking(periods, board_id, cuts)
    for n, kind, status, reason, known, channel, entitled, era, count, simulated in asking.rows(_LEDGER):
        found[n].cells.append(Cell(kind, status, reason, known, channel, entitled, era, int(count)))
        found[n].simulated += int(simulated or 0)
    for n, era, cases, shown, answered, simulated in asking.rows(_READERS):
        found[n].readers.append(ReaderCount(era, int(cases), int(shown), int(answered)))
        found[n].simulated += int(simulated or 0)
    for n, channel, is_outside, everything, unlinkable, identified in asking.rows(_CONTACTS):
        name = channel if is_outside else CHANNELS[channel].value
        found[n].contacts.append(Contacts(name, everything, unlinkable, identified))
        found[n].outside += everything if is_outside else 0
    for n, resolution, asked, answered, escalated in asking.rows(_ASKED):
        if resolution == "assisted reuse":
            found[n].assisted = asked
        else:
            found[n].asked.append(AskedCount(resolution, asked, answered, escalated))
    return found


class _Asking:
    def __init__(self, periods: Sequence[Days], board_id: int | None, cuts: Sequence[date]) -> None:
        row = "(%(n{0})s::int, %(from{0})s::date, %(until{0})s::date, %(start{0})s::timestamptz, "
        row += "%(end{0})s::timestamptz)"
        self.periods = _PERIODS.format(", ".join(row.format(n) for n in range(len(periods))))
        self.given: dict[str, Any] = {"board": board_id, "cuts": list(cuts)}
        for n, (first, last) in enumerate(periods):
            self.given |= {f"n{n}": n, f"from{n}": first, f"until{n}": last, f"start{n}": first_moment(first)}
            self.given[f"end{n}"] = first_moment(last + timedelta(days=1))

    def rows(self, query: str) -> Sequence[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(query.format(periods=self.periods), self.given)
            return cursor.fetchall()


def computed(keys: Collection[str]) -> Mapping[str, ComputedFigures]:
    """What the job has computed under these keys, and of every experiment. One query."""
    rows = ComputedFigures.objects.filter(version__isnull=False)
    return {row.key: row for row in rows.filter(key__in=keys) | rows.filter(key__startswith=TRIAL)}
