"""HTML of other forums (and mail) made into Markdown that people can go on editing.

nh3 first: it parses like a browser and hands back a well-formed fragment of few tags, so that one pass over its tokens
is enough here. The Markdown is written for our own renderer: what it shows is what the HTML showed, and characters
that only look like markup are escaped where they would act as markup, and nowhere else.
"""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import nh3

from community.highlight import language_of
from community.markdown import MAX_BODY
from community.text import clean_text

MAX_HTML = 120_000  # characters read; four times what a body may have
# Tags read. nh3's time grows with the square of the nesting (24,000 nested <div> take a second), and 30,000
# characters of text never carry so many tags.
MAX_TAGS = 5_000
MAX_LEVELS = 12  # of lists and quotes; a list counts two, as the renderer counts; deeper ones are flattened
MAX_COLUMNS = 30
MAX_BACKTICKS = 50  # in a row inside code: its fence must be longer, and is written three times


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
    html = _within_limits(html, dropped)
    for match in _LEFT_OUT.finditer(html):
        dropped[_REASONS[match.group(1).lower()]] += 1
    writer = _Writer(dropped, rewrite_link)
    for match in _TOKENS.finditer(_CLEANER.clean(html)):
        closing, tag, attributes, text = match.groups()
        if text is not None:
            writer.text(_decoded(text))
        elif closing:
            writer.close(tag)
        else:
            writer.open(tag, attributes)
    return Converted(writer.result(), {reason: count for reason, count in dropped.items() if count})


def _within_limits(html: str, dropped: Counter[str]) -> str:
    html = _UNSTORABLE.sub("\ufffd", html.replace("\x00", ""))
    if len(html) > MAX_HTML:
        dropped["cut"] = 1
        html = html[:MAX_HTML]
        # Half a tag at the end would show as text.
        if html.rfind("<") > html.rfind(">"):
            html = html[: html.rfind("<")]
    if html.count("<") > MAX_TAGS:
        dropped["cut"] = 1
        end = -1
        for _tag in range(MAX_TAGS + 1):
            end = html.find("<", end + 1)
        html = html[:end]
    return html


