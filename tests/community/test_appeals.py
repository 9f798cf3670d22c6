"""Saying no to a decision: once, to somebody else, with all effects when it was right."""

from datetime import timedelta
from typing import Any

import pytest

from community import clock
from community.actions import appeals, bans, decisions, moderation, settling, solutions
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import Answer, Appeal, Decision, Notification, Review, Thread, User
from tests.factories import admin, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nothing_is_broken() -> Any:
    yield
    assert list(violations()) == []


def hidden_answer(author: User, judge: User) -> Answer:
    """An accepted answer that was hidden."""
    asker = person()
    question = thread(asker)
    answer = reply(question, author)
    solutions.accept(actor=asker, answer_id=answer.pk)
    moderation.hide_answer(actor=judge, answer_id=answer.pk, ground="wrong", words="It can hurt.")
    return answer


def appealed(author: User) -> Review:
    """The review of the author's appeal against the last decision about them."""
    decision = Decision.objects.filter(person=author).latest("pk")
    made = appeals.appeal(actor=author, decision_id=decision.pk, words="It cannot hurt.")
    assert made.review is not None
    return made.review


def test_an_appeal_that_is_right_brings_everything_back_and_is_told() -> None:
    ben = person("ben")
    answer = hidden_answer(ben, moderator())
    review = appealed(ben)
    settling.settle(actor=admin(), review_id=review.pk, choice="uphold", words="You are right, sorry.")
    answer.refresh_from_db()
    question = Thread.objects.get(pk=answer.thread_id)
    assert answer.hidden_at is None and question.state == "solved" and question.answer_count == 1
    told = Decision.objects.get(outcome="restored")
    assert Appeal.objects.get().answered_by == told and told.said.text == "You are right, sorry."
    assert Decision.objects.get(outcome="hidden").undone_by == told
    assert Notification.objects.filter(event_kind="decision", event_id=told.pk, recipient=ben).exists()


def test_an_appeal_that_is_not_right_is_told_why_and_is_the_last_word(client: Any) -> None:
    ben = person("ben")
    answer = hidden_answer(ben, moderator())
    settling.settle(actor=admin(), review_id=appealed(ben).pk, choice="reject", words="It burns.")
    answer.refresh_from_db()
    assert answer.hidden_at is not None
    client.force_login(ben)
    kept = Decision.objects.get(outcome="kept")
    page = client.get(f"/decisions/{kept.pk}/").content.decode()
    assert "Your appeal was looked at: the decision stands" in page and "It burns." in page
    with pytest.raises(NotAllowed):
        appeals.appeal(actor=ben, decision_id=kept.pk, words="Again.")


def test_whoever_decided_or_wrote_it_does_not_answer_the_appeal() -> None:
    judge, author = moderator(), moderator("author")
    hidden_answer(author, judge)
    review = appealed(author)
    for who in (judge, author, person()):
        with pytest.raises((NotAllowed, NotThere)):
            settling.settle(actor=who, review_id=review.pk, choice="uphold", words="Fine.")
    assert Review.objects.get(pk=review.pk).settled_at is None


def test_an_answer_to_an_appeal_needs_words() -> None:
    ben = person("ben")
    hidden_answer(ben, moderator())
    with pytest.raises(Refused):
        settling.settle(actor=admin(), review_id=appealed(ben).pk, choice="reject")


def test_one_decision_one_appeal(client: Any) -> None:
    ben = person("ben")
    hidden_answer(ben, moderator())
    page = f"/decisions/{Decision.objects.get().pk}/"
    client.force_login(ben)
    for _round in range(2):
        assert client.post(page, {"words": "It cannot hurt."}).status_code == 303
    assert Appeal.objects.count() == Review.objects.filter(kind="appeal").count() == 1


def test_an_appeal_comes_within_six_months_or_not_at_all() -> None:
    ben = person("ben")
    hidden_answer(ben, moderator())
    decision = Decision.objects.get()
    with clock.at(decision.decided_at + timedelta(days=184)), pytest.raises(NotAllowed):
        appeals.appeal(actor=ben, decision_id=decision.pk, words="Late.")
    with clock.at(decision.decided_at + timedelta(days=182)):
        assert appeals.appeal(actor=ben, decision_id=decision.pk, words="In time.")


def test_nobody_appeals_for_somebody_else(client: Any) -> None:
    hidden_answer(person("ben"), moderator())
    client.force_login(person())
    assert client.post(f"/decisions/{Decision.objects.get().pk}/", {"words": "Mine."}).status_code == 404
    assert not Appeal.objects.exists()


def test_a_banned_account_opens_again_with_its_posts() -> None:
    anna = person("anna")
    question = thread(anna)
    bans.ban(actor=moderator(), person_id=anna.pk, ground="spam")
    banned = Decision.objects.filter(person=anna, outcome="banned").first()
    banned = banned or decisions.decide(actor=None, outcome="banned", ground="spam", person=anna)
    made = appeals.appeal(actor=anna, decision_id=banned.pk, words="Somebody had my password.")
    assert made.review_id is not None
    settling.settle(actor=admin(), review_id=made.review_id, choice="uphold", words="We believe you.")
    assert User.objects.get(pk=anna.pk).is_active
    assert Thread.objects.get(pk=question.pk).hidden_at is None
    (told,) = Decision.objects.filter(person=anna, outcome="unbanned")
    assert Appeal.objects.get().answered_by == told and told.said.text == "We believe you."


def test_a_lock_is_lifted() -> None:
    anna = person("anna")
    question = thread(anna)
    moderation.lock(actor=moderator(), thread_id=question.pk, ground="rude")
    settling.settle(actor=admin(), review_id=appealed(anna).pk, choice="uphold", words="Too hasty.")
    assert Thread.objects.get(pk=question.pk).locked_at is None


def test_what_was_refused_before_it_showed_is_published_as_if_it_were_posted_now() -> None:
    ben = person("ben")
    held = reply(thread(), ben, "Look at https://elsewhere.example/guide for it.")
    settling.settle(
        actor=moderator(), review_id=Review.objects.get().pk, choice="refuse", ground="spam", words="A shop."
    )
    review = appealed(ben)
    settling.settle(actor=admin(), review_id=review.pk, choice="uphold", words="It is a guide.")
    held.refresh_from_db()
    assert held.hidden_at is None and Thread.objects.get(pk=held.thread_id).answer_count == 1
    (told,) = Decision.objects.filter(outcome="released")
    assert Appeal.objects.get().answered_by == told and told.review == review
