"""Foreign HTML as a short stream of tokens: bounded, parsed as a browser would, only the tags the converter knows."""

import re
from collections import Counter
from collections.abc import Iterator

import nh3

from community.content.markdown_source import OPENING_MARKS
from community.content.text import clean_text

MAX_HTML = 120_000  # characters read; four times what a body may have
# Tags read. nh3's time grows with the square of the nesting (24,000 nested <div> take a second), and 30,000
# characters of text never carry so many tags.
MAX_TAGS = 5_000


def tokens(html: str, dropped: Counter[str]) -> Iterator[tuple[str, bool, str]]:
    """Yield (tag, whether it closes, its attributes' source), and ("", False, text) for text, every tag closed.

    Counts into `dropped` what is left out: scripts, forms, embeds, and "cut" when the HTML is over the limits.
    """
    html = _within_limits(html, dropped)
    for match in _LEFT_OUT.finditer(html):
        dropped[_REASONS[match.group(1).lower()]] += 1
    for match in _TOKENS.finditer(_CLEANER.clean(html)):
        closing, tag, source, text = match.groups()
        if text is not None:
            yield "", False, _decoded(text)
        else:
            yield tag, bool(closing), source


def attributes(source: str) -> dict[str, str]:
    """The attributes of a tag from their source."""
    return {name: _decoded(value) for name, value in _ATTRIBUTE.findall(source)} if source else {}


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
LISTS = frozenset(["ul", "ol"])
HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6"])
_BLOCKS = {"p", "div", "section", "article", "header", "footer", "main", "aside", "nav", "figure", "figcaption"}
_BLOCKS |= {"address", "details", "summary", "dl", "dt", "dd", "center"}
MARK_OF = {
    **dict.fromkeys(["em", "i", "cite"], OPENING_MARKS["em"]),
    **dict.fromkeys(["strong", "b"], OPENING_MARKS["strong"]),
    **dict.fromkeys(["s", "del", "strike"], OPENING_MARKS["s"]),
}
CODE = frozenset(["code", "kbd", "samp", "tt", "var"])
ROWS = frozenset(["table", "caption", "thead", "tbody", "tfoot", "tr", "td", "th"])
_CLEANER = nh3.Cleaner(
    tags={*LISTS, *HEADINGS, *_BLOCKS, *MARK_OF, *CODE, *ROWS, "li", "blockquote", "pre", "br", "hr", "a", "img"},
    clean_content_tags=_WITH_CONTENT,
    attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "pre": {"class"}, "code": {"class"}},
    url_schemes={"http", "https", "mailto"},
    link_rel=None,
)
_TOKENS = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [^\s=>]+="[^"]*")*)>|([^<]+)')
_ATTRIBUTE = re.compile(r' ([^\s=>]+)="([^"]*)"')
_UNSTORABLE = re.compile("[\ud800-\udfff]")


def _decoded(text: str) -> str:
    """Undo nh3's four entities."""
    if "&" in text:
        text = text.replace("&nbsp;", " ").replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')
        text = text.replace("&amp;", "&")
    return clean_text(text)
