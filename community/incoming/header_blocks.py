"""What Outlook and its like put before a message: From, Sent, To, Subject in any language, also under a line."""

import re

from community.incoming.lines import Line
from community.incoming.phrases import LABELS, ORIGINAL, REPLY_ABOVE

MAX_INDENT = 3  # blanks; what is further in is code
MAX_CONTINUED = 15  # lines that a list of recipients may go on for

_KIND_OF = {label: kind for kind, labels in LABELS.items() for label in labels.split("|")}
_FIELD = re.compile(r"[*_# ]{0,6}([^\W\d_](?:[^:*<>@\"\t]{0,28}[^:*<>@\" ])?) ?[*_]{0,3} ?: ?[*_]{0,3}(.*)$")
_LABELS = re.compile(r"(?:^|(?<= ))[*_]{0,2}([^\W\d_]{1,20}(?: (?:el|le|em|il|op|den|am))?) ?:(?= |\*)")
_RULE = re.compile(r"[-_=*—–─━]{3,200}$|\*(?: \*){2,20}$")
_ORIGINAL = re.compile("|".join(re.escape(words) for words in sorted(ORIGINAL, key=len, reverse=True)))
_DIVIDER = re.compile(r"([-_=*—–─━+>< ]{2,200})(.{3,100}?)([-_=*—–─━+:>< ]{0,200})$")
# Words in any language between dashes, and what Notes says of a message in one line: only right above a whole header.
_TITLE = re.compile(
    r"[-_=*—–─━]{3,40} ?[^-_=*—–─━]{2,40}[-_=*—–─━]{3,40}$|"
    r".{2,300}?---\d{1,4}[./-]\d{1,2}[./-]\d{1,4} \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[ap]m)?---",
    re.I,
)
_DATE_ALONE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4},? \d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?: ?[ap]m)?$", re.I)
MAX_FORM = 16  # lines of a header whose fields have no colons
_RULES = frozenset("-_=*—–─━+>< #~")
_REPLY_ABOVE = re.compile("|".join(re.escape(words) for words in REPLY_ABOVE))
_ADDRESS = re.compile(r"@[\w.-]{2,200}|\[mailto:|<mailto:")
_HAS_DATE = re.compile(r"\d")
_HAS_CLOCK = re.compile(r"\d[:.hH時点시] ?\d\d|\d ?[ap]\.?m\b", re.I)
# Only whoever pastes a raw header has these beside the others.
_RAW_FIELD = re.compile(
    r"(?:received|return-path|message-id|mime-version|content-type|content-transfer-encoding|delivered-to|dkim-signature|"
    r"x-[a-z-]{2,40}|authentication-results|call-id|cseq|via|max-forwards|user-agent|contact|content-length|host|"
    r"references|in-reply-to) ?:",
    re.I,
)


def is_rule(line: Line) -> bool:
    return line.is_words and bool(_RULE.match(line.text))


def field_of(line: Line, *, indent: int = MAX_INDENT) -> str:
    """Which line of a header block this is: "from", "date" ...; "" for none."""
    if ":" not in line.text[:40] or not line.is_words or line.indent > indent:
        return ""
    match = _FIELD.match(line.text)
    return _KIND_OF.get(match[1].strip("* _").lower(), "") if match else ""


def first_field_of(lines: list[Line], at: int) -> str:
    """The same for the first line of a header: some programs indent it, and it alone."""
    kind = field_of(lines[at], indent=12)
    if kind and lines[at].indent > MAX_INDENT:
        return kind if at + 1 < len(lines) and field_of(lines[at + 1]) else ""
    return kind


def value_of(line: Line) -> str:
    match = _FIELD.match(line.text)
    return match[2].strip("* _") if match else ""


def divider_at(lines: list[Line], at: int) -> bool:
    """Whether this is "-----Original Message-----", or "Begin forwarded message:"."""
    line = lines[at].text
    if line[:1] not in _RULES and not _may_head(lines, _next_words(lines, at)):
        return False
    text = line.lower().replace("**", "")
    if len(text) > 200:
        return False
    is_ruled = text[:2] in ("--", "##", "==", "__", "**", "~~")
    if not _ORIGINAL.search(text):
        return is_ruled and bool(_REPLY_ABOVE.search(text))
    if _REPLY_ABOVE.search(text):
        return is_ruled
    ruled = _DIVIDER.match(text)
    if ruled and ruled[1].strip() and _alone(ruled[2]):
        return True
    # Without dashes it must say so and nothing else, and a header must follow.
    after = _next_words(lines, at)
    if not _alone(text.strip("*_ :")) or after == len(lines):
        return False
    return lines[after].depth > 0 or bool(block_at(lines, after, least=2))


