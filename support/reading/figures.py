"""The figures of any period, board and channel, from tallies and pure arithmetic (support/roi.py).

At most 12 queries, whatever there is and however many periods are asked for at once.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from community import clock
from support import avoided, roi
from support.avoided import Counted
from support.models import ComputedFigures, CostInput, Definition, EntryStatus, ProgrammeCost
from support.reading.figure_facts import Counts, Days, Standing, computed, counts_of, first_moment, today
from support.reading.figure_parts import (
    Avoided,
    Compared,
    CostUsed,
    DefinitionUsed,
    Figures,
    Funnel,
    Identity,
    Kind,
    Money,
    Potential,
    Rate,
    Readers,
    Return,
    Span,
    Step,
    Vendor,
    Wanted,
    Why,
)
from support.reading.holdouts import borne
from support.statistics import LEAST_PEOPLE, Interval, seed_of

__all__ = [
    "Avoided",
    "Compared",
    "CostUsed",
    "DefinitionUsed",
    "Figures",
    "Funnel",
    "Identity",
    "Interval",
    "Kind",
    "Money",
    "Potential",
    "Rate",
    "Readers",
    "Return",
    "Span",
    "Step",
    "Vendor",
    "Wanted",
    "Why",
    "compared",
    "course",
    "figures",
    "figures_of",
]

#: So many steps a course has at most.
MOST_STEPS = 120
DAY = timedelta(days=1)


def figures(wanted: Wanted) -> Figures:
    """The figures of one period and filter. At most 12 queries."""
    return figures_of([wanted])[0]


def compared(wanted: Wanted) -> Compared:
    """With the period before and the same weeks last year, in as many queries as one period takes."""
    return Compared(*figures_of([wanted, wanted.before(), wanted.last_year()]))


def course(wanted: Wanted, step: str) -> list[Step]:
    """The period in steps ("day", "week", "month"), the first and last perhaps cut short; the latest 120 of them."""
    parts, first = list[Wanted](), wanted.from_day
    while first <= wanted.until_day:
        last = min(_last_of(first, step), wanted.until_day)
        parts.append(Wanted(first, last, wanted.board_id, wanted.channel))
        first = last + timedelta(days=1)
    return [
        Step(
            each.wanted.from_day,
            each.wanted.until_day,
            each.resolved,
            each.avoided.floor,
            each.avoided.central,
            each.money.floor,
        )
        for each in figures_of(parts[-MOST_STEPS:])
    ]


def _last_of(day: date, step: str) -> date:
    if step == "month":
        return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return day + timedelta(days=6 - day.weekday()) if step == "week" else day


def figures_of(periods: Sequence[Wanted]) -> list[Figures]:
    """Several periods of one board and channel, in as many queries as one takes. None of no periods."""
    if not periods:
        return []
    standing = Standing()
    counts = counts_of([_days(each) for each in periods], periods[0].board_id, standing.costs.cuts)
    found = computed([each.key for each in periods])
    now = clock.now()
    return [_Making(each, own, standing, found, now).figures() for each, own in zip(periods, counts, strict=True)]


def _days(wanted: Wanted) -> Days:
    return wanted.from_day, wanted.until_day


@dataclass
class _Making:
    """One period in the making."""

    wanted: Wanted
    counts: Counts
    standing: Standing
    computed: Mapping[str, ComputedFigures]
    now: datetime

    def figures(self) -> Figures:
        wanted, counts, state = self.wanted, self.counts, self.standing.state
        self.days = _days(wanted)
        self.today = today(self.now)
        self.until = min(wanted.until_day, self.today)
        self.definitions = self.standing.definitions_of(self.days)
        self.costs = self.standing.costs.in_force((wanted.from_day, max(wanted.from_day, self.until)))
        self.mix = counts.mix()
        unlinkable = sum(each.unlinkable for each in counts.contacts)
        self.identity = _identity(sum(self.mix.values()), unlinkable)
        own = Counted(
            counts.cells,
            counts.readers,
            self.mix,
            unlinkable,
            [each.holdout for each in borne(wanted, self.computed.values())],
        )
        self.result = avoided.avoided(own, wanted.channel)
        row = self.computed.get(wanted.key)
        self.told = row.figures if row is not None else None
        money = self._money()
        complete = state.complete_until if state is not None else None
        longest = max((each.no_ticket_days for each in self.definitions), default=0)
        matured = first_moment(wanted.until_day + timedelta(days=1 + longest))
        return Figures(
            wanted=wanted,
            complete_until=complete,
            is_growing=complete is None or complete < matured,
            is_simulated=counts.simulated > 0,
            resolved=self.result.resolved,
            kinds=[_kind(each) for each in self.result.kinds],
            pending=sum(each.pending for each in self.result.kinds),
            readers=self._readers(),
            avoided=self._avoided(),
            identity=self.identity,
            money=money,
            back=self._return(money),
            rate=self._rate(),
            funnel=self._funnel(),
            definitions=[_definition(each) for each in self.definitions],
            costs=[_cost(each) for each in self.costs],
            vendors=self._vendors(),
            computed_at=row.computed_at if row is not None else None,
            is_stale=row is not None and state is not None and row.version != state.version,
        )

    def _readers(self) -> Readers:
        rows = self.counts.readers
        return Readers(
            cases=sum(each.cases for each in rows),
            shown=sum(each.shown for each in rows),
            answered=sum(each.answered for each in rows),
            yes=self.result.kind(avoided.V).contact,
        )

    def _avoided(self) -> Avoided:
        unknown = sum(each.potential for each in self.result.kinds)
        silent = (self.told or {}).get("silent") or {}
        potential = Potential(unknown, silent.get("forms"), silent.get("me_toos"), silent.get("readers"))
        result = self.result
        return Avoided(result.floor, result.central, result.interval, result.partly, potential)

    # Money ------------------------------------------------------------------------------------------------------------
    def _money(self) -> Money:
        saved = roi.saved(self.result, self.standing.costs.prices(), self.mix)
        hidden = self._hidden(saved)
        seed = seed_of(self.wanted.period, "+".join(each.name for each in self.definitions))
        told = (self.told or {}).get("money") or {}
        interval_hidden = self._interval_hidden(hidden, told)
        floor, central = (None, None) if hidden else (saved.floor, saved.central)
        return Money(
            currency=self.costs[0].currency if self.costs else "",
            floor=floor,
            central=central,
            hidden=hidden,
            interval=None if interval_hidden else Span(Decimal(told["low"]), Decimal(told["high"])),
            interval_hidden=interval_hidden,
            seed=f"{seed:064x}",
            people=told.get("people"),
            floor_per_case=roi.per_case(floor, self.result.floor),
            central_per_case=roi.per_case(central, self.result.central),
        )

    def _hidden(self, saved: roi.Saved) -> list[Why]:
        """Every reason for which there is no money."""
        state, standing = self.standing.state, self.standing
        asked = [
            (Why.NOT_YET, state is None or state.complete_until is None),
            (Why.NOT_APPROVED, any(each.approved_at is None for each in self.definitions) or not self.definitions),
            # today is not over: nobody can declare it yet
            (Why.NOT_COVERED, not standing.is_covered((self.wanted.from_day, min(self.until, self.today - DAY)))),
            (Why.NOT_IDENTIFIED, Fraction(self.identity.share or 0) > avoided.MOST_UNLINKABLE),
            (Why.NO_COST, not self.costs or bool(saved.missing)),
            (Why.CURRENCIES, len({each.currency for each in self.costs}) > 1),
            (Why.NO_MIX, saved.has_no_mix),
        ]
        return [why for why, holds in asked if holds]

    def _interval_hidden(self, hidden: Sequence[Why], told: Mapping[str, object]) -> Why | None:
        if hidden:
            return hidden[0]
        if self.told is None:
            return Why.COMPUTING
        if int(str(told.get("people") or 0)) < LEAST_PEOPLE:
            return Why.FEW_PEOPLE
        return None if told.get("low") is not None else Why.COMPUTING

    def _return(self, money: Money) -> Return:
        if self.wanted.is_part:
            return Return(None, None, None, None, None, [Why.OF_THE_WHOLE], {}, 0)
        by_kind, missing, currencies = self._programme()
        hidden = list(money.hidden)
        if missing or not by_kind:
            hidden.append(Why.NO_PROGRAMME_COST)
        elif currencies != {money.currency} and money.currency:
            hidden.append(Why.CURRENCIES)
        programme = sum(by_kind.values(), Decimal(0)) if by_kind else None
        if hidden or programme is None or money.floor is None or money.central is None:
            return Return(programme, None, None, None, None, list(dict.fromkeys(hidden)), by_kind, missing)
        back = [roi.roi(money.floor, programme), roi.roi(money.central, programme)]
        return Return(
            programme,
            roi.net(money.floor, programme),
            roi.net(money.central, programme),
            back[0],
            back[1],
            [] if back[0] is not None else [Why.NO_PROGRAMME_COST],
            by_kind,
            missing,
        )

    def _programme(self) -> tuple[dict[str, Decimal], int, set[str]]:
        """Each kind's share of the days until today; how many days have no cost; in which currencies."""
        found, covered, currencies = defaultdict[str, Fraction](Fraction), set[date](), set[str]()
        for row in self.standing.programme:
            first, last = max(row.from_day, self.wanted.from_day), min(row.until_day, self.until)
            days = (last - first).days + 1
            if days > 0:
                found[row.kind] += roi.of_period(row.amount, (row.until_day - row.from_day).days + 1, days)
                covered |= {first + timedelta(days=n) for n in range(days)}
                currencies.add(row.currency)
        missing = max(0, (self.until - self.wanted.from_day).days + 1) - len(covered)
        kinds = [kind for kind in ProgrammeCost.Kind.values if kind in found]
        return {kind: roi.cents(found[kind]) for kind in kinds}, missing, currencies

    # Beside it --------------------------------------------------------------------------------------------------------
    def _rate(self) -> Rate:
        """Of a board there is none where contacts came from outside: nobody knows which of them were about it."""
        floor, channel = self.result.floor, self.wanted.channel
        tickets = sum(each.identified for each in self.counts.contacts if not channel or each.channel == channel)
        is_told = self.wanted.board_id is None or not self.counts.outside
        return Rate(floor, tickets, roi.deflection_rate(floor, tickets) if is_told else None)

    def _funnel(self) -> Funnel:
        rows, channel = self.counts.asked, self.wanted.channel
        void = Counter[str]()
        for each in self.counts.cells:
            if each.status == EntryStatus.VOID and (not channel or each.channel == channel):
                void[each.reason] += each.cases
        return Funnel(
            asked=sum(each.asked for each in rows),
            answered=sum(each.answered for each in rows),
            solved={each.resolution: each.asked for each in rows if each.resolution},
            escalated=sum(each.escalated for each in rows),
            void=dict(void),
            assisted=self.counts.assisted,
        )

    def _vendors(self) -> list[Vendor]:
        told = (self.told or {}).get("vendors")
        if not told:
            return []
        formulas = roi.vendors(views=told["views"], left=told["left"])
        price = roi.mixed_price(self.standing.costs.prices(), self.mix, self.standing.costs.era(self.until))
        words = {
            "views": _("One in twenty views of a solved question is a ticket avoided."),
            "one_in_five": _("One in five views of a solved question is a ticket avoided."),
            "left": _("Whoever saw suggestions and left the form without sending it is a ticket avoided."),
        }
        currencies = {each.currency for each in self.costs}
        return [
            Vendor(
                name,
                words[name],
                cases,
                None if price is None or len(currencies) != 1 else roi.cents(Fraction(cases) * price),
            )
            for name, cases in (
                ("views", formulas.views),
                ("one_in_five", formulas.one_in_five),
                ("left", formulas.left),
            )
        ]


