"""A body as lines that can be compared: what does not show is left out, and how deep each is quoted is known."""

import re
import unicodedata
from dataclasses import dataclass

from community.incoming.records import CutKind

#: of a line that is looked at: nothing a mail program writes is longer, and so every pattern is bounded
MAX_LOOK = 1_000

_ENDS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_UNSEEN_RANGES: tuple[tuple[int, int], ...] = (
    (0, 9),
    (0x0B, 0x0D),
    (0x0E, 0x20),
    (0x7F, 0x80),
    (0xAD, 0xAE),
    (0x61C, 0x61D),
    (0x200B, 0x2010),
)
_UNSEEN_RANGES += ((0x202A, 0x202F), (0x2060, 0x2070), (0xFEFF, 0xFF00))
_UNSEEN = {code: None for start, end in _UNSEEN_RANGES for code in range(start, end)}
_BLANKS = dict.fromkeys([9, 160, 5760, *range(8192, 8203), 8239, 8287, 12288], " ")
_DASHES = dict.fromkeys([0x2010, 0x2011, 0x2212], "-")
_LOOKS = {**_UNSEEN, **_BLANKS, **_DASHES, 0xFF1A: ":", 0x2019: "'", 0xFF1E: ">", 0xFE55: ":"}
_QUOTE = re.compile(r" {0,3}((?:(?:>|&gt;) ?){1,2000})")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LINKED = re.compile(r"\[([^\[\]]{0,300})\]\(<?([^()<> ]{0,500})>?\)")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})([^`]{0,100})$")


@dataclass(slots=True, eq=False)
class Line:
    """One line. `kind` says why it is cut; None as long as it is its author's."""

    raw: str
    #: as it is compared: without what does not show, its quote marks, and blanks around it
    text: str
    depth: int = 0
    kind: CutKind | None = None
    #: inside a code block: nothing in it means anything
    is_code: bool = False
    #: begins with blanks, as code does
    indent: int = 0
    #: stands for this piece, which was cut from HTML
    piece: int | None = None
    #: whether an attribution may end here; None until it is asked
    may_end: bool | None = None

    @property
    def is_own(self) -> bool:
        return self.kind is None and not self.depth

    @property
    def is_words(self) -> bool:
        """Something that may say what the lines around it are."""
        return self.kind is None and not self.depth and not self.is_code and bool(self.text)


def split(text: str) -> list[str]:
    return _ENDS.split(text)


def looked_at(raw: str) -> str:
    """The beginning of a line as it is compared, with its blanks."""
    text = raw[:MAX_LOOK]
    if text.isascii():
        if text.isprintable():
            return text
    else:
        text = unicodedata.normalize("NFC", text)
    return text.translate(_LOOKS)


def unmarked(text: str) -> str:
    """A line of Markdown as the words it shows: escapes undone, links as their words."""
    if "](" in text:
        text = _LINKED.sub(_words_of_link, text)
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    return text


def _words_of_link(match: re.Match[str]) -> str:
    words, address = match.groups()
    return words if "@" in words or address.startswith("mailto:") else f"{words} <{address}>"


def lines_of(text: str, *, is_markdown: bool = False) -> list[Line]:
    """Take a body apart. In Markdown that was made from HTML an escaped > is what mail programs write."""
    lines = []
    for raw in split(text):
        if not raw:
            lines.append(Line("", ""))
            continue
        seen = looked_at(raw)
        depth = 0
        if ">" in seen or "&gt;" in seen:
            marks = _QUOTE.match(seen.replace("\\>", ">", 20) if is_markdown else seen)
            if marks:
                seen = seen.replace("\\>", ">", 20) if is_markdown else seen
                depth = marks[1].count(">") + marks[1].count("&gt;")
                seen = seen[marks.end() :]
        if is_markdown:
            seen = unmarked(seen)
        indent = len(seen) - len(seen.lstrip(" ")) if seen[:1] == " " else 0
        lines.append(Line(raw, seen.strip(), depth, None, False, indent))
    _mark_code(lines)
    return lines


def _mark_code(lines: list[Line]) -> None:
    """Find what stands between two fences. A fence that nothing closes opens nothing."""
    opened: tuple[int, str] | None = None
    for at, line in enumerate(lines):
        if line.depth and opened is None:
            continue
        if line.raw.lstrip(" ")[:3] not in ("```", "~~~"):
            continue
        fence = _FENCE.match(line.raw[:MAX_LOOK].rstrip())
        if not fence:
            continue
        if opened is None:
            opened = at, fence[1]
        elif fence[1].startswith(opened[1]) and not fence[2].strip():
            for inside in lines[opened[0] : at + 1]:
                inside.is_code, inside.depth = True, 0
            opened = None
