"""What imports leave behind: who people were there, what came from where, and the old addresses."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.answers import Answer
from community.models.boards import Board, Tag
from community.models.threads import Thread
from community.models.users import User


class ImportRun(models.Model):
    """One run of an import, with what it counted; resumable until `finished_at`."""

    source = models.CharField(max_length=60)
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M}"


class ImportedIdentity(models.Model):
    """A person as the source knew them. `user` holds their posts: a placeholder until claimed.

    Claimed by a verified address where the archive has one, else approved by an admin.
    """

    source = models.CharField(max_length=60)
    external_id = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    address_key = models.CharField(max_length=254, blank=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="imported_identities")
    claimed_at = models.DateTimeField(null=True, blank=True)
    claim_approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("imported person")
        verbose_name_plural = _("imported people")
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="one_identity_per_source")]

    def __str__(self) -> str:
        return f"{self.name} ({self.source})"


class ImportedItem(models.Model):
    """One thread or answer as it came: a later run compares hashes, and leaves local work alone."""

    source = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)
    external_id = models.CharField(max_length=200)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    #: of the source's row, to see whether it changed there
    source_hash = models.CharField(max_length=64)
    #: our version after the import wrote it; a higher one means somebody edited here
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "kind", "external_id"], name="one_item_per_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.kind} {self.external_id}"


class OldAddress(models.Model):
    """A path of the old site and what it leads to now (answered with 301)."""

    path = models.CharField(max_length=500, unique=True)
    thread = models.ForeignKey(Thread, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    person = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="+")

    def __str__(self) -> str:
        return self.path
