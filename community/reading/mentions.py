"""Whom somebody may mean who types "@" and the beginning of a name: people of the thread first, then others."""

from django.db.models import QuerySet
from django.db.models.functions import Lower

from community.content.text import BadText, clean_text, key
from community.models import Answer, Thread, User

SHOWN = 6
#: So many of the latest answers say who takes part; so many others with the beginning are looked at, in no order.
LATEST_ANSWERS = 100
CANDIDATES = 50
LONGEST = 40


def find_people(*, reader: User, beginning: str, thread_id: int = 0) -> list[User]:
    """At most SHOWN people to mention whose name for signing in or name shown begins so, never the reader.

    Whoever takes part in the thread is also found by a later word of the name, and with nothing typed yet. A thread
    out of the reader's sight counts as none. Closed and banned accounts and people without a name for signing in
    (imported ones) cannot be mentioned and are never found. At most five queries.
    """
    try:
        typed = " ".join(clean_text(beginning[: LONGEST * 2]).split())
    except BadText:
        return []
    if len(typed) > LONGEST:
        return []
    near = _people_of(reader, thread_id) if thread_id else []
    found = [person for person in near if _begins(person, typed)][:SHOWN]
    if typed and len(found) < SHOWN:
        known = {person.pk for person in found}
        others = [person for person in _begin_so(reader, typed) if person.pk not in known]
        others.sort(key=lambda person: (person.display_name.casefold(), person.username_key))
        found += others[: SHOWN - len(found)]
    return found


def _mentionable(reader: User) -> QuerySet[User]:
    """Everybody a mention can name, but the reader."""
    people = User.objects.visible_to(reader).filter(is_active=True, username_key__isnull=False)
    return people.exclude(pk=reader.pk).only("display_name", "username", "username_key")


def _people_of(reader: User, thread_id: int) -> list[User]:
    """Who takes part: who answered last first, and who asked."""
    thread = Thread.objects.visible_to(reader).filter(pk=thread_id).only("asker_id").first()
    if thread is None:
        return []
    seen = Answer.objects.of_seen_thread(thread, reader).order_by("-position")
    ids = dict.fromkeys([*seen.values_list("author_id", flat=True)[:LATEST_ANSWERS], thread.asker_id])
    people = _mentionable(reader).in_bulk(list(ids))
    return [people[person_id] for person_id in ids if person_id in people]


def _begins(person: User, typed: str) -> bool:
    """Whether a name of this person, or a later word of it, begins so."""
    wanted = key(typed)
    words = [person.username_key or "", key(person.display_name), *key(person.display_name).split()]
    return any(word.startswith(wanted) for word in words)


def _begin_so(reader: User, typed: str) -> set[User]:
    """Some of the people whose names begin so: two ranges of an index each, as one condition would sort them all."""
    people = _mentionable(reader)
    by_name = people.filter(username_key__startswith=key(typed))[:CANDIDATES] if key(typed) else []
    by_shown = people.alias(shown_key=Lower("display_name")).filter(shown_key__startswith=typed.lower())[:CANDIDATES]
    return {*by_name, *by_shown}
