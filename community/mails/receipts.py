"""What a mail server says when a mail is handed to it, and what that means: for this mail, its address, or every mail.

A code is kept as numbers ("550 5.1.1"), never as words: servers like to repeat the address in them.
"""

import logging
import re
import sys
from dataclasses import dataclass
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)
from typing import Any, Literal

from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)

Outcome = Literal["sent", "refused", "later", "down"]

#: RFC 3463 status at the beginning of what a server says, or, with old servers, in brackets at its end: "(#5.7.1)".
_STATUS = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b|\(#([245]\.\d{1,3}\.\d{1,3})\)")
#: These speak of the sender's address, though they begin like those of the recipient's.
_OF_THE_SENDER = frozenset({"5.1.7", "5.1.8"})
#: "Sign in first", "wrong password", "not in this order": said at whichever mail comes first, and true of all of them.
_ABOUT_US = frozenset({503, 530, 534, 535, 538})
#: The server ends the conversation, whatever it was about.
_CLOSING = 421


@dataclass(frozen=True)
class Receipt:
    """The end of one attempt.

    sent: the server has it now. refused: it never will take this mail. later: not now, but other mails may go on.
    down: no mail of anybody leaves now. `is_address`: refused because there is no such address, or it is closed.
    `words` are for an administrator who tests the mail, and are kept nowhere.
    """

    outcome: Outcome
    code: str = ""
    is_address: bool = False
    words: str = ""


SENT = Receipt("sent")


def receipt_of(error: Exception) -> Receipt:
    """What this error of a mail backend means (smtplib's, anymail's, the network's, or a mail that cannot be written).

    Whatever it does not know is worth another attempt later: nothing is dropped for an answer nobody understood.
    """
    if isinstance(error, SMTPRecipientsRefused):
        answers = list(error.recipients.values())
        return _of_answer(*answers[0]) if answers else Receipt("later")
    if isinstance(error, SMTPSenderRefused):
        return _of_sender(error)
    if isinstance(error, SMTPDataError):
        return _of_answer(error.smtp_code, error.smtp_error)
    if isinstance(error, SMTPResponseException):  # greeting, EHLO, STARTTLS, AUTH: before any mail was spoken of
        return Receipt("down", _numbers(error.smtp_code, error.smtp_error), words=_words(error))
    if (found := _of_anymail(error)) is not None:
        return found
    if isinstance(error, OSError | SMTPException | ImproperlyConfigured):
        return Receipt("down", words=_words(error))
    logger.error("A mail could not be written down.", exc_info=error)
    return Receipt("later", words=type(error).__name__)


def receipt_of_report(status: str) -> Receipt:
    """What a mail host reports later of a mail that it gave up (RFC 3464): the same as if it had said so at once."""
    return _of_answer(550, status if _STATUS.match(status) and status.startswith("5.") else "")


def hung_up(error: Exception) -> bool:
    """Whether the server ended the conversation (perhaps only because it was idle, or long enough)."""
    if isinstance(error, SMTPRecipientsRefused):
        return any(code == _CLOSING for code, _text in error.recipients.values())
    if isinstance(error, SMTPResponseException):
        return bool(error.smtp_code == _CLOSING)
    return isinstance(error, SMTPServerDisconnected | ConnectionError) and not timed_out(error)


def timed_out(error: BaseException) -> bool:
    """Whether the server was silent for too long (smtplib tells that as a disconnection)."""
    return isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)


def _of_answer(code: int, text: Any) -> Receipt:
    """An answer about the recipient or the mail itself."""
    status, numbers, words = _status(text), _numbers(code, text), _told(code, text)
    is_address = 500 <= code < 600 and (
        (status.startswith("5.1.") and status not in _OF_THE_SENDER) or status == "5.2.1"
    )
    if code == _CLOSING or (code in _ABOUT_US and not is_address):
        return Receipt("down", numbers, words=words)
    if 500 <= code < 600:
        return Receipt("refused", numbers, is_address, words)
    return Receipt("later", numbers, words=words)


def _of_sender(error: SMTPSenderRefused) -> Receipt:
    """Our own address is the same in every mail; only a mail too large for the server is refused for itself here."""
    status, code = _status(error.smtp_error), error.smtp_code
    too_large = code == 552 or status == "5.3.4"
    numbers, words = _numbers(code, error.smtp_error), _told(code, error.smtp_error)
    return Receipt("refused" if too_large else "down", numbers, words=words)


def _of_anymail(error: Exception) -> Receipt | None:
    """What a service said. Without anymail loaded, no error can be one of its own."""
    anymail: Any = sys.modules.get("anymail.exceptions")
    if anymail is None:
        return None
    if isinstance(error, anymail.AnymailRecipientsRefused):
        said = getattr(getattr(error, "email_message", None), "anymail_status", None)
        status = getattr(said, "status", None) or set()
        is_address = status == {"invalid"}
        word = "invalid" if is_address else "rejected"
        return Receipt("refused", word, is_address=is_address, words=word)
    if isinstance(error, anymail.AnymailInvalidAddress | anymail.AnymailUnsupportedFeature):
        return Receipt("later", words=_words(error))
    if isinstance(error, anymail.AnymailAPIError):
        # 401, 403: the key is wrong; 429: too fast; 5xx and nothing at all: the service itself.
        code = error.status_code
        is_ours = code is not None and 400 <= code < 500 and code not in {401, 403, 407, 408, 429}
        # (Of itself, anymail's error tells the whole answer, addresses and all.)
        words = " ".join(str(arg) for arg in error.args)[:300]
        return Receipt("later" if is_ours else "down", str(code or ""), words=words)
    return None


def _status(text: Any) -> str:
    found = _STATUS.search(_decoded(text))
    return (found.group(1) or found.group(2)) if found else ""


def _numbers(code: int, text: Any) -> str:
    """As it is kept: "550 5.1.1", or "550"."""
    return f"{code} {_status(text)}".strip()[:20] if code > 0 else ""


def _told(code: int, text: Any) -> str:
    return f"{code} {_decoded(text)}".strip()[:300]


def _words(error: Exception) -> str:
    if isinstance(error, SMTPResponseException):
        return _told(error.smtp_code, error.smtp_error)
    return (str(error) or type(error).__name__)[:300]


def _decoded(text: Any) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else str(text)
