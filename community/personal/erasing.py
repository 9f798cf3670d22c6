"""The second part of an erasure: the person's name in everything else, found by the schema, in portions.

Each portion is one transaction and remembers how far it is, so that a killed worker goes on, and two workers share the
work. A text that is written anew gets another version, so that somebody who is editing the old one is told (409); what
is kept as the version before is the new text too, because the old one names the person.
"""

import logging
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, NamedTuple

from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db import connection, models, transaction
from django.db.models import F, Q

from community import clock
from community.actions.compose import render_body
from community.actions.erasure import begin_again
from community.actions.record import record_changes
from community.care.others import others
from community.content.markdown import MAX_BODY, BodyTooLong
from community.content.names import Names
from community.models import Answer, Attachment, Erasure, ErasureWords, Revision, Thread
from community.personal.leftovers import forget_in_files
from community.personal.schema import Model, label, word_columns

logger = logging.getLogger(__name__)

#: So many rows are looked up, and written anew, at once.
PORTION = 200
SESSIONS = 1000
#: A single word that stands in more posts than this where the person never was is a word of everyday life.
MOST_STRANGERS = 3


class Work(NamedTuple):
    """One portion's surroundings: the person, their names, and the threads they wrote in."""

    erasure: Erasure
    names: Names
    threads: frozenset[int]


class Done(NamedTuple):
    """How far it is ("" when this step is done), and how many rows were changed."""

    place: str
    changed: int = 0


Step = Callable[[Work, str], Done]


def finish_erasures() -> int:
    """Go on with every erasure that is not finished; how many were finished.

    One that fails keeps no other waiting; its error is raised at the end, for the watchdog to tell.
    """
    waiting = Erasure.objects.filter(finished_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    done, failed = 0, None
    for erasure_id in list(waiting):
        try:
            done += finish(erasure_id)
        except Exception as error:
            logger.exception("The erasure %s could not go on.", erasure_id)
            failed = failed or error
    if failed is not None:
        raise failed
    return done


def erase_again(person_id: int) -> bool:
    """Erase whoever was erased after the backup that was restored, to the end. False when nothing was to do."""
    erasure = begin_again(person_id=person_id)
    return erasure is not None and finish(erasure.pk)


def finish(erasure_id: int) -> bool:
    """Portion by portion to the end; False when somebody else finished it."""
    found = Erasure.objects.filter(pk=erasure_id, finished_at__isnull=True).first()
    if found is None:
        return False
    threads = frozenset(
        Thread.objects.filter(Q(asker=found.person_id) | Q(answers__author=found.person_id))
        .order_by()
        .values_list("pk", flat=True)
    )
    while True:
        with transaction.atomic():
            erasure = Erasure.objects.select_for_update(no_key=True).get(pk=erasure_id)
            if erasure.finished_at is not None:
                return False
            if _portion(erasure, threads):
                return True


def _portion(erasure: Erasure, threads: frozenset[int]) -> bool:
    """The next portion; True when that was the last."""
    names = Names(**ErasureWords.objects.values_list("names", flat=True).get(erasure=erasure))
    steps = list(_steps())
    name, _mark, place = (erasure.place or steps[0]).partition("|")
    done = _steps()[name](Work(erasure, names, threads), place)
    erasure.changed += done.changed
    following = f"{name}|{done.place}" if done.place else next(iter(steps[steps.index(name) + 1 :]), "")
    if not following:
        ErasureWords.objects.filter(erasure=erasure).delete()
        erasure.finished_at = clock.now()
    erasure.place = following
    erasure.save(update_fields=["place", "changed", "finished_at"])
    return not following


@cache
def _steps() -> dict[str, Step]:
    """By name, in their order. Files come last: they may quote what the database still held before."""
    words = {f"words:{label(model)}": _words_step(model, columns) for model, columns in word_columns()}
    return {"common": _find_common, "attachments": _attachments, **words, "sessions": _sessions, "files": _files}


# What is looked for ---------------------------------------------------------------------------------------------------
_STRANGERS = """
    SELECT count(*) FROM (
        (SELECT 1 FROM community_thread t
         WHERE (t.title || ' ' || t.body) ~* %(word)s AND t.asker_id <> %(person)s
           AND NOT EXISTS (SELECT 1 FROM community_answer x WHERE x.thread_id = t.id AND x.author_id = %(person)s)
         LIMIT %(most)s)
        UNION ALL
        (SELECT 1 FROM community_answer a JOIN community_thread t ON t.id = a.thread_id
         WHERE a.body ~* %(word)s AND a.author_id <> %(person)s AND t.asker_id <> %(person)s
           AND NOT EXISTS (SELECT 1 FROM community_answer x WHERE x.thread_id = t.id AND x.author_id = %(person)s)
         LIMIT %(most)s)
    ) AS found
"""


def _find_common(work: Work, _place: str) -> Done:
    """Which of the names are words of everyday life here."""
    common = []
    with connection.cursor() as cursor:
        for name in work.names.bare:
            if " " in name:
                continue
            word = rf"(^|[^\w@]){re.escape(name)}($|[^\w@])"
            about: dict[str, str | int] = {"word": word, "person": work.names.person_id, "most": MOST_STRANGERS + 1}
            cursor.execute(_STRANGERS, about)
            if cursor.fetchone()[0] > MOST_STRANGERS:
                common.append(name)
    names = work.names.as_json() | {"common": common}
    ErasureWords.objects.filter(erasure=work.erasure).update(names=names)
    return Done("")


# Words ----------------------------------------------------------------------------------------------------------------
def _words_step(model: Model, columns: tuple[Any, ...]) -> Step:
    """The step that goes through one table: rows in which one of the columns may name the person."""

    def step(work: Work, place: str) -> Done:
        rows = _candidates(model, columns, work.names, place)
        changed = [row for row in rows if _rewrite(work, row, columns)]
        _tell(changed)
        return Done(str(rows[-1].pk) if len(rows) == PORTION else "", len(changed))

    return step


def _candidates(model: Model, columns: tuple[Any, ...], names: Names, place: str) -> list[Any]:
    """The next rows that contain one of the names in any case, by id, locked."""
    contains = Q()
    for column in columns:
        for needle in names.needles:
            # A number or an object in JSON is compared as its text.
            contains |= Q(**{f"{column.name}__icontains": needle})
    if not names.needles:
        return []
    manager: models.Manager[Any] = model._default_manager
    found = manager.filter(contains, pk__gt=int(place or 0)).order_by("pk")
    if model is Answer:  # thread before answer, always: whoever edits one holds its thread
        threads = list(found.values_list("thread_id", flat=True)[:PORTION])
        list(Thread.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=threads).order_by("pk"))
        found = found.filter(thread_id__in=threads)
    return list(found.select_for_update(no_key=True, of=("self",))[:PORTION])


