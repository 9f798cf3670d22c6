"""The same for bodies of HTML: what mail programs wrap quotes and signatures in is cut, the rest becomes Markdown.

What was cut leaves a mark in the HTML, so that the lines of the Markdown can be looked at as those of a plain text:
an attribution is known by the quote under it there too.
"""

import re
from html import escape

from community.content.html_to_markdown import to_markdown
from community.incoming.cutting import cut_lines
from community.incoming.html_ahead import announces_around, announces_header, announces_itself
from community.incoming.html_parts import (
    VOID,
    Tag,
    is_announcement,
    is_around,
    is_header_named,
    is_hidden,
    is_to_the_end,
    parts,
    signature_or_quote,
)
from community.incoming.lines import Line, lines_of
from community.incoming.records import Cut, CutKind, Piece

MAX_IMAGES = 200
_WORD = re.compile(r"\w+")
_INLINE = frozenset(_WORD.findall("em i cite strong b s del strike code kbd samp tt var br a"))
_BLOCKS = frozenset(_WORD.findall("p ul ol li h1 h2 h3 h4 h5 h6 blockquote pre table tr td th hr"))
_KEPT = _BLOCKS | _INLINE | {"caption", "thead", "tbody", "tfoot"}
#: what only begins on a line of its own
_LINES = frozenset(_WORD.findall("div section article header footer main aside center address dl dt dd form fieldset"))
_WRITTEN = {"a": ("href",), "ol": ("start",), "pre": ("class",), "code": ("class",)}
_MARKS = re.compile("[\ue000-\ue003]")
_CUT_MARK = re.compile("\ue000(\\d{1,7})\ue001")
_IMAGE_MARK = re.compile("\ue002(\\d{1,7})\ue003")
_SENTENCE = re.compile(r"^.{50,1000}[.!?]$", re.M)
_IS_FORWARD = re.compile(r"\s{0,20}-{4,40}")


def cut_html(html: str) -> Cut:
    """Cut an HTML body; `kept` is Markdown. Never raises."""
    read = list(parts(_MARKS.sub("", html)))
    result, signed = _cut_parts(read, has_signatures=True)
    if signed and not result.kept:
        # Some write all they have to say into their signature.
        result = _cut_parts(read, has_signatures=False)[0]
    return result


def _cut_parts(read: list[Tag | str], *, has_signatures: bool) -> tuple[Cut, bool]:
    """The cut, and whether a signature has sentences in it."""
    taken, images, own = _Cutter(read, has_signatures=has_signatures).run()
    markdown = to_markdown(own).markdown
    lines = lines_of(markdown, is_markdown=True)
    _read_marks(lines, taken)
    _keep_own_quotes(lines)
    _cut_rules_at_ends(lines)
    result = cut_lines(lines, taken)
    signed = any(piece.kind is CutKind.SIGNATURE and _SENTENCE.search(piece.text) for piece in taken)
    return Cut(_with_images(result.kept, images), result.pieces), signed


