"""What each notice says by mail, in the language and time zone that are active: the caller activates its reader's."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from community.mails.letters import Button, Heading, Item, Items, Letter, Words
from community.models import Notification, User
from community.notices.inbox import Stop
from community.notices.notifiables import Shown


@dataclass(frozen=True)
class Written:
    """A letter, and what its headers are made of.

    `stop` is what one click ends; `thread_id` the question it is about, where it is about one; `sender` the name of
    whoever wrote or did it, "" for the site itself.
    """

    letter: Letter
    stop: Stop | None
    thread_id: int | None
    sender: str


def write_notice(row: Notification, shown: Shown, reader: User) -> Written:
    """The mail about one notice."""
    letter = Letter(
        shown.title, (Heading(shown.title), Words(shown.sentence), Button(shown.title, _absolute(shown.url)))
    )
    return Written(letter, None, shown.thread.pk if shown.thread else None, shown.actor)


def write_bundle(found: Sequence[tuple[Notification, Shown]], reader: User) -> Written:
    """One mail about several notices, by question."""
    items = tuple(Item(shown.title, _absolute(shown.url), shown.sentence) for _row, shown in found)
    return Written(Letter(found[0][1].title, (Items("", items),)), None, None, "")


def _absolute(url: str) -> str:
    return settings.SITE_URL + url
