"""What programs and lists put under an author's words.

Each finder looks at one stretch of own lines from its end and says from which line on it is cut, and as what.
"""

import re
from itertools import pairwise

from community.incoming.lines import Line
from community.incoming.phrases_feet import ANTIVIRUS, IMPRINT, IN_LIST_FEET, LIST_FEET, VIRUS
from community.incoming.records import CutKind
from community.incoming.signs import (
    DELIMITER,
    RULE,
    SENT_FROM_FIRST,
    has_any,
    is_delimiter_or_rule,
    is_personal,
    is_sent_from,
    last_words,
)

_UNDERLINE = re.compile(r"_{2,200}$")
MAX_TABLE = 12  # lines of a card in a table
_WHERE = re.compile(r"://|@|www\.")
_EMPTY_ROW = re.compile(r"\|(?: \||\|){0,10}$")
#: a short rule, which stands above a foot; dots are no rule there
_DRAWN = re.compile(r"[-_=*—–─━]{3,200}$")
_SCANNERS = "|".join(map(re.escape, ANTIVIRUS))
_SCANNERS_ADDRESS = re.compile(rf"<?(?:https?://)?(?:www\.)?({_SCANNERS})\.\w{{2,5}}(?:/[^\s>]{{0,300}})?>?$", re.I)
_SCANNERS_LINE = re.compile(rf"_{{5,40}} .{{0,100}}(?:{_SCANNERS}).{{0,100}} _{{5,40}}$", re.I)
#: what a scanner says in its other lines
_IN_SCANNERS = re.compile(rf"^<#[\w-]{{20,60}}>$|https?://|www\.|virus|(?:{_SCANNERS})|^version\b|\bdatabase\b", re.I)
_IMPRINT = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, IMPRINT))})")


def foot_from(lines: list[Line], end: int) -> tuple[int, CutKind] | None:
    """The first line of what may be cut before `end`, and why; None where all of it is its author's."""
    last = end - 1
    while last >= 0 and not lines[last].text:
        last -= 1
    if last < 0:
        return None
    return _sent_from(lines, last) or _rule_at_end(lines, last) or _last_paragraph(lines, last)


def list_foot_from(lines: list[Line]) -> int | None:
    """The rule of underscores, or the sentence, from which on a mailing list speaks."""
    found = next((at for at, line in enumerate(lines) if line.text and _begins_list_foot(lines, at)), None)
    if found is None:
        return None
    # Whoever writes about a list's foot, or under it, has not come to an end: one further down may be the list's.
    own = [at for at in range(found, len(lines)) if lines[at].text and is_personal(lines[at].text)]
    if own:
        found = next((at for at in range(own[-1] + 1, len(lines)) if _begins_list_foot(lines, at)), None)
        if found is None:
            return None
    above = last_words(lines[:found])
    return above if above >= 0 and found - above < 3 and is_delimiter_or_rule(lines[above].text) else found


def _begins_list_foot(lines: list[Line], at: int) -> bool:
    line = lines[at]
    if not line.text or line.is_code or len(line.text) > 300:
        return False
    if _UNDERLINE.match(line.text):
        return any(has_any(under.text.lower(), IN_LIST_FEET) for under in lines[at + 1 : at + 4])
    text = line.text.lower().lstrip("*_- ")
    if not text.startswith(LIST_FEET) or len(lines) - at >= 40:
        return False
    # A list says where; whoever writes about leaving one rarely does.
    return not text.startswith("to unsubscribe") or any(_WHERE.search(under.text) for under in lines[at : at + 3])


def _sent_from(lines: list[Line], last: int) -> tuple[int, CutKind] | None:
    line = lines[last]
    if line.is_code:
        return None
    if is_sent_from(line.text):
        return _table_above(lines, last), CutKind.SIGNATURE
    # A program's line may stand in two: "Gesendet mit der\nGMX Mail App".
    if last and lines[last - 1].text and len(line.text) < 90 and is_sent_from(f"{lines[last - 1].text} {line.text}"):
        above = lines[last - 1].text.lower().strip("*_[](<>-—–| .:")
        return (last - 1, CutKind.SIGNATURE) if above.startswith(SENT_FROM_FIRST) and len(above) < 80 else None
    if line.text.startswith("<http") and last and is_sent_from(lines[last - 1].text):
        return last - 1, CutKind.SIGNATURE
    return None


