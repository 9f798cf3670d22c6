"""How much a post looks like advertising or a trap, from its words alone: reasons with weights. Plain values only.

The weights are hundredths of "hold it whoever wrote it"; which sum holds whose post stands in trust.py. What gives
most is what this field knows best: a made-up support number, written so that no machine finds it.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

#: No more of a text is looked at, in characters.
MOST_TEXT = 30_000


class Reason(StrEnum):
    """Why a post waits for a look. Stored in Review.reasons."""

    NEW_LINKS = "new_links"
    NEW_PICTURES = "new_pictures"
    BRAKE = "brake"
    ADDED_LINKS = "added_links"
    MANY_LINKS = "many_links"
    ODD_LINKS = "odd_links"
    FALSE_LINKS = "false_links"
    PHONE = "phone"
    SUPPORT_NUMBER = "support_number"
    DISGUISED = "disguised"
    LURE = "lure"
    REPEATED = "repeated"
    FLOOD = "flood"
    COPIED = "copied"
    TRAP = "trap"
    QUICK = "quick"

    @property
    def label(self) -> str:
        """For moderators."""
        return str(LABELS[self])


LABELS: dict[Reason, Any] = {
    Reason.NEW_LINKS: _("Links of somebody new here"),
    Reason.NEW_PICTURES: _("Pictures of somebody new here"),
    Reason.BRAKE: _("The brake is on"),
    Reason.ADDED_LINKS: _("Links added to an older post"),
    Reason.MANY_LINKS: _("Many links"),
    Reason.ODD_LINKS: _("Links that do not say where they lead"),
    Reason.FALSE_LINKS: _("A link that leads elsewhere than it says"),
    Reason.PHONE: _("A telephone number"),
    Reason.SUPPORT_NUMBER: _("A telephone number offered as support"),
    Reason.DISGUISED: _("Written so that machines cannot read it"),
    Reason.LURE: _("Offers help elsewhere"),
    Reason.REPEATED: _("The same text as an earlier post of theirs"),
    Reason.FLOOD: _("The same text as several posts of theirs"),
    Reason.COPIED: _("The same text as somebody else's post"),
    Reason.TRAP: _("Filled in by a script"),
    Reason.QUICK: _("Written faster than anybody types"),
}
#: For the author: plain, and without a recipe for getting around it.
TOLD: dict[Reason, Any] = {
    Reason.NEW_LINKS: _("It has a link, and you are new here."),
    Reason.NEW_PICTURES: _("It has a picture, and you are new here."),
    Reason.BRAKE: _("A lot is being posted right now, so we look at what new members write first."),
    Reason.ADDED_LINKS: _("A link was added to it."),
    Reason.MANY_LINKS: _("It has many links."),
    Reason.ODD_LINKS: _("It has a link that does not say where it leads."),
    Reason.FALSE_LINKS: _("It has a link that leads elsewhere than it says."),
    Reason.PHONE: _("It has a telephone number."),
    Reason.SUPPORT_NUMBER: _("It has a telephone number beside words about support. Such numbers are often a trap."),
    Reason.DISGUISED: _("Some of its letters or digits are not what they look like."),
    Reason.LURE: _("It leads to help outside this community."),
    Reason.REPEATED: _("You posted the same text before."),
    Reason.FLOOD: _("You posted the same text several times."),
    Reason.COPIED: _("The same text was posted by somebody else."),
    Reason.TRAP: _("A field that nobody sees was filled in, as programs do."),
    Reason.QUICK: _("It was sent faster than anybody types."),
}

WEIGHTS: dict[Reason, int] = {
    Reason.NEW_LINKS: 50,
    Reason.NEW_PICTURES: 50,
    Reason.BRAKE: 50,
    Reason.ADDED_LINKS: 50,
    Reason.MANY_LINKS: 40,
    Reason.ODD_LINKS: 40,
    Reason.FALSE_LINKS: 80,
    Reason.PHONE: 20,
    Reason.SUPPORT_NUMBER: 70,
    Reason.DISGUISED: 40,
    Reason.LURE: 50,
    Reason.REPEATED: 30,
    Reason.FLOOD: 30,
    Reason.COPIED: 60,
    Reason.TRAP: 100,
    Reason.QUICK: 20,
}


@dataclass(frozen=True)
class Entry:
    """How a post came in: whether the field nobody sees was filled, and the seconds since its form was opened.

    None where nobody knows, or where the words were there before the form was.
    """

    trapped: bool = False
    seconds: float | None = None


#: Of a post that came by no form of ours.
UNKNOWN_ENTRY = Entry()


@dataclass(frozen=True)
class Verdict:
    """The reasons found, heaviest first, and their sum (100 and more is as bad as it gets)."""

    reasons: tuple[Reason, ...] = ()

    @property
    def weight(self) -> int:
        return sum(WEIGHTS[reason] for reason in self.reasons)

    def and_also(self, *reasons: Reason) -> "Verdict":
        """The same with more reasons."""
        return verdict_of((*self.reasons, *reasons))


def verdict_of(reasons: Iterable[Reason]) -> Verdict:
    return Verdict(tuple(sorted(set(reasons), key=lambda reason: (-WEIGHTS[reason], reason))))


#: Nobody types a text of so many characters in so few seconds.
QUICK_TEXT, QUICK_SECONDS = 80, 3.0


def suspect(text: str, links: Iterable[str], *, welcome: Collection[str] = (), entry: Entry = UNKNOWN_ENTRY) -> Verdict:
    """What is suspicious in a post's own words and links. `welcome` are hosts (with all below them) that never are.

    `text` is title and Markdown source; `links` the addresses it links to.
    """
    text = text[:MOST_TEXT]
    reasons = set(_of_links(text, links, welcome))
    reasons.update(_of_numbers(text))
    if _LURE.search(text):
        reasons.add(Reason.LURE)
    if entry.trapped:
        reasons.add(Reason.TRAP)
    if entry.seconds is not None and entry.seconds < QUICK_SECONDS and len(text) > QUICK_TEXT:
        reasons.add(Reason.QUICK)
    return verdict_of(reasons)


# Links ----------------------------------------------------------------------------------------------------------------
MANY_HOSTS, MANY_LINKS = 6, 15
_SHORT = """
    bit.ly tinyurl.com goo.gl t.co ow.ly is.gd v.gd cutt.ly rebrand.ly shorturl.at rb.gy t.ly tiny.cc buff.ly
    s.id linktr.ee wa.me t.me bl.ink shorte.st adf.ly lnkd.in soo.gd clck.ru u.to qr.ae
