"""Posts destroyed for good: one person asks, another confirms. What was counted stays; words and files do not.

A stub of the row keeps the thread, the place among the answers, and every fact with ids and times alone. The question's
page says 410 from then on; of an answer nothing is seen any more.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions import traces
from community.actions.decisions import decide
from community.actions.hiding import change_why, put_away
from community.actions.incoming_keeping import forget_posts
from community.actions.record import MAX_ID, lock_thread, record_audit, record_event
from community.actions.reviews import Case, mark_settled, open_review
from community.care.forgotten import remember_purge
from community.care.others import others
from community.content.private_text import Quotes
from community.errors import NotAllowed, NotThere, Refused
from community.models import (
    Answer,
    Appeal,
    Attachment,
    BulkItem,
    Decision,
    DecisionWords,
    Draft,
    Flag,
    Ground,
    Hiding,
    IllegalReport,
    MovedAnswer,
    OldAddress,
    PrivateNote,
    Purge,
    Review,
    Revision,
    Thread,
    ThreadEvent,
    User,
)

#: How heavy the review weighs: what is to be destroyed should not be read any longer.
WEIGHT = 500
#: What a review of it ends with, also where it was settled outside the queue.
DESTROYED, LEFT = "purge", "keep"


@transaction.atomic
def ask(*, actor: User, thread_id: int, answer_id: int | None = None, ground: str, words: str = "") -> Purge:
    """Wish that a post be destroyed. It is hidden at once; another moderator confirms or refuses.

    Asked twice is the first wish. Refused for what is destroyed already, NotAllowed for all but moderators.
    """
    thread = lock_thread(actor=actor, thread_id=thread_id)
    _check_moderator(actor)
    answer = _answer_of(thread, answer_id)
    if ground not in Ground.values:
        raise Refused(_("Please choose one of the grounds offered."))
    if (found := Purge.objects.filter(thread=thread, answer=answer, withdrawn_at__isnull=True).first()) is not None:
        if found.confirmed_at is not None:
            raise Refused(_("This was destroyed; nothing is left to show."))
        return found
    made = Purge.objects.create(thread=thread, answer=answer, ground=ground, asked_by=actor, asked_at=clock.now())
    post = thread if answer is None else answer
    if put_away(actor=actor, thread=thread, answer=answer):
        record_audit("hidden", actor=actor, target=post, note=words)
    open_review(
        kind=Review.Kind.PURGE,
        thread=thread,
        answer=answer,
        person=thread.asker if answer is None else answer.author,
        reasons=[ground],
        weight=WEIGHT,
    )
    record_audit("purge_asked", actor=actor, target=post, note=words)
    return made


@transaction.atomic
def confirm(*, actor: User, purge_id: int) -> Purge:
    """Destroy it: by another moderator than who asked, and nobody whose post it is. Twice is once."""
    purge, thread, answer = _waiting(actor, purge_id)
    if purge.confirmed_at is not None:
        return purge
    person = thread.asker if answer is None else answer.author
    if actor.pk in (purge.asked_by_id, person.pk):
        raise NotAllowed(_("Somebody else has to confirm this."))
    _settle(purge, actor, DESTROYED)
    _confirm(purge, actor, thread, answer)
    return purge


@transaction.atomic
def withdraw(*, actor: User, purge_id: int) -> Purge:
    """It is not destroyed after all: who asked changed their mind, or another moderator says no. It stays hidden."""
    purge, _thread, _answer = _waiting(actor, purge_id)
    if purge.confirmed_at is not None:
        raise Refused(_("This was destroyed; nothing is left to show."))
    if purge.withdrawn_at is None:
        _settle(purge, actor, LEFT)
        _withdraw(purge, actor)
    return purge


# What the queue does (actions/settling.py): the review is settled, the thread locked ----------------------------------
def destroy_case(case: Case) -> None:
    """Another person confirmed it in the queue."""
    purge, thread, answer = _of_case(case)
    if case.actor.pk == purge.asked_by_id:
        raise NotAllowed(_("Somebody else has to confirm this."))
    _confirm(purge, case.actor, thread, answer)


def leave_case(case: Case) -> None:
    """Another person said no in the queue."""
    purge, _thread, _answer = _of_case(case)
    _withdraw(purge, case.actor)


def _of_case(case: Case) -> tuple[Purge, Thread, Answer | None]:
    rows = Purge.objects.filter(thread=case.thread, answer=case.answer, withdrawn_at=None, confirmed_at=None)
    purge = rows.select_for_update(of=("self",)).first()
    if purge is None or case.thread is None:
        raise Refused(_("This does not wait any more."))
    return purge, case.thread, case.answer


# Deciding -------------------------------------------------------------------------------------------------------------
def _check_moderator(actor: User) -> None:
    if not permissions.can_moderate(actor):
        raise NotAllowed(_("Only moderators can do this."))


def _answer_of(thread: Thread, answer_id: int | None) -> Answer | None:
    if answer_id is None:
        return None
    answer = Answer.objects.filter(thread=thread, pk=answer_id).first() if 0 < answer_id <= MAX_ID else None
    if answer is None:
        raise NotThere(_("There is no such answer."))
    answer.thread = thread
    return answer


def _waiting(actor: User, purge_id: int) -> tuple[Purge, Thread, Answer | None]:
    _check_moderator(actor)
    found = Purge.objects.filter(pk=purge_id, withdrawn_at__isnull=True).first() if purge_id <= MAX_ID else None
    if found is None:
        raise NotThere(_("This does not wait any more."))
    thread = lock_thread(actor=actor, thread_id=found.thread_id)
    purge = Purge.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if purge.withdrawn_at is not None:
        raise NotThere(_("This does not wait any more."))
    return purge, thread, _answer_of(thread, purge.answer_id)


def _settle(purge: Purge, actor: User, outcome: str) -> None:
    rows = Review.objects.waiting().filter(kind=Review.Kind.PURGE, thread=purge.thread_id, answer=purge.answer_id)
    for review in rows:
        mark_settled(review, actor=actor, outcome=outcome)


def _confirm(purge: Purge, actor: User, thread: Thread, answer: Answer | None) -> None:
    post = thread if answer is None else answer
    purge.confirmed_by, purge.confirmed_at = actor, clock.now()
    purge.save(update_fields=["confirmed_by", "confirmed_at"])
    if put_away(actor=actor, thread=thread, answer=answer):
        record_audit("hidden", actor=actor, target=post)
    destroy(thread=thread, answer=answer, editor=actor)
    record_event(ThreadEvent.Kind.PURGED, actor=actor, thread=thread, answer=answer)
    record_audit("purged", actor=actor, target=post)
    decide(
        actor=actor,
        outcome=Decision.Outcome.PURGED,
        ground=purge.ground,
        thread=thread,
        answer=answer,
        person=thread.asker if answer is None else answer.author,
    )
    remember_purge("thread" if answer is None else "answer", post.pk)


def _withdraw(purge: Purge, actor: User) -> None:
    purge.withdrawn_at = clock.now()
    purge.save(update_fields=["withdrawn_at"])
    record_audit("purge_withdrawn", actor=actor, target=purge.thread if purge.answer is None else purge.answer)


# Destroying -----------------------------------------------------------------------------------------------------------
@transaction.atomic
def purge_again(*, thread_id: int | None = None, answer_id: int | None = None) -> bool:
    """Destroy what was destroyed after the backup that was restored; False when there is no such post. Twice is once.

    Asks nobody: who asked and who confirmed stood in what is lost, and the wish outlives it.
    """
    answer = Answer.objects.filter(pk=answer_id).first() if answer_id is not None else None
    wanted = answer.thread_id if answer is not None else thread_id
    if wanted is None or (answer_id is not None and answer is None):
        return False
    thread = Thread.objects.select_for_update(no_key=True, of=("self",)).filter(pk=wanted).first()
    if thread is None:
        return False
    answer = _answer_of(thread, answer_id)
    put_away(actor=None, thread=thread, answer=answer)
    destroy(thread=thread, answer=answer, editor=thread.asker if answer is None else answer.author)
    return True


def destroy(*, thread: Thread, answer: Answer | None, editor: User) -> None:
    """The words and files of a hidden post, wherever they stand. The caller holds the thread's lock."""
    group = traces.lock_group(thread)
    post: Thread | Answer = thread if answer is None else answer
    rows = _rows_of(post)
    said = _words_of(rows)
    files = traces.destroy_files(_files_of(thread, answer, rows))
    _destroy_beside(thread, answer, rows)
    forget_posts(
        threads=[row.pk for row in rows if isinstance(row, Thread)],
        answers=[row.pk for row in rows if isinstance(row, Answer)],
    )
    for row in rows:
        _empty(row, editor)
    if post.hidden_for != Hiding.MOVED:
        change_why(thread=thread, answer=answer, why=Hiding.PURGED)
    quotes = Quotes(said)

    def change(text: str) -> str:
        for place in files:
            text = place.sub(traces.REMOVED, text)
        return quotes.without(text)

    traces.rewrite_group(group, change, editor=editor, besides=rows)
    address = f"/t/{thread.pk}/", f"/threads/{thread.pk}/"
    writers = User.objects.filter(pk__in={row.asker_id if isinstance(row, Thread) else row.author_id for row in rows})
    traces.forget_outside(partial(_leads_to, address), writers)


