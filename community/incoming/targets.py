"""What can be written to by mail. settings.MAIL_TARGETS lists such tables, by the letter in reply addresses."""

from typing import Any, Protocol

from django.db.models import Q

from community.incoming.records import Letter, Reached
from community.models import User


class Target(Protocol):
    """One kind of thing that takes mail."""

    def reviewed_by(self, user: Any) -> Q:
        """Which rows of IncomingMail with this letter `user` may look through and decide; none for most people."""
        ...

    def title_of(self, number: int, person: User) -> str | None:
        """What the thing is called, for a person who may see it; None where it is out of their sight."""
        ...

    def take(self, *, actor: User, number: int, letter: Letter) -> Reached:
        """Post what the person wrote, through the action of the page. Raises what that raises (community.errors)."""
        ...


TARGETS: dict[str, Target] = {}
