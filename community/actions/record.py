"""What every action writes beside its own row: the event, the change rows, the audit entry."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock
from community.errors import NotThere
from community.models import Answer, AuditEntry, AuditNote, ChangeRow, Revision, Thread, ThreadEvent, User
from community.roles import highest


def record_event(
    kind: ThreadEvent.Kind,
    *,
    actor: User | None,
    thread: Thread,
    answer: Answer | None = None,
    person: User | None = None,
) -> ThreadEvent:
    """Append one event to the thread's history, with the actor's role as it is now, and note the change."""
    event = ThreadEvent.objects.create(
        kind=kind,
        thread=thread,
        answer=answer,
        actor=actor,
        actor_role=highest(actor.effective_roles if actor else frozenset()),
        person=person,
        occurred_at=clock.now(),
        recorded_at=clock.now(),
    )
    record_change(thread=thread)
    return event


def record_change(*, thread: Thread | None = None, board_id: int | None = None) -> None:
    """Tell the followers: this thread and its board's list look different now; with neither, the whole site does."""
    ChangeRow.objects.create(
        thread_id=thread.pk if thread else None,
        board_id=thread.board_id if thread else board_id,
        recorded_at=clock.now(),
    )


def record_audit(verb: str, *, actor: User | None, target: Any, note: str = "") -> AuditEntry:
    """Every staff action leaves this row; the reason lives beside it, where erasure can reach it."""
    entry = AuditEntry.objects.create(
        actor=actor,
        actor_role=highest(actor.effective_roles if actor else frozenset()),
        verb=verb,
        object_kind=target._meta.model_name,
        object_id=target.pk,
        occurred_at=clock.now(),
    )
    if note:
        AuditNote.objects.create(entry=entry, text=note)
    return entry


def was_edited_by(actor: User, *, thread: Thread, version: int, answer: Answer | None = None) -> bool:
    """Whether it was this person who changed the text of `version`."""
    return Revision.objects.filter(thread=thread, answer=answer, version=version, editor=actor).exists()


def lock_thread(*, actor: User, thread_id: int) -> Thread:
    """The thread, locked until the end of the transaction; NotThere when this person may not see it.

    Everything that changes a thread's counters, positions or solution holds this lock.
    """
    assert transaction.get_connection().in_atomic_block
    thread = Thread.objects.visible_to(actor).select_for_update(no_key=True, of=("self",)).filter(pk=thread_id).first()
    if thread is None:
        raise NotThere(_("There is no such question."))
    return thread
