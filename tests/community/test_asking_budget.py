"""At most one unasked question to one person in fourteen days, whatever would like to ask, whichever key they hold."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection, transaction

from community import clock
from community.actions.asking_budget import PRIORITY, Candidate, choose, may_ask
from community.models import PersonAlias, Prompt, User
from community.models.prompts import Instrument
from tests.factories import person, thread

pytestmark = pytest.mark.django_db(transaction=True)

VISITOR, OTHER_VISITOR = f"a:{'1' * 64}", f"a:{'2' * 64}"


def key(who: User) -> str:
    return f"u:{who.pk}"


def recognise(who: User, visitor_key: str) -> None:
    now = clock.now()
    PersonAlias.objects.create(visitor_key=visitor_key, person=who, occurred_at=now, recorded_at=now)


def outcomes() -> list[tuple[str, str]]:
    return list(Prompt.objects.order_by("pk").values_list("instrument", "outcome"))


def test_the_second_question_within_two_weeks_is_not_asked_and_that_is_kept() -> None:
    anna, question = key(person()), thread()
    assert may_ask(person_key=anna, instrument=Instrument.SURVEY)
    assert not may_ask(person_key=anna, instrument=Instrument.CSAT, thread_id=question.pk)
    first, second = Prompt.objects.order_by("pk")
    assert (second.outcome, second.stood_in_way, second.thread) == ("skipped", first, question)


def test_after_two_weeks_somebody_may_be_asked_again_and_what_was_skipped_does_not_count() -> None:
    anna, now = key(person()), clock.now()
    with clock.at(now):
        assert may_ask(person_key=anna, instrument=Instrument.SURVEY)
    with clock.at(now + timedelta(days=13)):
        assert not may_ask(person_key=anna, instrument=Instrument.SURVEY)
    with clock.at(now + timedelta(days=14)):
        assert may_ask(person_key=anna, instrument=Instrument.SURVEY)


def test_of_several_that_want_to_ask_the_foremost_does() -> None:
    anna, question = key(person()), thread()
    wanted = [Candidate(each, question.pk) for each in reversed(PRIORITY)]
    assert choose(person_key=anna, candidates=wanted) == Candidate(Instrument.INTENT, question.pk)
    assert outcomes() == [(each.value, "asked" if each == Instrument.INTENT else "skipped") for each in PRIORITY]
    assert choose(person_key=anna, candidates=wanted[:2]) is None


def test_the_order_is_the_one_that_was_decided() -> None:
    assert [each.value for each in PRIORITY] == ["intent", "survey", "solved", "reminder", "csat", "nps"]


def test_nobody_is_never_asked_and_nothing_is_recorded() -> None:
    assert not may_ask(person_key="", instrument=Instrument.SURVEY)
    assert choose(person_key=key(person()), candidates=[]) is None
    assert outcomes() == []


def test_a_visitor_who_signed_in_is_the_same_person() -> None:
    anna = person()
    assert may_ask(person_key=VISITOR, instrument=Instrument.INTENT)
    recognise(anna, VISITOR)
    recognise(anna, OTHER_VISITOR)
    for again in (key(anna), OTHER_VISITOR, VISITOR):
        assert not may_ask(person_key=again, instrument=Instrument.NPS)
    assert may_ask(person_key=key(person()), instrument=Instrument.NPS)


def at_once(*asks: Callable[[], bool]) -> list[bool]:
    """What each of these says when all of them are done at the same moment."""
    ready, said = threading.Barrier(len(asks)), list[bool]()

    def work(ask: Callable[[], bool]) -> None:
        ready.wait()
        said.append(ask())
        connection.close()

    workers = [threading.Thread(target=work, args=(each,)) for each in asks]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return said


@pytest.mark.parametrize("round_number", range(3))
def test_of_many_at_once_one_asks_whichever_key_they_hold(round_number: int) -> None:
    anna = person()
    recognise(anna, VISITOR)
    recognise(anna, OTHER_VISITOR)
    keys = [key(anna), VISITOR, OTHER_VISITOR] * 3
    said = at_once(*(lambda each=each: may_ask(person_key=each, instrument=Instrument.SURVEY) for each in keys))
    assert sorted(said) == [False] * 8 + [True]
    assert Prompt.objects.filter(outcome="asked").count() == 1


def test_who_signs_in_while_they_are_asked_is_not_asked_twice() -> None:
    anna = person()
    said: list[bool] = []
    with transaction.atomic():
        assert may_ask(person_key=VISITOR, instrument=Instrument.SURVEY)

        # not committed yet; meanwhile they sign in, and something else wants to ask the member
        def sign_in() -> None:
            recognise(anna, VISITOR)
            connection.close()

        meanwhile = threading.Thread(target=sign_in)
        meanwhile.start()
        meanwhile.join()

        def ask_the_member() -> None:
            said.append(may_ask(person_key=key(anna), instrument=Instrument.CSAT))
            connection.close()

        other = threading.Thread(target=ask_the_member)
        other.start()
        other.join(timeout=1)
        assert said == []  # it waits
    other.join()
    assert said == [False]
