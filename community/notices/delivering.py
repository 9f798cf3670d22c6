"""The sender: takes mails from the queue one by one, writes them, and hands them to the mail server.

A mail's row is locked from before it is written until what became of it is kept: two senders never send the same one,
and a killed one can only leave a mail that is sent again under the same Message-ID.
"""

import logging
from datetime import timedelta
from typing import NamedTuple

from django.core.mail import EmailMessage
from django.db import DatabaseError, transaction

from community import clock
from community.incoming.addresses import bounce_address
from community.mails.sending import Line, Receipt
from community.mails.suspending import address_hash, heed
from community.models import Mail
from community.notices.writing import write

logger = logging.getLogger(__name__)

BATCH = 200
#: A mail that is not taken now is tried again after these waits, the last one again and again, and given up at last.
WAITS = (timedelta(minutes=5), timedelta(minutes=20), timedelta(hours=1), timedelta(hours=4))
GIVE_UP = timedelta(days=3)
#: How one mail ended: another sender has it (nothing was done, and nobody should hurry back for it), it was settled or
#: put off, the mail server takes none.
_NOT_OURS, _DEALT_WITH, _DOWN = "not ours", "dealt with", "down"


class Round(NamedTuple):
    """What came of one round: how many mails were dealt with, and whether the mail server is down."""

    mails: int
    is_down: bool


def deliver(*, most: int = BATCH) -> Round:
    """Send what is due, at most `most` mails, oldest first. Where the mail server is down, all of them wait."""
    due = Mail.objects.filter(settled_at__isnull=True, due_at__lte=clock.now()).order_by("due_at", "pk")
    count = 0
    with Line() as line:
        for pk in list(due.values_list("pk", flat=True)[:most]):
            ended = _send(pk, line)
            if ended == _DOWN:
                return Round(count, is_down=True)
            count += ended == _DEALT_WITH
    return Round(count, is_down=False)


def deliver_all() -> int:
    """Everything that is due; returns how many mails were dealt with. Stops where the mail server is down."""
    total = 0
    while (done := deliver()).mails:
        total += done.mails
        if done.is_down:
            break
    return total


@transaction.atomic
def _send(pk: int, line: Line) -> str:
    """Send this mail unless somebody else does or did: how that ended."""
    mail = Mail.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk, settled_at__isnull=True).first()
    if mail is None:
        return _NOT_OURS
    message = _write(mail)
    if isinstance(message, Mail.Outcome):
        _settle(mail, message)
    if not isinstance(message, EmailMessage):
        return _DEALT_WITH
    mail.address_hash = address_hash(message.to[0])
    receipt = line.hand_over(message, comes_back_to=bounce_address(mail))
    if receipt.outcome == "down":
        return _DOWN
    _heed(mail, receipt)
    return _DEALT_WITH


def _heed(mail: Mail, receipt: Receipt) -> None:
    """Keep what the mail server said."""
    if receipt.outcome == "sent":
        _settle(mail, Mail.Outcome.SENT, receipt.code)
    elif receipt.outcome == "refused":
        _settle(mail, Mail.Outcome.REFUSED, receipt.code)
        if mail.recipient is not None:  # who reported something without an account has no row to remember it in
            heed(mail.recipient, receipt)
    else:
        _wait(mail, receipt.code)


def _write(mail: Mail) -> EmailMessage | Mail.Outcome | None:
    """The message, or why there is none; None where writing failed: then it waits, and others do not wait for it."""
    try:
        with transaction.atomic():
            return write(mail)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("Mail %s could not be written; tried again later.", mail.pk)
        _wait(mail, "")
        return None


def _settle(mail: Mail, outcome: Mail.Outcome, code: str = "") -> None:
    mail.settled_at, mail.outcome, mail.reply_code = clock.now(), outcome, code
    mail.attempts += 1
    # (What may come back later says something of this address alone.)
    mail.save(update_fields=["settled_at", "outcome", "reply_code", "attempts", "address_hash"])


def _wait(mail: Mail, code: str) -> None:
    """Not now: later, or not at all when that went on for days."""
    now = clock.now()
    if now - mail.created_at > GIVE_UP:
        _settle(mail, Mail.Outcome.GAVE_UP, code)
        return
    mail.due_at = now + WAITS[min(mail.attempts, len(WAITS) - 1)]
    mail.attempts, mail.reply_code = mail.attempts + 1, code
    mail.save(update_fields=["due_at", "attempts", "reply_code"])
