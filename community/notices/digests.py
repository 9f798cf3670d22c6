"""Daily and weekly mails: made when somebody's morning has come (rounds.py), written when they are sent."""

from collections.abc import Sequence

from community.models import Mail, Notification, User
from community.notices.letters import Written
from community.notices.notifiables import Shown
from community.notices.rounds import make_digests

__all__ = ["make_digests", "write_digest"]


def write_digest(found: Sequence[tuple[Notification, Shown]], reader: User, mail: Mail) -> Written | None:
    """What is worth this person's time; None where there is nothing to tell."""
    return None
