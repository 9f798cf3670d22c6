"""What happens while a run is under way counts: it looks at each question once more, and no two run at once."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from django.db import connection, transaction

from community import clock
from community.errors import Refused
from community.models import Board, Thread, User
from support.actions import policies
from support.models import Calendar, Escalation, EscalationRun
from tests.factories import admin, board, person, reply, thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
MONDAY = datetime(2026, 3, 9, 9, tzinfo=UTC)


@pytest.fixture
def boss() -> User:
    return admin()


@pytest.fixture
def on(boss: User) -> Board:
    made = board()
    with clock.at(MONDAY - timedelta(days=1)):
        policies.set_policy(actor=boss, board_id=made.pk, unanswered_after=4, calendar=Calendar.objects.get())
        policies.run(actor=boss, board=made, dry=True)
        policies.switch_on(actor=boss, board_id=made.pk)
    return made


def somebody_waits() -> bool:
    """Whether another session waits for a lock that this one holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return bool(cursor.fetchone()[0])


@contextmanager
def held_up(question: Thread) -> Iterator[None]:
    """A run that stands before this question, which somebody holds; it goes on to its end afterwards."""

    def run() -> None:
        try:
            policies.run(dry=False)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Thread.objects.select_for_update(no_key=True).get(pk=question.pk)
            under_way, pause = pool.submit(copy_context().run, run), Event()
            while not somebody_waits() and not under_way.done():
                pause.wait(0.02)
            yield
        under_way.result(timeout=60)


def elsewhere(act: Callable[[], object]) -> None:
    """Somebody else does it, and it is committed."""

    def done() -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(copy_context().run, done).result(timeout=60)


def test_an_answer_that_comes_during_a_run_keeps_its_question_with_the_community(on: Board) -> None:
    with clock.at(MONDAY):
        first, second, helper = thread(on=on), thread(on=on), person()
    with clock.at(MONDAY + timedelta(hours=5)), held_up(first):
        elsewhere(lambda: reply(second, helper))
        with pytest.raises(Refused, match="under way"):
            policies.run(dry=False)
    run = EscalationRun.objects.get(is_dry=False)
    assert dict(run.items.values_list("thread", "verdict")) == {first.pk: "escalated", second.pk: "overtaken"}
    assert Escalation.objects.get().thread == first and run.escalated == 1


def test_switching_off_stops_a_run_that_is_under_way(on: Board, boss: User) -> None:
    with clock.at(MONDAY):
        first, second = thread(on=on), thread(on=on)
    with clock.at(MONDAY + timedelta(hours=5)), held_up(first):
        elsewhere(lambda: policies.switch_off(actor=boss, board_id=on.pk))
    run = EscalationRun.objects.get(is_dry=False)
    assert dict(run.items.values_list("thread", "verdict")) == {first.pk: "overtaken", second.pk: "overtaken"}
    assert not Escalation.objects.exists()
