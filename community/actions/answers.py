"""What people do with answers: write one, edit one."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.compose import Sheet, attach, claim_answer, compose_body, drop_draft
from community.actions.notices import mention, watch_thread
from community.actions.record import MAX_ID, lock_thread, record_audit, record_event, was_edited_by
from community.actions.together import Writes
from community.errors import EditConflict, NotAllowed, NotThere
from community.models import Answer, Revision, Thread, ThreadEvent, User, Watch
from community.roles import highest

Event = ThreadEvent.Kind


def answer(
    *,
    actor: User,
    thread_id: int,
    body: str,
    attachment_ids: Sequence[int] = (),
    post_key: str = "",
    sheet: Sheet | None = None,
) -> Answer:
    """Answer a thread one sees. The author watches it from now on; an asker's answer also gives what was asked for.

    The same `post_key` twice returns the answer made the first time. Refused for text that cannot be stored,
    NotThere for a thread out of sight, NotAllowed for a locked one.
    """
    composed = compose_body(body)
    if not 0 < thread_id <= MAX_ID:
        raise NotThere(_("There is no such question."))
    with transaction.atomic():
        answer_id, fresh = claim_answer(actor=actor, thread_id=thread_id, post_key=post_key)
        if not fresh:
            return Answer.objects.select_related("thread").get(pk=answer_id)
        thread = lock_thread(actor=actor, thread_id=thread_id)
        if not permissions.can_answer(actor, thread):
            raise NotAllowed(_("This question takes no more answers."))
        made = Answer(
            id=answer_id,
            thread=thread,
            position=thread.last_position + 1,
            author=actor,
            author_role=highest(actor.effective_roles),
            body=composed.body,
            body_html=composed.html,
            renderer_version=composed.renderer_version,
            answered_at=clock.now(),
        )
        _write_down(made, sheet=sheet)
        attach(actor=actor, ids=[*attachment_ids, *composed.attachment_ids], thread=thread, answer=made)
        mention(actor=actor, people=composed.mentioned, thread=thread, answer=made)
    return made


def _write_down(made: Answer, *, sheet: Sheet | None) -> None:
    """The new answer, that it was given, and that its author watches the thread: in one message to the database."""
    writes, author, thread = Writes(), made.author, made.thread
    writes.add(made)
    _count_in(made, thread, writes=writes)
    record_event(Event.ANSWERED, actor=author, thread=thread, answer=made, writes=writes)
    if thread.needs_info_at is not None and thread.asker_id == author.pk:
        record_event(Event.INFO_GIVEN, actor=author, thread=thread, writes=writes)
    watch_thread(person=author, thread=thread, reason=Watch.Reason.ANSWERED, writes=writes)
    drop_draft(actor=author, place=f"answer:{thread.pk}", writes=writes, sheet=sheet, body=made.body)
    writes.send()


def _count_in(made: Answer, thread: Thread, *, writes: Writes) -> None:
    """Bring the thread's own facts in step with its new answer. An asker who was asked back has spoken."""
    by_asker = made.author_id == thread.asker_id
    writes.sql(
        """
        UPDATE community_thread SET
            last_position = %s, answer_count = answer_count + 1, peer_answer_count = peer_answer_count + %s,
            asker_spoke_last = %s, needs_info_at = CASE WHEN %s THEN NULL ELSE needs_info_at END,
            first_answered_at = coalesce(first_answered_at, %s), last_activity_at = %s
        WHERE id = %s
        """,
        [
            *(made.position, 0 if by_asker else 1, by_asker, by_asker),
            *(None if by_asker else made.answered_at, made.answered_at, thread.pk),
        ],
    )


def edit_answer(*, actor: User, answer_id: int, version: int, body: str, attachment_ids: Sequence[int] = ()) -> Answer:
    """Change an answer's words. Raises EditConflict when `version` is no longer the current one."""
    composed = compose_body(body)
    with transaction.atomic():
        found = Answer.objects.visible_to(actor).filter(pk=answer_id).values_list("thread_id", flat=True).first()
        if found is None:
            raise NotThere(_("There is no such answer."))
        thread = lock_thread(actor=actor, thread_id=found)
        changed = Answer.objects.get(pk=answer_id)
        changed.thread = thread
        if not permissions.can_edit_answer(actor, changed):
            raise NotAllowed(_("You cannot edit this answer."))
        pressed_twice = (changed.version, changed.body) == (version + 1, composed.body)
        if pressed_twice and was_edited_by(actor, thread=thread, answer=changed, version=version):
            return changed
        if changed.version != version:
            raise EditConflict(_("Somebody changed this answer while you were writing."), changed)
        now = clock.now()
        Revision.objects.create(
            thread=thread, answer=changed, version=version, body=changed.body, editor=actor, edited_at=now
        )
        changed.body, changed.body_html = composed.body, composed.html
        changed.renderer_version = composed.renderer_version
        changed.version += 1
        changed.edited_at = now
        changed.save(update_fields=["body", "body_html", "renderer_version", "version", "edited_at"])
        attach(actor=actor, ids=[*attachment_ids, *composed.attachment_ids], thread=thread, answer=changed)
        record_event(Event.EDITED, actor=actor, thread=thread, answer=changed)
        mention(actor=actor, people=composed.mentioned, thread=thread, answer=changed)
        if actor.pk != changed.author_id:
            record_audit("edit_answer", actor=actor, target=changed)
    return changed
