"""What people type, made fit to store: cleaning, uniqueness keys, slugs and excerpts. Plain values in and out."""

import re
import unicodedata
from functools import cache

from django.utils.translation import gettext_lazy as _

MAX_SLUG = 60
# UAX #15 "stream-safe" text has at most 30 combining marks in a row. More is decoration, and it is dangerous: the
# standard library sorts such a run in quadratic time (20,000 marks took 0.2 s, a megabyte would take minutes).
MAX_COMBINING_RUN = 30


class BadText(ValueError):
    """The text cannot be stored. `str(error)` is a translated sentence for the person who sent it."""


# Everything a browser does not show and a database or a feed stumbles over: C0 and C1 controls except newline and
# tab, the two non-characters XML refuses, and the byte order mark.
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff\ufeff]")
_NEWLINES = re.compile("\r\n|[\r\x85\u2028\u2029]")
_SURROGATES = re.compile("[\ud800-\udfff]")

_OVERRIDES = re.compile("[\u202d\u202e]")
_BIDI = re.compile("[\u202a\u202b\u202c\u2066-\u2069]")
_EMBEDDINGS = "\u202a\u202b"
_POP_EMBEDDING = "\u202c"
_POP_ISOLATE = "\u2069"


def clean_text(value: str) -> str:
    """Return `value` as we store it: NFC, newlines as \\n, no control characters but newline and tab.

    Raises BadText on NUL and on lone surrogates: PostgreSQL stores neither, and no keyboard sends them.
    """
    if "\x00" in value:
        raise BadText(_("The text contains a character that cannot be stored (NUL)."))
    if value.isascii():
        return _CONTROLS.sub("", _NEWLINES.sub("\n", value))
    if _SURROGATES.search(value):
        raise BadText(_("The text contains a broken character that cannot be stored."))
    value = _CONTROLS.sub("", _NEWLINES.sub("\n", value))
    return _balance_bidi(unicodedata.normalize("NFC", _limit_marks(value)))


def key(value: str) -> str:
    """Return the stored uniqueness key of a name, an address or a tag: what looks the same has the same key.

    NFKC and casefold, whitespace collapsed, invisible characters dropped. Never raises, so that a made-up address
    in a URL can be looked up (and not found): broken characters become U+FFFD.
    """
    if value.isascii():
        value = value.casefold()
    else:
        value = _limit_marks(_SURROGATES.sub("\ufffd", value))
        # Folding can make new compositions and composing new foldings: two rounds reach the fixed point of
        # Unicode's toNFKC_Casefold.
        for _round in range(2):
            value = unicodedata.normalize("NFKC", unicodedata.normalize("NFKD", value).casefold())
            value = "".join(c for c in value if not _is_invisible(c))
    printable = "".join(c for c in " ".join(value.split()) if c >= " " and not "\x7f" <= c <= "\x9f")
    return " ".join(printable.split())


