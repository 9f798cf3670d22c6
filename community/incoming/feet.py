"""What stands under an author's words and is not his: signatures, lines of programs, disclaimers, feet of lists.

Each finder looks at one stretch of own lines from its end and says from which line on it is cut, and as what.
"""

import re

from community.incoming.lines import Line
from community.incoming.phrases_feet import (
    BANNERS,
    DEVICES,
    DISCLAIMER_STARTS,
    DISCLAIMER_TITLES,
    GOODBYES,
    IMPRINT,
    IN_DISCLAIMERS,
    IN_LIST_FEET,
    LIST_FEET,
    OF_THE_MESSAGE,
    SENT_FROM,
    SENT_FROM_ENDS,
    SENT_WHOLE,
    VIRUS,
)
from community.incoming.records import CutKind

MAX_SIGNATURE = 15  # lines with words; what is longer under "-- " is no signature
MAX_CARD = 10
_DELIMITER = re.compile(r"(?:--|—|–|––|- -|__|―)$")
_RULE = re.compile(r"[-_=*~—–─━.]{3,200}$")
_UNDERLINE = re.compile(r"_{2,200}$")
#: delimiters that stand before each thing of a list as well
_BULLETS = ("—", "–", "―", "__")
#: a line above a name, as some draw it in place of "-- "
_LINE_ABOVE_NAME = re.compile(r"[-_=—–─━~+]{3,40}$")
_ENDS_OF_SENTENCES = (".", "!", "?", ":", ";", "。", "？", "！")
MAX_NAMED = 4  # lines with words under it, the name among them
_CONTACT = re.compile(
    r"\+\d[\d ()./-]{6,25}|(?<!\w)(?:tel|phone|mobile?|mobil|fax|cell|ph|tél|téléphone|telefon|telefono|teléfono|"
    r"telefone|handy|móvil|puh|тел|gsm|direct|office|电话|電話|手机|携帯|전화|t|m|f|p|d|o)"
    r"\.? ?(?::|(?=\+|\(?0\d)) ?[+(\d]|www\.[\w-]{2,60}\.|https?://|[\w.+-]{1,60}@[\w-]{1,60}\.|"
    r"(?<!\d)\(?0\d{1,5}\)?[ /-]\d{3,}|"
    r"\(\d{3}\) ?\d{3}[- ]\d{4}|(?<!\d)\d{3}[-.]\d{3}[-.]\d{4}(?!\d)",
    re.I,
)
_COMPANY = re.compile(
    r"(?<!\w)(?:gmbh|ag|inc|llc|ltd|limited|s\.?r\.?l|s\.?p\.?a|s\.?a\.?s?|b\.?v|oy|a/s|aps|ab|as|kft|s\.r\.o|"
    r"sp\. ?z ?o\.?o|ооо|corp|co|plc|university|universität|institute|department|dept|engineer|manager|director|"
    r"head of|leiter|ingenieur|株式会社|有限公司)\.?(?!\w)",
    re.I,
)
_NAME_WORD = re.compile(
    r"(?:[^\W\d_a-z](?:[^\W\d_]|['’-](?=\w)){0,20}\.?|von|van|de|der|den|di|da|du|la|le|al|bin|ter)$"
)
_FROM_MY = re.compile(
    r"(?:from|via) (?:my |a )?(?:i-?phone|ipad|mobile|android|galaxy|smartphone|cell|phone)(?: [\w+]{1,8}){0,2}$"
)
_FROM_MOBILE = re.compile(r"[^\W\d_]{2,20} from (?:my )?mobile$")
#: name the device behind a comma
_BEGIN_AFAR = ("please excuse", "excuse", "sorry", "brevity", "this m", "diese ")
_SENT_FROM = tuple(sorted(SENT_FROM, key=len, reverse=True))
_IMPRINT = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, IMPRINT))})")
_GOODBYES = frozenset(GOODBYES)


def foot_from(lines: list[Line], end: int) -> tuple[int, CutKind] | None:
    """The first line of what may be cut before `end`, and why; None where all of it is its author's."""
    last = end - 1
    while last >= 0 and not lines[last].text:
        last -= 1
    if last < 0:
        return None
    return _sent_from(lines, last) or _rule_at_end(lines, last) or _last_paragraph(lines, last)


def signature_from(lines: list[Line]) -> int | None:
    """The line of "-- " under which only a signature stands."""
    under = 0
    found = None
    for at in range(len(lines) - 1, -1, -1):
        line = lines[at]
        if line.is_code:
            break
        if _DELIMITER.match(line.text) and line.indent < 4:
            if found is not None and under and line.text in _BULLETS:
                return None if lines[found].text in _BULLETS else found
            if not _is_in_diff(lines, at):
                found = at
        elif line.text:
            under += 1
            if under > MAX_SIGNATURE:
                break
    return found


