"""Those who come to read: each is counted once a day, few are asked, and nobody is asked what they need not be."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from community import clock
from community.actions import measuring, moderation, solutions
from community.actions.asking_budget import may_ask
from community.models import Prompt, Thread, User
from community.models.prompts import Instrument
from support.actions import readers
from support.models import Survey, SurveyWords, View
from tests.factories import agent, moderator, person, reply, thread
from tests.support.reading_people import A_VISITOR, ANOTHER, answered, everybody_is_drawn, key_of, peer_solved, seen

pytestmark = pytest.mark.django_db


def asked(key: str, about: Thread) -> Survey | None:
    return readers.draw_survey(person_key=key, thread_id=about.pk)


def test_a_reader_is_counted_once_a_day_however_often_the_page_tells() -> None:
    about, now = peer_solved(), clock.now()
    first = [seen(A_VISITOR, about, at=now), seen(A_VISITOR, about, at=now - timedelta(seconds=9))]
    assert readers.record_views(first) == 1
    assert View.objects.get().occurred_at == now - timedelta(seconds=9)
    assert readers.record_views(first) == 0
    with clock.at(now + timedelta(days=1)):
        assert readers.record_views([seen(A_VISITOR, about), seen(ANOTHER, about)]) == 2
    assert View.objects.count() == 3


def test_many_views_are_one_statement(django_assert_num_queries: object) -> None:
    about = peer_solved()
    many = [seen(f"a:{number:064x}", about) for number in range(500)]
    with django_assert_num_queries(3):  # type: ignore[operator] - the savepoint of the test's transaction, and one more
        assert readers.record_views(many) == 500


def test_nobody_is_nobody_and_no_view_happens_after_it_was_told() -> None:
    about, now = peer_solved(), clock.now()
    assert readers.record_views([seen("", about)]) == 0
    assert readers.record_views([]) == 0
    with clock.at(now):
        readers.record_views([seen(A_VISITOR, about, at=now + timedelta(days=3))])
    assert View.objects.get().occurred_at == now


def test_what_was_recorded_stays_as_it_was() -> None:
    about = peer_solved()
    readers.record_views([seen(A_VISITOR, about)])
    for change in (lambda: View.objects.update(role="admin"), lambda: View.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_a_survey_goes_from_being_drawn_to_a_whole_answer_and_its_words() -> None:
    everybody_is_drawn()
    about = peer_solved()
    survey = asked(A_VISITOR, about)
    assert survey is not None
    assert survey.shown_at is None
    for _twice in range(2):
        readers.show_survey(person_key=A_VISITOR, token=survey.token)
    assert not readers.say_in_words(person_key=A_VISITOR, token=survey.token, text="Too early.")
    assert readers.answer_survey(person_key=A_VISITOR, token=survey.token, solved=True, instead="phone")
    assert readers.answer_survey(person_key=A_VISITOR, token=survey.token, solved=False, instead="chat")
    for words in ("  I was about to call.  ", "Again."):
        readers.say_in_words(person_key=A_VISITOR, token=survey.token, text=words, may_be_shown=True)
    survey.refresh_from_db()
    assert (survey.is_solved, survey.instead) == (True, "phone")
    said = SurveyWords.objects.get()
    assert (said.text, said.may_be_shown) == ("I was about to call.", True)


def test_half_an_answer_and_somebody_elses_survey_change_nothing() -> None:
    everybody_is_drawn()
    survey = asked(A_VISITOR, peer_solved())
    assert survey is not None
    assert not readers.answer_survey(person_key=A_VISITOR, token=survey.token, solved=True, instead="")
    assert not readers.answer_survey(person_key=ANOTHER, token=survey.token, solved=True, instead="phone")
    assert not readers.answer_survey(person_key="", token=survey.token, solved=True, instead="phone")
    assert not readers.answer_survey(person_key=A_VISITOR, token=uuid4(), solved=True, instead="phone")
    survey.refresh_from_db()
    assert survey.answered_at is None


def test_who_signs_in_between_the_question_and_the_answer_is_the_same_person() -> None:
    everybody_is_drawn()
    ida = person("ida")
    measuring.welcome_visitor(key=A_VISITOR, agreed=True)
    survey = asked(A_VISITOR, peer_solved())
    assert survey is not None
    measuring.recognise_visitor(actor=ida, key=A_VISITOR)
    assert readers.answer_survey(person_key=key_of(ida), token=survey.token, solved=True, instead="email")
    assert asked(key_of(ida), peer_solved()) is None


def test_nobody_is_asked_twice_in_ninety_days() -> None:
    everybody_is_drawn()
    first, now = peer_solved(), clock.now()
    answered(A_VISITOR, first)
    for days, is_asked in ((20, False), (89, False), (91, True)):
        with clock.at(now + timedelta(days=days)):
            assert (asked(A_VISITOR, peer_solved()) is not None) is is_asked
    assert Prompt.objects.filter(instrument=Instrument.SURVEY).count() == 2


def test_the_budget_goes_before_the_survey_and_what_it_left_out_is_told_once_a_day() -> None:
    everybody_is_drawn()
    about, now = peer_solved(), clock.now()
    may_ask(person_key=A_VISITOR, instrument=Instrument.NPS)
    for _twice in range(2):
        assert asked(A_VISITOR, about) is None
    assert Prompt.objects.get(instrument=Instrument.SURVEY).outcome == Prompt.Outcome.SKIPPED
    with clock.at(now + timedelta(days=15)):
        assert asked(A_VISITOR, about) is not None


def test_only_threads_that_a_peer_solved_are_asked_about() -> None:
    everybody_is_drawn()
    asker = person()
    by_staff, open_still, hidden = thread(asker), thread(asker), peer_solved()
    solutions.accept(actor=asker, answer_id=reply(by_staff, agent()).pk)
    moderation.hide_thread(actor=moderator(), thread_id=hidden.pk, reason="spam")
    for each in (by_staff, open_still, hidden):
        assert asked(A_VISITOR, each) is None
    assert readers.draw_survey(person_key=A_VISITOR, thread_id=2**62) is None
    assert asked("", peer_solved()) is None


@pytest.mark.parametrize("who", ["asker", "helper", "other answerer", "agent", "moderator"])
def test_whoever_has_a_part_in_it_is_not_asked(who: str) -> None:
    everybody_is_drawn()
    people: dict[str, User] = {"asker": person(), "helper": person(), "other answerer": person()}
    people |= {"agent": agent(), "moderator": moderator()}
    about = peer_solved(people["asker"], people["helper"])
    reply(about, people["other answerer"])
    assert asked(key_of(people[who]), about) is None
    assert asked(key_of(person()), about) is not None


def test_chance_draws_about_as_many_as_the_definition_says_and_always_the_same() -> None:
    keys = [f"a:{number:064x}" for number in range(3000)]
    drawn = [key for key in keys if readers.is_drawn(key, 1, Decimal("0.1"))]
    assert 240 <= len(drawn) <= 360
    assert drawn == [key for key in keys if readers.is_drawn(key, 1, Decimal("0.1"))]
