"""Attachments: images and text files people add to their posts."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.answers import Answer
from community.models.threads import Thread
from community.models.users import User

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User | AnonymousUser) -> "AttachmentQuerySet":
        """Those of posts this person may see, and their own that are not in a post yet."""
        rule = Q(Exists(Thread.objects.filter(pk=OuterRef("thread_id")).visible_to(user)), answer__isnull=True) | Q(
            Exists(Answer.objects.filter(pk=OuterRef("answer_id")).visible_to(user))
        )
        if isinstance(user, User):
            rule |= Q(thread__isnull=True, answer__isnull=True, uploader=user)
        return self.filter(rule)


class Attachment(models.Model):
    """One file: an image (re-encoded, without metadata) or a text file (download only)."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Image")
        TEXT = "text", _("Text file")

    uploader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="attachments")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    kind = models.CharField(max_length=5, choices=Kind)
    name = models.CharField(max_length=100)
    file: "FieldFile" = models.FileField(upload_to="attachments/%Y/%m", max_length=200)  # type: ignore[assignment]
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField(default=clock.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("attachment", args=[self.pk, self.name])
