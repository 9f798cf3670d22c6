"""Whether what happens by itself at the desk happens: for the admin's start page and the doctor."""

from datetime import timedelta

from django.utils.translation import gettext as _

from community import clock
from community.accounts.health import Sign
from support.models import PendingReply, SlaClock, Ticket

#: The worker looks every two seconds; what waits for longer is stuck.
LATE = timedelta(minutes=10)


def signs() -> list[Sign]:
    """One line for the desk. Four small questions to the database, each by its index."""
    name, advice = _("Desk"), _("Look whether the worker runs, and at its log.")
    late = clock.now() - LATE
    if PendingReply.objects.filter(leaves_at__lt=late).exists():
        return [Sign(name, _("Replies to customers are stuck: they should have left."), False, advice)]
    untold = SlaClock.objects.filter(due_at__lt=late, breached_at=None, met_at=None, dropped_at=None)
    stuck = Ticket.objects.filter(held_until__lt=late).exists() or Ticket.objects.filter(closes_at__lt=late).exists()
    if stuck or untold.exists():
        return [
            Sign(name, _("What is due does not happen: tickets that should wake up, close or warn."), False, advice)
        ]
    return [Sign(name, _("Replies leave, and what is due happens."), True)]
