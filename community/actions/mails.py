"""One's own mail: writing to an address again that took none."""

from django.db import transaction

from community.mails.kinds import write_mail
from community.mails.receipts import Receipt
from community.mails.sending import leave_now
from community.mails.suspending import is_suspended, resume
from community.models import User


@transaction.atomic
def resume_mail(*, actor: User, site_address: str) -> Receipt | None:
    """Write to one's own address again, and send a test mail there at once; what the mail server said to it.

    A refusal may suspend the address again at once. None when it was not suspended (a double click): nothing is done.
    NotAllowed for nobody; TooManyMails when the address got many account mails within the hour.
    """
    was_suspended = is_suspended(actor)
    resume(actor=actor)
    if not was_suspended:
        return None
    return leave_now(write_mail("test", to=actor.email, site_address=site_address.rstrip("/"), context={}))
