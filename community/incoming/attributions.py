"""The lines in which a mail program says whom it quotes: "On 5 May 2024 at 10:12, Anna wrote:", in any language.

A verb is known by its language; beyond that only what all of them have counts: a date, a time, an address, a colon, and
where these stand. So most languages work without being listed.
"""

import re
from enum import IntEnum

from community.incoming.lines import Line
from community.incoming.phrases import (
    IN_NAMES,
    JOINED_VERBS,
    MONTHS_AND_DAYS,
    OPENERS,
    QUOTING,
    STORY,
    USERS,
    VERBS,
    WEAK_VERBS,
)

_STORY = frozenset(STORY) - frozenset(IN_NAMES)
MAX_LINES = 4
MAX_LENGTH = 500


class Sure(IntEnum):
    """How sure it is that a line names what follows as quoted."""

    NOT = 0
    #: only where quote marks follow at once
    IF_QUOTED = 1
    #: whatever follows is quoted
    ALWAYS = 2


def _any_of(words: list[str] | tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(set(words), key=len, reverse=True))


_VERB_WORDS = [verb for _language, *verbs in VERBS for verb in verbs]
_VERB = re.compile(rf"(?<![\w'])(?:{_any_of(_VERB_WORDS)})(?!\w)", re.I)
#: a piece of an attribution tells a date or an address, or has its verb
NAMES_SOMEBODY = re.compile(rf"\d|@|<|(?<![\w'])(?:{_any_of(_VERB_WORDS)})(?!\w)", re.I)
_VERBS_AT_END = tuple(_VERB_WORDS)
_USER = re.compile(rf"(?<!\w)(?:{_any_of(USERS)}) \S", re.I)
#: who is named by one small word, behind a year: "On 5 May 2024, hallkeeper wrote:"
_HANDLE = re.compile(r"(?<!\d)\d{1,2}(?!\d)[^@:]{1,30}\d{4}, ?@?[\w.-]{2,40} ?$")
_ONE_WORD = re.compile(r"@?[\w.-]{2,40}$|\S{2,40} via \S")
_JOINED = re.compile(rf"(?:{_any_of(JOINED_VERBS)})[ :]{{0,3}}$")
_JOINED_LENGTH = max(map(len, JOINED_VERBS)) + 3
_OPENER = re.compile(rf"(?:{_any_of(OPENERS)})(?![\w'])[ ,]{{0,3}}|[בב]-(?=\d)|(?:在|於|于)", re.I)
_QUOTING = re.compile(rf"(?:{_any_of(QUOTING)})(?!\w)", re.I)
_DAY = re.compile(rf"(?:{_any_of(MONTHS_AND_DAYS)})(?!\w)", re.I)
_TIME = re.compile(r"(?<!\d)\d{1,2} ?[:.h時时點点시] ?\d{2}(?!\d)")
_DATE = re.compile(
    r"(?<!\d)(?:19|20|25|14)\d\d(?!\d)|(?<!\d)\d{1,2} ?[./-] ?\d{1,2} ?[./-] ?\d{2,4}(?!\d)|[٠-٩۰-۹]{4}"
    r"|\d月|\d월|\d{4}年"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]@,;:\"]{1,100}@[^\s<>()\[\]@,;:\"]{1,150}")
_ADDRESS_END = re.compile(r"[<(\[][^<>()\[\]]{0,160}[@＠][^<>()\[\]]{1,160}[>)\]][ ,;]{0,3}$|@[^\s@]{1,150}$")
_ADDRESS_AND_VERB = re.compile(rf"@[^\s<>]{{1,150}}[>)\]]{{0,2}} {{0,3}}(?:{_any_of(_VERB_WORDS)})$", re.I)
#: an attribution was wrapped before the address
BEGINS_WITH_ADDRESS = re.compile(r"[<(\[](?:mailto:)?[^\s<>()\[\]@]{1,100}@")
_END = re.compile(r"[ *_\"'»”>]{0,4}[:：][ *_\"']{0,4}$")
_END_LENGTH = 9
_THEN_QUOTED = re.compile(r" ?: {2,20}(?=\S)")
_RULED = re.compile(r"^[-=*_~#•·]{1,30} ?(?=\S)")
_RULED_END = re.compile(r" ?:? ?[-=*_~]{2,30}$")
_FIRST_DIGIT = re.compile(r"\d")
#: our own mails name the brand in brackets behind the person
_NAMED = re.compile(
    r"^[\"'“„«]?[^<>@\[(]{1,80}?(?:\([^<>@()]{1,80}\))?[\"'”»]? ?[<(\[] ?(?:mailto:)?[^\s<>@]{1,100}@[^\s<>]{1,150}"
)
_WORD = re.compile(r"[^\s,;\"“”„«»()<>\[\]|]+")


