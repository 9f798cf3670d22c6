"""Escalations: how a question came to staff, what was carried over, and what became of it."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models import Answer, Board, Thread, User
from community.roles import Role
from support.models.tickets import Ticket
from support.models.time import Calendar


class EscalationReason(models.TextChoices):
    UNANSWERED = "unanswered", _("Nobody answered")
    UNSOLVED = "unsolved", _("The answers did not solve it")
    ACCOUNT = "account", _("It needs a look at an account, an order or a device")
    DEFECT = "defect", _("It looks like a defect of ours")
    SAFETY = "safety", _("Somebody could come to harm")
    UNHAPPY = "unhappy", _("The customer is unhappy")
    OTHER = "other", _("Something else")


class EscalationQuerySet(models.QuerySet["Escalation"]):
    def visible_to(self, user: User | AnonymousUser) -> "EscalationQuerySet":
        """Those of tickets this person works on. That a question was escalated says the question itself."""
        return self.filter(ticket__in=Ticket.objects.worked_by(user).order_by().values("pk"))


class Escalation(models.Model):
    """The act: this question became this ticket. At most one of a question is open: the asker's."""

    class Way(models.TextChoices):
        STAFF = "staff", _("by staff")
        ASKER = "asker", _("by the asker")
        POLICY = "policy", _("by itself")

    class End(models.TextChoices):
        RESOLVED = "resolved", _("staff solved it")
        PEERS = "peers", _("the community solved it")
        GAVE_BACK = "gave_back", _("given back to the community")
        CLOSED = "closed", _("closed without a solution")

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="escalations")
    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="escalations")
    way = models.CharField(max_length=6, choices=Way)
    reason = models.CharField(max_length=10, choices=EscalationReason)
    #: null: by policy
    escalated_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: highest role then
    role = models.CharField(max_length=10, choices=Role)
    run = models.ForeignKey("EscalationRun", on_delete=models.PROTECT, null=True, blank=True, related_name="made")
    escalated_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_how = models.CharField(max_length=9, choices=End, blank=True)
    is_simulated = models.BooleanField(default=False)

    objects = EscalationQuerySet.as_manager()

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints = [
            models.UniqueConstraint(
                fields=["thread"], condition=Q(ended_at__isnull=True), name="one_open_escalation_per_thread"
            ),
            models.CheckConstraint(
                name="escalation_ended_how",
                condition=Q(ended_at__isnull=True, ended_how="") | (Q(ended_at__isnull=False) & ~Q(ended_how="")),
            ),
            models.CheckConstraint(
                name="escalation_by_somebody_or_policy",
                condition=Q(way="policy", escalated_by__isnull=True)
                | (~Q(way="policy") & Q(escalated_by__isnull=False)),
            ),
        ]
        indexes = [
            # read by: reports of a period
            models.Index(fields=["escalated_at"], name="escalation_when"),
        ]

    def __str__(self) -> str:
        return f"{self.thread_id} to {self.ticket_id}"


class EscalationWords(models.Model):
    """Why, in words: beside the act, where erasure reaches it."""

    escalation = models.OneToOneField(Escalation, on_delete=models.CASCADE, primary_key=True, related_name="said")
    text = models.TextField(max_length=2000)

    def __str__(self) -> str:
        return self.text[:40]


class Carried(models.Model):
    """What a ticket took along, so that the customer need not begin again: as it was then.

    `tags` are words, `tried` the ids of answers that did not solve it, `read` the ids of questions that were suggested
    and opened before asking.
    """

    ticket = models.OneToOneField(Ticket, on_delete=models.CASCADE, primary_key=True, related_name="carried")
    title = models.CharField(max_length=200)
    body = models.TextField()
    body_html = models.TextField(editable=False)
    product_version = models.CharField(max_length=60, blank=True)
    tags = models.JSONField(default=list)
    tried = models.JSONField(default=list)
    read = models.JSONField(default=list)
    carried_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.title


