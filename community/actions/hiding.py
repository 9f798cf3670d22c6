"""Out of sight and back: the one place that writes `hidden_at`, whoever asks for it.

The caller holds the thread's lock and has asked whether the actor may; moderators' verbs, flags, bans, acts on many
posts and purges all come through here, so that counts, solutions and events agree whatever hid a post.
"""

from django.utils.translation import gettext as _

from community import clock
from community.actions.counters import recount_threads
from community.actions.publishing import bring_out, was_shown
from community.actions.record import record_event
from community.actions.solutions import accept_again, withdraw_hidden
from community.errors import Refused
from community.models import Answer, Hiding, Review, Thread, ThreadEvent, User
from community.models.hiding import NEVER_SHOWN


def put_away(*, actor: User | None, thread: Thread, answer: Answer | None = None, why: Hiding = Hiding.DECIDED) -> bool:
    """Hide the question or one answer; its solution goes out of force with it. False when it was hidden already."""
    post = thread if answer is None else answer
    if post.hidden_at is not None:
        return False
    post.hidden_at, post.hidden_for = clock.now(), why
    post.save(update_fields=["hidden_at", "hidden_for"])
    record_event(ThreadEvent.Kind.HIDDEN, actor=actor, thread=thread, answer=answer)
    withdraw_hidden(actor=actor, thread=thread, answer=answer)
    if answer is not None:
        recount_threads([thread.pk])
    return True


def bring_back(*, actor: User | None, thread: Thread, answer: Answer | None = None) -> bool:
    """Show what was hidden, with the solution it had. False when it is not hidden.

    Refused for what moved elsewhere, what was destroyed, and what waits (actions/holding.py releases that). What was
    refused before it ever showed comes back as if it were posted now.
    """
    post = thread if answer is None else answer
    if post.hidden_at is None:
        return False
    if post.hidden_for == Hiding.PURGED:
        raise Refused(_("This was destroyed; nothing is left to show."))
    if post.hidden_for == Hiding.MOVED:
        raise Refused(_("This answer stands with another question now. Take the move back instead."))
    if post.hidden_for in NEVER_SHOWN:
        raise Refused(_("This waits for a decision. Publish it from the list of what waits."))
    if not was_shown(thread, answer):
        if Review.objects.filter(thread=thread, answer=answer, outcome="taken_back").exists():
            raise Refused(_("Its author took it back before it was published."))
        bring_out(thread=thread, answer=answer)
        return True
    post.hidden_at, post.hidden_for = None, Hiding.DECIDED
    post.save(update_fields=["hidden_at", "hidden_for"])
    record_event(ThreadEvent.Kind.RESTORED, actor=actor, thread=thread, answer=answer)
    accept_again(actor=actor, thread=thread, answer=answer)
    if answer is not None:
        recount_threads([thread.pk])
    return True


def change_why(*, thread: Thread, answer: Answer | None = None, why: Hiding) -> None:
    """Somebody looked at what is hidden, and it stays so for another reason. Nothing that people see changes."""
    post = thread if answer is None else answer
    assert post.hidden_at is not None
    post.hidden_for = why
    post.save(update_fields=["hidden_for"])
