"""What a page tells those who find pages: search engines, feed readers, and whoever shows a link to it.

A view gives its page a `Head`; a page without one is not for search engines. Addresses in it are whole, as machines
want them, and name the site by its own name, never by the name a request came with (in production).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import to_locale

from community.content.plain import beginning
from community.content.text import excerpt

#: As much as search engines and messengers show.
DESCRIPTION = 160
#: Of a body nothing behind this is read for its description, in characters of HTML.
_LOOKED_AT = 2000
#: Open Graph wants a country; a language without one here is given as it is.
_LOCALES = {"en": "en_US", "de": "de_DE", "es": "es_ES"}


@dataclass(frozen=True)
class Head:
    """`path`, `previous`, `next` and `feed` begin with a slash; `data` is JSON-LD that is safe in HTML, or ""."""

    path: str
    title: str = ""
    description: str = ""
    indexed: bool = False
    kind: str = "website"
    language: str = ""
    previous: str = ""
    next: str = ""
    feed: str = ""
    data: str = ""


def site_root(request: HttpRequest) -> str:
    """The site's scheme and host, without a slash at the end: SITE_URL's, else those the request was allowed for."""
    if settings.SITE_URL:
        parts = urlsplit(settings.SITE_URL)
        return f"{parts.scheme}://{parts.netloc}"
    return f"{request.scheme}://{request.get_host()}"


def description_of(html: str, otherwise: str = "") -> str:
    """The first words of a stored body on one line, cut at a word."""
    return excerpt(beginning(html, _LOOKED_AT), DESCRIPTION) or excerpt(otherwise, DESCRIPTION)


def description_of_text(text: str) -> str:
    """The first words of plain text, cut the same way."""
    return excerpt(text, DESCRIPTION)


def head_html(root: str, head: Head, *, brand: str, logo: str, language: str, for_everybody: bool) -> SafeString:
    """The page's links and metas. Only pages `for_everybody` are shown elsewhere, so only they bring their card."""
    links = [("canonical", head.path), ("prev", head.previous), ("next", head.next)]
    lines = [] if head.indexed else ['<meta name="robots" content="noindex">']
    lines += [f'<link rel="{rel}" href="{escape(root + path)}">' for rel, path in links if path]
    if head.feed:
        title, href = escape(f"{head.title} · {brand}"), escape(root + head.feed)
        lines.append(f'<link rel="alternate" type="application/atom+xml" title="{title}" href="{href}">')
    if for_everybody and head.title:
        lines += _card(root, head, brand=brand, logo=logo, language=language)
    if for_everybody and head.data:
        lines.append(f'<script type="application/ld+json">{head.data}</script>')
    return mark_safe("\n".join(lines))  # noqa: S308 - every value is escaped, and `data` is safe where it stands


def _card(root: str, head: Head, *, brand: str, logo: str, language: str) -> Iterable[str]:
    """What a messenger shows of a link: Open Graph, and the same for those who read Twitter's words only."""
    title, description, language = escape(head.title), escape(head.description), head.language or language
    said = [
        ("og:site_name", escape(brand)),
        ("og:type", head.kind),
        ("og:title", title),
        ("og:description", description),
        ("og:url", escape(root + head.path)),
        ("og:image", escape(whole(root, logo)) if logo else ""),
        ("og:locale", escape(_LOCALES.get(language) or to_locale(language))),
    ]
    yield from (f'<meta property="{name}" content="{value}">' for name, value in said if value)
    card = [("card", "summary"), ("title", title), ("description", description)]
    yield from (f'<meta name="twitter:{name}" content="{value}">' for name, value in card if value)


def whole(root: str, address: str) -> str:
    """The address with the site in front of it, unless it has one."""
    return address if address.startswith(("https://", "http://")) else root + address