class _Cutter:
    """One pass over the tags: what is cut goes into pieces, the rest is written again in few tags."""

    def __init__(self, read: list[Tag | str], *, has_signatures: bool) -> None:
        self.parts, self.has_signatures = read, has_signatures
        self.last_close = {part.name: at for at, part in enumerate(read) if not isinstance(part, str) and part.closes}
        self.out: list[str] = []
        self.taken: list[Piece] = []
        self.images: list[tuple[str, str]] = []
        self.skipped: list[str] = []
        self.skipping: tuple[str, CutKind | None] | None = None  # the element's name, and what it is; None is hidden
        self.depth = 0
        self.around: list[list[int]] = []  # depth of div inside each, and whether its quote came
        self.has_words = False  # on the line that is being written
        self.pre = 0

    def run(self) -> tuple[list[Piece], list[tuple[str, str]], str]:
        ended = False
        for at, part in enumerate(self.parts):
            if ended:
                self._skip_text(part)
            elif self.skipping is not None:
                ended = self._skip(part, at)
            elif isinstance(part, str):
                self._text(part)
            elif part.closes:
                self._close(part)
            else:
                ended = self._open(part, at)
        self._end_skipping()
        return self.taken, self.images, "".join(self.out)

    def _text(self, text: str) -> None:
        if self.around and not self.around[-1][1]:
            self.skipped.append(text)
            return
        self.has_words = self.has_words or bool(text.strip())
        self.out.append(escape(text, quote=False))

    def _open(self, tag: Tag, at: int) -> bool:
        """Write a tag, or begin to skip; True where all that follows is cut."""
        if is_hidden(tag):
            # What is never closed would hide all that follows.
            if tag.name not in VOID and self.last_close.get(tag.name, -1) > at:
                self.skipping, self.depth = (tag.name, None), 1
            return False
        if self._is_to_the_end(tag, at):
            self._flush_around()
            self.skipping = (tag.name, CutKind.QUOTE)
            return True
        kind = self._kind_of(tag, at)
        if kind is None and tag.name == "blockquote" and self.around:
            kind = CutKind.QUOTE
        if kind is not None and tag.name not in VOID:
            if self.around:
                self.around[-1][1] = 1
            self.skipping, self.depth = (tag.name, kind), 1
            return False
        self._write_open(tag, at)
        return False

    def _is_to_the_end(self, tag: Tag, at: int) -> bool:
        return is_to_the_end(tag) and (not is_header_named(tag) or announces_header(self.parts, at))

    def _kind_of(self, tag: Tag, at: int) -> CutKind | None:
        kind = signature_or_quote(tag)
        if kind is CutKind.SIGNATURE and not self.has_signatures:
            return None
        if kind is CutKind.QUOTE and is_announcement(tag) and not announces_itself(self.parts, at):
            return None
        return kind

    def _write_open(self, tag: Tag, at: int) -> None:
        name = tag.name
        if is_around(tag) and announces_around(self.parts, at):
            self._flush_around()
            self._new_line()
            self.around.append([0, 0])
        elif name == "div" and self.around:
            self.around[-1][0] += 1
        if self.around and not self.around[-1][1]:
            self.skipped.append("\n" if name in _BLOCKS or name in _LINES or name == "br" else "")
        elif name == "img":
            self._image(tag)
        elif name in _LINES or (name == "p" and "msonormal" in tag.marks):
            self._new_line()
        elif name in _KEPT:
            self.pre += name == "pre"
            self.has_words = self.has_words and name not in _BLOCKS and name != "br"
            source = "".join(f' {key}="{escape(tag.of[key])}"' for key in _WRITTEN.get(name, ()) if key in tag.of)
            self.out.append(f"<{name}{source}>")

    def _close(self, tag: Tag) -> None:
        name = tag.name
        if name == "div" and self.around:
            if self.around[-1][0] == 0:
                self._flush_around()
                self.around.pop()
                self._new_line()
                return
            self.around[-1][0] -= 1
        if self.around and not self.around[-1][1]:
            self.skipped.append("\n" if name in _BLOCKS or name in _LINES else "")
        elif name in _LINES:
            self._new_line()
        elif name in _KEPT and name not in VOID:
            self.pre = max(0, self.pre - (name == "pre"))
            self.has_words = self.has_words and name not in _BLOCKS
            self.out.append(f"</{name}>")

    def _new_line(self) -> None:
        if self.has_words:
            self.out.append("<br>")
        self.has_words = False

    def _image(self, tag: Tag) -> None:
        source = tag.of.get("src", "").strip()
        words = " ".join(_MARKS.sub("", tag.of.get("alt", "")).split())[:200]
        if source[:4].lower() == "cid:" and len(self.images) < MAX_IMAGES:
            self.images.append((words, source[4:204]))
            self.out.append(f"\ue002{len(self.images) - 1}\ue003")
            self.has_words = True
        elif source[:4].lower() == "http":
            self.out.append(f'<img src="{escape(source)}" alt="{escape(words)}">')
            self.has_words = True

    # -- what is cut

    def _skip(self, part: Tag | str, at: int) -> bool:
        """Go on skipping; True where a forwarded mail begins, which nothing ends."""
        assert self.skipping is not None
        name, kind = self.skipping
        if kind is CutKind.SIGNATURE and isinstance(part, Tag) and not part.closes and self._is_to_the_end(part, at):
            self._end_skipping()
            self.skipping = (part.name, CutKind.QUOTE)
            return True
        self._skip_text(part)
        if isinstance(part, Tag) and part.name == name:
            self.depth += -1 if part.closes else 1
            if self.depth <= 0:
                if kind is CutKind.QUOTE and name != "blockquote" and _IS_FORWARD.match("".join(self.skipped)):
                    return True
                self._end_skipping()
        return False

    def _skip_text(self, part: Tag | str) -> None:
        if isinstance(part, str):
            self.skipped.append(part)
        elif part.name in _BLOCKS or part.name in _LINES or part.name == "br":
            self.skipped.append("\n")

    def _end_skipping(self) -> None:
        kind = self.skipping[1] if self.skipping is not None else CutKind.QUOTE
        self.skipping = None
        if kind is None:
            self.skipped = []
            return
        self._flush_skipped(kind)

    def _flush_around(self) -> None:
        """What stood in a quote's wrapping before the quote announced it; without a quote it was one itself."""
        if self.skipped:
            self._flush_skipped(CutKind.QUOTE)

    def _flush_skipped(self, kind: CutKind) -> None:
        words = "\n".join(filter(None, (" ".join(row.split()) for row in "".join(self.skipped).split("\n"))))
        self.skipped = []
        if not words:
            return
        self.taken.append(Piece(kind, words))
        self.out.append(f"<p>\ue000{len(self.taken) - 1}\ue001</p>")
        self.has_words = False


