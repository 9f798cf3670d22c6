"""What people do with threads: ask, edit, ask back, close, reopen, retag. (Moderators' acts: moderation.py.)"""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from community import clock, permissions
from community.actions.compose import (
    MAX_TITLE,
    Composed,
    Sheet,
    attach,
    claim_thread,
    compose_body,
    compose_line,
    compose_title,
    drop_draft,
)
from community.actions.holding import hold
from community.actions.limits import charge, spend
from community.actions.measuring import record_submitted
from community.actions.notices import mention
from community.actions.private_data import NOTHING_SAID, Said, look
from community.actions.private_notes import write as write_note
from community.actions.publishing import tell_asked
from community.actions.rechecking import check_edit
from community.actions.record import lock_thread, record_audit, record_event, was_edited_by
from community.actions.suspecting import Weighed, keep_print, weigh
from community.actions.tags import find_tags, set_tags
from community.actions.together import Writes
from community.content.languages import detect
from community.content.suspicion import UNKNOWN_ENTRY, Entry
from community.errors import EditConflict, NotAllowed, NotThere, Refused
from community.models import Board, Hiding, Revision, Tag, TaggedThread, Thread, ThreadEvent, User
from community.roles import highest

Event = ThreadEvent.Kind


def ask(
    *,
    actor: User,
    board_id: int,
    kind: str,
    title: str,
    body: str,
    tags: Sequence[str] = (),
    product_version: str = "",
    attachment_ids: Sequence[int] = (),
    linked_from: Thread | None = None,
    post_key: str = "",
    sheet: Sheet | None = None,
    person_key: str = "",
    form_token: str = "",
    entry: Entry = UNKNOWN_ENTRY,
    may_be_public: bool = False,
    private: Said = NOTHING_SAID,
) -> Thread:
    """Post a question (or problem, idea, praise) on a board the actor sees. The asker watches it.

    It may have to wait for a look first (actions/suspecting.py): then it is hidden, and nobody is told of it.
    PrivateData for words that may not be meant for everybody, unless they `may_be_public` or `private` says what
    becomes of them.
    `person_key` and `form_token` say to those who count whose form became this question (actions/measuring.py).
    The same `post_key` twice returns the thread made the first time. Refused for text that cannot be stored,
    NotThere for a board out of sight, NotAllowed for an archived one, TooOften beyond what one may ask.
    """
    if kind not in Thread.Kind.values:
        raise Refused(_("Please choose what kind of post this is."))
    heading, composed = compose_title(title), compose_body(body)
    with transaction.atomic():
        thread_id, fresh = claim_thread(actor=actor, post_key=post_key)
        if not fresh:
            return Thread.objects.get(pk=thread_id)
        board = _board_to_ask_on(actor, board_id)
        looked = look(
            patterns=board.private_patterns,
            title=heading,
            body=composed.body,
            may_be_public=may_be_public,
            said=private,
        )
        if looked.is_changed:
            heading, composed = compose_title(looked.title[:MAX_TITLE]), compose_body(looked.body)
        thread = Thread(
            id=thread_id,
            board=board,
            kind=kind,
            title=heading,
            product_version=compose_line(product_version),
            asker=actor,
            linked_from=_in_sight(actor, linked_from),
        )
        weighed = weigh(
            actor=actor, composed=composed, title=heading, files=attachment_ids, own_question=True, entry=entry
        )
        _write_down(thread, composed, weighed, tags=tags, sheet=sheet)
        attach(actor=actor, ids=[*attachment_ids, *composed.attachment_ids], thread=thread)
        if weighed.is_held:
            hold(thread=thread, verdict=weighed.verdict)
        else:
            mention(actor=actor, people=composed.mentioned, thread=thread)
        if looked.for_staff:
            write_note(actor=actor, thread=thread, text=looked.for_staff)
        if person_key and form_token:
            record_submitted(person_key=person_key, token=form_token, thread=thread)
    return thread


