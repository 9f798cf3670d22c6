"""How far the names of people were looked at for such as imitate the brand."""

from django.db import models
from django.db.models import Q


class NamesSeen(models.Model):
    """One row: under which name of the brand, and up to whom (actions/imitations.py)."""

    brand = models.CharField(max_length=200, blank=True)
    version = models.PositiveSmallIntegerField(default=0)
    last_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="one_names_seen", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(self.last_id)