def _rewrite(work: Work, row: Any, columns: tuple[Any, ...]) -> bool:
    """Write the row without the person; False when it names somebody else, or nobody."""
    names, person = work.names, work.names.person_id
    is_own = person in [getattr(row, name, None) for name in ("asker_id", "author_id", "requester_id", "uploader_id")]
    if isinstance(row, Revision):  # the words of whoever wrote the post, not of whoever changed them
        is_own = False
    took_part = getattr(row, "thread_id", row.pk if isinstance(row, Thread) else None) in work.threads
    took_part = took_part or any(care.took_part(row, person) for care in others())

    def without(value: Any) -> Any:
        if isinstance(value, str):
            return names.rewrite(value, is_own=is_own, took_part=took_part)
        if isinstance(value, list):
            return [without(each) for each in value]
        if isinstance(value, dict):
            return {name: without(each) for name, each in value.items()}
        return value

    changes = {}
    for column in columns:
        old = getattr(row, column.attname)
        new = without(old)
        if isinstance(new, str) and column.max_length:
            new = new[: column.max_length]
        if new != old:
            changes[column.attname] = new
    if not changes:
        return False
    if "body" in changes and hasattr(row, "body_html"):
        changes |= _rendered(row, changes, without)
    if isinstance(row, Thread | Answer):
        _store(row, changes | _rendered(row, changes, without))
    else:
        type(row)._default_manager.filter(pk=row.pk).update(**changes)
    return True


def _store(post: Thread | Answer, changes: dict[str, Any]) -> None:
    """The post's new words, as a version of their own. The caller holds the thread's lock."""
    kept = Revision(version=post.version, body=changes["body"], edited_at=clock.now())
    if isinstance(post, Thread):
        kept.thread, kept.editor_id, kept.title = post, post.asker_id, changes.get("title", post.title)
    else:
        kept.thread_id, kept.answer, kept.editor_id = post.thread_id, post, post.author_id
    kept.save()
    type(post)._default_manager.filter(pk=post.pk).update(**changes, version=F("version") + 1)