def ruled_card_from(lines: list[Line]) -> int | None:
    """The rule right under a goodbye under which a card begins: all below is more of the same."""
    for at in range(1, len(lines)):
        above = lines[at - 1].text
        if above and _RULE.match(lines[at].text) and not lines[at].is_code:
            bids_goodbye = is_goodbye(above) or (at > 1 and _is_name(above) and is_goodbye(lines[at - 2].text))
            if bids_goodbye and _is_card(lines[at + 1 : at + 1 + MAX_CARD]):
                return at
    return None


def _is_card(lines: list[Line]) -> bool:
    """Whether short lines that tell nothing end with how somebody is reached."""
    for line in lines:
        if not line.text or len(line.text) > 120 or _RULE.match(line.text) or line.text.endswith(_ENDS_OF_SENTENCES):
            return False
        if _CONTACT.search(line.text):
            return "http" not in line.text
    return False


def named_from(lines: list[Line]) -> int | None:
    """The line at the end under which a name stands, and hardly more."""
    last = _last_words(lines)
    words: list[str] = []
    for at in range(last, -1, -1):
        text = lines[at].text
        if lines[at].is_code or len(words) > MAX_NAMED or len(text) > 60 or lines[at].indent > 3:
            return None
        if _LINE_ABOVE_NAME.match(text):
            is_one = bool(words) and _is_name(words[-1]) and not _divides_more(lines, at)
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
    return _last_words(lines[:at]) < 0 or any(_RULE.match(line.text) for line in lines[:at])


def _is_no_part_of_a_name(text: str) -> bool:
    """Whether a line tells something, or is one of a list."""
    if not text or _CONTACT.search(text):
        return False
    return text.endswith(_ENDS_OF_SENTENCES) or text.startswith(("-", "* ", "+ ", "#", "|", ">", "`")) or ": " in text


def _is_name(text: str) -> bool:
    """One to four words that are written large, and nothing else."""
    words = text.strip("*_ ,").split()
    return 0 < len(words) <= 4 and all(_NAME_WORD.match(word) for word in words) and not text.isupper()


def disclaimer_from(lines: list[Line]) -> int | None:
    """The first paragraph that is a disclaimer; what is under it is one too."""
    at = 0
    while at < len(lines):
        if lines[at].text and not lines[at].is_code:
            end = _end_of_paragraph(lines, at)
            if is_disclaimer(lines, at, end):
                return _with_heading(lines, at)
            at = end
        at += 1
    return None


def _with_heading(lines: list[Line], at: int) -> int:
    """Where a disclaimer begins: at the line or the title above it."""
    for _each in range(2):
        above = _last_words(lines[:at])
        if above < 0 or not (
            _RULE.match(lines[above].text) or lines[above].text.lower().strip("*_ :#") in DISCLAIMER_TITLES
        ):
            break
        at = above
    return at


def list_foot_from(lines: list[Line]) -> int | None:
    """The rule of underscores, or the sentence, from which on a mailing list speaks."""
    for at, line in enumerate(lines):
        if not line.text or line.is_code or len(line.text) > 300:
            continue
        if _UNDERLINE.match(line.text):
            if any(_has_any(under.text.lower(), IN_LIST_FEET) for under in lines[at + 1 : at + 4]):
                return at
        elif line.text.lower().lstrip("*_- ").startswith(LIST_FEET) and len(lines) - at < 40:
            above = _last_words(lines[:at])
            return above if above >= 0 and at - above < 3 and _is_delimiter_or_rule(lines[above].text) else at
    return None


def card_from(lines: list[Line]) -> int | None:
    """A card of telephone, title and company at the end: under a line, or under a goodbye and a name."""
    last = _last_words(lines)
    words = 0
    contacts = marks = 0
    for at in range(last, -1, -1):
        line = lines[at]
        if line.is_code or len(line.text) > 120 or words > MAX_CARD:
            return None
        if not line.text:
            continue
        if _RULE.match(line.text) and words and contacts and contacts + marks >= 2:
            return at
        if is_goodbye(line.text):
            under = [index for index in range(at + 1, last + 1) if lines[index].text]
            # Who says goodbye and his name beside it has no line with the name under it.
            first = under[1:] if _is_bare_goodbye(line.text) else under
            return first[0] if first and contacts and contacts + marks >= 2 else None
        if line.text.endswith((".", "!", "?")) and len(line.text.split()) > 7:
            return None
        words += 1
        contacts += bool(_CONTACT.search(line.text))
        marks += bool(_COMPANY.search(line.text)) or "|" in line.text
    return None


def is_goodbye(text: str) -> bool:
    if len(text) > 60:
        return False
    words = text.lower().strip(" ,.!-*_")
    if words in _GOODBYES:
        return True
    first, comma, _rest = words.partition(",")
    return bool(comma) and len(words) < 40 and first in _GOODBYES


def _is_bare_goodbye(text: str) -> bool:
    return text.lower().strip(" ,.!-*_") in _GOODBYES


