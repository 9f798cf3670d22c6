"""The HTML of a mail as tags and texts, and what mail programs mean by the tags they wrap quotes and signatures in.

Read from left to right once, whatever it contains: no tag is waited for twice. What shows nothing is left out here.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from community.incoming.records import CutKind

MAX_READ = 1_000_000  # characters
MAX_PARTS = 20_000  # tags; a mail of more is cut off there
MAX_ATTRIBUTES = 20_000  # characters of one tag's attributes
VOID = frozenset("area base br col embed hr img input link meta param source track wbr".split())  # noqa: SIM905
_RAW = ("script", "style", "title", "noscript", "template", "textarea", "select", "iframe", "object", "svg", "xml")
_NAME = re.compile(r"/?[a-zA-Z][\w:.-]{0,40}")
_ATTRIBUTE = re.compile(
    r"""([^\s"'<>/=]{1,60})\s{0,20}(?:=\s{0,20}(?:"([^"]{0,15000})"|'([^']{0,15000})'|([^\s"'>]{1,15000})))?"""
)
_HIDDEN = re.compile(
    r"display:none|visibility:hidden|mso-hide:all|font-size:0(?:px|pt|em|%)?(?:;|!|$)|max-height:0(?:px)?(?:;|!|$)|"
    r"(?<![\w-])opacity:0(?:;|!|$)"
)


@dataclass(slots=True)
class Tag:
    """One tag. `name` is lower case; what it has stands in `of`, names in lower case."""

    name: str
    closes: bool = False
    of: dict[str, str] = field(default_factory=dict)

    @property
    def style(self) -> str:
        return "".join(self.of.get("style", "").lower().split())

    @property
    def marks(self) -> list[str]:
        """Its classes, id and name, as they tell who made it."""
        return [mark.lower() for mark in f"{self.of.get('class', '')} {self.of.get('id', '')}".split()]


def parts(html: str) -> Iterator[Tag | str]:
    """Yield tags and texts (decoded). Comments, styles and scripts are left out."""
    html = html[:MAX_READ].replace("\x00", "")
    lower = _lowered(html)
    at, size = 0, len(html)
    missing: set[str] = set()
    left = MAX_PARTS
    while at < size and left:
        left -= 1
        start = html.find("<", at)
        if start < 0:
            yield unescape(html[at:])
            return
        if start > at:
            yield unescape(html[at:start])
        at = start
        if html.startswith("<!--", at):
            if "originalmessage" in lower[at : at + 40].replace(" ", ""):
                yield Tag("originalmessage")
            at = _after(html, "-->", at, missing)
        elif html[at + 1 : at + 2] in ("!", "?"):
            at = _after(html, ">", at, missing)
        else:
            name = _NAME.match(html, at + 1)
            end = _tag_end(html, at, missing) if name else -1
            if name is None or end < 0:
                yield "<"
                at += 1
                continue
            tag = name[0].lstrip("/").lower()
            closes = name[0][0] == "/"
            if tag not in _RAW:
                yield Tag(tag, closes, {} if closes else _attributes(html[name.end() : end]))
            at = end + 1
            if tag in _RAW and not closes:
                at = _after(lower, f"</{tag}", at, missing)
                at = _after(html, ">", at, missing) if at < size else at


def _lowered(html: str) -> str:
    lower = html.lower()
    # A few letters grow when they are made small.
    return lower if len(lower) == len(html) else "".join(c.lower() if c.isascii() else c for c in html)


def _after(html: str, mark: str, at: int, missing: set[str]) -> int:
    """Where `mark` ends; the end of all where it does not come any more, which is looked up once."""
    found = -1 if mark in missing else html.find(mark, at)
    if found < 0:
        missing.add(mark)
        return len(html)
    return found + len(mark)


def _tag_end(html: str, at: int, missing: set[str]) -> int:
    """Where a tag that begins here ends: > inside of quotes does not count, as far as it is worth looking."""
    end = -1 if ">" in missing else html.find(">", at)
    if end < 0:
        missing.add(">")
        return -1
    for _again in range(4):
        source = html[at : min(end, at + MAX_ATTRIBUTES)]
        if source.count('"') % 2 == 0 or len(source) >= MAX_ATTRIBUTES:
            return end
        later = html.find(">", end + 1, at + MAX_ATTRIBUTES)
        if later < 0:
            return end
        end = later
    return end


def _attributes(source: str) -> dict[str, str]:
    if "=" not in source:
        return {}
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source[:MAX_ATTRIBUTES]):
        name, double, single, bare = match.groups()
        found.setdefault(name.lower(), unescape(double or single or bare or ""))
    return found


# ---------------------------------------------------------------------------------------------- what tags mean

_SIGNATURES = re.compile(
    r"(?:x_)*(?:gmail_signature_prefix|[a-z]{1,20}[-_]signature|ms-outlook-mobile-signature|protonmail_signature_block(?:-\w+)?|"
    r"signature|composer_signature|applemailsignature|apple-mail-signature|sig_\w{1,40}|fairemail_signature|tutanota_signature|"
    r"ydp\w{1,40}signature|yahoo_signature|ymail_android_signature|ios_signature|bluemail_signature|mobile_signature|"
    r"zmail_signature|zsignature|roundcube-signature|_rc_sig|spark_signature|email-signature|email_signature|"
    r"mail-signature|mail_signature|mailsignature|k9mail-signature|lineBreakAtBeginningOfSignature|edo-signature|"
    r"ntes_signature|mailmastersignature|foxmail_signature|xm-signature|alimail-signature)$",
    re.I,
)
_QUOTES = re.compile(
    r"(?:x_)*(?:moz-forward-container|moz-email-headers-table|(?:\w{0,40})?yahoo_quoted\w{0,40}|zmail_extra|isreplycontent|"
    r"blockquote_zmail|mail-editor-reference-message-container|(?:\w{1,30}[_-])quote|(?:\w{1,30}[_-])blockquote|"
    r"quoted_header_html|divneteasemailcard|ntes_quote|outlookmessageheader|fairemail_quote|tutanota_quote|"
    r"origbody|quotedcontent|replyforwardmsg|hmquote|replysplit|oldmessage|original-message|originalmessage|"
    r"reply-intro|moz-cite-prefix|gmail_attr|airmail_on|airmail_ext_on|wisestamp_quote|__kmmailquote)$"
)
_TO_THE_END = re.compile(
    r"(?:appendonsend|divrplyfwdmsg|stopspelling|zwchr|outlookmessageheader|mail-editor-reference-message-container|"
    r"replyforwardheader|originalmessage|ms-outlook-mobile-body-separator-line-reply|edo-original)$"
)
#: Around quotes, but its author's answers too: what stands in them before the first quote announces it.
_AROUND = re.compile(r"(?:gmail_quote(?:_container)?|gmail_extra_quote|protonmail_quote|nylas-quote)$")
_HEADER_STYLE = re.compile(
    r"border:none;border-top:solid#(?:e1e1e1|b5c4df|[0-9a-f]{6})|border-top:1(?:px|pt)solid#?(?:b5c4df|e1e1e1|ccc)"
)
_ANNOUNCEMENT = re.compile(r"(?:x_)*(?:moz-cite-prefix|gmail_attr|reply-intro|airmail_on|airmail_ext_on)$")
_NO_BORDER = re.compile(r"border(?:-left)?:(?:none|0|medium)")


def is_hidden(tag: Tag) -> bool:
    if tag.of.get("hidden") is not None and "hidden" in tag.of:
        return True
    style = tag.style
    if style and _HIDDEN.search(style):
        return True
    return tag.name == "img" and (_tiny(tag.of.get("width", "")) or _tiny(tag.of.get("height", "")))


def _tiny(size: str) -> bool:
    return size.strip().removesuffix("px") in ("0", "1")


def signature_or_quote(tag: Tag) -> CutKind | None:
    """What the element that this tag opens is, by the name its program gave it."""
    if tag.name == "includetail":
        return CutKind.QUOTE
    if tag.of.get("name", "").lower() in ("quote", "messagereplysection"):
        return CutKind.QUOTE
    if tag.of.get("name", "").lower() == "messagesignaturesection":
        return CutKind.SIGNATURE
    if not tag.of:
        return None
    for mark in tag.marks:
        if _SIGNATURES.match(mark):
            return CutKind.SIGNATURE
        if _QUOTES.match(mark) and not (tag.name != "blockquote" and _AROUND.match(mark)):
            return CutKind.QUOTE
    return CutKind.QUOTE if tag.name == "blockquote" and is_cited(tag) else None


def is_cited(tag: Tag) -> bool:
    """Whether a blockquote is what a program quotes with: it says so, or draws the line beside it."""
    if tag.of.get("type", "").lower() == "cite" or "cite" in tag.of:
        return True
    style = tag.style
    return "border-left" in style and not _NO_BORDER.search(style)


def is_to_the_end(tag: Tag) -> bool:
    """From here on it is the mail that was answered: Outlook and others put no end to it."""
    if tag.name == "originalmessage" or tag.of.get("data-marker") in ("__DIVIDER__", "__HEADERS__"):
        return True
    if tag.name == "div" and tag.style and _HEADER_STYLE.search(tag.style):
        return True
    return any(_TO_THE_END.match(mark) for mark in tag.marks) if tag.of else False


def is_around(tag: Tag) -> bool:
    return tag.name != "blockquote" and bool(tag.of) and any(_AROUND.match(mark) for mark in tag.marks)


def is_header_named(tag: Tag) -> bool:
    """Whether only a name or a line above says that a header begins here: people write into such elements too."""
    return tag.name != "originalmessage" and "data-marker" not in tag.of


def is_announcement(tag: Tag) -> bool:
    """Whether it is named as what stands above a quote, not as a quote."""
    return any(_ANNOUNCEMENT.match(mark) for mark in tag.marks)
