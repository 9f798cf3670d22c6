"""Answers that moved to another question: the act, and where each came to stand. Both can be taken back."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.answers import Answer
from community.models.threads import Thread
from community.models.users import User


class Regrouping(models.Model):
    """A merge (all visible answers of `thread` moved to `target`) or a split (chosen ones did).

    `made_target`: the split made the target, of the first answer it moved.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", _("merged")
        SPLIT = "split", _("split")

    kind = models.CharField(max_length=5, choices=Kind)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="regroupings")
    target = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    made_target = models.BooleanField(default=False)
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="regrouping_of_two_threads", condition=~Q(target=F("thread"))),
            models.UniqueConstraint(
                fields=["thread"], condition=Q(kind="merge", undone_at__isnull=True), name="one_whole_move_per_thread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thread_id} to {self.target_id}"


class MovedAnswer(models.Model):
    """One answer that moved: `original` stays at its place as a tombstone, `copy` is where it stands now.

    Without a copy it became the question of the target. Once the regrouping is undone, the copy is the tombstone.
    """

    regrouping = models.ForeignKey(Regrouping, on_delete=models.CASCADE, related_name="moved")
    original = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="moves")
    copy = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["regrouping", "original"], name="moved_once"),
        ]

    def __str__(self) -> str:
        return f"{self.original_id} to {self.copy_id}"
