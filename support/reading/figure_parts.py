"""The figures of a period: what pages show, each with the reason where it is hidden.

Counts, floors and money come from tallies (at most 12 queries, whatever there is); what needs rows (medians, the
interval of money, experiments) is computed by a job and is `Why.COMPUTING` until it is there. Days are those of
`settings.TIME_ZONE`, both ends included. Money is `Decimal`; counts that are paid for are whole numbers, rounded down.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from support.statistics import Interval


class Why(TextChoices):
    """Why a figure is not shown. The label is a whole sentence for whoever reads the page."""

    NOT_APPROVED = "not_approved", _("Nobody has approved the definition of what is counted.")
    NOT_COVERED = "not_covered", _("Not every channel of this period is declared to be covered.")
    NOT_IDENTIFIED = "not_identified", _("More than 40 % of the contacts belong to nobody we could recognise.")
    NO_COST = "no_cost", _("What a contact costs is not entered for every channel and day.")
    CURRENCIES = "currencies", _("The costs are in several currencies.")
    NO_MIX = "no_mix", _("There were no contacts in this period that would say by which channels people come.")
    NO_PROGRAMME_COST = "no_programme_cost", _("Not computable: what the programme costs is not entered for every day.")
    OF_THE_WHOLE = "of_the_whole", _("The programme’s costs are those of the whole community, not of a part of it.")
    NOTHING_TO_DIVIDE = "nothing_to_divide", _("No data.")
    FEW_SURVEYS = "few_surveys", _("Not enough data: fewer than 30 readers have answered.")
    FEW_INTENTS = "few_intents", _("Not enough data: fewer than 10 have said what they would have done instead.")
    FEW_PEOPLE = "few_people", _("Fewer than 30 people: counts only.")
    COMPUTING = "computing", _("Being computed.")
    NOT_YET = "not_yet", _("The ledger has not been made yet.")


@dataclass(frozen=True)
class Wanted:
    """Whole days from `from_day` to `until_day`, both included; one board, one channel (ContactChannel), or all."""

    from_day: date
    until_day: date
    board_id: int | None = None
    channel: str = ""

    @property
    def days(self) -> int:
        return (self.until_day - self.from_day).days + 1

    @property
    def is_part(self) -> bool:
        """It is of one board or channel only."""
        return self.board_id is not None or bool(self.channel)

    @property
    def key(self) -> str:
        """The period and filter in one word."""
        return f"{self.period}/{self.board_id or ''}/{self.channel}"

    @property
    def period(self) -> str:
        return f"{self.from_day}/{self.until_day}"

    @classmethod
    def of_key(cls, key: str) -> "Wanted":
        """The one whose `key` this is. ValueError for anything else."""
        from_day, until_day, board, channel = key.split("/")
        return cls(date.fromisoformat(from_day), date.fromisoformat(until_day), int(board) if board else None, channel)

    def moved(self, days: int) -> "Wanted":
        by = timedelta(days=days)
        return Wanted(self.from_day + by, self.until_day + by, self.board_id, self.channel)

    def before(self) -> "Wanted":
        """As many days, right before."""
        return self.moved(-self.days)

    def last_year(self) -> "Wanted":
        """The same days of the same weeks, 52 weeks ago."""
        return self.moved(-364)


class Span(NamedTuple):
    """An interval of money."""

    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Kind:
    """One kind of evidence (CaseKind) in the period. `floor` and `central` are tickets avoided."""

    kind: str
    credited: int
    pending: int
    void: int
    #: credited, corrected for contacts that belong to nobody we know; V: what was credited
    corrected: Decimal
    #: of `credited`: of persons who are entitled, by what they would have done
    contact: int
    no: int
    unknown: int
    not_entitled: int
    floor: int
    #: None: not enough data (`hidden`)
    central: float | None
    interval: Interval | None
    hidden: Why | None
    #: answers behind q_k, and how many of them were yes (D and M)
    answered: int = 0
    yes: int = 0


@dataclass(frozen=True)
class Readers:
    """V's terms: eligible viewer cases, shown the survey, answered, yes and contact."""

    cases: int
    shown: int
    answered: int
    yes: int


@dataclass(frozen=True)
class Potential:
    """What may have been avoided too, and never is money. `forms`, `me_toos`, `readers` are computed by a job."""

    unknown: int
    forms: int | None
    me_toos: int | None
    readers: int | None

    @property
    def total(self) -> int | None:
        if self.forms is None or self.me_toos is None or self.readers is None:
            return None
        return self.unknown + self.forms + self.me_toos + self.readers


