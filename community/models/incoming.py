"""Mail that came in: each message once, with what became of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from community.models.answers import Answer
from community.models.boards import Board
from community.models.threads import Thread
from community.models.users import User
from community.roles import Role


class IncomingMailQuerySet(models.QuerySet["IncomingMail"]):
    def visible_to(self, user: object) -> "IncomingMailQuerySet":
        """Mails that this person may look through: what was written to a thread or a board is moderators' business,
        what was written to a ticket that of who works on it. Each target says so itself (settings.MAIL_TARGETS).
        What was written to nothing of ours only administrators see."""
        targets = {letter: each for path in settings.MAIL_TARGETS for letter, each in import_string(path).items()}
        seen = Q(pk__in=[])
        for letter, target in targets.items():
            seen |= Q(target_kind=letter) & target.reviewed_by(user)
        if isinstance(user, User) and Role.ADMIN in user.effective_roles:
            seen |= ~Q(target_kind__in=targets)
        return self.filter(seen)


class IncomingMail(models.Model):
    """One message and its one end. Held ones keep the message itself (`IncomingRaw`) until somebody decides.

    What the sender wrote, what was cut from it and the sender's address are free text: they go with retention, with
    the account and with a purge; the end and its reason stay.
    """

    class End(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        HELD = "held", _("held for a look")
        REJECTED = "rejected", _("rejected")
        BOUNCED = "bounced", _("a mail of ours that came back")

    class Reason(models.TextChoices):
        POSTED = "posted", _("it was posted")
        COMMAND = "command", _("it was a word that does something")
        #: held
        SENDER = "sender", _("the sender's address is not the one the reply address was made for")
        UNVERIFIED = "unverified", _("the mail host did not confirm that the sender's address is theirs")
        OLD_ADDRESS = "old_address", _("the reply address is no longer in force")
        UNKNOWN = "unknown", _("nobody with this address has an account")
        PRIVATE = "private", _("it holds what may not be meant for everybody")
        FAILED = "failed", _("it could not be taken in; nothing of it is lost")
        #: rejected
        DUPLICATE = "duplicate", _("it had arrived before")
        AUTOMATIC = "automatic", _("a program wrote it, not a person")
        LOOP = "loop", _("it is a mail of ours that came round")
        NO_TARGET = "no_target", _("it was sent to no address of ours")
        FORGED = "forged", _("the reply address is not one of ours")
        EMPTY = "empty", _("nothing was written in it")
        UNREADABLE = "unreadable", _("it could not be read")
        TOO_LARGE = "too_large", _("it is larger than what is taken")
        TOO_MANY = "too_many", _("too many came from this address")
        NOT_ALLOWED = "not_allowed", _("this person may not write there")
        GONE = "gone", _("what it answers is no longer there")
        REFUSED = "refused", _("it was refused as the page would refuse it")
        DECIDED = "decided", _("somebody looked at it and did not let it in")
        #: bounced
        BOUNCE = "bounce", _("a mail host said that our mail did not arrive")

    class Door(models.TextChoices):
        PIPE = "pipe", _("from the mail server")
        IMAP = "imap", _("fetched from a mailbox")
        WEBHOOK = "webhook", _("from a mail service")
        SMTP = "smtp", _("from the mail server of development")

    received_at = models.DateTimeField()
    door = models.CharField(max_length=10, choices=Door)
    #: the same for each delivery of one message of one sender: only one row has it, the others are duplicates
    once = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    message_id = models.CharField(max_length=255, blank=True)
    #: keyed hash of the sender's address (mails/suspending.py)
    sender_hash = models.CharField(max_length=64, blank=True)
    sender = models.CharField(_("from"), max_length=320, blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    #: whose reply address it came to, or whose verified address it came from; null for nobody we know
    person = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="incoming_mails")
    #: the letter of what it was written to (settings.MAIL_TARGETS) and its number; "" for nothing of ours
    target_kind = models.CharField(max_length=1, blank=True)
    target_id = models.BigIntegerField(null=True, blank=True)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="incoming_mails")
    #: what it became
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: where it can be seen on the site, as a path
    place = models.CharField(max_length=300, blank=True)
    subject = models.CharField(_("subject"), max_length=300, blank=True)
    kept = models.TextField(_("what was written"), blank=True)
    cut = models.TextField(_("what was cut"), blank=True)
    #: pass, fail, none (the own mail host said nothing), unasked (it is not known whose word counts)
    verdict = models.CharField(max_length=10, blank=True)
    files = models.PositiveSmallIntegerField(default=0)
    end = models.CharField(_("what became of it"), max_length=10, choices=End)
    reason = models.CharField(_("why"), max_length=20, choices=Reason)
    #: in words, where more is to be said than the reason: the page's own refusal
    told = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = IncomingMailQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail that came in")
        verbose_name_plural = _("mails that came in")
        constraints = [
            models.CheckConstraint(
                name="incoming_mail_one_end",
                condition=Q(end="accepted", reason__in=["posted", "command"])
                | Q(end="held", reason__in=["sender", "unverified", "old_address", "unknown", "private", "failed"])
                | Q(
                    end="rejected",
                    reason__in=[
                        *("duplicate", "automatic", "loop", "no_target", "forged", "empty", "unreadable", "too_large"),
                        *("too_many", "not_allowed", "gone", "refused", "decided"),
                    ],
                )
                | Q(end="bounced", reason="bounce"),
            ),
            models.CheckConstraint(
                name="incoming_mail_duplicate_has_no_key",
                condition=~Q(reason="duplicate") | Q(once__isnull=True),
            ),
        ]
        indexes = [
            # read by: the list of what came in, newest first
            models.Index(fields=["-received_at", "-id"], name="incoming_newest"),
            # read by: what waits for a look
            models.Index(fields=["received_at", "id"], name="incoming_held", condition=Q(end="held")),
            # read by: letting in what waited for an address to be confirmed
            models.Index(fields=["sender_hash"], name="incoming_sender", condition=Q(end="held")),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.end}"


class IncomingRaw(models.Model):
    """The message as it came, while it is held: whoever lets it in takes in all of it, files included."""

    mail = models.OneToOneField(IncomingMail, on_delete=models.CASCADE, related_name="raw")
    data = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.mail_id}"
