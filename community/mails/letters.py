"""A letter: its parts once, written down as plain text and as HTML in the brand's look.

The HTML holds one style block and no style attribute, so that our own pages may show it under a strict policy. What a
mail program that drops the block still needs (grounds, the button) stands in old-fashioned attributes.
"""

from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi

from community.content.colours import accents
from community.context_processors import find_brand
from community.mails.sending import from_address
from community.models import Brand

#: Programs that answer by themselves (away notices) stay silent on these.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str
    kind = "words"

    def plain(self) -> str:
        return self.text


@dataclass(frozen=True)
class Code:
    """Something to be typed somewhere else."""

    text: str
    kind = "code"

    def plain(self) -> str:
        return f"    {self.text}"


@dataclass(frozen=True)
class Button:
    """The one thing to do, with its whole address."""

    label: str
    url: str
    kind = "button"

    def plain(self) -> str:
        return f"{self.label}\n{self.url}"


Part = Words | Code | Button


@dataclass(frozen=True)
class Letter:
    """What one mail says, in its reader's language."""

    subject: str
    parts: tuple[Part, ...]


def compose(letter: Letter, *, to: str, site_address: str) -> EmailMultiAlternatives:
    """The mail, ready to be sent, from the brand as it is now. `site_address` without a slash at its end."""
    brand = find_brand()
    subject = " ".join(letter.subject.split())
    message = EmailMultiAlternatives(
        subject, as_text(letter, brand, site_address), from_address(), [to], headers=dict(HEADERS)
    )
    message.attach_alternative(as_html(letter, brand, site_address), "text/html")
    return message


def as_text(letter: Letter, brand: Brand, site_address: str) -> str:
    """The whole plain text, signature included."""
    links = [f"{link['label']}: {link['url']}" for link in brand.footer_links]
    signature = [brand.name, site_address, *links, *brand.mail_footer.splitlines()]
    body = "\n\n".join(part.plain() for part in letter.parts)
    return f"{body}\n\n-- \n" + "\n".join(line for line in signature if line) + "\n"


def as_html(letter: Letter, brand: Brand, site_address: str) -> str:
    """The whole HTML document, for light and dark."""
    context: dict[str, Any] = {
        "letter": letter,
        "brand": brand,
        "logos": [(site_address + logo.url, logo) for logo in brand.logos],
        "colours": accents(brand.accent),
        "site_address": site_address,
        "site_host": site_address.partition("://")[2],
        "language": get_language() or "en",
        "direction": "rtl" if get_language_bidi() else "ltr",
    }
    return render_to_string("mail/letter.html", context)
