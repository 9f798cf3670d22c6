"""Communities that are made up: the same from the same seed, and the estimates are held against their truth."""

from collections.abc import Sequence
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from community import clock
from community.models import Experiment, Exposure, Thread, User
from support.actions.ledger import advance, rebuild
from support.avoided import KINDS
from support.ledger.facts import load
from support.models import CurrentEntry, View
from support.simulation.copying import highest
from support.simulation.estimating import Outcome, judge
from support.simulation.habits import EVEN, EVENTFUL, WINDOW
from support.simulation.simulate import simulate
from support.simulation.trials import exact, outcomes, report
from support.simulation.world import Contact, Truth
from support.simulation.writing import Writer
from support.statistics import Interval
from tests.factories import thread

#: Enough that a mistake shows; `manage.py simulate_community --seeds 2000` is the whole.
FEW = range(1, 31)


@pytest.fixture(scope="module")
def judged() -> Sequence[Outcome]:
    return list(outcomes(FEW, 2000, "even"))


def test_the_same_seed_is_the_same_community_and_another_is_another() -> None:
    assert simulate(7, 200).facts == simulate(7, 200).facts
    assert simulate(7, 200).facts != simulate(8, 200).facts


def test_a_community_has_at_least_twenty_people() -> None:
    with pytest.raises(ValueError, match="twenty"):
        simulate(1, 19)


def test_everything_that_may_happen_to_a_question_happens_in_some_community() -> None:
    worlds = [simulate(seed, 200, EVENTFUL) for seed in range(6)]
    names = ("aliases", "moved", "hidden", "merged", "said_no", "escalated", "known_issues", "contacted", "intended")
    for name in names:
        assert any(getattr(world.facts, name) for world in worlds), name
    classes = {each.resolution_class for world in worlds for each in world.facts.acceptances}
    assert classes == {"peer", "mixed", "assisted", "self", "mod"}
    assert {each.withdrawal for world in worlds for each in world.facts.acceptances} >= {
        "taken_back",
        "hidden",
        "merged",
    }


def test_who_came_back_avoided_nothing_even_when_nobody_could_say_who_called() -> None:
    world = simulate(3, 300)
    person, where = sorted(world.avoidable)[0]
    at = world.start
    world.contacts = [each for each in world.contacts if each.person != person]
    assert Truth(world, WINDOW).avoided(person, where, at)
    world.contacts.append(Contact(person, at + WINDOW))
    assert not Truth(world, WINDOW).avoided(person, where, at)


def test_floor_is_not_above_the_truth_and_centrals_interval_holds_it(judged: Sequence[Outcome]) -> None:
    shown = report("even", judged)
    assert shown.seeds == len(FEW) and shown.whole >= len(FEW) - 2
    assert shown.is_floor_right and shown.exceeded.part <= 1
    assert shown.is_central_right and shown.covered.share >= 0.9
    assert 0.9 < shown.central.median < 1.1 and shown.floor.high < 1
    assert all(outcome.real[kind] > 0 for outcome in judged for kind in KINDS)


def test_an_interval_too_narrow_and_a_floor_too_high_are_found_out(judged: Sequence[Outcome]) -> None:
    narrow = [replace(each, estimate=replace(each.estimate, interval=Interval(0, 1))) for each in judged]
    high = [replace(each, estimate=replace(each.estimate, floor=each.truth + 1)) for each in judged]
    assert not report("even", narrow).is_central_right
    assert not report("even", high).is_floor_right


def test_a_constant_says_the_same_of_readers_who_would_never_have_called(judged: Sequence[Outcome]) -> None:
    curious = report("curious", outcomes(FEW[:8], 2000, "curious"))
    constant = next(each for each in curious.others if each.name == "one_in_five")
    assert constant.median > 1.7 and curious.central.median < 1.5 and curious.is_floor_right


def test_without_an_experiment_central_is_not_whole() -> None:
    outcome = judge(simulate(1, 2000, replace(EVEN, is_tried=False)))
    assert outcome.holdout is None and not outcome.is_whole


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    # R: binom.test(part, whole)$conf.int
    [(0, 10, 0.0, 0.3084971), (5, 10, 0.1870860, 0.8129140), (10, 10, 0.6915029, 1.0), (81, 263, 0.2527155, 0.3676559)],
)
def test_the_exact_interval_is_that_of_clopper_and_pearson(part: int, whole: int, low: float, high: float) -> None:
    found = exact(part, whole, sure=0.95)
    assert found.low == pytest.approx(low, abs=5e-4) and found.high == pytest.approx(high, abs=5e-4)


def test_of_nothing_everything_may_be_true_and_more_than_all_is_no_share() -> None:
    assert exact(0, 0) == (0.0, 1.0)
    with pytest.raises(ValueError, match="no share"):
        exact(3, 2)


# The command ----------------------------------------------------------------------------------------------------------
def told(*arguments: str) -> str:
    out = StringIO()
    call_command("simulate_community", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_tells_how_right_the_definition_is() -> None:
    said = told("--seeds", "3", "--people", "1500", "--processes", "1")
    assert "FLOOR is above the truth in 0 of 3" in said and "exact 99 % interval" in said
    assert "1 in 5 views" in said and "page views x 0.05" in said


@pytest.mark.django_db
def test_what_is_made_up_is_written_where_nothing_is_and_nowhere_else() -> None:
    assert "facts in" in told("--write", "--seeds", "1", "--people", "200")
    assert View.objects.exists() and not CurrentEntry.objects.exists()
    with pytest.raises(CommandError, match="never be taken out"):
        told("--write", "--seeds", "1", "--people", "200")


@pytest.mark.django_db
def test_a_community_of_people_is_left_alone() -> None:
    thread()
    with pytest.raises(CommandError, match="empty"):
        told("--write", "--seeds", "1", "--people", "200")
    assert Thread.objects.count() == 1


@pytest.mark.django_db
def test_what_was_written_is_what_was_made_up_down_to_the_arms() -> None:
    thread()  # numbers do not begin at one
    told_in = simulate(2, 400, members_from=highest(User))
    Writer(told_in).write()
    found = load()
    assert len(found.viewed) == len(told_in.facts.viewed) and len(found.tickets) == len(told_in.facts.tickets)
    assert Exposure.objects.count() == sum(each.experiment is not None for each in told_in.facts.forms)
    assert Experiment.objects.get().stopped_at is not None
    with clock.at(told_in.horizon()):
        advance()
        assert rebuild(check=True).differing == 0
    assert set(CurrentEntry.objects.values_list("is_simulated", flat=True)) == {True}
