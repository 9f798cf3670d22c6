"""What `manage.py doctor` says of mail that comes in: whether any does, whether its senders are vouched for."""

from datetime import timedelta

from django.conf import settings
from django.db.models import Max

from community import clock
from community.accounts.health import Sign
from community.incoming.mailbox import Unreachable, opened
from community.models import IncomingMail, Mail

NAME = "Incoming mail"
#: Where so many mails went out in this time, somebody would have answered one.
QUIET, MANY_SENT = timedelta(days=14), 200
#: So many mails in a row without a word of the mail host are no accident.
UNSPOKEN = 5
#: Whoever wrote should hear within this time.
PATIENCE = timedelta(days=2)


def incoming_mail() -> list[Sign]:
    """Nothing of it is a fault where the site takes no mail in."""
    if not settings.INCOMING_ADDRESS:
        return [Sign(NAME, "None is taken in: INCOMING_ADDRESS is not set.", True)]
    found = [*_arriving(), *_vouched_for(), *_waiting(), *_mailbox()]
    return found or [Sign(NAME, f"Mail to {settings.INCOMING_ADDRESS} is taken in.", True)]


def _arriving() -> list[Sign]:
    now, last = clock.now(), IncomingMail.objects.aggregate(at=Max("received_at"))["at"]
    if last is not None and now - last < QUIET:
        return []
    sent = Mail.objects.filter(outcome=Mail.Outcome.SENT, settled_at__gt=now - QUIET)[:MANY_SENT].count()
    told = "None came yet." if last is None else f"None came for {(now - last).days} days."
    if sent < MANY_SENT or not settings.PRODUCTION:
        return [Sign(NAME, told, True)]
    cure = "Answer a mail of the site yourself; does it reach receive_mail or the mailbox? See docs/mail.md."
    return [Sign(NAME, f"{told} Many went out meanwhile.", False, cure)]


def _vouched_for() -> list[Sign]:
    """A wrong name in INCOMING_AUTHSERV holds every mail back, and nobody else would say why."""
    recent = IncomingMail.objects.filter(received_at__gt=clock.now() - QUIET).exclude(verdict="")
    said = list(recent.order_by("-received_at", "-id").values_list("verdict", flat=True)[:50])
    if len(said) < UNSPOKEN or any(verdict in {"pass", "fail"} for verdict in said):
        return []
    told = (
        f"None of the last {len(said)} mails has an Authentication-Results with DMARC of {settings.INCOMING_AUTHSERV}."
    )
    cure = (
        "All are held back. Let the mail host write it (opendmarc, rspamd), or set INCOMING_AUTHSERV to the name that "
        "stands in the headers of a mail that arrived; see docs/mail.md."
    )
    return [Sign(NAME, told, False, cure)]


def _waiting() -> list[Sign]:
    held = IncomingMail.objects.filter(end=IncomingMail.End.HELD)
    late = held.filter(received_at__lt=clock.now() - PATIENCE).count()
    if not late:
        return []
    told = f"{late} held for more than two days."
    return [Sign(NAME, told, False, "Look through them on the site, and let them in or turn them away.")]


def _mailbox() -> list[Sign]:
    if settings.INCOMING_IMAP is None:
        return []
    name, box = "Mailbox", settings.INCOMING_IMAP
    try:
        with opened(only_looks=True) as mailbox:
            waiting = len(mailbox.waiting())
    except Unreachable as error:
        return [Sign(name, str(error), False, "Look at INCOMING_IMAP: host, port, user, password, folder.")]
    return [Sign(name, f"{box.host} lets us in; {waiting} wait.", True)]
