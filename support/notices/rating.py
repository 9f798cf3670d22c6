"""Where the mail after solving leads: "How did it go?", for one person and one ticket.

Such an address opens its own page and nothing else, without sign-in, for 60 days; it is dead once the person has
changed the password, the address or a second factor, as every session of theirs is. A GET shows, only a POST says it:
programs that look at mails follow every link in them.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.core import signing
from django.urls import reverse

from community import clock
from community.mails.sending import site_address
from community.models import User
from support.models import Ticket

GOOD_FOR = timedelta(days=60)
SALT = "support.rating"
_MARK = 16
_LONGEST = 400


class BadToken(Exception):
    """It was made up, cut short, is too old, or the person has changed how they sign in since."""


@dataclass(frozen=True)
class Meant:
    """Whom a token speaks for, and about which ticket."""

    person: User
    ticket_id: int


def rating_address(ticket: Ticket, score: int = 0) -> str:
    """Where the ticket's requester says how it went: absolute. With a `score` (1 to 5) that one is chosen already."""
    address = site_address() + reverse("rating", args=[make_token(ticket)])
    return f"{address}?score={score}" if score else address


def make_token(ticket: Ticket) -> str:
    """What stands in the address. Speaks for the requester about this ticket, from now for `GOOD_FOR`."""
    mark = _mark(ticket.requester.get_session_auth_hash())
    return signing.dumps([ticket.requester_id, ticket.pk, int(clock.now().timestamp()), mark], salt=SALT)


def read_token(token: str) -> Meant:
    """Whom and which ticket it means. BadToken for anything that is not a token of ours in force."""
    try:
        if len(token) > _LONGEST:
            raise BadToken
        person_id, ticket_id, stamp, mark = signing.loads(token, salt=SALT)
        made_at = datetime.fromtimestamp(stamp, UTC)
        person = User.objects.with_standing().get(pk=person_id)
    except (signing.BadSignature, ValueError, TypeError, OverflowError, User.DoesNotExist) as error:
        raise BadToken from error
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    if clock.now() - made_at > GOOD_FOR or not any(hmac.compare_digest(_mark(each), mark) for each in hashes):
        raise BadToken
    return Meant(person, ticket_id)


def _mark(auth_hash: str) -> str:
    """A mark of what sessions are bound to, from which neither the password nor a session can be told."""
    return sha256(f"{SALT}:{auth_hash}".encode()).hexdigest()[:_MARK]