"""
_SHORTENERS = frozenset(_SHORT.split())
_MARKDOWN_LINK = re.compile(r"\[([^\[\]]{4,300})\]\(\s*<?(https?://[^\s)>]{1,2000})", re.I)
_SHOWN_HOST = re.compile(r"^\s*(?:https?://)?((?:[a-z0-9-]{1,63}\.)+[a-z]{2,24})(?:[/:?#]\S*)?\s*$", re.I)


#: Names that no public server has (RFC 6762, RFC 8375, RFC 6761 and what routers call themselves).
_AT_HOME = ("local", "home.arpa", "internal", "lan", "home", "localdomain", "fritz.box")
#: Networks that end at one's own door (RFC 1918, RFC 4193, RFC 4291).
_HOME_NETWORKS = [ip_network(net) for net in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")]


def host_of(address: str) -> str:
    """The host of a web address, "" for a place on this site and for what has none."""
    try:
        return (urlsplit(address).hostname or "").rstrip(".").lower() if "//" in address[:10] else ""
    except ValueError:
        return "?"


def foreign_hosts(links: Iterable[str], welcome: Collection[str]) -> set[str]:
    """The hosts these links lead to, without the welcome ones, what is below them, and what is in one's own home."""
    hosts = {host for link in links if (host := host_of(link))}
    return {host for host in hosts if not _is_below(host, welcome) and not _is_at_home(host)}


