"""What people write without meaning everybody to read it: addresses, numbers of phones, cards and accounts, secrets.

Plain values in and out, one pass over the text for each kind. A find is a place in the source and what it seems to be;
it is shown to the writer, who decides. So a find that is none costs a click, and one that is missed what it always did:
each rule keeps to what is nearly always right (versions, dates, part numbers, addresses of machines and lines of logs
are full of digits), and names what it leaves out.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from django.utils.translation import gettext_lazy as _

#: What is left unread of a longer text: more than any body holds (content/markdown.py).
MOST_READ = 40_000
#: A text with more finds than this is a list of addresses or a log: the rest is not told apart.
MOST_FOUND = 200
#: Of a board's own patterns: lines, characters of a line, and the fewest places that stand for something.
MOST_PATTERNS, LONGEST_PATTERN, FEWEST_PLACES = 20, 40, 4


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


class Kind(StrEnum):
    """What a find seems to be."""

    EMAIL = "email"
    PHONE = "phone"
    CARD = "card"
    IBAN = "iban"
    SERIAL = "serial"
    SECRET = "secret"  # noqa: S105 - the name of a kind


#: How each kind is called to whoever wrote it.
WORDS = {
    Kind.EMAIL: _("an e-mail address"),
    Kind.PHONE: _("a phone number"),
    Kind.CARD: _("the number of a card"),
    Kind.IBAN: _("a bank account (IBAN)"),
    Kind.SERIAL: _("a serial number"),
    Kind.SECRET: _("a password or key"),
}


class Found(NamedTuple):
    """One find: `text[start:end]`, and what it seems to be."""

    start: int
    end: int
    kind: Kind
    text: str

    @property
    def digest(self) -> str:
        """What this very text is known by where it must not stand itself: in an answer about it."""
        return sha256(f"{self.kind}:{self.text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def masked(self) -> str:
        """Enough of it for whoever wrote it to see what is meant."""
        return mask(self.text)


def mask(text: str) -> str:
    """The first two and the last two characters; of something short the first alone."""
    line = " ".join(text.split())
    if len(line) < 8:
        return line[:1] + "•" * 5
    return f"{line[:2]}{'•' * min(len(line) - 4, 8)}{line[-2:]}"


def find_private(text: str, *, patterns: str = "", own: Callable[[], Collection[str]] | None = None) -> list[Found]:
    """The finds in `text` in their order, none inside another.

    `patterns` are a board's own (see `compile_patterns`); `own` gives the addresses the brand itself publishes, and is
    asked only where there is an address.
    """
    text = text[:MOST_READ]
    found = [
        *_secrets(text),
        *_ibans(text),
        *_cards(text),
        *_serials(text, patterns),
        *_addresses(text, own),
        *_phones(text),
    ]
    kept: list[Found] = []
    # What was found first among those that overlap wins: the rules stand in the order of how sure they are.
    taken: list[tuple[int, int]] = []
    for each in found[:MOST_FOUND]:
        if all(each.end <= start or each.start >= end for start, end in taken):
            taken.append((each.start, each.end))
            kept.append(each)
    return sorted(kept)


def take_out(text: str, found: Iterable[Found], words: str) -> str:
    """The text with `words` in the place of each find."""
    parts, at = [], 0
    for each in sorted(found):
        parts += [text[at : each.start], words]
        at = each.end
    return "".join([*parts, text[at:]])


# E-mail addresses -----------------------------------------------------------------------------------------------------
_LOCAL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}\Z")
_HOST = re.compile(r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9])")
#: Names that stand for no machine anybody has (RFC 2606, 6761, 6762), units of systemd, and endings of files.
_NO_HOSTS = _words(
    "test example invalid localhost local lan internal home onion service socket timer target slice scope mount path "
    "device swap png jpg jpeg gif svg webp js css html php py so conf cfg log txt xpi jar zip exe deb rpm apk"
)
_EXAMPLES = _words(
    "example.com example.org example.net domain.com domain.tld mydomain.com yourdomain.com mail.com email.com "
    "test.com foo.com bar.com "
    "foo.bar server.com host.com company.com mycompany.com abc.com xyz.com site.com something.com whatever.com "
    "provider.com myprovider.com isp.com myisp.com address.com xxx.com xxxx.com xx.com acme.com"
)
#: Who reads there is no person.
_ROLES = _words(
    "support help info contact sales admin abuse postmaster webmaster hostmaster security bugs bug feedback press "
    "legal privacy noreply mailer-daemon git hg svn root nobody news newsletter owner "
    "billing service office hello team mail email e-mail subscribe"
)
#: What people write for “an address”, in the languages we have met.
_PLACEHOLDER = re.compile(
    r"(?:me|my|you|whatever|aaa|your|name|nome|nom|user|username|login|alias|someone|somebody|anyone|foo|bar|baz|alice|bob|john|jane|"
    r"johndoe|janedoe|j(?:ohn|ane)[._-]doe|joe|test|tester|abc|xyz|address|adresse|sender|recipient|from|to|"
    r"first|firstname|vorname|first(?:name)?[._-]?last(?:name)?|nome[._-]cognome|vorname[._-]nachname|(?:your|my)[._-]?(?:name|mail|email|address|login|user).{0,12}"
    r"|[x._*0-]+|rimosso|removed|redacted)[0-9]{0,3}$"
)
_NOBODYS = re.compile(r"--|no-?_?reply|do-?not-?reply|unsubscribe|bounce|email-?address|mailaddress|example|^xx|\.{2}")
_NO_DOMAIN = re.compile(
    r"^[0-9]+\.[a-z]+$|(?:^|\.)(?:my|your|our|some|fake|test|example|dummy|other|the|x+)-?(?:domain|provider|company|mail|server|site|isp)?[0-9]*\."
)
#: More digits than this are the number of a message, not the name of a person.
_MOST_DIGITS, _LONGEST_NAME = 9, 40
#: Before an address that is the name of a message or of an extension in a list of them.
_NOT_ITS_NAME = re.compile(r"(?i)(?:message-id|in-reply-to|references|\bid):? ?\\?<?$|(?:true|false)[ \t]+$|\[addon\]$")
#: Behind the name of a field in data (`"name@host":{`), which is no address either.
_A_FIELD = re.compile(r"[\\]{0,4}[\"'] ?:")


def _addresses(text: str, own: Callable[[], Collection[str]] | None) -> Iterator[Found]:
    published: Collection[str] | None = None
    at = text.find("@")
    while at != -1:
        local, host = _LOCAL.search(text[max(0, at - 64) : at]), _HOST.match(text, at + 1)
        if local is not None and host is not None:
            name = local.group().lstrip("._%+'-")
            start = at - len(name)
            if name and _is_somebodys(name.lower(), host.group().lower(), text[max(0, start - 20) : start]):
                if published is None:
                    published = {address.lower() for address in own()} if own else ()
                if text[start : host.end()].lower() not in published and not _A_FIELD.match(text, host.end()):
                    yield Found(start, host.end(), Kind.EMAIL, text[start : host.end()])
        at = text.find("@", at + 1)


def _is_somebodys(name: str, host: str, before: str) -> bool:
    domain = ".".join(host.split(".")[-2:])
    if host.rpartition(".")[2] in _NO_HOSTS or domain in _EXAMPLES or host.startswith(("lists.", "groups.", "list.")):
        return False
    if name in _ROLES or _PLACEHOLDER.match(name) or _NOBODYS.search(name) or _NO_DOMAIN.search(host):
        return False
    if len(name) > _LONGEST_NAME or sum(letter.isdigit() for letter in name) > _MOST_DIGITS:
        return False
    # An address within an address (`ssh://git@host`), and names of other networks (`@me@host`).
    return not before.endswith(("//", "@", ":/")) and not _NOT_ITS_NAME.search(before)


# Numbers with a check of their own ------------------------------------------------------------------------------------
# Groups as cards print them, or all in one; neither part of a longer number nor of a word, an amount or a path.
_CARD = re.compile(
    r"(?<![\w.,:/+#=%-])(?:[0-9]{4}([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{1,4}(?:\1[0-9]{1,3})?|"
    r"3[0-9]{3}([ -])[0-9]{6}\2[0-9]{4,5}|[0-9]{13,19})"
    r"(?![\w%]|[.,:/=-][\w])"
)
_IBAN = re.compile(r"(?<![0-9A-Za-z])[A-Z]{2}[0-9]{2}(?: ?[0-9A-Z]{4}){2,7}(?: ?[0-9A-Z]{1,3})?(?![0-9A-Za-z])")
_IBAN_LENGTHS = {
    word[:2]: int(word[2:])
    for word in _words(
        "AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DK18 DO28 EE20 EG29 ES24 FI18 "
        "FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 "
        "LU20 LV21 MC27 MD24 ME22 MK19 MR27 MT31 MU30 NL18 NO15 PK24 PL28 PS29 PT25 QA29 RO24 RS22 SA24 SC31 SE24 SI19 "
        "SK24 SM27 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20"
    )
}


def _cards(text: str) -> Iterator[Found]:
    for match in _CARD.finditer(text):
        digits = "".join(filter(str.isdigit, match.group()))
        if _is_card(digits) and len(set(digits)) > 2 and passes_luhn(digits):
            yield Found(match.start(), match.end(), Kind.CARD, match.group())


def _is_card(digits: str) -> bool:
    """Whether a card begins like this and is so long: Visa, Mastercard, American Express, Discover, JCB, Diners."""
    length, two, four = len(digits), int(digits[:2]), int(digits[:4])
    if digits[0] == "4":
        return length in (13, 16, 19)
    if 51 <= two <= 55 or 2221 <= four <= 2720:
        return length == 16
    if two in (34, 37):
        return length == 15
    if four == 6011 or two in (62, 65) or 644 <= int(digits[:3]) <= 649 or 3528 <= four <= 3589:
        return length == 16
    return length == 14 and (two in (36, 38) or 300 <= int(digits[:3]) <= 305)


def passes_luhn(digits: str) -> bool:
    """The check digit of cards: every second digit from the right doubled, the sum of all digits a multiple of ten."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(int(digit) for digit in digits[::-2]) + sum(doubled)) % 10 == 0


