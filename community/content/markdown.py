"""Bodies: Markdown in, safe HTML and plain text out.

CommonMark with tables, strikethrough, bare http addresses as links, `@name` mentions and line breaks as typed. Raw
HTML is shown as text. The parser's output passes nh3's allow-list, so that a bug in the parser is not a hole in the
page. Everything is bounded before it is parsed: no body takes more than a fraction of a second.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import quote as percent_encode

import nh3
from django.utils.translation import gettext_lazy as _
from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from community.content.highlight import CLASSES, MAX_BLOCK, highlight, language_of
from community.content.markdown_limits import MAX_DEPTH, too_costly
from community.content.text import key

# Raise it whenever the same source gives other HTML than before: stored bodies with a lower number are rendered again.
RENDERER_VERSION = 2
MAX_BODY = 30_000  # characters
MAX_MENTIONS = 50  # names looked up for one body
ATTACHMENTS = "/attachments/"

MAX_HIGHLIGHTED = 2 * MAX_BLOCK  # characters of coloured code in one body


class BodyTooLong(ValueError):
    """The body has more than MAX_BODY characters. `str(error)` is a translated sentence for its author."""

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length

    def __str__(self) -> str:
        return _("The text is too long: %(length)s characters, at most %(maximum)s are possible.") % {
            "length": self.length,
            "maximum": MAX_BODY,
        }


@dataclass(frozen=True, slots=True)
class Rendered:
    """One rendered body."""

    html: str
    plain: str  # the words without markup, one block per line: for search, excerpts, languages
    mentions: tuple[str, ...]  # keys of the known names mentioned outside quotes, in order, each once
    links: tuple[str, ...]  # addresses the author linked to, mentions not among them
    images: tuple[str, ...]  # addresses of our own attachments shown as images

    @property
    def has_links(self) -> bool:
        return bool(self.links)

    @property
    def has_images(self) -> bool:
        return bool(self.images)


def find_mentions(source: str) -> list[str]:
    """Return the names `source` may mention, as written, each once, at most MAX_MENTIONS: look their keys up in one
    query, and give those that exist to `render`. Raises BodyTooLong.

    `@name_` is reported as `name_` and as `name`: the underscore may be the end of an emphasis.
    """
    _refuse_too_long(source)
    if "@" not in source or too_costly(source):
        return []
    found: dict[str, str] = {}
    _PARSER.parse(source, {"found": found})
    return list(found.values())[:MAX_MENTIONS]


def render(
    source: str,
    *,
    known_names: Mapping[str, str] | None = None,
    link_resolver: Callable[[str], str | None] | None = None,
) -> Rendered:
    """Render a body. Raises BodyTooLong.

    `known_names` maps `text.key(name)` to the address of that person's page; other `@names` stay text.
    `link_resolver` is asked about every link's address and returns another one, or None to leave it.
    A body too deeply nested, or made of little but markup, is shown as it was typed.
    """
    _refuse_too_long(source)
    if not too_costly(source):
        tokens = _PARSER.parse(source, {"known": known_names or {}})
        if all(token.level < MAX_DEPTH for token in tokens):
            writer = _Writer(link_resolver)
            writer.blocks(tokens)
            return writer.result()
    return _as_typed(source)


def quote(author_name: str, permalink: str, body: str) -> str:
    """Return the Markdown the "Quote" button puts into the composer: a linked name above the quoted `body`.

    Quotes inside the quote are left out, as the reader has them above; the text ends in an empty line to write on.
    """
    name = re.sub(r"([\\`*_{}\[\]<>()#~|!@&])", r"\\\1", " ".join(author_name.split()))
    address = percent_encode(permalink, safe="/:?#=&%-._~@+,;")
    lines = [line.rstrip() for line in body.strip("\n").split("\n") if not line.lstrip().startswith(">")]
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(lines).strip("\n"))
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    return f"> [**{name}**]({address}):\n>\n{quoted}\n\n"


# ---------------------------------------------------------------------------------------------------- bounds


def _refuse_too_long(source: str) -> None:
    if len(source) > MAX_BODY:
        raise BodyTooLong(len(source))


def _as_typed(source: str) -> Rendered:
    paragraphs = [part.strip("\n") for part in re.split(r"\n[ \t]*\n", source) if part.strip()]
    html = "\n".join("<p>" + escape(part, quote=False).replace("\n", "<br>") + "</p>" for part in paragraphs)
    return Rendered(_CLEANER.clean(html), source.strip(), (), (), ())


# ---------------------------------------------------------------------------------------------------- parsing


_WEB = re.compile(r"(?:https?://[^/\\\s]|mailto:[^\s])\S*\Z|/(?![/\\])[^\s\\]*\Z|#[\w-]+\Z", re.I)
_ATTACHMENT = re.compile(re.escape(ATTACHMENTS) + r"(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9._/-]{0,300}\Z")
# Brackets, quotes and backslashes end an address written in a sentence; a real one has them percent-encoded.
_BARE = re.compile(r"://[^\W_][^\s<>\"`\\\[\]*\x00-\x20]{0,2000}")
_MENTION = re.compile(r"@(\w(?:[\w.-]{0,62}\w)?)(?![@\w])")
_BEFORE_MENTION = re.compile(r"[^\W_]|[.+\-@/]")


def _safe_link(address: str) -> bool:
    return len(address) <= 2_500 and _WEB.match(address) is not None


def _bare_link(state: StateInline, silent: bool) -> bool:
    """Inline rule: `https://example.org/a_b` in a sentence is a link, whatever emphasis its characters would make."""
    if silent or state.linkLevel or not state.src.startswith("://", state.pos):
        return False
    before = state.pending[-6:].lower()
    scheme = next((name for name in ("https", "http") if before.endswith(name)), None)
    if scheme is None or before[: -len(scheme)][-1:].isalnum():
        return False
    match = _BARE.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    # `_https://…_`: the underscore that closes the emphasis is not part of the address.
    marked = state.src[max(state.pos - len(scheme) - 1, 0)] in "_~"
    rest = _without_punctuation(match.group(), ".,:;!?')_~" if marked else ".,:;!?')")
    written = state.pending[-len(scheme) :] + rest
    address = state.md.normalizeLink(written)
    if not _safe_link(address):
        return False
    state.pending = state.pending[: -len(scheme)]
    state.push("link_open", "a", 1).attrs = {"href": address}
    state.push("text", "", 0).content = written
    state.push("link_close", "a", -1)
    state.pos += len(rest)
    return True


def _without_punctuation(address: str, marks: str) -> str:
    """Leave the end of the sentence to the sentence; a bracket that the address itself opened stays."""
    extra = address.count(")") - address.count("(")
    end = len(address)
    while address[end - 1] in marks:
        if address[end - 1] == ")":
            if extra <= 0:
                break
            extra -= 1
        end -= 1
    return address[:end]


def _mention(state: StateInline, silent: bool) -> bool:
    """Inline rule: `@name` for a known name becomes a mention; without known names, candidates are collected."""
    if silent or state.linkLevel or state.src[state.pos] != "@":
        return False
    if state.pos and _BEFORE_MENTION.match(state.src, state.pos - 1):
        return False
    match = _MENTION.match(state.src, state.pos, state.posMax)
    if match is None:
        return False
    for name in dict.fromkeys((match.group(1), match.group(1).rstrip("_"))):
        found = state.env.get("found")
        if found is not None and name:
            found.setdefault(key(name), name)
        address = state.env.get("known", {}).get(key(name)) if name else None
        if address:
            token = state.push("mention", "a", 0)
            token.content, token.attrs, token.info = name, {"href": address}, key(name)
            state.pos += 1 + len(name)
            return True
    return False


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True, "maxNesting": MAX_DEPTH + 2})
    parser.enable(["table", "strikethrough"]).disable(["html_block", "html_inline"])
    parser.inline.ruler.before("newline", "bare_link", _bare_link)
    parser.inline.ruler.before("newline", "mention", _mention)
    parser.validateLink = _safe_link  # type: ignore[method-assign,assignment]
    return parser


# ---------------------------------------------------------------------------------------------------- writing


_HEADINGS = {"h1": "h3", "h2": "h4", "h3": "h5"}  # h1 and h2 are the page's own
_SPAN_TAGS = frozenset(["em", "strong", "s"])


class _Writer:
    """Writes one body's tokens as HTML and as plain text, in one pass."""

    def __init__(self, link_resolver: Callable[[str], str | None] | None) -> None:
        self.html: list[str] = []
        self.plain: list[str] = []
        self.mentions: dict[str, None] = {}
        self.links: dict[str, None] = {}
        self.images: dict[str, None] = {}
        self.resolve = link_resolver
        self.quotes = 0
        self.in_link = False
        self.colourable = MAX_HIGHLIGHTED

    def result(self) -> Rendered:
        plain = re.sub(r"\n{2,}", "\n", "".join(self.plain)).strip()
        return Rendered(
            _OWN_LINK.sub(r"\1", _CLEANER.clean("".join(self.html))).rstrip(),
            plain,
            tuple(self.mentions),
            tuple(self.links),
            tuple(self.images),
        )

    def blocks(self, tokens: list[Token]) -> None:
        html, plain = self.html, self.plain
        for token in tokens:
            if token.type == "inline":
                for child in token.children or ():
                    self.inline(child)
                continue
            if token.nesting != 1:
                plain.append(" " if token.tag in ("td", "th") else "\n")
            if token.hidden:
                continue
            if token.type in ("fence", "code_block"):
                self.code(token)
            elif token.nesting == 0:
                html.append(f"<{token.tag}>")
            else:
                self.tag(token)
            if token.level == 0 and token.nesting != 1:
                html.append("\n")

    def tag(self, token: Token) -> None:
        tag = _HEADINGS.get(token.tag, token.tag) if token.tag != "h4" and token.tag != "h5" else "h6"
        if tag == "blockquote":
            self.quotes += token.nesting
        if token.nesting == -1:
            self.html.append(f"</{tag}>")
            return
        attributes = ""
        if token.attrs:
            if "start" in token.attrs:
                attributes = f' start="{token.attrs["start"]}"'
            elif "style" in token.attrs:  # text-align of a cell; styles are refused by the page's policy
                attributes = f' class="{str(token.attrs["style"]).rpartition(":")[2]}"'
        self.html.append(f"<{tag}{attributes}>")

    def inline(self, token: Token) -> None:
        kind = token.type
        if kind == "text":
            self.html.append(escape(token.content, quote=False))
            self.plain.append(token.content)
        elif kind in ("softbreak", "hardbreak"):
            self.html.append("<br>")
            self.plain.append("\n")
        elif token.tag in _SPAN_TAGS:
            self.html.append(f"<{token.tag}>" if token.nesting == 1 else f"</{token.tag}>")
        elif kind == "code_inline":
            self.html.append(f"<code>{escape(token.content, quote=False)}</code>")
            self.plain.append(token.content)
        elif kind == "link_open":
            self.open_link(str(token.attrs["href"]))
        elif kind == "link_close":
            self.close_link()
        elif kind == "image":
            self.image(str(token.attrs["src"]), _words(token.children or []))
        elif kind == "mention":
            self.html.append(
                f'<a href="{escape(str(token.attrs["href"]))}" class="mention">@{escape(token.content)}</a>'
            )
            self.plain.append("@" + token.content)
            if not self.quotes:
                self.mentions[token.info] = None

    def open_link(self, address: str) -> None:
        if self.resolve is not None:
            resolved = self.resolve(address)
            if resolved is not None and _safe_link(resolved):
                address = resolved
        if address:  # `[words]()` leads nowhere
            self.links[address] = None
            self.html.append(f'<a href="{escape(address)}">')
            self.in_link = True

    def close_link(self) -> None:
        if self.in_link:
            self.html.append("</a>")
            self.in_link = False

    def image(self, address: str, words: str) -> None:
        if _ATTACHMENT.match(address):
            self.images[address] = None
            self.html.append(f'<img src="{escape(address)}" alt="{escape(words)}" loading="lazy">')
            self.plain.append(words)
            return
        # A foreign image would tell a foreign server who reads this page, and may change after it was approved.
        nested, words = self.in_link, words or address
        if not nested:
            self.open_link(address)
        self.html.append(escape(words, quote=False))
        self.plain.append(words)
        if not nested:
            self.close_link()

    def code(self, token: Token) -> None:
        self.plain.append(token.content)
        language = language_of(token.info) if token.info else None
        if language and len(token.content) <= self.colourable:
            self.colourable -= len(token.content) + 100  # beginning costs something too
            self.html.append(
                f'<pre data-lang="{language}"><code class="hl">{highlight(token.content, language)}</code></pre>'
            )
        else:
            self.html.append(f"<pre><code>{escape(token.content, quote=False)}</code></pre>")


