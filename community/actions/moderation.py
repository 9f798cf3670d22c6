"""What moderators do: hide, restore, lock, unlock, move. Each leaves an event and an audit row."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.decisions import decide
from community.actions.hiding import bring_back, put_away
from community.actions.record import lock_thread, record_audit, record_change, record_event
from community.actions.reviews import close_reviews
from community.errors import NotAllowed, NotThere
from community.models import Answer, Board, Decision, Review, Thread, ThreadEvent, User

Event = ThreadEvent.Kind
HIDDEN, RESTORED, LOCKED = Decision.Outcome.HIDDEN, Decision.Outcome.RESTORED, Decision.Outcome.LOCKED


def _set_moment(
    *, actor: User, thread_id: int, field: str, moment: datetime | None, event: ThreadEvent.Kind, reason: str
) -> tuple[Thread, bool]:
    """Set or clear one of the moderators' moments, and whether that changed anything; twice changes nothing."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    if (getattr(thread, field) is None) == (moment is None):
        return thread, False
    setattr(thread, field, moment)
    thread.save(update_fields=[field])
    record_event(event, actor=actor, thread=thread)
    record_audit(event.value, actor=actor, target=thread, note=reason)
    return thread, True


@transaction.atomic
def lock(*, actor: User, thread_id: int, reason: str = "", ground: str = "", words: str = "") -> Thread:
    """No more answers, edits or me-toos, until unlocked. Its asker is told."""
    thread, is_news = _set_moment(
        actor=actor, thread_id=thread_id, field="locked_at", moment=clock.now(), event=Event.LOCKED, reason=reason
    )
    if is_news:
        decide(actor=actor, outcome=LOCKED, ground=ground, thread=thread, person=thread.asker, words=words)
    return thread


@transaction.atomic
def unlock(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """Open a locked thread again. Its asker is told if they were told of the lock."""
    thread, is_news = _set_moment(
        actor=actor, thread_id=thread_id, field="locked_at", moment=None, event=Event.UNLOCKED, reason=reason
    )
    if is_news and Decision.objects.filter(thread=thread, outcome=LOCKED, undone_by__isnull=True).exists():
        decide(actor=actor, outcome=RESTORED, thread=thread, person=thread.asker, takes_back=frozenset({LOCKED}))
    return thread


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
        before, thread.board = thread.board, board
        thread.save(update_fields=["board"])
        record_event(Event.MOVED, actor=actor, thread=thread, from_board=before)
        record_audit("moved", actor=actor, target=thread, note=reason)
        decide(actor=actor, outcome=Decision.Outcome.MOVED, thread=thread, person=thread.asker)
    return thread


def _thread_of_moderator(*, actor: User, thread_id: int) -> Thread:
    """The thread, locked; NotThere when out of sight, NotAllowed for all but moderators."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))
    return thread


def hide(
    *,
    actor: User,
    thread: Thread,
    answer: Answer | None = None,
    reason: str = "",
    ground: str = "",
    words: str = "",
    review: Review | None = None,
) -> bool:
    """Out of sight, and its author is told; False when it was already. Lock held, permission asked.

    `reason` stands in the audit log; `ground` and `words` are what its author is told.
    """
    if not put_away(actor=actor, thread=thread, answer=answer):
        return False
    record_audit("hidden", actor=actor, target=answer or thread, note=reason)
    decide(
        actor=actor,
        outcome=HIDDEN,
        ground=ground,
        thread=thread,
        answer=answer,
        person=author_of(thread, answer),
        words=words,
        review=review,
    )
    if review is None:
        close_reviews(actor=actor, thread=thread, answer=answer, kinds=[Review.Kind.FLAGGED], outcome="hide")
    return True


def restore(
    *,
    actor: User,
    thread: Thread,
    answer: Answer | None = None,
    reason: str = "",
    words: str = "",
    review: Review | None = None,
) -> bool:
    """Back in sight as it was, and its author is told; False when it is. Lock held, permission asked.

    NotAllowed for what somebody else hid of one's own: nobody decides in his own case.
    """
    post = answer or thread
    if post.hidden_at is not None and not permissions.can_restore(actor, post):
        raise NotAllowed(_("This is your own post: somebody else decides whether it comes back."))
    if not bring_back(actor=actor, thread=thread, answer=answer):
        return False
    record_audit("restored", actor=actor, target=post, note=reason)
    decide(
        actor=actor,
        outcome=RESTORED,
        thread=thread,
        answer=answer,
        person=author_of(thread, answer),
        words=words,
        review=review,
    )
    if review is None:
        close_reviews(actor=actor, thread=thread, answer=answer, kinds=[Review.Kind.FLAGGED], outcome="restore")
    return True


def author_of(thread: Thread, answer: Answer | None) -> User:
    """Whose post it is."""
    return thread.asker if answer is None else answer.author


@transaction.atomic
def hide_thread(*, actor: User, thread_id: int, reason: str = "", ground: str = "", words: str = "") -> Thread:
    """Take a thread out of everybody's sight but the moderators'; its solution is withdrawn with it."""
    thread = _thread_of_moderator(actor=actor, thread_id=thread_id)
    hide(actor=actor, thread=thread, reason=reason, ground=ground, words=words)
    return thread


@transaction.atomic
def restore_thread(*, actor: User, thread_id: int, reason: str = "", words: str = "") -> Thread:
    """Bring a hidden thread back, with the solution it had."""
    thread = _thread_of_moderator(actor=actor, thread_id=thread_id)
    restore(actor=actor, thread=thread, reason=reason, words=words)
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
def hide_answer(*, actor: User, answer_id: int, reason: str = "", ground: str = "", words: str = "") -> Answer:
    """Take an answer out of sight; if it was the solution, the thread is open again."""
    answer = _locked_answer(actor=actor, answer_id=answer_id)
    hide(actor=actor, thread=answer.thread, answer=answer, reason=reason, ground=ground, words=words)
    return answer


@transaction.atomic
def restore_answer(*, actor: User, answer_id: int, reason: str = "", words: str = "") -> Answer:
    """Bring a hidden answer back; if it was the solution when it was hidden, it is again."""
    answer = _locked_answer(actor=actor, answer_id=answer_id)
    restore(actor=actor, thread=answer.thread, answer=answer, reason=reason, words=words)
    return answer
