"""How often somebody did something lately, counted for all processes together."""

from django.db import models
from django.db.models import Q


class LimitCount(models.Model):
    """One window of one person or address and one limited act. Swept once it is over."""

    #: the keyed hash of what is limited and who is counted
    key = models.CharField(max_length=64)
    window_start = models.DateTimeField()
    window_end = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "window_start"], name="one_count_per_window"),
            models.CheckConstraint(name="limit_window_forward", condition=Q(window_end__gt=models.F("window_start"))),
        ]
        indexes = [
            # read by: the sweep
            models.Index(fields=["window_end"], name="limit_over")
        ]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
