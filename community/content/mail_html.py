"""A stored body for mails: HTML of a few tags that every mail program knows, and text that reads without any.

Links are whole, pictures are links that carry their words, nothing is loaded from anywhere. Costs no more than what
is shown of it, however long the body is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape, unescape

import nh3

from community.content.text import excerpt

#: Characters in a line of a text mail, as people have written them for fifty years.
WIDTH = 72
#: No more of a body's HTML is looked at, per character that may be shown: markup is seldom more than the words.
_MARKUP = 6

_TAGS = {"p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "a", "img", "ul", "ol", "li"}
_TAGS |= {"h3", "h4", "h5", "h6", "table", "tr", "th", "td"}
_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags={"script", "style"},
    attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_TOKENS = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [^\s=>]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([^\s=>]+)="([^"]*)"')
#: In letters that never join with their neighbours.
_LONG = re.compile("[!-~]{28}(?=[!-~]{4})")
_HEADINGS = frozenset({"h3", "h4", "h5", "h6"})
_BLOCKS = _HEADINGS | {"p", "pre", "blockquote", "ul", "ol", "li", "table", "tr", "hr"}
#: What has no end of its own.
_VOID = frozenset({"br", "hr", "img"})
# What stands for what in a mail. A heading is bold even where a program drops the styles, and not larger than ours.
_OPENING = {
    **{tag: f"<{tag}>" for tag in _TAGS},
    **dict.fromkeys(_HEADINGS, "<h4>"),
    "pre": '<pre dir="ltr" wrap="wrap">',
    "table": '<table class="cells" border="1" cellpadding="6" cellspacing="0">',
}
_CLOSING = {**{tag: f"</{tag}>" for tag in _TAGS}, **dict.fromkeys(_HEADINGS, "</h4>")}


@dataclass(frozen=True)
class ForMail:
    """A body as HTML and as text (lines of at most WIDTH characters where words allow it), and whether more follows."""

    html: str
    text: str
    is_cut: bool


@dataclass(frozen=True)
class Names:
    """What stands for what a mail does not show, in the reader's language."""

    picture: str
    file: str


def for_mail(html: str, *, site_address: str, names: Names, most: int = 3000, shows_files: bool = True) -> ForMail:
    """The body, at most about `most` characters of its words.

    `site_address` has no slash at its end. Without `shows_files` a picture or file is only said to be there: whoever
    a mail is forwarded to learns neither its name nor where it is.
    """
    source = html[: most * _MARKUP]
    if len(source) < len(html):
        source = source[: source.rfind("<")] if source.rfind("<") > source.rfind(">") else source
    walk = _Walk(site_address, names, most, shows_files)
    for closing, tag, attributes, text in _tokens(source):
        if walk.left <= 0:
            break
        if text:
            walk.words(text)
        elif closing:
            walk.close(tag)
        else:
            walk.open(tag, attributes)
    return walk.result(is_cut=len(source) < len(html) or walk.left <= 0)


def wrap(text: str, width: int = WIDTH) -> list[str]:
    """The lines of a text, broken between words; what is longer than a line (an address) stays whole."""
    lines: list[str] = []
    for written in text.split("\n"):
        line = ""
        for word in written.split(" "):
            if not line:
                line = word
            elif len(line) + 1 + len(word) <= width:
                line += f" {word}"
            else:
                lines.append(line.rstrip())
                line = word
        lines.append(line.rstrip())
    return lines


def _breakable(text: str) -> str:
    """The text as HTML in which an address or a long name may end a line even where a program drops the styles."""
    return "<wbr>".join(escape(piece, quote=False) for piece in _LONG.sub("\\g<0>\x00", text).split("\x00"))


def _tokens(html: str) -> Iterator[tuple[str, str, dict[str, str], str]]:
    """(whether it closes, tag, attributes, "") for tags, and text at the last place for what stands between."""
    for closing, tag, source, text in _TOKENS.findall(_CLEANER.clean(html)):
        if text:
            yield "", "", {}, unescape(text)
        else:
            found = {name: unescape(value) for name, value in _ATTRIBUTE.findall(source)} if source else {}
            yield closing, tag, found, ""


