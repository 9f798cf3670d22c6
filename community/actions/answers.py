"""What people do with answers: write one, edit one."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.compose import attach, claim_key, compose_body, drop_draft
from community.actions.notices import mention, watch_thread
from community.actions.record import lock_thread, record_audit, record_event, was_edited_by
from community.errors import EditConflict, NotAllowed, NotThere
from community.models import Answer, Revision, Thread, ThreadEvent, User, Watch
from community.roles import highest

Event = ThreadEvent.Kind


def answer(*, actor: User, thread_id: int, body: str, attachment_ids: Sequence[int] = (), post_key: str = "") -> Answer:
    """Answer a thread one sees. The author watches it from now on; an asker's answer also gives what was asked for.

    The same `post_key` twice returns the answer made the first time. Refused for text that cannot be stored,
    NotThere for a thread out of sight, NotAllowed for a locked one.
    """
    composed = compose_body(body)
    with transaction.atomic():
        posted, fresh = claim_key(actor=actor, post_key=post_key)
        if not fresh and posted.answer_id:
            return Answer.objects.select_related("thread").get(pk=posted.answer_id)
        thread = lock_thread(actor=actor, thread_id=thread_id)
        if not permissions.can_answer(actor, thread):
            raise NotAllowed(_("This question takes no more answers."))
        now = clock.now()
        is_asker = thread.asker_id == actor.pk
        made = Answer.objects.create(
            thread=thread,
            position=thread.last_position + 1,
            author=actor,
            author_role=highest(actor.effective_roles),
            body=composed.body,
            body_html=composed.html,
            renderer_version=composed.renderer_version,
            answered_at=now,
        )
        gave_info = is_asker and thread.needs_info_at is not None
        Thread.objects.filter(pk=thread.pk).update(
            last_position=made.position,
            answer_count=F("answer_count") + 1,
            peer_answer_count=F("peer_answer_count") + (0 if is_asker else 1),
            asker_spoke_last=is_asker,
            first_answered_at=F("first_answered_at") if is_asker else Coalesce(F("first_answered_at"), now),
            last_activity_at=now,
            **({"needs_info_at": None} if gave_info else {}),
        )
        attach(actor=actor, ids=[*attachment_ids, *composed.attachment_ids], thread=thread, answer=made)
        record_event(Event.ANSWERED, actor=actor, thread=thread, answer=made)
        if gave_info:
            record_event(Event.INFO_GIVEN, actor=actor, thread=thread)
        watch_thread(person=actor, thread=thread, reason=Watch.Reason.ANSWERED)
        mention(actor=actor, people=composed.mentioned, thread=thread, answer=made)
        drop_draft(actor=actor, place=f"answer:{thread.pk}")
        posted.thread_id, posted.answer_id = thread.pk, made.pk
        posted.save(update_fields=["thread_id", "answer_id"])
    return made


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
