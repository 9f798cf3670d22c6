"""The arithmetic of uncertainty: every constant of docs/deflection.md, and what must hold for all numbers."""

from collections import Counter
from hashlib import sha256
from math import sqrt
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from community.experiments import sample_ratio
from support.statistics import binomial, bootstrap, draw, kappa, newcombe, percentile, seed_of, wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [
        (0, 0, 0, 1),
        (0, 10, 0, 0.2775),
        (10, 10, 0.7225, 1),
        (3, 10, 0.1078, 0.6032),
        (7, 50, 0.0695, 0.2619),
        (4, 6, 0.3000, 0.9032),
        (20, 400, 0.0326, 0.0760),
        (20, 80, 0.1681, 0.3548),
    ],
)
def test_wilson_gives_the_definitions_constants(part: int, whole: int, low: float, high: float) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=5e-5)


def test_wilson_is_exact_at_its_ends() -> None:
    assert wilson(0, 10).low == 0
    assert wilson(10, 10).high == 1


@pytest.mark.parametrize(
    ("control", "treatment", "effect"),
    [
        ((150, 200), (1170, 1800), (0.10, 0.0321, 0.1593)),
        ((8, 10), (12, 20), (0.20, -0.1589, 0.4571)),
        ((56, 70), (48, 80), (0.2000, 0.0524, 0.3339)),
    ],
)
def test_newcombe_gives_the_definitions_constants(
    control: tuple[int, int], treatment: tuple[int, int], effect: tuple[float, float, float]
) -> None:
    assert newcombe(control, treatment) == pytest.approx(effect, abs=5e-5)


def test_a_split_as_planned_gives_nought_and_a_crooked_one_twenty() -> None:
    assert sample_ratio(control=200, treatment=1800, holdout=0.1).chi2 == pytest.approx(0)
    crooked = sample_ratio(control=260, treatment=1740, holdout=0.1)
    assert crooked.chi2 == pytest.approx(20.0)
    assert not crooked.is_sound


def test_kappa_is_what_the_experiment_bears_out_of_what_people_say() -> None:
    assert kappa(180, 300) == pytest.approx(0.60)
    assert kappa(180, 0) is None


@pytest.mark.parametrize(("part", "whole"), [(-1, 10), (11, 10), (1, 0)])
def test_what_is_no_share_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        wilson(part, whole)


def test_an_empty_arm_has_no_effect() -> None:
    with pytest.raises(ValueError, match="without people"):
        newcombe((0, 0), (1, 2))


counts = st.integers(0, 10_000).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(counts)
def test_a_share_lies_in_its_interval_and_the_interval_in_nought_to_one(given_: tuple[int, int]) -> None:
    part, whole = given_
    low, high = wilson(part, whole)
    assert 0 <= low <= high <= 1
    if whole:
        assert low <= part / whole <= high
    mirrored = wilson(whole - part, whole)
    assert (1 - mirrored.high, 1 - mirrored.low) == pytest.approx((low, high), abs=1e-12)


@given(counts.filter(lambda each: each[1] > 0), counts.filter(lambda each: each[1] > 0))
def test_exchanged_arms_give_the_same_effect_the_other_way(first: tuple[int, int], second: tuple[int, int]) -> None:
    there, back = newcombe(first, second), newcombe(second, first)
    assert there.low <= there.effect <= there.high
    assert (-back.effect, -back.high, -back.low) == pytest.approx(tuple(there), abs=1e-12)


def test_the_seed_is_the_hash_of_period_and_version() -> None:
    expected = int(sha256(b"2026-05-01/2026-05-31def-1").hexdigest(), 16)
    assert seed_of("2026-05-01/2026-05-31", "def-1") == expected


def test_percentiles_lie_between_neighbours() -> None:
    assert percentile([1.0, 2.0, 3.0, 4.0, 5.0], 50) == 3
    assert percentile([0.0, 10.0], 25) == 2.5
    assert percentile([7.0], 97.5) == 7
    with pytest.raises(ValueError, match="percentile"):
        percentile([], 50)


@given(st.integers(0, 5_000), st.floats(0, 1), st.integers(0, 1000))
def test_no_more_tries_succeed_than_there_are(times: int, share: float, seed: int) -> None:
    found = binomial(Random(seed), times, share)
    assert 0 <= found <= times
    if share == 0:
        assert found == 0
    if share == 1:
        assert found == times


@pytest.mark.parametrize(("times", "share"), [(10, 0.3), (40, 0.9), (1000, 0.5), (100_000, 0.01), (100_000, 0.999)])
def test_tries_succeed_as_often_as_they_should(times: int, share: float) -> None:
    chance, rounds = Random(7), 4000
    found = [binomial(chance, times, share) for _round in range(rounds)]
    mean = sum(found) / rounds
    spread = sum((each - mean) ** 2 for each in found) / rounds
    expected = times * share * (1 - share)
    assert mean == pytest.approx(times * share, abs=5 * sqrt(expected / rounds))
    assert spread == pytest.approx(expected, rel=0.15)


@settings(deadline=None)
@given(st.lists(st.integers(1, 400), min_size=1, max_size=12), st.integers(0, 1000))
def test_as_many_people_are_drawn_as_there_are(groups: list[int], seed: int) -> None:
    taken = draw(Random(seed), groups)
    assert len(taken) == len(groups)
    assert sum(taken) == sum(groups)
    assert min(taken) >= 0


def test_both_ways_of_drawing_people_give_the_same_shares() -> None:
    chance = Random(3)
    groups = [10, 20, 30]
    many = [draw(chance, groups) for _round in range(3000)]  # halved
    few = [draw(chance, [1] * 10) for _round in range(3000)]  # one by one
    for place, size in enumerate(groups):
        assert sum(each[place] for each in many) / 3000 == pytest.approx(size, rel=0.03)
    assert sum(each[0] for each in few) / 3000 == pytest.approx(1, rel=0.08)


def test_the_bootstrap_finds_the_interval_of_a_mean() -> None:
    """400 people of whom 100 saved 10: the normal interval of the sum is 1000 +- 1.96 x sqrt(400 x 0.1875) x 10."""
    people = Counter({(10.0,): 100, (0.0,): 300})
    low, high = bootstrap(people, lambda sums, _chance: sums[0], seed_of("may", "def-1"))
    half = 1.96 * sqrt(400 * 0.25 * 0.75) * 10
    assert (low, high) == pytest.approx((1000 - half, 1000 + half), abs=15)
    assert (low, high) == bootstrap(people, lambda sums, _chance: sums[0], seed_of("may", "def-1"))


def test_somebody_with_many_cases_makes_the_interval_wider() -> None:
    """Clustered by person: ten cases of one person are one piece of luck, not ten."""
    apart = bootstrap(Counter({(1.0,): 100, (0.0,): 100}), lambda sums, _chance: sums[0], 1)
    together = bootstrap(Counter({(10.0,): 10, (0.0,): 100}), lambda sums, _chance: sums[0], 1)
    assert together.high - together.low > apart.high - apart.low


def test_nobody_has_no_interval() -> None:
    with pytest.raises(ValueError, match="Nobody"):
        bootstrap({}, lambda sums, _chance: sums[0], 1)