def _ibans(text: str) -> Iterator[Found]:
    for match in _IBAN.finditer(text):
        # Words in capitals behind it are none of it: the country says how long it is.
        wanted, end = _IBAN_LENGTHS.get(match.group()[:2], 0), match.start()
        letters = 0
        while letters < wanted and end < match.end():
            letters += text[end] != " "
            end += 1
        number = text[match.start() : end].replace(" ", "")
        if wanted and letters == wanted and (end == len(text) or not text[end].isalnum()) and passes_mod_97(number):
            yield Found(match.start(), end, Kind.IBAN, text[match.start() : end])


def passes_mod_97(number: str) -> bool:
    """The check of ISO 13616: country and check digits moved behind, letters as numbers, one left of 97."""
    return int("".join(str(int(letter, 36)) for letter in number[4:] + number[:4])) % 97 == 1


# Phone numbers --------------------------------------------------------------------------------------------------------
# With the country (+49 ...), as North America writes it, or behind a word that says so.
# Possessive: a run of digits is cut into groups in one way only, so that no text takes long.
_SEPARATED = r"(?:[ .\-/]{0,2}+\(?+[0-9]{1,6}+\)?+){1,8}+"
_ABROAD = re.compile(rf"(?<![\w+.,:/=\-*^(])(?:\(?\+)[1-9]{_SEPARATED}(?![\w%]|[.,:/\-][\w])")
_NORTH_AMERICAN = re.compile(
    r"(?<![\w.,:/=\-+#])(?:1[ .-])?(?:\([2-9][0-9]{2}\) ?|[2-9][0-9]{2}([.-]))"
    r"[2-9][0-9]{2}(?(1)\1|-)[0-9]{4}(?![\w%]|[.,:/-]\w)"
)
_TOLD = re.compile(
    r"(?i)\b(?:phone|telephone|tel|mobile|cell|call (?:me|us)?(?: at| on)?|whatsapp|sms"
    r"|telefon|handy|mobil|teléfono|móvil)"
    r"(?: ?(?:number|no|nr|nummer))?[.:]?[ ]{0,2}(\(?\+?[0-9]" + _SEPARATED + r")(?![\w%]|[.,:/\-][\w])"
)
_DATE = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ][01]?[0-9][-./ ][0-3]?[0-9]|[0-3]?[0-9][-./ ][01]?[0-9][-./ ](?:19|20)[0-9]{2}"
)
_FICTION = re.compile(r"555[ .-]?[0-9]{4}$|(?:123.?456.?78|000.?000|(?P<one>[0-9])(?P=one){5})")
#: Country codes there are (ITU-T E.164), by their first digits.
_COUNTRY = re.compile(
    r"1|7|2(?:0|7|1[1-368]|[2-6][0-9]|9[0-1789])|3(?:[0-469]|5[0-9]|7[0-8]|8[0-35-79])|4(?:[013-9]|2[013])"
    r"|5(?:[1-8]|0[0-9]|9[0-9])|6(?:[0-6]|7[02-9]|8[0-35-9]|9[0-2])|8(?:[1246]|0[08]|5[02356]|7[08]|8[0-368])"
    r"|9(?:[0-58]|6[0-8]|7[0-79]|9[2-68])"
)