@dataclass
class _Walk:
    """Writes both forms in one pass."""

    site_address: str
    names: Names
    left: int  # characters that may still be shown
    shows_files: bool
    html: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)  # the words of the block that is being read
    tags: list[str] = field(default_factory=list)
    margin: list[str] = field(default_factory=list)  # what each line of text begins with
    marker: str = ""  # what only the first line of a list item begins with
    numbers: list[int] = field(default_factory=list)  # the next number of each list; 0 for those with dots
    link: str = ""
    linked: list[str] = field(default_factory=list)  # words of the link that is being read
    is_silent: bool = False  # the words are the name of a file that is not shown

    def words(self, text: str) -> None:
        if self.is_silent:
            return
        if len(text) > self.left:
            text = text[: self.left] + "…" if "pre" in self.tags else excerpt(text, self.left + 1)
            self.left = 0
        else:
            self.left -= len(text)
        if not (self.tags and self.tags[-1] in ("ul", "ol", "table", "tr")) and (self.tags or text.strip()):
            self.html.append(escape(text, quote=False) if len(text) < 30 else _breakable(text))
            self._say(text)

    def _say(self, text: str) -> None:
        (self.linked if self.link else self.inline).append(text if "pre" in self.tags else text.replace("\n", " "))

    def open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _BLOCKS:
            self._end_block()
        if tag == "a":
            self._open_link(attributes.get("href", ""))
            return
        if tag == "img":
            self._picture(attributes)
            return
        if tag == "br":
            self.inline.append("\n")
        elif tag == "hr":
            self.lines += ["".join(self.margin) + "* * *", ""]
        elif tag in ("td", "th") and "".join(self.inline).strip():
            self.inline.append(" | ")
        if tag not in _VOID:
            self.tags.append(tag)
        self.html.append(self._opening(tag, attributes))

    def _opening(self, tag: str, attributes: dict[str, str]) -> str:
        if tag == "blockquote":
            self.margin.append("> ")
        elif tag in ("ul", "ol"):
            start = attributes.get("start", "1")
            start = start if start.isdecimal() and len(start) < 10 else "1"
            self.numbers.append(int(start) if tag == "ol" else 0)
            if tag == "ol" and start != "1":
                return f'<ol start="{start}">'
        elif tag == "li" and self.numbers:
            self.marker = f"{self.numbers[-1]}. " if self.numbers[-1] or self._is_ordered() else "- "
            self.numbers[-1] += self._is_ordered()
            self.margin.append(" " * len(self.marker))
        return _OPENING[tag]

    def _is_ordered(self) -> bool:
        return next((tag == "ol" for tag in reversed(self.tags) if tag in ("ol", "ul")), False)

    def close(self, tag: str) -> None:
        if tag == "a":
            self._close_link()
            return
        if tag not in self.tags:
            return
        if tag in _BLOCKS:
            self._end_block()
        if tag in ("blockquote", "li") and self.margin:
            self.margin.pop()
        elif tag in ("ul", "ol") and self.numbers:
            self.numbers.pop()
        if tag in ("p", "pre", "ul", "ol", "blockquote", "table") or tag in _HEADINGS:
            self._blank()
        self.tags.pop()
        self.html.append(_CLOSING[tag])

    def _open_link(self, href: str) -> None:
        if href.startswith("/") and not href.startswith("//"):
            if href.startswith("/attachments/") and not self.shows_files:
                self.words(f"[{self.names.file}]")
                href, self.is_silent = "", True
            else:
                href = self.site_address + href
        self.link = href if href.startswith(("http://", "https://", "mailto:")) else ""
        self.linked = []
        self.tags.append("a")
        if self.link:
            self.html.append(f'<a href="{escape(self.link)}">')

    def _close_link(self) -> None:
        if "a" not in self.tags:
            return
        self.tags.remove("a")
        self.is_silent = False
        words, link = "".join(self.linked), self.link
        self.link = ""
        if not link:
            return
        self.html.append("</a>")
        is_mention = words.startswith("@") and link.startswith(f"{self.site_address}/people/")
        said = link.removeprefix("mailto:")
        self.inline.append(words if is_mention or words.strip() == said else f"{words} <{said}>")

    def _picture(self, attributes: dict[str, str]) -> None:
        if self.is_silent:
            return
        source, words = attributes.get("src", ""), " ".join(attributes.get("alt", "").split())
        self.left -= len(words) + 10
        named = f"{self.names.picture}: {words}" if words and self.shows_files else self.names.picture
        if self.link or not self.shows_files or not source.startswith("/"):
            self.html.append(escape(f"[{named}]", quote=False))
            self._say(f"[{named}]")
            return
        address = self.site_address + source
        self.html.append(f'<a href="{escape(address)}">{escape(named, quote=False)}</a>')
        self.inline.append(f"[{named}] <{address}>")

    def _end_block(self) -> None:
        """Write down the words of the block that ends here."""
        text, self.inline = "".join(self.inline), []
        is_code = "pre" in self.tags
        if not text.strip():
            return
        margin = "".join(self.margin)
        if is_code:
            lines = [f"    {line}" for line in text.strip("\n").split("\n")]
        else:
            lines = wrap("\n".join(" ".join(line.split()) for line in text.strip().split("\n")), WIDTH - len(margin))
        for line in lines:
            first = margin[: len(margin) - len(self.marker)] + self.marker if self.marker else margin
            self.lines.append((first + line).rstrip())
            self.marker = ""

    def _blank(self) -> None:
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()
        if self.lines:
            self.lines.append("".join(self.margin).rstrip())

    def result(self, *, is_cut: bool) -> ForMail:
        """What was read so far, with everything closed that is open."""
        for tag in reversed(self.tags[:]):
            self.close(tag)
        self._end_block()
        while self.lines and not self.lines[-1].strip("> "):
            self.lines.pop()
        return ForMail("".join(self.html).strip(), "\n".join(self.lines), is_cut)
