"""What is said in a ticket. What is public and what is internal stand in different tables, and share nothing."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models import User
from community.roles import Role
from support.models.queues import PrivateField
from support.models.tickets import Status, Ticket

if TYPE_CHECKING:
    from django.db.models.fields.files import FieldFile


class TicketMessage(models.Model):
    """The public part: what the customer and staff say to each other."""

    class Via(models.TextChoices):
        PAGE = "page", _("on the site")
        MAIL = "mail", _("by e-mail")
        THREAD = "thread", _("in the question")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="messages")
    position = models.PositiveIntegerField()
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ticket_messages")
    author_role = models.CharField(max_length=10, choices=Role, default=Role.CUSTOMER)
    #: written as staff, by whoever works on the ticket
    is_staff = models.BooleanField()
    via = models.CharField(max_length=6, choices=Via, default=Via.PAGE)
    body = models.TextField(_("text"))
    body_html = models.TextField(editable=False)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    sent_at = models.DateTimeField(default=clock.now)
    #: the one-time key of the form it was sent with; "" for what came another way
    key = models.CharField(max_length=64, blank=True, default="", editable=False)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            # read by: a ticket's page
            models.UniqueConstraint(fields=["ticket", "position"], name="one_message_per_place"),
            # a double click writes once
            models.UniqueConstraint(fields=["author", "key"], condition=~Q(key=""), name="one_message_per_key"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}:{self.position}"


class TicketNote(models.Model):
    """The internal part: among those who work on it. No mail and no customer's page ever reads this table."""

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ticket_notes")
    body = models.TextField(_("note"))
    body_html = models.TextField(editable=False)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    noted_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("internal note")
        verbose_name_plural = _("internal notes")
        indexes = [
            # read by: an agent's page of a ticket
            models.Index(fields=["ticket", "id"], name="note_of_ticket")
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} by {self.author_id}"


class PendingReply(models.Model):
    """A reply that was sent a moment ago and can still be taken back; the worker lets it leave at `leaves_at`.

    Until then nothing has happened: no message, no mail, no promise met. One of an agent and ticket at a time.
    """

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="pending")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    body = models.TextField()
    #: where the ticket goes with it: a Status, and for on hold until when
    then_status = models.CharField(max_length=10, choices=Status)
    held_until = models.DateTimeField(null=True, blank=True)
    #: by which door it came, and of a mail what tells it from all others: the message keeps both
    via = models.CharField(max_length=6, choices=TicketMessage.Via, default=TicketMessage.Via.PAGE)
    key = models.CharField(max_length=64, blank=True, default="", editable=False)
    sent_at = models.DateTimeField()
    leaves_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "author"], name="one_pending_reply")]
        indexes = [
            # read by: the worker, who lets them leave
            models.Index(fields=["leaves_at"], name="pending_leaves"),
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id} by {self.author_id}"


class TicketDraft(models.Model):
    """What an agent is writing; a reply, a note and an outcome never share one."""

    class Kind(models.TextChoices):
        REPLY = "reply", _("reply")
        NOTE = "note", _("internal note")
        OUTCOME = "outcome", _("outcome for the community")

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="drafts")
    author = models.ForeignKey(User, on_delete=models.CASCADE, related_name="ticket_drafts")
    kind = models.CharField(max_length=8, choices=Kind)
    body = models.TextField()
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "author", "kind"], name="one_draft_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.kind} {self.ticket_id} by {self.author_id}"


class TicketAttachmentQuerySet(models.QuerySet["TicketAttachment"]):
    def visible_to(self, user: User | AnonymousUser) -> "TicketAttachmentQuerySet":
        """Of the public part to whoever sees the ticket, all to those who work on it; loose ones to their owner."""
        if not isinstance(user, User):
            return self.none()
        ticket = Ticket.objects.filter(pk=OuterRef("ticket_id"))
        return self.filter(
            Q(Exists(ticket.visible_to(user)), note__isnull=True, message__isnull=False)
            | Q(Exists(ticket.worked_by(user)))
            | Q(ticket__isnull=True, uploader=user)
        )


class TicketAttachment(models.Model):
    """A private file: asked again at every fetch who may have it. Images are drawn anew, as everywhere."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Image")
        TEXT = "text", _("Text file")

    uploader = models.ForeignKey(User, on_delete=models.PROTECT, related_name="ticket_attachments")
    #: null: in no ticket yet
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    message = models.ForeignKey(
        TicketMessage, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments"
    )
    note = models.ForeignKey(TicketNote, on_delete=models.PROTECT, null=True, blank=True, related_name="attachments")
    pending = models.ForeignKey(
        PendingReply, on_delete=models.SET_NULL, null=True, blank=True, related_name="attachments"
    )
    kind = models.CharField(max_length=5, choices=Kind)
    name = models.CharField(max_length=100)
    file: "FieldFile" = models.FileField(upload_to="tickets/%Y/%m", max_length=200)  # type: ignore[assignment]
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField(null=True, blank=True)
    height = models.PositiveIntegerField(null=True, blank=True)
    uploaded_at = models.DateTimeField(default=clock.now)

    objects = TicketAttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a ticket")
        verbose_name_plural = _("files of tickets")
        constraints = [
            models.CheckConstraint(
                name="file_of_message_or_note", condition=Q(message__isnull=True) | Q(note__isnull=True)
            ),
            models.CheckConstraint(
                name="file_in_a_ticket",
                condition=Q(ticket__isnull=False) | Q(message__isnull=True, note__isnull=True, pending__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("ticket_file", args=[self.pk, self.name])


class TicketValue(models.Model):
    """A private detail the customer gave: stands on the ticket and nowhere else."""

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="values")
    field = models.ForeignKey(PrivateField, on_delete=models.PROTECT, related_name="+")
    value = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["ticket", "field"], name="one_value_per_field")]

    def __str__(self) -> str:
        return f"{self.field_id} of {self.ticket_id}"
