"""What a contact costs and what the programme costs: dated, with their source and whoever entered them."""

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models import User
from support.models.contacts import ContactChannel

#: The largest amount anybody may enter.
MOST = Decimal("999999999.99")
_NOT_LESS = [MinValueValidator(Decimal(0))]


class CostInput(models.Model):
    """What one contact costs by one channel from a day on. Of several for a day the one entered last is in force.

    Never changed: a correction is a new row, and the old one tells what was believed. A trigger keeps it so.
    """

    channel = models.CharField(_("channel"), max_length=5, choices=ContactChannel)
    #: marginal: what one contact less saves
    low = models.DecimalField(_("low (marginal)"), max_digits=11, decimal_places=2, validators=_NOT_LESS)
    #: loaded: with everything that stands behind it
    typical = models.DecimalField(_("typical (loaded)"), max_digits=11, decimal_places=2, validators=_NOT_LESS)
    currency = models.CharField(_("currency"), max_length=3)
    #: in the site's time zone
    valid_from = models.DateField(_("from"))
    source = models.CharField(_("source"), max_length=300)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        verbose_name = _("cost of a contact")
        verbose_name_plural = _("costs of contacts")
        constraints = [
            models.CheckConstraint(name="cost_low_is_low", condition=Q(low__gte=0, typical__gte=F("low"))),
            models.CheckConstraint(name="cost_currency", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(name="cost_has_a_source", condition=~Q(source="")),
        ]
        indexes = [
            # read by: the row in force on a day
            models.Index(fields=["channel", "-valid_from", "-id"], name="cost_in_force"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.low} {self.currency} {self.valid_from}"


class ProgrammeCost(models.Model):
    """What the community itself costs over some days: a sum, or hours times a rate. Spread evenly over the days."""

    class Kind(models.TextChoices):
        PLATFORM = "platform", _("Platform")
        MODERATION = "moderation", _("Moderators’ hours")
        ANSWERING = "answering", _("Staff’s hours of answering")
        REWARDS = "rewards", _("Rewards")
        UPKEEP = "upkeep", _("Upkeep of content")
        OTHER = "other", _("Other")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    from_day = models.DateField(_("from"))
    #: the last day
    until_day = models.DateField(_("until"))
    hours = models.DecimalField(_("hours"), max_digits=9, decimal_places=2, null=True, blank=True, validators=_NOT_LESS)
    rate = models.DecimalField(
        _("an hour costs"), max_digits=9, decimal_places=2, null=True, blank=True, validators=_NOT_LESS
    )
    #: hours times rate, where those are given
    amount = models.DecimalField(_("sum"), max_digits=11, decimal_places=2, validators=_NOT_LESS)
    currency = models.CharField(_("currency"), max_length=3)
    source = models.CharField(_("source"), max_length=300)
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("cost of the programme")
        verbose_name_plural = _("costs of the programme")
        constraints = [
            models.CheckConstraint(name="programme_cost_in_order", condition=Q(until_day__gte=F("from_day"))),
            models.CheckConstraint(name="programme_cost_not_less", condition=Q(amount__gte=0)),
            models.CheckConstraint(name="programme_cost_currency", condition=Q(currency__regex=r"^[A-Z]{3}$")),
            models.CheckConstraint(name="programme_cost_source", condition=~Q(source="")),
            models.CheckConstraint(
                name="programme_hours_with_rate",
                condition=Q(hours__isnull=True, rate__isnull=True) | Q(hours__isnull=False, rate__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} {self.currency}"
