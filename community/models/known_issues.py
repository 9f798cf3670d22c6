"""Known issues: what staff know to be wrong, said once for everybody."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.boards import Board
from community.models.threads import Thread
from community.models.users import User
from community.roles import STAFF


class KnownIssueQuerySet(models.QuerySet["KnownIssue"]):
    def visible_to(self, user: User | AnonymousUser) -> "KnownIssueQuerySet":
        """Those of boards this person may see, and of the whole site; taken back ones for staff alone."""
        boards = Board.objects.visible_to(user).order_by().values("pk")
        found = self.filter(Q(board__isnull=True) | Q(board__in=boards))
        if isinstance(user, User) and user.effective_roles & STAFF:
            return found
        return found.filter(withdrawn_at__isnull=True)

    def current(self) -> "KnownIssueQuerySet":
        """Neither fixed nor taken back."""
        return self.filter(fixed_at__isnull=True, withdrawn_at__isnull=True)


class KnownIssue(models.Model):
    """One thing that is wrong and known: what it is, what helps meanwhile, and whether it is fixed."""

    #: null: of the whole site
    board = models.ForeignKey(Board, on_delete=models.PROTECT, null=True, blank=True, related_name="known_issues")
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(_("what is known, and what helps meanwhile"))
    body_html = models.TextField(editable=False)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="known_issues")
    opened_at = models.DateTimeField(default=clock.now)
    updated_at = models.DateTimeField(default=clock.now)
    fixed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    person_count = models.PositiveIntegerField(default=0, editable=False)

    objects = KnownIssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("known issue")
        verbose_name_plural = _("known issues")
        constraints = [models.CheckConstraint(name="known_issue_has_a_title", condition=~Q(title=""))]
        indexes = [
            # read by: what stands on home, a board and the ask form
            models.Index(
                fields=["board", "-updated_at"],
                name="known_issue_current",
                condition=Q(fixed_at=None, withdrawn_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("known_issue", args=[self.pk])


class KnownIssueThreadQuerySet(models.QuerySet["KnownIssueThread"]):
    def in_force(self) -> "KnownIssueThreadQuerySet":
        """Questions that are about an issue which is neither fixed nor taken back."""
        return self.filter(unlinked_at__isnull=True, issue__fixed_at__isnull=True, issue__withdrawn_at__isnull=True)


class KnownIssueThread(models.Model):
    """A question that is about it: while the issue is current, the question is not escalated by itself."""

    issue = models.ForeignKey(KnownIssue, on_delete=models.PROTECT, related_name="links")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="known_issue_links")
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField(default=clock.now)
    unlinked_at = models.DateTimeField(null=True, blank=True)
    #: when whoever asked it and whoever shares it were told (notices/known_issues.py)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = KnownIssueThreadQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=Q(unlinked_at__isnull=True), name="one_known_issue_per_thread"
            )
        ]
        indexes = [
            # read by: an issue's page
            models.Index(fields=["issue", "-id"], name="known_issue_threads"),
            # read by: the worker, whom is to be told
            models.Index(fields=["id"], name="known_issue_link_untold", condition=Q(told_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} in {self.issue_id}"


class KnownIssuePerson(models.Model):
    """ "I have this too": told of every update. Such reuse is staff's doing, never counted as peers'."""

    issue = models.ForeignKey(KnownIssue, on_delete=models.PROTECT, related_name="people")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="known_issues_joined")
    #: whether it was pressed in place of asking
    instead_of_asking = models.BooleanField(default=False)
    joined_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issue", "person"], name="one_known_issue_per_person")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.issue_id}"


class KnownIssueUpdate(models.Model):
    """One word to everybody who has it."""

    issue = models.ForeignKey(KnownIssue, on_delete=models.PROTECT, related_name="updates")
    body = models.TextField(_("news"))
    body_html = models.TextField(editable=False)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    said_at = models.DateTimeField(default=clock.now)
    is_fix = models.BooleanField(_("it is fixed"), default=False)
    #: when everybody who has it was told (notices/known_issues.py)
    told_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        indexes = [
            # read by: an issue's page
            models.Index(fields=["issue", "-id"], name="known_issue_updates"),
            # read by: the worker, whom is to be told
            models.Index(fields=["id"], name="known_issue_update_untold", condition=Q(told_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.said_at:%Y-%m-%d}"
