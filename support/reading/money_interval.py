"""The interval of money: what CENTRAL would come to with other people, drawn 2,000 times from those there were.

Persons are drawn with all that is theirs (cases, recontacts, answers, views): ten cases of one are one piece of luck.
Everything that is estimated is estimated anew in each round: the share of the unknown, of readers, the correction for
contacts of nobody, the effect of experiments.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from fractions import Fraction
from random import Random
from typing import Any

from django.db import connection

from support.avoided import FORM, LEAST_INTENTS, Avoided, Counted, D, F, M, V, avoided, unlinkable_share
from support.reading.figure_facts import Standing, computed, counts_of, first_moment
from support.reading.figure_parts import Wanted
from support.reading.holdouts import Borne, borne
from support.roi import Prices, cents, saved
from support.statistics import LEAST_PEOPLE, binomial, bootstrap, seed_of

# The columns of a person's row: of D and M six each, of F three, of V five.
_KNOWN, _UNKNOWN, _YES, _ANSWERED, _CREDITED, _RECONTACTS = range(6)
_OF = {D: 0, M: 6}
_F_KNOWN, _F_CREDITED, _F_RECONTACTS = 12, 13, 14
_V_KNOWN, _V_YES, _V_CASES, _V_MIXED, _V_ANSWERED = 15, 16, 17, 18, 19
_COLUMNS = 20

_CASES = """
    SELECT c.person_key, c.kind, c.status, c.known, c.channel, c.is_entitled, width_bucket(c.day, %(cuts)s::date[]),
        count(*)
    FROM support_currententry c
    WHERE c.occurred_at >= %(start)s AND c.occurred_at < %(end)s
        AND (c.status = 'credited' OR c.reason = 'recontact')
        AND (%(board)s::bigint IS NULL OR c.board_id = %(board)s)
    GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
# Readers without a case are told together, by what they read: there are many, and few sorts of them. Of each era: its
# number, viewer cases, those answered.
_READERS = """
    WITH read AS (
        SELECT v.person_key, width_bucket(v.day, %(cuts)s::date[]) AS era, count(*) AS cases,
            count(*) FILTER (WHERE v.is_answered) AS answered
        FROM support_viewercase v
        WHERE v.day BETWEEN %(first)s AND %(last)s AND (%(board)s::bigint IS NULL OR v.board_id = %(board)s)
        GROUP BY 1, 2
    ), people AS (
        SELECT person_key, array_agg(ARRAY[era, cases, answered] ORDER BY era) AS read FROM read GROUP BY 1
    ), known AS (
        SELECT DISTINCT c.person_key FROM support_currententry c
        WHERE c.occurred_at >= %(start)s AND c.occurred_at < %(end)s
            AND (c.status = 'credited' OR c.reason = 'recontact')
            AND (%(board)s::bigint IS NULL OR c.board_id = %(board)s)
    )
    SELECT coalesce(known.person_key, ''), people.read, count(*)
    FROM people LEFT JOIN known USING (person_key) GROUP BY 1, 2
"""


def interval_of_money(wanted: Wanted, standing: Standing) -> dict[str, Any]:
    """How many credited people there are and, from 30 on and where everything has its price, the interval as text."""
    days = (wanted.from_day, wanted.until_day)
    counts = counts_of([days], wanted.board_id, standing.costs.cuts)[0]
    mix, unlinkable = counts.mix(), sum(each.unlinkable for each in counts.contacts)
    trials = borne(wanted, computed([]).values())
    counted = Counted(counts.cells, counts.readers, mix, unlinkable, [each.holdout for each in trials])
    prices = _Prices(standing.costs.prices(), mix, wanted.channel)
    sorts, people = _sorts(wanted, standing, prices)
    saving = saved(avoided(counted, wanted.channel), standing.costs.prices(), mix)
    if people < LEAST_PEOPLE or saving.central is None:
        return {"people": people}
    version = "+".join(each.name for each in standing.definitions_of(days))
    result, linkable = avoided(counted), 1 - float(unlinkable_share(sum(mix.values()), unlinkable))
    forms = result.kind(F).contact
    price = prices.own(FORM, max((each.era for each in counts.readers), default=0))
    if forms:
        price = sum(row[_F_KNOWN] * count for row, count in sorts.items()) / forms
    drawn = _Round(result, linkable, trials, price)
    low, high = bootstrap(sorts, drawn.money, seed_of(wanted.period, version))
    return {"people": people, "low": str(cents(Fraction(low))), "high": str(cents(Fraction(high)))}


class _Prices:
    """Typical prices as floats, of one channel or all. Whatever is asked for has one: `saved` was asked before."""

    def __init__(self, prices: Prices, mix: Mapping[str, int], channel: str) -> None:
        self.prices, self.channel, everything = prices, channel, sum(mix.values())
        self.mix = {name: count / everything for name, count in mix.items() if count and channel in ("", name)}

    def own(self, channel: str, era: int) -> float:
        price = self.prices.get((era, channel))
        return float(price.typical) if price is not None and self.channel in ("", channel) else 0.0

    def mixed(self, era: int) -> float:
        return sum(share * self.own(channel, era) for channel, share in self.mix.items())


