"""Tickets: one customer's matter in staff's hands, who sees it, and where it stands."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from taggit.managers import TaggableManager
from taggit.models import ItemBase, TagBase

from community import clock
from community.models import Board, FormSession, Thread, User
from community.roles import Role
from support.models.desk import TeamMember
from support.models.queues import Queue
from support.models.time import Priority


class Status(models.TextChoices):
    NEW = "new", pgettext_lazy("state of a ticket", "New")
    OPEN = "open", pgettext_lazy("state of a ticket", "Open")
    WAITING = "waiting", pgettext_lazy("state of a ticket", "Waiting for the customer")
    ON_HOLD = "on_hold", pgettext_lazy("state of a ticket", "On hold")
    RESOLVED = "resolved", pgettext_lazy("state of a ticket", "Resolved")
    CLOSED = "closed", pgettext_lazy("state of a ticket", "Closed")


#: Every move there is; whoever wants another is refused (actions/moves.py). Closed is the end: what comes then is a
#: new ticket; only undoing a merge leads back from there.
MOVES: Mapping[Status, frozenset[Status]] = {
    Status.NEW: frozenset({Status.OPEN, Status.WAITING, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED}),
    Status.OPEN: frozenset({Status.WAITING, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED}),
    Status.WAITING: frozenset({Status.OPEN, Status.ON_HOLD, Status.RESOLVED, Status.CLOSED}),
    Status.ON_HOLD: frozenset({Status.OPEN, Status.WAITING, Status.RESOLVED, Status.CLOSED}),
    Status.RESOLVED: frozenset({Status.OPEN, Status.CLOSED}),
    Status.CLOSED: frozenset(),
}
#: Still somebody's work.
UNDONE = (Status.NEW, Status.OPEN, Status.WAITING, Status.ON_HOLD)


class Channel(models.TextChoices):
    """By which door a ticket came."""

    THREAD = "thread", _("From a question")
    FORM = "form", _("Contact form")
    MAIL = "mail", _("E-mail")
    STAFF = "staff", _("Opened by staff")


class TicketQuerySet(models.QuerySet["Ticket"]):
    def visible_to(self, user: User | AnonymousUser) -> "TicketQuerySet":
        """One's own (asked, or in copy); agents: those of their teams' queues, of queues that are everybody's, and
        those assigned to them; administrators all. Moderators none but their own."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self if Role.ADMIN in user.effective_roles else self.filter(_own(user) | _worked_by(user))

    def worked_by(self, user: User | AnonymousUser) -> "TicketQuerySet":
        """Those this person works on as an agent or administrator: never merely because they asked them."""
        if not isinstance(user, User) or not user.is_active:
            return self.none()
        return self if Role.ADMIN in user.effective_roles else self.filter(_worked_by(user))

    def of_customer(self, user: User | AnonymousUser) -> "TicketQuerySet":
        """One's own, as a customer sees them: asked, or in copy."""
        return self.filter(_own(user)) if isinstance(user, User) and user.is_active else self.none()

    def undone(self) -> "TicketQuerySet":
        return self.filter(status__in=UNDONE)


def _own(user: User) -> Q:
    return Q(requester=user) | Q(Exists(TicketCc.objects.filter(ticket=OuterRef("pk"), person=user)))


def _worked_by(user: User) -> Q:
    if Role.AGENT not in user.effective_roles:
        return Q(pk__in=[])
    teams = TeamMember.objects.filter(person=user).values("team")
    return Q(queue__team__isnull=True) | Q(queue__team__in=teams) | Q(assignee=user)


class TicketTag(TagBase):
    """A word that gathers tickets; never shown to customers."""

    class Meta:
        verbose_name = _("tag of tickets")
        verbose_name_plural = _("tags of tickets")


