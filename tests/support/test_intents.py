"""What somebody came for: one tap, offered at its moment and within the budget; and how it went, of the asker."""

from datetime import timedelta

import pytest

from community import clock
from community.actions import solutions, thanks
from community.actions.asking_budget import may_ask
from community.errors import NotAllowed, NotThere, Refused
from community.models import Prompt
from community.models.prompts import Instrument
from support.actions import intents, solved_ratings
from support.models import Intent, SolvedRating
from tests.factories import agent, person, reply, thread
from tests.support.reading_people import A_VISITOR, key_of, peer_solved, solved_for

pytestmark = pytest.mark.django_db

Moment = Intent.Moment


def test_whoever_has_just_asked_says_in_one_tap_what_they_would_have_done() -> None:
    ida = person("ida")
    about = thread(ida)
    for _twice in range(2):
        assert intents.offer_intent(person_key=key_of(ida), thread_id=about.pk, moment=Moment.ASKED) is not None
    assert intents.answer_intent(person_key=key_of(ida), thread_id=about.pk, instead="phone")
    assert intents.answer_intent(person_key=key_of(ida), thread_id=about.pk, instead="other")
    said = Intent.objects.get()
    assert (said.instead, said.moment) == ("phone", Moment.ASKED)
    assert intents.offer_intent(person_key=key_of(ida), thread_id=about.pk, moment=Moment.ASKED) is None
    assert Prompt.objects.count() == 1


def test_whoever_has_the_problem_says_it_after_it_was_solved_for_them() -> None:
    about, mia, passer_by = peer_solved(), person("mia"), person()
    assert intents.offer_intent(person_key=key_of(mia), thread_id=about.pk, moment=Moment.HELPED) is None
    solved_for(mia, about)
    assert intents.offer_intent(person_key=key_of(mia), thread_id=about.pk, moment=Moment.HELPED) is not None
    thanks.say_helped(actor=passer_by, answer_id=about.answers.get().pk)
    assert intents.offer_intent(person_key=key_of(passer_by), thread_id=about.pk, moment=Moment.HELPED) is None


def test_it_is_offered_at_its_moment_to_its_person_and_to_no_staff() -> None:
    ida, now, colleague = person("ida"), clock.now(), agent()
    about, theirs = thread(ida), thread(colleague)
    offers = [
        (key_of(person()), about, Moment.ASKED),
        (key_of(colleague), theirs, Moment.ASKED),
        (key_of(ida), about, "whenever"),
        (A_VISITOR, about, Moment.ASKED),
        ("", about, Moment.ASKED),
    ]
    for key, each, moment in offers:
        assert intents.offer_intent(person_key=key, thread_id=each.pk, moment=moment) is None
    assert intents.offer_intent(person_key=key_of(ida), thread_id=2**62, moment=Moment.ASKED) is None
    with clock.at(now + timedelta(hours=2)):
        assert intents.offer_intent(person_key=key_of(ida), thread_id=about.pk, moment=Moment.ASKED) is None
    assert not Prompt.objects.exists()


def test_whoever_was_asked_something_lately_is_left_alone_and_that_is_recorded_once() -> None:
    ida = person("ida")
    about = thread(ida)
    may_ask(person_key=key_of(ida), instrument=Instrument.NPS)
    for _twice in range(2):
        assert intents.offer_intent(person_key=key_of(ida), thread_id=about.pk, moment=Moment.ASKED) is None
    assert Prompt.objects.get(instrument=Instrument.INTENT).outcome == Prompt.Outcome.SKIPPED
    assert not intents.answer_intent(person_key=key_of(ida), thread_id=about.pk, instead="phone")


def test_no_word_but_one_of_ours_is_an_answer() -> None:
    ida = person("ida")
    about = thread(ida)
    intents.offer_intent(person_key=key_of(ida), thread_id=about.pk, moment=Moment.ASKED)
    for wrong in ("", "fax", "\x00"):
        assert not intents.answer_intent(person_key=key_of(ida), thread_id=about.pk, instead=wrong)
    assert Intent.objects.get().answered_at is None


# How it went ----------------------------------------------------------------------------------------------------------
def test_the_asker_is_asked_once_how_it_went_and_may_put_it_right_for_a_day() -> None:
    ida, now = person("ida"), clock.now()
    about = peer_solved(ida)
    for _twice in range(2):
        assert solved_ratings.offer_rating(actor=ida, thread_id=about.pk) is not None
    said = solved_ratings.rate_solved(actor=ida, thread_id=about.pk, score=5, words="Quick and kind.")
    assert (said.score, said.resolution_class) == (5, "peer")
    said = solved_ratings.rate_solved(actor=ida, thread_id=about.pk, score=4)
    assert (said.score, said.words) == (4, "Quick and kind.")
    assert solved_ratings.offer_rating(actor=ida, thread_id=about.pk) is None
    with clock.at(now + timedelta(days=2)):
        assert solved_ratings.rate_solved(actor=ida, thread_id=about.pk, score=4).score == 4
        with pytest.raises(Refused):
            solved_ratings.rate_solved(actor=ida, thread_id=about.pk, score=1)


def test_nobody_else_is_asked_and_nothing_else_is_rated() -> None:
    ida, colleague = person("ida"), agent()
    about, open_still, of_staff = peer_solved(ida), thread(ida), thread(colleague)
    solutions.accept(actor=colleague, answer_id=reply(of_staff).pk)
    assert solved_ratings.offer_rating(actor=person(), thread_id=about.pk) is None
    assert solved_ratings.offer_rating(actor=ida, thread_id=open_still.pk) is None
    assert solved_ratings.offer_rating(actor=colleague, thread_id=of_staff.pk) is None
    with pytest.raises(NotThere):
        solved_ratings.rate_solved(actor=ida, thread_id=about.pk, score=3)
    solved_ratings.offer_rating(actor=ida, thread_id=about.pk)
    with pytest.raises(NotAllowed):
        solved_ratings.rate_solved(actor=person(), thread_id=about.pk, score=3)
    for score in (0, 6):
        with pytest.raises(Refused):
            solved_ratings.rate_solved(actor=ida, thread_id=about.pk, score=score)
    with pytest.raises(Refused):
        solved_ratings.rate_solved(actor=ida, thread_id=about.pk, score=3, words="a\x00b")
    with pytest.raises(Refused):
        solved_ratings.rate_solved(actor=ida, thread_id=about.pk, score=3, words="a" * 2001)


def test_an_asker_who_was_asked_something_lately_is_left_out_and_that_is_kept() -> None:
    ida = person("ida")
    about = peer_solved(ida)
    may_ask(person_key=key_of(ida), instrument=Instrument.INTENT)
    assert solved_ratings.offer_rating(actor=ida, thread_id=about.pk) is None
    left_out = SolvedRating.objects.get()
    assert left_out.asked_at is None
    with pytest.raises(NotThere):
        solved_ratings.rate_solved(actor=ida, thread_id=about.pk, score=3)
