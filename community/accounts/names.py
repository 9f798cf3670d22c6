"""Which names people may take: plain values in and out."""

import re
import unicodedata

from django.utils.translation import gettext_lazy as _

from community.accounts.imitating import imitates
from community.content.text import BadText, clean_text, key

SHORTEST, LONGEST = 3, 40

_SHAPE = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?")
# Letters of these alphabets look alike; a name that mixes them is made to be mistaken for another one.
_ALPHABETS = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC")


class BadName(ValueError):
    """The name cannot be taken; `str(error)` is a translated sentence for the person."""


def check_name(value: str, *, brand: str = "") -> str:
    """Return the name for signing in as it is stored; BadName says what is wrong with it.

    3 to 40 letters, digits, dots, dashes and underscores, beginning and ending with a letter or digit, of one alphabet,
    and none that speaks for the site: `brand` is its name.
    """
    try:
        name = clean_text(value)
    except BadText as error:
        raise BadName(str(error)) from error
    if not SHORTEST <= len(name) <= LONGEST:
        raise BadName(_("A name has 3 to 40 characters."))
    # What is stored must be what was typed: hidden marks, full-width letters and ligatures are refused, not dropped.
    typed = unicodedata.normalize("NFC", value)
    if name != typed or not _SHAPE.fullmatch(name) or unicodedata.normalize("NFKC", name) != name:
        raise BadName(_("A name is made of letters, digits and . - _ and begins and ends with a letter or digit."))
    if len({alphabet for letter in name if (alphabet := _alphabet(letter))}) > 1:
        raise BadName(_("Please do not mix letters of different alphabets in a name."))
    if is_reserved(name, brand=brand):
        raise BadName(_("This name is kept for the people who run the site. Please choose another one."))
    return name


def is_reserved(name: str, *, brand: str = "") -> bool:
    """Whether the name speaks for the site, as in "admin", "Support-Team" or "acme.help" (imitating.py)."""
    return imitates(name, brand=brand)


def propose_name(wish: str, *, brand: str = "") -> str:
    """A valid name made from any text: its letters and digits, or "member" where too few are left."""
    words = re.split(r"[^a-z0-9]+", unicodedata.normalize("NFKD", key(wish[:200])).encode("ascii", "ignore").decode())
    name = "-".join(word for word in words if word)[: LONGEST - 8].strip("-")
    return name if len(name) >= SHORTEST and not is_reserved(name, brand=brand) else "member"


def _alphabet(letter: str) -> str | None:
    word = unicodedata.name(letter, "").split(" ", 1)[0]
    return word if word in _ALPHABETS else None
