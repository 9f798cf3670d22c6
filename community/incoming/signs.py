"""Signs of what nobody typed just now: rules, names, goodbyes, telephones, and the lines of programs."""

import re

from community.incoming.lines import Line
from community.incoming.phrases_apps import (
    DEVICES,
    MAIL_APPS,
    NAMES_OF_APPS,
    SENT_FROM,
    SENT_FROM_ENDS,
    SENT_WHOLE,
)
from community.incoming.phrases_feet import GOODBYES
from community.incoming.phrases_people import FIRST_PERSON, TELLS

DELIMITER = re.compile(r"(?:--|—|–|––|- -|__|―)$")
RULE = re.compile(r"[-_=*~—–─━.]{3,200}$")
ENDS_OF_SENTENCES = (".", "!", "?", ":", ";", "。", "？", "！")
CONTACT = re.compile(
    r"\+\d[\d ()./-]{6,25}|(?<!\w)(?:tel|phone|mobile?|mobil|fax|cell|ph|tél|téléphone|telefon|telefono|teléfono|"
    r"telefone|handy|móvil|puh|тел|gsm|direct|office|电话|電話|手机|携帯|전화|t|m|f|p|d|o)"
    r"\.? ?(?::|(?=\+|\(?0\d)) ?[+(\d]|www\.[\w-]{2,60}\.|https?://|[\w.+-]{1,60}@[\w-]{1,60}\.|"
    r"(?<!\d)\(?0\d{1,5}\)?[ /-]\d{3,}|"
    r"\(\d{3}\) ?\d{3}[- ]\d{4}|(?<!\d)\d{3}[-.]\d{3}[-.]\d{4}(?!\d)",
    re.I,
)
COMPANY = re.compile(
    r"(?<!\w)(?:gmbh|ag|inc|llc|ltd|limited|s\.?r\.?l|s\.?p\.?a|s\.?a\.?s?|b\.?v|oy|a/s|aps|ab|as|kft|s\.r\.o|"
    r"sp\. ?z ?o\.?o|ооо|corp|co|plc|university|universität|institute|department|dept|engineer|manager|director|"
    r"head of|leiter|ingenieur|株式会社|有限公司)\.?(?!\w)",
    re.I,
)
_NAME_WORD = re.compile(
    r"(?:[^\W\d_a-z](?:[^\W\d_]|['’-](?=\w)){0,20}\.?|von|van|de|der|den|di|da|du|la|le|al|bin|ter)$"
)
_GOODBYES = frozenset(GOODBYES)
_FROM_MY = re.compile(
    r"(?:from|via) (?:my |a )?(?:i-?phone|ipad|mobile|android|galaxy|smartphone|cell|phone)(?: [\w+]{1,8}){0,2}$"
)
_FROM_MOBILE = re.compile(r"[^\W\d_]{2,20} from (?:my )?mobile$")
#: name the device behind a comma
_BEGIN_AFAR = ("please excuse", "excuse", "sorry", "brevity", "this m", "diese ")
SENT_FROM_FIRST = tuple(sorted(SENT_FROM, key=len, reverse=True))

#: glued to the words it stands under, as programs write links of HTML
_LINK_TO_APP = re.compile(
    r"(?<=\w)<https?://(?:aka\.ms|play\.google\.com|apps\.apple\.com|itunes\.apple\.com|go\.onelink\.me)/[^\s<>]{1,300}>"
)
_SYSTEM = re.compile(r"android|ios|iphone|ipad", re.I)
_LINK = re.compile(r"<?(?:https?://|www\.)[^\s<>]{1,500}>?")
_ASKS = re.compile(r"[?？؟](?=[\s\"'»”)]|$)")
# "I" is a word of other languages as well: only in front of what an Englishman does.
_FIRST_PERSON = re.compile(
    rf"(?<![\w.@'-])(?:{'|'.join(map(re.escape, FIRST_PERSON))})(?![\w@'-])|私[はのが]|我(?![们司公行方])|"
    r"(?<!chúng )(?<!\w)tôi(?!\w)|(?<![\w.-])i (?:am|was|have|had|do|did|don't|didn't|can|can't|could|got|get|see|saw|"
    r"need|think|use|want|tried|will|would|just|also|still|never|know|hope|like|found|wonder|guess|sent|read|wrote|"
    r"say|said|mean|love|live|work|write|went|made|gave|put|keep|cannot|really|only|already|always|then|now|\w{2,15}ed)\b",
    re.I,
)
# So it is in French; in Dutch it is "you", and in Czech "is".
_JE = re.compile(r"(?<![\w'-])je(?![\w'-])", re.I)
_FRENCH = re.compile(r"(?<!\w)(?:les|cette|dans|est|pas|vous|pour|une|qu'|l'|d'|n')", re.I)


