"""Addresses that do not take mail: when the site stops writing to one, how that is told, and how it is lifted.

What is suspended is the address, kept as a keyed hash beside the person: another address is free of it at once.
"""

from datetime import timedelta
from typing import Literal

from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from community import clock, permissions
from community.content.text import key
from community.errors import NotAllowed
from community.mails.receipts import Receipt
from community.models import Mail, User
from community.permissions import Anyone

#: Refusals that are not at once about the address (a full mailbox, a policy) suspend it on so many different days...
DAYS = 3
#: ...of the last thirty, with no mail that arrived in between.
LATELY = timedelta(days=30)
#: Why an address takes no mail, as people are told.
Trouble = Literal["", "unknown", "closed", "full", "refused"]
#: More rows of one person are looked at in no case.
_MOST = 500


def address_hash(address: str) -> str:
    """The address as it is kept where it must not be read: 64 hexadecimal digits, the same for each spelling."""
    return salted_hmac("community.mail_address", key(address), algorithm="sha256").hexdigest()


def is_suspended(person: Anyone) -> bool:
    """Whether the person's present address takes no mail. Asks nothing of the database."""
    if not isinstance(person, User) or not person.mail_suspended_for or not person.email:
        return False
    return constant_time_compare(person.mail_suspended_for, address_hash(person.email))


def trouble_of(person: Anyone) -> Trouble:
    """In one word, why the present address takes no mail; "" when nothing is known against it."""
    if not isinstance(person, User) or not is_suspended(person):
        return ""
    code = person.mail_trouble
    if "5.2.2" in code:
        return "full"
    if "5.2.1" in code:
        return "closed"
    return "unknown" if "5.1." in code or code == "invalid" else "refused"


def suspend(person: User, code: str) -> None:
    """Write no more notices to the person's present address. `code` is what the mail server said ("550 5.1.1")."""
    values = {
        "mail_suspended_for": address_hash(person.email),
        "mail_suspended_at": clock.now(),
        "mail_trouble": code[:20],
    }
    # Only while it still is their address: somebody may have changed it while the server was asked.
    if User.objects.filter(pk=person.pk, email=person.email).update(**values):
        for name, value in values.items():
            setattr(person, name, value)


def heed(person: User, receipt: Receipt) -> bool:
    """After a mail to the person's present address: suspend it if this refusal is reason enough; whether it did.

    May be called before or after the mail's own row is settled. Safe to call twice.
    """
    if receipt.outcome != "refused" or not person.email:
        return False
    if not receipt.is_address and len(_days_refused(person)) < DAYS:
        return False
    suspend(person, receipt.code)
    return True


def _days_refused(person: User) -> set[object]:
    """The days (UTC) on which this address refused mail since it last took one, today among them."""
    now = clock.now()
    days: set[object] = {now.date()}
    tried = Mail.objects.filter(
        recipient_id=person.pk,
        address_hash__in=["", address_hash(person.email)],  # a row that does not say which is taken for this one's
        outcome__in=[Mail.Outcome.SENT, Mail.Outcome.REFUSED],
        settled_at__gt=now - LATELY,
    )
    for outcome, settled_at in tried.order_by("-settled_at").values_list("outcome", "settled_at")[:_MOST]:
        if outcome == Mail.Outcome.SENT:
            break
        if settled_at is not None:
            days.add(settled_at.date())
    return days


@transaction.atomic
def resume(*, actor: User) -> None:
    """Write to one's own address again. Lifting what is not suspended changes nothing."""
    if not permissions.is_member(actor):
        raise NotAllowed(_("Please sign in first."))
    User.objects.filter(pk=actor.pk).update(mail_suspended_for="", mail_suspended_at=None, mail_trouble="")
    actor.mail_suspended_for, actor.mail_suspended_at, actor.mail_trouble = "", None, ""
