"""What stands in a text of what is known to be one customer's: exact words, in whatever spacing they are written.

Plain values in and out. What merely looks private (numbers of phones and the like) content/private_data.py finds; here
are the words we know, whatever they look like.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from hashlib import sha256
from typing import NamedTuple

#: Shorter words stand in every text.
FEWEST_LETTERS = 3
#: From so many letters on, a word with a digit in it is found inside other words too: it is no word by chance.
SURE_LETTERS = 6
#: So many places of one word are looked at.
MOST_PLACES = 1_000


class Known(NamedTuple):
    """A word that is somebody's, and what it is to them."""

    text: str
    what: str


class Hit(NamedTuple):
    """A place in a text, `text[start:end]`, and what stands there."""

    start: int
    end: int
    text: str
    what: str

    @property
    def digest(self) -> str:
        """What this very word is known by in an answer about it."""
        return sha256(f"{self.what}:{self.text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def find_known(text: str, known: Iterable[Known]) -> list[Hit]:
    """The places of these words in the text, in order, as `join` says."""
    letters, places = _letters(text)
    found: list[Hit] = []
    for word, what in sorted({(_letters(each.text)[0], each.what) for each in known}):
        for start in _starts(letters, word):
            first, end = places[start], places[start + len(word) - 1] + 1
            if _is_sure(word) or _stands_alone(text, first, end):
                found.append(Hit(first, end, text[first:end], what))
    return join(text, found)


def join(text: str, hits: Iterable[Hit]) -> list[Hit]:
    """The hits in order; those that overlap are one, so that nothing of any is left when that is taken out.

    It is called what the longest of them is.
    """
    joined: list[Hit] = []
    longest = 0
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end, hit.what)):
        before = joined[-1] if joined else None
        if before is None or hit.start >= before.end:
            joined.append(hit)
            longest = len(hit.text)
            continue
        end = max(before.end, hit.end)
        what = hit.what if len(hit.text) > longest else before.what
        longest = max(longest, len(hit.text))
        joined[-1] = Hit(before.start, end, text[before.start : end], what)
    return joined


def _letters(text: str) -> tuple[str, list[int]]:
    """The letters and digits of a text, folded, and where each stood: what is between them is spacing."""
    letters, places = [], []
    for at, character in enumerate(text):
        for letter in unicodedata.normalize("NFKC", character).casefold():
            if letter.isalnum():
                letters.append(letter)
                places.append(at)
    return "".join(letters), places


def _starts(letters: str, word: str) -> Iterator[int]:
    at = letters.find(word) if len(word) >= FEWEST_LETTERS else -1
    for _place in range(MOST_PLACES):
        if at == -1:
            return
        yield at
        at = letters.find(word, at + 1)


def _is_sure(word: str) -> bool:
    return len(word) >= SURE_LETTERS and any(letter.isdigit() for letter in word)


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no word and no number goes on before it or behind it."""
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    return not (_goes_on(before, text[start]) or _goes_on(after, text[end - 1]))


def _goes_on(beside: str, edge: str) -> bool:
    return beside.isalnum() and beside.isdigit() == edge.isdigit()