def _phones(text: str) -> Iterator[Found]:
    for match in _ABROAD.finditer(text):
        digits = "".join(filter(str.isdigit, match.group()))
        if 9 <= len(digits) <= 15 and _COUNTRY.match(digits) and _is_said(match.group(), digits):
            yield Found(match.start(), match.end(), Kind.PHONE, match.group())
    for match in _NORTH_AMERICAN.finditer(text):
        if _is_said(match.group(), "".join(filter(str.isdigit, match.group()))):
            yield Found(match.start(), match.end(), Kind.PHONE, match.group())
    for match in _TOLD.finditer(text):
        digits = "".join(filter(str.isdigit, match[1]))
        if 8 <= len(digits) <= 15 and _is_said(match[1], digits):
            yield Found(match.start(1), match.end(1), Kind.PHONE, match[1])


def _is_said(written: str, digits: str) -> bool:
    """Neither a date, nor a number made up to show one, nor a toll-free line, which is nobody's own."""
    local = digits[-10:]
    is_toll_free = len(digits) <= 11 and local[:3] in ("800", "888", "877", "866", "855", "844", "833")
    return not (_DATE.search(written) or _FICTION.search(written) or _FICTION.search(digits) or is_toll_free)


# Passwords and keys ---------------------------------------------------------------------------------------------------
_NAMED = re.compile(
    r"(?i)(?<![A-Za-z])(?:pass(?:word|wd|phrase|code)|pwd|secret(?:[ _-]?key)?|"
    r"client[_-]secret|"
    r"api[ _-]?(?:key|token)|access[ _-]?(?:key|token)|"
    r"auth[_-]?token|refresh[_-]token|private[_-]?key|wpa[_-]?(?:psk|key)|psk|wlan[ _-]?key|wi-?fi[ _-]?key|"
    r"network[ _-]key|"
    r"passwort|kennwort|contraseña)"
    r"[\"'`*_]{0,3}[ ]?[:=][ ]?[\"'`*_]{0,3}([^\s\"'`,;<>]{4,200})[\"'`]?([ \t]*[^\s]?)"
)
_HEADER = re.compile(
    r"(?i)\bauthorization[\"']? ?[:=] ?[\"']?(?:bearer|basic|token|digest)[ ]+([A-Za-z0-9+/=._~-]{8,2000})"
)
_BEARER = re.compile(r"\bBearer ([A-Za-z0-9+/=._~-]{20,2000})")
_COOKIE = re.compile(r"(?i)\bcookie[\"']? ?: ?[\"']?([A-Za-z0-9_.-]{1,60}=[^\s\"',;]{12,400})")
_IN_ADDRESS = re.compile(r"(?i)\b[a-z][a-z0-9+.-]{1,10}://[^\s/:@]{1,64}:([^\s/:@]{3,100})@[a-z0-9]")
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{30,80}|github_pat_[A-Za-z0-9_]{40,100}|glpat-[A-Za-z0-9_-]{20,40}|xox[abprs]-[A-Za-z0-9-]{10,100}|"
    r"A(?:KIA|SIA)[A-Z0-9]{16}|AIza[A-Za-z0-9_-]{35}|sk_(?:live|test)_[A-Za-z0-9]{16,100}|ya29\.[A-Za-z0-9_-]{20,300}|"
    r"eyJ[A-Za-z0-9_-]{8,300}\.eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{8,2000})(?![A-Za-z0-9])"
)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]{2,10} ){0,2}PRIVATE KEY-----")
_KEY_ENDS, _LONGEST_KEY = "PRIVATE KEY-----", 8_000
_PRODUCT_KEY = re.compile(r"(?<![A-Za-z0-9-])(?=[A-Z0-9-]{0,28}[0-9])(?:[A-Z0-9]{5}-){4}[A-Z0-9]{5}(?![A-Za-z0-9-])")
#: What stands where a password would, and is none.
_NO_SECRET = re.compile(
    r"(?i)(?:x+|\*+|\.+|•+|-+|_+|#+|your|my|the|null|none|nil|undefined|true|false|yes|no|empty|blank|hidden|removed|redacted|required|"
    r"incorrect|wrong|invalid|normal|plain|plaintext|encrypted|oauth2?|password|passwd|passwort|secret|example|same|changeme|optional|default|prompt|ask|"
    r"string|text|\$.*|%.*|\{.*|\(.*|\[.*|<.*|&.*|https?:.*|/.*|\\.*|0x.*|@.*)(?:[^a-z0-9].*)?$"
)


