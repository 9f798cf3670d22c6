"""What moderators do: hide, restore, lock, unlock, move. Each leaves an event and an audit row."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.counters import recount_threads
from community.actions.record import lock_thread, record_audit, record_change, record_event
from community.actions.solutions import accept_again, withdraw_hidden
from community.errors import NotAllowed, NotThere
from community.models import Answer, Board, Thread, ThreadEvent, User

Event = ThreadEvent.Kind


def _set_moment(
    *, actor: User, thread_id: int, field: str, moment: datetime | None, event: ThreadEvent.Kind, reason: str
) -> Thread:
    """Set or clear one of the moderators' moments; doing it twice changes nothing."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    if (getattr(thread, field) is None) == (moment is None):
        return thread
    setattr(thread, field, moment)
    thread.save(update_fields=[field])
    record_event(event, actor=actor, thread=thread)
    record_audit(event.value, actor=actor, target=thread, note=reason)
    return thread


@transaction.atomic
def lock(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """No more answers, edits or me-toos, until unlocked."""
    return _set_moment(
        actor=actor, thread_id=thread_id, field="locked_at", moment=clock.now(), event=Event.LOCKED, reason=reason
    )


@transaction.atomic
def unlock(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """Open a locked thread again."""
    return _set_moment(
        actor=actor, thread_id=thread_id, field="locked_at", moment=None, event=Event.UNLOCKED, reason=reason
    )


@transaction.atomic
def move(*, actor: User, thread_id: int, board_id: int, reason: str = "") -> Thread:
    """Move the thread to another board; both boards' lists change."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    board = Board.objects.visible_to(actor).filter(pk=board_id).first()
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can move questions."))
    if board is None:
        raise NotThere(_("There is no such board."))
    if board.pk != thread.board_id:
        record_change(board_id=thread.board_id)
        thread.board = board
        thread.save(update_fields=["board"])
        record_event(Event.MOVED, actor=actor, thread=thread)
        record_audit("moved", actor=actor, target=thread, note=reason)
    return thread


@transaction.atomic
def hide_thread(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """Take a thread out of everybody's sight but the moderators'; its solution is withdrawn with it."""
    thread = _set_moment(
        actor=actor, thread_id=thread_id, field="hidden_at", moment=clock.now(), event=Event.HIDDEN, reason=reason
    )
    withdraw_hidden(actor=actor, thread=thread)
    return thread


@transaction.atomic
def restore_thread(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """Bring a hidden thread back, with the solution it had."""
    thread = _set_moment(
        actor=actor, thread_id=thread_id, field="hidden_at", moment=None, event=Event.RESTORED, reason=reason
    )
    accept_again(actor=actor, thread=thread)
    return thread


def _locked_answer(*, actor: User, answer_id: int) -> Answer:
    """The answer with its thread locked; NotThere when out of sight, NotAllowed for all but moderators."""
    found = Answer.objects.visible_to(actor).filter(pk=answer_id).values_list("thread_id", flat=True).first()
    if found is None:
        raise NotThere(_("There is no such answer."))
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    thread = lock_thread(actor=actor, thread_id=found)
    answer = Answer.objects.get(pk=answer_id)
    answer.thread = thread
    return answer


@transaction.atomic
def hide_answer(*, actor: User, answer_id: int, reason: str = "") -> Answer:
    """Take an answer out of sight; if it was the solution, the thread is open again."""
    answer = _locked_answer(actor=actor, answer_id=answer_id)
    if answer.hidden_at is None:
        answer.hidden_at = clock.now()
        answer.save(update_fields=["hidden_at"])
        record_event(Event.HIDDEN, actor=actor, thread=answer.thread, answer=answer)
        record_audit("hidden", actor=actor, target=answer, note=reason)
        withdraw_hidden(actor=actor, thread=answer.thread, answer=answer)
        recount_threads([answer.thread_id])
    return answer


@transaction.atomic
def restore_answer(*, actor: User, answer_id: int, reason: str = "") -> Answer:
    """Bring a hidden answer back; if it was the solution when it was hidden, it is again."""
    answer = _locked_answer(actor=actor, answer_id=answer_id)
    if answer.hidden_at is not None:
        answer.hidden_at = None
        answer.save(update_fields=["hidden_at"])
        record_event(Event.RESTORED, actor=actor, thread=answer.thread, answer=answer)
        record_audit("restored", actor=actor, target=answer, note=reason)
        accept_again(actor=actor, thread=answer.thread, answer=answer)
        recount_threads([answer.thread_id])
    return answer
