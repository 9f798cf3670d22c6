"""Decisions about posts and accounts with their reasons, appeals against them, and reports of illegal content."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.answers import Answer
from community.models.reviews import Ground, Review
from community.models.threads import Thread
from community.models.users import User
from community.roles import Role


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: User | AnonymousUser) -> "DecisionQuerySet":
        """One's own; moderators and admins see all."""
        if not isinstance(user, User):
            return self.none()
        if user.effective_roles & {Role.MODERATOR, Role.ADMIN}:
            return self
        return self.filter(person=user)

    def told_to(self, person: User) -> "DecisionQuerySet":
        """What this person was told about themselves: not what they did, nor that a report changed nothing."""
        is_answer = Q(review__kind=Review.Kind.APPEAL, review__appeals__person=person)
        return self.filter(Q(person=person), ~Q(outcome="kept") | is_answer).exclude(decided_by=person)


class Decision(models.Model):
    """What was decided about somebody's post or account, on which ground: the statement of reasons they are given."""

    class Outcome(models.TextChoices):
        HIDDEN = "hidden", _("hidden")
        RESTORED = "restored", _("restored")
        REFUSED = "refused", _("not published")
        RELEASED = "released", _("published")
        BANNED = "banned", _("account closed to posting")
        UNBANNED = "unbanned", _("account opened again")
        REDACTED = "redacted", _("private data removed")
        PURGED = "purged", _("destroyed")
        KEPT = "kept", _("left as it is")
        SENT_BACK = "sent_back", _("sent back with a word")
        LOCKED = "locked", _("locked")
        MOVED = "moved", _("moved")

    outcome = models.CharField(max_length=10, choices=Outcome)
    ground = models.CharField(max_length=15, choices=Ground, blank=True)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    #: whose post or account it is
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions")
    #: null where a rule decided by itself
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(default=clock.now)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions")
    #: a later decision that took this one back
    undone_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="undoes")

    objects = DecisionQuerySet.as_manager()

    class Meta:
        indexes = [
            # read by: a person's decisions, newest first
            models.Index(fields=["person", "-id"], name="decision_person"),
            # read by: what was decided about a post
            models.Index(fields=["thread", "answer", "-id"], name="decision_post"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.thread_id}/{self.answer_id} of {self.person_id}"


class DecisionWords(models.Model):
    """What the decision says in a moderator's own words: erasable."""

    decision = models.OneToOneField(Decision, on_delete=models.CASCADE, related_name="said")
    text = models.TextField()

    def __str__(self) -> str:
        return self.text


class IllegalReport(models.Model):
    """Somebody's notice that a post is against the law; no account is needed (DSA, article 16)."""

    class Category(models.TextChoices):
        HATE = "hate", _("Hate or threats")
        CHILDREN = "children", _("Abuse of children")
        FRAUD = "fraud", _("Fraud")
        RIGHTS = "rights", _("Copyright or trade marks")
        PERSON = "person", _("Somebody's privacy or honour")
        DANGEROUS = "dangerous", _("Dangerous goods or acts")
        OTHER = "other", _("Something else")

    #: as it was given; `thread` and `answer` are what it leads to
    place = models.CharField(max_length=500)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.CharField(max_length=10, choices=Category)
    explanation = models.TextField(max_length=4000)
    name = models.CharField(max_length=120, blank=True)
    address = models.EmailField(blank=True)
    language = models.CharField(max_length=10, blank=True)
    reporter = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    in_good_faith = models.BooleanField()
    #: the keyed hash of the receipt's token: whoever holds the receipt may follow it
    token_hash = models.CharField(max_length=64, unique=True)
    reported_at = models.DateTimeField(default=clock.now)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="reports")
    told_at = models.DateTimeField(null=True, blank=True)
    #: what the reporter is told in a moderator's own words: erasable, like what they wrote themselves
    told_words = models.TextField(max_length=2000, blank=True)

    class Meta:
        verbose_name = _("report of illegal content")
        verbose_name_plural = _("reports of illegal content")
        constraints = [
            models.CheckConstraint(name="reported_in_good_faith", condition=Q(in_good_faith=True)),
        ]
        indexes = [
            # read by: the figures of a year, and the sweep of reporters' names
            models.Index(fields=["reported_at"], name="illegal_report_time")
        ]

    def __str__(self) -> str:
        return f"{self.category}: {self.place}"


class Appeal(models.Model):
    """Somebody's word against a decision: whose post it was, or who reported it. Another person decides."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="appeals")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    report = models.ForeignKey(IllegalReport, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals")
    words = models.TextField(max_length=4000)
    appealed_at = models.DateTimeField(default=clock.now)
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="appeals")
    #: what the other person decided
    answered_by = models.ForeignKey(Decision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["decision", "person"], condition=Q(person__isnull=False), name="one_appeal_per_person"
            ),
            models.UniqueConstraint(
                fields=["decision", "report"], condition=Q(report__isnull=False), name="one_appeal_per_report"
            ),
            models.CheckConstraint(
                name="appeal_of_somebody",
                condition=Q(person__isnull=False, report__isnull=True) | Q(person__isnull=True, report__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"against {self.decision_id}"