def is_disclaimer(lines: list[Line], at: int, end: int) -> bool:
    first = lines[at].text.lower().lstrip("*_[(<#- \"'")
    # A font of pictures has a tree at P.
    if first.removeprefix("p ").startswith(DISCLAIMER_STARTS):
        return True
    text = " ".join(line.text for line in lines[at : min(end, at + 20)])[:3_000].lower()
    if len(text) <= (40 if not text.isascii() else 55):
        return False
    if not text.lstrip("*_[(<#- \"'").startswith(OF_THE_MESSAGE) and not _has_any(text[:150], OF_THE_MESSAGE):
        return False
    return sum(map(text.__contains__, IN_DISCLAIMERS)) >= 2


def is_banner(text: str) -> bool:
    return len(text) < 400 and text.lower().lstrip("*_[(<#!⚠️ ").startswith(BANNERS)


def is_sent_from(text: str) -> bool:
    """ "Sent from my iPhone" and its like: begins (or ends) so, names a device, and says no more."""
    if len(text) > 150:
        return False
    words = text.lower().strip("*_[]()<>-—–| .:").lstrip()
    words = re.sub(r" ?<?https?://[^ ]{1,140}$", "", words).rstrip("!")
    if words in SENT_WHOLE or _FROM_MY.match(words) or _FROM_MOBILE.match(words):
        return True
    begins, ends = words.startswith(_SENT_FROM), words.endswith(SENT_FROM_ENDS)
    if not (begins or ends) or not _has_any(words, DEVICES):
        return False
    told, comma, _more = words.partition(", ")
    if comma and not told.startswith(_BEGIN_AFAR) and not (ends or _has_any(told, DEVICES)):
        return False
    # Who tells something tells on.
    return len(words) < 90 and len(re.findall(r"[.!?] |, ", words)) <= 1 and not words.endswith("?")


def _sent_from(lines: list[Line], last: int) -> tuple[int, CutKind] | None:
    line = lines[last]
    if line.is_code:
        return None
    if is_sent_from(line.text):
        # A program's line may stand in two: "Gesendet mit der\nGMX Mail App".
        return last, CutKind.SIGNATURE
    if last and lines[last - 1].text and len(line.text) < 90 and is_sent_from(f"{lines[last - 1].text} {line.text}"):
        above = lines[last - 1].text.lower().strip("*_[](<>-—–| .:")
        return (last - 1, CutKind.SIGNATURE) if above.startswith(_SENT_FROM) and len(above) < 80 else None
    if line.text.startswith("<http") and last and is_sent_from(lines[last - 1].text):
        return last - 1, CutKind.SIGNATURE
    return None


def _rule_at_end(lines: list[Line], last: int) -> tuple[int, CutKind] | None:
    text = lines[last].text
    if lines[last].is_code:
        return None
    if (_RULE.match(text) and len(text) >= 10) or _DELIMITER.match(text):
        return last, CutKind.FOOT
    return None


def _last_paragraph(lines: list[Line], last: int) -> tuple[int, CutKind] | None:
    at = last
    while at > 0 and lines[at - 1].text and last - at < 20:
        at -= 1
    if lines[last].is_code or (at and lines[at - 1].text):
        return None
    first = lines[at]
    words = first.text.lower().lstrip("*_[(<#- |")
    if words.startswith(VIRUS) and last - at < 4:
        return at, CutKind.FOOT
    if _is_imprint(" ".join(line.text for line in lines[at : last + 1])):
        return at, CutKind.SIGNATURE
    if _RULE.match(first.text) and last > at and lines[at + 1].text.lower().startswith(VIRUS):
        return at, CutKind.FOOT
    if lines[last].text.lower().lstrip("*_[(<- |").startswith(VIRUS) and len(lines[last].text) < 250:
        return last, CutKind.FOOT
    return None


def _is_imprint(text: str) -> bool:
    """Whether a paragraph says which company this is, as the law asks for, and nothing else."""
    return len(text) < 600 and "?" not in text and len(set(_IMPRINT.findall(text.lower()))) >= 2


def _last_words(lines: list[Line]) -> int:
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].text:
            return at
    return -1


def _end_of_paragraph(lines: list[Line], at: int) -> int:
    while at < len(lines) and lines[at].text:
        at += 1
    return at


def _is_delimiter_or_rule(text: str) -> bool:
    return bool(_DELIMITER.match(text) or _RULE.match(text))


def _has_any(text: str, phrases: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, phrases))


def _is_in_diff(lines: list[Line], at: int) -> bool:
    """Between lines that a diff marks; git's own foot under a patch is a signature."""
    if not 0 < at < len(lines) - 1:
        return False
    sides = lines[at - 1].raw[:1], lines[at + 1].raw[:1]
    return all(side and side in "+-@ " for side in sides) and any(
        line.raw.startswith(("@@ ", "diff ")) for line in lines[max(0, at - 60) : at]
    )
