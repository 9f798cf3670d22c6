"""What is new in a thread since somebody opened its page: asked every few seconds, answered by one short message.

A page knows which part of the thread it shows and up to which answer. The question is whether that is still all there
is: the thread's own facts and the version of every post on the page make one word (`News.etag`), the page holds the
same word from the moment it was rendered, and while the two agree nothing is read or rendered.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from community.errors import NotThere, Refused
from community.models import Answer, Thread, User
from community.reading import addresses
from community.reading.lists import word_of
from community.reading.prepared import Ask, Prepared, number, together
from community.reading.thread_page import HELPFUL, MAX_DIGITS, PAGE_SIZE, Opened, Place, page_count

Anyone = User | AnonymousUser

#: Posts whose versions are watched: those of a page, and what a page left open for long has been given since.
MOST_WATCHED = 100
#: What of the thread itself is told when it changes.
FACTS = (
    *("version", "last_position", "answer_count", "state", "solved_at", "outdated_at", "needs_info_at"),
    *("escalated_at", "locked_at", "closed_at", "hidden_at", "merged_into_id"),
)

_facts = Prepared(lambda user: Thread.objects.visible_to(user).filter(pk=number(0)).values_list(*FACTS), places=1)
_watched = Prepared(
    lambda user: (
        Answer.objects.of_seen_thread(Thread(pk=number(0)), user)
        .filter(position__gt=number(1), position__lte=number(2))
        .order_by("position")
        .values_list("position", "version")
    ),
    places=3,
)

#: The question itself, among the positions of the answers.
QUESTION = 0


class Shown(NamedTuple):
    """What a page shows of its thread: the answers after position `start`, the last known answer being `since`.

    `tail`: new answers belong at the end of this page; else they are on another one.
    """

    start: int
    since: int
    tail: bool

    @property
    def end(self) -> int:
        """The last position whose changes concern the page."""
        return self.start + (MOST_WATCHED if self.tail else PAGE_SIZE)


@dataclass(frozen=True)
class News:
    """How the thread stands: its facts, and (position, version) of the posts on the page."""

    facts: tuple[Any, ...]
    seen: tuple[tuple[int, int], ...]
    also: list[list[Any]]

    @property
    def seen_word(self) -> str:
        """The posts and their versions as the page keeps them: "0.1 1.1 2.3", the question being 0."""
        return " ".join(f"{position}.{version}" for position, version in self.seen)

    def etag(self, user: Anyone, unread: int = 0) -> str:
        """The word for all of this, for this reader in this language."""
        told = (user.pk or 0, get_language(), self.facts, self.seen, unread)
        return f'"{blake2b(repr(told).encode(), digest_size=9).hexdigest()}"'


def read_shown(given: Any) -> Shown:
    """What a page says that it shows; Refused for what no page of ours says."""
    numbers = [word_of(given, name) or "0" for name in ("from", "since")]
    if any(not (word.isascii() and word.isdigit() and len(word) <= MAX_DIGITS) for word in numbers):
        raise Refused(_("There is no such page."))
    return Shown(int(numbers[0]), int(numbers[1]), word_of(given, "tail") == "1")


def shown_on(thread: Thread, place: Place) -> Shown:
    """What a page at this place shows. In other orders than by position only what is new is of interest."""
    if place.sort in ("solution", "oldest"):
        return Shown((place.page - 1) * PAGE_SIZE, thread.last_position, place.page == page_count(thread))
    is_whole = place.sort == HELPFUL and place.is_first and page_count(thread) == 1
    return Shown(thread.last_position, thread.last_position, is_whole)


def address_of(thread: Thread, shown: Shown) -> str:
    """Where a page asks what is new."""
    tail = "&tail=1" if shown.tail else ""
    return f"{addresses.of_id('thread_news', thread.pk)}?from={shown.start}&since={shown.since}{tail}"


def look(user: Anyone, thread_id: int, shown: Shown, also: Sequence[Ask] = ()) -> News:
    """How the thread stands now; NotThere when this person may not see it (any more)."""
    asked = (_facts.ask(user, thread_id), _watched.ask(user, thread_id, shown.start, shown.end))
    facts, seen, *others = together(*asked, *also)
    if not facts:
        raise NotThere(_("There is no such question."))
    return _news(facts[0], seen, others)


def as_opened(opened: Opened, shown: Shown) -> News:
    """The same, of a page just read: what `look` would have found."""
    thread = opened.thread
    on_page = ((said.answer.position, said.answer.version) for said in opened.answers)
    seen = [each for each in on_page if shown.start < each[0] <= shown.end]
    return _news([getattr(thread, name) for name in FACTS], seen, [])


def _news(facts: Sequence[Any], seen: Iterable[Sequence[int]], also: list[list[Any]]) -> News:
    posts = ((QUESTION, facts[0]), *((position, version) for position, version in seen))
    return News(tuple(facts), posts, also)