def is_personal(text: str) -> bool:
    """Whether somebody asks, speaks of himself, or tells what a sentence says. No program does."""
    words = _LINK.sub(" ", text)
    if _ASKS.search(words) or _FIRST_PERSON.search(words):
        return True
    return has_any(words.lower(), TELLS) or bool(_JE.search(words) and _FRENCH.search(words))


def is_goodbye(text: str) -> bool:
    if len(text) > 60:
        return False
    words = text.lower().strip(" ,.!-*_")
    if words in _GOODBYES:
        return True
    first, comma, _rest = words.partition(",")
    return bool(comma) and len(words) < 40 and first in _GOODBYES


def is_bare_goodbye(text: str) -> bool:
    return text.lower().strip(" ,.!-*_") in _GOODBYES


def is_name(text: str) -> bool:
    """One to four words that are written large, and nothing else."""
    words = text.strip("*_ ,").split()
    return 0 < len(words) <= 4 and all(_NAME_WORD.match(word) for word in words) and not text.isupper()


def _is_link_to_app(text: str) -> bool:
    """Whether a few words are a link to where a mail program is had, as the mobile ones say in any language."""
    link = _LINK_TO_APP.search(text)
    if not link or not has_any(text[: link.start()].lower(), MAIL_APPS):
        return False
    words = text[: link.start()] + text[link.end() :]
    return (
        bool(_SYSTEM.search(words))
        and len(words) < 60
        and len(words.split()) <= 8
        and not is_personal(words)
        and not words.endswith((".", ":"))
    )


def names_app(text: str) -> bool:
    """Whether a line is the name of a program, as programs put it there, and as people answer."""
    words = text.lower().strip(" .!*_")
    return words.startswith(NAMES_OF_APPS) and len(words.split()) <= 4 and not _LINK.search(words)


def is_sent_from(text: str) -> bool:
    """ "Sent from my iPhone" and its like: begins (or ends) so, names a device, and says no more."""
    if len(text) > 150:
        return False
    words = text.lower().strip("*_[]()<>-—–| .:").lstrip()
    if _is_link_to_app(text):
        return True
    told = re.sub(r" ?<?https?://[^ ]{1,140}$", "", words).rstrip("!: ")
    # "Sent using https://..." names the program in its address alone.
    words = words if told in SENT_FROM_FIRST else told
    if words in SENT_WHOLE or _FROM_MY.match(words) or _FROM_MOBILE.match(words):
        return True
    begins, ends = words.startswith(SENT_FROM_FIRST), words.endswith(SENT_FROM_ENDS)
    if not (begins or ends) or not has_any(words, DEVICES):
        return False
    told, comma, _more = words.partition(", ")
    if comma and not told.startswith(_BEGIN_AFAR) and not (ends or has_any(told, DEVICES)):
        return False
    # Who tells something tells on.
    return len(words) < 90 and len(re.findall(r"[.!?] |, ", words)) <= 1 and not words.endswith("?")


def is_delimiter_or_rule(text: str) -> bool:
    return bool(DELIMITER.match(text) or RULE.match(text))


def last_words(lines: list[Line]) -> int:
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].text:
            return at
    return -1


def has_any(text: str, phrases: tuple[str, ...]) -> bool:
    return any(map(text.__contains__, phrases))
