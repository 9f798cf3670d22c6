"""The customer's voice about solved threads, and what the company hears every week."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Thread, User
from community.models.solutions import ResolutionClass
from support.models.ratings import TicketRating
from support.models.reuse import sees_figures


class SolvedRating(models.Model):
    """How it went, asked once of the asker after a thread was solved and never in the way.

    `score` null as long as nothing was said; `asked_at` null where it was left out, because this person was asked
    something else lately.
    """

    Score = TicketRating.Score

    thread = models.OneToOneField(Thread, on_delete=models.PROTECT, related_name="solved_rating")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    #: how it was solved, when it was asked
    resolution_class = models.CharField(max_length=10, choices=ResolutionClass)
    offered_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True, blank=True)
    score = models.PositiveSmallIntegerField(choices=TicketRating.Score, null=True, blank=True)
    words = models.TextField(max_length=2000, blank=True)
    rated_at = models.DateTimeField(null=True, blank=True)
    is_simulated = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("rating of a solution")
        verbose_name_plural = _("ratings of solutions")
        constraints = [
            models.CheckConstraint(
                name="solved_rating_has_its_time",
                condition=Q(score__isnull=True, rated_at__isnull=True) | Q(score__range=(1, 5), rated_at__isnull=False),
            )
        ]
        indexes = [
            # read by: the customers' voice of a period
            models.Index(fields=["offered_at"], name="solved_rating_when"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}: {self.score}"


class WeeklyReportQuerySet(models.QuerySet["WeeklyReport"]):
    def visible_to(self, user: User | AnonymousUser) -> "WeeklyReportQuerySet":
        return self if sees_figures(user) else self.none()


class WeeklyReport(models.Model):
    """What the company hears in one week: trends, issues, wants, praise, promises. Numbers and ids only, and of words
    that rise their stems, each written by at least four people (support/reading/weekly.py).

    Titles and names are looked up when it is read, by whoever reads it; a word is told only as long as a question that
    may be seen has it.
    """

    #: its Monday, in the site's time zone
    week = models.DateField(unique=True)
    made_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    findings: Any = models.JSONField(default=dict)

    objects = WeeklyReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly report")
        verbose_name_plural = _("weekly reports")

    def __str__(self) -> str:
        return f"{self.week}"
