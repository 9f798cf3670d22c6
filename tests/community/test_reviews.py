"""What waits for a decision: decided once, by somebody whose case it is not, with a reason, and taken back whole."""

from datetime import timedelta

import pytest

from community import clock
from community.actions import flags, moderation, settling, solutions
from community.actions.reviews import AlreadySettled
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import Answer, AuditEntry, Notification, Review, Solution, Thread, User
from tests.factories import admin, agent, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_ever_broken():
    yield
    assert list(violations()) == []


def old(name: str = "") -> User:
    """A member who has been here for a year."""
    return person(name, date_joined=clock.now() - timedelta(days=365))


def flagged(by: User | None = None, ground: str = "spam") -> Review:
    """A review of an answer that somebody flagged."""
    said = reply(thread())
    flags.flag(actor=by or old(), thread_id=said.thread_id, answer_id=said.pk, ground=ground)
    return Review.objects.get(answer=said)


def decide(review: Review, choice: str, by: User | None = None) -> Review:
    words = {"ground": "spam", "words": "It sells something."} if choice in ("hide", "keep_hidden") else {}
    return settling.settle(actor=by or moderator(), review_id=review.pk, choice=choice, **words)


def test_a_moderator_hides_what_was_flagged_with_ground_and_words() -> None:
    review = flagged()
    judge = moderator()
    decide(review, "hide", judge)
    assert Answer.objects.get().hidden_at is not None
    settled = Review.objects.get()
    assert (settled.outcome, settled.settled_by) == ("hide", judge)
    assert AuditEntry.objects.get(verb="hidden").note.text == "It sells something."


@pytest.mark.parametrize("reason", [{}, {"ground": "spam"}, {"words": "Spam"}, {"ground": "no", "words": "Spam"}])
def test_hiding_needs_a_ground_and_words(reason) -> None:
    review = flagged()
    with pytest.raises(Refused):
        settling.settle(actor=moderator(), review_id=review.pk, choice="hide", **reason)
    assert Review.objects.waiting().exists()


def test_of_two_moderators_the_second_is_told_who_decided_what() -> None:
    review = flagged()
    decide(review, "keep", moderator("quick"))
    with pytest.raises(AlreadySettled) as told:
        decide(review, "hide")
    assert "quick" in str(told.value) and "Leave it" in str(told.value)
    assert told.value.status == 409
    assert Answer.objects.get().hidden_at is None


def test_nobody_decides_in_his_own_case() -> None:
    author, finder = moderator("author"), moderator("finder")
    said = reply(thread(), author)
    flags.flag(actor=finder, thread_id=said.thread_id, answer_id=said.pk, ground="wrong")
    review = Review.objects.get()
    for own in (author, finder):
        with pytest.raises(NotAllowed):
            decide(review, "keep", own)
    for other in (person(), agent()):
        with pytest.raises(NotThere):
            decide(review, "keep", other)
    assert decide(review, "keep", admin()).outcome == "keep"


def test_what_was_hidden_is_back_with_its_solution_when_the_decision_is_taken_back() -> None:
    question = thread()
    said = reply(question)
    solutions.accept(actor=question.asker, answer_id=said.pk)
    flags.flag(actor=old(), thread_id=question.pk, answer_id=said.pk, ground="wrong")
    review, judge = Review.objects.get(), moderator()
    decide(review, "hide", judge)
    assert Thread.objects.get().solved_at is None
    settling.undo(actor=judge, review_id=review.pk)
    assert Thread.objects.get().solved_at is not None
    assert Solution.objects.get(withdrawn_at__isnull=True).answer == said
    assert Review.objects.waiting().get() == review
    decide(review, "keep")


def test_a_decision_is_taken_back_only_by_whoever_took_it_and_not_for_ever() -> None:
    review, judge = flagged(), moderator()
    decide(review, "keep", judge)
    with pytest.raises(Refused):
        settling.undo(actor=moderator(), review_id=review.pk)
    with clock.at(clock.now() + timedelta(hours=1)), pytest.raises(Refused):
        settling.undo(actor=judge, review_id=review.pk)
    settling.undo(actor=judge, review_id=review.pk)
    with pytest.raises(Refused):
        settling.undo(actor=judge, review_id=review.pk)


def test_hiding_on_the_page_settles_what_waits_about_the_post() -> None:
    review, judge = flagged(), moderator()
    moderation.hide_answer(actor=judge, answer_id=review.answer_id, reason="Spam")
    assert Review.objects.get().outcome == "hide"


def test_a_moderator_who_flagged_and_then_hides_leaves_the_case_to_another() -> None:
    judge = moderator()
    review = flagged(by=judge)
    moderation.hide_answer(actor=judge, answer_id=review.answer_id, reason="Spam")
    assert Review.objects.get().settled_at is None


def test_a_moderator_does_not_bring_back_what_another_hid_of_their_own() -> None:
    author, judge = moderator(), moderator()
    said = reply(thread(), author)
    moderation.hide_answer(actor=judge, answer_id=said.pk, reason="Rude")
    with pytest.raises(NotAllowed):
        moderation.restore_answer(actor=author, answer_id=said.pk)
    moderation.restore_answer(actor=judge, answer_id=said.pk)
    moderation.hide_answer(actor=author, answer_id=said.pk)
    moderation.restore_answer(actor=author, answer_id=said.pk)
    assert Answer.objects.get().hidden_at is None


def test_those_who_flagged_hear_of_the_outcome_once() -> None:
    finder = old()
    review, judge = flagged(by=finder), moderator()
    decide(review, "keep", judge)
    settling.undo(actor=judge, review_id=review.pk)
    decide(review, "hide", judge)
    assert Notification.objects.get(event_kind="review").recipient == finder


def test_a_choice_there_is_not_is_refused() -> None:
    review = flagged()
    for choice in ("restore", "nonsense", ""):
        with pytest.raises(Refused):
            decide(review, choice)
    with pytest.raises(NotThere):
        settling.settle(actor=moderator(), review_id=2**62, choice="keep")