def how_sure(text: str, *, is_last: bool = True, is_above_quote: bool = False) -> Sure:
    """Judge one attribution, unwrapped. `text` is compared text, of at most MAX_LENGTH characters. It is the last of
    its paragraph or is not, and quote marks follow or do not."""
    ruled = _RULED_END.search(text) if text.endswith(("-", "=", "*", "_", "~")) else None
    text = _RULED.sub("", text).strip("* _")
    if ruled:
        text = _RULED_END.sub("", text).rstrip()
        if not (_VERB.search(text) or _JOINED.search(text)):
            return Sure.NOT
    ended = text if ruled is None else text + ":"
    end = _END.search(ended, max(0, len(ended) - _END_LENGTH))
    if not end:
        sure = _without_colon(text)
        if not sure and (is_last or is_above_quote):
            sure = _without_colon_at_end(text)
        return sure or (_above_quote(text) if is_above_quote else Sure.NOT)
    body = text[: end.start()] if ruled is None else text
    body = body.rstrip(" \"'*_")
    sure = _judge(body)
    # People say who "said" something as well.
    return min(sure, Sure.IF_QUOTED) if body.lower().endswith(WEAK_VERBS) and "@" not in body else sure


def _without_colon(text: str) -> Sure:
    """Some leave the colon out; then a date, an address at the end and quote marks are asked for."""
    if _DATE.search(text) and text[:1].isdigit() and re.search(r"@[^\s<>]{1,150}>$", text):
        return Sure.IF_QUOTED
    if _JOINED.search(text) and _DATE.search(text) and _ADDRESS.search(text):
        return Sure.ALWAYS
    return Sure.NOT


def _without_colon_at_end(text: str) -> Sure:
    """The same where nothing of its paragraph follows that may be the rest of it."""
    if not (_DATE.search(text) and _TIME.search(text) and _ends_in_verb(text)):
        return Sure.NOT
    is_named = _ADDRESS_AND_VERB.search(text) and _starts_with_date(text) and not text.lower().endswith(WEAK_VERBS)
    return Sure.ALWAYS if is_named else Sure.IF_QUOTED


def _above_quote(text: str) -> Sure:
    """Without a colon, but quote marks are right below it: a date, and who wrote or a name and nothing else."""
    verb = _verb_of(text)
    starts = _starts_with_date(text)
    if verb is None:
        dated = bool(_DATE.search(text) and _TIME.search(text))
        return Sure.IF_QUOTED if dated and starts and (_is_name(text) or _ends_in_handle(text)) else Sure.NOT
    before, after = text[: verb[0]], text[verb[1] :]
    if _tells_a_story(before, after, "@" in text) or not (before.strip() or after.strip()):
        return Sure.NOT
    if starts and (_DATE.search(text) or _TIME.search(text)):
        return Sure.IF_QUOTED
    return Sure.IF_QUOTED if _is_name(before) and _is_name(after, is_date_too=True) else Sure.NOT


def _ends_in_handle(text: str) -> bool:
    """Whether one small word stands behind the verb that names somebody."""
    words = text.split()
    is_handle = len(words) > 1 and _ONE_WORD.match(words[-1]) is not None and words[-1].lower() not in _STORY
    return is_handle and _ends_in_verb(" ".join(words[:-1]))


def _ends_in_verb(text: str) -> bool:
    return any(verb.end() == len(text) for verb in _VERB.finditer(text))


