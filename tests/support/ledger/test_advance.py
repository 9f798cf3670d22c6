"""The ledger goes on with the facts, and what it has said stays said."""

import signal
import subprocess
import sys
import threading

import pytest
from django.db import IntegrityError, connection, connections, transaction

from community import clock
from community.actions import moderation, solutions
from community.integrity import violations
from support.actions.ledger import advance, rebuild
from support.ledger.invariants import INVARIANTS
from support.models import CurrentEntry, DeflectionCase, DeflectionEntry, LedgerState, LedgerTally
from tests.community.test_import_kills import environment as of_this_test
from tests.factories import moderator
from tests.support.ledger.acts import DAY, HOUR, MAY, MINUTE, WEEK, advanced, solved, told

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def agrees() -> None:
    """What is stored is what the facts come to, and what is kept beside it adds up."""
    found = rebuild(check=True)
    assert (found.differing, found.told) == (0, [])
    assert list(violations(INVARIANTS)) == []


def test_a_case_waits_seven_days_and_then_counts() -> None:
    solved()
    advanced(MAY + MINUTE)
    assert told() == [["pending"]]
    advanced(MAY + WEEK)
    assert told() == [["pending"]], "the seven days include their last moment"
    advanced(MAY + WEEK + MINUTE)
    assert told() == [["pending", "credited"]]
    assert CurrentEntry.objects.get().as_of == MAY + WEEK, "when it matured, not when a job ran"
    agrees()


def test_deriving_once_late_says_what_deriving_often_says() -> None:
    for asked in (solved(), solved(MAY + DAY)):
        with clock.at(MAY + 3 * DAY):
            if asked.asked_at > MAY:
                solutions.withdraw(actor=asked.asker, thread_id=asked.pk)
    for day in range(20):
        advanced(MAY + day * DAY + HOUR)
    often = told()
    assert often == [["pending", "credited"], ["pending", "unaccepted"]]
    rebuild(check=False)
    assert told() == often
    agrees()


def test_nothing_new_adds_nothing() -> None:
    solved()
    assert advanced(MAY + 8 * DAY) == 2
    version = LedgerState.objects.get().version
    assert advanced(MAY + 9 * DAY) == 0
    assert advanced(MAY + 9 * DAY) == 0
    assert LedgerState.objects.get().version == version


def test_what_was_hidden_is_void_and_counts_again_when_it_is_back() -> None:
    asked, boss = solved(), moderator()
    given = asked.answers.get()
    advanced(MAY + 8 * DAY)
    with clock.at(MAY + 9 * DAY):
        moderation.hide_answer(actor=boss, answer_id=given.pk)
    advanced(MAY + 10 * DAY)
    with clock.at(MAY + 11 * DAY):
        moderation.restore_answer(actor=boss, answer_id=given.pk)
    advanced(MAY + 12 * DAY)
    assert told() == [["pending", "credited", "answer_removed_or_flagged_wrong", "credited"]]
    assert sum(LedgerTally.objects.filter(status="credited").values_list("count", flat=True)) == 1
    agrees()


@pytest.mark.parametrize(
    "sentence",
    [
        "UPDATE support_deflectionentry SET status = 'credited'",
        "DELETE FROM support_deflectionentry",
        "UPDATE support_deflectioncase SET kind = 'M'",
        "DELETE FROM support_deflectioncase",
        "INSERT INTO support_deflectionentry SELECT nextval('support_deflectionentry_id_seq'), status, reason,"
        " person_key, known, channel, is_entitled, as_of, seq + 2, board_id, case_id, definition_id, thread_id"
        " FROM support_deflectionentry",
    ],
)
def test_nobody_changes_what_was_posted(sentence: str) -> None:
    solved()
    advanced(MAY + MINUTE)
    before = list(DeflectionEntry.objects.values())
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sentence)
    assert list(DeflectionEntry.objects.values()) == before


def test_a_credited_case_never_waits_again() -> None:
    solved()
    advanced(MAY + 8 * DAY)
    last = DeflectionEntry.objects.latest("seq")
    last.pk, last.seq, last.status = None, last.seq + 1, "pending"
    with pytest.raises(IntegrityError, match="no legal move"), transaction.atomic():
        last.save()


def test_a_fact_that_was_changed_behind_our_back_is_told() -> None:
    asked = solved()
    advanced(MAY + 8 * DAY)
    asked.solutions.update(withdrawn_at=MAY + HOUR, withdrawal="taken_back")
    found = rebuild(check=True)
    assert found.differing > 0
    assert LedgerState.objects.get().differing == found.differing
    assert any("unaccepted" in line for line in found.told)


@pytest.mark.django_db(transaction=True)
def test_somebody_who_is_still_writing_is_waited_for() -> None:
    """A fact is recorded before it is committed: until then the ledger is complete up to where that began only."""
    written, may_commit = threading.Event(), threading.Event()
    asked = solved()
    given = asked.solutions.get()

    def slow() -> None:
        try:
            with transaction.atomic(), clock.at(MAY + HOUR):
                solutions.withdraw(actor=asked.asker, thread_id=asked.pk)
                written.set()
                may_commit.wait(20)
        finally:
            connections.close_all()

    writer = threading.Thread(target=slow)
    writer.start()
    assert written.wait(20)
    try:
        # the clock stands still, so a running transaction holds it back by as long as it has really been running
        with clock.at(MAY + HOUR):
            advance()
        until = LedgerState.objects.get().complete_until
        assert until is not None
        assert until < MAY + HOUR
    finally:
        may_commit.set()
        writer.join()
    given.refresh_from_db()
    advanced(MAY + 2 * HOUR)
    assert told() == [["pending", "unaccepted"]]
    agrees()


@pytest.mark.django_db(transaction=True)
def test_two_who_advance_at_once_post_everything_once() -> None:
    for number in range(5):
        solved(MAY + number * HOUR)
    failed: list[BaseException] = []

    def run() -> None:
        try:
            advanced(MAY + 20 * DAY)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=run) for _number in range(3)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    advanced(MAY + 21 * DAY)
    assert failed == []
    assert told() == [["pending", "credited"]] * 5
    agrees()


_KILLED = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from community import clock
from support.actions import ledger
posted = ledger.post_cases
def half(cases):
    found = posted(cases)
    os.kill(os.getpid(), signal.SIGKILL)
    return found
ledger.post_cases = half
with clock.at(datetime.fromisoformat(sys.argv[1])):
    ledger.advance()
"""


@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_the_ledger_is_as_it_was() -> None:
    solved()
    advanced(MAY + MINUTE)
    before = LedgerState.objects.values().get()
    environment = of_this_test() | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    ended = subprocess.run(
        [sys.executable, "-c", _KILLED, (MAY + 8 * DAY).isoformat()], env=environment, check=False, timeout=60
    )
    assert ended.returncode == -signal.SIGKILL
    assert LedgerState.objects.values().get() == before
    assert told() == [["pending"]]
    advanced(MAY + 8 * DAY)
    assert told() == [["pending", "credited"]]
    assert DeflectionCase.objects.count() == 1
    agrees()