def _read_marks(lines: list[Line], taken: list[Piece]) -> None:
    """Find the lines that stand for what was cut; a mark beside words (in a cell) is only taken away."""
    for line in lines:
        if "\ue000" not in line.raw:
            continue
        marks = _CUT_MARK.findall(line.raw)
        rest = _CUT_MARK.sub("", line.raw)
        if marks and not rest.strip(" >-*|0123456789.)\\"):
            line.piece, line.text, line.depth = min(int(marks[0]), len(taken) - 1), "", 0
        else:
            line.raw, line.text = rest, _CUT_MARK.sub("", line.text)


def _keep_own_quotes(lines: list[Line]) -> None:
    """Keep the quotes that are written between words of the author's, as articles have them: no program says who
    is quoted, and no answer stands at its end or beginning."""
    at = 0
    while at < len(lines):
        if not lines[at].depth or lines[at].raw.lstrip(" ").startswith("\\>"):
            at += 1
            continue
        end = at
        while end < len(lines) and lines[end].depth:
            end += 1
        above = next(
            (line for line in reversed(lines[max(0, at - 3) : at]) if line.text or line.piece is not None), None
        )
        below = next((line for line in lines[end : end + 3] if line.text or line.piece is not None), None)
        if _is_own(above) and _is_own(below):
            for line in lines[at:end]:
                line.depth, line.is_code = 0, True
        at = end


def _cut_rules_at_ends(lines: list[Line]) -> None:
    """A rule under which only a quote stands divided the two."""
    ends = True
    for line in reversed(lines):
        if line.raw.strip() == "***" and ends:
            line.raw = line.text = ""
        elif line.text or line.piece is not None or line.depth:
            ends = line.piece is not None or line.depth > 0


def _is_own(line: Line | None) -> bool:
    return (line is not None and line.piece is None and not line.depth and not line.text.endswith((":", "："))) or (
        line is not None and line.piece is None and line.text.endswith(":") and not any(c.isdigit() for c in line.text)
    )


def _with_images(markdown: str, images: list[tuple[str, str]]) -> str:
    if not images:
        return _IMAGE_MARK.sub("", markdown)
    return _IMAGE_MARK.sub(lambda mark: _image(images, int(mark[1])), markdown)


def _image(images: list[tuple[str, str]], at: int) -> str:
    if at >= len(images):
        return ""
    words, of = images[at]
    words = re.sub(r"[\[\]\\`*_<>\ue002\ue003\n]", "", words)
    of = re.sub(r"[\s<>()\\\ue002\ue003]", "", of)
    return f"![{words}](cid:{of})"
