"""From counts to tickets avoided, as docs/deflection.md says: plain values in and out.

Counts come as `Cell`s. An era is a stretch of days in which no price changes, numbered from 0. What is in between are
`Fraction`s: money is made of them, exact to the cent (support/roi.py).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from support.statistics import Interval, wilson

D, F, M, V = KINDS = ("D", "F", "M", "V")
#: The kinds that are cases resolved by peers; what V says of readers is an estimate.
CASES = (D, F, M)
#: The channel of whoever came from the contact form and said nothing ("by conduct"): no answer that q_k could count.
FORM = "form"
#: Fewer surveys answered, fewer intents told: nothing is extrapolated.
LEAST_SURVEYS, LEAST_INTENTS = 30, 10
#: With a larger share of contacts that belong to nobody, there is no money.
MOST_UNLINKABLE = Fraction(2, 5)


class Cell(NamedTuple):
    """So many cases stand like this (support.models.LedgerTally)."""

    kind: str
    status: str
    reason: str
    known: str
    channel: str
    is_entitled: bool
    era: int
    cases: int


class ReaderCount(NamedTuple):
    """Eligible viewer cases of an era: all, shown the survey, answered."""

    era: int
    cases: int
    shown: int
    answered: int


class Holdout(NamedTuple):
    """What a valid experiment says of its people with suggestions who first met the form in the period.

    `avoided` with its interval is in tickets; `confirmed` are the F cases of its people that are credited, of persons
    who are entitled and would have contacted support.
    """

    avoided: float
    low: float
    high: float
    confirmed: int


@dataclass(frozen=True)
class Counted:
    """All that is counted in a period, of all channels."""

    cells: Sequence[Cell]
    readers: Sequence[ReaderCount] = ()
    #: the period's tickets and contacts outside, by channel; and how many of them belong to nobody we could know
    contacts: Mapping[str, int] = field(default_factory=dict)
    unlinkable: int = 0
    holdouts: Sequence[Holdout] = ()


class Part(NamedTuple):
    """A share of a kind's tickets avoided that has one price: of an era and a channel ("": of the period's mix)."""

    kind: str
    era: int
    channel: str
    floor: Fraction
    central: Fraction
    low: Fraction
    high: Fraction


@dataclass(frozen=True)
class Kind:
    """One kind of evidence in the period. `floor`, `central` and `interval` are tickets avoided."""

    kind: str
    credited: int
    pending: int
    void: int
    #: credited, less what contacts stand for that belong to nobody we know; V: as credited
    corrected: Fraction
    #: of `credited`, of persons who are entitled: would have contacted support, would not, unknown
    contact: int
    no: int
    unknown: int
    not_entitled: int
    floor: int
    #: None: not enough data
    central: float | None
    interval: Interval | None
    #: D and M: the answers behind q_k, and how many of them were yes
    answered: int = 0
    yes: int = 0
    #: of `unknown`: not extrapolated, because too few have answered
    potential: int = 0


@dataclass(frozen=True)
class Avoided:
    """Tickets avoided by all kinds, and what they are made of. `partly`: kinds whose CENTRAL is not known, where the
    floor stands in. The interval's ends are the sums of the kinds' ends: never narrower than 95 %."""

    kinds: Sequence[Kind]
    floor: int
    central: float
    interval: Interval
    partly: Sequence[str]
    parts: Sequence[Part]
    #: cases resolved by peers, rounded down kind by kind
    resolved: int

    def kind(self, kind: str) -> Kind:
        return next(each for each in self.kinds if each.kind == kind)


def unlinkable_share(contacts: int, unlinkable: int) -> Fraction:
    """m: 0 where there were no contacts."""
    return Fraction(unlinkable, contacts) if contacts else Fraction(0)


def corrected(credited: int, recontacts: int, unlinkable: Fraction) -> Fraction:
    """Matured x (1 - min(1, r / (1 - m))): each recontact that we saw stands for 1 / (1 - m) that happened."""
    matured = credited + recontacts
    if not matured or unlinkable >= 1:
        return Fraction(0)
    return matured * (1 - min(Fraction(1), Fraction(recontacts, matured) / (1 - unlinkable)))


def avoided(counted: Counted, channel: str = "") -> Avoided:
    """Tickets avoided by all kinds. With a `channel` those cases that name it, and its share in the period's mix of
    whatever names none."""
    share = unlinkable_share(sum(counted.contacts.values()), counted.unlinkable)
    made = [_made(kind, counted, share, channel) for kind in KINDS]
    kinds = [kind for kind, _parts in made]
    partly = [each.kind for each in kinds if each.central is None]
    spans = [each.interval or Interval(each.floor, each.floor) for each in kinds]
    return Avoided(
        kinds,
        sum(each.floor for each in kinds),
        sum(each.floor if each.central is None else each.central for each in kinds),
        Interval(sum(each.low for each in spans), sum(each.high for each in spans)),
        partly,
        [part for _kind, parts in made for part in parts],
        sum(int(each.corrected) for each in kinds if each.kind in CASES),
    )


class _Own:
    """One kind's cells, and what they come to."""

    def __init__(self, kind: str, counted: Counted, unlinkable: Fraction) -> None:
        self.kind, self.counted = kind, counted
        self.cells = [each for each in counted.cells if each.kind == kind]
        self.credited = [each for each in self.cells if each.status == "credited"]
        entitled = [each for each in self.credited if each.is_entitled]
        self.contact, self.no, self.unknown = (
            [each for each in entitled if each.known == known] for known in ("contact", "no", "unknown")
        )
        recontacts = _sum(each for each in self.cells if each.status == "void" and each.reason == "recontact")
        right = _sum(self.credited)
        exact = Fraction(right) if kind == V else corrected(right, recontacts, unlinkable)
        self.factor = exact / right if right else Fraction(0)
        said = kind in (D, M)
        self.yes = _sum(each for each in self.contact if each.channel != FORM) if said else 0
        self.answered = self.yes + _sum(self.no) if said else 0

    @property
    def is_known(self) -> bool:
        """Enough have said what they would have done: the unknown follow them."""
        return self.answered >= LEAST_INTENTS

    def parts(self) -> list[Part]:
        if self.kind == V:
            return _of_readers(self.contact, self.counted.readers)
        if self.kind == F:
            return _of_forms(self.contact, self.factor, self.counted)
        told = _extrapolated(self.unknown, self.factor, self.yes, self.answered) if self.is_known else []
        return _observed(self.contact, self.factor) + told

    def told(self, parts: Sequence[Part], channel: str) -> Kind:
        """With a channel, the counts of those cells that name it."""
        is_hidden = self.kind == V and _is_little(self.counted.readers)

        def own(rows: Iterable[Cell]) -> int:
            return _sum(each for each in rows if not channel or each.channel == channel)

        def total(values: Iterable[Fraction]) -> Fraction:
            return sum(values, Fraction(0))

        ends = Interval(float(total(each.low for each in parts)), float(total(each.high for each in parts)))
        return Kind(
            kind=self.kind,
            credited=own(self.credited),
            pending=own(each for each in self.cells if each.status == "pending"),
            void=own(each for each in self.cells if each.status == "void"),
            corrected=self.factor * own(self.credited),
            contact=own(self.contact),
            no=_sum(self.no),
            unknown=_sum(self.unknown),
            not_entitled=own(each for each in self.credited if not each.is_entitled),
            floor=int(total(each.floor for each in parts)),
            central=None if is_hidden else float(total(each.central for each in parts)),
            interval=None if is_hidden else ends,
            answered=self.answered,
            yes=self.yes,
            potential=0 if self.is_known else _sum(self.unknown),
        )