def _table_above(lines: list[Line], last: int) -> int:
    """Where the card begins that some programs draw right above their line, in a table of which the lines are left."""
    at = last
    while at > 0 and lines[at - 1].text and last - at < MAX_TABLE:
        at -= 1
    return at if last - at < MAX_TABLE and _EMPTY_ROW.match(lines[at].text) else last


def _rule_at_end(lines: list[Line], last: int) -> tuple[int, CutKind] | None:
    text = lines[last].text
    if lines[last].is_code:
        return None
    is_above_foot = any(line.kind is not None for line in lines[last + 1 : last + 3])
    if (RULE.match(text) and len(text) >= 10) or DELIMITER.match(text) or (is_above_foot and _DRAWN.match(text)):
        return last, CutKind.FOOT
    return None


def _last_paragraph(lines: list[Line], last: int) -> tuple[int, CutKind] | None:
    """The paragraph at the end, which a rule may stand right above, if a program wrote it."""
    at = last
    while at > 0 and lines[at - 1].text and not RULE.match(lines[at - 1].text) and last - at < 20:
        at -= 1
    if lines[last].is_code or last - at >= 20:
        return None
    paragraph = lines[at : last + 1]
    if any(is_personal(line.text) for line in paragraph) or _is_introduced(lines, at):
        return None
    is_ruled = at > 0 and bool(lines[at - 1].text)
    if len(paragraph) <= 4 and (_is_of_scanner(paragraph) or (is_ruled and _is_told_by_scanner(paragraph))):
        return at, CutKind.FOOT
    if _is_imprint(" ".join(line.text for line in paragraph)):
        return at, CutKind.DISCLAIMER
    if _begins_with_virus(lines[last].text) and len(lines[last].text) < 250:
        return last, CutKind.FOOT
    return None


def _is_introduced(lines: list[Line], at: int) -> bool:
    """Whether a link that begins here was given by whoever wrote "this one:" above it."""
    above = last_words(lines[max(0, at - 2) : at])
    return (
        lines[at].text.lower().startswith(("http", "www.", "<http"))
        and above >= 0
        and lines[max(0, at - 2) + above].text.endswith(":")
    )


def _begins_with_virus(text: str) -> bool:
    return text.lower().lstrip("*_[(<#- |").startswith(VIRUS)


def _is_of_scanner(paragraph: list[Line]) -> bool:
    """Whether a scanner begins to speak, and no line under its first is somebody else's."""
    text = paragraph[0].text
    if not _begins_with_virus(text) and not _SCANNERS_LINE.match(text):
        return _has_address_of_scanner(paragraph)
    for above, line in pairwise(paragraph):
        was_wrapped = not above.text.endswith((".", "!", ":")) and len(above.text) > 40
        if not was_wrapped and not _begins_with_virus(line.text) and not _IN_SCANNERS.search(line.text):
            return False
    return True


def _has_address_of_scanner(paragraph: list[Line]) -> bool:
    """Whether the last line is nothing but a scanner's address, and what is above it names the scanner."""
    *above, last = (line.text for line in paragraph)
    found = _SCANNERS_ADDRESS.match(last)
    return found is not None and (not above or found[1].lower() in " ".join(above).lower())


def _is_told_by_scanner(paragraph: list[Line]) -> bool:
    """Under a rule: whether a few words name a scanner, and what it looks for."""
    text = " ".join(line.text for line in paragraph).lower()
    return len(text) < 250 and has_any(text, ANTIVIRUS) and ("vir" in text or "вирус" in text or "ιο" in text)


def _is_imprint(text: str) -> bool:
    """Whether a paragraph says which company this is, as the law asks for, and nothing else."""
    return len(text) < 600 and "?" not in text and len(set(_IMPRINT.findall(text.lower()))) >= 2
