"""What of the database is the community, and what belongs to the site that runs it: asked of the models."""

from functools import cache
from graphlib import TopologicalSorter

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import Group
from django.db import models

from community.care.others import others
from community.personal.schema import Field, Model, label

FORMAT = 1
MANIFEST = "manifest.json"
MEDIA = "media"

#: Tables that stay behind, and why.
LEFT_BEHIND: dict[str, str] = {
    "community.changerow": "for the caches and indexes of this site",
    "community.dataexport": "archives of one's own data stay where they were made",
    "community.erasurewords": "what is being looked for here",
    "community.follower": "positions in this site's rows",
    "community.incomingmail": "mails came here, to addresses of this site",
    "community.incomingraw": "mails came here, to addresses of this site",
    "community.jobrun": "when this site's jobs ran",
    "community.limitcount": "limits of the day",
    "community.mail": "mails left, or wait here",
    "community.namesseen": "how far this site has looked through names",
    "community.postprint": "keyed with this site's secret, and swept",
    "community.postkey": "forms that are open here",
    "community.sitestate": "how this site stands",
    "community.threadwords": "made by the database from the words",
}
#: Only with --with-logins: whoever has them can sign in, or try to.
LOGINS = frozenset({"mfa.authenticator"})
#: Columns that stay behind: secrets, and what counts for this site only. Their defaults stand in the new one.
LEFT_OUT: dict[str, str] = {
    "community.draft.visitor_key": "a visitor's session; only members' drafts go along",
    "community.notification.mail": "mails stay behind",
    "community.threadevent.xid": "the transaction that wrote it here",
    "community.user.last_login": "here",
    "community.user.mail_suspended_for": "keyed with this site's secret",
    "community.user.password": "only with --with-logins",
    "community.user.reply_generation": "counts for the reply addresses of this site",
    "community.user.renewals": "counts for the sessions of this site",
}
PASSWORD = "community.user.password"  # noqa: S105 - the name of a column


@cache
def left_behind() -> dict[str, str]:
    """`LEFT_BEHIND` of every app."""
    return LEFT_BEHIND | {name: why for care in others() for name, why in care.left_behind.items()}


@cache
def left_out() -> dict[str, str]:
    """`LEFT_OUT` of every app."""
    return LEFT_OUT | {name: why for care in others() for name, why in care.left_out.items()}


def _ours() -> list[Model]:
    configs = [apps.get_app_config(name) for name in ("community", *(care.app for care in others()))]
    return [model for config in configs for model in config.get_models(include_auto_created=True)]


@cache
def models_in_order(with_logins: bool) -> tuple[Model, ...]:
    """Every table that goes along, those that others refer to first; the same order each time."""
    found = [model for model in (*_ours(), Group, EmailAddress) if label(model) not in left_behind()]
    if with_logins:
        found.append(Authenticator)
    sorter: TopologicalSorter[Model] = TopologicalSorter()
    for model in sorted(found, key=label):
        needs = {field.related_model for field in model._meta.concrete_fields if field.is_relation}
        sorter.add(model, *sorted((each for each in needs if each in found and each is not model), key=_named))
    return tuple(sorter.static_order())


def _named(model: object) -> str:
    return label(model)  # type: ignore[arg-type]


def fields_of(model: Model, with_logins: bool) -> list[Field]:
    """The columns that go along: neither what the database makes itself nor what stays here."""
    return [
        field
        for field in model._meta.concrete_fields
        if not field.generated
        and (label(model, field) not in left_out() or (with_logins and label(model, field) == PASSWORD))
    ]


def files_of(model: Model) -> list[str]:
    """The names of the columns that name a file."""
    return [field.attname for field in model._meta.concrete_fields if isinstance(field, models.FileField)]


def rows_of(model: Model) -> models.QuerySet[models.Model]:
    """The rows that go along, by id."""
    manager: models.Manager[models.Model] = model._default_manager
    rows = manager.order_by("pk")
    return rows.filter(person__isnull=False) if label(model) == "community.draft" else rows


def file_name(model: Model) -> str:
    return f"{label(model)}.jsonl"
