"""Words of a post wherever else they came to stand: earlier versions, drafts, quotes, files, reasons, mails of a demo.

Redaction (redaction.py) writes them anew without some pieces, a purge (purges.py) without all of a post. Whatever keeps
words about posts in a column of its own is named here; `tests/community/test_traces.py` asks a dump of the database.
"""

import re
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.db import models, transaction
from django.db.models import Q

from community import clock
from community.actions.compose import MAX_TITLE, render_body
from community.actions.data_exports import remove_exports_of
from community.actions.incoming_keeping import rewrite_mails
from community.actions.record import record_changes
from community.care.others import others
from community.content.markdown import MAX_BODY
from community.content.text import slugify_title
from community.models import (
    Answer,
    Appeal,
    Attachment,
    AuditEntry,
    AuditNote,
    Decision,
    DecisionWords,
    Draft,
    Flag,
    IllegalReport,
    IncomingMail,
    OldAddress,
    Regrouping,
    Review,
    Revision,
    Tag,
    Thread,
    User,
)
from community.personal.leftovers import forget_texts
from community.search.folder import want_a_new_one

Change = Callable[[str], str]
#: What stands where words were.
REMOVED = "[removed]"


def lock_group(thread: Thread) -> list[Thread]:
    """The thread and all others in which its words may stand, locked in the order of their ids.

    Those are where its answers moved to or came from, its duplicates, and questions asked anew beside it.
    """
    moved = Q(answers__moved_to__thread=thread) | Q(answers__moved_from__thread=thread)
    near = Q(merged_into=thread) | Q(linked_from=thread)
    near |= Q(pk__in=Regrouping.objects.filter(thread=thread).values("target"))
    near |= Q(pk__in=Regrouping.objects.filter(target=thread).values("thread"))
    if thread.merged_into_id is not None:
        near |= Q(pk=thread.merged_into_id)
    ids = {thread.pk, *Thread.objects.filter(moved | near).order_by().values_list("pk", flat=True)}
    return list(Thread.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=ids).order_by("pk"))


def rewrite_post(post: Thread | Answer, change: Change, *, editor: User) -> bool:
    """Write one post anew; False when nothing of it changes. The caller holds its thread's lock.

    The version before is kept as the new words too, so that whoever edits the old ones is told, and finds nothing.
    """
    changes = {"body": change(post.body)[:MAX_BODY]}
    if isinstance(post, Thread):
        changes["title"] = change(post.title)[:MAX_TITLE] or REMOVED
        changes["product_version"] = change(post.product_version)[:60]
    if all(getattr(post, name) == value for name, value in changes.items()):
        return False
    keep_as_revision(post, title=changes.get("title", ""), body=changes["body"], editor=editor)
    changes["body_html"] = render_body(changes["body"])[0].html if changes["body"] else ""
    for name, value in changes.items():
        setattr(post, name, value)
    post.version += 1
    post.save(update_fields=[*changes, "version"])
    return True


def keep_as_revision(post: Thread | Answer, *, title: str = "", body: str = "", editor: User) -> None:
    """What stands in the history as the present version, which is about to be another."""
    kept = Revision(version=post.version, title=title, body=body, editor=editor, edited_at=clock.now())
    if isinstance(post, Thread):
        kept.thread = post
    else:
        kept.thread_id, kept.answer = post.thread_id, post
    kept.save()


def rewrite_group(
    threads: list[Thread], change: Change, *, editor: User, besides: Iterable[Thread | Answer] = ()
) -> None:
    """Write every post of these locked threads anew, but for those `besides`, and all that stands beside them.

    Followers hear of it where that changed anything.
    """
    besides, has_changed = list(besides), False

    def noting(text: str) -> str:
        nonlocal has_changed
        written = change(text)
        has_changed = has_changed or written != text
        return written

    left = [row.pk for row in besides if isinstance(row, Answer)]
    for thread in threads:
        if thread not in besides:
            rewrite_post(thread, noting, editor=editor)
        for answer in Answer.objects.filter(thread=thread).exclude(pk__in=left).order_by("position"):
            rewrite_post(answer, noting, editor=editor)
    ids = [thread.pk for thread in threads]
    rewrite_rows(Revision.objects.filter(thread__in=ids), ("title", "body"), noting)
    rewrite_rows(Flag.objects.filter(thread__in=ids), ("words",), noting)
    rewrite_rows(DecisionWords.objects.filter(decision__thread__in=ids), ("text",), noting)
    rewrite_rows(Appeal.objects.filter(decision__thread__in=ids), ("words",), noting)
    rewrite_rows(IllegalReport.objects.filter(thread__in=ids), ("explanation", "place"), noting)
    rewrite_rows(audit_notes(threads), ("text",), noting)
    rewrite_mails(IncomingMail.objects.filter(thread__in=ids), noting)
    rewrite_drafts(threads, noting)
    for care in others():
        care.rewrite(threads, noting)
    if has_changed:
        record_changes(Thread.objects.filter(pk__in=ids))


def rewrite_rows(rows: "models.QuerySet[Any]", names: tuple[str, ...], change: Change) -> None:
    """Write these columns anew where `change` changes them."""
    for row in rows.iterator(chunk_size=200):
        changed = {name: new for name in names if (new := change(getattr(row, name))) != getattr(row, name)}
        if changed:
            type(row)._default_manager.filter(pk=row.pk).update(**changed)


