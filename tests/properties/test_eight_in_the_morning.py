"""Eight in the morning by anybody's clock, also when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from community.notices.mornings import clock_of, last_morning, next_morning

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham", "UTC")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    "first", [date(2026, 3, 1), date(2026, 3, 28), date(2026, 9, 26), date(2026, 10, 24), date(2026, 11, 1)]
)
def test_eight_in_the_morning_stays_eight_when_the_clocks_change(zone: str, first: date) -> None:
    now = datetime.combine(first, time(12), ZoneInfo(zone)).astimezone(UTC)
    for day in range(1, 40):
        now = next_morning(now, clock_of(zone))
        here = now.astimezone(ZoneInfo(zone))
        assert (here.hour, here.minute) == (8, 0)
        assert here.date() == first + timedelta(days=day)


@given(
    zone=st.sampled_from(ZONES),
    now=st.datetimes(min_value=datetime(2024, 1, 1), max_value=datetime(2031, 1, 1), timezones=st.just(UTC)),
    weekly=st.booleans(),
)
@hypothesis_settings(max_examples=300, deadline=None)
def test_between_two_mornings_there_is_none(zone: str, now: datetime, weekly: bool) -> None:
    here = clock_of(zone)
    last, following = last_morning(now, here, weekly=weekly), next_morning(now, here, weekly=weekly)
    assert last <= now < following
    assert next_morning(last, here, weekly=weekly) == following
    assert following - last <= timedelta(days=7 if weekly else 1, hours=1)


def test_a_zone_nobody_knows_is_the_sites_own() -> None:
    assert clock_of("Mars/Olympus_Mons") == clock_of("") == ZoneInfo(settings.TIME_ZONE)
