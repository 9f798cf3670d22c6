"""The neutral fact that staff look at a question, or no longer do. Who decides so, and why, is not known here."""

from community import clock
from community.actions.record import record_event
from community.models import Thread, ThreadEvent, User


def mark_escalated(*, actor: User | None, thread: Thread) -> None:
    """Staff look at it from now on; its asker is told. The caller holds the thread's lock. Twice is once."""
    if thread.escalated_at is not None:
        return
    thread.escalated_at = clock.now()
    thread.save(update_fields=["escalated_at"])
    record_event(ThreadEvent.Kind.ESCALATED, actor=actor, thread=thread)


def mark_returned(*, actor: User | None, thread: Thread) -> None:
    """Staff no longer look at it: it is the community's again. The caller holds the thread's lock. Twice is once."""
    if thread.escalated_at is None:
        return
    thread.escalated_at = None
    thread.save(update_fields=["escalated_at"])
    record_event(ThreadEvent.Kind.RETURNED, actor=actor, thread=thread)
