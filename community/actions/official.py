"""The company's own word: answers that staff mark as official, and the second person who reads them first.

Where a board asks for it (`Board.approves_official`), a new official answer waits out of sight (`Hiding.APPROVAL`) as
held posts do: nobody is told of it, nothing counts it. Approved, everything happens as if it were posted at that
moment. The mark belongs to the words that were read: changed words stand without it until they were read again.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.compose import attach, compose_body
from community.actions.decisions import decide
from community.actions.private_data import NOTHING_SAID, Said, look
from community.actions.private_notes import write as write_note
from community.actions.publishing import bring_out
from community.actions.record import MAX_ID, lock_thread, record_audit, record_event
from community.actions.reviews import Case, open_review
from community.errors import EditConflict, NotAllowed, NotThere, Refused
from community.models import Answer, Board, Decision, Hiding, Review, Revision, Thread, ThreadEvent, User

#: Why it waits: it is new, an answer that stands was marked, or its words were changed.
NEW, MARKED, CHANGED = "official_new", "official_marked", "official_changed"


def must_wait(thread: Thread) -> bool:
    """Whether official words wait for a second person on this thread's board. One query."""
    return Board.objects.filter(pk=thread.board_id, approves_official=True).exists()


def propose(*, answer: Answer, why: str) -> Review:
    """Put the answer before another staff member; one that waits already is the same. The thread's lock is held."""
    return open_review(
        kind=Review.Kind.OFFICIAL, thread=answer.thread, answer=answer, person=answer.author, reasons=[why]
    )


def speak(*, actor: User, answer: Answer) -> None:
    """The answer, which is in sight, is official from now on. `actor` is who vouches for it."""
    answer.official_at, answer.official_by = clock.now(), actor
    answer.save(update_fields=["official_at", "official_by"])
    record_event(ThreadEvent.Kind.OFFICIAL, actor=actor, thread=answer.thread, answer=answer)
    record_audit("official", actor=actor, target=answer)


@transaction.atomic
def mark(*, actor: User, answer_id: int) -> Answer:
    """Say that one's own answer is the company's word; where a second person reads it first, it waits for the mark.

    Whether it did is its `official_at`. NotAllowed for others' answers and for all but staff.
    """
    answer = _seen(actor, answer_id)
    if not permissions.can_mark_official(actor, answer):
        raise NotAllowed(_("Only staff can mark their own answers as official."))
    if answer.official_at is None:
        if must_wait(answer.thread):
            propose(answer=answer, why=MARKED)
        else:
            speak(actor=actor, answer=answer)
    return answer


@transaction.atomic
def unmark(*, actor: User, answer_id: int) -> Answer:
    """It is no official word any more: its author, or a moderator. Without the mark, nothing changes."""
    answer = _seen(actor, answer_id)
    if not permissions.can_unmark_official(actor, answer):
        raise NotAllowed(_("Only its author and moderators can do this."))
    _forget_proposal(actor, answer)
    if answer.official_at is not None:
        _take_mark(answer)
        record_event(ThreadEvent.Kind.EDITED, actor=actor, thread=answer.thread, answer=answer)
        record_audit("not_official", actor=actor, target=answer)
    return answer


def words_changed(*, answer: Answer) -> None:
    """The words of an official answer are others now: where a second person reads first, the mark waits again."""
    if answer.official_at is not None and must_wait(answer.thread):
        _take_mark(answer)
        propose(answer=answer, why=CHANGED)


def _take_mark(answer: Answer) -> None:
    answer.official_at = answer.official_by = None
    answer.save(update_fields=["official_at", "official_by"])


def _seen(actor: User, answer_id: int) -> Answer:
    """The answer with its thread locked; NotThere when out of sight."""
    found = Answer.objects.visible_to(actor).filter(pk=answer_id).values_list("thread_id", flat=True).first()
    if found is None:
        raise NotThere(_("There is no such answer."))
    thread = lock_thread(actor=actor, thread_id=found)
    answer = Answer.objects.select_related("author").get(pk=answer_id)
    answer.thread = thread
    return answer


