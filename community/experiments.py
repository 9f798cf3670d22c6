"""The arithmetic of experiments: who is in which arm, how long one must run, whether people were split as planned.

Plain values in and out; shares are between 0 and 1.
"""

from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from math import ceil, erfc, sqrt
from statistics import NormalDist

#: Two-sided error of the first kind, and the chance to find an effect that is there.
ALPHA, POWER = 0.05, 0.8
#: With fewer people without suggestions, or fewer of them who post, an experiment proves nothing (deflection.md).
LEAST_CONTROL, LEAST_OUTCOMES = 100, 20
#: Below this, people were not split as planned and the experiment proves nothing.
LEAST_RATIO_P = 0.001


def is_in_control(*, salt: str, person_key: str, holdout: Decimal) -> bool:
    """Whether this person sees the form without suggestions (deflection.md, "Randomised holdout").

    The same salt and key always give the same answer.
    """
    return int(sha256(f"{salt}:{person_key}".encode()).hexdigest()[:8], 16) % 10_000 < holdout * 10_000


@dataclass(frozen=True)
class Need:
    """How many people an experiment needs, and how many days until they have come."""

    control: int
    treatment: int
    days: int


def first_group(first: float, second: float, *, ratio: float, alpha: float = ALPHA, power: float = POWER) -> float:
    """How many people with the share `first` there must be, and `ratio` times as many with the share `second`.

    Two independent proportions in groups of unequal size, two-sided, without continuity correction: Fleiss, Levin and
    Paik, Statistical Methods for Rates and Proportions, 3rd edition (2003), chapter 4. With groups of one size it is
    R's `power.prop.test`.
    """
    mean = (first + ratio * second) / (1 + ratio)
    spread = NormalDist().inv_cdf(1 - alpha / 2) * sqrt((ratio + 1) * mean * (1 - mean))
    spread += NormalDist().inv_cdf(power) * sqrt(ratio * first * (1 - first) + second * (1 - second))
    return spread**2 / (ratio * (first - second) ** 2)


def people_needed(*, base: float, effect: float, holdout: float, daily: float) -> Need:
    """So many people must meet the form for a fall of the base rate by `effect` to be found with this power.

    `base` is the share of people without suggestions who post, `effect` the fall in points of that share, `daily` how
    many people open the form for the first time in a day. Never fewer than what makes an experiment valid. ValueError
    for numbers that no experiment can have.
    """
    if not (0 < base < 1 and 0 < effect <= base and 0 < holdout <= 0.5 and daily > 0):
        raise ValueError("These numbers are of no experiment.")
    ratio = (1 - holdout) / holdout
    enough = max(first_group(base, base - effect, ratio=ratio), LEAST_CONTROL, LEAST_OUTCOMES / base)
    control = ceil(round(enough, 6))
    treatment = ceil(round(control * ratio, 6))
    return Need(control, treatment, ceil((control + treatment) / daily))


@dataclass(frozen=True)
class Ratio:
    """Whether the arms are as large as planned: Pearson's chi-square with one degree of freedom."""

    chi2: float
    p: float

    @property
    def is_sound(self) -> bool:
        return self.p >= LEAST_RATIO_P


def sample_ratio(*, control: int, treatment: int, holdout: float) -> Ratio:
    """The test of the split, for at least one person."""
    planned_control = (control + treatment) * holdout
    planned_treatment = (control + treatment) * (1 - holdout)
    chi2 = (control - planned_control) ** 2 / planned_control + (treatment - planned_treatment) ** 2 / planned_treatment
    return Ratio(chi2, erfc(sqrt(chi2 / 2)))
