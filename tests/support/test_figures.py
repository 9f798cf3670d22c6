"""The figures of a period, from what people did to what a finance director reads: docs/deflection.md, by hand."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from community import clock
from support.actions.contact_imports import import_contacts
from support.contact_files import read_contacts
from support.reading.figures import Wanted, Why, compared, course, figures
from tests.support.may import FIRST, LAST, MONTH, May, may, run

pytestmark = pytest.mark.django_db


def test_may_checked_by_hand() -> None:
    story = May().happens()
    story.approved()
    story.priced()
    story.covered()
    told = run()
    assert told.resolved == 3  # T1, T11 and M1
    assert told.avoided.floor == 2  # U1 and M1; T11 stays potential
    assert told.avoided.central == 2
    assert told.avoided.potential.unknown == 1
    assert (told.kind("D").credited, told.kind("D").pending, told.kind("M").credited) == (2, 1, 1)
    assert told.funnel.void == {
        "recontact": 2,  # T3 and M3
        "unaccepted": 1,
        "escalated": 1,
        "duplicate": 1,
        "staff_person": 1,
    }
    assert told.money.hidden == []
    assert told.money.floor == Decimal("12.00")
    assert told.money.floor_per_case == Decimal("6.00")
    assert told.money.central == Decimal("31.75")
    assert told.funnel.solved == {"peer": 5, "assisted": 1, "mod": 1, "self": 1, "mixed": 1}
    assert told.is_growing


@pytest.fixture
def story() -> May:
    made = May().happens()
    made.approved()
    made.priced()
    made.covered()
    return made


def test_a_week_later_what_was_pending_counts(story: May) -> None:
    told = run(day=37)
    assert (told.kind("D").credited, told.resolved, told.pending) == (3, 4, 0)


def test_what_may_have_been_avoided_too_is_counted_and_never_money(story: May) -> None:
    assert run().avoided.potential.total is None
    told = run(computed=True)
    assert told.avoided.potential.total == 2  # T11 and M2
    assert told.avoided.potential.me_toos == 1
    assert told.money.floor == Decimal("12.00")


def test_the_same_figures_whatever_the_number_of_queries(story: May, django_assert_max_num_queries: object) -> None:
    run()
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        one = figures(MONTH)
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        three = compared(MONTH)
    assert three.now == one
    assert (three.before.resolved, three.last_year.resolved) == (0, 0)
    assert three.before.wanted == Wanted(date(2026, 3, 31), date(2026, 4, 30))
    assert three.last_year.wanted.from_day.weekday() == FIRST.weekday()


def test_the_course_adds_up(story: May) -> None:
    run()
    weeks = course(MONTH, "week")
    assert [each.from_day.day for each in weeks] == [1, 4, 11, 18, 25]
    assert sum(each.resolved for each in weeks) == 3
    assert weeks[0].savings_floor == Decimal("4.00")
    assert len(course(MONTH, "day")) == 31
    assert [each.until_day for each in course(replace(MONTH, until_day=date(2026, 6, 2)), "month")] == [
        LAST,
        date(2026, 6, 2),
    ]


def test_a_board_has_its_own_figures_and_no_part_of_the_programmes_costs(story: May) -> None:
    story.paid()
    run()
    own = figures(replace(MONTH, board_id=story.board.pk))
    assert (own.resolved, own.money.floor) == (3, Decimal("12.00"))
    assert own.back.hidden == [Why.OF_THE_WHOLE]
    assert figures(replace(MONTH, board_id=story.board.pk + 1)).resolved == 0


def test_a_channel_has_the_cases_that_name_it(story: May) -> None:
    phone = run(wanted=replace(MONTH, channel="phone"))
    assert (phone.resolved, phone.avoided.floor, phone.money.floor) == (1, 1, Decimal("8.00"))


def test_a_period_has_the_cases_of_its_own_days(story: May) -> None:
    assert run(wanted=Wanted(date(2026, 5, 3), date(2026, 5, 3))).resolved == 1
    assert figures(Wanted(date(2026, 5, 4), date(2026, 5, 4))).resolved == 1  # M1
    assert figures(Wanted(date(2026, 5, 2), date(2026, 5, 2))).resolved == 0


def test_the_deflection_rate_counts_tickets_of_everybody_we_know(story: May) -> None:
    told = run()
    assert (told.rate.floor, told.rate.tickets) == (2, 3)  # U3's, M3's and T6's
    assert told.rate.share == pytest.approx(0.4)


def test_the_programme_is_paid_before_anything_is_gained(story: May) -> None:
    story.paid("62", until_day=LAST + timedelta(days=31))
    told = run()
    assert told.back.programme == Decimal("31.00")
    assert (told.back.net_floor, told.back.roi_floor) == (Decimal("-19.00"), Decimal("-61.3"))
    assert (told.back.net_central, told.back.roi_central) == (Decimal("0.75"), Decimal("2.4"))
    assert told.back.by_kind == {"platform": Decimal("31.00")}


def test_a_programme_that_is_not_paid_for_every_day_has_no_return(story: May) -> None:
    story.paid(from_day=date(2026, 5, 3))
    told = run()
    assert (told.back.hidden, told.back.days_missing) == ([Why.NO_PROGRAMME_COST], 2)
    assert told.back.net_floor is None


def test_a_programme_that_costs_nothing_has_a_net_and_no_return(story: May) -> None:
    story.paid("0")
    told = run()
    assert (told.back.net_floor, told.back.roi_floor) == (Decimal("12.00"), None)
    assert told.back.hidden == [Why.NO_PROGRAMME_COST]


def test_money_is_hidden_until_everything_it_rests_on_is_there() -> None:
    story = May().happens()
    assert figures(MONTH).money.hidden[0] == Why.NOT_YET
    assert run().money.hidden == [Why.NOT_APPROVED, Why.NOT_COVERED, Why.NO_COST]
    story.approved()
    story.covered("chat")
    assert figures(MONTH).money.hidden == [Why.NOT_COVERED, Why.NO_COST]
    story.priced(email=("4", "11.50"))
    assert figures(MONTH).money.hidden == [Why.NOT_COVERED, Why.NO_COST]  # M1 would have phoned
    story.priced(phone=("8", "20.25"))
    told = figures(MONTH)
    assert (told.money.hidden, told.money.floor, told.money.central) == ([Why.NOT_COVERED], None, None)
    assert (told.resolved, told.avoided.floor) == (3, 2)  # counts are never hidden


def test_fewer_than_thirty_people_have_no_interval(story: May) -> None:
    assert run().money.interval_hidden == Why.COMPUTING
    told = run(computed=True)
    assert (told.money.interval, told.money.interval_hidden, told.money.people) == (None, Why.FEW_PEOPLE, 3)


def calls_of_nobody(count: int) -> None:
    """So many calls in the CRM's file, on the fifteenth of May, that belong to nobody we could recognise."""
    lines = [f"2026-05-15T14:05:00Z,phone,c-{number},\n" for number in range(count)]
    with clock.at(may(31)):
        import_contacts(actor=None, source="CRM", contacts=read_contacts(["time,channel,id,email\n", *lines]))