def _sorts(wanted: Wanted, standing: Standing, prices: _Prices) -> tuple[Counter[tuple[float, ...]], int]:
    """How many persons there are with each row of numbers, and how many have a credited case."""
    rows = defaultdict[str, list[float]](lambda: [0.0] * _COLUMNS)
    credited, sorts = set[str](), Counter[tuple[float, ...]]()
    values = {
        "start": first_moment(wanted.from_day),
        "end": first_moment(wanted.until_day + timedelta(days=1)),
        "first": wanted.from_day,
        "last": wanted.until_day,
        "board": wanted.board_id,
        "cuts": standing.costs.cuts,
    }
    with connection.cursor() as cursor:
        cursor.execute(_CASES, values)
        for person, *case in cursor.fetchall():
            if case[1] == "credited":
                credited.add(person)
            _add(rows[person], prices, case)
        cursor.execute(_READERS, values)
        for person, read, many in cursor.fetchall():
            row = rows[person] if person else [0.0] * _COLUMNS
            for era, cases, answered in read:
                row[_V_CASES] += cases
                row[_V_MIXED] += cases * prices.mixed(era)
                row[_V_ANSWERED] += answered
            if not person:
                sorts[tuple(row)] += many
    sorts.update(map(tuple, rows.values()))
    return sorts, len(credited)


def _add(row: list[float], prices: _Prices, case: Sequence[Any]) -> None:
    """One person's cases of a sort."""
    kind, status, known, channel, entitled, era, n = case
    is_credited, is_contact = status == "credited", known == "contact"
    money = n * prices.own(channel, era) if is_credited and entitled and is_contact else 0.0
    if kind in _OF:
        start = _OF[kind]
        row[start + (_CREDITED if is_credited else _RECONTACTS)] += n
        row[start + _KNOWN] += money
        if is_credited and entitled:
            said = n if known == "no" or (is_contact and channel != FORM) else 0
            row[start + _ANSWERED] += said
            row[start + _YES] += said if is_contact else 0
            row[start + _UNKNOWN] += n * prices.mixed(era) if known == "unknown" else 0.0
    elif kind == F:
        row[_F_CREDITED if is_credited else _F_RECONTACTS] += n
        row[_F_KNOWN] += money
    elif is_credited and entitled and is_contact:
        row[_V_KNOWN] += money
        row[_V_YES] += n


class _Round:
    """CENTRAL's money of people who were drawn, by the rules of support/avoided.py."""

    def __init__(self, result: Avoided, linkable: float, trials: Sequence[Borne], form_price: float) -> None:
        self.linkable, self.trials = linkable, trials
        self.is_told = {kind: result.kind(kind).answered >= LEAST_INTENTS for kind in (D, M)}
        self.reads = result.kind(V).central is not None
        confirmed = sum(each.confirmed for each in trials)
        own = result.kind(F).contact
        self.outside = 1 - min(1.0, confirmed / own) if own else 1.0
        self.form_price = form_price

    def money(self, sums: Sequence[float], chance: Random) -> float:
        total = sum(self._of_kind(sums[start : start + 6], self.is_told[kind]) for kind, start in _OF.items())
        kept = self._kept(sums[_F_CREDITED], sums[_F_RECONTACTS])
        total += kept * sums[_F_KNOWN] * self.outside
        total += self._of_trials(chance) if self.trials else 0.0
        answered, cases, yes = sums[_V_ANSWERED], sums[_V_CASES], sums[_V_YES]
        total += sums[_V_KNOWN]
        if self.reads and answered and cases:
            total += sums[_V_MIXED] * (min(yes, answered) / answered - yes / cases)
        return total

    def _kept(self, credited: float, recontacts: float) -> float:
        """By what the credited are multiplied, for the contacts of nobody we know."""
        matured = credited + recontacts
        if not credited or self.linkable <= 0:
            return 0.0
        return matured * (1 - min(1.0, recontacts / matured / self.linkable)) / credited

    def _of_kind(self, own: Sequence[float], is_told: bool) -> float:
        unknown = own[_UNKNOWN] * own[_YES] / own[_ANSWERED] if is_told and own[_ANSWERED] else 0.0
        return self._kept(own[_CREDITED], own[_RECONTACTS]) * (own[_KNOWN] + unknown)

    def _of_trials(self, chance: Random) -> float:
        """Both arms drawn anew, at what a form costs."""
        total = 0.0
        for each in self.trials:
            shares = [
                binomial(chance, people, tickets / people) / people
                for people, tickets in (each.control, each.treatment)
            ]
            total += each.people * (shares[0] - shares[1]) * self.form_price
        return total
