"""Duplicates: which question was asked before, whose company moved along with it, and which pairs may be one.

`Thread.merged_into` is what is read everywhere: the final original. These rows are the acts behind it, so that each can
be taken back as if it had not been.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q

from community import clock
from community.models.events import ThreadEvent
from community.models.threads import Thread
from community.models.users import User
from community.models.watches import Watch


class Merge(models.Model):
    """A moderator's word that a question was asked before. `original` is the question that was named.

    That one may be a duplicate itself, or become one: `thread.merged_into` is where the chain ends.
    """

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="merges")
    original = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    event = models.OneToOneField(ThreadEvent, on_delete=models.PROTECT, related_name="merge")
    merged_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    merged_at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=Q(undone_at__isnull=True), name="one_merge_per_thread"
            ),
            models.CheckConstraint(name="merge_of_two_threads", condition=~Q(original=F("thread"))),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} into {self.original_id}"


class Carried(models.Model):
    """One person's me-too or watch that moved from a duplicate to the original, as it was before.

    `is_laid`: the row at the original is there because of this one; else the person had one of their own.
    """

    class Kind(models.TextChoices):
        ME_TOO = "me_too"
        WATCH = "watch"

    merge = models.ForeignKey(Merge, on_delete=models.CASCADE, related_name="carried")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    since = models.DateTimeField()
    reason = models.CharField(max_length=10, choices=Watch.Reason, blank=True)
    muted_at = models.DateTimeField(null=True, blank=True)
    is_laid = models.BooleanField(default=False)
    #: False for the asker's me-too, which is one at the original only
    returns = models.BooleanField(default=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merge", "kind", "person"], name="carried_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.person_id} with {self.merge_id}"


class DuplicateHintQuerySet(models.QuerySet["DuplicateHint"]):
    def visible_to(self, user: User | AnonymousUser) -> "DuplicateHintQuerySet":
        """Pairs of which this person may see both."""
        threads = Thread.objects.visible_to(user).listed().order_by().values("pk")
        return self.filter(thread__in=threads, other__in=threads)

    def waiting(self, user: User | AnonymousUser, since: Any) -> "DuplicateHintQuerySet":
        """Pairs nobody has decided, of questions asked after `since` that are still open."""
        return self.visible_to(user).filter(
            dismissed_at__isnull=True,
            thread__asked_at__gt=since,
            thread__closed_at__isnull=True,
            thread__solved_at__isnull=True,
        )


class DuplicateHint(models.Model):
    """A question and an older one that is much like it. Dismissed, the pair is never offered again."""

    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="duplicate_hints")
    other = models.ForeignKey(Thread, on_delete=models.CASCADE, related_name="+")
    #: how alike, from 0 to 100 (content/likeness.py)
    likeness = models.PositiveSmallIntegerField()
    found_at = models.DateTimeField(default=clock.now)
    #: a member who said so; null where a machine did
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    dismissed_at = models.DateTimeField(null=True, blank=True)
    dismissed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = DuplicateHintQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "other"], name="one_hint_per_pair"),
            models.CheckConstraint(name="hint_of_two_threads", condition=~Q(other=F("thread"))),
            models.CheckConstraint(name="hint_likeness", condition=Q(likeness__lte=100)),
        ]
        indexes = [
            # read by: the moderators' queue, newest first
            models.Index(fields=["-found_at", "-id"], name="hint_waiting", condition=Q(dismissed_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} like {self.other_id}"
