"""Where the two buttons of an answer mail lead: "Yes, solved" and "Not yet", for one person and one answer.

Such an address opens its own page and nothing else, without sign-in, for 60 days. It is dead once the person has
changed the password, the address or a second factor, as every session of theirs is.
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.core import signing
from django.urls import reverse

from community import clock
from community.mails.sending import site_address
from community.models import Answer, User

GOOD_FOR = timedelta(days=60)
SALT = "community.solved"
#: So many signs of the password's mark stand in a token; the signature is what keeps it from being made up.
_MARK = 16
#: Longer than any token of ours.
_LONGEST = 400


class BadToken(Exception):
    """It was made up, cut short, or made before the person changed the password, the address or a second factor."""


class OldToken(BadToken):
    """It was ours, and is older than `GOOD_FOR`."""

    def __init__(self, answer_id: int) -> None:
        super().__init__(answer_id)
        self.answer_id = answer_id


@dataclass(frozen=True)
class Meant:
    """Whom a token speaks for, and about which answer. Whether the answer can be seen is not said."""

    person: User
    answer_id: int


def solved_address(reader: User, answer: Answer) -> str:
    """Where the reader of a mail says that this answer solved it: absolute. GET shows, POST does."""
    return site_address() + reverse("solved", args=[make_token(reader, answer)])


def not_yet_address(reader: User, answer: Answer) -> str:
    """Where the reader of a mail says that it is not solved yet: absolute. GET shows, POST does."""
    return site_address() + reverse("not_yet", args=[make_token(reader, answer)])


def make_token(reader: User, answer: Answer) -> str:
    """What stands in both addresses. Speaks for this person about this answer, from now for `GOOD_FOR`."""
    said = [reader.pk, answer.pk, int(clock.now().timestamp()), _mark(reader.get_session_auth_hash())]
    return signing.dumps(said, salt=SALT)


def read_token(token: str) -> Meant:
    """Whom and which answer it means. BadToken for anything that is not a token of ours in force, OldToken for age."""
    try:
        if len(token) > _LONGEST:
            raise BadToken
        person_id, answer_id, stamp, mark = signing.loads(token, salt=SALT)
        made_at = datetime.fromtimestamp(stamp, UTC)
        person = User.objects.with_standing().get(pk=person_id)
    except (signing.BadSignature, ValueError, TypeError, OverflowError, User.DoesNotExist) as error:
        raise BadToken from error
    hashes = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]
    if not any(hmac.compare_digest(_mark(each), mark) for each in hashes):
        raise BadToken
    if clock.now() - made_at > GOOD_FOR:
        raise OldToken(answer_id)
    return Meant(person, answer_id)


def _mark(auth_hash: str) -> str:
    """A mark of what sessions are bound to, from which neither the password nor a session can be told."""
    return sha256(f"{SALT}:{auth_hash}".encode()).hexdigest()[:_MARK]
