"""The arithmetic of uncertainty, as docs/deflection.md writes it down: plain values in and out, shares between 0 and 1.

The test of an experiment's split and the number of people it needs are community's (community/experiments.py).
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from itertools import accumulate
from math import ceil, floor, log, log1p, sqrt
from random import Random
from typing import NamedTuple

#: 95 %, two-sided.
Z = 1.959964
#: How often a bootstrap draws, and between which percentiles its interval lies.
ROUNDS, LOWER, UPPER = 2000, 2.5, 97.5
#: With fewer people there is no interval.
LEAST_PEOPLE = 30


class Interval(NamedTuple):
    low: float
    high: float


class Effect(NamedTuple):
    """A difference of two shares, with its interval."""

    effect: float
    low: float
    high: float


def wilson(part: int, whole: int) -> Interval:
    """Wilson's interval for `part` of `whole`. ValueError where that is no share."""
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole} is no share.")
    if whole == 0:
        return Interval(0.0, 1.0)
    share, square = part / whole, Z * Z
    centre = (share + square / (2 * whole)) / (1 + square / whole)
    half = Z / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    # at the ends the exact values are 0 and 1; only rounding lies between
    low = 0.0 if part == 0 else max(0.0, centre - half)
    return Interval(low, 1.0 if part == whole else min(1.0, centre + half))


def newcombe(control: tuple[int, int], treatment: tuple[int, int]) -> Effect:
    """By how much the share in `control` (part, whole) is above that in `treatment`, by Newcombe's hybrid of their
    Wilson intervals. ValueError for an empty arm."""
    if not control[1] or not treatment[1]:
        raise ValueError("An arm without people has no share.")
    p_c, p_t = control[0] / control[1], treatment[0] / treatment[1]
    (l_c, u_c), (l_t, u_t) = wilson(*control), wilson(*treatment)
    effect = p_c - p_t
    return Effect(
        effect,
        effect - sqrt((p_c - l_c) ** 2 + (u_t - p_t) ** 2),
        effect + sqrt((u_c - p_c) ** 2 + (p_t - l_t) ** 2),
    )


def kappa(avoided: float, confirmed: float) -> float | None:
    """How far what people say of themselves is borne out by the experiment; None where nobody said anything."""
    return avoided / confirmed if confirmed else None


def seed_of(period: str, version: str) -> int:
    """What the bootstrap of this period and definition version begins with: the same figures on every machine."""
    return int(sha256(f"{period}{version}".encode()).hexdigest(), 16)


def percentile(ordered: Sequence[float], per_cent: float) -> float:
    """Of values in order, between neighbours in proportion. ValueError without values."""
    if not ordered:
        raise ValueError("Nothing has no percentile.")
    place = (len(ordered) - 1) * per_cent / 100
    below, above = floor(place), ceil(place)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def binomial(chance: Random, times: int, share: float) -> int:
    """How many of so many tries succeed, drawn exactly.

    Many tries are halved by their middle one: which of two halves the share falls into is a draw from a beta
    distribution (Devroye, Non-Uniform Random Variate Generation, chapter X.4.3). Rare successes are reached in leaps.
    """
    found = 0
    while times * min(share, 1 - share) > 16:
        middle = (times + 1) // 2
        edge = chance.betavariate(middle, times + 1 - middle)
        if edge <= share:
            found, times, share = found + middle, times - middle, (share - edge) / (1 - edge)
        else:
            times, share = middle - 1, share / edge
    if share > 0.5:
        return found + times - _by_leaps(chance, times, 1 - share)
    return found + _by_leaps(chance, times, share)


def _by_leaps(chance: Random, times: int, share: float) -> int:
    """Tries between two successes follow a geometric distribution."""
    if share * times < 1e-12:  # never, as far as anybody will draw
        return 0
    found, place, failing = 0, 0, log1p(-share)
    while True:
        place += floor(log(1 - chance.random()) / failing) + 1
        if place > times:
            return found
        found += 1


def draw(chance: Random, groups: Sequence[int]) -> list[int]:
    """As many people as there are in these groups, drawn with replacement: how many came from each."""
    people = sum(groups)
    if people <= 4 * len(groups):  # one by one is quicker
        taken = Counter(chance.choices(range(len(groups)), cum_weights=list(accumulate(groups)), k=people))
        return [taken[place] for place in range(len(groups))]
    found, left, rest = list[int](), people, people
    for size in groups:
        taken_here = binomial(chance, left, size / rest) if size < rest else left
        found.append(taken_here)
        left, rest = left - taken_here, rest - size
    return found


def bootstrap(
    people: Mapping[tuple[float, ...], int],
    statistic: Callable[[Sequence[float], Random], float],
    seed: int,
    rounds: int = ROUNDS,
) -> Interval:
    """The interval of a statistic of sums over people, clustered by person.

    `people` says how many persons have each row of numbers; a round draws as many persons with replacement and hands
    the sums of their rows to `statistic` (and the chance, for what it draws itself). Percentiles 2.5 and 97.5. The same
    seed and people always give the same interval. ValueError without people.
    """
    rows = sorted(people)
    if not rows:
        raise ValueError("Nobody has no interval.")
    sizes, chance = [people[row] for row in rows], Random(seed)  # noqa: S311 - nothing secret
    columns = list(zip(*rows, strict=True))
    found = []
    for _round in range(rounds):
        counts = draw(chance, sizes)
        sums = [sum(map(float.__mul__, column, map(float, counts))) for column in columns]
        found.append(statistic(sums, chance))
    found.sort()
    return Interval(percentile(found, LOWER), percentile(found, UPPER))
