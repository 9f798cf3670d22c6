"""Merges and splits of tickets, kept so that each can be undone exactly."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models import User
from support.models.talk import TicketMessage
from support.models.tickets import Ticket


class TicketRegrouping(models.Model):
    """Two tickets became one, or one two; undone exactly."""

    class Kind(models.TextChoices):
        MERGE = "merge", _("merged")
        SPLIT = "split", _("split")

    kind = models.CharField(max_length=5, choices=Kind)
    #: where the messages came from
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="regroupings")
    #: where they stand now
    target = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="+")
    done_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(default=clock.now)
    #: what the ticket was before it was merged: its status, dates and assignee, ids and enums only
    was = models.JSONField(default=dict)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id} {self.target_id}"


class MovedMessage(models.Model):
    """One message that a merge or split moved, and where it stood."""

    regrouping = models.ForeignKey(TicketRegrouping, on_delete=models.CASCADE, related_name="moved")
    message = models.ForeignKey(TicketMessage, on_delete=models.PROTECT, related_name="+")
    was_position = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regrouping", "message"], name="message_moved_once")]

    def __str__(self) -> str:
        return f"{self.message_id}"
