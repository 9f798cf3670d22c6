"""What the definition says of a made-up community, from its facts alone; and beside it what really happened."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from community.experiments import LEAST_CONTROL, LEAST_OUTCOMES, sample_ratio
from support.avoided import KINDS, Avoided, Cell, Counted, Holdout, ReaderCount, avoided
from support.deflection.facts import Case, Definition, Folded
from support.deflection.fold import fold
from support.roi import vendors
from support.simulation.forms import CONTROL, TREATMENT
from support.simulation.habits import START, WINDOW
from support.simulation.world import Truth, World
from support.statistics import newcombe

DEFINITION = Definition(1, "def-1", START.replace(year=2000))


@dataclass(frozen=True)
class Outcome:
    """One made-up community: the estimate, and the truth of what it estimates."""

    seed: int
    facts: int
    #: None: no valid experiment
    holdout: Holdout | None
    estimate: Avoided
    #: kind -> contacts that these cases really avoided; F: all whom suggestions kept, where an experiment counts them
    real: Mapping[str, int]
    #: contacts avoided by those of whom nothing is known, which FLOOR and CENTRAL leave out
    silent: int
    #: what other formulas say: name -> cases
    others: Mapping[str, float]

    @property
    def truth(self) -> int:
        return sum(self.real.values())

    @property
    def is_whole(self) -> bool:
        """CENTRAL is known for every kind, so that its interval is one of the whole."""
        return (
            not self.estimate.partly and self.holdout is not None and not any(k.potential for k in self.estimate.kinds)
        )

    def contains(self, kind: str = "") -> bool | None:
        """Whether the interval contains the truth (None: there is no interval)."""
        span = self.estimate.kind(kind).interval if kind else self.estimate.interval
        if span is None:
            return None
        return span.low <= (self.real[kind] if kind else self.truth) <= span.high


def judge(world: World, definition: Definition = DEFINITION) -> Outcome:
    """Fold the facts of a world when everything has matured, estimate, and look up the truth."""
    folded = fold(world.facts, [definition], world.horizon())
    truth = Truth(world, WINDOW)
    holdout = _holdout(world, folded)
    counted = Counted(
        cells=list(_cells(folded)),
        readers=[_readers(folded)],
        contacts=_contacts(world),
        unlinkable=sum(not each.is_linkable for each in world.facts.contacted),
        holdouts=[holdout] if holdout else [],
    )
    views = len(world.facts.viewed)
    shown = {each.form for each in world.facts.suggested if each.kind == "shown"}
    left = sum(each.id in shown and each.sent_at is None for each in world.facts.forms)
    others = vendors(views=views, left=left)
    return Outcome(
        world.seed,
        world.count(),
        holdout,
        avoided(counted),
        _real(world, folded, truth, is_tried=holdout is not None),
        sum(not truth.came_back(person, world.start) for person, _thread in world.silent),
        {"views": others.views, "one_in_five": others.one_in_five, "left": others.left},
    )


# The estimate ---------------------------------------------------------------------------------------------------------
def _cells(folded: Folded) -> Iterator[Cell]:
    stands: Counter[tuple[str, str, str, str, str, bool]] = Counter()
    for case in folded.cases:
        now = case.entries[-1]
        stands[case.kind, now.status, now.reason, now.known, now.channel, now.is_entitled] += 1
    for (kind, status, reason, known, channel, is_entitled), count in stands.items():
        yield Cell(kind, status, reason, known, channel, is_entitled, 0, count)


def _readers(folded: Folded) -> ReaderCount:
    shown = sum(each.is_shown for each in folded.viewers)
    return ReaderCount(0, len(folded.viewers), shown, sum(each.is_answered for each in folded.viewers))


def _contacts(world: World) -> dict[str, int]:
    channels = Counter(each.channel for each in world.facts.contacted)
    channels.update("form" if each.channel == "thread" else each.channel for each in world.facts.tickets)
    return dict(channels)


def _holdout(world: World, folded: Folded) -> Holdout | None:
    """What the experiment says; None where there was none, or it proves nothing."""
    trial = world.experiment
    if trial is None:
        return None
    tickets: dict[str, list[datetime]] = defaultdict(list)
    for each in world.facts.tickets:
        tickets[each.person].append(each.at)
    people, wrote, met = Counter[str](), Counter[str](), set[str]()
    for form in world.facts.forms:
        if form.experiment != trial.id or form.person in met:
            continue
        met.add(form.person)
        people[form.arm] += 1
        wrote[form.arm] += any(form.at <= at <= form.at + WINDOW for at in tickets[form.person])
    if people[CONTROL] < LEAST_CONTROL or wrote[CONTROL] < LEAST_OUTCOMES:
        return None
    if not sample_ratio(control=people[CONTROL], treatment=people[TREATMENT], holdout=trial.holdout).is_sound:
        return None
    effect = newcombe((wrote[CONTROL], people[CONTROL]), (wrote[TREATMENT], people[TREATMENT]))
    confirmed = sum(
        case.kind == "F" and case.person in met and _stands(case) == "credited" and case.entries[-1].known == "contact"
        for case in folded.cases
    )
    many = people[TREATMENT]
    return Holdout(many * effect.effect, many * effect.low, many * effect.high, confirmed)


def _stands(case: Case) -> str:
    now = case.entries[-1]
    return "recontact" if now.reason == "recontact" else now.status


# The truth ------------------------------------------------------------------------------------------------------------
def _real(world: World, folded: Folded, truth: Truth, *, is_tried: bool) -> dict[str, int]:
    """Kind by kind. A case that is void because of another matter avoided its contact too, and counts here."""
    real = dict.fromkeys(KINDS, 0)
    for case in folded.cases:
        if case.kind != "V" and _stands(case) in ("credited", "recontact"):
            real[case.kind] += truth.avoided(case.person, case.thread, case.at)
    real["V"] = sum(truth.avoided(each.person, each.thread, each.at) for each in folded.viewers)
    if is_tried:
        real["F"] = sum(
            form.arm == TREATMENT
            and form.id in world.would_send
            and form.sent_at is None
            and not truth.came_back(form.person, form.at)
            for form in world.facts.forms
        )
    return real
