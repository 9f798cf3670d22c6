"""What happened to a ticket, append-only; and the promises that run, pause and end with it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models import User
from community.models.changes import CurrentTransaction
from community.roles import Role
from support.models.queues import Queue
from support.models.talk import TicketMessage
from support.models.tickets import Status, Ticket
from support.models.time import Priority


class TicketEvent(models.Model):
    """One thing that happened. Ids, enums and times only; a trigger (migration `desk_rules`) refuses any change."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        WROTE = "wrote", _("the customer wrote")
        REPLIED = "replied", _("replied")
        NOTED = "noted", _("noted")
        CLAIMED = "claimed", _("took it")
        ASSIGNED = "assigned", _("assigned it")
        RELEASED = "released", _("gave it back to the queue")
        RETURNED = "returned", _("went back to the queue unanswered")
        MOVED = "moved", _("moved it to another queue")
        PRIORITISED = "prioritised", _("changed the priority")
        RETAGGED = "retagged", _("changed the tags")
        STARTED = "started", _("opened it for work")
        WAITED = "waited", _("waits for the customer")
        HELD = "held", _("put it on hold")
        WOKEN = "woken", _("woke up")
        RESOLVED = "resolved", _("resolved it")
        CLOSED = "closed", _("closed it")
        REOPENED = "reopened", _("reopened it")
        NO_REPLY = "no_reply", _("needs no reply")
        MERGED = "merged", _("merged it into another")
        TOOK_IN = "took_in", _("took another one in")
        UNMERGED = "unmerged", _("took the merge back")
        SPLIT = "split", _("split messages off")
        SPLIT_FROM = "split_from", _("was split off another")
        COPIED = "copied", _("put somebody in copy")
        UNCOPIED = "uncopied", _("took somebody out of copy")
        WARNED = "warned", _("a promise is nearly due")
        BREACHED = "breached", _("a promise was broken")
        GAVE_BACK = "gave_back", _("gave the question back to the community")
        PUBLISHED = "published", _("published the outcome")
        WITHHELD = "withheld", _("did not publish the outcome")
        SOLVED_BY_PEERS = "solved_by_peers", _("the community solved it")
        RATED = "rated", _("said how it went")
        UNRELATED = "unrelated", _("marked it as about something else")
        RELATED = "related", _("took back that it is about something else")

    xid = models.BigIntegerField(db_default=CurrentTransaction(), editable=False)
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind)
    #: null: by itself
    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    actor_role = models.CharField(max_length=10, choices=Role)
    #: whom it is about: the agent assigned, the person in copy
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    message = models.ForeignKey(TicketMessage, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: the other ticket of a merge or split
    other = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: as they are after it
    status = models.CharField(max_length=10, choices=Status)
    priority = models.CharField(max_length=8, choices=Priority)
    #: which promise: first_reply, next_reply, solution
    promise = models.CharField(max_length=12, blank=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            # read by: whoever follows what happens to tickets, in order
            models.Index(fields=["xid", "id"], name="ticket_event_order"),
            # read by: a ticket's history
            models.Index(fields=["ticket", "id"], name="ticket_event_of"),
            # read by: reports of a period
            models.Index(fields=["kind", "occurred_at"], name="ticket_event_when"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id}"


class SlaClock(models.Model):
    """One promise to one customer, in business time. At most one of a kind runs for a ticket.

    `minutes` is what was promised, `used` the seconds of business time already gone when it was last paused or started.
    Runs: `started_at` set, `due_at` says when it ends. Paused: `due_at` null. Ends as met, broken (and maybe met
    later), or dropped (what was promised no longer matters).
    """

    class Kind(models.TextChoices):
        FIRST_REPLY = "first_reply", _("First reply")
        NEXT_REPLY = "next_reply", _("Next reply")
        SOLUTION = "solution", _("Solution")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="clocks")
    kind = models.CharField(max_length=12, choices=Kind)
    minutes = models.PositiveIntegerField()
    #: when the promise was given; never moves
    began_at = models.DateTimeField(default=clock.now)
    #: when it last began to run
    started_at = models.DateTimeField(null=True, blank=True)
    used = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)
    warns_at = models.DateTimeField(null=True, blank=True)
    warned_at = models.DateTimeField(null=True, blank=True)
    breached_at = models.DateTimeField(null=True, blank=True)
    #: kept, or too late but done
    met_at = models.DateTimeField(null=True, blank=True)
    dropped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "kind"],
                condition=Q(met_at__isnull=True, dropped_at__isnull=True),
                name="one_running_promise_of_a_kind",
            ),
            models.CheckConstraint(
                name="promise_ends_once", condition=Q(met_at__isnull=True) | Q(dropped_at__isnull=True)
            ),
            models.CheckConstraint(
                name="promise_runs_or_rests",
                condition=Q(started_at__isnull=True, due_at__isnull=True)
                | Q(started_at__isnull=False, due_at__isnull=False),
            ),
        ]
        indexes = [
            # read by: breaches, as they come due
            models.Index(
                fields=["due_at"],
                name="promise_due",
                condition=Q(met_at=None, dropped_at=None, breached_at=None, due_at__isnull=False),
            ),
            # read by: warnings
            models.Index(
                fields=["warns_at"],
                name="promise_warns",
                condition=Q(met_at=None, dropped_at=None, warned_at=None, warns_at__isnull=False),
            ),
            # read by: reports of a period
            models.Index(fields=["began_at"], name="promise_when"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.ticket_id}"
