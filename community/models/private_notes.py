"""What an asker tells staff alone, beside a question everybody reads: a serial number, an address."""

from django.contrib.auth.models import AnonymousUser
from django.db import models

from community import clock
from community.models.threads import Thread
from community.models.users import User
from community.roles import STAFF


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    def visible_to(self, user: User | AnonymousUser) -> "PrivateNoteQuerySet":
        """Whoever wrote it, and staff who see the question."""
        if not isinstance(user, User):
            return self.none()
        if user.effective_roles & STAFF:
            threads = Thread.objects.visible_to(user).order_by().values("pk")
            return self.filter(thread__in=threads)
        return self.filter(author=user)


class PrivateNote(models.Model):
    """Words for staff alone. Never in a search, a feed, a mail or a page cache."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="private_notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="private_notes")
    text = models.TextField(max_length=4000)
    written_at = models.DateTimeField(default=clock.now)
    read_at = models.DateTimeField(null=True, blank=True)
    read_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        indexes = [
            # read by: a thread's page, for its asker and staff
            models.Index(fields=["thread", "id"], name="private_note_thread")
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} by {self.author_id}"
