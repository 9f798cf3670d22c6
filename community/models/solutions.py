"""Solutions: which answer solved it, who said so, and how it was resolved."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.answers import Answer
from community.models.threads import Thread
from community.models.users import User
from community.roles import Role


class ResolutionClass(models.TextChoices):
    """How a thread was resolved, snapshotted at acceptance (deflection.md, "Resolution class")."""

    PEER = "peer", _("Solved by a peer")
    MIXED = "mixed", _("Solved by a peer after a staff answer")
    COMMUNITY = "community", _("Marked by the community")
    MOD = "mod", _("Marked by staff")
    SELF = "self", _("Solved by the asker")
    ASSISTED = "assisted", _("Solved by staff")


class Withdrawal(models.TextChoices):
    """Why a solution is no longer in force; one that was hidden or merged away comes back when that is undone."""

    TAKEN_BACK = "taken_back", _("Taken back")
    REPLACED = "replaced", _("Replaced by another")
    HIDDEN = "hidden", _("Its answer was hidden")
    MERGED = "merged", _("Its question is a duplicate")


class Solution(models.Model):
    """An acceptance. Rows are history: a withdrawn one stays, at most one per thread is in force.

    Migration 0002 adds the composite key (answer, thread) -> Answer(id, thread): the answer is one of this thread.
    """

    Class = ResolutionClass
    Withdrawal = Withdrawal

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="solutions")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="solutions")
    accepted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    accepted_by_role = models.CharField(max_length=10, choices=Role)
    accepted_by_asker = models.BooleanField()
    answer_author_role = models.CharField(max_length=10, choices=Role)
    resolution_class = models.CharField(max_length=10, choices=ResolutionClass)
    accepted_at = models.DateTimeField(default=clock.now)
    #: when we learned of it: later than `accepted_at` where it is accepted again as it was before, or was imported
    recorded_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawal = models.CharField(max_length=10, choices=Withdrawal, blank=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("solution")
        verbose_name_plural = _("solutions")
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=Q(withdrawn_at__isnull=True), name="one_solution_per_thread"
            ),
        ]
        indexes = [
            # read by: "what peers solved lately"
            models.Index(fields=["-accepted_at"], name="solution_latest", condition=Q(withdrawn_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}: {self.answer_id}"


class SolutionMark(models.Model):
    """A trusted member's word that an answer solves a thread whose asker fell silent; three make a solution."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="solution_marks")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="solution_marks")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["thread", "person"], name="one_mark_per_person")]

    def __str__(self) -> str:
        return f"{self.thread_id}: {self.answer_id} by {self.person_id}"


class OutdatedReport(models.Model):
    """One person's report that a solution no longer works, with the version they use."""

    solution = models.ForeignKey(Solution, on_delete=models.PROTECT, related_name="outdated_reports")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    product_version = models.CharField(max_length=60, blank=True)
    reported_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["solution", "person"], name="one_outdated_report_per_person")]

    def __str__(self) -> str:
        return f"{self.solution_id} by {self.person_id}"