def test_calls_of_nobody_we_know_weigh_on_what_is_credited(story: May) -> None:
    """One call beside three tickets: m = 25 %. D: 2 credited and 1 recontact, 3 x (1 - (1/3) / 0.75) = 1.67."""
    calls_of_nobody(1)
    told = run()
    assert (told.identity.contacts, told.identity.unlinkable, told.identity.share) == (4, 1, Decimal("0.25"))
    assert told.kind("D").corrected == pytest.approx(Decimal(5) / 3)
    assert told.kind("M").corrected == pytest.approx(Decimal(2) / 3)
    assert (told.resolved, told.avoided.floor) == (1, 0)
    assert told.money.hidden == []
    assert told.money.floor == Decimal("0.00")
    assert told.rate.tickets == 3


def test_money_is_hidden_when_too_many_contacts_belong_to_nobody(story: May) -> None:
    calls_of_nobody(2)
    assert run().money.hidden == []  # 40 % are not more than 40 %
    calls_of_nobody(3)
    assert figures(MONTH).money.hidden == [Why.NOT_IDENTIFIED]


def test_a_board_has_no_rate_where_calls_came_from_outside(story: May) -> None:
    calls_of_nobody(1)
    run()
    assert figures(MONTH).rate.share == 0
    assert figures(replace(MONTH, board_id=story.board.pk)).rate.share is None
