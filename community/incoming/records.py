"""What the parts of the way in hand to each other: plain values, so that they cross between processes as JSON."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

#: What mail hosts take: 25 MB, as everywhere. No more of one message is read.
MAX_MESSAGE = 25_000_000


class Unreadable(Exception):
    """The message cannot be taken apart within its limits; the text says why.

    `reason` is "unreadable" or "too_large".
    """

    def __init__(self, told: str, reason: str = "unreadable") -> None:
        super().__init__(told)
        self.reason = reason


class CutKind(StrEnum):
    """What was cut from a reply, and why."""

    QUOTE = "quote"
    HEADER = "header"
    SIGNATURE = "signature"
    DISCLAIMER = "disclaimer"
    FOOT = "foot"


@dataclass(frozen=True)
class Piece:
    """A part that was cut, in the words it had."""

    kind: CutKind
    text: str


@dataclass(frozen=True)
class Cut:
    """A reply without what its author did not write just now. `kept` is Markdown where it comes from HTML."""

    kept: str
    pieces: tuple[Piece, ...] = ()

    @property
    def text(self) -> str:
        """All that was cut, in its order."""
        return "\n".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class MailFile:
    """A file that came with a message, as it was sent: nothing is known of it but what the message says."""

    name: str
    content_type: str
    data: bytes
    #: without angle brackets, where the message's HTML may show it
    content_id: str = ""


class Automatic(StrEnum):
    """Why a program wrote it, not a person; a mail that is one is never answered."""

    AUTO_SUBMITTED = "auto_submitted"
    BOUNCE = "bounce"
    AWAY = "away"
    BULK = "bulk"
    #: one of our own
    LOOP = "loop"


class Verdict(StrEnum):
    """What the own mail host said of the sender (DMARC, RFC 8601)."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    #: it said nothing, or nothing that counts
    NONE = "none"


@dataclass(frozen=True)
class Bounce:
    """What a mail host reports of a mail of ours (RFC 3464)."""

    #: "5.1.1"; "" where it does not say
    status: str
    #: it gave up, as opposed to trying on
    is_final: bool


@dataclass(frozen=True)
class Parsed:
    """One message, taken apart. Texts are clean Unicode of bounded length; nothing in it is proved but `verdict`."""

    #: with angle brackets; "" where it has none that may be one
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None
    subject: str = ""
    #: of the one From there is; "" where there is none or several
    sender: str = ""
    sender_name: str = ""
    reply_to: str = ""
    reply_to_name: str = ""
    #: addresses of Delivered-To and X-Original-To, then To, then Cc, at most 100
    delivered_to: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    list_id: str = ""
    automatic: Automatic | None = None
    bounce: Bounce | None = None
    verdict: Verdict = Verdict.NONE
    cut: Cut = field(default_factory=lambda: Cut(""))
    files: tuple[MailFile, ...] = ()
    #: what was left out, in words for staff: "a file of 30 MB"
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Letter:
    """What a person wrote by mail, ready to be posted: how targets get it."""

    subject: str
    body: str
    files: tuple[MailFile, ...] = ()
    #: the same for each delivery of this message, so that what comes of it is made once (a post key)
    once: str = ""
    #: the word of `commands.py` that is all there is in it; "" for none
    command: str = ""
    entry: Any = None
    #: somebody said that everybody may read what looked private in it
    may_be_public: bool = False


@dataclass(frozen=True)
class Reached:
    """What a letter became: where it can be seen, and its rows where they are the community's."""

    place: str
    thread_id: int | None = None
    answer_id: int | None = None
    #: it did what a word says, and nothing was posted
    was_command: bool = False
    #: files that were not taken, each with the reason, in the sender's language
    left_out: tuple[str, ...] = ()
