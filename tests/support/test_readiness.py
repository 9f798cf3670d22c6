"""What figures lack: said with who can supply it and when it will suffice; nothing is called ready that is not."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import clock
from support.actions import inputs
from support.models import ChannelCoverage
from support.reading.figures import Wanted, figures
from support.reading.readiness import Readiness, State, gaps_in, readiness
from support.reading.trial import trials
from tests.community.reading import browser_of
from tests.support.figures_world import JUNE, MAY, OF_MAY, enter_costs, live_may

DAY = timedelta(days=1)
FIRST = date(2026, 5, 1)


def of_may() -> Readiness:
    with clock.at(JUNE):
        return readiness(figures(Wanted(*MAY)), trials())


@pytest.mark.django_db
def test_a_site_on_which_nobody_said_anything_lacks_all_that_money_rests_on() -> None:
    live_may()
    found = of_may()
    missing = {need.name for need in found.needs if not need.is_ready}
    assert {"definition", "costs", "coverage", "programme", "survey", "experiment", "worker"} <= missing
    assert found.hides_money and not found.is_ready
    for need in found.needs:
        assert need.is_ready or need.who or need.when, need.name
    assert "Telephone" in found.need("coverage").told and "Telephone" in found.need("costs").told


@pytest.mark.django_db
def test_what_was_supplied_is_missing_no_more() -> None:
    world = live_may()
    enter_costs(world.boss)
    found = of_may()
    for name in ("definition", "costs", "coverage", "programme", "identity", "ledger"):
        assert found.need(name).is_ready, found.need(name)
    assert "boss" in found.need("definition").told
    assert not found.hides_money
    assert found.need("experiment").state == State.MISSING


@pytest.mark.django_db
def test_one_uncovered_day_of_one_channel_is_named() -> None:
    world = live_may()
    enter_costs(world.boss)
    with clock.at(JUNE):
        whole = ChannelCoverage.objects.get(channel="chat")
        inputs.withdraw_coverage(actor=world.boss, coverage_id=whole.pk, reason="The export stopped")
        for first, last in ((1, 9), (11, 31)):
            inputs.declare_coverage(
                actor=world.boss,
                channel="chat",
                from_day=date(2026, 5, first),
                until_day=date(2026, 5, last),
                note="The export",
            )
    told = of_may().need("coverage").told
    assert "Chat: 05/10/2026." in told and "Telephone" not in told


@pytest.mark.django_db
def test_a_second_currency_hides_money_until_one_is_left() -> None:
    world = live_may()
    enter_costs(world.boss)
    with clock.at(JUNE):
        inputs.enter_cost(
            actor=world.boss,
            channel="chat",
            low=Decimal(1),
            typical=Decimal(1),
            currency="EUR",
            valid_from=MAY[0],
            source="x",
            changes_currency=True,
        )
    need = of_may().need("costs")
    assert need.state == State.MISSING and "EUR, USD" in need.told


@pytest.mark.django_db
def test_it_costs_six_queries_and_stands_on_the_report() -> None:
    world = live_may()
    with clock.at(JUNE):
        told, known = figures(Wanted(*MAY)), trials()
        with CaptureQueriesContext(connection) as asked:
            readiness(told, known)
        assert len(asked) <= 6
        client: Client = browser_of(world.boss)
        page = client.get(f"/admin/roi/?{OF_MAY}").content.decode()
    assert "What a contact costs" in page and "Nobody has put their name to" in page
    assert "/admin/support/costinput/" in page


spans = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 15)), max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(spans, st.integers(0, 30))
def test_gaps_are_exactly_the_days_that_nobody_declared(said: list[tuple[int, int]], length: int) -> None:
    declared = [(FIRST + first * DAY, FIRST + (first + more) * DAY) for first, more in said]
    days = (FIRST + 5 * DAY, FIRST + (5 + length) * DAY)
    found = {first + n * DAY for first, last in gaps_in(declared, days) for n in range((last - first).days + 1)}
    asked = {days[0] + n * DAY for n in range(length + 1)}
    assert found == {day for day in asked if not any(first <= day <= last for first, last in declared)}
