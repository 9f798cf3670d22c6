"""How mails leave: one conversation with the mail server for many of them, and the mails that somebody waits for.

Account mails (codes, warnings, invitations) leave inside the request: they stand in no queue behind notices, and have a
limit of their own. News of answers are sent by the worker from rows (notices/delivering.py), through the same `Line`.
"""

import logging
from contextlib import suppress
from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from secrets import token_urlsafe
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend
from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import clock
from community.actions.people import owner_of
from community.content.text import key
from community.errors import Refused, TooOften
from community.mails.outbox import KIND_HEADER
from community.mails.receipts import SENT, Receipt, hung_up, receipt_of, timed_out
from community.mails.suspending import address_hash, heed
from community.models import Brand, Mail

__all__ = ["AddressRefused", "Line", "MailNotSent", "Receipt", "TooManyMails", "from_address", "send_now"]

logger = logging.getLogger(__name__)

#: So many account mails may be asked for one address in an hour, whoever asks.
MOST_IN_AN_HOUR = 20
HOUR = timedelta(hours=1)
#: Where nobody said where the site is served (a command without a server beside it).
_USUAL_ADDRESS = "http://127.0.0.1:8000"


class MailNotSent(Refused):
    """The mail server did not take the mail; nothing else went wrong."""

    status = 503


class AddressRefused(MailNotSent):
    """The mail server will never take this mail for this address."""

    status = 400


class TooManyMails(TooOften):
    """This address got enough for now."""


# Who writes, from where -----------------------------------------------------------------------------------------------
def from_address(brand: Brand | None = None) -> str:
    """The sender of our mails: the brand's name, with its own address or the site's. A query without `brand`."""
    brand = brand or Brand.objects.filter(pk=1).first() or Brand()
    if not (brand.reply_address or brand.set_up_at) and parseaddr(settings.DEFAULT_FROM_EMAIL)[0]:
        return str(settings.DEFAULT_FROM_EMAIL)
    name = "".join(letter for letter in brand.name if letter not in '"\\<>\r\n')
    return f'"{name}" <{brand.reply_address or parseaddr(settings.DEFAULT_FROM_EMAIL)[1]}>'


def site_address() -> str:
    """Where people find the site, without a slash at its end: for mails that no request is there for.

    SITE_URL; in demo and development the address it was served on last, whichever process asks.
    """
    if settings.SITE_URL:
        return str(settings.SITE_URL)
    with suppress(OSError, UnicodeDecodeError):
        if (kept := Path(settings.SERVED_FILE).read_text().strip()).startswith("http://"):
            return kept.rstrip("/")
    return _USUAL_ADDRESS


