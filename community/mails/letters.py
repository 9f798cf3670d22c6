"""A letter: its parts once, written down as plain text and as HTML in the brand's look.

The HTML holds one style block and no style attribute, so that our own pages may show it under a strict policy. What a
mail program that drops the block still needs (grounds, the button) stands in old-fashioned attributes.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from types import MappingProxyType
from typing import Any
from unicodedata import bidirectional

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from community.content.colours import accents
from community.content.mail_html import WIDTH, wrap
from community.content.text import excerpt
from community.context_processors import find_brand
from community.mails.sending import from_address
from community.models import Brand

#: Programs that answer by themselves (away notices) stay silent on these.
HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All"}


#: No header holds these: controls, line ends of all kinds, direction marks, halves of characters.
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff\ud800-\udfff]")
_ISOLATES = re.compile("[\u2066-\u2069]")
#: Nor does a name what makes an address of it, in any writing, or closes the quotation it stands in.
_NAME_UNFIT = re.compile('["\\\\<>()@\uff20\ufe6b\uff1c\uff1e\uff08\uff09]')
#: What a list of mails shows at most beside a subject.
_PREHEADER = 140


def isolated(name: str) -> str:
    """A name as it may stand in a sentence: one that runs the other way is kept from turning the sentence round."""
    return f"\u2068{name}\u2069" if any(bidirectional(letter) in {"R", "AL"} for letter in name) else name


def _replies(can_reply: bool) -> str:
    """What becomes of a reply to the mail itself: it looks as if it came from a person."""
    if can_reply:
        return _("Reply to this mail to answer on the site.")
    return _("Please write on the site: replies to this mail do not reach anybody there.")


@dataclass(frozen=True)
class Words:
    """A paragraph."""

    text: str
    kind = "words"

    def plain(self) -> str:
        return "\n".join(wrap(self.text))


@dataclass(frozen=True)
class Code:
    """Something to be typed somewhere else."""

    text: str
    kind = "code"

    def plain(self) -> str:
        return f"    {self.text}"


@dataclass(frozen=True)
class Button:
    """The one thing to do. `shows_address` writes the address below it in the HTML too, where trust hangs on it.

    A quiet one is a link: beside something that matters more.
    """

    label: str
    url: str
    shows_address: bool = False
    is_quiet: bool = False
    kind = "button"

    def plain(self) -> str:
        return f"{self.label}:\n{self.url}"


@dataclass(frozen=True)
class Heading:
    """What the mail, or the following part of it, is about. `language` is its own, where it is known."""

    text: str
    language: str = ""
    kind = "heading"

    def plain(self) -> str:
        return "\n".join(wrap(self.text))


@dataclass(frozen=True)
class Post:
    """What somebody wrote. `html` is made for mails (content/mail_html.py); `when` is told in the active time zone."""

    author: str
    when: datetime
    html: str
    text: str
    language: str = ""
    kind = "post"

    @property
    def told_when(self) -> str:
        return date_format(timezone.localtime(self.when), "DATETIME_FORMAT")

    def plain(self) -> str:
        """Every line is marked as somebody's own: nothing they write passes for words of ours."""
        quoted = "\n".join(f"> {line}".rstrip() for line in self.text.split("\n"))
        return f"{isolated(self.author)}, {self.told_when}:\n\n{quoted}"


@dataclass(frozen=True)
class Body:
    """What the mail's own sender wrote, as they would have mailed it: a post of a mail list. Made as a Post's is."""

    html: str
    text: str
    language: str = ""
    kind = "body"

    def plain(self) -> str:
        return self.text


@dataclass(frozen=True)
class Choice:
    """A question with some ways to go; the first is the likely one, unless none is to be (`is_even`)."""

    question: str
    buttons: tuple[Button, ...]
    is_even: bool = False
    kind = "choice"

    def plain(self) -> str:
        return "\n\n".join(["\n".join(wrap(self.question)), *(button.plain() for button in self.buttons)])


@dataclass(frozen=True)
class Item:
    """One line of a list that leads somewhere. `language` is the title's own, where it is known."""

    title: str
    url: str
    note: str = ""
    stop_url: str = ""
    language: str = ""

    def plain(self) -> str:
        lines = [*wrap(self.title, WIDTH - 2), *(wrap(self.note, WIDTH - 2) if self.note else []), self.url]
        if self.stop_url:
            lines.append(f"{_('Stop this')}: {self.stop_url}")
        return "* " + "\n  ".join(lines)


@dataclass(frozen=True)
class Items:
    """A list under a title of its own."""

    title: str
    items: tuple[Item, ...]
    language: str = ""
    kind = "items"

    def plain(self) -> str:
        title = ["\n".join(wrap(self.title))] if self.title else []
        return "\n\n".join([*title, *(item.plain() for item in self.items)])


