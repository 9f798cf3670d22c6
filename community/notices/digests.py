"""Daily and weekly mails."""

from collections.abc import Sequence

from community.models import Mail, Notification, User
from community.notices.letters import Written
from community.notices.notifiables import Shown


def make_digests() -> int:
    """Make the mails whose day it is; returns how many."""
    return 0


def write_digest(found: Sequence[tuple[Notification, Shown]], reader: User, mail: Mail) -> Written | None:
    """What is worth this person's time; None where there is nothing to tell."""
    return None