def _leads_to(addresses: Iterable[str], text: str) -> bool:
    """Whether a mail or a line of a log is about the thread."""
    return any(address in text for address in addresses)


def _rows_of(post: Thread | Answer) -> list[Thread | Answer]:
    """The post, and the same words where they stood before or stand now: answers move, and become questions."""
    answers: dict[int, Answer] = {}
    questions: dict[int, Thread] = {}
    new: list[Thread | Answer] = [post]
    while new:
        for row in new:
            questions.update({row.pk: row} if isinstance(row, Thread) else {})
            answers.update({row.pk: row} if isinstance(row, Answer) else {})
        mine, asked = list(answers), list(questions)
        became = MovedAnswer.objects.filter(copy=None)
        about = Q(moved_to__in=mine) | Q(moved_from__in=mine)
        about |= Q(pk__in=became.filter(regrouping__target__in=asked).values("original"))
        moved = Answer.objects.filter(about)
        made = Thread.objects.filter(pk__in=became.filter(original__in=mine).values("regrouping__target"))
        new = [*moved.exclude(pk__in=mine).distinct(), *made.exclude(pk__in=asked)]
    return [*questions.values(), *answers.values()]


def _words_of(rows: Iterable[Thread | Answer]) -> list[str]:
    """Everything these posts ever said."""
    said = []
    for row in rows:
        if isinstance(row, Thread):
            said += [f"{row.title}: {row.body}", row.body, row.title]
            kept = Revision.objects.filter(thread=row, answer=None)
        else:
            said.append(row.body)
            kept = Revision.objects.filter(answer=row)
        for title, body in kept.values_list("title", "body"):
            said += [body, f"{title}: {body}", title]
    return [text for text in said if text.strip()]


