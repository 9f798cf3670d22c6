"""HTML of other forums (and mail) made into Markdown that people can go on editing.

nh3 first: it parses like a browser and hands back a well-formed fragment of few tags, so that one pass over its tokens
is enough here. The Markdown is written for our own renderer: what it shows is what the HTML showed, and characters
that only look like markup are escaped where they would act as markup, and nowhere else.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from community.content.highlight import language_of
from community.content.html_tokens import CODE, HEADINGS, LISTS, MARK_OF, ROWS, attributes, tokens
from community.content.markdown import MAX_BODY
from community.content.markdown_source import (
    AT_LINE_START,
    MARKS,
    SPECIAL,
    closing,
    code_block,
    code_span,
    destination,
    resolve_marks,
)

MAX_LEVELS = 16  # of lists and quotes; a list counts two, as the renderer counts; deeper ones are flattened
MAX_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class Converted:
    """`dropped` counts by reason what the Markdown does not show as the HTML did.

    images: shown as links · scripts, forms, embeds: left out · tables: their cells shown as paragraphs ·
    links: left without an address that may be kept · levels: lists and quotes nested too deeply, flattened ·
    cut: the body was over the limits and ends early.
    """

    markdown: str
    dropped: dict[str, int]


def to_markdown(html: str, *, rewrite_link: Callable[[str], str] | None = None) -> Converted:
    """Convert an HTML body. Never raises on what `html` contains; only `rewrite_link` may.

    `rewrite_link` gets every link's address and gives the one to write, for links into the imported site itself.
    """
    dropped: Counter[str] = Counter()
    writer = _Writer(dropped, rewrite_link)
    for tag, closing_tag, text_or_attributes in tokens(html, dropped):
        if not tag:
            writer.text(text_or_attributes)
        elif closing_tag:
            writer.close(tag)
        else:
            writer.open(tag, text_or_attributes)
    return Converted(writer.result(), {reason: count for reason, count in dropped.items() if count})


_LANGUAGE = re.compile(r"\b(?:language|lang|brush:)-?\s*([\w+#.-]+)")
_ATOM = re.compile("\x0e(\\d+)\x0f")
# An address that is its own text can stand bare where a blank, or a blank after a full stop, ends it.
_BARE = re.compile("(?:(?<=[\\s(])|^)\x10(\\d+)\x0f(?=[.,;:!?)]{0,2}(?:\\s|$))|\x10(\\d+)\x0f")
_BARE_ADDRESS = re.compile(r"https?://[^\W_][^\s<>\\`\[\]*|()\"']*(?<![.,:;!?])")


# ---------------------------------------------------------------------------------------------------- writing


@dataclass(slots=True)
class _Frame:
    """An open list, item, quote, or the body itself, with the blocks written in it so far."""

    tag: str
    number: int = 1
    blocks: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)


class _Writer:
    def __init__(self, dropped: Counter[str], rewrite_link: Callable[[str], str] | None) -> None:
        self.dropped = dropped
        self.rewrite_link = rewrite_link
        self.frames = [_Frame("body")]
        self.levels = 0
        self.flattened: Counter[str] = Counter()  # containers opened too deep, by tag
        self.line: list[str] = []
        self.atoms: list[str] = []
        self.marks: Counter[str] = Counter()
        self.link: tuple[str, int] | None = None  # address, index of its first piece in `line`
        self.code: list[str] | None = None
        self.pre: list[str] | None = None
        self.pre_depth = 0
        self.language = ""
        self.table: list[list[str]] | None = None
        self.tables = 0
        self.heading = ""

    # -- tokens

    def text(self, text: str) -> None:
        if self.pre is not None:
            self.pre.append(text)
        elif self.code is not None:
            self.code.append(text)
        else:
            escaped = SPECIAL.sub(r"\\\g<0>", re.sub(r"[ \t\n]+", " ", text))
            if any(self.marks.values()):
                # Marks move inwards over blanks, so that a star between blanks may come to stand beside one.
                escaped = re.sub(r"(?<!\\)\*", r"\\*", escaped)
            if self.link is not None:
                escaped = re.sub(r"[\[\]]", r"\\\g<0>", escaped)
            self.line.append(escaped)

    def open(self, tag: str, source: str) -> None:
        if self.pre is not None:
            self._open_in_pre(tag, source)
        elif self.code is not None:
            self.code.append(" " if tag not in MARK_OF and tag != "a" else "")
        elif tag in MARK_OF:
            self._mark(tag, 1)
        elif tag == "br":
            self.line.append(" " if self.tables or self.heading else "\n")
        elif tag == "a":
            self._open_link(attributes(source).get("href", ""))
        elif tag in CODE:
            self.code = []
        elif tag == "img":
            self._image(attributes(source))
        elif tag in ROWS:
            self._open_row(tag)
        elif self.tables:
            self.line.append(" ")
        else:
            self._open_block(tag, source)

    def close(self, tag: str) -> None:
        if self.pre is not None:
            if tag == "pre":
                self._end_pre()
        elif self.code is not None and tag not in CODE:
            self.code.append(" " if tag not in MARK_OF and tag != "a" else "")
        elif tag in MARK_OF:
            self._mark(tag, -1)
        elif tag == "a":
            self._close_link()
        elif tag in CODE:
            self._end_code()
        elif tag in ROWS:
            self._close_row(tag)
        elif self.tables:
            self.line.append(" ")
        else:
            self._close_block(tag)

    def result(self) -> str:
        self.flush()
        while len(self.frames) > 1:
            self._pop()
        kept: list[str] = []
        room = MAX_BODY
        for block in self.frames[0].blocks:
            if len(block) + 2 > room:
                self.dropped["cut"] = 1
                if room > 1_000:
                    kept.append(_cut_block(block, room - 2))
                break
            kept.append(block)
            room -= len(block) + 2
        return "\n\n".join(kept)

    # -- inline

    def _mark(self, tag: str, step: int) -> None:
        mark = MARK_OF[tag]
        self.marks[mark] += step
        if self.marks[mark] == (1 if step == 1 else 0):
            self.line.append(mark if step == 1 else closing(mark))

    def _atom(self, text: str) -> str:
        self.atoms.append(text.replace("|", "\\|") if self.tables else text)
        return f"\x0e{len(self.atoms) - 1}\x0f"

    def _end_code(self) -> None:
        if self.code is not None:
            text = " ".join("".join(self.code).split())
            self.code = None
            if text:
                self.line.append(self._atom(code_span(text)))

    def _open_link(self, address: str) -> None:
        self.link = (address, len(self.line))

    def _close_link(self) -> None:
        if self.link is None:
            return
        (address, start), self.link = self.link, None
        words = "".join(self.line[start:])
        if not words.strip(" \n" + MARKS):
            return
        if self.rewrite_link is not None and address:
            address = self.rewrite_link(address)
        if not re.match(r"https?://[^/\s]|mailto:\S|/(?!/)|#\w", address, re.I):
            self.dropped["links"] += 1
            return
        shown = re.sub(r"\\(.)", r"\1", words).strip()
        before, after = words[: len(words) - len(words.lstrip())], words[len(words.rstrip()) :]
        if shown == address and _BARE_ADDRESS.fullmatch(address):
            self._atom(address)
            self.line[start:] = [before, f"\x10{len(self.atoms) - 1}\x0f", after]
        else:
            end = self._atom(f"]({destination(address)})")
            self.line[start:] = [before, self._atom("["), words.strip(" \n"), end, after]

    def _image(self, of: dict[str, str]) -> None:
        self.dropped["images"] += 1
        address = of.get("src", "")
        words = " ".join(of.get("alt", "").split()) or address.partition("?")[0].rpartition("/")[2] or "image"
        if self.link is not None:
            self.text(words)
            return
        self._open_link(address)
        self.text(words)
        self._close_link()

    def flush(self) -> None:
        """End the current paragraph."""
        address = self.link[0] if self.link is not None else None
        if address is not None:
            self._close_link()
        still = [mark for mark, depth in self.marks.items() if depth > 0]
        self.line.extend(closing(mark) for mark in reversed(still))
        for paragraph in re.split(r"\n[ \n]*\n", self._finished_line()):
            if paragraph:
                self._add("p", self.heading + paragraph if self.heading else paragraph)
        self.line = list(still)
        if address is not None:
            self._open_link(address)

    def _finished_line(self) -> str:
        """The pieces of a paragraph (or cell) as Markdown, with everything escaped that its position makes markup."""
        line = re.sub(" *\n *", "\n", re.sub(" {2,}", " ", "".join(self.line)))
        line = re.sub("\n{3,}", "\n\n", line).strip(" \n")
        if not line.strip(" \n" + MARKS):
            return ""
        line = re.sub(" *\n *", "\n", re.sub(" {2,}", " ", resolve_marks(line))).strip(" \n")
        line = line.replace("](", "]\\(")
        line = re.sub("!(?=\x0e)", r"\\!", line)
        if self.tables:
            line = re.sub(r"\|", r"\\|", line)
        elif self.heading:
            kept = line.rstrip("#")
            line = kept + "\\#" * (len(line) - len(kept))
        else:
            line = AT_LINE_START.sub(lambda m: f"{m['number']}\\" if m["number"] else f"\\{m['mark']}", line)
        line = _BARE.sub(self._bare, line)
        return self._with_atoms(line)

    def _with_atoms(self, line: str) -> str:
        out: list[str] = []
        at = 0
        for match in _ATOM.finditer(line):
            atom = self.atoms[int(match[1])]
            # Two code spans side by side would be read as one with backticks inside.
            touching = match.start() == at and out and out[-1].endswith("`") and atom.startswith("`")
            out += [line[at : match.start()], " " if touching else "", atom]
            at = match.end()
        return "".join(out) + line[at:]

    def _bare(self, match: re.Match[str]) -> str:
        address = self.atoms[int(match[1] or match[2])]
        if match[1]:
            return address
        shown = SPECIAL.sub(r"\\\g<0>", address)
        return f"[{shown}]({address})"

    # -- blocks

    def _add(self, kind: str, block: str) -> None:
        frame = self.frames[-1]
        frame.blocks.append(block)
        frame.kinds.append(kind)

    def _open_block(self, tag: str, source: str) -> None:
        self.flush()
        if tag == "hr":
            self._add("hr", "***")
        elif tag in HEADINGS:
            self.heading = "#" * int(tag[1]) + " "
        elif tag == "pre":
            self.pre, self.language = [], ""
            self._open_in_pre(tag, source)
        elif tag in LISTS or tag == "blockquote":
            weight = 2 if tag in LISTS else 1
            if self.levels + weight > MAX_LEVELS:
                self.flattened[tag] += 1
                self.dropped["levels"] += 1
                return
            self.levels += weight
            start = attributes(source).get("start", "1")
            self.frames.append(_Frame(tag, int(start) if re.fullmatch(r"\d{1,9}", start) else 1))
        elif tag == "li" and self.frames[-1].tag in LISTS:
            self.frames.append(_Frame("li"))

    def _close_block(self, tag: str) -> None:
        self.flush()
        if tag in HEADINGS:
            self.heading = ""
        elif self.flattened[tag]:
            self.flattened[tag] -= 1
        elif self.frames[-1].tag == tag and not (tag == "li" and (self.flattened["ul"] or self.flattened["ol"])):
            self._pop()

    def _pop(self) -> None:
        frame = self.frames.pop()
        parent = self.frames[-1]
        if frame.tag == "li":
            self._end_item(frame, parent)
        elif frame.tag == "blockquote":
            self.levels -= 1
            if frame.blocks:
                text = "\n\n".join(frame.blocks)
                self._add("quote", re.sub("^(?=(.?))", lambda m: "> " if m[1] else ">", text, flags=re.M))
        else:
            self.levels -= 2
            # Something in a list that is in none of its items keeps its own place.
            if frame.blocks:
                self._add(frame.tag, ("\n\n" if "loose" in frame.kinds else "\n").join(frame.blocks))

    def _end_item(self, item: _Frame, parent: _Frame) -> None:
        if not item.blocks:
            return
        # Two lists in a row would be one list if both had the same mark.
        grand = self.frames[-2]
        again = bool(grand.kinds) and grand.kinds[-1] == parent.tag
        if parent.tag == "ol":
            mark = f"{parent.number}{')' if again else '.'} "
            parent.number += 1
        else:
            mark = "* " if again else "- "
        text, kind = item.blocks[0], "li"
        for block in item.blocks[1:]:
            # These may follow a paragraph without an empty line, which keeps the list a tight one.
            close = block.startswith(("- ", "* ", "1. ", "1) ", "```"))
            kind = kind if close else "loose"
            text += ("\n" if close else "\n\n") + block
        parent.blocks.append(mark + re.sub(r"\n(?=[^\n])", "\n" + " " * len(mark), text))
        parent.kinds.append(kind)

    def _open_in_pre(self, tag: str, source: str) -> None:
        assert self.pre is not None
        if tag == "br":
            self.pre.append("\n")
        elif not self.language and source:
            named = _LANGUAGE.search(attributes(source).get("class", ""))
            self.language = (named and language_of(named[1]) and named[1].lower()) or ""

    def _end_pre(self) -> None:
        text = "".join(self.pre or ()).strip("\n").rstrip()
        self.pre = None
        if text.strip():
            self._add("pre", code_block(text, self.language))

    # -- tables

    def _open_row(self, tag: str) -> None:
        if tag == "table":
            if self.tables == 0:
                self.flush()
                self.table = []
            else:
                self.dropped["tables"] += 1
                self.line.append(" ")
            self.tables += 1
        elif self.tables != 1:
            self.line.append(" ")
        elif tag == "tr" and self.table is not None:
            self.table.append([])

    def _close_row(self, tag: str) -> None:
        if tag == "table" and self.tables:
            self.tables -= 1
            if self.tables == 0:
                self._end_table()
                return
        if self.tables == 1 and tag in ("td", "th", "caption") and self.table is not None:
            address = self.link[0] if self.link is not None else None
            if address is not None:
                self._close_link()
            if not self.table or tag == "caption":
                self.table.append([])
            self.table[-1].append(self._finished_line().replace("\n", " "))
            self.line = []
            if address is not None:
                self._open_link(address)
        elif self.tables:
            self.line.append(" ")

    def _end_table(self) -> None:
        rows = [row for row in self.table or () if any(row)]
        self.table, self.line = None, []
        width = max((len(row) for row in rows), default=0)
        if width <= 1 or width > MAX_COLUMNS or width * len(rows) > 2_000:
            self.dropped["tables"] += bool(rows)
            for row in rows:
                self._add("p", "\n".join(AT_LINE_START.sub(r"\\\g<0>", cell) for cell in row if cell))
            return
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        lines.insert(1, "|" + " --- |" * width)
        self._add("table", "\n".join(lines))


def _cut_block(block: str, room: int) -> str:
    fence = re.match("`{3,}", block)
    if fence:
        return block[: room - len(fence[0]) - 2].rstrip("`") + "\n" + fence[0]
    cut = block[: room - 2]
    backslashes = len(cut) - len(cut.rstrip("\\"))
    return cut[: len(cut) - backslashes % 2]  # half an escape would be shown
