"""The audit log: every staff action has a row; its free text lives apart, so that erasure can reach it."""

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from community.models.users import User
from community.roles import Role


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> "AuditEntryQuerySet":
        """Admins see what was done, and why; moderators what was done in the community."""
        roles = user.effective_roles if isinstance(user, User) else frozenset()
        if Role.ADMIN in roles:
            return self
        if Role.MODERATOR in roles:
            return self.exclude(object_kind__in=settings.AUDITED_FOR_ADMINS)
        return self.none()


class AuditEntry(models.Model):
    """Who did what to which object, and when. Ids and enums only."""

    actor = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    actor_role = models.CharField(max_length=10, choices=Role)
    verb = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40)
    object_id = models.BigIntegerField()
    occurred_at = models.DateTimeField()

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        indexes = [
            # read by: "what was done to this thing"
            models.Index(fields=["object_kind", "object_id", "-id"], name="audit_object"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.object_kind} {self.object_id}"


class AuditNote(models.Model):
    """The reason given, or the old wording: erasable."""

    entry = models.OneToOneField(AuditEntry, on_delete=models.CASCADE, related_name="note")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text
