"""Where the search page leads: the same search with one thing changed, as addresses with their words."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypedDict
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community import clock
from community.content.queries import take_apart
from community.models import Thread
from community.reading.narrowing import NARROWING, Narrowing
from community.reading.search import LIKELY, NEWEST, SOLVED

#: What each order is called, and what it does.
ORDER_WORDS: dict[str, tuple[str | Promise, str | Promise]] = {
    LIKELY: (gettext_lazy("Best match"), gettext_lazy("What fits your words best stands first.")),
    SOLVED: (
        gettext_lazy("Solved first"),
        gettext_lazy("What has a solution stands first, and of that what fits your words best."),
    ),
    NEWEST: (gettext_lazy("Newest"), gettext_lazy("What was asked last stands first.")),
}
#: Quick choices of the first day: so many days ago.
LATELY: tuple[tuple[str | Promise, int], ...] = (
    (gettext_lazy("Last week"), 7),
    (gettext_lazy("Last month"), 30),
    (gettext_lazy("Last year"), 365),
)
#: Of more words it is not worth naming each.
MOST_WORDS_TO_DROP = 6


class Way(TypedDict):
    """A search with one thing changed, and whether it is this one."""

    label: str | Promise
    url: str
    current: bool


@dataclass(frozen=True)
class Search:
    """Everything a search's address says, but the place in its results."""

    words: str
    narrowing: Narrowing
    order: str = LIKELY
    #: no word is put right
    as_typed: bool = False

    def address(self, *, after: str = "") -> str:
        words = {"q": self.words, **self.narrowing.words(), "sort": self.order, "after": after}
        # Holds for these words alone: the next ones are put right again.
        words["exact"] = self.words if self.as_typed else ""
        return "?" + urlencode({name: word for name, word in words.items() if word or name == "q"})

    def ask_words(self) -> str:
        """The query string of the ask form that keeps the words and the board."""
        board = self.narrowing.places.board
        return urlencode({"title": self.words[:200], **({"board": board.slug} if board else {})})


def chips_of(search: Search) -> list[Way]:
    """What narrows the search, each with the address that takes it away."""
    return [
        Way(label=label, url=replace(search, narrowing=search.narrowing.without(name)).address(), current=True)
        for name, label in chosen_of(search.narrowing).items()
    ]


def chosen_of(narrowing: Narrowing) -> dict[str, str | Promise]:
    """What narrows the search, by its name in the address, as one says it."""
    places = narrowing.places
    said: dict[str, str | Promise] = {}
    if places.board:
        said["board"] = places.board.name
    if places.tag:
        said["tag"] = places.tag.name
    if places.kind:
        said["kind"] = Thread.Kind(places.kind).label
    if places.state:
        said["state"] = Thread.State(places.state).label
    if narrowing.author:
        said["author"] = _("Asked by %(person)s") % {"person": narrowing.author.display_name}
    if narrowing.since:
        said["since"] = _("From %(day)s") % {"day": date_format(narrowing.since)}
    if narrowing.until:
        said["until"] = _("Until %(day)s") % {"day": date_format(narrowing.until)}
    return {name: said[name] for name in NARROWING if name in said}


def orders_of(search: Search) -> list[Way]:
    return [
        Way(label=label, url=replace(search, order=order).address(), current=order == search.order)
        for order, (label, _hint) in ORDER_WORDS.items()
    ]


def lately_of(search: Search) -> list[Way]:
    """Quick choices of when it was asked, in the reader's days."""
    today = timezone.localdate(clock.now())
    ways = []
    for label, days in LATELY:
        narrowing = replace(search.narrowing, since=today - timedelta(days=days), until=None)
        ways.append(
            Way(
                label=label,
                url=replace(search, narrowing=narrowing).address(),
                current=narrowing == search.narrowing,
            )
        )
    return ways


def wider_of(search: Search) -> list[tuple[str | Promise, Search]]:
    """Searches that ask for less, for who found nothing: each with what is left out of it."""
    chosen = chosen_of(search.narrowing)
    wider: list[tuple[str | Promise, Search]] = [
        (format_lazy(_("Without “{filter}”"), filter=label), replace(search, narrowing=search.narrowing.without(name)))
        for name, label in chosen.items()
    ]
    if len(chosen) > 1:
        wider.append((_("Without any filter"), replace(search, narrowing=Narrowing())))
    typed = take_apart(search.words)
    if typed.phrases:
        bare = " ".join(search.words.replace('"', " ").split())
        wider.append((_("Without quotation marks"), replace(search, words=bare)))
    if typed.without:
        kept = [*typed.words, *(f'"{phrase}"' for phrase in typed.phrases)]
        wider.append((_("Without leaving anything out"), replace(search, words=" ".join(kept))))
    return [(label, each) for label, each in wider if each.words]


def shorter_of(search: Search) -> list[tuple[str | Promise, Search]]:
    """The same with one word less, for each of a few words."""
    typed = take_apart(search.words)
    words = search.words.split()
    if typed.phrases or typed.without or not 1 < len(words) <= MOST_WORDS_TO_DROP:
        return []
    label = _("Without the word “%(word)s”")
    fewer = [" ".join(words[:at] + words[at + 1 :]) for at in range(len(words))]
    return [(label % {"word": word}, replace(search, words=kept)) for word, kept in zip(words, fewer, strict=True)]