def _is_at_home(host: str) -> bool:
    """The address of one's own router or printer: it leads nobody else anywhere."""
    try:
        number = ip_address(host.strip("[]"))
        return number.is_loopback or any(number in network for network in _HOME_NETWORKS)
    except ValueError:
        return host == "localhost" or _is_below(host, _AT_HOME)


def _is_below(host: str, tops: Collection[str]) -> bool:
    return any(host == top or host.endswith(f".{top}") for top in tops)


def _of_links(text: str, links: Iterable[str], welcome: Collection[str]) -> Iterable[Reason]:
    links = list(links)
    hosts = foreign_hosts(links, welcome)
    if not hosts:
        return
    if len(hosts) >= MANY_HOSTS or len(links) >= MANY_LINKS:
        yield Reason.MANY_LINKS
    if any(_is_odd(host) for host in hosts) or any("@" in urlsplit_netloc(link) for link in links):
        yield Reason.ODD_LINKS
    for words, address in _MARKDOWN_LINK.findall(text):
        shown, leads = _SHOWN_HOST.match(words.replace("*", "")), host_of(address)
        if shown is None or _FILE.search(shown[1]):
            continue
        if not _is_same_site(shown[1].lower(), leads) and not _is_below(leads, welcome):
            yield Reason.FALSE_LINKS
            return