class Ticket(models.Model):
    """One matter. Its requester never changes; its status only by `MOVES`."""

    Status = Status
    Priority = Priority
    Channel = Channel

    subject = models.CharField(_("subject"), max_length=200)
    requester = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tickets")
    queue = models.ForeignKey(Queue, on_delete=models.PROTECT, related_name="tickets")
    board = models.ForeignKey(Board, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    #: the question it came from or names
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets")
    channel = models.CharField(max_length=8, choices=Channel)
    #: the contact form it was written in, where that was counted
    form_session = models.ForeignKey(
        FormSession, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.NEW)
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NORMAL)
    language = models.CharField(max_length=10, blank=True)
    product_version = models.CharField(max_length=60, blank=True)
    assignee = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="assigned")
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged")
    is_simulated = models.BooleanField(default=False)

    opened_at = models.DateTimeField(default=clock.now)
    assigned_at = models.DateTimeField(null=True, blank=True)
    first_replied_at = models.DateTimeField(null=True, blank=True)
    #: the customer's last word as long as nobody replied to it; null: nobody waits for us
    customer_waits_since = models.DateTimeField(null=True, blank=True)
    #: on hold: until then
    held_until = models.DateTimeField(null=True, blank=True)
    #: assigned and unanswered: goes back to the queue then
    returns_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    #: resolved: closes then
    closes_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    reopened_count = models.PositiveSmallIntegerField(default=0)
    last_activity_at = models.DateTimeField(default=clock.now)
    #: the earliest of its running promises (SlaClock), kept beside them
    due_at = models.DateTimeField(null=True, blank=True)
    #: positions of its messages are dense, given under the ticket's lock
    last_position = models.PositiveIntegerField(default=0)
    #: grows with every change that a page shows
    version = models.PositiveIntegerField(default=1)

    tags = TaggableManager(through="support.TaggedTicket", blank=True)
    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = _("ticket")
        verbose_name_plural = _("tickets")
        constraints = [
            # however many press at once, the second lands on the same ticket
            models.UniqueConstraint(
                fields=["thread", "requester"],
                condition=Q(thread__isnull=False, status__in=UNDONE, merged_into__isnull=True),
                name="one_open_ticket_per_thread_and_requester",
            ),
            models.CheckConstraint(name="ticket_subject_not_empty", condition=~Q(subject="")),
            models.CheckConstraint(name="ticket_status_known", condition=Q(status__in=Status.values)),
            models.CheckConstraint(
                name="ticket_held_until",
                condition=Q(status="on_hold", held_until__isnull=False)
                | (~Q(status="on_hold") & Q(held_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="ticket_resolved_at",
                condition=Q(status__in=["resolved", "closed"], resolved_at__isnull=False)
                | (~Q(status__in=["resolved", "closed"]) & Q(resolved_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="ticket_closed_at",
                condition=Q(status="closed", closed_at__isnull=False)
                | (~Q(status="closed") & Q(closed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="ticket_merged_is_closed", condition=Q(merged_into__isnull=True) | Q(status="closed")
            ),
            models.CheckConstraint(name="ticket_not_merged_into_itself", condition=~Q(merged_into=F("id"))),
            models.CheckConstraint(
                name="ticket_assigned_at",
                condition=Q(assignee__isnull=True, assigned_at__isnull=True)
                | Q(assignee__isnull=False, assigned_at__isnull=False),
            ),
            models.CheckConstraint(
                name="ticket_returns_while_assigned", condition=Q(returns_at__isnull=True) | Q(assignee__isnull=False)
            ),
        ]
        indexes = [
            # read by: a queue's list and "next ticket", by due time
            models.Index(
                "queue", F("due_at").asc(nulls_last=True), "id", name="ticket_queue_due", condition=Q(status__in=UNDONE)
            ),
            # read by: an agent's own list
            models.Index(
                "assignee",
                F("due_at").asc(nulls_last=True),
                "id",
                name="ticket_assignee_due",
                condition=Q(status__in=UNDONE, assignee__isnull=False),
            ),
            # read by: lists of all queues by due time
            models.Index(F("due_at").asc(nulls_last=True), "id", name="ticket_due", condition=Q(status__in=UNDONE)),
            # read by: what nobody has yet, by due time; "next ticket"
            models.Index(
                F("due_at").asc(nulls_last=True),
                "id",
                name="ticket_free_due",
                condition=Q(status__in=UNDONE, assignee__isnull=True),
            ),
            # read by: lists by status, newest activity first, with what is done
            models.Index("status", F("last_activity_at").desc(), F("id").desc(), name="ticket_status_latest"),
            # read by: "My questions and tickets", the customer beside the ticket
            models.Index("requester", F("last_activity_at").desc(), F("id").desc(), name="ticket_of_customer"),
            # read by: waking what is on hold
            models.Index("held_until", name="ticket_wakes", condition=Q(held_until__isnull=False)),
            # read by: the return timer
            models.Index("returns_at", name="ticket_returns", condition=Q(returns_at__isnull=False)),
            # read by: reports of a period
            models.Index("opened_at", name="ticket_opened"),
            # read by: closing what was resolved
            models.Index("closes_at", name="ticket_closes", condition=Q(closes_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.subject

    def get_absolute_url(self) -> str:
        """The customer's page; agents work at `desk_ticket`."""
        return reverse("ticket", args=[self.pk])

    @property
    def is_undone(self) -> bool:
        return self.status in UNDONE


class TaggedTicket(ItemBase):
    """A tag on a ticket."""

    content_object: Any = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="tagged")
    tag: Any = models.ForeignKey(TicketTag, on_delete=models.CASCADE, related_name="tagged")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["content_object", "tag"], name="one_tag_per_ticket")]


class TicketCc(models.Model):
    """Somebody in copy, apart from the requester: reads the public part, may write, decides nothing."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="ccs")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="in_copy_of")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="one_copy_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in copy of {self.ticket_id}"


class TicketPresence(models.Model):
    """Who has a ticket open, and writes at it; older than a minute means nothing. (A last-seen table.)"""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()
    typed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "person"], name="one_presence_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id} at {self.ticket_id}"
