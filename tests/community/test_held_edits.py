"""What an edit adds to a post that everybody sees is weighed like a new post."""

from datetime import timedelta

import pytest

from community import clock
from community.actions import answers, solutions, threads
from community.models import Answer, Decision, Hiding, Review, Thread
from tests.factories import moderator, person, reply, thread

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("nothing_is_ever_broken")]

LINK = "It has been red since the update. See https://elsewhere.example/shop"
NUMBER = "Call our customer support number +1-888-555-0143 now."


def test_a_link_added_to_an_old_post_takes_it_out_of_sight_until_somebody_looked() -> None:
    anna = person("anna")
    question = thread(anna)
    threads.edit_thread(actor=anna, thread_id=question.pk, version=1, title=question.title, body=LINK)
    question.refresh_from_db()
    assert question.hidden_for == Hiding.FLAGS
    assert Review.objects.get().reasons == ["added_links"]
    assert (Decision.objects.get().outcome, Decision.objects.get().decided_by) == ("hidden", None)


def test_where_hiding_would_take_other_peoples_words_along_it_stays_in_sight_meanwhile() -> None:
    anna = person("anna")
    question = thread(anna)
    reply(question)
    threads.edit_thread(actor=anna, thread_id=question.pk, version=1, title=question.title, body=LINK)
    question.refresh_from_db()
    assert (question.hidden_at, Review.objects.get().kind) == (None, "flagged")


def test_a_support_number_is_hidden_even_there() -> None:
    ben, anna = person("ben"), person("anna")
    given = reply(thread(anna), ben)
    solutions.accept(actor=anna, answer_id=given.pk)
    answers.edit_answer(actor=ben, answer_id=given.pk, version=1, body=NUMBER)
    given.refresh_from_db()
    assert given.hidden_for == Hiding.FLAGS
    assert Thread.objects.get(pk=given.thread_id).solved_at is None


def test_other_words_are_nobodys_business_and_so_is_a_link_that_was_there() -> None:
    anna, mo = person("anna"), moderator()
    question = thread(anna, body="It is red.")
    threads.edit_thread(actor=anna, thread_id=question.pk, version=1, title=question.title, body="It is green.")
    threads.edit_thread(actor=mo, thread_id=question.pk, version=2, title=question.title, body=LINK)
    threads.edit_thread(actor=anna, thread_id=question.pk, version=3, title=question.title, body=f"{LINK}!!")
    assert not Review.objects.exists()


def test_whoever_is_known_here_adds_links_as_they_like() -> None:
    ben = person("ben")
    with clock.at(clock.now() - timedelta(days=3)):
        first, _second = reply(thread(), ben), reply(thread(), ben)
    answers.edit_answer(actor=ben, answer_id=first.pk, version=1, body=LINK)
    assert Answer.objects.get(pk=first.pk).hidden_at is None
    assert not Review.objects.exists()