def slugify_title(title: str) -> str:
    """Return an ASCII slug of at most MAX_SLUG characters for `title`; "thread" where nothing can be spelled so."""
    text = _limit_marks(_SURROGATES.sub("", title[:500])).lower()
    text = unicodedata.normalize("NFKD", text.translate(_ASCII_SPELLING))
    # Once more, because taking a letter and its accent apart (Greek, Cyrillic) uncovers letters of the table.
    text = text.translate(_ASCII_SPELLING).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", re.sub(r"(?<=[a-z])'(?=[a-z])", "", text)).strip("-")
    if len(slug) > MAX_SLUG:
        cut = slug.rfind("-", 0, MAX_SLUG + 1)
        slug = slug[: cut if cut > MAX_SLUG // 2 else MAX_SLUG].strip("-")
    return slug or "thread"


def excerpt(text: str, length: int) -> str:
    """Return the beginning of `text` on one line, at most `length` characters with the ellipsis, cut between words."""
    # Far more than is shown, far less than a whole body: an excerpt must not cost what its source costs.
    line = " ".join(text[: length * 4 + 200].split())
    if len(line) <= length and len(text) <= length * 4 + 200:
        return line
    if length < 2:
        return "…"[: max(length, 0)]
    cut = line[: length - 1]
    space = cut.rfind(" ")
    if len(line) > len(cut) and line[len(cut)] != " ":
        cut = cut[:space] if space > length // 2 else _whole_characters(cut, line[len(cut)])
    return cut.rstrip(" ,;:.-–—") + "…"


def _whole_characters(cut: str, following: str) -> str:
    """Take back what would leave half of a joined character (letter and accent, family emoji) at the end of `cut`."""
    while cut and (unicodedata.combining(following) or following in "\u200d\ufe0f" or cut[-1] == "\u200d"):
        following, cut = cut[-1], cut[:-1]
    return cut


def _balance_bidi(text: str) -> str:
    """Drop direction overrides, and every direction mark that is not closed (or opened) on its own line.

    Embeddings and isolates are needed to write Arabic or Hebrew beside Latin; overrides and unclosed marks only serve
    to make a file name or a sentence read as something else, on to the rest of the page.
    """
    text = _OVERRIDES.sub("", text)
    if not _BIDI.search(text):
        return text
    return "\n".join(_balance_line(line) for line in text.split("\n"))


def _balance_line(line: str) -> str:
    keep: set[int] = set()
    opened: list[tuple[int, bool]] = []
    isolates = 0
    for match in _BIDI.finditer(line):
        at, mark = match.start(), match.group()
        if mark == _POP_EMBEDDING:
            if opened and not opened[-1][1]:
                keep |= {opened.pop()[0], at}
        elif mark == _POP_ISOLATE:
            if isolates:
                while not opened[-1][1]:  # embeddings inside end with their isolate
                    opened.pop()
                keep |= {opened.pop()[0], at}
                isolates -= 1
        else:
            isolate = mark not in _EMBEDDINGS
            opened.append((at, isolate))
            isolates += isolate
    return _BIDI.sub(lambda match: match.group() if match.start() in keep else "", line)


def _limit_marks(text: str) -> str:
    """Cut runs of combining marks to what a real script can need."""
    if len(text) <= MAX_COMBINING_RUN:
        return text
    return _mark_runs().sub(lambda match: match.group()[:MAX_COMBINING_RUN], text)


@cache
def _mark_runs() -> re.Pattern[str]:
    """A pattern for overlong runs of combining marks, built from the Unicode database at its first use (20 ms)."""
    marks = [code for code in range(0x300, 0x1F000) if unicodedata.combining(chr(code))]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    inside = "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)
    return re.compile(f"[{inside}]{{{MAX_COMBINING_RUN + 1},}}")


def _is_invisible(char: str) -> bool:
    """Unicode's default-ignorable characters, closely enough: joiners, direction marks, variation selectors."""
    return (
        unicodedata.category(char) == "Cf"
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
        or char in "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"
    )


def _spelling() -> dict[int, str]:
    """Letters that do not lose their accents by decomposition, and Greek and Cyrillic as they are read aloud."""
    table = dict(
        zip("æœøłđðħıŋþßĸŧ’", ["ae", "oe", "o", "l", "d", "d", "h", "i", "ng", "th", "ss", "k", "t", "'"], strict=True)
    )
    # German and Nordic readers expect the digraph; the bare letter would be another word.
    table |= {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"}
    greek = "αβγδεζηθικλμνξοπρςστυφχψω"
    aloud = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"
    table |= dict(zip(greek, aloud.split(), strict=True))
    cyrillic = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґђјљњћџў"
    spoken = "a b v g d e e zh z i y k l m n o p r s t u f kh ts ch sh shch - y - e yu ya i yi ye g dj j lj nj c dz u"
    table |= {c: s.replace("-", "") for c, s in zip(cyrillic, spoken.split(), strict=True)}
    return {ord(c): s for c, s in table.items()}


_ASCII_SPELLING = _spelling()