def _secrets(text: str) -> Iterator[Found]:
    for match in _PRIVATE_KEY.finditer(text):
        ends = text.find(_KEY_ENDS, match.end(), match.end() + _LONGEST_KEY)
        end = ends + len(_KEY_ENDS) if ends != -1 else min(len(text), match.end() + _LONGEST_KEY)
        yield Found(match.start(), end, Kind.SECRET, text[match.start() : end])
    for pattern in (_TOKENS, _PRODUCT_KEY):
        for match in pattern.finditer(text):
            yield Found(match.start(), match.end(), Kind.SECRET, match.group())
    for pattern in (_HEADER, _BEARER, _COOKIE, _IN_ADDRESS):
        for match in pattern.finditer(text):
            if not _NO_SECRET.match(match[1]):
                yield Found(match.start(1), match.end(1), Kind.SECRET, match[1])
    for match in _NAMED.finditer(text):
        value = match[1].rstrip(".,;:)!?")
        # A sentence goes on behind its colon; a password stands alone on its line, or looks like one.
        is_alone = not match[2].strip()
        looks = any(letter.isdigit() for letter in value) and any(letter.isalpha() for letter in value)
        if len(value) >= 4 and (is_alone or looks) and not _NO_SECRET.match(value):
            yield Found(match.start(1), match.start(1) + len(value), Kind.SECRET, value)


