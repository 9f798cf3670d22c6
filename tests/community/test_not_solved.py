""" "Not yet": the asker's word that an answer did not solve it."""

from datetime import timedelta

import pytest

from community import clock
from community.actions import moderation, solutions, threads
from community.errors import NotAllowed, NotThere, Refused
from community.models import Answer, Thread, ThreadEvent, User
from community.notices.fanout import fan_out_all
from tests.community.test_notices import told
from tests.factories import moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


def not_yet(answer: Answer) -> list[ThreadEvent]:
    return list(ThreadEvent.objects.filter(kind="not_solved", answer=answer))


@pytest.fixture
def anna() -> User:
    return person("anna")


@pytest.fixture
def answered(anna: User) -> Answer:
    """Anna asked an hour ago, and Ben answered a minute later."""
    with clock.at(clock.now() - timedelta(hours=1)):
        question = thread(anna)
    with clock.at(clock.now() - timedelta(minutes=59)):
        return reply(question, person("ben"))


def state(answer: Answer) -> str:
    return Thread.objects.get(pk=answer.thread_id).state


def test_an_answer_that_did_not_help_puts_the_question_before_the_helpers_again(anna: User, answered: Answer) -> None:
    assert state(answered) == "responded"
    solutions.say_not_solved(actor=anna, answer_id=answered.pk)
    assert state(answered) == "needs_attention"
    reply(answered.thread, person())
    assert state(answered) == "responded"


def test_pressing_it_twice_is_said_once(anna: User, answered: Answer) -> None:
    solutions.say_not_solved(actor=anna, answer_id=answered.pk)
    solutions.say_not_solved(actor=anna, answer_id=answered.pk)
    assert [event.actor_id for event in not_yet(answered)] == [anna.pk]


def test_whoever_answered_is_told_kindly_and_among_what_they_watch(anna: User, answered: Answer) -> None:
    carla = person("carla")
    reply(answered.thread, carla)
    solutions.say_not_solved(actor=anna, answer_id=answered.pk)
    fan_out_all()
    assert told(answered.author)[-1] == "It is not solved for anna yet"
    assert answered.author.notifications.latest("pk").topic == "watched"
    assert "It is not solved for anna yet" not in told(carla) + told(anna)


def test_what_was_not_solved_can_still_be_accepted(anna: User, answered: Answer) -> None:
    solutions.say_not_solved(actor=anna, answer_id=answered.pk)
    solutions.accept(actor=anna, answer_id=answered.pk)
    assert state(answered) == "solved"


def test_nobody_else_says_it_for_the_asker(answered: Answer) -> None:
    for who in (answered.author, person(), moderator()):
        with pytest.raises(NotAllowed):
            solutions.say_not_solved(actor=who, answer_id=answered.pk)
    assert not_yet(answered) == []


def test_an_asker_does_not_say_it_of_their_own_answer(anna: User, answered: Answer) -> None:
    own = reply(answered.thread, anna)
    with pytest.raises(NotAllowed):
        solutions.say_not_solved(actor=anna, answer_id=own.pk)


@pytest.mark.parametrize("end", ["solved", "locked", "closed", "hidden", "answer hidden"])
def test_it_is_not_said_of_what_has_come_to_an_end(anna: User, answered: Answer, end: str) -> None:
    mo, thread_id = moderator(), answered.thread_id
    if end == "solved":
        solutions.accept(actor=anna, answer_id=answered.pk)
    elif end == "closed":
        threads.close(actor=anna, thread_id=thread_id)
    elif end == "answer hidden":
        moderation.hide_answer(actor=mo, answer_id=answered.pk)
    else:
        (moderation.lock if end == "locked" else moderation.hide_thread)(actor=mo, thread_id=thread_id)
    with pytest.raises((NotAllowed, NotThere, Refused)):
        solutions.say_not_solved(actor=anna, answer_id=answered.pk)
    assert not_yet(answered) == []
