"""What happens when a post comes into sight, now or after somebody looked at it: one place for both.

The caller holds the thread's lock (or makes the thread), and has written the row itself.
"""

from community import clock
from community.actions.compose import render_body
from community.actions.counters import recount_threads
from community.actions.notices import mention, watch_thread
from community.actions.record import record_event
from community.actions.together import Writes
from community.models import Answer, Hiding, Thread, ThreadEvent, User, Watch
from community.roles import highest

Event = ThreadEvent.Kind


def tell_asked(thread: Thread, *, writes: Writes) -> None:
    """The question was asked, and its asker watches it."""
    record_event(Event.ASKED, actor=thread.asker, thread=thread, writes=writes)
    watch_thread(person=thread.asker, thread=thread, reason=Watch.Reason.ASKED, writes=writes)


def tell_answered(made: Answer, *, writes: Writes) -> None:
    """The answer was given, perhaps with what its asker was asked for, and its author watches the thread."""
    thread, author = made.thread, made.author
    record_event(Event.ANSWERED, actor=author, thread=thread, answer=made, writes=writes)
    if thread.needs_info_at is not None and thread.asker_id == author.pk:
        record_event(Event.INFO_GIVEN, actor=author, thread=thread, writes=writes)
    watch_thread(person=author, thread=thread, reason=Watch.Reason.ANSWERED, writes=writes)


def was_shown(thread: Thread, answer: Answer | None = None) -> bool:
    """Whether the post was ever in sight: only then there is the event of it."""
    kind = Event.ASKED if answer is None else Event.ANSWERED
    return ThreadEvent.objects.filter(thread=thread, answer=answer, kind=kind).exists()


def bring_out(*, thread: Thread, answer: Answer | None = None) -> None:
    """Show what never showed, as if it were posted at this moment: events, counts, mentions, watch, all of it.

    Its place among the answers stays. The lock is held, and whether it may show was asked.
    """
    now, writes = clock.now(), Writes()
    if answer is None:
        thread.asker = _standing(thread.asker_id)
        thread.asked_at = thread.last_activity_at = now
        thread.asker_role = highest(thread.asker.effective_roles)
        thread.hidden_at, thread.hidden_for = None, Hiding.DECIDED
        thread.save(update_fields=["asked_at", "last_activity_at", "asker_role", "hidden_at", "hidden_for"])
        tell_asked(thread, writes=writes)
        author, body = thread.asker, thread.body
    else:
        answer.thread, answer.author = thread, _standing(answer.author_id)
        answer.answered_at, answer.hidden_at, answer.hidden_for = now, None, Hiding.DECIDED
        answer.author_role = highest(answer.author.effective_roles)
        answer.save(update_fields=["answered_at", "author_role", "hidden_at", "hidden_for"])
        tell_answered(answer, writes=writes)
        if thread.asker_id == answer.author_id and thread.needs_info_at is not None:
            thread.needs_info_at = None
            thread.save(update_fields=["needs_info_at"])
        author, body = answer.author, answer.body
    writes.send()
    recount_threads([thread.pk])
    rendered, people = render_body(body)
    mentioned = [person for person in people if person.username_key in rendered.mentions]
    mention(actor=author, people=mentioned, thread=thread, answer=answer)


def _standing(person_id: int) -> User:
    """The author with their roles as they are now."""
    return User.objects.with_standing().get(pk=person_id)