def _words(tokens: list[Token]) -> str:
    """The text of an image's description, without its markup."""
    words = []
    for token in tokens:
        if token.type == "image":
            words.append(_words(token.children or []))
        else:
            words.append(" " if token.type.endswith("break") else token.content)
    return "".join(words)


# Links into the site itself are no advertising: search engines may follow them.
_OWN_LINK = re.compile(r'(<a href="(?:/(?!/)|#)[^"]*"(?: class="mention")?) rel="ugc nofollow noopener"')


def _refuse_addresses(tag: str, name: str, value: str) -> str | None:
    if (name == "src" and not _ATTACHMENT.match(value)) or (name == "href" and not _safe_link(value)):
        return None
    return value


def _cleaner() -> nh3.Cleaner:
    text = {"p", "br", "hr", "em", "strong", "s", "code", "pre", "blockquote", "a", "img", "span"}
    blocks = {"ul", "ol", "li", "h3", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td"}
    return nh3.Cleaner(
        tags=text | blocks,
        clean_content_tags={"script", "style"},
        attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}, "pre": {"data-lang"}},
        allowed_classes={
            "a": {"mention"},
            "code": {"hl"},
            "span": set(CLASSES),
            "th": {"left", "right", "center"},
            "td": {"left", "right", "center"},
        },
        tag_attribute_values={"img": {"loading": {"lazy"}}},
        attribute_filter=_refuse_addresses,
        url_schemes={"http", "https", "mailto"},
        link_rel="ugc nofollow noopener",
        strip_comments=True,
    )


_PARSER = _parser()
_CLEANER = _cleaner()