# A board's own numbers ------------------------------------------------------------------------------------------------
_PLACES = {"#": "[0-9]", "@": "[A-Za-z]", "*": "[0-9A-Za-z]"}


class BadPattern(ValueError):
    """A line that cannot be a pattern. `str(error)` is a translated sentence for whoever wrote it."""


def check_patterns(lines: str) -> str:
    """The patterns as they are stored: one a line, # for a digit, @ for a letter, * for either. Raises BadPattern."""
    patterns = [" ".join(line.split()) for line in lines.splitlines() if line.strip()]
    if len(patterns) > MOST_PATTERNS:
        raise BadPattern(_("At most %(most)d patterns, please.") % {"most": MOST_PATTERNS})
    for each in patterns:
        if len(each) > LONGEST_PATTERN:
            raise BadPattern(_("“%(pattern)s…” is too long for a pattern.") % {"pattern": each[:20]})
        if sum(letter in _PLACES for letter in each) < FEWEST_PLACES:
            raise BadPattern(
                _("“%(pattern)s” would be found everywhere: at least %(fewest)d places of #, @ or *, please.")
                % {"pattern": each, "fewest": FEWEST_PLACES}
            )
    return "\n".join(patterns)


@lru_cache(maxsize=256)
def compile_patterns(lines: str) -> "re.Pattern[str] | None":
    """What finds any of a board's patterns. Nothing in them is a regular expression: each finds texts of one length."""
    parts = []
    for line in lines.splitlines()[:MOST_PATTERNS]:
        pattern = " ".join(line[:LONGEST_PATTERN].split())
        if sum(letter in _PLACES for letter in pattern) >= FEWEST_PLACES:
            parts.append("".join(_PLACES.get(letter) or re.escape(letter) for letter in pattern))
    return re.compile(rf"(?i)(?<![0-9A-Za-z])(?:{'|'.join(parts)})(?![0-9A-Za-z])") if parts else None


def _serials(text: str, patterns: str) -> Iterator[Found]:
    compiled = compile_patterns(patterns) if patterns else None
    for match in compiled.finditer(text) if compiled else ():
        # Six letters are a word before they are a number.
        if any(letter.isdigit() for letter in match.group()):
            yield Found(match.start(), match.end(), Kind.SERIAL, match.group())
