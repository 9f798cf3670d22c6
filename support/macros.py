"""Macros: words with variables, filled by looking them up in a table and by nothing else.

Nothing in them is ever run, and what is put in is not read a second time. A variable we do not know stays as it was
typed and is told, so that it can be shown before anything is sent. Plain values in and out, no rows.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: What a macro may name, and what stands there then.
VARIABLES: dict[str, str | Promise] = {
    "customer": _("The customer's name"),
    "agent": _("Your name"),
    "subject": _("The subject"),
    "number": _("The number of the ticket"),
    "board": _("The product"),
    "version": _("The version of the product"),
    "question": _("The question it came from"),
    "brand": _("The brand's name"),
}
#: Two braces, a few characters, two braces: linear, as nothing in between may be a brace or a new line.
_PLACE = re.compile(r"\{\{([^{}\n]{0,80})\}\}")
#: What Markdown would read as more than a letter.
_MARKS = re.compile(r"([\\`*_\[\]<>|!])")


@dataclass(frozen=True)
class Piece:
    """A run of text, or a variable that nobody knows, as it was typed."""

    text: str
    is_unknown: bool = False


@dataclass(frozen=True)
class Filled:
    """A macro's words with what is known in its places; `unknown` are the others, each once, as they were typed."""

    text: str
    unknown: tuple[str, ...]


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Put the values in. A known variable whose value is empty counts as unknown: a hole would be sent unseen."""
    unknown: dict[str, None] = {}

    def put(match: re.Match[str]) -> str:
        value = values.get(match[1].strip().casefold(), "")
        if value:
            return plain(value)
        unknown[match[0]] = None
        return match[0]

    return Filled(_PLACE.sub(put, text), tuple(unknown))


def plain(value: str) -> str:
    """A value that reads in Markdown as it reads here; addresses stay as they are."""
    if value.startswith(("http://", "https://", "/")):
        return value
    return _MARKS.sub(r"\\\1", " ".join(value.split()))


def left_in(text: str) -> tuple[str, ...]:
    """The variables that still stand in a text, each once."""
    return tuple(dict.fromkeys(match[0] for match in _PLACE.finditer(text)))


def pieces(text: str) -> list[Piece]:
    """The text in runs, so that a page can mark what would be sent unfilled."""
    found, at = [], 0
    for match in _PLACE.finditer(text):
        if match.start() > at:
            found.append(Piece(text[at : match.start()]))
        found.append(Piece(match[0], is_unknown=True))
        at = match.end()
    return [*found, Piece(text[at:])] if at < len(text) else found
