"""What a search is narrowed to: what lists know too (board, tag, kind, state), and besides who asked and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from community.content.text import key
from community.errors import NotThere, Refused
from community.models import Tag, User
from community.models.threads import ThreadQuerySet
from community.permissions import Anyone
from community.reading.lists import Filters

#: Days outside of these years are told to be none: nobody asked then, and no database or index has to count so far.
FIRST_YEAR, LAST_YEAR = 1970, 2199
#: So many people of one name are named when somebody has to choose.
NAMESAKES = 5
#: What a search is narrowed by, in the order it is written and shown.
NARROWING = ("board", "tag", "kind", "state", "author", "since", "until")


@dataclass(frozen=True)
class Narrowing:
    """`since` and `until` are calendar days where the reader is, both of them included."""

    places: Filters = field(default_factory=Filters)
    author: User | None = None
    since: date | None = None
    until: date | None = None

    def words(self) -> dict[str, str]:
        """As they stand in an address, in the order of NARROWING."""
        own = {
            "author": self.author.slug if self.author else "",
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
        }
        return self.places.words() | {name: word for name, word in own.items() if word}

    def without(self, name: str) -> "Narrowing":
        """The same without one of NARROWING."""
        nothing: dict[str, Any] = {name: "" if name in ("kind", "state") else None}
        if name in ("author", "since", "until"):
            return replace(self, **nothing)
        return replace(self, places=replace(self.places, **nothing))

    def moments(self) -> tuple[datetime | None, datetime | None]:
        """From when, and until before when: the first moment of the first day, and that of the day after the last."""
        return (
            _beginning_of(self.since) if self.since else None,
            _beginning_of(self.until + timedelta(days=1)) if self.until else None,
        )

    def apply(self, threads: ThreadQuerySet, viewer: Anyone) -> ThreadQuerySet:
        threads = self.places.apply(threads, viewer)
        since, until = self.moments()
        if self.author:
            threads = threads.filter(asker=self.author)
        if since:
            threads = threads.filter(asked_at__gte=since)
        return threads.filter(asked_at__lt=until) if until else threads


EVERYTHING = Narrowing()


def _beginning_of(day: date) -> datetime:
    """Where the reader is (community/accounts/preferences.py has seen to the time zone)."""
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())


def narrowing_of(chosen: Mapping[str, Any]) -> Narrowing:
    """From the values of NARROWING as they were understood; what is missing or None narrows nothing."""
    places = Filters(
        board=chosen.get("board"),
        tag=chosen.get("tag"),
        kind=chosen.get("kind") or "",
        state=chosen.get("state") or "",
    )
    return Narrowing(places, chosen.get("author"), chosen.get("since"), chosen.get("until"))


# Things by whatever somebody calls them -------------------------------------------------------------------------------
def tag_called(name: str, viewer: Anyone) -> Tag:
    """The tag with this address or this name; NotThere where there is none that the viewer may see."""
    found = Tag.objects.visible_to(viewer).filter(Q(slug=name) | Q(key=key(name))).first()
    if found is None:
        raise NotThere(_("There is no tag “%(tag)s”.") % {"tag": name})
    tag: Tag = found
    return tag


def person_called(name: str, viewer: Anyone) -> User:
    """The person with this address ("anna", "~12", the address of their page) or name shown.

    NotThere where there is none, Refused where several have that name: it names some of them.
    """
    wanted = name.rsplit("/people/", 1)[-1].strip("/ @") if "/people/" in name else name.strip(" @")
    number = wanted[1:]
    people = User.objects.visible_to(viewer)
    if wanted.startswith("~") and number.isascii() and number.isdigit() and len(number) <= 18:
        found = list(people.filter(pk=int(number)))
    elif key(wanted):
        # Two indexes serve this; people without a name for signing in have their page's address.
        with_name = people.filter(username_key__isnull=False, is_active=True)
        shown = with_name.alias(shown=Lower("display_name")).filter(shown=wanted.lower())
        found = [*people.filter(username_key=key(wanted)).union(shown)[: NAMESAKES + 1]]
        found = [person for person in found if person.username_key == key(wanted)] or found
    else:
        found = []
    if not found:
        raise NotThere(
            _("We know nobody called “%(name)s”. The address of a person's page works too.") % {"name": name}
        )
    if len(found) > 1:
        names = ", ".join(person.slug for person in found[:NAMESAKES])
        raise Refused(
            _("Several people are called “%(name)s”. Choose one of these: %(names)s.") % {"name": name, "names": names}
        )
    return found[0]
