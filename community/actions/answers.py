"""What people do with answers: write one, edit one."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions import official
from community.actions.compose import Sheet, attach, claim_answer, compose_body, drop_draft
from community.actions.holding import hold
from community.actions.limits import charge, spend
from community.actions.notices import mention
from community.actions.private_data import NOTHING_SAID, Said, look
from community.actions.private_notes import write as write_note
from community.actions.publishing import tell_answered
from community.actions.rechecking import check_edit
from community.actions.record import MAX_ID, lock_thread, record_audit, record_event, was_edited_by
from community.actions.suspecting import Weighed, keep_print, weigh
from community.actions.together import Writes
from community.content.suspicion import UNKNOWN_ENTRY, Entry
from community.errors import EditConflict, NotAllowed, NotThere
from community.models import Answer, Hiding, Revision, Thread, ThreadEvent, User
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
    entry: Entry = UNKNOWN_ENTRY,
    may_be_public: bool = False,
    private: Said = NOTHING_SAID,
    is_official: bool = False,
) -> Answer:
    """Answer a thread one sees. The author watches it from now on; an asker's answer also gives what was asked for.

    Staff may say that it `is_official`; then it may wait until another of them has read it (official.py).
    It may have to wait for a look first (actions/suspecting.py): then it is hidden, and nobody is told of it.
    PrivateData for words that may not be meant for everybody, unless they `may_be_public` or `private` says what
    becomes of them. The same `post_key` twice returns the answer made the first time. Refused for text that cannot be
    stored, NotThere for a thread out of sight, NotAllowed for a locked one,
    TooOften beyond what one may write.
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
        if is_official and not permissions.is_staff(actor):
            raise NotAllowed(_("Only staff can mark their own answers as official."))
        looked = look(
            patterns=thread.private_patterns,  # type: ignore[attr-defined]
            body=composed.body,
            may_be_public=may_be_public,
            said=private,
        )
        if looked.is_changed:
            composed = compose_body(looked.body)
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
        weighed = weigh(actor=actor, composed=composed, files=attachment_ids, entry=entry)
        if weighed.is_held:
            made.hidden_at, made.hidden_for = made.answered_at, Hiding.HELD
        elif is_official and official.must_wait(thread):
            made.hidden_at, made.hidden_for = made.answered_at, Hiding.APPROVAL
        _write_down(made, weighed, sheet=sheet)
        attach(actor=actor, ids=[*attachment_ids, *composed.attachment_ids], thread=thread, answer=made)
        if weighed.is_held:
            hold(thread=thread, answer=made, verdict=weighed.verdict)
        elif made.hidden_at is not None:
            official.propose(answer=made, why=official.NEW)
        else:
            mention(actor=actor, people=composed.mentioned, thread=thread, answer=made)
            if is_official:
                official.speak(actor=actor, answer=made)
        if looked.for_staff:
            write_note(actor=actor, thread=thread, text=looked.for_staff)
    return made


def _write_down(made: Answer, weighed: Weighed, *, sheet: Sheet | None) -> None:
    """The new answer, that it was given, and that its author watches the thread: in one message to the database.

    One that waits for a look or for approval takes its place among the answers out of sight, and that is all.
    """
    writes, author, thread = Writes(), made.author, made.thread
    charge(writes, what="answer", actor=author)
    writes.add(made)
    keep_print(weighed, writes=writes, thread_id=thread.pk, answer_id=made.pk, author=author)
    if made.hidden_at is not None:
        writes.sql("UPDATE community_thread SET last_position = %s WHERE id = %s", [made.position, thread.pk])
    else:
        _count_in(made, thread, writes=writes)
        tell_answered(made, writes=writes)
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


def edit_answer(
    *,
    actor: User,
    answer_id: int,
    version: int,
    body: str,
    attachment_ids: Sequence[int] = (),
    may_be_public: bool = False,
    private: Said = NOTHING_SAID,
) -> Answer:
    """Change an answer's words. Raises EditConflict when `version` is no longer the current one.

    PrivateData, as when answering, for what was not in it before; TooOften for very many.
    """
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
        looked = look(
            patterns=thread.private_patterns,  # type: ignore[attr-defined]
            body=composed.body,
            before=changed.body,
            may_be_public=may_be_public,
            said=private,
        )
        if looked.is_changed:
            composed = compose_body(looked.body)
        if looked.for_staff:
            write_note(actor=actor, thread=thread, text=looked.for_staff)
        spend(what="edit", actor=actor)
        now, before = clock.now(), (changed.body, changed.body_html)
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
        if not check_edit(actor=actor, thread=thread, answer=changed, composed=composed, title="", before=before):
            mention(actor=actor, people=composed.mentioned, thread=thread, answer=changed)
        official.words_changed(answer=changed)
        if actor.pk != changed.author_id:
            record_audit("edit_answer", actor=actor, target=changed)
    return changed
