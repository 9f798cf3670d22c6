"""Taking a mail in: who wrote it, to what, whether it may be posted, and its one end."""

from collections.abc import Sequence

from community.models import IncomingMail, User


def take_in(
    *,
    raw: bytes,
    door: IncomingMail.Door,
    recipients: Sequence[str] = (),
    envelope_sender: str | None = None,
) -> IncomingMail:
    """Take one message in and keep what became of it: exactly one row, whatever the message is.

    `recipients` are the addresses it was delivered to, as the mail host says; without them its own headers are asked.
    `envelope_sender` is "" for a bounce, None where it is not known. Raises only what the database raises when it is
    away: then nothing was kept, and the mail host tries again.
    """
    raise NotImplementedError


def let_in(*, actor: User, mail_id: int) -> IncomingMail:
    """A held mail is posted after all, as its sender's. NotAllowed, NotThere."""
    raise NotImplementedError


def turn_away(*, actor: User, mail_id: int) -> IncomingMail:
    """A held mail is not posted. NotAllowed, NotThere."""
    raise NotImplementedError
