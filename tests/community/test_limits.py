"""How often somebody may do something: told with the reason and the moment, whoever asks, from wherever."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import answers, limits, thanks, threads
from community.actions.limits import LIMITS, Limit, Limits, give_back, keep_pace, spend, sweep_limits
from community.errors import NotAllowed, TooOften
from community.models import Answer, LimitCount, Thread, User, Vote
from tests.factories import board, moderator, person, reply, thread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("usual_limits")]

MORNING = clock.wall().replace(hour=9, minute=0, second=0, microsecond=0)


@pytest.fixture
def tight(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set what may be done, for everybody."""

    def set_to(what: str, most: int, seconds: int = 3600) -> None:
        row = (Limit(most, seconds),)
        monkeypatch.setitem(LIMITS, what, Limits(LIMITS[what].why, new=row, member=row, address=row))

    return set_to


def refused(what: str, **who: Any) -> TooOften | None:
    try:
        spend(what=what, **who)
    except TooOften as error:
        return error
    return None


# The count ------------------------------------------------------------------------------------------------------------
def test_so_many_are_let_through_and_the_next_one_is_told_why_and_when(tight: Any) -> None:
    tight("ask", 3)
    anna = person()
    with clock.at(MORNING):
        assert [refused("ask", actor=anna) for _each in range(3)] == [None] * 3
        told = refused("ask", actor=anna)
        assert told is not None and told.status == 429
        assert told.message == "You have asked a lot in a short time. Please try again in 81 minutes."
        assert refused("ask", actor=person()) is None, "somebody else's count is their own"
        assert refused("answer", actor=anna) is None, "and what is limited is one thing, not all"


@pytest.mark.parametrize("minute", [0, 7, 30, 59])
@pytest.mark.parametrize(("most", "seconds"), [(1, 3600), (3, 3600), (10, 600), (20, 86400)])
def test_the_moment_that_is_told_is_true_and_not_much_later_than_it_must_be(
    tight: Any, most: int, seconds: int, minute: int
) -> None:
    tight("ask", most, seconds)
    anna, now = person(), MORNING + timedelta(minutes=minute)
    for _round in range(3):
        with clock.at(now):
            while (told := refused("ask", actor=anna)) is None:
                pass
        assert now < told.again_at <= now + timedelta(seconds=2 * seconds + 2)
        with clock.at(told.again_at - timedelta(seconds=4)):
            assert refused("ask", actor=anna) is not None
        now = told.again_at
        with clock.at(now):
            assert refused("ask", actor=anna) is None


def test_waiting_for_the_full_hour_lets_nobody_do_twice_as_much(tight: Any) -> None:
    tight("ask", 10)
    anna = person()
    with clock.at(MORNING + timedelta(minutes=59, seconds=59)):
        assert sum(refused("ask", actor=anna) is None for _each in range(20)) == 10
    with clock.at(MORNING + timedelta(hours=1)):
        assert refused("ask", actor=anna) is not None
    with clock.at(MORNING + timedelta(hours=1, minutes=30)):
        assert sum(refused("ask", actor=anna) is None for _each in range(20)) == 5


def test_what_the_day_refuses_takes_nothing_from_the_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    row = (Limit(5, 3600), Limit(2, 86400))
    monkeypatch.setitem(LIMITS, "ask", Limits("So it is.", new=row, member=row))
    anna = person()
    for _each in range(4):
        refused("ask", actor=anna)
    assert sorted(LimitCount.objects.values_list("count", flat=True)) == [2, 2]


def test_new_people_may_do_less_than_members_and_staff_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "ask", Limits("So it is.", new=(Limit(1, 60),), member=(Limit(2, 60),)))
    fresh, known, boss = person(), person(date_joined=clock.now() - timedelta(days=4)), moderator()
    may = {
        who.pk: sum(refused("ask", actor=User.objects.with_standing().get(pk=who.pk)) is None for _each in range(30))
        for who in (fresh, known, boss)
    }
    assert list(may.values()) == [1, 2, 20]


def test_a_site_with_a_full_hall_may_let_everybody_do_more(tight: Any, settings: Any) -> None:
    tight("ask", 4)
    settings.LIMITS_FACTOR = 2.5
    anna = person()
    assert sum(refused("ask", actor=anna) is None for _each in range(30)) == 10


def test_addresses_are_counted_beside_people_and_are_written_nowhere(tight: Any) -> None:
    tight("report", 2)
    for who in (person(), person()):
        spend(what="report", actor=who, address="203.0.113.7")
    assert refused("report", actor=person(), address="203.0.113.7") is not None
    assert refused("report", address="203.0.113.8") is None
    assert not any("203" in str(row) for row in LimitCount.objects.values_list("key", flat=True) if len(row) != 64)
    assert {len(row) for row in LimitCount.objects.values_list("key", flat=True)} == {64}


def test_what_was_no_wrong_guess_is_given_back(tight: Any) -> None:
    tight("password", 2)
    for _each in range(5):
        spend(what="password", address="anna")
        give_back(what="password", address="anna")
    assert refused("password", address="anna") is None


