"""Questions come to staff by themselves: after so many business hours, guarded, capped, and never before a preview."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from community import clock
from community.actions.moderation import hide_thread, lock
from community.actions.solutions import accept
from community.actions.threads import close, request_info
from community.errors import NotAllowed, Refused
from community.models import Board, KnownIssue, KnownIssueThread, Thread, ThreadEvent, User
from support.actions import policies
from support.actions.escalating import escalate_thread
from support.models import Calendar, Entitlement, Escalation, EscalationPolicy, EscalationRun, SupportPeriod, Ticket
from support.reading import escalatable
from support.reading.proposed import proposed
from tests.factories import admin, agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db

#: A Monday; the calendar that every desk begins with is Monday to Friday, nine to five (UTC).
MONDAY = datetime(2026, 3, 9, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> Any:
    """Let it be so many days after that Monday, at this time."""
    return clock.at(MONDAY + timedelta(days=day, hours=hour, minutes=minute))


@pytest.fixture
def boss() -> User:
    return admin()


@pytest.fixture
def on(boss: User) -> Board:
    """A board whose questions come to staff after four hours without a reply, or eight after the last one."""
    with at(-30, 12):
        made = board(language="en")
        calendar = Calendar.objects.get()
        policies.set_policy(
            actor=boss, board_id=made.pk, unanswered_after=4, unsolved_after=8, calendar=calendar, oldest=7, most=50
        )
        policies.run(actor=boss, board=made, dry=True)
        policies.switch_on(actor=boss, board_id=made.pk)
    return made


def asked(on: Board, day: int, hour: int, minute: int = 0, **fields: Any) -> Thread:
    with at(day, hour, minute):
        return thread(on=on, **fields)


def verdicts(run: EscalationRun) -> dict[int, str]:
    return dict(run.items.values_list("thread", "verdict"))


def change(board: Board, **fields: Any) -> None:
    EscalationPolicy.objects.filter(pk=board.pk).update(**fields)


# When -----------------------------------------------------------------------------------------------------------------
def test_a_question_comes_to_staff_after_four_business_hours_without_a_reply_and_not_a_minute_before(on: Board) -> None:
    question = asked(on, 0, 15)  # two hours before the end of Monday's work
    with at(1, 10, 59):
        assert policies.run(dry=False).looked_at == 0
    with at(1, 11):
        run = policies.run(dry=False)
    assert verdicts(run) == {question.pk: "escalated"} and run.escalated == 1
    escalation = Escalation.objects.get(thread=question)
    assert (escalation.way, escalation.reason, escalation.run) == ("policy", "unanswered", run)
    assert escalation.ticket.requester == question.asker
    question.refresh_from_db()
    assert question.escalated_at is not None


def test_nights_and_weekends_do_not_count(on: Board) -> None:
    asked(on, 4, 16)  # Friday, an hour before the end
    with at(7, 11, 59):
        assert policies.run(dry=False).looked_at == 0
    with at(7, 12):
        assert policies.run(dry=False).escalated == 1


def test_after_a_reply_it_is_the_time_without_a_solution_that_counts(on: Board) -> None:
    question = asked(on, 0, 9)
    with at(0, 10):
        said = reply(question)
    with at(0, 17):
        assert policies.run(dry=False).looked_at == 0, "seven hours after the reply"
    with at(1, 10):
        run = policies.run(dry=True)
        assert run.items.get().reason == "unsolved"
        accept(actor=question.asker, answer_id=said.pk)
        assert policies.run(dry=False).looked_at == 0, "it is solved"


def test_a_rule_that_is_left_empty_takes_nothing(on: Board) -> None:
    change(on, unanswered_after=None)
    asked(on, 0, 9)
    with at(1, 17):
        assert policies.run(dry=False).looked_at == 0


# Whom not -------------------------------------------------------------------------------------------------------------
def test_what_does_not_wait_for_staff_is_not_even_looked_at(on: Board) -> None:
    closed, hidden, locked, unclear = (asked(on, 0, 9) for _ in range(4))
    with at(0, 10):
        close(actor=closed.asker, thread_id=closed.pk)
        hide_thread(actor=moderator(), thread_id=hidden.pk)
        lock(actor=moderator(), thread_id=locked.pk)
        request_info(actor=moderator(), thread_id=unclear.pk)
    asked(on, 0, 9, kind=Thread.Kind.IDEA)
    asked(on, 0, 9, asker=agent())
    asked(on, -3, 9)  # older than seven days by then
    with at(4, 17):
        assert policies.run(dry=True).looked_at == 0


@pytest.mark.parametrize("verdict", ["language", "entitled", "inactive", "known_issue", "open"])
def test_a_guard_keeps_a_question_with_the_community_and_says_why(on: Board, boss: User, verdict: str) -> None:
    question, other = asked(on, 0, 9), asked(on, 0, 9, asker=person("named"))
    with at(0, 10):
        _guard(verdict, on, boss, question, other)
    with at(0, 14):
        dry = policies.run(actor=boss, board=on, dry=True)
        assert verdicts(dry) == {question.pk: verdict, other.pk: "escalated"}
        before = Ticket.objects.filter(thread=question).count()
        assert policies.run(dry=False).escalated == 1
    assert Ticket.objects.filter(thread=question).count() == before


def _guard(verdict: str, on: Board, boss: User, question: Thread, other: Thread) -> None:
    """Whatever keeps `question` away, and not `other`."""
    now = clock.now()
    guards: dict[str, Callable[[], Any]] = {
        "language": lambda: (
            change(on, languages=["de"]),
            Thread.objects.filter(pk=other.pk).update(language="de"),
        ),
        "entitled": lambda: Entitlement.objects.create(person=other.asker, board=on, starts_at=now),
        "inactive": lambda: User.objects.filter(pk=question.asker_id).update(is_active=False),
        "known_issue": lambda: KnownIssueThread.objects.create(
            issue=KnownIssue.objects.create(title="It is known", body="-", opened_by=boss),
            thread=question,
            linked_by=boss,
        ),
        "open": lambda: escalate_thread(actor=boss, thread_id=question.pk, way="staff", reason="other"),
    }
    guards[verdict]()


def test_a_product_out_of_support_stays_with_the_community(on: Board) -> None:
    question = asked(on, 0, 9)
    SupportPeriod.objects.create(board=on, starts_at=MONDAY - timedelta(days=99), ends_at=MONDAY + timedelta(hours=13))
    with at(0, 14):
        assert verdicts(policies.run(dry=True)) == {question.pk: "period"}


def test_what_was_with_staff_once_never_comes_back_to_them_by_itself(on: Board) -> None:
    question = asked(on, 0, 9)
    with at(0, 14):
        policies.run(dry=False)
        Escalation.objects.update(ended_at=clock.now(), ended_how=Escalation.End.GAVE_BACK)
        Thread.objects.update(escalated_at=None)
    with at(1, 14):
        assert policies.run(dry=True).looked_at == 0
    assert Ticket.objects.filter(thread=question).count() == 1


def test_a_language_nobody_could_tell_is_the_boards(on: Board) -> None:
    asked(on, 0, 9)
    Thread.objects.update(language="")
    change(on, languages=["en"])
    with at(0, 14):
        assert policies.run(dry=True).counts == {"escalated": 1}
    change(on, languages=["de"])
    with at(0, 14):
        assert policies.run(dry=True).counts == {"language": 1}


# How many -------------------------------------------------------------------------------------------------------------
def test_a_run_takes_those_who_wait_longest_and_leaves_the_rest_for_the_next(on: Board) -> None:
    change(on, most=2)
    waiting = [asked(on, 0, 9, title=f"Red light {number}").pk for number in range(5)]
    taken = []
    for hour, how_many in ((14, 2), (15, 2), (16, 1), (17, 0)):
        with at(0, hour):
            dry, run = policies.run(dry=True), policies.run(dry=False)
        assert run.escalated == how_many == dry.counts.get("escalated", 0), "what was previewed is what happens"
        taken += Escalation.objects.filter(run=run).order_by("pk").values_list("thread", flat=True)
    assert taken == waiting


def test_all_boards_together_stay_within_the_cap_of_a_run(
    on: Board, boss: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(escalatable, "MOST_IN_A_RUN", 3)
    other = board(language="en")
    with at(-20, 12):
        policies.set_policy(actor=boss, board_id=other.pk, unanswered_after=1, calendar=Calendar.objects.get())
        policies.run(actor=boss, board=other, dry=True)
        policies.switch_on(actor=boss, board_id=other.pk)
    early = [asked(other, 0, 9).pk, asked(on, 0, 10).pk, asked(other, 0, 10, 30).pk]
    late = [asked(on, 0, 11).pk, asked(other, 0, 12).pk]
    with at(1, 9):
        run = policies.run(dry=False)
    assert [pk for pk, said in verdicts(run).items() if said == "escalated"] == early
    assert [pk for pk, said in verdicts(run).items() if said == "capped"] == late


def test_nobody_can_allow_more_than_fifty_a_run_or_older_than_a_week(on: Board, boss: User) -> None:
    for field in ({"most": 51}, {"oldest": 8}):
        with pytest.raises(Refused):
            policies.set_policy(actor=boss, board_id=on.pk, **field)
        with pytest.raises(IntegrityError), transaction.atomic():
            change(on, **field)


def test_a_second_run_escalates_nothing_twice(on: Board) -> None:
    for _ in range(3):
        asked(on, 0, 9)
    with at(0, 14):
        assert policies.run(dry=False).escalated == 3
        again = policies.run(dry=False)
    assert (again.escalated, again.counts) == (0, {"open": 3})
    assert Ticket.objects.count() == Escalation.objects.count() == 3


# Looking first --------------------------------------------------------------------------------------------------------
def test_a_dry_run_changes_nothing_but_says_what_would_happen(on: Board, boss: User) -> None:
    question = asked(on, 0, 9)
    with at(0, 14):
        run = policies.run(actor=boss, board=on, dry=True)
    assert run.is_dry and run.escalated == 0 and verdicts(run) == {question.pk: "escalated"}
    assert not Ticket.objects.exists() and not ThreadEvent.objects.filter(kind="escalated").exists()


def test_it_is_switched_on_only_after_its_preview_and_off_by_every_change(boss: User) -> None:
    on, calendar = board(), Calendar.objects.get()
    policies.set_policy(actor=boss, board_id=on.pk, unanswered_after=4, calendar=calendar)
    with pytest.raises(Refused, match="Look first"):
        policies.switch_on(actor=boss, board_id=on.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        change(on, is_on=True)
    with pytest.raises(Refused, match="off"):
        policies.run(actor=boss, board=on, dry=False)
    policies.run(actor=boss, board=on, dry=True)
    assert policies.switch_on(actor=boss, board_id=on.pk).is_on
    assert policies.set_policy(actor=boss, board_id=on.pk, unanswered_after=4).is_on, "nothing changed"
    assert not policies.set_policy(actor=boss, board_id=on.pk, unanswered_after=5).is_on
    with pytest.raises(Refused, match="Look first"):
        policies.switch_on(actor=boss, board_id=on.pk)


def test_hours_that_never_go_by_before_a_question_is_too_old_are_refused(boss: User) -> None:
    with pytest.raises(Refused, match="never 41 hours"):
        policies.set_policy(
            actor=boss, board_id=board().pk, unanswered_after=41, calendar=Calendar.objects.get(), oldest=7
        )


def test_only_administrators_set_try_and_run_it(on: Board) -> None:
    for somebody in (agent(), moderator(), person(), admin(second_factor=False)):
        for act in (
            lambda who: policies.set_policy(actor=who, board_id=on.pk, most=1),
            lambda who: policies.run(actor=who, board=on, dry=True),
            lambda who: policies.run(actor=who, dry=False),
            lambda who: policies.switch_off(actor=who, board_id=on.pk),
        ):
            with pytest.raises(NotAllowed):
                act(somebody)
    assert EscalationPolicy.objects.get().is_on


def test_a_young_board_is_proposed_four_business_hours(boss: User) -> None:
    young, old = board(), board()
    with at(-100, 9):
        thread(on=old)
    with at(0, 9):
        thread(on=young)
        assert proposed(young)["unanswered_after"] == 4
        assert proposed(old)["unanswered_after"] == 16
        assert proposed(board())["unanswered_after"] == 4, "nobody asked here yet"


# Once an hour ---------------------------------------------------------------------------------------------------------
def test_the_hourly_job_runs_what_is_on_and_leaves_no_trace_where_nothing_is(on: Board, boss: User) -> None:
    asked(on, 0, 9)
    runs = EscalationRun.objects.filter(is_dry=False)
    with at(0, 14):
        policies.switch_off(actor=boss, board_id=on.pk)
        assert policies.run_what_is_on() is None and not runs.exists()
        policies.switch_on(actor=boss, board_id=on.pk)
        run = policies.run_what_is_on()
    assert run is not None and run.escalated == 1 and run.started_by is None