def remember_served(address: str) -> None:
    """Keep beside the data where this site is served (demo, runserver), for the worker in another process."""
    path = Path(settings.SERVED_FILE)
    half = path.with_name(f".{path.name}-{token_urlsafe(6)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        half.write_text(address.rstrip("/") + "\n")
        half.replace(path)
    except OSError as error:
        logger.warning("Links in mails may not lead here: %s cannot be written (%s).", path, error)


# The line -------------------------------------------------------------------------------------------------------------
class Line:
    """One conversation with the mail server, for any number of mails, one after the other (a context manager).

    It is opened with the first mail, and again when the server ended it: a server may hang up on who is idle, or after
    so many mails. A mail may then be handed over twice, with the same Message-ID. Works with any of Django's backends.
    """

    def __init__(self) -> None:
        self._backend: Any = None  # made with the first mail: a service's may say then that its key is missing
        self._is_open = False
        #: whether the present conversation took a mail, or at least an answer about one
        self._is_proven = False
        #: mails in a row at which the server hung up
        self._hung_up = 0
        self._comes_back_to = ""

    def __enter__(self) -> "Line":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def hand_over(self, message: EmailMessage, *, comes_back_to: str = "") -> Receipt:
        """Give the mail to the server. Never raises for what the server or the network does.

        `comes_back_to` is where mail hosts send it back to (the envelope's sender); without one, to its own sender.
        Services (anymail) see to what comes back themselves.
        """
        self._comes_back_to = comes_back_to
        if self._is_proven:
            receipt, is_over = self._try(message)
            if not is_over:
                return receipt
        return self._try(message)[0]  # a new conversation, if the server ended the one there was

    def _try(self, message: EmailMessage) -> tuple[Receipt, bool]:
        """One attempt: its receipt, and whether the server had ended the conversation."""
        try:
            if not self._is_open:
                self._backend = self._backend or get_connection()
                self._backend.open()
                self._is_open = True
        except Exception as error:
            self._close()
            return _told(_at_the_door(receipt_of(error))), False
        if self._comes_back_to and isinstance(self._backend, SmtpBackend):
            # Django's envelope has `from_email`, its header the one that is given apart.
            message.extra_headers.setdefault("From", message.from_email)
            message.from_email = self._comes_back_to
        try:
            sent = self._backend.send_messages([message])
        except Exception as error:
            return self._failed(error)
        self._is_proven, self._hung_up = True, 0
        # A backend that does not count its mails (None) took it; one without a recipient is never taken.
        return (SENT if sent is None or sent else Receipt("refused")), False

    def _failed(self, error: Exception) -> tuple[Receipt, bool]:
        receipt, is_over, was_proven = receipt_of(error), hung_up(error), self._is_proven
        if is_over or receipt.outcome == "down" or timed_out(error):
            self._close()
        else:
            self._is_proven = True
        if is_over and was_proven:
            return receipt, True
        if is_over and not receipt.code:
            # It may dislike this very mail: the next one shows. A second in a row, and it is the server.
            self._hung_up += 1
            receipt = Receipt("later" if self._hung_up == 1 else "down", words=receipt.words)
        return _told(receipt), is_over

    def _close(self) -> None:
        self._is_open = self._is_proven = False
        if self._backend is None:
            return
        with suppress(Exception):  # it is over in any case; how the server says goodbye changes nothing
            self._backend.close()


def _at_the_door(receipt: Receipt) -> Receipt:
    """Without a conversation it cannot be this mail's fault."""
    return Receipt("down", receipt.code, words=receipt.words)


def _told(receipt: Receipt) -> Receipt:
    """Into the log, without the server's words: they may name the address."""
    logger.warning("The mail server did not take a mail: %s %s", receipt.outcome, receipt.code or "(no answer)")
    return receipt


# Account mails --------------------------------------------------------------------------------------------------------
def send_now(message: EmailMessage) -> None:
    """Send a mail that somebody asked for and waits for.

    TooManyMails when this address got twenty account mails within the hour; MailNotSent when the mail server does not
    take it now, AddressRefused when it never will. Each says in words what to do.
    """
    receipt = leave_now(message)
    if receipt.outcome == "refused":
        told = _("No mail arrives at this address. Please look at how it is written, or use another one.")
        raise AddressRefused(told)
    if receipt.outcome != "sent":
        raise MailNotSent(_("We could not send the mail just now. Please try again in a few minutes."))


def leave_now(message: EmailMessage, *, is_limited: bool = True) -> Receipt:
    """As `send_now`, but what the mail server said is returned. Leaves a row without words or address in any case.

    `is_limited=False` is for warnings about an account: nobody can keep them away by asking for codes before.
    """
    address, now = message.to[0], clock.now()
    hashed, owner = address_hash(address), owner_of(address)
    message.extra_headers.setdefault(KIND_HEADER, Mail.Kind.ACCOUNT.value)
    with transaction.atomic():
        if is_limited:
            _keep_the_limit(hashed)
        with Line() as line:
            receipt = line.hand_over(message)
        Mail.objects.create(
            kind=Mail.Kind.ACCOUNT,
            recipient=owner,
            key=f"account:{token_urlsafe(24)}",
            address_hash=hashed,
            created_at=now,
            due_at=now,
            attempts=1,
            settled_at=now,
            outcome=_OUTCOMES.get(receipt.outcome, Mail.Outcome.GAVE_UP),
            reply_code=receipt.code,
        )
        if owner is not None and key(owner.email) == key(address):
            heed(owner, receipt)
    return receipt


_OUTCOMES = {"sent": Mail.Outcome.SENT, "refused": Mail.Outcome.REFUSED}


def _keep_the_limit(hashed: str) -> None:
    """TooManyMails when this address got enough within the hour, whichever process sent them."""
    with connection.cursor() as cursor:
        # Until the row is written: of many at once for one address, each counts those before it.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"account mail {hashed}"])
    now = clock.now()
    sent = Mail.objects.filter(kind=Mail.Kind.ACCOUNT, address_hash=hashed, created_at__gt=now - HOUR)
    # What never reached the server is nothing that anybody was bothered with.
    sent = sent.exclude(outcome=Mail.Outcome.GAVE_UP).order_by("-created_at")
    times = list(sent.values_list("created_at", flat=True)[:MOST_IN_AN_HOUR])
    if len(times) < MOST_IN_AN_HOUR:
        return
    again_at = times[-1] + HOUR
    minutes = max(1, -(-int((again_at - now).total_seconds()) // 60))
    told = ngettext(
        "This address got many mails from us already. Please try again in %(minutes)d minute.",
        "This address got many mails from us already. Please try again in %(minutes)d minutes.",
        minutes,
    )
    raise TooManyMails(told % {"minutes": minutes}, again_at)
