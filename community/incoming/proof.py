"""The links in mails about a mail that came in: "Did you write this?", and how somebody unknown goes on.

Whoever opens one has the mailbox it was sent to. It is good for seven days and for one message; the first kind ends
with the person's sessions too (password, address, second factor).
"""

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from django.core import signing
from django.urls import reverse

from community import clock
from community.mails.sending import site_address
from community.models import IncomingMail, User

GOOD_FOR = timedelta(days=7)
_SALT = "community.incoming.proof"
#: Longer than any of ours.
_LONGEST = 300
_MARK = 16


class BadLink(Exception):
    """It was made up or cut short, is too old, or its message was decided on."""


@dataclass(frozen=True)
class Link:
    """What a link is about: a held message, and the person it was mailed to; None for somebody without an account."""

    mail: IncomingMail
    person: User | None


def link_to(mail: IncomingMail, person: User | None) -> str:
    """The absolute address of the page; a GET shows, a POST decides."""
    return site_address() + reverse("claim_mail", args=[make_token(mail, person)])


def make_token(mail: IncomingMail, person: User | None) -> str:
    """What stands in the address."""
    said = [mail.pk, person.pk if person else 0, int(clock.now().timestamp()), _mark(mail, person)]
    return signing.dumps(said, salt=_SALT)


def read_link(token: str) -> Link:
    """What a token means. BadLink for anything that is not in force."""
    try:
        if len(token) > _LONGEST:
            raise BadLink
        mail_id, person_id, stamp, mark = signing.loads(token, salt=_SALT)
        made_at = datetime.fromtimestamp(stamp, UTC)
        mail = IncomingMail.objects.get(pk=mail_id)
        person = User.objects.with_standing().get(pk=person_id) if person_id else None
    except (
        *(signing.BadSignature, ValueError, TypeError, OverflowError),
        *(User.DoesNotExist, IncomingMail.DoesNotExist),
    ) as error:
        raise BadLink from error
    if not hmac.compare_digest(_mark(mail, person), mark) or clock.now() - made_at > GOOD_FOR:
        raise BadLink
    return Link(mail, person)


def _mark(mail: IncomingMail, person: User | None) -> str:
    """Of what the link is bound to: the person's sessions, or the address of somebody unknown."""
    bound = person.get_session_auth_hash() if person else mail.sender_hash
    return sha256(f"{_SALT}:{mail.pk}:{bound}".encode()).hexdigest()[:_MARK]
