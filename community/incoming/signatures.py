"""Signatures at the end of one stretch of own lines: under "-- ", under a rule, or under a goodbye and a name.

Each finder looks at the stretch from its end and says from which line on it is cut.
"""

import re

from community.incoming.lines import Line
from community.incoming.phrases_people import ANNOUNCES
from community.incoming.signs import (
    COMPANY,
    CONTACT,
    DELIMITER,
    ENDS_OF_SENTENCES,
    RULE,
    has_any,
    is_bare_goodbye,
    is_goodbye,
    is_name,
    is_personal,
    is_sent_from,
    last_words,
)

MAX_SIGNATURE = 15  # lines with words; what is longer under "-- " is no signature
MAX_CARD = 10
MAX_NAMED = 4  # lines with words under it, the name among them
#: delimiters that stand before each thing of a list as well
_BULLETS = ("—", "–", "―", "__")
#: a line above a name, as some draw it in place of "-- "
_LINE_ABOVE_NAME = re.compile(r"[-_=—–─━~+]{3,40}$")
#: as mail programs write it; people, who write other things with dashes, leave the blank out
_TRUE_DELIMITER = re.compile(r" {0,3}-- $")
_QUESTION_MARKS = ("?", "？", "؟")
_ADDED = re.compile(r"p\.? ?s\.?(?:$|[ :])", re.I)
_SEPARATES = ("|", "•", "·", " / ")
#: words in a row that are written small: such are in sentences, and in no title or address
_SMALL_WORDS = re.compile(
    r"(?:(?<=[ (])|^)(?:[^\W\d_A-Z][^\W\d_A-Z'’]{0,20},? ){3}[^\W\d_A-Z][^\W\d_A-Z'’]{0,20}(?=[ ,.!)]|$)"
)
MAX_BARE = 10  # lines with words under a bare "--"
MAX_ABOVE_GOODBYE = 12  # lines in which a card may be announced


def signature_from(lines: list[Line]) -> int | None:
    """The line of "-- " under which only a signature stands."""
    under = 0
    found = None
    below = _Below()
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if line.is_code:
            break
        if DELIMITER.match(line.text) and line.indent < 4:
            if found is not None and under and line.text in _BULLETS:
                return None if lines[found].text in _BULLETS else found
            is_true = bool(_TRUE_DELIMITER.match(line.raw))
            if not is_true and below.has_delimiter and not below.was_named:
                # It stands between the parts of a text.
                found = None
            is_signature = not below.begins_with_question() if is_true else below.may_be_signature()
            if is_signature and not _is_in_diff(lines, at):
                found = at
            if not is_true:
                below.add_delimiter()
        elif line.text:
            under += 1
            if under > MAX_SIGNATURE:
                break
            below.add(line)
    return found


class _Below:
    """What stands under a bare "--", which people write between parts of a text, and in code, as well."""

    def __init__(self) -> None:
        self.has_delimiter = self.was_named = False
        self._first = ""
        self._count = self._sentences = 0
        self._tells = self._begins_with_sentence = False

    def add(self, line: Line) -> None:
        """One more line, from the end."""
        self._begins_with_sentence = False
        if line.kind is not None or is_sent_from(line.text):
            return
        self._count += 1
        self._first = line.text
        words = line.text.split()
        is_told = len(words) > 7 or line.text.endswith(ENDS_OF_SENTENCES)
        if line.text.endswith(_QUESTION_MARKS) or _ADDED.match(line.text) or (is_told and is_personal(line.text)):
            self._tells = True
        if line.text[0].islower() and line.text.endswith(ENDS_OF_SENTENCES) and len(words) > 2:
            self._tells = True
        if _is_sentence(line.text, words):
            self._sentences += 1
            self._begins_with_sentence = True

    def add_delimiter(self) -> None:
        """One more "--", right above what was added last: a name, if it is the line above a signature."""
        self.was_named = not self.has_delimiter and (not self._first or is_name(self._first))
        self.has_delimiter = True

    def begins_with_question(self) -> bool:
        return self._first.endswith(_QUESTION_MARKS)

    def may_be_signature(self) -> bool:
        """A few short lines, and at most a motto under them."""
        if self._tells or self._begins_with_sentence:
            return False
        return self._sentences <= 1 and self._count <= MAX_BARE and not (self.has_delimiter and self._count)


def _is_sentence(text: str, words: list[str]) -> bool:
    """Whether a line is of a text, and no title, address or telephone."""
    if CONTACT.search(text) or any(sign in text for sign in _SEPARATES):
        return False
    if text.endswith(ENDS_OF_SENTENCES):
        return len(words) > 7 or len(text) > (60 if text.isascii() else 40)
    return len(words) > 11 and sum(word[0].islower() for word in words) * 2 > len(words)


