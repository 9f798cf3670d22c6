"""What somebody would have done without the community: asked once about a thread, answered in one tap, or not at all.

Silent like the actions of readers.py, and for the same keys.
"""

from datetime import timedelta

from django.db import transaction

from community import clock
from community.actions.asking_budget import may_ask
from community.actions.experiments import keys_of
from community.actions.measuring import person_of
from community.actions.together import insert_once
from community.models import Helped, MeToo, Thread, User
from community.models.prompts import Instrument
from community.roles import STAFF
from support.actions.readers import role_of, was_left_out
from support.models import Instead, Intent

Moment = Intent.Moment

#: After what somebody did it is offered; later it would come out of the blue.
OFFERED_FOR = timedelta(hours=1)


@transaction.atomic
def offer_intent(*, person_key: str, thread_id: int, moment: str, simulated: bool = False) -> Intent | None:
    """It is put before them now; None where it is not, because of the asking budget or because it is not the moment.

    ASKED: of a question or problem that they asked within the hour. HELPED: of one where they had the same problem and
    said within the hour that an answer solved it. Within that time the same one is offered again (a page loaded again)
    until it is answered.
    """
    if not person_key or moment not in Moment.values or not _is_moment(person_key, thread_id, moment):
        return None
    now, keys = clock.now(), keys_of(person_key)
    held = Intent.objects.filter(person_key__in=keys, thread_id=thread_id).first()
    if held is not None:
        return held if held.answered_at is None and held.shown_at > now - OFFERED_FOR else None
    if was_left_out(keys, Instrument.INTENT, thread_id):
        return None
    if not may_ask(person_key=person_key, instrument=Instrument.INTENT, thread_id=thread_id, simulated=simulated):
        return None
    insert_once(
        Intent(
            person_key=person_key,
            thread_id=thread_id,
            moment=moment,
            is_simulated=simulated,
            shown_at=now,
            recorded_at=now,
        )
    )
    return Intent.objects.get(person_key=person_key, thread_id=thread_id)


def answer_intent(*, person_key: str, thread_id: int, instead: str) -> bool:
    """The one tap (`instead`: one of `Instead`), of what was offered. The first counts; whether there is one now."""
    if not person_key or instead not in Instead.values:
        return False
    now = clock.now()
    held = Intent.objects.filter(person_key__in=keys_of(person_key), thread_id=thread_id)
    held.filter(answered_at=None).update(instead=instead, answered_at=now, answer_recorded_at=now)
    return held.exists()


def _is_moment(person_key: str, thread_id: int, moment: str) -> bool:
    """Members alone ask and say that something solved it; what staff would have done says nothing."""
    person, since = person_of(person_key), clock.now() - OFFERED_FOR
    if not isinstance(person, User) or role_of(person) in STAFF:
        return False
    thread = Thread.objects.visible_to(person).filter(pk=thread_id).first()
    if thread is None or not thread.is_solvable or thread.hidden_at or thread.merged_into_id:
        return False
    if moment == Moment.ASKED:
        return thread.asker_id == person.pk and thread.asked_at > since
    helped = Helped.objects.filter(answer__thread=thread, person=person, helped_at__gt=since)
    return helped.exists() and MeToo.objects.filter(thread=thread, person=person).exists()
