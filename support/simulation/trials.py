"""Many made-up communities, and how often what the definition says of them is right."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import repeat
from math import exp, lgamma, log
from statistics import mean, median
from typing import NamedTuple

from support.avoided import KINDS
from support.simulation.estimating import Outcome, judge
from support.simulation.habits import SCENARIOS
from support.simulation.simulate import simulate

#: What is claimed of CENTRAL's interval, and of FLOOR.
COVERED, EXCEEDED = 0.95, 0.025
#: Of the exact intervals by which both are judged.
SURE = 0.99


class Bounds(NamedTuple):
    low: float
    high: float


def exact(part: int, whole: int, sure: float = SURE) -> Bounds:
    """Clopper and Pearson's interval for `part` of `whole`. ValueError where that is no share."""
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share.")
    if not whole:
        return Bounds(0.0, 1.0)
    tail = (1 - sure) / 2
    low = 0.0 if not part else _where(lambda share: 1 - _at_most(part - 1, whole, share), tail)
    high = 1.0 if part == whole else _where(lambda share: -_at_most(part, whole, share), -tail)
    return Bounds(low, high)


def _at_most(part: int, whole: int, share: float) -> float:
    """The chance of at most `part` successes."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return float(part >= whole)
    return sum(
        exp(lgamma(whole + 1) - lgamma(k + 1) - lgamma(whole - k + 1) + k * log(share) + (whole - k) * log(1 - share))
        for k in range(part + 1)
    )


def _where(rising: "Callable[[float], float]", level: float) -> float:
    """At which share something that rises reaches a level."""
    low, high = 0.0, 1.0
    for _halving in range(50):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < level else (low, middle)
    return (low + high) / 2


@dataclass(frozen=True)
class Share:
    """So many of so many, with the exact interval."""

    part: int
    whole: int

    @property
    def bounds(self) -> Bounds:
        return exact(self.part, self.whole)

    @property
    def share(self) -> float:
        return self.part / self.whole if self.whole else 0.0


@dataclass(frozen=True)
class Error:
    """How far another formula is from the truth: in the middle, and between which tenths."""

    name: str
    #: said / really avoided
    median: float
    low: float
    high: float


@dataclass(frozen=True)
class Report:
    """What many communities of one scenario show."""

    scenario: str
    seeds: int
    facts: float
    #: communities of which CENTRAL is known whole: with an interval for every kind, and a valid experiment
    whole: int
    covered: Share
    #: interval of a kind -> how often it holds the truth
    by_kind: dict[str, Share]
    exceeded: Share
    floor_by_kind: dict[str, Share]
    #: FLOOR and CENTRAL, by the truth
    floor: Error
    central: Error
    others: Sequence[Error]

    @property
    def is_answering_even(self) -> bool:
        """The silent are like those who answered, as CENTRAL supposes: else nothing is claimed of it."""
        return SCENARIOS[self.scenario].eagerness == 1

    @property
    def is_central_right(self) -> bool:
        """The interval's coverage may be 95 %, or is above."""
        return self.covered.bounds.high >= COVERED

    @property
    def is_floor_right(self) -> bool:
        """FLOOR is above the truth in at most 2.5 %, as far as can be told."""
        return self.exceeded.bounds.low <= EXCEEDED


def outcome(seed: int, people: int, scenario: str) -> Outcome:
    """One community, judged."""
    return judge(simulate(seed, people, SCENARIOS[scenario]))


def outcomes(seeds: Sequence[int], people: int, scenario: str, processes: int = 1) -> Iterator[Outcome]:
    """All of them, one after the other or in several processes; in order."""
    if processes == 1:
        for seed in seeds:
            yield outcome(seed, people, scenario)
        return
    with ProcessPoolExecutor(processes) as pool:
        yield from pool.map(outcome, seeds, repeat(people), repeat(scenario), chunksize=8)


def report(scenario: str, found: Iterable[Outcome]) -> Report:
    """What they show together. ValueError without any."""
    all_of_them = list(found)
    if not all_of_them:
        raise ValueError("Nothing was made up.")
    whole = [each for each in all_of_them if each.is_whole]
    return Report(
        scenario,
        len(all_of_them),
        mean(each.facts for each in all_of_them),
        len(whole),
        Share(sum(bool(each.contains()) for each in whole), len(whole)),
        {kind: Share(sum(bool(each.contains(kind)) for each in whole), len(whole)) for kind in KINDS},
        Share(sum(each.estimate.floor > each.truth for each in all_of_them), len(all_of_them)),
        {
            kind: Share(sum(o.estimate.kind(kind).floor > o.real[kind] for o in all_of_them), len(all_of_them))
            for kind in KINDS
        },
        _error("floor", [(each.estimate.floor, each.truth) for each in all_of_them]),
        _error("central", [(each.estimate.central, each.truth) for each in whole]),
        [
            _error(name, [(each.others[name], each.truth + each.silent) for each in all_of_them])
            for name in all_of_them[0].others
        ],
    )


def _error(name: str, pairs: Sequence[tuple[float, int]]) -> Error:
    ratios = sorted(said / real for said, real in pairs if real) or [0.0]
    return Error(name, median(ratios), ratios[len(ratios) // 10], ratios[-1 - len(ratios) // 10])
