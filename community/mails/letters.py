"""A letter: its parts once, written down as plain text and as HTML in the brand's look.

The HTML holds one style block and no style attribute, so that our own pages may show it under a strict policy. What a
mail program that drops the block still needs (grounds, the button) stands in old-fashioned attributes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
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


@dataclass(frozen=True)
class Heading:
    """What the mail, or the following part of it, is about."""

    text: str
    kind = "heading"

    def plain(self) -> str:
        return self.text


@dataclass(frozen=True)
class Post:
    """What somebody wrote. `html` is made for mails (content/mail_html.py); `when` is told in the active time zone."""

    author: str
    when: datetime
    html: str
    text: str
    kind = "post"

    @property
    def told_when(self) -> str:
        return date_format(timezone.localtime(self.when), "DATETIME_FORMAT")

    def plain(self) -> str:
        quoted = "\n".join(f"> {line}".rstrip() for line in self.text.splitlines())
        return f"{self.author}, {self.told_when}:\n\n{quoted}"


@dataclass(frozen=True)
class Choice:
    """A question with two or three ways to go; the first is the likely one."""

    question: str
    buttons: tuple[Button, ...]
    kind = "choice"

    def plain(self) -> str:
        return "\n\n".join([self.question, *(button.plain() for button in self.buttons)])


@dataclass(frozen=True)
class Item:
    """One line of a list that leads somewhere. `language` is the title's own, where it is known."""

    title: str
    url: str
    note: str = ""
    stop_url: str = ""
    language: str = ""

    def plain(self) -> str:
        return "\n".join(line for line in (f"* {self.title}", f"  {self.note}".rstrip(), f"  {self.url}") if line)


@dataclass(frozen=True)
class Items:
    """A list under a title of its own."""

    title: str
    items: tuple[Item, ...]
    kind = "items"

    def plain(self) -> str:
        return "\n\n".join([self.title, *(item.plain() for item in self.items)])


Part = Words | Code | Button | Heading | Post | Choice | Items


@dataclass(frozen=True)
class Why:
    """Why somebody gets this mail, how to stop what brought it, and where everything else is chosen."""

    reason: str
    stop_label: str
    stop_url: str
    choices_url: str


@dataclass(frozen=True)
class Letter:
    """What one mail says, in its reader's language. `preheader` is what a list of mails shows beside the subject."""

    subject: str
    parts: tuple[Part, ...]
    preheader: str = ""
    why: Why | None = None


def compose(
    letter: Letter, *, to: str, site_address: str, headers: Mapping[str, str] = MappingProxyType({}), sender: str = ""
) -> EmailMultiAlternatives:
    """The mail, ready to be sent, from the brand as it is now. `site_address` without a slash at its end.

    `sender` is whose words it brings, for the name beside the site's own address; `headers` stand beside ours.
    """
    brand = find_brand()
    subject = " ".join(letter.subject.split())
    message = EmailMultiAlternatives(
        subject, as_text(letter, brand, site_address), from_address(), [to], headers={**HEADERS, **headers}
    )
    message.attach_alternative(as_html(letter, brand, site_address), "text/html")
    return message


def as_text(letter: Letter, brand: Brand, site_address: str) -> str:
    """The whole plain text, signature included."""
    links = [f"{link['label']}: {link['url']}" for link in brand.footer_links]
    signature = [brand.name, site_address, *links, *brand.mail_footer.splitlines()]
    body = "\n\n".join(part.plain() for part in letter.parts)
    if letter.why:
        why = letter.why
        body += f"\n\n{why.reason}\n{why.stop_label}: {why.stop_url}\n{why.choices_url}"
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