@pytest.mark.parametrize(("seconds", "words"), [(1, "1 second."), (119, "119 seconds."), (121, "3 minutes.")])
def test_when_to_try_again_is_said_in_words(seconds: int, words: str) -> None:
    with clock.at(MORNING):
        assert limits.in_words(MORNING + timedelta(seconds=seconds)).endswith(words)
        assert limits.in_words(MORNING + timedelta(hours=5)).endswith("5 hours.")


def test_counts_that_count_for_nothing_any_more_are_swept(tight: Any) -> None:
    tight("ask", 2, 86400)
    anna = person()
    with clock.at(MORNING):
        spend(what="ask", actor=anna)
    with clock.at(MORNING + timedelta(days=1)):
        assert sweep_limits() == 0, "yesterday still counts a little"
    with clock.at(MORNING + timedelta(days=3)):
        assert sweep_limits() == 1


# What pages ask by themselves -----------------------------------------------------------------------------------------
def test_what_pages_ask_by_themselves_reaches_the_database_for_a_part_only(tight: Any) -> None:
    tight("news", 320)
    anna = person()
    with CaptureQueriesContext(connection) as asked:
        for _each in range(20):
            keep_pace(what="news", actor=anna)
    assert len([query for query in asked if "limitcount" in query["sql"]]) == 2
    let_through = 20
    with pytest.raises(TooOften) as told:
        while True:
            keep_pace(what="news", actor=anna)
            let_through += 1
    assert let_through == 320
    with CaptureQueriesContext(connection) as asked, pytest.raises(TooOften) as again:
        keep_pace(what="news", actor=anna)
    assert len(asked) == 0, "whoever goes on asking costs nothing"
    assert again.value.again_at == told.value.again_at


def test_several_processes_together_let_no_more_through(tight: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    tight("news", 100)
    processes, anna, let_through = [limits.Leases() for _each in range(4)], person(), 0
    for number in range(400):
        monkeypatch.setattr(limits, "LEASES", processes[number % 4])
        try:
            keep_pace(what="news", actor=anna)
            let_through += 1
        except TooOften:
            pass
    assert 90 <= let_through <= 100


# The acts -------------------------------------------------------------------------------------------------------------
def test_a_refused_act_leaves_nothing_and_costs_nothing(tight: Any) -> None:
    tight("answer", 1)
    question, ben = thread(), person()
    reply(question, ben)
    counted = list(LimitCount.objects.order_by("pk").values_list("pk", "count"))
    with pytest.raises(TooOften):
        answers.answer(actor=ben, thread_id=question.pk, body="And another thing.")
    question.refresh_from_db()
    assert (Answer.objects.count(), question.answer_count, question.last_position) == (1, 1, 1)
    assert list(LimitCount.objects.order_by("pk").values_list("pk", "count")) == counted


def test_an_act_that_may_not_be_done_is_not_counted(tight: Any) -> None:
    tight("vote", 1)
    given, carla = reply(thread()), person()
    with pytest.raises(NotAllowed):
        thanks.vote(actor=User.objects.with_standing().get(pk=given.author_id), answer_id=given.pk)
    assert thanks.vote(actor=carla, answer_id=given.pk).pk == given.pk


def test_a_double_click_is_charged_once(tight: Any) -> None:
    for what in ("ask", "answer", "vote", "me_too", "helped"):
        tight(what, 1)
    anna, ben, product = person(), person(), board()
    about: dict[str, Any] = {"actor": anna, "board_id": product.pk, "kind": "problem", "title": "Red", "post_key": "k"}
    first = threads.ask(body="It is red.", **about)
    assert threads.ask(body="It is red.", **about) == first
    for _click in range(3):
        given = answers.answer(actor=ben, thread_id=first.pk, body="Reset it.", post_key="k")
        thanks.vote(actor=anna, answer_id=given.pk)
        thanks.say_helped(actor=anna, answer_id=given.pk)
        thanks.join(actor=ben, thread_id=first.pk)
    assert (Thread.objects.count(), Answer.objects.count(), Vote.objects.count()) == (1, 1, 1)


def test_people_named_in_a_post_are_counted_one_by_one_and_once(tight: Any) -> None:
    tight("mention", 3)
    question, ben = thread(), person()
    names = [person(f"friend{number}").username for number in range(4)]
    given = reply(question, ben, f"As @{names[0]} and @{names[1]} say. @{ben.username} too.")
    text = f"As @{names[0]}, @{names[1]} and @{names[2]} say."
    answers.edit_answer(actor=ben, answer_id=given.pk, version=1, body=text)
    with pytest.raises(TooOften, match="mentioned many people"):
        answers.edit_answer(actor=ben, answer_id=given.pk, version=2, body=f"{text} @{names[3]}")
    given.refresh_from_db()
    assert given.version == 2, "the words stay in the form, and nothing was changed"