Part = Words | Code | Button | Heading | Post | Body | Choice | Items


@dataclass(frozen=True)
class Why:
    """Why somebody gets this mail, how to stop what brought it, and where everything else is chosen.

    Without addresses it is a mail that nothing keeps away: somebody wrote to its reader. `by_word` says which words
    alone in a reply do something (incoming/commands.py): told only where the mail can be answered.
    """

    reason: str
    stop_label: str
    stop_url: str
    choices_url: str
    by_word: tuple[str, ...] = ()

    def plain(self) -> str:
        lines = wrap(self.reason)
        if self.stop_url:
            lines += [*wrap(f"{self.stop_label}:"), self.stop_url]
        if self.choices_url:
            lines += [_("Choose what comes by mail:"), self.choices_url]
        return "\n".join(lines)


@dataclass(frozen=True)
class Letter:
    """What one mail says, in its reader's language. `preheader` is what a list of mails shows beside the subject."""

    subject: str
    parts: tuple[Part, ...]
    preheader: str = ""
    why: Why | None = None


def compose(
    letter: Letter,
    *,
    to: str,
    site_address: str,
    headers: Mapping[str, str] = MappingProxyType({}),
    sender: str = "",
    reply_to: str = "",
) -> EmailMultiAlternatives:
    """The mail, ready to be sent, from the brand as it is now. `site_address` without a slash at its end.

    `sender` is whose words it brings, for the name beside the site's own address; `headers` stand beside ours.
    `reply_to` is where its reader's replies go (incoming/addresses.py): its foot says then that it can be answered.
    """
    brand = find_brand()
    message = EmailMultiAlternatives(
        _one_line(letter.subject),
        as_text(letter, brand, site_address, can_reply=bool(reply_to)),
        sender_line(sender, brand),
        [to],
        reply_to=[reply_to] if reply_to else None,
        headers={**HEADERS, **headers},
    )
    message.attach_alternative(as_html(letter, brand, site_address, can_reply=bool(reply_to)), "text/html")
    return message


def _one_line(text: str) -> str:
    """Text as it may stand in a header: no line break, no control character, no half of a character."""
    text = " ".join(_UNFIT.sub(" ", text).split())
    opened = sum(map(text.count, "\u2066\u2067\u2068"))
    return text if opened == text.count("\u2069") else _ISOLATES.sub("", text)


def sender_line(sender: str = "", brand: Brand | None = None) -> str:
    """Who a mail comes from: the brand's address, and whose words it brings, "Ben (Nordwave)" <help@nordwave.example>.

    A name that looks like an address, or like one with a brand of its own, is made harmless.
    """
    site = from_address(brand)
    brand_name, address = parseaddr(site)
    name = excerpt(_one_line(_NAME_UNFIT.sub(" ", sender)), 60)
    return f'"{name} ({_one_line(_NAME_UNFIT.sub(" ", brand_name))})" <{address}>' if name and brand_name else site


def _foot(letter: Letter, can_reply: bool) -> list[str]:
    """What a foot says of replies."""
    if letter.why is None and not can_reply:
        return []
    return [_replies(can_reply), *(letter.why.by_word if letter.why and can_reply else ())]


def as_text(letter: Letter, brand: Brand, site_address: str, *, can_reply: bool = False) -> str:
    """The whole plain text, signature included."""
    body = "\n\n".join(part.plain() for part in letter.parts)
    links = [f"{link['label']}: {link['url']}" for link in brand.footer_links]
    signature = "\n".join(line for line in [brand.name, site_address, *links, *brand.mail_footer.splitlines()] if line)
    why = [letter.why.plain()] if letter.why else []
    told = [*why, *(line for said in _foot(letter, can_reply) for line in wrap(said))]
    foot = "\n".join(told) + "\n\n" if told else ""
    return f"{body}\n\n-- \n{foot}{signature}\n"


def as_html(letter: Letter, brand: Brand, site_address: str, *, can_reply: bool = False) -> str:
    """The whole HTML document, for light and dark."""
    preheader = excerpt(letter.preheader, _PREHEADER)
    context: dict[str, Any] = {
        "letter": letter,
        "preheader": preheader,
        # Else the list goes on with what comes next: the brand's name, the same in every mail.
        "filling": "\u00a0\u200c\u200b" * (_PREHEADER - len(preheader)) if preheader else "",
        "replies": _foot(letter, can_reply),
        "brand": brand,
        "logos": [(site_address + logo.url, logo) for logo in brand.logos],
        "colours": accents(brand.accent),
        "site_address": site_address,
        "site_host": site_address.partition("://")[2],
        "language": get_language() or "en",
        "direction": "rtl" if get_language_bidi() else "ltr",
        "start": "right" if get_language_bidi() else "left",
    }
    return render_to_string("mail/letter.html", context)