def _made(kind: str, counted: Counted, unlinkable: Fraction, channel: str) -> tuple[Kind, list[Part]]:
    own = _Own(kind, counted, unlinkable)
    parts = list(_of_channel(own.parts(), channel, counted.contacts))
    return own.told(parts, channel), parts


def _observed(cells: Iterable[Cell], factor: Fraction) -> list[Part]:
    """Of which it is known that support would have been contacted: floor and central alike."""
    parts = []
    for each in cells:
        count = each.cases * factor
        parts.append(Part(each.kind, each.era, each.channel, count, count, count, count))
    return parts


def _extrapolated(cells: Iterable[Cell], factor: Fraction, yes: int, answered: int) -> list[Part]:
    """Of which it is unknown: as many as among those who said, with Wilson's interval."""
    share, (low, high) = Fraction(yes, answered), wilson(yes, answered)
    return [
        Part(
            each.kind,
            each.era,
            "",
            Fraction(0),
            each.cases * factor * share,
            each.cases * factor * Fraction(low),
            each.cases * factor * Fraction(high),
        )
        for each in cells
    ]


def _of_forms(cells: Sequence[Cell], factor: Fraction, counted: Counted) -> list[Part]:
    """Confirmed cases; those of an experiment's people as far as the experiment bears them out."""
    confirmed = _sum(cells)
    inside = min(confirmed, sum(each.confirmed for each in counted.holdouts))
    floor = sum((min(each.confirmed * factor, Fraction(max(0.0, each.low))) for each in counted.holdouts), Fraction(0))
    central, low, high = (
        sum((Fraction(value) for value in values), Fraction(0))
        for values in (
            [each.avoided for each in counted.holdouts],
            [each.low for each in counted.holdouts],
            [each.high for each in counted.holdouts],
        )
    )
    if not confirmed:
        last = max((each.era for each in counted.readers), default=0)
        return [Part(F, last, FORM, floor, central, low, high)] if counted.holdouts else []
    outside = (confirmed - inside) * factor
    parts = []
    for each in cells:
        part = Fraction(each.cases, confirmed)
        parts.append(
            Part(
                F,
                each.era,
                each.channel,
                part * (outside + floor),
                part * (outside + central),
                part * (outside + low),
                part * (outside + high),
            )
        )
    return parts