def _write_down(
    thread: Thread, composed: Composed, weighed: Weighed, *, tags: Sequence[str], sheet: Sheet | None
) -> None:
    """The new question with its words and tags, that it was asked, and that its asker watches it: in one message.

    One that waits for a look is stored out of sight, and that is all.
    """
    writes, asker = Writes(), thread.asker
    charge(writes, what="ask", actor=asker)
    thread.asked_at = thread.last_activity_at = clock.now()
    thread.asker_role = highest(asker.effective_roles)
    thread.body, thread.body_html, thread.renderer_version = composed.body, composed.html, composed.renderer_version
    thread.language = detect(f"{thread.title}\n{composed.plain}") or thread.board.language or asker.language
    if weighed.is_held:
        thread.hidden_at, thread.hidden_for = thread.asked_at, Hiding.HELD
    writes.add(thread)
    keep_print(weighed, writes=writes, thread_id=thread.pk, answer_id=None, author=asker)
    for tag in find_tags(board=thread.board, words=tags):
        writes.add(TaggedThread(content_object_id=thread.pk, tag_id=tag.pk), unless_there=True)
    if not weighed.is_held:
        tell_asked(thread, writes=writes)
    drop_draft(actor=asker, place="ask", writes=writes, sheet=sheet, title=thread.title, body=thread.body)
    writes.send()


def _board_to_ask_on(actor: User, board_id: int) -> Board:
    """The board, if this person sees it and may ask there."""
    board = Board.objects.visible_to(actor).filter(pk=board_id).first()
    if board is None:
        raise NotThere(_("There is no such board."))
    if not permissions.can_ask(actor, board):
        raise NotAllowed(_("This board no longer takes new questions."))
    return board


def _says(thread: Thread, title: str, body: str, product_version: str, tags: Sequence[Tag] | None) -> bool:
    """Whether the thread says exactly this already."""
    if (thread.title, thread.body, thread.product_version) != (title, body, product_version):
        return False
    return tags is None or {tag.pk for tag in tags} == {tag.pk for tag in thread.tags.all()}


def _in_sight(actor: User, thread: Thread | None) -> Thread | None:
    """The thread, if this person may see it."""
    return Thread.objects.visible_to(actor).filter(pk=thread.pk).first() if thread else None


def edit_thread(
    *,
    actor: User,
    thread_id: int,
    version: int,
    title: str,
    body: str,
    tags: Sequence[str] | None = None,
    product_version: str | None = None,
    attachment_ids: Sequence[int] = (),
    may_be_public: bool = False,
    private: Said = NOTHING_SAID,
) -> Thread:
    """Change the question's words. `version` is the one the editor started from.

    PrivateData, as when asking, for what was not in it before.
    Raises EditConflict when somebody changed it meanwhile; the earlier text stays as a Revision.
    An asker who edits after a request for information has given it.
    """
    heading, composed = compose_title(title), compose_body(body)
    with transaction.atomic():
        thread = lock_thread(actor=actor, thread_id=thread_id)
        if not permissions.can_edit_thread(actor, thread):
            raise NotAllowed(_("You cannot edit this question."))
        found_tags = None if tags is None else find_tags(board=thread.board, words=tags)
        line = thread.product_version if product_version is None else compose_line(product_version)
        pressed_twice = thread.version == version + 1 and _says(thread, heading, composed.body, line, found_tags)
        if pressed_twice and was_edited_by(actor, thread=thread, version=version):
            return thread
        if thread.version != version:
            raise EditConflict(_("Somebody changed this question while you were writing."), thread)
        looked = look(
            patterns=thread.private_patterns,  # type: ignore[attr-defined]
            title=heading,
            body=composed.body,
            before=f"{thread.title}\n{thread.body}",
            may_be_public=may_be_public,
            said=private,
        )
        if looked.is_changed:
            heading, composed = compose_title(looked.title[:MAX_TITLE]), compose_body(looked.body)
        if looked.for_staff:
            write_note(actor=actor, thread=thread, text=looked.for_staff)
        spend(what="edit", actor=actor)
        before = (f"{thread.title}\n{thread.body}", thread.body_html)
        gave_info = thread.needs_info_at is not None and thread.asker_id == actor.pk
        _rewrite(thread, heading, composed, line, actor=actor, gives_info=gave_info)
        if found_tags is not None:
            set_tags(thread=thread, tags=found_tags)
        attach(actor=actor, ids=[*attachment_ids, *composed.attachment_ids], thread=thread)
        record_event(Event.EDITED, actor=actor, thread=thread)
        if gave_info:
            record_event(Event.INFO_GIVEN, actor=actor, thread=thread)
        if not check_edit(actor=actor, thread=thread, answer=None, composed=composed, title=heading, before=before):
            mention(actor=actor, people=composed.mentioned, thread=thread)
        if actor.pk != thread.asker_id:
            record_audit("edit_thread", actor=actor, target=thread)
    return thread


