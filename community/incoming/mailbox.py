"""Mails that wait in a mailbox: fetched one by one by IMAP, taken in, and only then marked.

Whatever ends this in between, the mail is fetched once more, and its second coming is a duplicate. A mail is never
marked that was not taken, so nothing is lost either.
"""

import imaplib
import logging
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings

from community.incoming.doors import NotNow, bring
from community.incoming.records import MAX_MESSAGE
from community.models import IncomingMail

logger = logging.getLogger(__name__)

#: How long a server may be silent, in seconds.
TIMEOUT = 30
#: Beside \\Seen, so that whoever looks into the mailbox sees which mails the site has taken.
KEYWORD = "$PeerdeskTaken"
#: Of a mail that is too large its headers are fetched, and of these no more bytes than this.
_MOST_HEADERS = 256 * 1024
_SIZE = re.compile(rb"RFC822\.SIZE (\d{1,15})")


class Unreachable(Exception):
    """The mailbox cannot be read now; the text is one sentence, without its password."""


@dataclass
class Fetched:
    """What one look into the mailbox came to."""

    taken: int = 0
    #: left where they are: something of ours is wrong with them, and the log says what
    left: int = 0
    ends: tuple[str, ...] = ()


class Mailbox:
    """An open mailbox."""

    def __init__(self, line: imaplib.IMAP4) -> None:
        self._line = line

    def waiting(self) -> list[bytes]:
        """UIDs of the mails that nobody has seen, the oldest first."""
        self._line.noop()  # hears what arrived meanwhile
        (found,) = self._said("SEARCH", "UNSEEN UNDELETED")
        return (found or b"").split()

    def message(self, uid: bytes) -> bytes | None:
        """The mail as it came; None where it is gone. Of one that is too large only the headers are fetched."""
        told = b" ".join(part for part in self._said("FETCH", uid, "(RFC822.SIZE)") if isinstance(part, bytes))
        size = _SIZE.search(told)
        if size is None:
            return None
        if int(size[1]) > MAX_MESSAGE:
            headers = _literal(self._said("FETCH", uid, f"(BODY.PEEK[HEADER]<0.{_MOST_HEADERS}>)"))
            # filled up: how large is too large is for the action to say
            return None if headers is None else headers + b" " * (MAX_MESSAGE + 1)
        return _literal(self._said("FETCH", uid, "(BODY.PEEK[])"))

    def mark(self, uid: bytes, *, deletes: bool) -> None:
        """It was taken: seen, with our keyword where the server keeps any; or gone."""
        if deletes:
            self._said("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)")
            if self._expunges_one:
                self._said("EXPUNGE", uid)
            return
        self._said("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
        try:
            self._said("STORE", uid, "+FLAGS.SILENT", f"({KEYWORD})")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            logger.debug("The mailbox keeps no keywords.")

    @cached_property
    def _expunges_one(self) -> bool:
        """Whether it removes a mail by its UID (RFC 4315). Many servers tell only whoever has signed in."""
        _answer, told = self._line.capability()
        return b"UIDPLUS" in b" ".join(part for part in told if isinstance(part, bytes)).upper().split()

    def _said(self, command: str, *arguments: Any) -> list[Any]:
        answer, data = self._line.uid(command, *(_text(each) for each in arguments))
        if answer != "OK":
            raise imaplib.IMAP4.error(f"{command} was answered {answer}")
        return data


def _text(argument: str | bytes) -> str:
    return argument.decode("ascii") if isinstance(argument, bytes) else argument


def _literal(data: list[Any]) -> bytes | None:
    return next((bytes(part[1]) for part in data if isinstance(part, tuple)), None)


@contextmanager
def opened(*, only_looks: bool = False) -> Iterator[Mailbox]:
    """The mailbox of settings.INCOMING_IMAP. Unreachable, also when the line breaks while it is open."""
    box: Any = settings.INCOMING_IMAP  # whoever calls this has looked that there is one
    line: imaplib.IMAP4 | None = None
    try:
        line = _connected(box)
        _sign_in(line, box)
        answer, _data = line.select(f'"{_escaped(box.folder)}"', readonly=only_looks)
        if answer != "OK":
            raise Unreachable(f"{box.host} has no folder {box.folder} that can be opened.")
        yield Mailbox(line)
    except (OSError, imaplib.IMAP4.error) as error:
        raise Unreachable(f"{box.host}, port {box.port}: {_why(error)}.") from None
    finally:
        if line is not None:
            _hang_up(line)


def _connected(box: Any) -> imaplib.IMAP4:
    if box.encryption == "tls":
        return imaplib.IMAP4_SSL(box.host, box.port, ssl_context=ssl.create_default_context(), timeout=TIMEOUT)
    line = imaplib.IMAP4(box.host, box.port, timeout=TIMEOUT)
    if box.encryption == "starttls":
        line.starttls(ssl.create_default_context())
    return line


def _sign_in(line: imaplib.IMAP4, box: Any) -> None:
    try:
        if (box.user + box.password).isascii():
            line.login(f'"{_escaped(box.user)}"', box.password)
        else:
            line.authenticate("PLAIN", lambda _challenge: f"\0{box.user}\0{box.password}".encode())
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise Unreachable(f"{box.host} refuses the user or the password of INCOMING_IMAP.") from None


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _why(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted here ({error.verify_message})"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return " ".join(str(error).split())[:160].rstrip(".")


def _hang_up(line: imaplib.IMAP4) -> None:
    """Never with CLOSE, which would expunge what others marked."""
    try:
        line.logout()
    except (OSError, imaplib.IMAP4.error):
        line.shutdown()


def fetch(mailbox: Mailbox, *, deletes: bool = False, most: int = 1000, stops: Callable[[], bool] = bool) -> Fetched:
    """Take in what waits, at most so many. NotNow while the site takes nothing; what was not taken stays unseen."""
    done = Fetched()
    for uid in mailbox.waiting()[:most]:
        if stops():
            break
        raw = mailbox.message(uid)
        if raw is None:
            continue
        try:
            row = bring(raw=raw, door=IncomingMail.Door.IMAP)
        except NotNow:
            raise
        except Exception:
            logger.exception("A mail of the mailbox could not be taken in; it stays there, and is tried again.")
            done.left += 1
            continue
        mailbox.mark(uid, deletes=deletes)
        done.taken += 1
        done.ends = (*done.ends, str(row.end))
    return done