def _is_little(readers: Iterable[ReaderCount]) -> bool:
    """Readers were counted, and too few of them have answered."""
    rows = list(readers)
    return any(each.cases for each in rows) and sum(each.answered for each in rows) < LEAST_SURVEYS


def _of_readers(cells: Sequence[Cell], readers: Sequence[ReaderCount]) -> list[Part]:
    """Those who said so, and what they stand for: FLOOR of all who were asked, CENTRAL of those who answered."""
    yes = _sum(cells)
    parts = _observed(cells, Fraction(1))
    cases, shown = sum(each.cases for each in readers), sum(each.shown for each in readers)
    answered = sum(each.answered for each in readers)
    if answered < LEAST_SURVEYS or not cases:
        return parts
    asked = max(shown, answered)
    among = min(yes, answered)
    floor, central = Fraction(wilson(min(yes, asked), asked).low), Fraction(among, answered)
    low, high = (Fraction(end) for end in wilson(among, answered))
    for each in readers:
        part = Fraction(each.cases, cases)
        parts.append(
            Part(
                V,
                each.era,
                "",
                part * max(Fraction(0), cases * floor - yes),
                part * (cases * central - yes),
                part * (cases * low - yes),
                part * (cases * high - yes),
            )
        )
    return parts


def _of_channel(parts: Iterable[Part], channel: str, contacts: Mapping[str, int]) -> Iterable[Part]:
    if not channel:
        return parts
    everything = sum(contacts.values())
    share = Fraction(contacts.get(channel, 0), everything) if everything else Fraction(0)
    mixed = [
        Part(
            each.kind,
            each.era,
            channel,
            each.floor * share,
            each.central * share,
            each.low * share,
            each.high * share,
        )
        for each in parts
        if not each.channel
    ]
    return [*(each for each in parts if each.channel == channel), *mixed]


def _sum(cells: Iterable[Cell]) -> int:
    return sum(each.cases for each in cells)