def _judge(body: str) -> Sure:
    has_address = "@" in body and bool(_ADDRESS.search(body))
    has_date, has_time = bool(_DATE.search(body)), bool(_TIME.search(body))
    verb = _verb_of(body)
    starts = _starts_with_date(body)
    if verb is None:
        quoting = _QUOTING.match(body)
        if quoting:
            return Sure.ALWAYS if has_address else Sure.IF_QUOTED
        if has_address and (has_date or has_time) and _ADDRESS_END.search(body) and (starts or _NAMED.match(body)):
            return Sure.ALWAYS
        if has_address and _NAMED.match(body) and len(body) < 120 and (_ADDRESS_END.search(body) or has_date):
            return Sure.ALWAYS if has_date and has_time else Sure.IF_QUOTED
        return Sure.IF_QUOTED if has_date and has_time and (starts or len(body) < 120) else Sure.NOT
    before, after = body[: verb[0]], body[verb[1] :]
    if _tells_a_story(before, after, has_address):
        return Sure.IF_QUOTED if has_date and has_time else Sure.NOT
    if has_address and (starts or _NAMED.match(body)):
        return Sure.ALWAYS
    if (has_date or _DAY.search(body)) and has_time and (starts or after.strip()):
        return Sure.ALWAYS
    if has_date and starts and _is_name(after or before):
        return Sure.ALWAYS
    if has_date and _is_name(before) and after.strip():
        return Sure.ALWAYS
    if has_date and has_time and _JOINED.search(body):
        return Sure.ALWAYS
    if has_date and starts and (_USER.search(before) or _HANDLE.search(before)):
        return Sure.ALWAYS
    is_who = starts or _is_name(before) or not before.strip() or bool(_ONE_WORD.match(before.strip()))
    return Sure.IF_QUOTED if is_who else Sure.NOT


def _verb_of(body: str) -> tuple[int, int] | None:
    """Where the verb is: at the end, or before a name or a date alone."""
    joined = _JOINED.search(body)
    if joined:
        return joined.span()
    last = None
    for last in _VERB.finditer(body):
        if _is_name(body[last.end() :], is_date_too=True):
            return last.span()
    if last and last.end() == len(body):
        return last.span()
    return None


def _starts_with_date(body: str) -> bool:
    """The date is first, or only an opener and the name of a day stand before it."""
    opener = _OPENER.match(body)
    if opener and _DAY.match(body, opener.end()):
        return True
    digit = _FIRST_DIGIT.search(body, 0, 60)
    if digit is None:
        return False
    before = body[: digit.start()].split()
    if opener:
        return len(body[opener.end() : digit.start()].split()) <= 3
    return len(before) <= 1 or (len(before) <= 3 and bool(_DAY.match(body) or "," in before[0]))


def begins_with_date(text: str) -> bool:
    """Whether an attribution may begin so: an opener, a day, and a date or a time soon after."""
    text = _RULED.sub("", text)
    return _starts_with_date(text) and bool(_DATE.search(text) or _TIME.search(text))


def _is_name(text: str, *, is_date_too: bool = False) -> bool:
    """Made of what names, dates and addresses are made of."""
    words = _WORD.findall(_ADDRESS.sub("", text) if "@" in text else text)
    if len(words) > (16 if is_date_too else 12):
        return False
    for word in words:
        if word.lower() in IN_NAMES and word.lower() not in _STORY:
            continue
        if word[0].islower() and not _DAY.match(word) and not (is_date_too and len(words) > 3):
            return False
    return bool(words) or not text.strip() or "@" in text


def _tells_a_story(before: str, after: str, has_address: bool) -> bool:
    """Whether somebody tells what "I" or "the server" wrote, as people do and mail programs do not."""
    near = [word.lower() for word in _WORD.findall(before)[-3:]]
    then = [word.lower() for word in _WORD.findall(after)[:1]]
    if (near[-1:] and near[-1] in _FIRST_PERSON) or (then and then[0] in _FIRST_PERSON):
        return True
    return not has_address and any(word in _STORY for word in (near[-2:] + then))


