"""Finding what names a person in other people's words, and putting a neutral word there. Plain values in and out.

Addresses, mentions ("@ada"), addresses of the person's page and the heads of quotes ("[**Ada Lovelace**](...):",
"Ada wrote:") always name somebody. A bare name does so where it is nobody else's word: a name of several words, or one
that is hardly ever said without the person being there. A single common word ("Red", "red") is replaced only in what
the person wrote and, spelled as a name, where they took part.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import quote as percent_encode

from community.content.text import key

#: Words before a name that are said to somebody, and words after it that tell what somebody said.
_TO = r"hi|hello|hey|dear|thanks|thank you|thx|cc|hallo|liebe|lieber|danke|hola|gracias|querid[oa]|estimad[oa]"
_SAID = r"wrote|said|says|asked|answered|suggested|schrieb|sagte|meinte|fragte|escribió|dijo|preguntó"
_MENTION = re.compile(r"(?<![^\W_.+\-@/])(?<![.+\-@/])@(\w(?:[\w.-]{0,62}\w)?)(?![@\w])")
#: What a quote escapes in a name (content/markdown.py).
_ESCAPED = re.compile(r"([\\`*_{}\[\]<>()#~|!@&])")
#: Shorter ones are no names to look for by themselves.
_SHORTEST = 2


@dataclass(frozen=True)
class Names:
    """Whom to find: the names and addresses of one person, and what stands there afterwards."""

    person_id: int
    neutral: str
    username: str = ""
    shown: Sequence[str] = ()
    addresses: Sequence[str] = ()
    #: those of the names that are words of everyday life here: replaced with care
    common: Sequence[str] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @cached_property
    def bare(self) -> list[str]:
        """The names as they may stand in a sentence, the longest first."""
        found = dict.fromkeys(name for name in (self.username, *self.shown) if len(name) >= _SHORTEST)
        return sorted(found, key=len, reverse=True)

    @cached_property
    def needles(self) -> list[str]:
        """What any text that names the person contains, in whatever case: for the database to look for."""
        named = [form for name in self.bare for form in (name, _ESCAPED.sub(r"\\\1", name))]
        page = percent_encode(key(self.username), safe="") if self.username else ""
        return list(dict.fromkeys(needle for needle in (*self.addresses, *named, page) if needle))

    def rewrite(self, text: str, *, is_own: bool = False, took_part: bool = False) -> str:
        """The text without the person. `is_own`: they wrote it; `took_part`: they wrote in the same thread."""
        if not text:
            return text
        text = self._addresses.sub(self.neutral, text) if self._addresses else text
        text = self._pages.sub(f"/people/~{self.person_id}/", text) if self._pages else text
        text = _MENTION.sub(self._mentioned, text) if self.username else text
        for name in self.bare:
            text = self._clear(name).sub(self.neutral, text)
            if is_own or name not in self.common or (took_part and name != name.lower()):
                text = self._word(name, any_case=is_own or name not in self.common).sub(self.neutral, text)
        return text

    def is_in(self, text: str) -> bool:
        """Whether anything in the text surely names the person."""
        return self.rewrite(text) != text

    def _mentioned(self, found: re.Match[str]) -> str:
        for name in (found[1], found[1].rstrip("_")):
            if key(name) == key(self.username):
                return self.neutral + found[1][len(name) :]
        return found[0]

    @cached_property
    def _addresses(self) -> re.Pattern[str] | None:
        # An address that goes on before or after is somebody else's: xada@..., ada@example.com.au
        forms = "|".join(re.escape(address) for address in sorted(self.addresses, key=len, reverse=True) if address)
        return re.compile(rf"(?<![\w.+-])(?:mailto:)?(?:{forms})(?![\w-]|\.\w)", re.I) if forms else None

    @cached_property
    def _pages(self) -> re.Pattern[str] | None:
        if not self.username:
            return None
        slugs = "|".join(dict.fromkeys(re.escape(form) for form in self._slugs))
        return re.compile(rf"/people/(?:{slugs})(?:/|(?![\w%.-]))", re.I)

    @property
    def _slugs(self) -> tuple[str, ...]:
        slug = key(self.username)
        return slug, self.username, percent_encode(slug, safe=""), percent_encode(self.username, safe="")

    def _clear(self, name: str) -> re.Pattern[str]:
        """Where only a person can stand: a quote's head, before "wrote", after "thanks"."""
        quoted, plain = re.escape(_ESCAPED.sub(r"\\\1", name)), re.escape(name)
        return re.compile(
            rf"(?<=\[\*\*){quoted}(?=\*\*\])"
            rf"|(?<![\w@]){plain}(?=\*{{0,2}}[,:]?\s+(?:{_SAID})\b)"
            rf"|(?:(?<=^)|(?<=[>\s])){plain}(?=\*{{0,2}}:\s*$)"
            + "".join(rf"|(?<=\b{word} ){plain}(?![\w@])|(?<=\b{word}, ){plain}(?![\w@])" for word in _words(_TO)),
            re.M | re.I,
        )

    def _word(self, name: str, *, any_case: bool) -> re.Pattern[str]:
        plain, quoted = re.escape(name), re.escape(_ESCAPED.sub(r"\\\1", name))
        # Chinese, Japanese and Korean put no space between words.
        before, after = ("", "") if max(name) >= "\u2e80" else (r"(?<![\w@])", r"(?![\w@])")
        return re.compile(f"{before}(?:{plain}|{quoted}){after}", re.I if any_case else 0)


def _words(alternatives: str) -> list[str]:
    """Each alternative of its own: what is looked for behind has one length."""
    return [form for word in alternatives.split("|") for form in _forms(word)]


def _forms(word: str) -> list[str]:
    if "[oa]" in word:
        return [word.replace("[oa]", "o"), word.replace("[oa]", "a")]
    return [word]
