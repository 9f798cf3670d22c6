"""Drafts: what people are writing is kept on the server, so that a reload or a lost session loses nothing."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from community import clock
from community.actions.compose import MAX_TITLE, Sheet
from community.content.markdown import MAX_BODY
from community.content.text import BadText, clean_text
from community.errors import Refused
from community.models import Draft, User
from community.reading.prepared import NOBODY, Ask, Prepared, Shape, number, word

ASK = "ask"
#: What somebody writes to staff.
CONTACT = "contact"
#: The draft that gave way when a visitor's one was adopted in its place; the ask page offers it.
EARLIER = ":earlier"
#: Beyond these the draft saved longest ago goes.
MOST_PER_PERSON = 50
MOST_PER_VISITOR = 5
#: A visitor who has not come back after this long has given up; so has a person, later.
VISITOR_DRAFTS_LIVE = timedelta(days=7)
PERSON_DRAFTS_LIVE = timedelta(days=180)
#: The other fields of the forms for asking and for writing to staff, each at most so many characters.
CHOICES = {"board": 60, "kind": 10, "tags": 400, "product_version": 60, "linked_from": 20, "attachments": 400}
CHOICES |= {"form_token": 36, "looked": 1, "thread": 20}
#: Which open form saved it last: beside the choices, but none.
SHEET, LONGEST_SHEET = "sheet", 64


class WrittenElsewhere(Refused):
    """Another window of the same person has saved other words here since this one was opened."""

    status = 409


def place_of_answer(thread_id: int) -> str:
    """The place of the draft of an answer to this thread."""
    return f"answer:{thread_id}"


def _mine(actor: User | None, visitor_key: str) -> QuerySet[Draft]:
    """The drafts of this person, or of this visitor; a visitor without a key has none."""
    if actor is not None:
        return Draft.objects.filter(person=actor)
    return Draft.objects.filter(visitor_key=visitor_key[:64]) if visitor_key else Draft.objects.none()


_DRAFT = Shape(Draft, {field.attname for field in Draft._meta.concrete_fields})
_draft = Prepared(
    lambda _reader: Draft.objects.filter(person_id=number(0), place=word(1)).values_list(*_DRAFT.columns), places=2
)


def ask_draft(actor: User, place: str) -> Ask:
    """For pages that ask together with their own whether the person has a draft for this place: no row, no draft."""
    return _draft.ask(NOBODY, actor.pk, place)


def find_draft(*, actor: User | None, visitor_key: str = "", place: str) -> Draft | None:
    """The person's draft for this place, or the visitor's."""
    if actor is not None:
        row = next(iter(_draft.rows(NOBODY, actor.pk, place)), None)
        return _DRAFT.make(row) if row is not None else None
    return _mine(actor, visitor_key).filter(place=place).first()


def find_drafts(*, actor: User | None, visitor_key: str = "", places: Sequence[str]) -> dict[str, Draft]:
    """The person's drafts for these places, or the visitor's, by place: in one query."""
    return {draft.place: draft for draft in _mine(actor, visitor_key).filter(place__in=places)}


@transaction.atomic
def save_draft(
    *,
    actor: User | None,
    visitor_key: str = "",
    place: str,
    title: str = "",
    body: str = "",
    choices: Mapping[str, str] | None = None,
    sheet: Sheet | None = None,
    beside: bool = False,
) -> Draft | None:
    """Keep what is being written, in place of what was kept before. Nothing written: nothing kept, and None.

    `actor` is None for a visitor, who is known by `visitor_key`. Refused for text that is too long or no text.
    What another `sheet` wrote meanwhile is not overwritten: WrittenElsewhere, or set aside where `beside` asks for it.
    """
    if actor is None and not visitor_key:
        raise Refused(_("This draft belongs to nobody."))
    try:
        title, body = clean_text(title), clean_text(body)
        kept = {name: clean_text(value) for name, value in (choices or {}).items() if name in CHOICES and value}
    except BadText as error:
        raise Refused(str(error)) from error
    if len(body) > MAX_BODY or len(title) > MAX_TITLE or any(len(text) > CHOICES[name] for name, text in kept.items()):
        raise Refused(_("This is too long to be kept as a draft."))
    owner: dict[str, Any] = {"person": actor, "visitor_key": ""} if actor else {"visitor_key": visitor_key[:64]}
    mine = _mine(actor, visitor_key)
    if sheet is not None:
        kept[SHEET] = clean_text(sheet.key)[:LONGEST_SHEET] if sheet.key.isascii() else ""
        if _is_elsewhere(mine.select_for_update().filter(place=place).first(), sheet, title, body):
            if not beside:
                raise WrittenElsewhere(_("You are writing this in another window too."))
            _set_aside(mine, place)
    if not title.strip() and not body.strip():
        mine.filter(place=place).delete()
        return None
    draft, fresh = Draft.objects.update_or_create(
        **owner, place=place, defaults={"title": title, "body": body, "choices": kept, "saved_at": clock.now()}
    )
    if fresh:
        most = MOST_PER_PERSON if actor else MOST_PER_VISITOR
        surplus = mine.order_by("-saved_at", "-pk").values_list("pk", flat=True)[most:]
        Draft.objects.filter(pk__in=list(surplus)).delete()
    return draft


def _is_elsewhere(kept: Draft | None, sheet: Sheet, title: str, body: str) -> bool:
    """Whether what is kept is neither this form's own, nor what it was filled from, nor the same words."""
    if kept is None or kept.choices.get(SHEET, sheet.key) == sheet.key or kept.saved_at == sheet.seen:
        return False
    return (kept.title, kept.body) != (title, body)