def _forget_proposal(actor: User, answer: Answer) -> None:
    """What waits about its mark waits no longer; in one's own case too, because nothing is decided for oneself."""
    waiting = Review.objects.waiting().filter(kind=Review.Kind.OFFICIAL, thread=answer.thread, answer=answer)
    waiting.update(settled_at=clock.now(), settled_by=actor, outcome="taken_back")


# Another staff member decides, in the queue (settling.py) ---------------------------------------------------------
def approve(case: Case) -> None:
    """It is the company's word; what never showed is posted at this moment."""
    answer = _of(case)
    if answer.hidden_for == Hiding.APPROVAL:
        if answer.thread.hidden_at or answer.thread.merged_into_id:
            raise Refused(_("Its question is out of sight or was asked before. Show that first."))
        bring_out(thread=answer.thread, answer=answer)
    elif answer.hidden_at is not None:
        raise Refused(_("It changed meanwhile. Look at it again."))
    speak(actor=case.actor, answer=answer)
    _tell(case, answer, Decision.Outcome.RELEASED)


def send_back(case: Case) -> None:
    """Not like this: its author reads why. What never showed stays out of sight, what stands has no mark."""
    answer = _of(case)
    record_audit("official_sent_back", actor=case.actor, target=answer, note=case.words)
    _tell(case, answer, Decision.Outcome.SENT_BACK)


def _of(case: Case) -> Answer:
    if case.answer is None or case.thread is None:
        raise Refused(_("This does not wait any more."))
    case.answer.thread = case.thread
    return case.answer


def _tell(case: Case, answer: Answer, outcome: str) -> None:
    decide(
        actor=case.actor,
        outcome=outcome,
        thread=answer.thread,
        answer=answer,
        person=answer.author,
        words=case.words,
        review=case.review,
    )


# Its author, while it waits -------------------------------------------------------------------------------------------
def _own(actor: User, answer_id: int) -> Answer:
    """One's own answer that never showed, its thread locked; NotThere for everything else."""
    mine = Answer.objects.filter(pk=answer_id, author=actor, hidden_for=Hiding.APPROVAL)
    found = mine.values_list("thread_id", flat=True).first() if 0 < answer_id <= MAX_ID else None
    if found is None or not permissions.is_staff(actor):
        raise NotThere(_("This does not wait any more."))
    thread = lock_thread(actor=actor, thread_id=found)
    answer = mine.select_related("author").first()
    if answer is None:
        raise NotThere(_("This does not wait any more."))
    answer.thread = thread
    return answer


@transaction.atomic
def rewrite(
    *,
    actor: User,
    answer_id: int,
    version: int,
    body: str,
    attachment_ids: Sequence[int] = (),
    may_be_public: bool = False,
    private: Said = NOTHING_SAID,
) -> Answer:
    """Change one's own answer that waits, or was sent back, and propose it (again).

    EditConflict when it was changed in another window; PrivateData as when answering.
    """
    answer, composed = _own(actor, answer_id), compose_body(body)
    if answer.version != version:
        raise EditConflict(_("This was changed while you were writing."), answer)
    looked = look(
        patterns=answer.thread.private_patterns,  # type: ignore[attr-defined]
        body=composed.body,
        before=answer.body,
        may_be_public=may_be_public,
        said=private,
    )
    if looked.is_changed:
        composed = compose_body(looked.body)
    if looked.for_staff:
        write_note(actor=actor, thread=answer.thread, text=looked.for_staff)
    now = clock.now()
    Revision.objects.create(
        thread=answer.thread, answer=answer, version=version, body=answer.body, editor=actor, edited_at=now
    )
    answer.body, answer.body_html, answer.renderer_version = composed.body, composed.html, composed.renderer_version
    answer.version, answer.edited_at = version + 1, now
    answer.save(update_fields=["body", "body_html", "renderer_version", "version", "edited_at"])
    attach(actor=actor, ids=[*attachment_ids, *composed.attachment_ids], thread=answer.thread, answer=answer)
    propose(answer=answer, why=CHANGED)
    return answer


@transaction.atomic
def take_back(*, actor: User, answer_id: int) -> Answer:
    """It shall not show after all: it leaves the queue, and only moderators ever see it."""
    answer = _own(actor, answer_id)
    answer.hidden_for = Hiding.DECIDED
    answer.save(update_fields=["hidden_for"])
    _forget_proposal(actor, answer)
    return answer
