"""What people tell staff alone, beside a question that everybody reads."""

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.record import record_audit
from community.content.markdown import MAX_BODY
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, NotThere, Refused
from community.models import Hiding, PrivateNote, Thread, User


@transaction.atomic
def write(*, actor: User, thread: Thread, text: str) -> PrivateNote:
    """Keep these words for staff beside a thread this person sees. Nothing public tells of it.

    Refused for text that cannot be stored, NotAllowed for whoever is no member, NotThere for a thread out of sight.
    """
    if not permissions.is_member(actor):
        raise NotAllowed(_("Sign in to write to staff."))
    waits = thread.asker_id == actor.pk and thread.hidden_for == Hiding.HELD  # asked just now, and nobody sees it yet
    if not waits and not Thread.objects.visible_to(actor).filter(pk=thread.pk).exists():
        raise NotThere(_("There is no such question."))
    try:
        words = clean_text(text).strip()[:MAX_BODY]
    except BadText as error:
        raise Refused(str(error)) from error
    if not words:
        raise Refused(_("Please write something first."))
    return PrivateNote.objects.create(thread=thread, author=actor, text=words, written_at=clock.now())


@transaction.atomic
def take_back(*, actor: User, note_id: int) -> Thread:
    """Delete one's own note, words and all; returns its thread. Gone already is NotThere."""
    note = _seen(actor, note_id)
    if note.author_id != actor.pk:
        raise NotAllowed(_("Only whoever wrote this can take it back."))
    note.delete()
    return note.thread


@transaction.atomic
def mark_read(*, actor: User, note_id: int) -> Thread:
    """Say that staff have taken it in; twice is once."""
    note = _seen(actor, note_id)
    if not permissions.is_staff(actor):
        raise NotAllowed(_("Only staff can do this."))
    if note.read_at is None:
        note.read_at, note.read_by = clock.now(), actor
        note.save(update_fields=["read_at", "read_by"])
        record_audit("read_private_note", actor=actor, target=note.thread)
    return note.thread


def _seen(actor: User, note_id: int) -> PrivateNote:
    visible = PrivateNote.objects.visible_to(actor).select_related("thread")
    note = visible.select_for_update(of=("self",)).filter(pk=note_id).first()
    if note is None:
        raise NotThere(_("There is no such note."))
    return note
