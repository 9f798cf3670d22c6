"""Acts about many posts at once, which one press takes back; and the brake on what new members post."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.answers import Answer
from community.models.threads import Thread
from community.models.users import User


class BulkAct(models.Model):
    """Many posts hidden in one act: chosen by a moderator, or all those of somebody who was banned."""

    class Kind(models.TextChoices):
        HIDE = "hide", _("hidden together")
        BAN = "ban", _("banned")

    kind = models.CharField(max_length=5, choices=Kind)
    #: who was banned, or whose posts these all are; null where they are of several people
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="bulk_acts")
    #: the act whose press banned this person too; taking that one back takes this one back
    part_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts")
    #: of a ban: whether all the person's posts went out of sight with it, and whether they could sign in before
    hides_posts = models.BooleanField(default=True)
    was_active = models.BooleanField(default=True)
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(kind="ban", undone_at__isnull=True), name="one_ban_per_person"
            ),
            models.CheckConstraint(name="ban_of_somebody", condition=~Q(kind="ban") | Q(person__isnull=False)),
        ]
        indexes = [
            # read by: what was done to many posts at once, newest first
            models.Index(fields=["-id"], name="bulk_latest", condition=Q(part_of__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class BulkItem(models.Model):
    """One post that the act hid. What was hidden already is not among them."""

    act = models.ForeignKey(BulkAct, on_delete=models.CASCADE, related_name="items")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["act", "thread", "answer"], nulls_distinct=False, name="one_item_per_act_and_post"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act_id}: {self.thread_id}/{self.answer_id}"


class Brake(models.Model):
    """While one is in force, what new members post is held for a look. It ends by itself at `ends_at`."""

    started_at = models.DateTimeField(default=clock.now)
    #: null: their rate of posting started it
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ends_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="brake_ends_after_it_starts", condition=Q(ends_at__gt=F("started_at"))),
        ]
        indexes = [
            # read by: whether a brake is in force
            models.Index(fields=["-ends_at"], name="brake_latest")
        ]

    def __str__(self) -> str:
        return f"until {self.ends_at}"
