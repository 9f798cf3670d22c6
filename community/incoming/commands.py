"""Words that do something when a reply consists of nothing else: a person can live in mail alone.

They are documented (docs/mail-lists.md) and told in the foot of every mail in which they work. Only a whole reply is
one, never a subject, never a word in a sentence.
"""

import re
from collections.abc import Mapping
from unicodedata import normalize

from django.utils.translation import get_language

ACCEPT, LEAVE = "accept", "leave"

#: By language, the first one is told in mails; all of them work in every language, since a reply says none.
WORDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    ACCEPT: {"en": ("accept", "solved"), "de": ("annehmen", "gelöst"), "es": ("aceptar", "resuelto")},
    LEAVE: {
        "en": ("leave", "unsubscribe", "stop"),
        "de": ("abmelden", "austragen"),
        "es": ("baja", "salir"),
    },
}
_MEANT = {word: command for command, languages in WORDS.items() for words in languages.values() for word in words}
#: For keyboards without the letter.
_MEANT["geloest"] = ACCEPT
#: Longer than any of them with all that may stand around it.
_LONGEST = 40
_AROUND = re.compile(r"[#/]?\s*([^\W\d_]+)\s*[.!]?")


def command_of(kept: str) -> str:
    """The command that this reply is, in any of the site's languages; "" for a reply that is to be posted."""
    told = kept.strip() if len(kept) < _LONGEST * 4 else ""
    # A word in bold, or one whose "#" would be a heading, comes with marks where it comes from HTML.
    told = normalize("NFC", told.replace("\\", "").strip("*_ "))
    found = _AROUND.fullmatch(told) if len(told) <= _LONGEST else None
    return _MEANT.get(found[1].casefold(), "") if found else ""


def word_for(command: str) -> str:
    """How the command is called in the language that is active."""
    languages = WORDS[command]
    return languages.get((get_language() or "en")[:2], languages["en"])[0]
