"""Posts that wait for a look before they show: held, released, refused, taken back, written anew by their author.

A held post is stored and hidden (`Hiding.HELD`), with its place among the answers; nobody is told of it and nothing
counts it. Released, everything happens as if it were posted at that moment (actions/publishing.py). The caller of
`hold`, `release` and `refuse` holds the thread's lock; of the last two it has asked whether the actor may.
"""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.compose import MAX_TITLE, Composed, attach, compose_body, compose_line, compose_title
from community.actions.decisions import decide
from community.actions.private_data import NOTHING_SAID, Said, look
from community.actions.private_notes import write as write_note
from community.actions.publishing import bring_out
from community.actions.record import record_audit
from community.actions.reviews import Case, mark_settled, open_review
from community.actions.suspecting import renew_print, weigh
from community.actions.tags import find_tags, set_tags
from community.content.suspicion import Verdict
from community.errors import EditConflict, NotThere, Refused
from community.models import Answer, Decision, Hiding, Review, Revision, Thread, User

#: What a review of a held post can end with, beside what moderators choose.
TAKEN_BACK, CHANGED = "taken_back", "changed"


def hold(*, thread: Thread, answer: Answer | None = None, verdict: Verdict) -> Review:
    """Let the post, which was stored hidden, wait in the moderators' queue with the reasons."""
    return open_review(
        kind=Review.Kind.HELD,
        thread=thread,
        answer=answer,
        person=thread.asker if answer is None else answer.author,
        reasons=[str(reason) for reason in verdict.reasons],
        weight=verdict.weight,
    )


def _settle(*, thread: Thread, answer: Answer | None, actor: User | None, outcome: str) -> Review | None:
    """The review of this post, settled; one that was settled just now by whoever decides is left as it is."""
    review = Review.objects.filter(kind=Review.Kind.HELD, thread=thread, answer=answer).order_by("-pk").first()
    if review is not None and review.settled_at is None:
        mark_settled(review, actor=actor, outcome=outcome)
    return review


def release(
    *, actor: User, thread: Thread, answer: Answer | None = None, version: int | None = None, words: str = ""
) -> None:
    """Show a held post, with everything that posting it does; its author is told.

    Refused when it does not wait (any more) or its question is out of sight; EditConflict when its author changed it
    since `version`, so that nobody publishes what they have not read.
    """
    post = _waiting(thread, answer, version)
    if answer is not None and (thread.hidden_at or thread.merged_into_id):
        raise Refused(_("Its question is out of sight or was asked before. Show that first."))
    bring_out(thread=thread, answer=answer)
    review = _settle(thread=thread, answer=answer, actor=actor, outcome="release")
    record_audit("released", actor=actor, target=post, note=words)
    _decided(actor, Decision.Outcome.RELEASED, thread, answer, review=review, words=words)


def refuse(*, actor: User, thread: Thread, answer: Answer | None = None, ground: str = "", words: str = "") -> None:
    """Never show a held post: it stays hidden, by decision; its author is told why, and can appeal."""
    post = _waiting(thread, answer)
    post.hidden_for = Hiding.DECIDED
    post.save(update_fields=["hidden_for"])
    review = _settle(thread=thread, answer=answer, actor=actor, outcome="refuse")
    record_audit("refused", actor=actor, target=post, note=words)
    _decided(actor, Decision.Outcome.REFUSED, thread, answer, review=review, ground=ground, words=words)


def _decided(actor: User, outcome: Decision.Outcome, thread: Thread, answer: Answer | None, **why: Any) -> None:
    person = thread.asker if answer is None else answer.author
    decide(actor=actor, outcome=outcome, thread=thread, answer=answer, person=person, **why)


# What a moderator chooses (settling.py) -------------------------------------------------------------------------------
def publish_case(case: Case) -> None:
    """It shows, as posted now."""
    assert case.thread is not None
    release(actor=case.actor, thread=case.thread, answer=case.answer, words=case.words)


def refuse_case(case: Case) -> None:
    """It never shows."""
    assert case.thread is not None
    refuse(actor=case.actor, thread=case.thread, answer=case.answer, ground=case.ground, words=case.words)


# Whether it waits -----------------------------------------------------------------------------------------------------


def _waiting(thread: Thread, answer: Answer | None, version: int | None = None) -> Thread | Answer:
    """The post, if it waits; EditConflict when it is another version."""
    post = thread if answer is None else answer
    if post.hidden_for != Hiding.HELD:
        raise Refused(_("This does not wait any more."))
    if version is not None and post.version != version:
        raise EditConflict(_("Its author changed it meanwhile. Please read it again."), post)
    return post


