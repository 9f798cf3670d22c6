"""The outbox of demo and development: mails are kept as files, and read back for the pages that show them.

One mail is one file, complete before it gets its name, so that a reader never sees half of one. What arrives comes from
the mail server beside (local_server.py), of this process or another.
"""

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage as ParsedMessage
from itertools import count
from pathlib import Path
from secrets import token_hex
from typing import Any

from django.conf import settings
from django.utils.functional import Promise

from community import clock
from community.models.mails import Mail as MailRow

#: The only names there are: a time that sorts, and a random part.
NAME = re.compile(r"\d{8}T\d{6}\.\d{6}-[0-9a-f]{8}")
#: About so many are kept in a development folder.
KEEP = 2000
#: The folder is looked through once in so many mails of a process, and with the first.
SWEEP_EVERY = 250
#: A half written file this old was left by a process that was killed.
_LEFT_SECONDS = 60
#: What a page of the outbox shows.
PAGE = 50
#: Says on the way what a mail is (a `Mail.Kind`), so that the outbox can tell.
KIND_HEADER = "X-Mail-Kind"
#: What mail programs and servers go by, in the order in which it is shown.
_TOLD = (
    "Message-ID",
    "In-Reply-To",
    "References",
    "List-Id",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Reply-To",
    "Auto-Submitted",
    "Date",
)

_arrived = count()


def store(content: bytes) -> None:
    """Put a mail into OUTBOX_DIR; now and then the oldest make room. OSError where nothing can be written."""
    folder = Path(settings.OUTBOX_DIR)
    name = f"{clock.now():%Y%m%dT%H%M%S.%f}-{token_hex(4)}"
    half = folder / f".{name}"
    try:
        half.write_bytes(content)
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        half.write_bytes(content)
    half.rename(folder / f"{name}.eml")
    if next(_arrived) % SWEEP_EVERY == 0:
        _sweep(folder)


def _sweep(folder: Path) -> None:
    """The oldest mails go, and what a killed process left half written. Two processes may do it at once."""
    for name in _names()[KEEP:]:
        with suppress(FileNotFoundError):
            (folder / f"{name}.eml").unlink()
    long_ago = clock.wall().timestamp() - _LEFT_SECONDS
    for half in folder.glob(".*"):
        with suppress(FileNotFoundError):
            if NAME.fullmatch(half.name[1:]) and half.stat().st_mtime < long_ago:
                half.unlink()


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
    #: what it is, in words
    kind: str | Promise
    #: (name, value) of what mail programs go by
    headers: tuple[tuple[str, str], ...]


def list_mails(most: int = 100, *, after: str = "") -> list[Mail]:
    """The newest mails, newest first; `after` the one of this name, if given."""
    names = [name for name in _names() if not after or name < after][:most]
    return [mail for name in names if (mail := read_mail(name)) is not None]


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
        text=_words(plain),
        html=_words(html),
        kind=_kind_of(parsed),
        headers=tuple((header, str(parsed[header])) for header in _TOLD if parsed[header]),
    )


def _words(part: Any) -> str:
    """A part's text as it was written: on its way its lines got other ends, and no browser's hash would fit them."""
    return str(part.get_content()).replace("\r\n", "\n") if part else ""


def _kind_of(parsed: ParsedMessage) -> str | Promise:
    said = str(parsed[KIND_HEADER] or "")
    kinds = dict(MailRow.Kind.choices)
    # One that tells how to be stopped is a notice, whatever else it is.
    return kinds.get(said) or kinds[MailRow.Kind.NOTICE if parsed["List-Unsubscribe"] else MailRow.Kind.ACCOUNT]


def _names() -> list[str]:
    """Of all mails there are, the newest first."""
    with suppress(OSError), os.scandir(settings.OUTBOX_DIR) as entries:
        names = (entry.name.removesuffix(".eml") for entry in entries if entry.name.endswith(".eml"))
        return sorted((name for name in names if NAME.fullmatch(name)), reverse=True)
    return []