_REASONS = {
    **dict.fromkeys(["script", "style", "noscript", "template"], "scripts"),
    **dict.fromkeys(["form", "input", "button", "select", "textarea"], "forms"),
    **dict.fromkeys(["iframe", "object", "embed", "video", "audio", "svg", "math", "canvas", "applet"], "embeds"),
}
_LEFT_OUT = re.compile(rf"<({'|'.join(_REASONS)})\b", re.I)
_WITH_CONTENT = {"script", "style", "noscript", "template", "select", "textarea", "title", "head"} | {
    tag for tag, reason in _REASONS.items() if reason == "embeds" and tag != "embed"
}
_LISTS = frozenset(["ul", "ol"])
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_BLOCKS = {"p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "figure", "figcaption"}
_BLOCKS |= {"address", "details", "summary", "dl", "dt", "dd", "center"}
_MARKS = {
    **dict.fromkeys(["em", "i", "cite"], "\x02"),
    **dict.fromkeys(["strong", "b"], "\x03"),
    **dict.fromkeys(["s", "del", "strike"], "\x04"),
}
_CODE = frozenset(["code", "kbd", "samp", "tt", "var"])
_ROWS = frozenset(["table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"])
_CLEANER = nh3.Cleaner(
    tags={*_LISTS, *_HEADINGS, *_BLOCKS, *_MARKS, *_CODE, *_ROWS, "li", "blockquote", "pre", "br", "hr", "a", "img"},
    clean_content_tags=_WITH_CONTENT,
    attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "pre": {"class"}, "code": {"class"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_TOKENS = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [^\s=>]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([^\s=>]+)="([^"]*)"')
_UNSTORABLE = re.compile("[\ud800-\udfff]")
_LANGUAGE = re.compile(r"\b(?:language|lang|brush:)-?\s*([\w+#.-]+)")


def _decoded(text: str) -> str:
    """Undo nh3's four entities."""
    if "&" in text:
        text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
        text = text.replace("&amp;", "&")
    return clean_text(text)


def _attributes(source: str) -> dict[str, str]:
    return {name: _decoded(value) for name, value in _ATTRIBUTE.findall(source)} if source else {}


# ---------------------------------------------------------------------------------------------------- escaping

# What would act as markup, wherever it stands in a line. `_` inside a word and ` * ` between blanks do not; neither
# does a backslash before a letter, which Windows paths are full of.
_SPECIAL = re.compile(
    r"""\\(?=[!-/:-@\[-`{-~\s]|\Z) | ` | (?<!\s)\* | \*(?!\s) | (?<![^\W_])_ | _(?![^\W_]) | ~(?=~) | (?<=~)~
    | <(?=[A-Za-z/!?]|[^\s<>]*@) | &(?=\#?\w+;)""",
    re.X,
)
# What would act as markup at the beginning of a line: headings, quotes, lists, rules, tables, definitions.
_AT_LINE_START = re.compile(
    r"""^(?:(?P<mark>\#{1,6}(?=[ \t]|$) | > | [-+*](?=[ \t]|$) | [|:=-][\s|:=-]*$ | \[(?=[^\]]*\]:))
    | (?P<number>\d{1,9})(?=[.)](?:[ \t]|$)))""",
    re.X | re.M,
)
_ATOM = re.compile("\x0e(\\d+)\x0f")
# An address that is its own text can stand bare where a blank, or a blank after a full stop, ends it.
_BARE = re.compile("(?:(?<=[\\s(])|^)\x10(\\d+)\x0f(?=[.,;:!?)]{0,2}(?:\\s|$))|\x10(\\d+)\x0f")
_BARE_ADDRESS = re.compile(r"https?://[^\W_][^\s<>\\`\[\]*|()\"']*(?<![.,:;!?])")
_EMPTY_PAIR = re.compile("\x02\x12|\x03\x13|\x04\x14")
_SPLIT_PAIR = re.compile("\x12\x02|\x13\x03|\x14\x04")  # two bold words side by side are one
_INWARD_BLANK = re.compile("([\x02-\x04])([ \n]+)|([ \n]+)([\x12-\x14])")
_MARKUP = {"\x02": "*", "\x03": "**", "\x04": "~~"}


def _is_word(char: str) -> bool:
    return bool(char) and (char.isalnum() or ord(char) > 0x2E80)


def _resolve_marks(line: str) -> str:
    """Write the emphasis marks that Markdown will read as such, and leave out those it would show as asterisks."""
    if not re.search("[\x02-\x04]", line):
        return line
    for _nested in range(3):
        line = _INWARD_BLANK.sub(lambda m: (m[2] or "") + (m[1] or m[4]) + (m[3] or ""), line)
        line = _EMPTY_PAIR.sub("", _SPLIT_PAIR.sub("", line))
    # Leaving out one mark gives its neighbour another neighbour: look again until all are good.
    for _again in range(6):
        bad = _unreadable_marks(line)
        if not bad:
            return re.sub("[\x02-\x04\x12-\x14]", lambda m: _MARKUP[chr(ord(m[0]) & 0x0F)], line)
        line = "".join(char for at, char in enumerate(line) if at not in bad)
    return re.sub("[\x02-\x04\x12-\x14]", "", line)


def _unreadable_marks(line: str) -> set[int]:
    bad: set[int] = set()
    opened: list[int] = []
    for match in re.finditer("[\x02-\x04\x12-\x14]", line):
        at, char = match.start(), match[0]
        if char <= "\x04":
            opened.append(at)
        elif not opened or ord(line[opened[-1]]) != ord(char) & 0x0F:
            return set(range(len(line))) & {m.start() for m in re.finditer("[\x02-\x04\x12-\x14]", line)}
        else:
            start = opened.pop()
            good = _flanks(line, start - 1, start + 1) and _flanks(line, at + 1, at - 1)
            # A mark right behind the end of another one would be read together with it.
            if not good or (start and "\x12" <= line[start - 1] <= "\x14"):
                bad |= {start, at}
    return bad | set(opened)


def _flanks(line: str, outside: int, inside: int) -> bool:
    """Whether a mark between `outside` and `inside` is read as one: it may not stand between a word and a symbol."""
    inner = line[inside]
    outer = line[outside] if 0 <= outside < len(line) else ""
    if inner.isspace():
        return False
    return _is_word(inner) or not _is_word(outer)


def _code_span(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    if longest > MAX_BACKTICKS:
        return _SPECIAL.sub(r"\\\g<0>", text)
    fence = "`" * (longest + 1 if longest else 1)
    pad = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _code_block(text: str, language: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    if longest > MAX_BACKTICKS:
        return re.sub("^", "    ", text, flags=re.M)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _destination(address: str) -> str:
    address = address.strip().replace(" ", "%20").replace("\n", "").replace("\t", "").replace("|", "%7C")
    address = address.replace("<", "%3C").replace(">", "%3E").replace("\\", "%5C")
    return f"<{address}>" if "(" in address or ")" in address else address


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
            escaped = _SPECIAL.sub(r"\\\g<0>", re.sub(r"[ \t\n]+", " ", text))
            if self.link is not None:
                escaped = re.sub(r"[\[\]]", r"\\\g<0>", escaped)
            self.line.append(escaped)

    def open(self, tag: str, source: str) -> None:
        if self.pre is not None:
            self._open_in_pre(tag, source)
        elif self.code is not None:
            self.code.append(" " if tag not in _MARKS and tag != "a" else "")
        elif tag in _MARKS:
            self._mark(tag, 1)
        elif tag == "br":
            self.line.append(" " if self.tables or self.heading else "\n")
        elif tag == "a":
            self._open_link(_attributes(source).get("href", ""))
        elif tag in _CODE:
            self.code = []
        elif tag == "img":
            self._image(_attributes(source))
        elif tag in _ROWS:
            self._open_row(tag)
        elif self.tables:
            self.line.append(" ")
        else:
            self._open_block(tag, source)

    def close(self, tag: str) -> None:
        if self.pre is not None:
            if tag == "pre":
                self._end_pre()
        elif self.code is not None and tag not in _CODE:
            self.code.append(" " if tag not in _MARKS and tag != "a" else "")
        elif tag in _MARKS:
            self._mark(tag, -1)
        elif tag == "a":
            self._close_link()
        elif tag in _CODE:
            self._end_code()
        elif tag in _ROWS:
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
        mark = _MARKS[tag]
        self.marks[mark] += step
        if self.marks[mark] == (1 if step == 1 else 0):
            self.line.append(mark if step == 1 else chr(ord(mark) + 16))

    def _atom(self, text: str) -> str:
        self.atoms.append(text.replace("|", "\\|") if self.tables else text)
        return f"\x0e{len(self.atoms) - 1}\x0f"

    def _end_code(self) -> None:
        if self.code is not None:
            text = " ".join("".join(self.code).split())
            self.code = None
            if text:
                self.line.append(self._atom(_code_span(text)))

    def _open_link(self, address: str) -> None:
        self.link = (address, len(self.line))

    def _close_link(self) -> None:
        if self.link is None:
            return
        (address, start), self.link = self.link, None
        words = "".join(self.line[start:])
        if not words.strip(" \n\x02-\x14"):
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
            end = self._atom(f"]({_destination(address)})")
            self.line[start:] = [before, self._atom("["), words.strip(" \n"), end, after]

    def _image(self, attributes: dict[str, str]) -> None:
        self.dropped["images"] += 1
        address = attributes.get("src", "")
        words = " ".join(attributes.get("alt", "").split()) or address.partition("?")[0].rpartition("/")[2] or "image"
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
        self.line.extend(chr(ord(mark) + 16) for mark in reversed(still))
        for paragraph in re.split(r"\n[ \n]*\n", self._finished_line()):
            if paragraph:
                self._add("p", self.heading + paragraph if self.heading else paragraph)
        self.line = list(still)
        if address is not None:
            self._open_link(address)

    def _finished_line(self) -> str:
        """The pieces of a paragraph (or cell) as Markdown, with everything escaped that its position makes markup."""
        line = "".join(self.line)
        line = re.sub(" *\n *", "\n", re.sub(" {2,}", " ", line)).strip(" \n")
        if not line.strip("\x02\x03\x04\x12\x13\x14 \n"):
            return ""
        line = re.sub(" *\n *", "\n", re.sub(" {2,}", " ", _resolve_marks(line))).strip(" \n")
        line = line.replace("](", "]\\(")
        line = re.sub("!(?=\x0e)", r"\\!", line)
        if self.tables:
            line = re.sub(r"\|", r"\\|", line)
        elif self.heading:
            line = re.sub(r"#(?=#*$)", r"\\#", line)
        else:
            line = _AT_LINE_START.sub(lambda m: f"{m['number']}\\" if m["number"] else f"\\{m['mark']}", line)
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
        shown = _SPECIAL.sub(r"\\\g<0>", address)
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
        elif tag in _HEADINGS:
            self.heading = "#" * int(tag[1]) + " "
        elif tag == "pre":
            self.pre, self.language = [], ""
            self._open_in_pre(tag, source)
        elif tag in _LISTS or tag == "blockquote":
            weight = 2 if tag in _LISTS else 1
            if self.levels + weight > MAX_LEVELS:
                self.flattened[tag] += 1
                self.dropped["levels"] += 1
                return
            self.levels += weight
            start = _attributes(source).get("start", "1")
            self.frames.append(_Frame(tag, int(start) if re.fullmatch(r"\d{1,9}", start) else 1))
        elif tag == "li" and self.frames[-1].tag in _LISTS:
            self.frames.append(_Frame("li"))

    def _close_block(self, tag: str) -> None:
        self.flush()
        if tag in _HEADINGS:
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
            named = _LANGUAGE.search(_attributes(source).get("class", ""))
            self.language = (named and language_of(named[1]) and named[1].lower()) or ""

    def _end_pre(self) -> None:
        text = "".join(self.pre or ()).strip("\n").rstrip()
        self.pre = None
        if text.strip():
            self._add("pre", _code_block(text, self.language))

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
                self._add("p", "\n".join(_AT_LINE_START.sub(r"\\\g<0>", cell) for cell in row if cell))
            return
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        lines.insert(1, "|" + " --- |" * width)
        self._add("table", "\n".join(lines))


def _cut_block(block: str, room: int) -> str:
    fence = re.match("`{3,}", block)
    if fence:
        return block[: room - len(fence[0]) - 2].rstrip("`") + "\n" + fence[0]
    return block[: room - 2].rstrip("\\")
