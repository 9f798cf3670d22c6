"""The outbox of demo and development: mails are written as files, and read back for the page that shows them.

One mail is one file, complete before it gets its name, so that a reader never sees half of one.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from secrets import token_hex

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from community import clock

#: The only names there are: a time that sorts, and a random part.
NAME = re.compile(r"\d{8}T\d{6}\.\d{6}-[0-9a-f]{8}")
#: More are kept in no development folder.
KEEP = 500


class OutboxBackend(BaseEmailBackend):
    """Writes mails into OUTBOX_DIR; the oldest make room."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = Path(settings.OUTBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for message in email_messages:
            name = f"{clock.now():%Y%m%dT%H%M%S.%f}-{token_hex(4)}"
            half = folder / f".{name}"
            half.write_bytes(message.message().as_bytes())
            half.rename(folder / f"{name}.eml")
        for old in _files()[KEEP:]:
            with suppress(FileNotFoundError):
                old.unlink()
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """One mail of the outbox, ready to be shown."""

    name: str
    sent_at: datetime
    subject: str
    sender: str
    to: str
    text: str
    html: str


def list_mails(most: int = 100) -> list[Mail]:
    """The newest mails, newest first."""
    return [mail for path in _files()[:most] if (mail := read_mail(path.stem)) is not None]


def read_mail(name: str) -> Mail | None:
    """The mail of this name; None when there is none (a path is no name)."""
    if not NAME.fullmatch(name):
        return None
    try:
        parsed = message_from_bytes((Path(settings.OUTBOX_DIR) / f"{name}.eml").read_bytes(), policy=policy.default)
    except OSError:
        return None
    assert isinstance(parsed, ParsedMessage)
    plain, html = parsed.get_body(preferencelist=("plain",)), parsed.get_body(preferencelist=("html",))
    return Mail(
        name=name,
        sent_at=datetime.strptime(f"{name[:22]}+0000", "%Y%m%dT%H%M%S.%f%z"),
        subject=str(parsed["subject"] or ""),
        sender=str(parsed["from"] or ""),
        to=str(parsed["to"] or ""),
        text=str(plain.get_content()) if plain else "",
        html=str(html.get_content()) if html else "",
    )


def _files() -> list[Path]:
    with suppress(OSError):
        return sorted(
            (path for path in Path(settings.OUTBOX_DIR).glob("*.eml") if NAME.fullmatch(path.stem)), reverse=True
        )
    return []