def urlsplit_netloc(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _is_same_site(one: str, other: str) -> bool:
    """Whether the last two parts are the same: `www.example.org` and `help.example.org`."""
    return one.split(".")[-2:] == other.split(".")[-2:]


def _is_odd(host: str) -> bool:
    if host in _SHORTENERS or host == "?" or "xn--" in host or not host.isascii():
        return True
    try:
        return ip_address(host.strip("[]")).is_global
    except ValueError:
        return False


# Telephone numbers ----------------------------------------------------------------------------------------------------
_SPELLED = {
    word: str(value)
    for value, words in enumerate(
        (
            "zero oh null cero",
            "one eins uno",
            "two zwei dos",
            "three drei tres",
            "four vier cuatro",
            "five fünf fuenf cinco",
            "six sechs seis",
            "seven sieben siete",
            "eight acht ocho",
            "nine neun nueve",
        )
    )
    for word in words.split()
}
# A run of spelled digits: one alone is a word like any other.
_SPELLED_RUN = re.compile(rf"(?<![^\W_])(?:(?:{'|'.join(_SPELLED)})(?![^\W_])[\s.,_/|*-]{{0,3}}){{4,}}", re.I)
_WORD = re.compile(r"[^\W\d_]+")
#: Letters that stand for digits within a number.
_FOR_DIGITS = str.maketrans("OoОоΟοlI|іІ!ı", "0000001111111")
_SEPARATORS = r"[\s().\-–—‑−_/|*~•·:,+\[\]]"
_DIGITISH = r"[0-9OoОоΟοlI|іІ!ı]"
# A number as people dial it: ten to fourteen digits in groups, with at most three signs between two of them.
_DIALLED = re.compile(rf"(?<![\w.=#%&@/$-])\(?\+?\(?{_DIGITISH}(?:{_SEPARATORS}{{0,4}}{_DIGITISH}){{9,13}}(?![\w@%])")
_SHAPES = re.compile(
    r"""
    ^\W*(?:\+|00)\s*\(?[1-9]\d{0,2}\)?[\s().*/–—_|~•·-]{0,3}\d                  # with a country's code
    | ^\W*1?\)?[\s().*/–—_|~•·-]{0,3}\(?8(?:00|33|44|55|66|77|88)\)?[\s().*/–—_|~•·-]{0,3}\d   # toll-free
    | ^\W*0[1-9]\d{1,4}\)?[\s/–—-]{1,2}\d                                    # 030 / 12345
    | \(\s*\d\s*\d\s*\d\s*\)                                              # an area in brackets
    | (?:\d[\s]?){3}[\s.*/–—_|~•·-]{1,3}(?:\d[\s]?){3}[\s.*/–—_|~•·-]{1,3}\d  # 888-555-0134
    """,
    re.X,
)
_TOLL_FREE = re.compile(r"1?8(?:00|33|44|55|66|77|88)\d{7}$")
_NOT_NUMBERS = re.compile(
    r"""
    ^(?:19|20)\d\d[-/.:]\d\d?[-/.:]\d\d?          # a date
    | ^\d\d?[-/.]\d\d?[-/.](?:19|20)\d\d           # the same the other way round
    | ^\d{1,3}(?:\.\d{1,3}){3}(?:\D|$)             # an address of a machine, or a version
    | \d\d:\d\d                                    # a time
    """,
    re.X,
)
_BESIDE = 120
_SUPPORT_WORDS = re.compile(
    r"""(?<![^\W_])(?:
    call(?:ing)?\s+(?:us|now|our|the|this|them|at|on|to|directly|immediately|24|for|toll|today|an?\s+expert)
    | (?:just|please|can|may|to|you\s+should|and|or)\s+(?:call|dial|ring)
    | dial | ring\s+us | toll[\s-]*free | help\s?-?line | hot\s?-?line | help\s?-?desk | call\s+cent(?:er|re)
    | (?:customer|technical|tech|official|live|phone|telephone|product|printer|router|account|email|e-mail|wallet)
      \s+(?:care|service|support|help|assistance|helpdesk)
    | support\s+(?:number|line|phone|team|desk|agent|service|expert|representative|center|centre|staff)
    | (?:phone|telephone|contact|helpline|service|care|support|toll[\s-]*free)\s+(?:number|no\b|num\b|\#)
    | (?:contact|reach)\s+(?:us|our|the|support|them|customer|experts?|technicians?)
    | (?:speak|talk|chat)\s+(?:to|with)\s+(?:an?|our|the)\s+(?:agent|expert|technician|representative|person|human)
    | technicians? | certified\s+experts? | whats\s?-?app | refund\s+(?:department|team|line)
    | (?:unsere|rufen|ruf|kundenservice|kundendienst|kundenhotline|servicenummer|support-?nummer|telefonsupport)\w*
    | (?:llame|llama|atenci[oó]n\s+al\s+cliente|n[uú]mero\s+de\s+(?:soporte|tel[eé]fono)|servicio\s+t[eé]cnico)
    )(?![^\W_])""",
    re.X | re.I,
)
_INVISIBLE = re.compile("[\u00ad\u034f\u115f\u1160\u180e\u200b-\u200f\u2060-\u2064\ufe00-\ufe0f\u20e3\u3164\ufeff]")
_LURE = re.compile(
    r"""(?:whats\s?-?app|telegram)\s*(?:me|us|:|number|at|on|\(|\+|@|him|her|them|contact)
    | \brecovery\s+(?:expert|agent|team|service|hacker)\b
    | \b(?:ethical|genuine|legit|certified|professional)\s+hackers?\b
    | \bhackers?\b.{0,200}\b(?:whats\s?-?app|telegram|[\w.+-]+\s?@\s?\w+|contact|hire)
    | \b(?:recover(?:ed|y)?|retriev\w+|got\s+back)\b.{0,60}\b(?:stolen|scammed|my)\b.{0,20}
      \b(?:bitcoins?|btc|crypto\w*|usdt|funds|wallet)\b
    | \b(?:any\s?desk|team\s?viewer|ultra\s?viewer|quick\s?support)\b.{0,80}\b(?:our|we|technicians?|experts?)\b
    | \b(?:online\s+casino|casino\s+bonus|viagra|cialis|payday\s+loans?|essay\s+writing|seo\s+services?)\b
    | \bbuy\s+(?:followers|backlinks|reviews|likes|verified\s+accounts?|old\s+gmail)\b
    """,
    re.X | re.I | re.S,
)
#: Named as they are shown: `screenshot.png` is no host.
_FILE = re.compile(
    r"\.(?:png|jpe?g|gif|webp|bmp|svg|pdf|txt|log|zip|exe|dmg|apk|json|html?|docx?|xlsx?|mov|mp4)$", re.I
)


def as_read(text: str) -> str:
    """The text as an eye reads it: no invisible signs, every kind of digit as 0 to 9, spelled digits as digits."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text))
        text = "".join(_plain_digit(sign) for sign in text)
    return _SPELLED_RUN.sub(lambda run: _WORD.sub(lambda word: _SPELLED.get(word[0].lower(), word[0]), run[0]), text)


def _plain_digit(sign: str) -> str:
    if sign.isascii():
        return sign
    digit = unicodedata.digit(sign, None)
    return sign if digit is None else str(digit)


def _of_numbers(text: str) -> Iterable[Reason]:
    read = as_read(text)
    for found in _DIALLED.finditer(read):
        written = found[0]
        digits = written.translate(_FOR_DIGITS)
        if not _is_dialled(written, digits):
            continue
        around = read[max(0, found.start() - _BESIDE) : found.end() + _BESIDE]
        if _SUPPORT_WORDS.search(around):
            yield Reason.SUPPORT_NUMBER
            if digits != written or not _is_plainly_in(written, text):
                yield Reason.DISGUISED
                return
        else:
            yield Reason.PHONE


def _is_plainly_in(written: str, text: str) -> bool:
    """Whether the number stands like this in what was typed, in groups of more than single digits."""
    return written in text and not re.search(r"(?:\d[^\w]{1,3}){6}", written)


def _is_dialled(written: str, digits: str) -> bool:
    count = sum(sign.isdigit() for sign in digits)
    real = sum(sign.isdigit() for sign in written)
    if not 10 <= count <= 14 or real < 5 or _NOT_NUMBERS.search(written):
        return False
    groups = re.findall(r"\d+", digits)
    if len(set("".join(groups))) < 3:
        return False  # 0000 0000 0000
    return _SHAPES.search(digits) is not None or _TOLL_FREE.match("".join(groups)) is not None


# The same text again --------------------------------------------------------------------------------------------------
#: Fewer words are like others' by chance: "Thank you, that worked!"
LEAST_WORDS = 20
SHINGLE = 3
MOST_SHINGLES = 300
#: A text has at most so many marks; texts that share ALIKE of them (in tenths) are the same but for a few words.
MARKS = 8
ALIKE = 6
_WORDS = re.compile(r"\w+")
#: What is quoted is somebody else's on purpose.
_QUOTED = re.compile(r"^ {0,3}>.*$", re.M)


def marks_of(text: str, key: bytes) -> list[int]:
    """Signs by which the same or nearly the same text is found again (one-permutation minhash over runs of words).

    Signed 64-bit integers that tell nothing of the text to whoever has no key; none for a text of a few words.
    """
    words = _WORDS.findall(as_read(_QUOTED.sub("", text[:MOST_TEXT])).casefold())
    if len(words) < LEAST_WORDS:
        return []
    least: dict[int, int] = {}
    for start in range(min(len(words) - SHINGLE + 1, MOST_SHINGLES)):
        sign = _keyed(" ".join(words[start : start + SHINGLE]), key)
        place = sign % MARKS
        if sign < least.get(place, sign + 1):
            least[place] = sign
    return sorted(least.values())


def needed(marks: Collection[int]) -> int:
    """How many of these marks another text must share to count as the same."""
    return max(2, -(-len(marks) * ALIKE // 10))


def _keyed(words: str, key: bytes) -> int:
    digest = blake2b(words.encode("utf-8", "surrogatepass"), key=key[:64], digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
