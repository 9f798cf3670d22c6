"""The words of a stored body without its markup, for places that show no HTML; and text that fits into XML."""

import re
from html import unescape

# What `markdown.render` writes, and nothing wilder: the sanitiser escapes "<" and ">" in values too.
_TAG = re.compile(r"<[^<>]*>")
_ENDS = re.compile(r"<br>|<hr>|</(?:p|li|h[1-6]|pre|tr|blockquote)>")
_CELL_ENDS = re.compile(r"</t[dh]>")
_IMAGE = re.compile(r'<img src="[^"<>]*" alt="([^"<>]*)"[^<>]*>')
_HALF_ENTITY = re.compile(r"&#?\w{0,10}\Z", re.ASCII)
# XML 1.0 has no place for these, escaped or not. `clean_text` lets none in; an old row or a name may still hold one.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def plain_text(html: str) -> str:
    """The words of a stored body, one line for each paragraph, cell text apart by spaces, images as their words."""
    if "<img" in html:
        html = _IMAGE.sub(r"\1", html)
    if "</td>" in html or "</th>" in html:
        html = _CELL_ENDS.sub(" ", html)
    text = _TAG.sub("", _ENDS.sub("\n", html))
    lines = (unescape(text) if "&" in text else text).split("\n")
    return "\n".join(filter(None, map(str.strip, lines)))


def beginning(html: str, length: int) -> str:
    """The words at the beginning of a stored body, from at most `length` characters of it: costs no more than those."""
    if len(html) > length:
        html = html[:length]
        # Text has no bare "<": what follows the last one without its ">" is half a tag.
        opened = html.rfind("<")
        if opened >= 0 and not _TAG.match(html, opened):
            html = html[:opened]
        html = _HALF_ENTITY.sub("", html)
    return plain_text(html)


def fit_for_xml(text: str) -> str:
    """The text without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)
