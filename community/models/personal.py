"""A person's right to what is kept about them, and to have it forgotten: archives asked for, and accounts erased."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from community import clock
from community.models.users import User


class DataExportQuerySet(models.QuerySet["DataExport"]):
    def visible_to(self, user: User | AnonymousUser) -> "DataExportQuerySet":
        """One's own; nobody else's, whatever their role."""
        return self.filter(person=user) if isinstance(user, User) else self.none()


class DataExport(models.Model):
    """One archive of everything that refers to a person. The file is theirs alone, and goes after a week."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="data_exports")
    asked_at = models.DateTimeField(default=clock.now)
    started_at = models.DateTimeField(null=True, blank=True)
    #: how many kinds of rows are in it so far, of how many: what the page shows meanwhile
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    #: in the folder DATA_DIR/exports, under a name nobody can guess
    file_name = models.CharField(max_length=80, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    #: swept after its week, or withdrawn
    removed_at = models.DateTimeField(null=True, blank=True)

    objects = DataExportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ready_at__isnull=True, failed_at__isnull=True, removed_at__isnull=True),
                name="one_export_at_a_time",
            ),
        ]
        indexes = [
            # read by: the page of one's data, and the limit of one a day
            models.Index(fields=["person", "-id"], name="export_of_person"),
            # read by: the job that makes them
            models.Index(
                fields=["id"],
                name="export_waiting",
                condition=Q(ready_at__isnull=True, failed_at__isnull=True, removed_at__isnull=True),
            ),
            # read by: the sweep of what is over
            models.Index(
                fields=["ready_at"], name="export_kept", condition=Q(ready_at__isnull=False, removed_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.asked_at:%Y-%m-%d}"


class Erasure(models.Model):
    """An account that was closed for good. The person is gone with this row; their traces elsewhere follow in portions.

    `place` is how far the portions are, so that a killed worker goes on where it was.
    """

    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="erasure")
    #: null for a person's own wish, and for one that was done again after a restore
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    place = models.CharField(max_length=120, blank=True)
    #: how many rows were written anew
    changed = models.PositiveIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            # read by: the job that goes on with them
            models.Index(fields=["id"], name="erasure_open", condition=Q(finished_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.started_at:%Y-%m-%d}"


class ErasureWords(models.Model):
    """What is looked for: the names and addresses the person had. Gone as soon as the erasure is finished."""

    erasure = models.OneToOneField(Erasure, on_delete=models.CASCADE, related_name="words")
    #: see content/names.py
    names = models.JSONField()

    def __str__(self) -> str:
        return str(self.erasure_id)