def _identity(contacts: int, unlinkable: int) -> Identity:
    share = Decimal(unlinkable) / Decimal(contacts) if contacts else None
    return Identity(contacts, unlinkable, share)


def _kind(made: avoided.Kind) -> Kind:
    hidden = None
    if made.central is None:
        hidden = Why.FEW_SURVEYS
    elif made.potential and made.kind != avoided.F:
        hidden = Why.FEW_INTENTS
    return Kind(
        kind=made.kind,
        credited=made.credited,
        pending=made.pending,
        void=made.void,
        corrected=Decimal(made.corrected.numerator) / Decimal(made.corrected.denominator),
        contact=made.contact,
        no=made.no,
        unknown=made.unknown,
        not_entitled=made.not_entitled,
        floor=made.floor,
        central=made.central,
        interval=made.interval,
        hidden=hidden,
        answered=made.answered,
        yes=made.yes,
    )


def _definition(row: Definition) -> DefinitionUsed:
    by = row.approved_by.display_name if row.approved_by is not None else ""
    return DefinitionUsed(row.pk, row.name, row.valid_from, by, row.approved_at, row.no_ticket_days)


def _cost(row: CostInput) -> CostUsed:
    by = row.entered_by.display_name
    return CostUsed(row.pk, row.channel, row.low, row.typical, row.currency, row.valid_from, row.source, by)