@dataclass(frozen=True)
class Avoided:
    """Tickets avoided: FLOOR, CENTRAL with its interval, potential. `partly` names the kinds of which CENTRAL is
    unknown: there the floor stands in."""

    floor: int
    central: float
    interval: Interval
    partly: Sequence[str]
    potential: Potential


@dataclass(frozen=True)
class Identity:
    """How many of the period's contacts could be somebody we know: m, and what it was counted from."""

    contacts: int
    unlinkable: int
    #: None without contacts; it counts as 0 then
    share: Decimal | None


@dataclass(frozen=True)
class Money:
    """What was saved: cost avoided, not cash saved. None, and `hidden` says why; `interval` has a reason of its own."""

    currency: str
    floor: Decimal | None
    central: Decimal | None
    hidden: Sequence[Why]
    interval: Span | None
    interval_hidden: Why | None
    #: hexadecimal; what the bootstrap began with
    seed: str
    #: people behind it
    people: int | None
    #: what the savings imply for one ticket avoided
    floor_per_case: Decimal | None
    central_per_case: Decimal | None


@dataclass(frozen=True)
class Return:
    """What is left when the programme is paid. Per cent with one decimal; None with `hidden`."""

    programme: Decimal | None
    net_floor: Decimal | None
    net_central: Decimal | None
    roi_floor: Decimal | None
    roi_central: Decimal | None
    hidden: Sequence[Why]
    #: ProgrammeCost.Kind -> share of the period
    by_kind: Mapping[str, Decimal]
    #: days of the period that no cost was entered for
    days_missing: int


@dataclass(frozen=True)
class Rate:
    """Deflection rate: floor / (floor + tickets by customers we could identify). `share` None: no data."""

    floor: int
    tickets: int
    share: float | None


@dataclass(frozen=True)
class Funnel:
    """Questions and problems asked in the period, and what became of them; cases void by reason."""

    asked: int
    answered: int
    #: ResolutionClass -> threads
    solved: Mapping[str, int]
    escalated: int
    #: VoidReason -> cases
    void: Mapping[str, int]
    #: reuse through staff's answers and known issues: its own column
    assisted: int


@dataclass(frozen=True)
class DefinitionUsed:
    id: int
    name: str
    valid_from: datetime
    approved_by: str
    approved_at: datetime | None
    no_ticket_days: int


@dataclass(frozen=True)
class CostUsed:
    """One cost row in force in the period (support.models.CostInput)."""

    id: int
    channel: str
    low: Decimal
    typical: Decimal
    currency: str
    valid_from: date
    source: str
    entered_by: str


@dataclass(frozen=True)
class Vendor:
    """What others would write. Not used. `name` is a key: "views", "one_in_five", "left"."""

    name: str
    told: str
    cases: float
    money: Decimal | None


@dataclass(frozen=True)
class Figures:
    """All of one period. `complete_until`: every fact recorded until then is in it."""

    wanted: Wanted
    complete_until: datetime | None
    #: the period has days that the ledger has not matured over: its figures still grow
    is_growing: bool
    #: some of what is counted was made up by a demo
    is_simulated: bool
    #: cases resolved by peers: D, F and M
    resolved: int
    #: D, F, M, V in this order
    kinds: Sequence[Kind]
    pending: int
    readers: Readers
    avoided: Avoided
    identity: Identity
    money: Money
    back: Return
    rate: Rate
    funnel: Funnel
    definitions: Sequence[DefinitionUsed]
    costs: Sequence[CostUsed]
    #: empty until the job has counted their views
    vendors: Sequence[Vendor]
    #: when the job computed what it computes; None: not yet
    computed_at: datetime | None
    #: it did so before the ledger went on
    is_stale: bool

    def kind(self, kind: str) -> Kind:
        return next(each for each in self.kinds if each.kind == kind)


@dataclass(frozen=True)
class Compared:
    """A period, the one right before it, and the same weeks last year."""

    now: Figures
    before: Figures
    last_year: Figures


@dataclass(frozen=True)
class Step:
    """One stretch of a course over time: its first day, and its figures."""

    from_day: date
    until_day: date
    resolved: int
    floor: int
    central: float
    savings_floor: Decimal | None