_FIRST_PERSON = frozenset(
    [
        "i",
        "ich",
        "je",
        "yo",
        "io",
        "eu",
        "ik",
        "ja",
        "jag",
        "jeg",
        "minä",
        "já",
        "én",
        "я",
        "ben",
        "εγώ",
        "我",
        "나",
        "أنا",
        "אני",
        "tôi",
        "saya",
        "we",
        "wir",
        "nous",
        "wij",
        "my",
        "мы",
    ]
)


def attribution_at(lines: list[Line], at: int) -> tuple[int, Sure]:
    """How many lines from `at` on are one attribution, and how sure that is; (0, NOT) where there is none."""
    if not _ends_soon(lines, at):
        return 0, Sure.NOT
    text = ""
    for count in range(1, MAX_LINES + 1):
        if at + count > len(lines):
            break
        line = lines[at + count - 1]
        if not line.is_words:
            break
        text = f"{text} {line.text}" if text else line.text
        if len(text) > MAX_LENGTH:
            break
        if count == 1 and not (_may_start(text) or _is_wrapped_before_address(lines, at)):
            break
        if count == 1 and _quotes_in_one(text):
            return 1, Sure.ALWAYS
        is_above_quote = _is_above_quote(lines, at + count)
        if not (is_above_quote or _may_end(line)):
            continue
        is_last = at + count >= len(lines) or not lines[at + count].text
        sure = how_sure(text, is_last=is_last, is_above_quote=is_above_quote)
        if sure is Sure.ALWAYS or (sure and (is_last or is_above_quote)):
            return count, sure
    return 0, Sure.NOT


def _is_wrapped_before_address(lines: list[Line], at: int) -> bool:
    """Whether a line is one word, as it may be a person's name, and the next goes on with an address."""
    word = lines[at].text.removesuffix("<").rstrip()
    if " " in word or not _ONE_WORD.match(word) or at + 1 >= len(lines):
        return False
    return BEGINS_WITH_ADDRESS.match(lines[at].text[len(word) :].lstrip() + lines[at + 1].text) is not None


def _quotes_in_one(text: str) -> bool:
    """Yahoo's app leaves what is quoted on the line of its attribution, behind blanks."""
    colon = _THEN_QUOTED.search(text)
    if not colon or not _TIME.search(text):
        return False
    body = text[: colon.start()]
    return bool(_ADDRESS.search(body)) and _starts_with_date(body) and _ends_in_verb(body)


def _ends_soon(lines: list[Line], at: int) -> bool:
    """A quick look: most lines of a body have nothing near them with which an attribution ends."""
    if at < len(lines) and ":  " in lines[at].text:
        return True
    for here, line in enumerate(lines[at : at + MAX_LINES], at):
        if not line.is_words:
            return False
        if line.may_end or (line.may_end is None and _may_end(line)) or _is_above_quote(lines, here + 1):
            return True
    return False


def _is_above_quote(lines: list[Line], at: int) -> bool:
    """Whether quote marks follow, with at most one empty line before them."""
    if at < len(lines) and not lines[at].text and not lines[at].depth:
        at += 1
    return at < len(lines) and lines[at].depth > 0


def _may_end(line: Line) -> bool:
    if line.may_end is None:
        text = line.text
        line.may_end = (
            text.endswith((">", "--", "=="))
            or text[-4:].rstrip(" *_\"'»”>").endswith(":")
            or text[-30:].lower().endswith(_VERBS_AT_END)
            or _JOINED.search(text, max(0, len(text) - _JOINED_LENGTH)) is not None
        )
    return line.may_end


def _may_start(text: str) -> bool:
    """A quick look, so that plain paragraphs cost nothing."""
    text = _RULED.sub("", text).lstrip("* _\"'“„«")
    if _OPENER.match(text) or _QUOTING.match(text) or _DAY.match(text) or text[:1].isdigit():
        return True
    first = text[:1]
    if (bool(first) and not first.islower()) or "@" in text:
        return True
    return _VERB.search(text) is not None or _JOINED.search(text) is not None