def title_of_block_at(lines: list[Line], at: int) -> bool:
    """Whether a program says here, in words nobody has to know, that the header below is the message's."""
    if not _TITLE.match(lines[at].text):
        return False
    after = at + 1 if at + 1 < len(lines) and lines[at + 1].text else at + 2
    return bool(block_at(lines, after))


def form_at(lines: list[Line], at: int) -> int:
    """How many lines are a header as old Notes wrote it, each name above its value: sender, date, To, cc, Subject."""
    if "@" not in lines[at].text or at + 1 >= len(lines) or not _DATE_ALONE.match(lines[at + 1].text):
        return 0
    has_recipient = False
    for here in range(at + 2, min(at + MAX_FORM, len(lines))):
        line = lines[here]
        kind = _KIND_OF.get(line.text.lower(), "") if line.is_words else ""
        has_recipient = has_recipient or kind == "to"
        if kind == "subject" and has_recipient:
            return min(here + 2, len(lines)) - at
    return 0


def _may_head(lines: list[Line], at: int) -> bool:
    """A quick look: what stands under a divider without dashes."""
    return at < len(lines) and (lines[at].depth > 0 or ":" in lines[at].text[:40])


def _alone(text: str) -> bool:
    """The words of a divider, and at most a name or a date beside them."""
    found = _ORIGINAL.search(text)
    return found is not None and len(text) - len(found[0]) <= 40


def _next_words(lines: list[Line], at: int) -> int:
    for step in range(1, 4):
        if at + step < len(lines) and lines[at + step].text:
            return at + step
    return len(lines)


def block_at(lines: list[Line], at: int, *, least: int = 3) -> int:
    """How many lines from `at` on are a client's header; 0 where there is none."""
    if at >= len(lines) or not first_field_of(lines, at):
        return 0
    if _is_flat_header(lines[at]):
        return 1
    kinds: dict[str, str] = {}
    end, end_value, continued, blanks = at, "", 0, 0
    here = at
    while here < len(lines) and here - at < 60:
        line = lines[here]
        if line.depth or line.is_code or line.kind is not None or _RAW_FIELD.match(line.text):
            break
        kind = field_of(line) if here > at else first_field_of(lines, at)
        if kind:
            kinds.setdefault(kind, value_of(line))
            end, end_value, blanks, continued = here, kind, 0, 0
        elif not line.text:
            blanks += 1
            if blanks > 1:
                break
        elif (
            blanks
            or end_value not in ("to", "cc", "subject", "from", "date")
            or not _goes_on(lines, here, end_value, continued)
        ):
            break
        else:
            continued += 1
            end = here
        here += 1
    if here < len(lines) and _RAW_FIELD.match(lines[here].text):
        return 0
    return end - at + 1 if _is_header(lines, at, kinds, least) else 0


def _is_flat_header(line: Line) -> bool:
    """Whether a whole header stands in one line: "From: Anna Sent: Monday ... To: Bo Subject: Re: disks"."""
    if len(line.text) < 60 or line.text.count(":") < 3:
        return False
    kinds = {kind: match.end() for match in _LABELS.finditer(line.text) if (kind := _KIND_OF.get(match[1].lower(), ""))}
    if not {"from", "date"} <= kinds.keys() or not {"to", "subject"} & kinds.keys():
        return False
    return "@" in line.text and bool(_HAS_DATE.search(line.text, kinds["date"], kinds["date"] + 40))


def _goes_on(lines: list[Line], at: int, kind: str, continued: int) -> bool:
    """Whether a line belongs to the recipients (or the long subject) above it: more of the header has to follow it."""
    if continued >= MAX_CONTINUED:
        return False
    text = lines[at].text
    if kind in ("to", "cc") and ("@" in text or text.endswith((";", ","))):
        return True
    return any(field_of(lines[next_at]) for next_at in range(at + 1, min(at + 3, len(lines))))


def _is_header(lines: list[Line], at: int, kinds: dict[str, str], least: int) -> bool:
    known = [kind for kind in kinds if kind != "other"]
    if "from" not in kinds or (at and _RAW_FIELD.match(lines[at - 1].text)):
        return False
    has_date = bool(_HAS_DATE.search(kinds.get("date", "")))
    has_address = any(_ADDRESS.search(value) for value in kinds.values())
    # A journey goes from, to and on a day as well, but nobody wrote it at a minute, to an address, about something.
    is_dated = has_date and ("subject" in kinds or bool(_HAS_CLOCK.search(kinds["date"])))
    if len(known) >= 3 and ("date" not in kinds or has_date) and (is_dated or has_address):
        return True
    return len(known) >= 2 and (least == 2 or (has_date and has_address))
