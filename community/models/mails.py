"""Mails: the queue of what leaves, and the trace of what left."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models.users import User


class Mail(models.Model):
    """One mail to one person. Its words are written when it is sent, from what that person may see then.

    A row is made once (`key`), waits while `settled_at` is null, and ends as sent or dropped, with the reason. Account
    mails (codes, warnings) leave at once and only leave a row that says so: never their words or address. Mails about
    decisions and reports wait in the queue like notices, but no choice and no limit keeps them away.
    """

    class Kind(models.TextChoices):
        ACCOUNT = "account", _("about the account")
        NOTICE = "notice", _("one notice")
        BUNDLE = "bundle", _("several notices")
        DIGEST = "digest", _("digest")
        DECISION = "decision", _("a decision or a report")
        LIST = "list", _("a post of a board's mail list")
        STAFF = "staff", _("a word between somebody and staff")

    class Outcome(models.TextChoices):
        SENT = "sent", _("sent")
        EMPTY = "empty", _("nothing left to tell: out of sight, read or stopped meanwhile")
        STOPPED = "stopped", _("the person wants none of these")
        SUSPENDED = "suspended", _("the address does not take mail")
        GONE = "gone", _("the person has no account or confirmed address any more")
        REFUSED = "refused", _("the mail server refused it")
        GAVE_UP = "gave_up", _("could not be handed over")
        DROPPED = "dropped", _("left out after a restore")

    kind = models.CharField(max_length=10, choices=Kind)
    #: null for mails to an address without an account
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="mails")
    #: what it is, so that it is made once: "notice:12", "bundle:12", "digest:7:2026-11-22"
    key = models.CharField(max_length=80, unique=True)
    #: keyed hash of the address, for the limit of account mails
    address_hash = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField()
    #: not before this
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    settled_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    #: what the mail server said last, as numbers: "550 5.1.1"
    reply_code = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        constraints = [
            models.CheckConstraint(
                name="mail_settled_with_outcome",
                condition=Q(settled_at__isnull=True, outcome="") | (Q(settled_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            # read by: the sender, in order
            models.Index(fields=["due_at", "id"], name="mail_waiting", condition=Q(settled_at__isnull=True)),
            # read by: the limit of notices to one person in an hour, a person's last digest
            models.Index(fields=["recipient", "kind", "-created_at"], name="mail_to_person"),
            # read by: the limit of account mails to one address in an hour
            models.Index(fields=["address_hash", "-created_at"], name="mail_to_address", condition=Q(kind="account")),
            # read by: the sweep of old rows
            models.Index(fields=["settled_at"], name="mail_settled", condition=Q(settled_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.key