def _rendered(row: Any, changes: dict[str, Any], without: Callable[[Any], Any]) -> dict[str, Any]:
    """The body, short enough to be one, and its HTML made anew."""
    body = changes.get("body", row.body)
    if len(body) > MAX_BODY:
        body = body[:MAX_BODY]
    try:
        html = render_body(body)[0].html
    except BodyTooLong:  # pragma: no cover - cut above
        html = row.body_html
    return {"body": body, "body_html": without(html)}


def _tell(rows: list[Any]) -> None:
    """Page caches and search indexes read these threads again."""
    threads = {row.pk if isinstance(row, Thread) else row.thread_id for row in rows if isinstance(row, Thread | Answer)}
    if threads:
        record_changes(Thread.objects.filter(pk__in=threads))


# Files in posts -------------------------------------------------------------------------------------------------------
_PARTS = re.compile(r"[\W_]+")


def _attachments(work: Work, place: str) -> Done:
    """The person's own files in their posts: what they are called, and what stands in text files."""
    mine = Attachment.objects.filter(uploader=work.names.person_id, pk__gt=int(place or 0)).order_by("pk")
    files = list(mine[:PORTION])
    changed = sum(_rename(work, file) + _rewrite_file(work, file) for file in files)
    return Done(str(files[-1].pk) if len(files) == PORTION else "", changed)


def _names_somebody(names: Names, file_name: str) -> bool:
    """Whether a file's name holds one of the names, whatever stands between its words."""
    parts, squeezed = set(_PARTS.split(file_name.lower())), _PARTS.sub("", file_name.lower())
    for form in (*names.bare, *(address.partition("@")[0] for address in names.addresses)):
        flat = _PARTS.sub("", form.lower())
        if flat and (flat in parts or (len(flat) > 3 and flat in squeezed)):
            return True
    return False


def _rename(work: Work, file: Attachment) -> int:
    """A name that says nothing, in the row and in the address that stands in the post."""
    if not _names_somebody(work.names, file.name):
        return 0
    name = f"{file.kind}-{file.pk}.{file.name.rpartition('.')[2]}"
    Attachment.objects.filter(pk=file.pk).update(name=name)
    address = re.compile(rf"/attachments/{file.pk}/[^\s)\"'<>\]]*")
    thread = Thread.objects.select_for_update(no_key=True, of=("self",)).filter(pk=file.thread_id or 0).first()
    post = Answer.objects.get(pk=file.answer_id) if file.answer_id else thread
    if post is not None and address.search(post.body):
        body = address.sub(f"/attachments/{file.pk}/{name}", post.body)
        _store(post, {"body": body, "body_html": render_body(body)[0].html})
        _tell([post])
    return 1


def _rewrite_file(work: Work, file: Attachment) -> int:
    if file.kind != Attachment.Kind.TEXT:
        return 0  # pictures were drawn anew when they came: nothing hides in them
    try:
        with file.file.open() as stored:
            text = stored.read().decode()
    except (OSError, UnicodeDecodeError):
        return 0
    rewritten = work.names.rewrite(text, is_own=True)
    if rewritten == text:
        return 0
    old, data = str(file.file.name), rewritten.encode()
    file.file.save(f"{old.rpartition('/')[2].rpartition('.')[0]}-{file.pk}.bin", ContentFile(data), save=False)
    Attachment.objects.filter(pk=file.pk).update(file=file.file.name, size=len(data))
    transaction.on_commit(lambda: file.file.storage.delete(old))
    return 1


# Sessions and files beside the database -------------------------------------------------------------------------------
def _sessions(work: Work, place: str) -> Done:
    """Sessions that no list knows as the person's: one that is only half signed in holds the address typed there."""
    rows = list(Session.objects.filter(session_key__gt=place).order_by("session_key")[:SESSIONS])
    gone = [row.session_key for row in rows if _is_about(work.names, row.get_decoded())]
    Session.objects.filter(session_key__in=gone).delete()
    return Done(rows[-1].session_key if len(rows) == SESSIONS else "", len(gone))


def _is_about(names: Names, data: dict[str, Any]) -> bool:
    if str(data.get("_auth_user_id", "")) == str(names.person_id):
        return True
    wanted = {address.lower() for address in names.addresses} | {names.username.lower()} - {""}
    return any(text.lower() in wanted or names.is_in(text) for text in _texts(data))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)


def _files(work: Work, _place: str) -> Done:
    return Done("", forget_in_files(work.names))
