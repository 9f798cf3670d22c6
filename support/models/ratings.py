"""How it went, in the customer's words."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from support.models.tickets import Ticket


class TicketRating(models.Model):
    """How it went, asked once after solving and never in the way; `score` null as long as nothing was said."""

    class Score(models.IntegerChoices):
        BAD = 1, _("Bad")
        POOR = 2, _("Poor")
        FAIR = 3, _("Fair")
        GOOD = 4, _("Good")
        GREAT = 5, _("Great")

    ticket = models.OneToOneField(Ticket, on_delete=models.PROTECT, related_name="rating")
    #: null where it was left out because this person was asked something lately
    asked_at = models.DateTimeField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(choices=Score, null=True, blank=True)
    words = models.TextField(max_length=2000, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.CheckConstraint(
                name="rating_has_its_time",
                condition=Q(score__isnull=True, rated_at__isnull=True) | Q(score__range=(1, 5), rated_at__isnull=False),
            )
        ]
        indexes = [
            # read by: the report of ratings
            models.Index(fields=["rated_at"], name="rating_when", condition=Q(rated_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}: {self.score}"
