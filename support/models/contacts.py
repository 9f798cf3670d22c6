"""Contacts outside: calls, a CRM, another helpdesk. They void cases as tickets do, and say how much we see."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import User
from community.models.measuring import LONGEST_KEY, PERSON_KEY
from support.models.reuse import sees_figures


class ContactChannel(models.TextChoices):
    """By which way somebody reaches staff; what a contact costs depends on it."""

    PHONE = "phone", _("Telephone")
    EMAIL = "email", _("E-mail")
    CHAT = "chat", _("Chat")
    FORM = "form", _("Contact form")
    OTHER = "other", _("Other")


class ContactImport(models.Model):
    """One file of contacts that was read in: who brought it, and what it held."""

    source = models.CharField(max_length=60)
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    brought_at = models.DateTimeField()
    new = models.PositiveIntegerField(default=0)
    known = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    unlinkable = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("import of contacts")
        verbose_name_plural = _("imports of contacts")

    def __str__(self) -> str:
        return f"{self.source} {self.brought_at:%Y-%m-%d}"


class OutsideContactQuerySet(models.QuerySet["OutsideContact"]):
    def visible_to(self, user: User | AnonymousUser) -> "OutsideContactQuerySet":
        return self if sees_figures(user) else self.none()


class OutsideContact(models.Model):
    """Somebody reached staff by another way. Append-only; the same one read in twice is there once.

    Linkable to a customer (`person_hash`), perhaps one of ours (`person_key`), or to nobody. No address, no number.
    """

    brought = models.ForeignKey(ContactImport, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    source = models.CharField(max_length=60)
    #: what it is called there
    external_id = models.CharField(max_length=100)
    channel = models.CharField(max_length=5, choices=ContactChannel)
    #: 64 hexadecimal digits of whoever it was, or "" where nobody can say
    person_hash = models.CharField(max_length=64, blank=True)
    #: the member with that address then, or ""
    person_key = models.CharField(max_length=LONGEST_KEY, blank=True)
    is_simulated = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = OutsideContactQuerySet.as_manager()

    class Meta:
        verbose_name = _("contact outside")
        verbose_name_plural = _("contacts outside")
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="one_contact_per_source"),
            models.CheckConstraint(
                name="contact_of_somebody", condition=Q(person_key="") | Q(person_key__regex=PERSON_KEY)
            ),
            models.CheckConstraint(
                name="contact_hash", condition=Q(person_hash="") | Q(person_hash__regex=r"^[0-9a-f]{64}$")
            ),
            models.CheckConstraint(name="contact_known_by_hash", condition=Q(person_key="") | ~Q(person_hash="")),
        ]
        indexes = [
            # read by: a person's contacts, when cases are derived
            models.Index(fields=["person_key", "occurred_at"], name="contact_of", condition=~Q(person_key="")),
            # read by: what is new since the ledger last looked
            models.Index(fields=["recorded_at"], name="contact_recorded"),
            # read by: figures of a period: coverage, the mix of channels
            models.Index(fields=["occurred_at"], name="contact_when"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.external_id}"


class ChannelCoverage(models.Model):
    """An administrator's word that all contacts of a channel from one day to another are here (or that there are none).

    Until every channel of a period is covered, its money stays hidden. Taken back, never changed.
    """

    channel = models.CharField(_("channel"), max_length=5, choices=ContactChannel)
    from_day = models.DateField(_("from"))
    #: the last day it holds for
    until_day = models.DateField(_("until"))
    #: there is no such channel
    is_absent = models.BooleanField(_("we have no such channel"), default=False)
    note = models.CharField(_("how we know"), max_length=300)
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("channel that is covered")
        verbose_name_plural = _("channels that are covered")
        constraints = [
            models.CheckConstraint(name="coverage_in_order", condition=Q(until_day__gte=F("from_day"))),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.from_day} {self.until_day}"


class Baseline(models.Model):
    """A month's contacts and customers as the company counts them: shown beside the ledger, never added to it."""

    month = models.DateField()
    channel = models.CharField(max_length=5, choices=ContactChannel, blank=True)
    contacts = models.PositiveIntegerField()
    customers = models.PositiveIntegerField()
    source = models.CharField(max_length=120)
    brought_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    brought_at = models.DateTimeField()
    #: another row of the same month and channel came later; the latest counts
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("baseline of contacts")
        verbose_name_plural = _("baselines of contacts")
        constraints = [
            models.UniqueConstraint(
                fields=["month", "channel"], condition=Q(replaced_at__isnull=True), name="one_baseline_per_month"
            ),
            models.CheckConstraint(name="baseline_has_customers", condition=Q(customers__gt=0)),
            models.CheckConstraint(name="baseline_of_a_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.channel}"