def _rewrite(
    thread: Thread, title: str, composed: Composed, product_version: str, *, actor: User, gives_info: bool
) -> None:
    """Put the new words in the place of the old ones, which stay as a Revision."""
    now = clock.now()
    Revision.objects.create(
        thread=thread, version=thread.version, title=thread.title, body=thread.body, editor=actor, edited_at=now
    )
    thread.title, thread.body, thread.body_html = title, composed.body, composed.html
    thread.renderer_version, thread.product_version = composed.renderer_version, product_version
    if gives_info:
        thread.needs_info_at, thread.asker_spoke_last = None, True
    thread.version += 1
    thread.edited_at = now
    thread.save(
        update_fields=[
            *("title", "body", "body_html", "renderer_version", "product_version"),
            *("needs_info_at", "asker_spoke_last", "version", "edited_at"),
        ]
    )


def request_info(*, actor: User, thread_id: int) -> Thread:
    """Ask the asker for more: the thread waits for them, and they are told."""
    with transaction.atomic():
        thread = lock_thread(actor=actor, thread_id=thread_id)
        if not permissions.can_request_info(actor, thread):
            raise NotAllowed(_("Only staff and trusted members can ask for more information."))
        if thread.needs_info_at is None:
            thread.needs_info_at = clock.now()
            thread.save(update_fields=["needs_info_at"])
            record_event(Event.INFO_REQUESTED, actor=actor, thread=thread)
    return thread


@transaction.atomic
def close(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """Take the thread out of the helpers' lists: the asker who no longer needs it, or a moderator."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    if not permissions.can_close(actor, thread):
        raise NotAllowed(_("Only the asker and moderators can close this."))
    if thread.closed_at is None:
        thread.closed_at = clock.now()
        thread.save(update_fields=["closed_at"])
        record_event(Event.CLOSED, actor=actor, thread=thread)
        if actor.pk != thread.asker_id:
            record_audit("closed", actor=actor, target=thread, note=reason)
    return thread


@transaction.atomic
def reopen(*, actor: User, thread_id: int, reason: str = "") -> Thread:
    """Put a closed thread back into the lists."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    if not permissions.can_close(actor, thread):
        raise NotAllowed(_("Only the asker and moderators can reopen this."))
    if thread.closed_at is not None:
        thread.closed_at = None
        thread.save(update_fields=["closed_at"])
        record_event(Event.REOPENED, actor=actor, thread=thread)
        if actor.pk != thread.asker_id:
            record_audit("reopened", actor=actor, target=thread, note=reason)
    return thread


@transaction.atomic
def retag(*, actor: User, thread_id: int, tags: Sequence[str], reason: str = "") -> Thread:
    """Give the thread other tags: moderators, and while it is open its asker and helpers."""
    thread = lock_thread(actor=actor, thread_id=thread_id)
    if not permissions.can_retag(actor, thread):
        raise NotAllowed(_("You cannot change the tags of this question."))
    found = find_tags(board=thread.board, words=tags)
    if {tag.pk for tag in found} == {tag.pk for tag in thread.tags.all()}:
        return thread  # the second press of a double click
    set_tags(thread=thread, tags=found)
    record_event(Event.RETAGGED, actor=actor, thread=thread)
    if actor.pk != thread.asker_id:
        record_audit("retagged", actor=actor, target=thread, note=reason)
    return thread