@transaction.atomic
def adopt_drafts(*, actor: User, visitor_key: str) -> int:
    """Give a visitor's drafts to the person they turned out to be; returns how many.

    Where the person had a draft in the same place, the visitor's takes the place (it is what they just wrote) and the
    other one is kept beside it.
    """
    if not visitor_key:
        return 0
    adopted = list(Draft.objects.select_for_update().filter(visitor_key=visitor_key).order_by("pk"))
    for draft in adopted:
        _set_aside(Draft.objects.filter(person=actor), draft.place)
        draft.person, draft.visitor_key = actor, ""
        draft.save(update_fields=["person", "visitor_key"])
    return len(adopted)


def _set_aside(mine: QuerySet[Draft], place: str) -> None:
    """Free the place; what stood there is kept beside it, and what was kept there before goes."""
    if mine.select_for_update().filter(place=place).exists():
        mine.filter(place=place + EARLIER).delete()
        mine.filter(place=place).update(place=place + EARLIER)


@transaction.atomic
def swap_drafts(*, actor: User | None, visitor_key: str = "", place: str) -> None:
    """Set the draft of this place aside, and take up the one that was set aside before, if there is one."""
    mine = _mine(actor, visitor_key)
    earlier = mine.select_for_update().filter(place=place + EARLIER).first()
    if earlier is not None:
        earlier.place = place + EARLIER * 2
        earlier.save(update_fields=["place"])
    _set_aside(mine, place)
    if earlier is not None:
        earlier.place = place
        earlier.save(update_fields=["place"])


def drop_draft(*, actor: User | None, visitor_key: str = "", place: str) -> None:
    """Throw a draft away."""
    _mine(actor, visitor_key).filter(place=place).delete()


def expire_drafts() -> int:
    """Forget drafts nobody came back for; the worker calls it daily. Returns how many went."""
    now = clock.now()
    visitors = Draft.objects.filter(person__isnull=True, saved_at__lt=now - VISITOR_DRAFTS_LIVE)
    people = Draft.objects.filter(person__isnull=False, saved_at__lt=now - PERSON_DRAFTS_LIVE)
    return visitors.delete()[0] + people.delete()[0]
