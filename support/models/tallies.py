"""How many tickets there are of each sort, counted as they change: a list of a million says its number at once."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from community.models import User
from community.roles import Role
from support.models.desk import TeamMember
from support.models.queues import Queue
from support.models.time import Priority

SORTED_BY = ("queue_id", "status", "priority", "assignee_id", "board_id", "channel")


class TicketTallyQuerySet(models.QuerySet["TicketTally"]):
    def worked_by(self, user: User | AnonymousUser) -> "TicketTallyQuerySet":
        """Of the tickets that `Ticket.objects.worked_by` gives this person."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        if Role.ADMIN in user.effective_roles:
            return self
        if Role.AGENT not in user.effective_roles:
            return self.none()
        teams = TeamMember.objects.filter(person=user).values("team")
        queues = Queue.objects.filter(Q(team__isnull=True) | Q(team__in=teams))
        return self.filter(Q(queue_id__in=queues.values("pk")) | Q(assignee_id=user.pk))


class TicketTally(models.Model):
    """So many tickets are like this: the sum of all rows that say the same.

    Triggers (migration `desk_counts`) add a row for each change; nobody waits for anybody. The worker folds them into
    one row of each sort (`is_base`), in one statement: whoever reads sees either, and the sum is exact at any moment.
    Plain numbers, no keys: a tally holds nothing alive.
    """

    queue_id = models.BigIntegerField()
    status = models.CharField(max_length=10)
    priority = models.CharField(max_length=8, choices=Priority)
    assignee_id = models.BigIntegerField(null=True, blank=True)
    board_id = models.BigIntegerField(null=True, blank=True)
    channel = models.CharField(max_length=8)
    count = models.IntegerField()
    is_base = models.BooleanField(default=False, db_default=False)

    objects = TicketTallyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=list(SORTED_BY), condition=Q(is_base=True), nulls_distinct=False, name="one_base_tally"
            )
        ]
        indexes = [
            # read by: folding
            models.Index(fields=["id"], condition=Q(is_base=False), name="tally_loose"),
        ]

    def __str__(self) -> str:
        return f"{self.count} {self.status} in {self.queue_id}"
