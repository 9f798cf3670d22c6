"""Experiments analysed: who counts, what makes one prove nothing, and what it does to the figures."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from community import clock
from community.actions import measuring
from community.actions.experiments import plan_experiment, start_experiment, stop_experiment
from community.experiments import is_in_control
from community.models import Experiment, Thread, User
from support.actions.figures import compute_figures
from support.actions.inputs import say_standing
from support.actions.ledger import advance
from support.reading.figures import figures
from support.reading.trial import Invalid, Trial, trials
from support.statistics import newcombe
from tests.factories import agent, person
from tests.support.desk import ticket
from tests.support.may import MONTH, May, may

pytestmark = pytest.mark.django_db
HALF = Decimal("0.5")
AFTERWARDS = may(32)


class Lived:
    """An experiment on the form for writing to staff, from the second of May to the twentieth."""

    def __init__(self) -> None:
        self.story = May()
        with clock.at(may(1)):
            planned = plan_experiment(
                actor=self.story.boss, name="Contact form", surface="ticket", holdout=HALF, stops_at=may(20)
            )
        with clock.at(may(2)):
            self.experiment: Experiment = start_experiment(actor=self.story.boss, experiment_id=planned.pk)
        self.number = 0

    def draws(self, key: str) -> str:
        is_control = is_in_control(salt=self.experiment.salt, person_key=key, holdout=HALF)
        return "control" if is_control else "treatment"

    def key(self, arm: str) -> str:
        """Somebody new who is not signed in and draws this arm."""
        while True:
            self.number += 1
            key = f"a:{self.number:064x}"
            if self.draws(key) == arm:
                return key

    def member(self, arm: str) -> User:
        while True:
            self.number += 1
            one = person(f"tried{self.number}")
            if self.draws(f"u:{one.pk}") == arm:
                return one

    def opens(self, key: str, day: int = 3) -> str:
        token = measuring.new_token()
        with clock.at(may(day)):
            measuring.open_form(person_key=key, token=token, surface="ticket")
        return token

    def comes(self, arm: str, people: int, tickets: int) -> None:
        """So many people meet the form; so many of them are members who write two days later."""
        for _each in range(people - tickets):
            self.opens(self.key(arm))
        for _each in range(tickets):
            member = self.member(arm)
            self.opens(f"u:{member.pk}")
            with clock.at(may(5)):
                ticket(member)

    def confirms(self, about: Thread, day: int = 4) -> User:
        """Somebody with suggestions whom one of them helps, and who stops there."""
        member = self.member("treatment")
        key, token = f"u:{member.pk}", self.opens(f"u:{member.pk}", day)
        with clock.at(may(day, 13)):
            given: dict[str, Any] = {"person_key": key, "token": token}
            measuring.record_shown(**given, thread_ids=[about.pk])
            measuring.record_opened(**given, thread_id=about.pk)
            measuring.record_answer(**given, thread_id=about.pk, solved=True, stops=True)
            measuring.record_left(**given)
        return member


def found(at: datetime = AFTERWARDS) -> Trial:
    """The experiment as it is analysed at this moment."""
    with clock.at(at):
        advance()
        compute_figures()
        return trials()[0]


def test_an_experiment_that_ran_its_course_shows_its_effect() -> None:
    lived = Lived()
    lived.comes("control", 100, 22)
    lived.comes("treatment", 98, 4)
    trial = found()
    assert trial.is_valid
    assert ((trial.control.people, trial.control.tickets), trial.treatment.tickets) == ((100, 22), 4)
    effect = newcombe((22, 100), (4, 98))
    assert (trial.effect, trial.interval) == (effect.effect, (effect.low, effect.high))
    assert trial.avoided == pytest.approx(98 * effect.effect)
    assert (trial.confirmed, trial.floor, trial.kappa) == (0, 0, None)
    assert trial.ratio_p == pytest.approx(0.887, abs=0.001)


def test_what_it_bears_out_caps_what_people_say() -> None:
    lived = Lived()
    about = lived.story.solved("T", lived.story.who("U"), lived.story.who("P"), 2)
    lived.comes("control", 110, 20)
    lived.comes("treatment", 90, 12)
    for _each in range(20):
        lived.confirms(about)
    trial = found()
    effect = newcombe((20, 110), (12, 110))
    assert (trial.confirmed, trial.is_valid) == (20, True)
    assert effect.low < 0 < effect.effect
    assert trial.floor == 0
    assert trial.kappa == pytest.approx(110 * effect.effect / 20)
    told = figures(MONTH).kind("F")
    assert (told.credited, told.contact, told.floor) == (20, 20, 0)
    assert told.central == pytest.approx(110 * effect.effect)
    assert told.interval == pytest.approx((110 * effect.low, 110 * effect.high))


def test_without_a_valid_experiment_confirmed_forms_count_as_they_are() -> None:
    lived = Lived()
    about = lived.story.solved("T", lived.story.who("U"), lived.story.who("P"), 2)
    for _each in range(3):
        lived.confirms(about)
    assert found().invalid == [Invalid.FEW_IN_CONTROL, Invalid.FEW_OUTCOMES]
    told = figures(MONTH).kind("F")
    assert (told.floor, told.central) == (3, 3)


def test_a_ticket_after_the_days_that_count_is_no_outcome() -> None:
    lived = Lived()
    for day in (10, 11):  # seven days, and seven days and a day
        member = lived.member("control")
        lived.opens(f"u:{member.pk}")
        with clock.at(may(day)):
            ticket(member)
    assert found().control.tickets == 1


def test_it_says_nothing_while_it_runs_or_matures() -> None:
    lived = Lived()
    lived.opens(lived.key("control"))
    assert found(may(10)).invalid[0] == Invalid.RUNNING
    assert found(may(22)).invalid[0] == Invalid.NOT_MATURED
    assert Invalid.NOT_MATURED not in found(may(28)).invalid


def test_stopped_before_its_end_it_proves_nothing() -> None:
    lived = Lived()
    lived.opens(lived.key("control"))
    with clock.at(may(12)):
        stop_experiment(actor=lived.story.boss, experiment_id=lived.experiment.pk)
    assert found().invalid[0] == Invalid.STOPPED_EARLY


def test_a_crooked_split_proves_nothing() -> None:
    lived = Lived()
    for _each in range(40):
        lived.opens(lived.key("control"))
    assert Invalid.UNEVEN in found().invalid


def test_whoever_met_both_arms_before_they_were_known_is_left_out_and_counted() -> None:
    lived = Lived()
    member, visitor = lived.member("control"), lived.key("treatment")
    with clock.at(may(2, 13)):
        measuring.welcome_visitor(key=visitor, agreed=True)
    lived.opens(f"u:{member.pk}")
    lived.opens(visitor)
    with clock.at(may(4)):
        assert measuring.recognise_visitor(actor=member, key=visitor)
    trial = found()
    assert (trial.dropped, trial.control.people, trial.treatment.people) == (1, 0, 0)


def test_staff_and_tests_are_left_out_and_counted() -> None:
    lived = Lived()
    tester = lived.member("control")
    with clock.at(may(2, 13)):
        say_standing(actor=lived.story.boss, person_id=tester.pk, kind="test", reason="Ours")
    lived.opens(f"u:{tester.pk}")
    lived.opens(f"u:{agent().pk}")
    trial = found()
    assert (trial.staff, trial.control.people + trial.treatment.people) == (2, 0)


def test_before_the_job_it_is_being_computed() -> None:
    Lived()
    assert trials()[0].invalid == [Invalid.COMPUTING]


def test_as_many_queries_for_one_as_for_many(django_assert_num_queries: Any) -> None:
    lived = Lived()
    with clock.at(may(3)):
        stop_experiment(actor=lived.story.boss, experiment_id=lived.experiment.pk)
        other = plan_experiment(
            actor=lived.story.boss, name="Again", surface="ticket", holdout=HALF, stops_at=may(20) + timedelta(days=9)
        )
        start_experiment(actor=lived.story.boss, experiment_id=other.pk)
    found()
    with django_assert_num_queries(2):
        assert len(trials()) == 2