def _files_of(thread: Thread, answer: Answer | None, rows: Iterable[Thread | Answer]) -> Iterable[Attachment]:
    if answer is None:
        return Attachment.objects.filter(thread=thread, answer=None)
    return Attachment.objects.filter(answer__in=[row.pk for row in rows])


def _empty(row: Thread | Answer, editor: User) -> None:
    """Leave a row without words: what it said, in every version."""
    versions: dict[str, Any] = {"thread": row, "answer": None} if isinstance(row, Thread) else {"answer": row}
    Revision.objects.filter(**versions).update(title="", body="")
    if row.body:
        # One version more: an import leaves it alone, and whoever has the old one open cannot store it again.
        traces.keep_as_revision(row, editor=editor)
        row.version += 1
    row.body = row.body_html = ""
    names = ["body", "body_html", "version"]
    if isinstance(row, Thread):
        row.title, row.product_version = traces.REMOVED, ""
        names += ["title", "product_version"]
    row.save(update_fields=names)


def _destroy_beside(thread: Thread, answer: Answer | None, rows: list[Thread | Answer]) -> None:
    """Reasons, reports, drafts and notes about it, and what would lead to it by its words."""
    answers = [row.pk for row in rows if isinstance(row, Answer)]
    mine: dict[str, Any] = {"thread": thread, "answer": None} if answer is None else {"answer__in": answers}
    Flag.objects.filter(**mine).update(words="")
    decisions = Decision.objects.filter(**mine)
    DecisionWords.objects.filter(decision__in=decisions).delete()
    Appeal.objects.filter(decision__in=decisions).update(words="")
    IllegalReport.objects.filter(**mine).update(explanation="", place=f"/t/{thread.pk}/")
    BulkItem.objects.filter(**mine).delete()
    author = thread.asker_id if answer is None else answer.author_id
    Draft.objects.filter(person=author, place__startswith=f"answer:{thread.pk}").delete()
    notes = PrivateNote.objects.filter(thread=thread)
    (notes if answer is None else notes.filter(author=author)).delete()
    if answer is None:
        traces.audit_notes_of(thread=thread).delete()
        OldAddress.objects.filter(thread=thread).delete()
        traces.drop_tags(thread, lambda _name: True)
        Draft.objects.filter(person=author, place__startswith="ask", title=thread.title).delete()
        for care in others():
            care.destroy(thread)
    else:
        traces.audit_notes_of(answers=answers).delete()
        OldAddress.objects.filter(answer__in=answers).delete()
