"""The audit log: every staff action has a row; its free text lives apart, so that erasure can reach it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.users import User
from community.roles import Role


class AuditEntry(models.Model):
    """Who did what to which object, and when. Ids and enums only."""

    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_role = models.CharField(max_length=10, choices=Role)
    verb = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = [
            # read by: "what was done to this thing"
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_object")
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_kind} {self.object_id}"


class AuditNote(models.Model):
    """The reason given, or the old wording: erasable."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.CASCADE, related_name="note")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text
