"""The one reminder: three days after an answer that its asker has not said a word about, and never again."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import answers, moderation, notices, solutions, thanks, threads
from community.actions.asking_budget import may_ask
from community.actions.duplicates import mark_duplicate
from community.mails.suspending import suspend
from community.models import Answer, Board, NoticeChoice, Notification, Prompt, Thread, User
from community.models.prompts import Instrument
from community.notices.notifiables import show
from community.notices.reminders import remind
from tests.factories import moderator, person, reply, thread
from tests.mailing import mail_host, reachable, told, words_of

pytestmark = pytest.mark.django_db(transaction=True)

#: Anna asks at NOON, Ben answers an hour later.
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANSWERED = NOON + timedelta(hours=1)
DUE = ANSWERED + timedelta(days=3, minutes=1)


@pytest.fixture
def anna() -> User:
    return reachable("anna")


@pytest.fixture
def answer(anna: User) -> Answer:
    with clock.at(NOON):
        question = thread(anna, title="The light stays red")
    with clock.at(ANSWERED):
        return reply(question, person("ben"))


@pytest.fixture
def at_due() -> Iterator[None]:
    with clock.at(DUE):
        yield


def reminded(who: User) -> list[str]:
    rows = Notification.objects.filter(recipient=who, event_kind="reminder")
    return [shown.title for _row, shown in show(rows, who)]


def test_an_asker_who_said_nothing_for_three_days_is_asked_once(anna: User, answer: Answer) -> None:
    with clock.at(DUE - timedelta(hours=1)):
        assert remind() == 0
    with clock.at(DUE):
        assert remind() == 1
        assert remind() == 0
    with clock.at(DUE + timedelta(days=1)):
        reply(answer.thread, person())
    with clock.at(DUE + timedelta(days=9)):
        assert remind() == 0
    assert reminded(anna) == ["The light stays red"]


def test_the_letter_brings_the_answer_and_the_two_buttons(settings: Any, anna: User, answer: Answer) -> None:
    with mail_host(settings) as host:
        with clock.at(ANSWERED):
            told()
        with clock.at(DUE):
            remind()
            told()
        letter = words_of(host.to(anna)[-1])
    assert len(host.to(anna)) == 2
    assert "Did an answer solve your question?" in letter
    assert "Hold the button for ten seconds." in letter
    assert "/solved/" in letter
    assert "/not-yet/" in letter
    assert "Whether an answer solved your question" in letter  # what one press stops


@pytest.mark.parametrize("then", ["solved", "not yet", "answered", "locked", "hidden", "switched off"])
def test_a_reminder_that_still_waits_is_not_sent_when_it_is_answered(
    settings: Any, anna: User, answer: Answer, then: str
) -> None:
    with mail_host(settings) as host:
        with clock.at(DUE):
            assert remind() == 1
        with clock.at(DUE + timedelta(minutes=1)):
            say(then, anna, answer)
            told()
    assert [mail for mail in host.to(anna) if "/solved/" in words_of(mail) and "Did an answer" in words_of(mail)] == []


def say(what: str, anna: User, answer: Answer) -> None:
    """What happens in the question before the reminder is due, or sent."""
    mo, thread_id = moderator(), answer.thread_id
    acts: dict[str, Callable[[], object]] = {
        "solved": lambda: solutions.accept(actor=anna, answer_id=answer.pk),
        "not yet": lambda: solutions.say_not_solved(actor=anna, answer_id=answer.pk),
        "answered": lambda: answers.answer(actor=anna, thread_id=thread_id, body="I will try."),
        "voted": lambda: thanks.vote(actor=anna, answer_id=answer.pk),
        "edited": lambda: threads.edit_thread(
            actor=anna, thread_id=thread_id, version=1, title="Edited", body="It is still red."
        ),
        "closed": lambda: threads.close(actor=anna, thread_id=thread_id),
        "locked": lambda: moderation.lock(actor=mo, thread_id=thread_id),
        "hidden": lambda: moderation.hide_thread(actor=mo, thread_id=thread_id),
        "answer hidden": lambda: moderation.hide_answer(actor=mo, answer_id=answer.pk),
        "merged": lambda: mark_duplicate(actor=mo, thread_id=thread_id, original_id=thread().pk),
        "asked back": lambda: threads.request_info(actor=mo, thread_id=thread_id),
        "muted": lambda: notices.mute(actor=anna, thread_id=thread_id),
        "switched off": lambda: NoticeChoice.objects.create(person=anna, topic="reminders", rhythm="off"),
        "out of sight": lambda: Board.objects.filter(pk=answer.thread.board_id).update(audience="groups"),
        "an idea": lambda: Thread.objects.filter(pk=thread_id).update(kind="idea"),
        "imported": lambda: Thread.objects.filter(pk=thread_id).update(is_imported=True),
        "mails paused": lambda: User.objects.filter(pk=anna.pk).update(mail_paused_until=DUE + timedelta(days=1)),
        "address suspended": lambda: suspend(anna, "550 5.1.1"),
        "address not confirmed": lambda: anna.emailaddress_set.update(verified=False),  # type: ignore[attr-defined]
        "account closed": lambda: User.objects.filter(pk=anna.pk).update(is_active=False),
    }
    acts[what]()


@pytest.mark.parametrize(
    "what",
    [
        *("solved", "not yet", "answered", "voted", "edited", "closed", "locked", "hidden", "answer hidden", "merged"),
        *(
            "asked back",
            "muted",
            "switched off",
            "out of sight",
            "an idea",
            "imported",
            "address suspended",
            "mails paused",
        ),
        *("address not confirmed", "account closed"),
    ],
)
def test_nobody_is_reminded_who_has_answered_or_does_not_want_it(anna: User, answer: Answer, what: str) -> None:
    with clock.at(ANSWERED + timedelta(days=1)):
        say(what, anna, answer)
    with clock.at(DUE):
        assert remind() == 0
    assert not Prompt.objects.exists()


def test_a_new_answer_begins_the_three_days_anew(anna: User, answer: Answer) -> None:
    with clock.at(ANSWERED + timedelta(days=2)):
        reply(answer.thread, person())
    with clock.at(DUE):
        assert remind() == 0
    with clock.at(DUE + timedelta(days=2)):
        assert remind() == 1


def test_what_was_answered_two_weeks_ago_is_left_in_peace(answer: Answer) -> None:
    with clock.at(ANSWERED + timedelta(days=14)):
        assert remind() == 0


def test_somebody_who_was_asked_something_lately_is_not_reminded_and_that_is_kept(anna: User, answer: Answer) -> None:
    with clock.at(NOON - timedelta(days=5)):
        assert may_ask(person_key=f"u:{anna.pk}", instrument=Instrument.SURVEY)
    with clock.at(DUE):
        assert remind() == 0
    skipped = Prompt.objects.get(instrument="reminder")
    assert (skipped.outcome, skipped.thread_id) == ("skipped", answer.thread_id)
    assert skipped.stood_in_way == Prompt.objects.get(instrument="survey")
    with clock.at(DUE + timedelta(days=8)):
        assert remind() == 0  # final for this question
    assert reminded(anna) == []


def test_one_person_with_two_questions_is_asked_about_one(anna: User, answer: Answer) -> None:
    with clock.at(NOON):
        other = thread(anna)
    with clock.at(ANSWERED):
        reply(other, person())
    with clock.at(DUE):
        assert remind() == 1
    assert sorted(Prompt.objects.values_list("outcome", flat=True)) == ["asked", "skipped"]


def test_workers_at_once_remind_once(anna: User, answer: Answer) -> None:
    ready, done = threading.Barrier(4), list[int]()

    def work() -> None:
        with clock.at(DUE):
            ready.wait()
            done.append(remind())
        connection.close()

    workers = [threading.Thread(target=work) for _number in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(done) == [0, 0, 0, 1]
    assert reminded(anna) == ["The light stays red"]


def test_looking_costs_the_same_however_many_have_answered(at_due: None) -> None:
    def questions(count: int) -> None:
        for _number in range(count):
            asker = person()
            with clock.at(NOON):
                asked = thread(asker)
            with clock.at(ANSWERED):
                solutions.accept(actor=asker, answer_id=reply(asked).pk)

    questions(1)
    with CaptureQueriesContext(connection) as few:
        remind()
    questions(12)
    with CaptureQueriesContext(connection) as many:
        remind()
    assert len(few) == len(many) == 1


def test_only_its_asker_is_shown_a_reminder(anna: User, answer: Answer, at_due: None) -> None:
    remind()
    row = Notification.objects.get(event_kind="reminder")
    assert show([row], person()) == []
    moderation.hide_thread(actor=moderator(), thread_id=answer.thread_id)
    assert show([row], anna) == []
