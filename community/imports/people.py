"""The people of the source: an identity and a placeholder each, who cannot sign in and gets no mail."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_noop

from community import clock
from community.content.text import BadText, clean_text, key
from community.imports.sites import Site
from community.models import ImportedIdentity, OldAddress, User

UNKNOWN = gettext_noop("unknown")
_ADDRESS = re.compile(r"([^@\s]+)@[^@\s]+\.[^@\s]+\Z")


@dataclass(frozen=True, slots=True)
class Author:
    """Somebody as a row names them."""

    name: str
    address: str = ""
    joined_at: datetime | None = None


def clean_name(name: str) -> str:
    """A name to show: one line, at most 80 characters, visible; of an address only what stands before the @."""
    try:
        cleaned = " ".join(clean_text(name).split())
    except BadText:
        return UNKNOWN
    if match := _ADDRESS.match(cleaned):
        cleaned = match[1]
    return cleaned[:80].strip() if key(cleaned[:80]) else UNKNOWN


def find_or_make(source: str, site: Site, authors: Mapping[str, Author]) -> tuple[dict[str, int], int]:
    """(external id -> our person who holds their posts, how many are new). The identities found stay locked."""
    known = dict(
        ImportedIdentity.objects.filter(source=source, external_id__in=list(authors))
        .select_for_update(no_key=True)
        .order_by("pk")
        .values_list("external_id", "user_id")
    )
    missing = {external_id: author for external_id, author in authors.items() if external_id not in known}
    if missing:
        users = User.objects.bulk_create([_placeholder(author) for author in missing.values()])
        identities = [
            ImportedIdentity(
                source=source,
                external_id=external_id,
                name=clean_name(author.name),
                address_key=key(author.address) if "@" in author.address else "",
                user=user,
            )
            for (external_id, author), user in zip(missing.items(), users, strict=True)
        ]
        ImportedIdentity.objects.bulk_create(identities)
        known |= {identity.external_id: identity.user_id for identity in identities}
        paths = [(site.person(identity.external_id), identity.user_id) for identity in identities]
        OldAddress.objects.bulk_create(
            [OldAddress(path=path, person_id=user_id) for path, user_id in paths if path], ignore_conflicts=True
        )
    return known, len(missing)


def _placeholder(author: Author) -> User:
    return User(
        username=None,
        display_name=clean_name(author.name),
        password=make_password(None),
        is_active=False,
        is_imported=True,
        date_joined=author.joined_at or clock.now(),
    )
