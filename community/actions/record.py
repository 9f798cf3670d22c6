"""What every action writes beside its own row: the event, the change rows, the audit entry."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from community import clock
from community.actions.together import Writes
from community.errors import NotThere
from community.models import Answer, AuditEntry, AuditNote, Board, ChangeRow, Revision, Thread, ThreadEvent, User
from community.models.threads import ThreadQuerySet
from community.roles import highest

#: the largest id that PostgreSQL's bigint holds
MAX_ID = 2**63 - 1

# What everybody may see needs no question who asks, and nearly every thread is of that kind: this is the part of
# `visible_to` that is true for all, and a quarter of its cost. What it does not find is looked for by the whole rule.
_LOCK_IN_PUBLIC = """
    SELECT t.*, b.private_patterns FROM community_thread t JOIN community_board b ON b.id = t.board_id
    WHERE t.id = %s AND t.hidden_at IS NULL AND b.audience = 'public' FOR NO KEY UPDATE OF t
"""


def record_event(
    kind: ThreadEvent.Kind,
    *,
    actor: User | None,
    thread: Thread,
    answer: Answer | None = None,
    person: User | None = None,
    from_board: Board | None = None,
    writes: Writes | None = None,
) -> ThreadEvent:
    """Append one event to the thread's history, with the actor's role as it is now, and note the change.

    Written at once, or together with everything else in `writes`.
    """
    now = clock.now()
    event = ThreadEvent(
        kind=kind,
        thread_id=thread.pk,
        answer_id=answer.pk if answer else None,
        actor_id=actor.pk if actor else None,
        actor_role=highest(actor.effective_roles if actor else frozenset()),
        person_id=person.pk if person else None,
        from_board_id=from_board.pk if from_board else None,
        occurred_at=now,
        recorded_at=now,
    )
    rows = Writes() if writes is None else writes
    rows.add(event)
    rows.add(ChangeRow(thread_id=thread.pk, board_id=thread.board_id))
    if writes is None:
        rows.send()
    return event


def record_change(*, thread: Thread | None = None, board_id: int | None = None) -> None:
    """Tell the followers: this thread and its board's list look different now; with neither, the whole site does."""
    ChangeRow.objects.create(
        thread_id=thread.pk if thread else None,
        board_id=thread.board_id if thread else board_id,
    )


def record_changes(threads: ThreadQuerySet) -> None:
    """Tell the followers that each of these threads looks different now: for what many threads carry, like a tag."""
    rows = threads.order_by().values_list("pk", "board_id")
    changes = (ChangeRow(thread_id=pk, board_id=board_id) for pk, board_id in rows)
    ChangeRow.objects.bulk_create(changes, batch_size=5000)


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

    Everything that changes a thread's counters, positions or solution holds this lock. Its `private_patterns` are its
    board's: what is posted is looked at under this lock, and costs no statement of its own.
    """
    assert transaction.get_connection().in_atomic_block
    if 0 < thread_id <= MAX_ID:
        for thread in Thread.objects.raw(_LOCK_IN_PUBLIC, [thread_id]):
            return thread
        visible = Thread.objects.visible_to(actor).filter(pk=thread_id)
        visible = visible.annotate(private_patterns=F("board__private_patterns"))
        for thread in visible.select_for_update(no_key=True, of=("self",)):
            return thread
    raise NotThere(_("There is no such question."))


def wait_in_line() -> None:
    """Whoever is to lock several threads does so one after the other, until the end of their transactions.

    Called before anything is locked: acts on many posts learn of some of their threads only as they go, and two of them
    would wait for one another for ever.
    """
    with transaction.get_connection().cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LINE])


#: The line of those who lock several threads; any number that nobody else uses.
_LINE = 7_316_018
