"""Notifications: one event for one person."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.users import User


class Notification(models.Model):
    """One event for one person; unique, so a retried fan-out cannot double it. No foreign key to the event.

    The kind's entry in settings.NOTIFIABLES renders it, and asks `visible_to` again whenever it is shown.
    """

    event_kind = models.CharField(max_length=40)
    event_id = models.BigIntegerField()
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    reason = models.CharField(max_length=20)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["event_kind", "event_id", "recipient"], name="one_notice_per_event_and_person"
            )
        ]
        indexes = [
            # read by: the inbox, newest first
            models.Index(fields=["recipient", "-id"], name="notification_inbox"),
            # read by: the unread badge
            models.Index(fields=["recipient"], name="notification_unread", condition=models.Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.event_kind} {self.event_id} for {self.recipient_id}"