class Outcome(models.Model):
    """What the community was told of how it ended, or why not."""

    class Withheld(models.TextChoices):
        PRIVATE = "private", _("It was about this one customer")
        KNOWN = "known", _("The solution stands in the question already")
        SECURITY = "security", _("It could be misused")
        NOTHING = "nothing", _("There is nothing to tell")

    ticket = models.ForeignKey(Ticket, on_delete=models.PROTECT, related_name="outcomes")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="outcomes")
    #: what was published
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    withheld_for = models.CharField(max_length=8, choices=Withheld, blank=True)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("outcome")
        verbose_name_plural = _("outcomes")
        constraints = [
            models.CheckConstraint(
                name="outcome_published_or_withheld",
                condition=Q(answer__isnull=False, withheld_for="") | (Q(answer__isnull=True) & ~Q(withheld_for="")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}"


class EscalationPolicy(models.Model):
    """When questions of a board come to staff by themselves. Off until an administrator has looked at a preview."""

    board = models.OneToOneField(Board, on_delete=models.CASCADE, primary_key=True, related_name="escalation_policy")
    is_on = models.BooleanField(_("on"), default=False)
    #: hours of business time; null: never for this
    unanswered_after = models.PositiveIntegerField(_("no reply for (business hours)"), null=True, blank=True)
    unsolved_after = models.PositiveIntegerField(
        _("unsolved after the last reply for (business hours)"), null=True, blank=True
    )
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="+")
    #: days; what is older stays with the community
    oldest = models.PositiveSmallIntegerField(_("oldest question (days)"), default=7)
    most = models.PositiveSmallIntegerField(_("at most in one run"), default=50)
    #: codes; empty: every language
    languages = models.JSONField(_("languages"), default=list, blank=True)
    changed_at = models.DateTimeField(default=clock.now)
    previewed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("escalation by itself")
        verbose_name_plural = _("escalations by themselves")
        constraints = [
            models.CheckConstraint(
                name="policy_previewed_first",
                # an unknown answer would pass: that there was a preview is asked by itself
                condition=Q(is_on=False) | Q(previewed_at__isnull=False, previewed_at__gte=F("changed_at")),
            ),
            models.CheckConstraint(name="policy_within_caps", condition=Q(most__lte=50, oldest__lte=7)),
        ]

    def __str__(self) -> str:
        return str(self.board)


class EscalationRun(models.Model):
    """One round of the policies, or a dry one that only looked."""

    #: null: all boards that are on
    board = models.ForeignKey(Board, on_delete=models.PROTECT, null=True, blank=True, related_name="escalation_runs")
    is_dry = models.BooleanField()
    #: null: by itself
    started_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(default=clock.now)
    finished_at = models.DateTimeField(null=True, blank=True)
    looked_at = models.PositiveIntegerField(default=0)
    escalated = models.PositiveIntegerField(default=0)
    #: by Verdict: how many
    counts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("escalation run")
        verbose_name_plural = _("escalation runs")
        indexes = [
            # read by: the history of runs
            models.Index(fields=["-started_at"], name="escalation_run_when"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M}"


class EscalationRunItem(models.Model):
    """What a run said of one question; of a dry one, what it would do."""

    class Verdict(models.TextChoices):
        ESCALATED = "escalated", _("escalated")
        CAPPED = "capped", _("left for the next run: enough for this one")
        LANGUAGE = "language", _("not in a language of this desk")
        PERIOD = "period", _("the product is out of support")
        ENTITLED = "entitled", _("the asker has no support for it")
        INACTIVE = "inactive", _("the asker is not there any more")
        KNOWN_ISSUE = "known_issue", _("a known issue covers it")
        OPEN = "open", _("staff have it already")
        OVERTAKEN = "overtaken", _("something happened meanwhile")

    run = models.ForeignKey(EscalationRun, on_delete=models.CASCADE, related_name="items")
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    verdict = models.CharField(max_length=11, choices=Verdict)
    reason = models.CharField(max_length=10, choices=EscalationReason, blank=True)

    class Meta:
        constraints = [
            # read by: a run's page
            models.UniqueConstraint(fields=["run", "thread"], name="one_verdict_per_run")
        ]

    def __str__(self) -> str:
        return f"{self.thread_id}: {self.verdict}"


class SupportPeriod(models.Model):
    """While a board's product is supported. Boards without rows are supported."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="support_periods")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("support period")
        verbose_name_plural = _("support periods")
        constraints = [
            models.CheckConstraint(
                name="support_ends_later", condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.board_id} {self.starts_at:%Y-%m-%d}"


class Entitlement(models.Model):
    """A person's right to support on a board. On boards without any rows everybody is entitled."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="entitlements")
    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="entitlements")
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        verbose_name = _("entitlement")
        verbose_name_plural = _("entitlements")
        constraints = [
            models.CheckConstraint(
                name="entitlement_ends_later", condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at"))
            )
        ]
        indexes = [
            # read by: whether somebody is entitled
            models.Index(fields=["board", "person"], name="entitlement_of")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} on {self.board_id}"
