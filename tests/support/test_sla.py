"""Business time by examples that can be checked with a calendar on the wall."""

from datetime import UTC, date, datetime, timedelta

from support.sla import ALWAYS, Hours, Promise, moment_after, replan, seconds_between, start

HOUR = 3600
#: Monday to Friday, nine to twelve and one to five.
WEEK = (((540, 720), (780, 1020)),) * 5 + ((),) * 2
BERLIN = Hours(zone="Europe/Berlin", week=WEEK)
NIGHT = Hours(zone="Europe/Berlin", week=(((0, 1440),),) * 7)


def utc(month: int, day: int, hour: int, minute: int = 0, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def test_lunch_and_the_weekend_do_not_count() -> None:
    # Friday, 5 June 2026, eleven in Berlin: one hour before lunch, four after it, the sixth on Monday at ten
    assert moment_after(BERLIN, utc(6, 5, 9), 6 * HOUR) == utc(6, 8, 8)
    assert seconds_between(BERLIN, utc(6, 5, 9), utc(6, 8, 8)) == 6 * HOUR


def test_what_comes_at_night_begins_in_the_morning_and_what_ends_a_day_is_due_at_its_end() -> None:
    assert moment_after(BERLIN, utc(6, 5, 22), 0) == utc(6, 8, 7)
    assert moment_after(BERLIN, utc(6, 8, 5), 7 * HOUR) == utc(6, 8, 15)


def test_the_night_in_which_the_clock_jumps_is_an_hour_short_and_the_other_an_hour_long() -> None:
    assert seconds_between(NIGHT, utc(3, 28, 23), utc(3, 29, 22)) == 23 * HOUR
    assert seconds_between(NIGHT, utc(10, 24, 22), utc(10, 25, 23)) == 25 * HOUR
    # half past two is not on the clock that night: it opens as the clock jumps from two to three
    early = Hours(zone="Europe/Berlin", week=(((150, 240),),) * 7)
    assert seconds_between(early, utc(3, 29, 0), utc(3, 29, 12)) == HOUR
    # in autumn it is shown twice: open from the first time on
    assert seconds_between(early, utc(10, 24, 23), utc(10, 25, 12)) == HOUR * 5 // 2


def test_public_holidays_and_own_closed_days_do_not_count_unless_people_work_all_the_same() -> None:
    thursday = utc(12, 24, 8)
    german = Hours(zone="UTC", week=WEEK, country="DE")
    # Friday is Christmas Day
    assert moment_after(german, thursday, 8 * HOUR) == utc(12, 28, 10)
    closed = Hours(zone="UTC", week=WEEK, country="DE", closed=frozenset({date(2026, 12, 24)}))
    assert moment_after(closed, thursday, 8 * HOUR) == utc(12, 29, 10)
    opened = Hours(zone="UTC", week=WEEK, country="DE", opened=frozenset({date(2026, 12, 25)}))
    assert moment_after(opened, thursday, 8 * HOUR) == utc(12, 25, 10)


def test_holidays_of_a_part_of_a_country_are_its_own() -> None:
    # Epiphany, a Tuesday
    berlin, munich = (Hours(week=WEEK, country="DE", subdivision=part) for part in ("BE", "BY"))
    assert not berlin.is_closed(date(2026, 1, 6)) and munich.is_closed(date(2026, 1, 6))


def test_a_country_that_nobody_knows_has_no_holidays() -> None:
    assert moment_after(Hours(week=WEEK, country="ZZ"), utc(12, 25, 9), HOUR) == utc(12, 25, 10)


def test_where_nobody_ever_works_nothing_can_be_promised() -> None:
    never = Hours()
    assert moment_after(never, utc(1, 1, 0), HOUR) is None
    assert seconds_between(never, utc(1, 1, 0), utc(6, 1, 0)) == 0
    assert not start(never, Promise(60), utc(1, 1, 0), 25).runs


def test_the_warning_comes_when_its_share_is_left() -> None:
    promise = start(ALWAYS, Promise(240), utc(6, 1, 8), 25)
    assert (promise.warns_at, promise.due_at) == (utc(6, 1, 11), utc(6, 1, 12))
    assert start(ALWAYS, Promise(240), utc(6, 1, 8), 0).warns_at is None
    # going on with an hour left, nobody is warned a second time
    assert start(ALWAYS, Promise(240, used=3 * HOUR), utc(6, 1, 8), 25).warns_at is None


def test_another_promise_counts_from_when_this_one_began_to_run() -> None:
    promise = start(ALWAYS, Promise(240), utc(6, 1, 8), 25)
    assert replan(ALWAYS, promise, 60, 25).due_at == utc(6, 1, 9)
    assert replan(ALWAYS, Promise(240, used=60), 60, 25) == Promise(60, used=60)


def test_years_of_business_time_are_counted_in_no_time_at_all() -> None:
    due = moment_after(BERLIN, utc(1, 1, 0), 2 * 52 * 35 * HOUR)
    assert due is not None and timedelta(days=720) < due - utc(1, 1, 0) < timedelta(days=735)