# Its author -----------------------------------------------------------------------------------------------------------
def _own(actor: User, thread_id: int, answer_id: int | None) -> tuple[Thread, Answer | None]:
    """One's own waiting post with its thread locked; NotThere for everything else."""
    waiting = Thread.objects.filter(pk=thread_id)
    if answer_id is None:
        waiting = waiting.filter(asker=actor, hidden_for=Hiding.HELD)
    else:
        waiting = waiting.filter(answers__pk=answer_id, answers__author=actor, answers__hidden_for=Hiding.HELD)
    thread = None
    if permissions.is_member(actor):
        thread = waiting.select_for_update(no_key=True, of=("self",)).first()
    # Locked now: asked again, as somebody may have decided while we waited.
    if thread is not None and answer_id is None and thread.hidden_for == Hiding.HELD:
        return thread, None
    answer = Answer.objects.filter(pk=answer_id or 0, author=actor, hidden_for=Hiding.HELD).first() if thread else None
    if thread is None or answer is None:
        raise NotThere(_("This does not wait any more."))
    answer.thread = thread
    return thread, answer


@transaction.atomic
def take_back(*, actor: User, thread_id: int, answer_id: int | None = None) -> None:
    """One's own post shall not show: it leaves the queue, and nobody but staff ever sees it. Twice is once."""
    mine = Review.objects.filter(kind=Review.Kind.HELD, person=actor, thread=thread_id, answer=answer_id)
    if mine.filter(outcome=TAKEN_BACK).exists():
        return  # the second press of a double click
    thread, answer = _own(actor, thread_id, answer_id)
    post = thread if answer is None else answer
    post.hidden_for = Hiding.DECIDED
    post.save(update_fields=["hidden_for"])
    _settle(thread=thread, answer=answer, actor=actor, outcome=TAKEN_BACK)


@transaction.atomic
def rewrite(
    *,
    actor: User,
    thread_id: int,
    answer_id: int | None = None,
    version: int,
    body: str,
    title: str = "",
    tags: Sequence[str] | None = None,
    product_version: str = "",
    attachment_ids: Sequence[int] = (),
    may_be_public: bool = False,
    private: Said = NOTHING_SAID,
) -> Thread | Answer:
    """Change one's own waiting post. What had to wait gone, it shows at once; otherwise it goes on waiting.

    Whether it shows is its `hidden_at`. EditConflict when it was changed in another window meanwhile; PrivateData as
    when it was written.
    """
    thread, answer = _own(actor, thread_id, answer_id)
    post, composed = (thread if answer is None else answer), compose_body(body)
    heading = compose_title(title) if answer is None else ""
    if post.version != version:
        raise EditConflict(_("This was changed while you were writing."), post)
    looked = look(
        patterns=thread.board.private_patterns,
        title=heading,
        body=composed.body,
        before=post.body if isinstance(post, Answer) else f"{post.title}\n{post.body}",
        may_be_public=may_be_public,
        said=private,
    )
    if looked.is_changed:
        composed = compose_body(looked.body)
        heading = compose_title(looked.title[:MAX_TITLE]) if answer is None else ""
    if looked.for_staff:
        write_note(actor=actor, thread=thread, text=looked.for_staff)
    _replace(post, composed, heading, thread, answer, actor)
    if answer is None:
        Thread.objects.filter(pk=thread.pk).update(product_version=compose_line(product_version))
        if tags is not None:
            set_tags(thread=thread, tags=find_tags(board=thread.board, words=tags))
    attach(actor=actor, ids=[*attachment_ids, *composed.attachment_ids], thread=thread, answer=answer)
    weighed = weigh(
        actor=actor,
        composed=composed,
        title=heading,
        files=[pk for pk in post.attachments.values_list("pk", flat=True) if answer or pk in attachment_ids],
        own_question=answer is None,
        itself=(thread.pk, answer.pk if answer else None),
    )
    renew_print(weighed, thread_id=thread.pk, answer_id=answer.pk if answer else None)
    if weighed.is_held:
        reasons = [str(reason) for reason in weighed.verdict.reasons]
        Review.objects.filter(kind=Review.Kind.HELD, thread=thread, answer=answer, settled_at=None).update(
            reasons=reasons, weight=weighed.verdict.weight
        )
    elif answer is None or permissions.can_answer(actor, thread):
        bring_out(thread=thread, answer=answer)
        _settle(thread=thread, answer=answer, actor=actor, outcome=CHANGED)
    return post


def _replace(
    post: Thread | Answer, composed: Composed, title: str, thread: Thread, answer: Answer | None, actor: User
) -> None:
    """The new words in the place of the old ones, which stay as a Revision: staff may have read them."""
    earlier = Revision(thread=thread, answer=answer, version=post.version, body=post.body, editor=actor)
    earlier.title, earlier.edited_at = (thread.title if answer is None else ""), clock.now()
    earlier.save()
    names = ["body", "body_html", "renderer_version", "version", "edited_at"]
    post.body, post.body_html, post.renderer_version = composed.body, composed.html, composed.renderer_version
    post.version, post.edited_at = post.version + 1, earlier.edited_at
    if answer is None:
        thread.title = title
        names.append("title")
    post.save(update_fields=names)