def audit_notes(threads: list[Thread]) -> "models.QuerySet[AuditNote]":
    """The reasons that were given for acts on these threads, on their answers, and on what was decided about them."""
    ids = [thread.pk for thread in threads]
    return _notes_about({"thread__in": ids}, {"thread": ids, "answer": Answer.objects.filter(thread__in=ids)})


def audit_notes_of(*, thread: Thread | None = None, answers: Iterable[int] = ()) -> "models.QuerySet[AuditNote]":
    """The same for a question alone, or for these answers."""
    if thread is not None:
        return _notes_about({"thread": thread, "answer": None}, {"thread": [thread.pk]})
    return _notes_about({"answer__in": list(answers)}, {"answer": list(answers)})


def _notes_about(of_posts: dict[str, Any], kept: dict[str, Any]) -> "models.QuerySet[AuditNote]":
    about = Q()
    for model in (Review, Decision, Flag):
        kept[str(model._meta.model_name)] = model._default_manager.filter(**of_posts)
    for kind, found in kept.items():
        about |= Q(object_kind=kind, object_id__in=found if isinstance(found, list) else found.values("pk"))
    return AuditNote.objects.filter(entry__in=AuditEntry.objects.filter(about).values("pk"))


def rewrite_drafts(threads: list[Thread], change: Change) -> None:
    """Drafts of answers to these questions, and what those who wrote there are just asking."""
    ids = [thread.pk for thread in threads]
    people = {thread.asker_id for thread in threads}
    people |= set(Answer.objects.filter(thread__in=ids).order_by().values_list("author_id", flat=True))
    places = Q(person__in=people, place__startswith="ask")
    for pk in ids:
        places |= Q(place=f"answer:{pk}") | Q(place__startswith=f"answer:{pk}:")
    for draft in Draft.objects.filter(places):
        choices = {name: change(value) if isinstance(value, str) else value for name, value in draft.choices.items()}
        changed = {"title": change(draft.title)[:MAX_TITLE], "body": change(draft.body), "choices": choices}
        if changed != {"title": draft.title, "body": draft.body, "choices": draft.choices}:
            Draft.objects.filter(pk=draft.pk).update(**changed)


# Files ----------------------------------------------------------------------------------------------------------------
def rename_files(files: Iterable[Attachment], change: Change) -> dict[str, str]:
    """Give files another name where theirs says it, and text files other contents; their old addresses and new ones."""
    moved = {}
    for file in files:
        if change(file.name) != file.name:
            old = f"/attachments/{file.pk}/{file.name}"
            file.name = f"{file.kind}-{file.pk}.{file.name.rpartition('.')[2]}"
            Attachment.objects.filter(pk=file.pk).update(name=file.name)
            moved[old] = f"/attachments/{file.pk}/{file.name}"
        if file.kind == Attachment.Kind.TEXT:
            _rewrite_file(file, change)
    return moved


def _rewrite_file(file: Attachment, change: Change) -> None:
    text = text_of(file)
    if (rewritten := change(text)) == text:
        return
    old, data, storage = str(file.file.name), rewritten.encode(), file.file.storage
    file.file.save(f"{uuid4().hex}.bin", ContentFile(data), save=False)
    Attachment.objects.filter(pk=file.pk).update(file=file.file.name, size=len(data))
    transaction.on_commit(partial(storage.delete, old))


def text_of(file: Attachment) -> str:
    """What stands in a text file; "" for what cannot be read."""
    try:
        with file.file.open() as stored:
            return str(stored.read().decode())
    except (OSError, UnicodeDecodeError):
        return ""


def destroy_files(files: Iterable[Attachment]) -> list[re.Pattern[str]]:
    """Delete files and their rows; what finds them in a body. A file that is gone already is no reason to stop."""
    places = []
    for file in list(files):
        places.append(re.compile(rf"!?\[[^\]\n]*\]\(<?/attachments/{file.pk}/[^)\s]*\)"))
        places.append(re.compile(rf"/attachments/{file.pk}/[^\s)\"'<>\]]*"))
        name, storage = str(file.file.name), file.file.storage
        file.delete()
        transaction.on_commit(partial(storage.delete, name))
    return places


# Beside the posts -----------------------------------------------------------------------------------------------------
def forget_addresses(thread: Thread, pieces: Iterable[str]) -> None:
    """Old addresses of this thread that spell one of the pieces lead nowhere from now on."""
    spelled = [word for piece in pieces for word in (piece.lower(), slugify_title(piece)) if len(word) > 2]
    for old in OldAddress.objects.filter(Q(thread=thread) | Q(answer__thread=thread)):
        if any(word in old.path.lower() for word in spelled if word != "thread"):
            old.delete()


def drop_tags(thread: Thread, names: Callable[[str], bool]) -> None:
    """Take tags off the thread whose name is meant; one that nothing else carries is gone."""
    for tag in Tag.objects.filter(tagged__content_object=thread):
        if names(tag.name):
            thread.tagged.filter(tag=tag).delete()
            if not tag.tagged.exists() and not tag.board_tags.exists():
                tag.delete()


def forget_outside(is_in: Callable[[str], bool], people: Iterable[User]) -> None:
    """Archives that people asked for, mails in the outbox of a demo, lines of logs, and the files of the search index.

    All once it is committed.
    """
    for person in people:
        remove_exports_of(person)
    transaction.on_commit(partial(forget_texts, is_in))
    transaction.on_commit(want_a_new_one)
