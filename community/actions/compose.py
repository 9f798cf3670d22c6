"""From what somebody typed to what is stored: cleaned text, rendered HTML, the people mentioned."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from django.utils.translation import gettext as _

from community import clock
from community.errors import Refused
from community.markdown import MAX_BODY, RENDERER_VERSION, find_mentions, render
from community.models import Answer, Attachment, Draft, PostKey, Thread, User
from community.text import BadText, clean_text, key

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
    names = [key(name) for name in find_mentions(body)][:MAX_MENTIONS]
    people = list(User.objects.filter(username_key__in=names, is_active=True)) if names else []
    rendered = render(body, known_names={person.username_key or "": person.get_absolute_url() for person in people})
    mentioned = [person for person in people if person.username_key in rendered.mentions]
    named = {int(found[1]) for address in (*rendered.images, *rendered.links) if (found := ATTACHMENT.match(address))}
    return Composed(body, rendered.html, rendered.plain, RENDERER_VERSION, mentioned, tuple(sorted(named)))


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


def claim_key(*, actor: User, post_key: str) -> tuple[PostKey, bool]:
    """The row of a form's one-time key, and whether it is new. Of two at once the second waits for the first."""
    post_key = post_key[:64] or uuid4().hex
    return PostKey.objects.get_or_create(person=actor, key=post_key, defaults={"created_at": clock.now()})


def attach(*, actor: User, ids: Sequence[int], thread: Thread, answer: Answer | None = None) -> None:
    """Put the actor's own, still loose attachments into a post; others' ids do nothing."""
    if ids:
        Attachment.objects.filter(pk__in=ids, uploader=actor, thread__isnull=True, answer__isnull=True).update(
            thread=thread, answer=answer
        )


def drop_draft(*, actor: User, place: str) -> None:
    """The draft has become a post."""
    Draft.objects.filter(person=actor, place=place).delete()
