"""What administrators enter for the figures: costs, coverage, whose account is no customer's."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from community import clock
from community.errors import NotAllowed, NotThere, Refused
from community.models import AuditEntry
from support.actions import inputs
from support.models import ChannelCoverage, CostInput, PersonStanding, ProgrammeCost
from tests import factories

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)


def _cost(actor: Any, **changes: Any) -> CostInput:
    given: dict[str, Any] = {
        "channel": "phone",
        "low": Decimal("8"),
        "typical": Decimal("12.50"),
        "currency": "eur",
        "valid_from": MAY,
        "source": "Finance, budget 2026",
    }
    return inputs.enter_cost(actor=actor, **(given | changes))


def _programme(actor: Any, **changes: Any) -> ProgrammeCost:
    given: dict[str, Any] = {
        "kind": "moderation",
        "from_day": MAY,
        "until_day": date(2026, 5, 31),
        "currency": "EUR",
        "source": "Time sheets",
    }
    return inputs.enter_programme_cost(actor=actor, **(given | changes))


def _covered(actor: Any, **changes: Any) -> ChannelCoverage:
    given: dict[str, Any] = {
        "channel": "phone",
        "from_day": MAY,
        "until_day": date(2026, 5, 31),
        "note": "Compared with the telephone bill",
    }
    return inputs.declare_coverage(actor=actor, **(given | changes))


def test_an_administrator_enters_what_a_call_costs_and_the_log_says_where_it_comes_from() -> None:
    boss = factories.admin()
    cost = _cost(boss)
    assert (cost.currency, cost.typical, cost.entered_by) == ("EUR", Decimal("12.50"), boss)
    entry = AuditEntry.objects.get(verb="entered_cost")
    assert (entry.actor, entry.object_id, entry.note.text) == (boss, cost.pk, "Finance, budget 2026")


def test_a_correction_is_another_row_and_the_old_one_cannot_be_changed() -> None:
    boss = factories.admin()
    first = _cost(boss)
    assert _cost(boss, low=Decimal(7)).pk > first.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        CostInput.objects.filter(pk=first.pk).update(low=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"low": Decimal(13)},
        {"low": Decimal(-1)},
        {"low": Decimal("0.001")},
        {"typical": Decimal("1e12")},
        {"source": "  "},
        {"source": "a\x00b"},
        {"currency": "Euro"},
        {"currency": ""},
        {"channel": "pigeon"},
        {"valid_from": date(1, 1, 1)},
    ],
)
def test_a_cost_that_makes_no_sense_is_refused_and_nothing_is_written(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        _cost(factories.admin(), **wrong)
    assert not CostInput.objects.exists()
    assert not AuditEntry.objects.filter(verb="entered_cost").exists()


def test_a_second_currency_is_refused_until_somebody_says_that_it_is_meant() -> None:
    boss = factories.admin()
    _cost(boss)
    with pytest.raises(Refused, match="EUR"):
        _cost(boss, channel="chat", currency="USD")
    with pytest.raises(Refused, match="EUR"):
        _programme(boss, amount=Decimal(100), currency="USD")
    assert _cost(boss, currency="USD", changes_currency=True).currency == "USD"


def test_hours_are_multiplied_by_what_an_hour_costs_to_the_cent() -> None:
    cost = _programme(factories.admin(), hours=Decimal("12.25"), rate=Decimal("33.33"))
    assert cost.amount == Decimal("408.29")


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"hours": Decimal(3)},
        {"rate": Decimal(3)},
        {"amount": Decimal(3), "hours": Decimal(3), "rate": Decimal(3)},
        {"amount": Decimal(3), "until_day": date(2026, 4, 30)},
        {"amount": Decimal(-3)},
    ],
)
def test_a_programme_cost_is_either_a_sum_or_hours_times_a_rate(wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        _programme(factories.admin(), **wrong)
    assert not ProgrammeCost.objects.exists()


def test_a_programme_cost_is_taken_back_once_with_a_reason_and_stays_to_be_seen() -> None:
    boss = factories.admin()
    cost = _programme(boss, amount=Decimal(100))
    with pytest.raises(Refused):
        inputs.withdraw_programme_cost(actor=boss, cost_id=cost.pk, reason=" ")
    inputs.withdraw_programme_cost(actor=boss, cost_id=cost.pk, reason="Counted twice")
    again = inputs.withdraw_programme_cost(actor=boss, cost_id=cost.pk, reason="Counted twice")
    assert again.withdrawn_by == boss
    assert AuditEntry.objects.filter(verb="withdrew_programme_cost").count() == 1
    with pytest.raises(NotThere):
        inputs.withdraw_programme_cost(actor=boss, cost_id=2**70, reason="x")


def test_nobody_can_know_that_the_calls_of_days_to_come_are_here() -> None:
    boss = factories.admin()
    with clock.at(clock.now().replace(year=2026, month=5, day=20)):
        with pytest.raises(Refused):
            _covered(boss)
        assert _covered(boss, until_day=date(2026, 5, 20)).declared_by == boss
        assert _covered(boss, channel="chat", until_day=date(2030, 1, 1), is_absent=True).is_absent


def test_coverage_is_taken_back_with_a_reason() -> None:
    boss = factories.admin()
    with clock.at(clock.now().replace(year=2026, month=6, day=20)):
        said = _covered(boss)
        inputs.withdraw_coverage(actor=boss, coverage_id=said.pk, reason="The export stopped on the 20th")
    said.refresh_from_db()
    assert said.withdrawn_by == boss
    assert AuditEntry.objects.get(verb="withdrew_coverage").note.text == "The export stopped on the 20th"


def test_a_test_account_counts_again_from_the_day_on_which_somebody_says_so() -> None:
    boss, tester = factories.admin(), factories.person()
    said = inputs.say_standing(actor=boss, person_id=tester.pk, kind="test", reason="Ours, for trying things")
    assert inputs.say_standing(actor=boss, person_id=tester.pk, kind="test", reason="Again").pk == said.pk
    inputs.end_standing(actor=boss, standing_id=said.pk, reason="A customer uses it now")
    said.refresh_from_db()
    assert said.until_at is not None
    anew = inputs.say_standing(actor=boss, person_id=tester.pk, kind="test", reason="Ours again")
    assert anew.pk != said.pk
    assert AuditEntry.objects.get(verb="ended_standing").object_id == tester.pk


def test_a_standing_may_reach_back_but_never_forward() -> None:
    boss, tester = factories.admin(), factories.person()
    now = clock.now()
    with clock.at(now):
        early = now - timedelta(days=30)
        assert (
            inputs.say_standing(
                actor=boss, person_id=tester.pk, kind="service", from_at=early, reason="A robot"
            ).from_at
            == early
        )
        later = inputs.say_standing(
            actor=boss, person_id=tester.pk, kind="test", from_at=now + timedelta(days=1), reason="A test"
        )
        assert later.from_at == now


def test_only_administrators_with_a_second_factor_enter_anything() -> None:
    boss = factories.admin()
    cost, said = _programme(boss, amount=Decimal(1)), _covered(boss, until_day=MAY)
    standing = inputs.say_standing(actor=boss, person_id=boss.pk, kind="test", reason="x")
    for other in (factories.person(), factories.agent(), factories.moderator(), factories.admin(second_factor=False)):
        for act in (
            lambda who: _cost(who),
            lambda who: _programme(who, amount=Decimal(1)),
            lambda who: inputs.withdraw_programme_cost(actor=who, cost_id=cost.pk, reason="x"),
            lambda who: _covered(who, until_day=MAY),
            lambda who: inputs.withdraw_coverage(actor=who, coverage_id=said.pk, reason="x"),
            lambda who: inputs.say_standing(actor=who, person_id=boss.pk, kind="service", reason="x"),
            lambda who: inputs.end_standing(actor=who, standing_id=standing.pk, reason="x"),
        ):
            with pytest.raises(NotAllowed):
                act(other)
    assert PersonStanding.objects.count() == 1
