"""Posts that are destroyed: one person asks, another confirms. The row stays as a stub; words and files do not."""

from django.db import models
from django.db.models import F, Q

from community import clock
from community.models.answers import Answer
from community.models.reviews import Ground
from community.models.threads import Thread
from community.models.users import User


class Purge(models.Model):
    """The wish to destroy a post's words and files everywhere; done once another person has confirmed it."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="purges")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="purges")
    ground = models.CharField(max_length=15, choices=Ground)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "answer"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="one_purge_per_post",
            ),
            models.CheckConstraint(
                name="purged_by_two",
                condition=Q(confirmed_by__isnull=True, confirmed_at__isnull=True)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(confirmed_by=F("asked_by"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}/{self.answer_id}"