def ruled_card_from(lines: list[Line]) -> int | None:
    """The rule right under a goodbye under which a card begins: all below is more of the same."""
    for at in range(1, len(lines)):
        above = lines[at - 1].text
        if above and RULE.match(lines[at].text) and not lines[at].is_code:
            bids_goodbye = is_goodbye(above) or (at > 1 and is_name(above) and is_goodbye(lines[at - 2].text))
            if bids_goodbye and _is_card(lines[at + 1 : at + 1 + MAX_CARD]):
                return at
    return None


def _is_card(lines: list[Line]) -> bool:
    """Whether short lines that tell nothing end with how somebody is reached."""
    for line in lines:
        if not line.text or len(line.text) > 120 or RULE.match(line.text) or line.text.endswith(ENDS_OF_SENTENCES):
            return False
        if CONTACT.search(line.text):
            return "http" not in line.text
    return False


def card_from(lines: list[Line]) -> int | None:
    """A card of telephone, title and company at the end: under a line, or under a goodbye and a name."""
    last = last_words(lines)
    words = 0
    contacts = marks = 0
    for at in range(last, -1, -1):
        line = lines[at]
        if line.is_code or len(line.text) > 120 or words > MAX_CARD or _is_told(line.text):
            return None
        if not line.text:
            continue
        if RULE.match(line.text) and words and contacts and contacts + marks >= 2:
            return at
        if is_goodbye(line.text):
            under = [index for index in range(at + 1, last + 1) if lines[index].text]
            # Who says goodbye and his name beside it has no line with the name under it.
            first = under[1:] if is_bare_goodbye(line.text) else under
            is_card = bool(first) and contacts > 0 and contacts + marks >= 2
            return first[0] if is_card and not _is_announced(lines, at) else None
        if line.text.endswith((".", "!", "?")) and len(line.text.split()) > 7:
            return None
        words += 1
        contacts += bool(CONTACT.search(line.text))
        marks += bool(COMPANY.search(line.text)) or "|" in line.text
    return None


def _is_told(text: str) -> bool:
    """Whether somebody says something of a telephone: a sentence goes on around its number."""
    return bool(_SMALL_WORDS.search(text) and CONTACT.search(text))


def _is_announced(lines: list[Line], goodbye: int) -> bool:
    """Whether the words above a goodbye say that what is under it wants to be read."""
    above = lines[max(0, goodbye - MAX_ABOVE_GOODBYE) : goodbye]
    last = last_words(above)
    if last >= 0 and above[last].text.endswith(":"):
        return True
    return any(has_any(f"{line.text.lower()} ", ANNOUNCES) for line in above)


def named_from(lines: list[Line]) -> int | None:
    """The line at the end under which a name stands, and hardly more."""
    last = last_words(lines)
    words: list[str] = []
    for at in range(last, -1, -1):
        text = lines[at].text
        if lines[at].is_code or len(words) > MAX_NAMED or len(text) > 60 or lines[at].indent > 3:
            return None
        if _LINE_ABOVE_NAME.match(text):
            is_one = bool(words) and is_name(words[-1]) and not _divides_more(lines, at)
            return at if is_one else None
        if _is_no_part_of_a_name(text):
            return None
        if text:
            words.append(text)
    return None


def _divides_more(lines: list[Line], at: int) -> bool:
    """Whether a rule is one of several, or underlines a title, or has nothing above it."""
    above = lines[at - 1].text if at else ""
    if above and len(above) < 40 and not above.endswith((".", "!", "?", ",", ")")) and not is_goodbye(above):
        return True
    return last_words(lines[:at]) < 0 or any(RULE.match(line.text) for line in lines[:at])


def _is_no_part_of_a_name(text: str) -> bool:
    """Whether a line tells something, or is one of a list."""
    if not text or CONTACT.search(text):
        return False
    return text.endswith(ENDS_OF_SENTENCES) or text.startswith(("-", "* ", "+ ", "#", "|", ">", "`")) or ": " in text


def _is_in_diff(lines: list[Line], at: int) -> bool:
    """Between lines that a diff marks; git's own foot under a patch is a signature."""
    if not 0 < at < len(lines) - 1:
        return False
    sides = lines[at - 1].raw[:1], lines[at + 1].raw[:1]
    return all(side and side in "+-@ " for side in sides) and any(
        line.raw.startswith(("@@ ", "diff ")) for line in lines[max(0, at - 60) : at]
    )
