"""A few words of a text, with those that were looked for marked. Safe by construction: escaped first, marked after."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from html import unescape

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from community.content.text import excerpt

#: No more of a text is looked through.
MAX_TEXT = 20_000

_BLOCK = re.compile(r"<(?:/?(?:p|div|li|ul|ol|tr|td|th|pre|blockquote|h[1-6])|br|hr)\b[^>]*>?", re.IGNORECASE)
_TAG = re.compile(r"<[^>]*>?")
# A Chinese or Japanese sign is a word of its own, as in the index (migration 0003).
_SIGNS = "\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_SIGNS}]|[^\W_{_SIGNS}]+")


def plain_of(html: str) -> str:
    """The words of HTML that we rendered, on one line."""
    return " ".join(unescape(_TAG.sub("", _BLOCK.sub(" ", html[:MAX_TEXT]))).split())


def fold(word: str) -> str:
    """A word as it is compared: without case and accents."""
    if word.isascii():
        return word.lower()
    taken_apart = unicodedata.normalize("NFKD", word[:100])
    return "".join(sign for sign in taken_apart if not unicodedata.combining(sign)).casefold()


class Looked:
    """The words that are looked for: whole ones, and beginnings."""

    def __init__(self, words: Iterable[str], beginnings: Iterable[str] = ()) -> None:
        self.words = frozenset(words)
        self.beginnings = tuple(beginnings)

    def is_one(self, word: str) -> bool:
        folded = fold(word)
        return folded in self.words or (bool(self.beginnings) and folded.startswith(self.beginnings))

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """From where to where they stand in the text."""
        return (found.span() for found in _WORD.finditer(text[:MAX_TEXT]) if self.is_one(found.group()))


class Either(Looked):
    """The words that one or another of these looks for."""

    def __init__(self, *each: Looked) -> None:
        super().__init__(())
        self.each = each

    def is_one(self, word: str) -> bool:
        return any(looked.is_one(word) for looked in self.each)


def marked(text: str, looked: Looked) -> SafeString:
    """The text as HTML, the words that were looked for in <mark>. Neighbours share one."""
    pieces: list[str] = []
    at, is_open = 0, False
    for start, end in looked.places(text):
        between = text[at:start]
        if is_open and not between.strip():
            pieces.append(escape(between))
        else:
            pieces += ["</mark>" if is_open else "", escape(between), "<mark>"]
        pieces.append(escape(text[start:end]))
        at, is_open = end, True
    pieces += ["</mark>" if is_open else "", escape(text[at:])]
    return mark_safe("".join(pieces))  # noqa: S308 - every piece of the text is escaped above


def passage(text: str, looked: Looked, length: int) -> str:
    """The part of a text where the words stand most densely, at most `length` characters (and an ellipsis)."""
    places = [start for start, _end in looked.places(text)]
    if not places or places[0] < length // 2:
        return excerpt(text, length)
    best = max(places, key=lambda at: (sum(at <= other < at + length for other in places), -at))
    start = text.rfind(" ", 0, max(0, best - length // 4)) + 1
    return ("…" if start else "") + excerpt(text[start:], length - 1)
