"""Money: every rule and constant of docs/deflection.md, to the cent."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.avoided import Counted, Holdout, ReaderCount, avoided
from support.roi import (
    Price,
    cents,
    deflection_rate,
    net,
    of_period,
    per_case,
    roi,
    saved,
    vendors,
)
from tests.support.test_avoided import MAY, cell, void


def price(low: str, typical: str) -> Price:
    return Price(Decimal(low), Decimal(typical))


PRICES = {(0, "email"): price("4", "11.50"), (0, "phone"): price("8", "20.25"), (0, "form"): price("3", "9")}


def test_may_checked_by_hand() -> None:
    """Low costs: e-mail $4 and phone $8. U1 and M1: $12.00."""
    result = saved(avoided(Counted(MAY)), PRICES, {})
    assert result.floor == Decimal("12.00")
    assert result.central == Decimal("31.75")


def test_the_row_in_force_at_the_time_applies() -> None:
    cells = [cell("D", 3, channel="email"), cell("D", 2, channel="email", era=1)]
    prices = {(0, "email"): price("4", "10"), (1, "email"): price("5.01", "12")}
    assert saved(avoided(Counted(cells)), prices, {}).floor == Decimal("22.02")


def test_the_channel_is_the_stated_one_else_the_mix_of_the_contacts() -> None:
    """8 said e-mail, 2 said phone, of 40 unknown half would have: 20 at the mix of three e-mails to one call."""
    cells = [
        cell("D", 8, channel="email"),
        cell("D", 2, channel="phone"),
        cell("D", 10, "no"),
        cell("D", 40, "unknown"),
    ]
    contacts = {"email": 3, "phone": 1}
    result = saved(avoided(Counted(cells, contacts=contacts)), PRICES, contacts)
    assert result.floor == Decimal("48.00")
    mixed = (3 * Decimal("11.50") + Decimal("20.25")) / 4
    assert result.central == 8 * Decimal("11.50") + 2 * Decimal("20.25") + 20 * mixed


def test_floors_are_rounded_down_before_money_is_made_of_them() -> None:
    """130.39 readers are 130: 20 said phone, the others at the mix."""
    counted = Counted([cell("V", 20, channel="phone")], [ReaderCount(0, 4000, 400, 80)], {"email": 1})
    result = avoided(counted)
    money = saved(result, PRICES, counted.contacts)
    exact = float(sum(part.floor for part in result.parts))
    assert exact == pytest.approx(130.39, abs=0.01)
    assert float(money.floor or 0) == pytest.approx((20 * 8 + (exact - 20) * 4) * 130 / exact, abs=0.01)
    assert money.central == 20 * Decimal("20.25") + 980 * Decimal("11.50")


def test_corrected_counts_keep_their_channels() -> None:
    """92 of 94: 60 by e-mail and 34 by phone, each two in ninety-four less."""
    cells = [cell("D", 60, channel="email"), cell("D", 34, channel="phone"), void("D", 6)]
    counted = Counted(cells, contacts={"email": 4}, unlinkable=1)
    expected = cents(Fraction(60 * 4 + 34 * 8) * Fraction(92, 94), "ROUND_DOWN")
    assert saved(avoided(counted), PRICES, counted.contacts).floor == expected == Decimal("501.10")


def test_what_the_experiment_caps_costs_less_too() -> None:
    counted = Counted([cell("F", 300, channel="form")], holdouts=[Holdout(180.0, 57.85, 286.7, 300)])
    money = saved(avoided(counted), PRICES, {})
    assert (money.floor, money.central) == (Decimal("171.00"), Decimal("1620.00"))


def test_a_channel_without_a_cost_hides_all_money() -> None:
    result = saved(avoided(Counted([cell("D", 1, channel="chat"), cell("D", 9, channel="email")])), PRICES, {})
    assert (result.floor, result.central, result.missing) == (None, None, [(0, "chat")])


def test_without_contacts_nobody_knows_the_mix() -> None:
    cells = [cell("D", 10, "no"), cell("D", 10, channel="email"), cell("D", 1, "unknown")]
    result = saved(avoided(Counted(cells)), PRICES, {})
    assert (result.floor, result.has_no_mix) == (None, True)


def test_nothing_avoided_saves_nothing() -> None:
    assert saved(avoided(Counted([])), {}, {}).floor == Decimal("0.00")


def test_net_and_return() -> None:
    assert net(Decimal("1500.10"), Decimal("1000")) == Decimal("500.10")
    assert roi(Decimal("1500.10"), Decimal("1000")) == Decimal("50.0")
    assert roi(Decimal("250"), Decimal("1000")) == Decimal("-75.0")
    assert roi(Decimal("250"), Decimal(0)) is None  # not computable


def test_a_cost_is_spread_evenly_over_its_days() -> None:
    assert cents(of_period(Decimal("1000"), 30, 7)) == Decimal("233.33")


def test_what_a_case_implies_stands_beside_every_total() -> None:
    assert per_case(Decimal("12.00"), 2) == Decimal("6.00")
    assert per_case(Decimal("12.00"), 0) is None
    assert per_case(None, 2) is None


def test_the_deflection_rate() -> None:
    assert deflection_rate(2, 6) == 0.25
    assert deflection_rate(0, 6) == 0
    assert deflection_rate(0, 0) is None


@pytest.mark.parametrize(
    ("amount", "down", "nearest"),
    [("1.239", "1.23", "1.24"), ("1.235", "1.23", "1.24"), ("-1.239", "-1.23", "-1.24"), ("7", "7.00", "7.00")],
)
def test_cents(amount: str, down: str, nearest: str) -> None:
    exact = Fraction(amount)
    assert cents(exact, "ROUND_DOWN") == Decimal(down)
    assert cents(exact) == Decimal(nearest)


@given(st.fractions(-(10**9), 10**9))
def test_rounding_down_never_adds_a_cent(amount: Fraction) -> None:
    down = cents(amount, "ROUND_DOWN")
    assert abs(Fraction(down)) <= abs(amount) < abs(Fraction(down)) + Fraction(1, 100)
    assert abs(Fraction(cents(amount)) - amount) <= Fraction(1, 200)


def test_linksys_on_lithium() -> None:
    """120,000 cases a month at $5 to $10 each are $7.2M to $14.4M a year."""
    cells = [cell("D", 12 * 120_000, channel="phone")]
    money = saved(avoided(Counted(cells)), {(0, "phone"): price("5", "10")}, {})
    assert (money.floor, money.central) == (Decimal("7200000.00"), Decimal("14400000.00"))


def test_what_others_would_write() -> None:
    formulas = vendors(views=4000, left=630)
    assert (formulas.views, formulas.one_in_five, formulas.left) == (200, 800, 630)
