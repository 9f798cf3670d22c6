"""How well peers help, what was imported, and whose work it was."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from community import clock
from community.actions import solutions
from community.actions.measuring import say_consent
from community.models import Thread
from support.actions.ledger import advance
from support.models import Instead
from support.reading.figures import Wanted, Why
from support.reading.quality import history, quality, top_helpers, top_threads
from support.statistics import wilson
from tests.factories import admin, board, person, reply, thread
from tests.support.may import FIRST, MONTH, May, at, may, run

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> May:
    return May().happens()


def told_at(day: int, wanted: Wanted = MONTH) -> Any:
    with clock.at(may(day)):
        return quality(wanted)


def test_may_as_peers_helped(story: May) -> None:
    run()
    told = told_at(32)
    # T1, T2, T3, T4, T5, T6, T8, T10, T11, T12: T7 is a duplicate, T9 staff's own
    assert (told.answered_72h.part, told.answered_72h.whole) == (7, 10)  # not T4, T6 (73 hours) and T10 (their own)
    assert (told.escalated.part, told.escalated.whole) == (1, 10)
    assert (told.recontact.part, told.recontact.whole) == (2, 5)
    assert (told.peer_share.part, told.peer_share.whole) == (5, 9)
    assert told.reopened.part == 1
    assert told.identified.part == told.identified.whole == 3
    assert told.recontact.interval == wilson(2, 5)


def test_what_has_not_had_its_time_is_left_out_of_a_share() -> None:
    story = May()
    for day in (1, 4):
        asked = story.asked(f"T{day}", story.who("U"), day)
        at(day, reply, 20, to=asked)
    assert (told_at(4).answered_24h.part, told_at(4).answered_24h.whole) == (1, 1)
    assert (told_at(6).answered_24h.part, told_at(6).answered_24h.whole) == (2, 2)
    assert told_at(6).solved_7d.whole == 0
    assert (told_at(30).solved_7d.part, told_at(30).solved_7d.whole) == (0, 2)
    assert told_at(30).solved_30d.share is None


def test_the_first_reply_comes_within_half_the_time_for_half_of_them() -> None:
    story = May()
    for number, hours in enumerate((1, 2, 12)):
        asked = story.asked(f"T{number}", story.who(f"U{number}"), 3)
        at(3, reply, 10 + hours, to=asked)
    assert told_at(32).median_hidden == Why.COMPUTING
    run(computed=True)
    assert told_at(32).median_first_reply == timedelta(hours=2)


def test_a_period_without_questions_has_no_shares() -> None:
    told = told_at(32)
    assert (told.answered_24h.share, told.answered_24h.interval, told.peer_share.share) == (None, None, None)


def test_consent_is_counted_among_members_who_said_anything() -> None:
    for said in (True, True, False):
        at(3, say_consent, actor=person(), is_given=said)
    person()
    told = told_at(32)
    assert (told.consented.part, told.consented.whole) == (2, 3)


def test_the_same_number_of_queries_for_one_as_for_many(story: May, django_assert_max_num_queries: Any) -> None:
    run()
    with django_assert_max_num_queries(8):
        told_at(32)
    for read in (history, lambda: top_threads(story.boss, MONTH), lambda: top_helpers(MONTH)):
        with django_assert_max_num_queries(6):
            read()


def test_imported_years_are_history_and_no_figure() -> None:
    """What was brought along is told by its year; nothing of it is in a share or a case."""
    asker = person()
    with clock.at(datetime(2021, 3, 1, 12, tzinfo=UTC)):
        asked = thread(asker)
    with clock.at(datetime(2021, 3, 3, 12, tzinfo=UTC)):
        solutions.accept(actor=asker, answer_id=reply(asked).pk)
    with clock.at(datetime(2020, 3, 1, 12, tzinfo=UTC)):
        thread(asker)
    Thread.objects.update(is_imported=True)
    with clock.at(may(1)):
        advance()
    last, first = history()
    assert (last.year, last.asked, last.answered_24h, last.answered_72h) == (2021, 1, 0, 1)
    assert (last.solved, last.median_first_reply) == ([("peer", 1)], timedelta(days=2))
    assert (first.year, first.asked, first.solved, first.median_first_reply) == (2020, 1, [], None)
    then = Wanted(date(2021, 3, 1), date(2021, 3, 31))
    assert told_at(1, then).answered_72h.whole == 0
    assert top_threads(admin(), then) == []


def test_the_threads_and_the_people_behind_the_cases(story: May) -> None:
    run()
    threads = top_threads(story.boss, MONTH)
    assert [(each.thread.pk, each.cases) for each in threads] == [
        (story.threads["T1"].pk, 2),
        (story.threads["T11"].pk, 1),
    ]
    assert threads[0].by_kind == [("D", 1), ("F", 0), ("M", 1), ("V", 0)]
    helpers = top_helpers(MONTH)
    assert [(each.person, each.cases) for each in helpers.helpers] == [(story.who("P1"), 2), (story.who("P2"), 1)]
    assert (helpers.cases, helpers.share_of_three) == (3, 1)


def test_lists_follow_the_period_the_board_and_the_channel(story: May) -> None:
    run()
    assert top_helpers(Wanted(FIRST, FIRST)).share_of_three is None
    assert top_helpers(Wanted(FIRST, MONTH.until_day, board_id=board().pk)).cases == 0
    assert top_helpers(Wanted(FIRST, MONTH.until_day, channel=Instead.PHONE)).cases == 1
    assert [each.cases for each in top_threads(story.boss, Wanted(FIRST, MONTH.until_day, channel="phone"))] == [1]


def test_a_thread_that_somebody_may_not_see_is_in_no_list_of_theirs(story: May) -> None:
    run()
    story.board.audience = "groups"
    story.board.save(update_fields=["audience"])
    assert top_threads(person(), MONTH) == []
    assert len(top_threads(story.boss, MONTH)) == 2
