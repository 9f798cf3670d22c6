"""From what somebody typed to what is stored: cleaned text, rendered HTML, the people mentioned."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import connection
from django.utils.translation import gettext as _

from community import clock
from community.actions.together import Writes
from community.content.markdown import MAX_BODY, RENDERER_VERSION, Rendered, find_mentions, render
from community.content.text import BadText, clean_text, key
from community.errors import Refused
from community.models import Answer, Attachment, PostKey, Thread, User

MAX_TITLE = 200
MAX_MENTIONS = 20
ATTACHMENT = re.compile(r"/attachments/(\d{1,18})/")


@dataclass(frozen=True)
class Composed:
    """A body ready to be stored."""

    body: str
    html: str
    plain: str
    renderer_version: int
    mentioned: list[User]
    attachment_ids: tuple[int, ...]
    #: the addresses the author links to
    links: tuple[str, ...] = ()


def compose_body(source: str) -> Composed:
    """Clean and render a body; Refused when it is empty, too long or not text."""
    try:
        body = clean_text(source).strip()
    except BadText as error:
        raise Refused(str(error)) from error
    if not body:
        raise Refused(_("Please write something first."))
    if len(body) > MAX_BODY:
        raise Refused(_("This text is too long: at most %(most)d characters.") % {"most": MAX_BODY})
    rendered, people = render_body(body)
    mentioned = [person for person in people if person.username_key in rendered.mentions]
    named = {int(found[1]) for address in (*rendered.images, *rendered.links) if (found := ATTACHMENT.match(address))}
    return Composed(
        body, rendered.html, rendered.plain, RENDERER_VERSION, mentioned, tuple(sorted(named)), rendered.links
    )


def render_body(body: str) -> tuple[Rendered, list[User]]:
    """A cleaned body as HTML, and the people among whom its mentions were looked for."""
    names = [key(name) for name in find_mentions(body)][:MAX_MENTIONS]
    people = list(User.objects.filter(username_key__in=names, is_active=True)) if names else []
    return render(body, known_names={person.username_key or "": person.get_absolute_url() for person in people}), people


def compose_title(source: str) -> str:
    """Clean a title to one line; Refused when it is empty, too long or not text."""
    try:
        title = " ".join(clean_text(source).split())
    except BadText as error:
        raise Refused(str(error)) from error
    if not title:
        raise Refused(_("Please give your question a title."))
    if len(title) > MAX_TITLE:
        raise Refused(_("This title is too long: at most %(most)d characters.") % {"most": MAX_TITLE})
    return title


def compose_line(source: str, *, most: int = 60) -> str:
    """Clean a short optional line such as a product version."""
    try:
        return " ".join(clean_text(source).split())[:most]
    except BadText as error:
        raise Refused(str(error)) from error


# The key's row is written whole, with the id that the new post will have: of two at once the second waits here until
# the first is stored, or was not and frees the key.
_CLAIM = """
    INSERT INTO community_postkey (person_id, key, thread_id, answer_id, created_at)
    VALUES (%s, %s, {thread}, {answer}, %s)
    ON CONFLICT (person_id, key) DO UPDATE SET thread_id = EXCLUDED.thread_id, answer_id = EXCLUDED.answer_id
    WHERE community_postkey.{made} IS NULL
    RETURNING {made}
"""
_NEXT = "nextval(pg_get_serial_sequence('{table}', 'id'))"
_CLAIM_THREAD = _CLAIM.format(thread=_NEXT.format(table="community_thread"), answer="NULL", made="thread_id")
_CLAIM_ANSWER = _CLAIM.format(thread="%s", answer=_NEXT.format(table="community_answer"), made="answer_id")


def claim_thread(*, actor: User, post_key: str) -> tuple[int, bool]:
    """The id of the thread that this form's one-time key makes, and whether it is still to be made."""
    return _claim(_CLAIM_THREAD, "thread_id", actor, post_key)


def claim_answer(*, actor: User, thread_id: int, post_key: str) -> tuple[int, bool]:
    """The id of the answer that this form's one-time key makes, and whether it is still to be made."""
    return _claim(_CLAIM_ANSWER, "answer_id", actor, post_key, thread_id)


def _claim(statement: str, made: str, actor: User, post_key: str, *thread_id: int) -> tuple[int, bool]:
    post_key = post_key[:64] or uuid4().hex
    with connection.cursor() as cursor:
        cursor.execute(statement, [actor.pk, post_key, *thread_id, clock.now()])
        claimed = cursor.fetchone()
    if claimed is not None:
        return claimed[0], True
    return PostKey.objects.values_list(made, flat=True).get(person=actor, key=post_key), False


def attach(*, actor: User, ids: Sequence[int], thread: Thread, answer: Answer | None = None) -> None:
    """Put the actor's own, still loose attachments into a post; others' ids do nothing."""
    if ids:
        Attachment.objects.filter(pk__in=ids, uploader=actor, thread__isnull=True, answer__isnull=True).update(
            thread=thread, answer=answer
        )


@dataclass(frozen=True)
class Sheet:
    """Which open form somebody writes on: two windows may have the same page open, and neither takes the other's words.

    `key` is the form's one-time key, `seen` when the draft it was filled from (or saved last) was saved.
    """

    key: str
    seen: datetime | None = None


def drop_draft(
    *, actor: User, place: str, writes: Writes, sheet: Sheet | None = None, title: str = "", body: str = ""
) -> None:
    """The draft has become a post with these words. With a `sheet`, what another window keeps there stays."""
    statement, values = "DELETE FROM community_draft WHERE person_id = %s AND place = %s", [actor.pk, place]
    if sheet is not None:
        statement += """ AND (COALESCE(choices->>'sheet', %s) = %s OR saved_at = %s
            OR (btrim(title) = %s AND btrim(body, E' \n\t') = %s))"""
        values += [sheet.key, sheet.key, sheet.seen, title, body]
    writes.sql(statement, values)
