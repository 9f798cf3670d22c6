"""What administrators said of support periods and entitlements, as they said it: the rows themselves only say what
holds now, and the ledger must know what held when."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Board
from community.models.measuring import LONGEST_KEY, PERSON_KEY


class RightsChange(models.Model):
    """One row was entered or changed. Append-only (migration `kept`).

    A row that was there before anybody looked has held for ever. `row_id` is that of the row, whatever became of it.
    """

    class What(models.TextChoices):
        PERIOD = "period", _("support period")
        ENTITLEMENT = "entitlement", _("entitlement")

    what = models.CharField(max_length=11, choices=What)
    row_id = models.BigIntegerField()
    # few rows, all of them read
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: whose right; "" of a period
    person_key = models.CharField(max_length=LONGEST_KEY, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    #: null: it was there before this was written down
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="right_of_somebody",
                condition=Q(what="period", person_key="") | Q(what="entitlement", person_key__regex=PERSON_KEY),
            )
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.row_id}"
