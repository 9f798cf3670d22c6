""" "Your answer has now solved it for 214 people": counted from people, never estimated, and told once at each step."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from community.actions import moderation, notices, solutions, thanks
from community.models import Answer, Follower, Notification, User
from community.notices.fanout import fan_out_all
from community.notices.notifiables import show
from community.reading.people_helped import people_helped, people_helped_by
from tests.community.reading import browser_of
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


def helped(answer: Answer, people: int) -> None:
    for _ in range(people):
        thanks.say_helped(actor=person(), answer_id=answer.pk)


def count(answer: Answer) -> int:
    return people_helped([answer.pk])[answer.pk]


def told(who: User) -> list[str]:
    rows = Notification.objects.filter(recipient=who).order_by("pk")
    return [shown.sentence for _row, shown in show(rows, who)]


# The count ------------------------------------------------------------------------------------------------------------
def test_everybody_it_solved_it_for_counts_once_and_the_asker_who_accepted_is_one_of_them() -> None:
    anna, ben, carla = person("anna"), person("ben"), person("carla")
    answer = reply(thread(anna), ben)
    assert count(answer) == 0
    thanks.say_helped(actor=carla, answer_id=answer.pk)
    thanks.say_helped(actor=carla, answer_id=answer.pk)
    assert count(answer) == 1
    solutions.accept(actor=anna, answer_id=answer.pk)
    assert count(answer) == 2
    thanks.say_helped(actor=anna, answer_id=answer.pk)
    assert count(answer) == 2


def test_who_solves_their_own_question_has_helped_nobody() -> None:
    anna = person()
    answer = reply(thread(anna), anna)
    solutions.accept(actor=anna, answer_id=answer.pk)
    assert count(answer) == people_helped_by(anna, anna) == 0


def test_an_acceptance_counts_while_it_stands_and_only_the_askers_own() -> None:
    anna = person()
    question = thread(anna)
    answer, other = reply(question), reply(question)
    solutions.accept(actor=anna, answer_id=answer.pk)
    solutions.accept(actor=anna, answer_id=other.pk)
    assert (count(answer), count(other)) == (0, 1)
    solutions.withdraw(actor=anna, thread_id=question.pk)
    assert count(other) == 0


def test_a_person_helped_twice_by_somebody_is_one_person_on_their_profile() -> None:
    ben, carla = person(), person()
    for _ in range(2):
        thanks.say_helped(actor=carla, answer_id=reply(thread(carla), ben).pk)
    assert people_helped_by(ben, ben) == 1
    inside = reply(thread(on=board("Members", audience="signed_in")), ben)
    helped(inside, 2)
    assert people_helped_by(ben, carla) == 3
    assert people_helped_by(ben, browser_of().get("/").wsgi_request.user) == 1


# Where it is told -----------------------------------------------------------------------------------------------------
def test_only_its_author_reads_it_on_the_page() -> None:
    ben = person()
    question = thread()
    answer = reply(question, ben)
    address = question.get_absolute_url()
    assert "has now solved it" not in browser_of(ben).get(address).content.decode()
    helped(answer, 1)
    assert "Your answer has now solved it for 1 person<" in browser_of(ben).get(address).content.decode()
    helped(answer, 2)
    assert "Your answer has now solved it for 3 people" in browser_of(ben).get(address).content.decode()
    for other in (None, question.asker, moderator()):
        assert "has now solved it" not in browser_of(other).get(address).content.decode()


def test_the_first_are_told_by_name_and_then_every_step_once() -> None:
    ben = person("ben")
    answer = reply(thread(), ben)
    for people, words in ((4, []), (1, ["5 people"]), (4, []), (1, ["10 people"]), (3, [])):
        before = len(told(ben))
        helped(answer, people)
        fan_out_all()
        new = told(ben)[before:]
        steps = [f"Your answer has now solved it for {word}" for word in words]
        named = [sentence for sentence in new if sentence not in steps]
        assert new == named + steps
        assert len(named) == (4 if answer.helped.count() == 4 else 0)
    Follower.objects.all().delete()  # a worker that lost its place
    before = told(ben)
    fan_out_all()
    assert told(ben) == before


def test_who_reaches_two_steps_at_once_is_told_the_higher_and_never_the_lower() -> None:
    ben, carla = person("ben"), person("carla")
    question = thread(carla)
    answer = reply(question, ben)
    helped(answer, 9)
    solutions.accept(actor=carla, answer_id=answer.pk)
    fan_out_all()
    assert [words for words in told(ben) if "has now" in words] == ["Your answer has now solved it for 10 people"]
    solutions.withdraw(actor=carla, thread_id=question.pk)
    helped(answer, 0)
    solutions.accept(actor=carla, answer_id=answer.pk)
    fan_out_all()
    assert [words for words in told(ben) if "has now" in words] == ["Your answer has now solved it for 10 people"]


def test_who_muted_the_thread_or_had_the_answer_hidden_is_not_told() -> None:
    ben = person()
    quiet, hidden = reply(thread(), ben), reply(thread(), ben)
    notices.mute(actor=ben, thread_id=quiet.thread_id)
    for answer in (quiet, hidden):
        helped(answer, 5)
    moderation.hide_answer(actor=moderator(), answer_id=hidden.pk)
    fan_out_all()
    assert [words for words in told(ben) if "solved it" in words] == []


def test_a_step_leaves_the_inbox_with_its_answer() -> None:
    ben = person()
    answer = reply(thread(), ben)
    helped(answer, 5)
    fan_out_all()
    assert told(ben)[-1] == "Your answer has now solved it for 5 people"
    moderation.hide_answer(actor=moderator(), answer_id=answer.pk)
    assert told(ben) == ["Your answer was hidden"]


def test_an_inbox_full_of_steps_costs_what_one_costs() -> None:
    ben = person()
    costs = []
    for answers in (1, 3):
        for _ in range(answers):
            helped(reply(thread(), ben), 5)
        fan_out_all()
        client = browser_of(ben)
        client.get("/inbox/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/inbox/")
        costs.append(len(queries))
    assert costs[0] == costs[1] <= 12
