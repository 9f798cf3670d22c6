"""Helpful votes, "I have this problem too", "this solved it for me". One per person, taken back the same way."""

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.counters import recount_answers
from community.actions.limits import charge, spend
from community.actions.notices import watch_thread
from community.actions.record import lock_thread, record_event
from community.actions.together import Writes, insert_once
from community.errors import NotAllowed, NotThere
from community.models import Answer, Board, Helped, MeToo, Thread, ThreadEvent, User, Vote, Watch

Event = ThreadEvent.Kind


def _lock_answer(*, actor: User, answer_id: int) -> Answer:
    """The answer, locked, with its thread; NotThere when this person may not see it."""
    answers = Answer.objects.select_related("thread").select_for_update(no_key=True, of=("self",)).filter(pk=answer_id)
    # first what everybody may see, which is cheaper to ask for (as in record.lock_thread), then by the whole rule
    in_public = answers.filter(
        hidden_at__isnull=True, thread__hidden_at__isnull=True, thread__board__audience=Board.Audience.PUBLIC
    )
    for found in [*in_public] or [*answers.visible_to(actor)]:
        return found
    raise NotThere(_("There is no such answer."))


@transaction.atomic
def vote(*, actor: User, answer_id: int) -> Answer:
    """Say that somebody else's answer is helpful. Twice is once."""
    answer = _lock_answer(actor=actor, answer_id=answer_id)
    if not permissions.can_vote(actor, answer):
        raise NotAllowed(_("You cannot vote for your own answer."))
    if insert_once(Vote(answer=answer, person=actor, voted_at=clock.now())):
        writes = Writes()
        charge(writes, what="vote", actor=actor)
        writes.sql("UPDATE community_answer SET helpful_count = helpful_count + 1 WHERE id = %s", [answer.pk])
        record_event(Event.VOTED, actor=actor, thread=answer.thread, answer=answer, writes=writes)
        writes.send()
    return answer


@transaction.atomic
def unvote(*, actor: User, answer_id: int) -> Answer:
    """Take a helpful vote back."""
    answer = _lock_answer(actor=actor, answer_id=answer_id)
    if Vote.objects.filter(answer=answer, person=actor).delete()[0]:
        recount_answers([answer.pk])
        record_event(Event.UNVOTED, actor=actor, thread=answer.thread, answer=answer)
    return answer


@transaction.atomic
def say_helped(*, actor: User, answer_id: int) -> Answer:
    """ "This solved it for me", by anyone but the answer's author. Twice is once."""
    answer = _lock_answer(actor=actor, answer_id=answer_id)
    if not permissions.can_say_helped(actor, answer):
        raise NotAllowed(_("You cannot say this of your own answer."))
    if insert_once(Helped(answer=answer, person=actor, helped_at=clock.now())):
        writes = Writes()
        charge(writes, what="helped", actor=actor)
        writes.sql("UPDATE community_answer SET helped_count = helped_count + 1 WHERE id = %s", [answer.pk])
        record_event(Event.HELPED, actor=actor, thread=answer.thread, answer=answer, writes=writes)
        writes.send()
    return answer


@transaction.atomic
def join(*, actor: User, thread_id: int) -> Thread:
    """ "I have this problem too": counted once per person, and the person watches the thread."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    if not permissions.can_join(actor, thread):
        raise NotAllowed(_("You cannot join this question."))
    _row, fresh = MeToo.objects.get_or_create(thread=thread, person=actor, defaults={"joined_at": clock.now()})
    if fresh:
        spend(what="me_too", actor=actor)
        thread.me_too_count += 1
        thread.save(update_fields=["me_too_count"])
        record_event(Event.ME_TOO, actor=actor, thread=thread)
        watch_thread(person=actor, thread=thread, reason=Watch.Reason.ME_TOO)
    return thread


@transaction.atomic
def leave(*, actor: User, thread_id: int) -> Thread:
    """Take "I have this problem too" back; the watch it began ends too."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    if MeToo.objects.filter(thread=thread, person=actor).delete()[0]:
        thread.me_too_count -= 1
        thread.save(update_fields=["me_too_count"])
        record_event(Event.ME_TOO_WITHDRAWN, actor=actor, thread=thread)
        Watch.objects.filter(thread=thread, person=actor, reason=Watch.Reason.ME_TOO).delete()
    return thread
