"""Which rows refer to a person, and which columns hold words: asked of the models, never of a list of them."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.db import models

from community.care.others import others
from community.models import User

Model = type[models.Model]
if TYPE_CHECKING:
    Field = models.Field[Any, Any]
else:
    Field = models.Field

#: Tables of libraries that hold nothing of people: jobs with ids as arguments, and sessions, which are looked through
#: one by one (personal/erasing.py).
_NOT_OURS = frozenset({"procrastinate", "contenttypes", "sessions", "taggit"})

#: Columns of text that name nobody, or must stay as they are: "app.model" or "app.model.column", and why.
NO_WORDS: dict[str, str] = {
    "account.emailaddress": "somebody else's own",
    "account.emailconfirmation": "random",
    "auth.group": "roles and groups have names of their own",
    "auth.permission": "Django's own words",
    "community.auditentry": "ids and enums, append-only",
    "community.board": "the brand's own words",
    "community.brand": "the brand's own words",
    "community.brandlink": "the brand's own words",
    "community.dataexport": "random",
    "community.erasure": "how far it is",
    "community.erasurewords": "what is being looked for; it goes at the end",
    "community.experiment": "planned by administrators; its end and name are fixed",
    "community.exposure": "keys, append-only",
    "community.follower": "positions",
    "community.formsession": "keys, append-only",
    "community.importedidentity": "written anew as a whole (actions/erasure.py)",
    "community.importeditem": "ids of another site",
    "community.importrun": "counts",
    "community.incomingmail.message_id": "random; emptied with its sender's account",
    "community.incomingmail.once": "a keyed hash",
    "community.incomingmail.place": "a path",
    "community.incomingmail.sender_hash": "a keyed hash",
    "community.incomingmail.target_kind": "a letter",
    "community.incomingmail.verdict": "a word of ours",
    "community.invitation": "written anew as a whole (actions/erasure.py)",
    "community.jobrun": "names of jobs",
    "community.keeping": "kinds of rows",
    "community.limitcount": "keyed hashes",
    "community.mail": "keys; a person's mails are deleted",
    "community.namesseen": "the brand's name",
    "community.notification": "enums",
    "community.oldaddress": "a person's own are deleted; others lead to questions",
    "community.personalias": "keys, append-only",
    "community.postkey": "random",
    "community.prompt": "keys, append-only",
    "community.stoppednotice": "keys of topics and questions",
    "community.tag": "words that many share",
    "community.threadwords": "made by triggers from the words themselves",
    "community.user.display_name": "somebody else's own",
    "community.user.email": "somebody else's own",
    "community.user.password": "a hash",
    "community.user.username": "somebody else's own",
    "community.user.username_key": "somebody else's own",
    "community.visitor": "hashes",
    "mfa.authenticator": "secrets",
    "usersessions.usersession": "somebody else's own",
}


class Link(NamedTuple):
    """A foreign key to a person."""

    model: Model
    field: Field


def label(model: Model, field: Field | None = None) -> str:
    """ "app.model" or "app.model.column", in small letters."""
    return model._meta.label_lower + (f".{field.name}" if field is not None else "")


@cache
def our_models() -> tuple[Model, ...]:
    """Every table that may hold something of people, those between two models included."""
    return tuple(
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label not in _NOT_OURS and not model._meta.proxy and model._meta.managed
    )


@cache
def links_to_people() -> tuple[Link, ...]:
    """Every foreign key to a person there is."""
    return tuple(
        Link(model, field)
        for model in our_models()
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is User
    )


@cache
def word_columns() -> tuple[tuple[Model, tuple[Field, ...]], ...]:
    """By model: the columns in which somebody's words may stand. A new one is among them by itself."""
    found = ((model, tuple(_word_columns_of(model))) for model in our_models())
    return tuple((model, columns) for model, columns in found if columns)


@cache
def no_words() -> dict[str, str]:
    """`NO_WORDS` of every app."""
    return NO_WORDS | {name: why for care in others() for name, why in care.no_words.items()}


def _word_columns_of(model: Model) -> Iterator[Field]:
    if label(model) in no_words():
        return
    for field in model._meta.concrete_fields:
        is_text = isinstance(field, models.CharField | models.TextField | models.JSONField)
        if field.is_relation or field.primary_key or not is_text or field.choices or field.generated:
            continue
        if label(model, field) not in no_words():
            yield field
