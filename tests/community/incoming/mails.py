"""Mails as people and programs send them, and the way in they take."""

from collections.abc import Sequence
from email.message import EmailMessage
from itertools import count
from typing import Any

from django.conf import settings

from community.actions.incoming import take_in
from community.incoming.addresses import reply_address
from community.models import Answer, IncomingMail, Thread, User

_numbers = count(1)
PIPE = IncomingMail.Door.PIPE


def vouched(address: str, result: str = "pass") -> str:
    """What the own mail host writes on top of a mail from this address."""
    domain = address.rpartition("@")[2]
    return f"{settings.INCOMING_AUTHSERV}; dmarc={result} header.from={domain}"


def mail(
    sender: str,
    to: str,
    body: str = "Did you try another cable?",
    *,
    subject: str = "Re: The router shows a red light",
    verdict: str = "pass",
    message_id: str = "",
    files: Sequence[tuple[str, str, bytes]] = (),
    html: str = "",
    **headers: str,
) -> bytes:
    """A message in bytes. `headers` are written with dashes for underscores; `verdict` "" is without a word on it."""
    made = EmailMessage()
    if verdict:
        made["Authentication-Results"] = vouched(sender, verdict)
    made["From"], made["To"], made["Subject"] = sender, to, subject
    made["Date"] = "Sun, 22 Nov 2026 10:00:00 +0000"
    made["Message-ID"] = message_id or f"<{next(_numbers)}.mail@mua.example>"
    for name, value in headers.items():
        made[name.replace("_", "-")] = value
    made.set_content(body)
    if html:
        made.add_alternative(html, subtype="html")
    for name, kind, data in files:
        made.add_attachment(data, maintype=kind.split("/")[0], subtype=kind.split("/")[1], filename=name)
    return made.as_bytes()


def arrives(raw: bytes, *recipients: str, **more: Any) -> IncomingMail:
    """It is delivered, as the mail server hands it over."""
    return take_in(raw=raw, door=PIPE, recipients=recipients, **more)


def to_thread(who: User, thread: Thread) -> str:
    return reply_address(who, "t", thread.pk)


def to_answer(who: User, answer: Answer) -> str:
    return reply_address(who, "a", answer.pk)


def ended(row: IncomingMail) -> str:
    """The end and the reason in one word."""
    return f"{row.end} {row.reason}"


def posts() -> int:
    """How much there is to read on the site."""
    return Thread.objects.count() + Answer.objects.count()
