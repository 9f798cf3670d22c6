"""Business time, whatever the week, the zone and the season: the promises that its arithmetic itself makes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from support.sla import DAY, Hours, Promise, is_open, moment_after, moment_of, open_spans, rest, seconds_between, start

#: Two that change their clocks (one by half an hour), one at midnight, one never, one that skipped a whole day.
ZONES = ("Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "UTC", "Asia/Kathmandu", "Pacific/Apia")


@st.composite
def days(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    """No block, one, or several that do not overlap."""
    edges = sorted(draw(st.sets(st.integers(0, DAY), max_size=6)))
    return tuple(zip(edges[::2], edges[1::2], strict=False))


hours = st.builds(
    Hours,
    zone=st.sampled_from(ZONES),
    week=st.tuples(*[days()] * 7),
    country=st.sampled_from(["", "DE", "US"]),
    closed=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=20),
    opened=st.frozensets(st.dates(date(2026, 1, 1), date(2026, 12, 31)), max_size=5),
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31), timezones=st.just(UTC))
lengths = st.integers(0, 60 * 60 * 60)


def touches(of: Hours, at: datetime) -> bool:
    """Whether people work at this moment, or did until it."""
    return is_open(of, at) or is_open(of, at - timedelta(microseconds=1))


def walls(of: Hours, at: datetime) -> bool:
    """Whether the clock on the wall says that people work: the rule in its plainest form."""
    wall = at.astimezone(ZoneInfo(of.zone))
    minute = wall.hour * 60 + wall.minute
    return any(opens <= minute < closes for opens, closes in of.blocks(wall.date()))


@settings(max_examples=300, deadline=None)
@given(of=hours, begin=moments, length=lengths)
def test_nothing_is_due_before_it_began_or_while_nobody_works(of: Hours, begin: datetime, length: int) -> None:
    due = moment_after(of, begin, length)
    if due is None:
        assert not any(of.week) or all(not of.blocks(begin.date() + timedelta(days=each)) for each in range(3000))
        return
    assert due >= begin
    assert touches(of, due)
    assert seconds_between(of, begin, due) == length


@settings(max_examples=300, deadline=None)
@given(of=hours, begin=moments, lengths=st.tuples(lengths, lengths))
def test_more_time_is_never_due_earlier_and_parts_add_up(of: Hours, begin: datetime, lengths: tuple[int, int]) -> None:
    first, second = lengths
    whole, part = moment_after(of, begin, first + second), moment_after(of, begin, first)
    if whole is None or part is None:
        return
    assert part <= whole
    if second:
        assert moment_after(of, part, second) == whole


@settings(max_examples=300, deadline=None)
@given(
    of=hours,
    minutes=st.integers(1, 3000),
    begin=moments,
    rests=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=5),
)
def test_resting_never_shortens_and_each_second_counts_once(
    of: Hours, minutes: int, begin: datetime, rests: list[tuple[int, int]]
) -> None:
    promise = start(of, Promise(minutes), begin, 25)
    if promise.due_at is None:
        return
    at, due, ran = begin, promise.due_at, 0
    for works, pauses in rests:
        stopped = at + timedelta(seconds=works)
        ran += seconds_between(of, at, stopped)
        promise = rest(of, promise, stopped)
        assert promise.used == ran and promise.due_at is None
        at = stopped + timedelta(seconds=pauses)
        promise = start(of, promise, at, 25)
        if promise.due_at is None:
            return
        assert promise.due_at >= due
        due = promise.due_at
        assert at <= due and touches(of, due)
        if promise.warns_at is not None:
            assert at <= promise.warns_at <= due and touches(of, promise.warns_at)


@settings(max_examples=300, deadline=None)
@given(of=hours, at=moments)
def test_hours_are_what_the_clock_on_the_wall_says(of: Hours, at: datetime) -> None:
    zone = ZoneInfo(of.zone)
    changes = {zone.utcoffset((at + timedelta(hours=each)).astimezone(zone)) for each in (-26, 0, 26)}
    if len(changes) == 1:
        assert is_open(of, at) == walls(of, at)


@settings(max_examples=200, deadline=None)
@given(of=hours, begin=moments)
def test_spans_come_in_order_and_never_overlap(of: Hours, begin: datetime) -> None:
    last = begin
    for opens, closes in open_spans(of, begin, days=20):
        assert last <= opens < closes
        last = closes


@settings(max_examples=300, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    day=st.one_of(
        st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2026, 4, 24), date(2011, 12, 30)]),
        st.dates(date(2000, 1, 1), date(2030, 1, 1)),
    ),
    minutes=st.tuples(st.integers(0, DAY), st.integers(0, DAY)),
)
def test_a_later_minute_of_a_day_is_never_an_earlier_moment(zone: str, day: date, minutes: tuple[int, int]) -> None:
    early, late = sorted(minutes)
    assert moment_of(day, early, ZoneInfo(zone)) <= moment_of(day, late, ZoneInfo(zone))
