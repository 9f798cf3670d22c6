"""What waits for somebody's eyes: the one queue, and the flags people raise."""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community import clock
from community.models.answers import Answer
from community.models.threads import Thread
from community.models.users import User
from community.roles import STAFF, Role


class Ground(models.TextChoices):
    """What is wrong with a post or an account. The same words for a flag, a decision and a purge."""

    SPAM = "spam", _("Advertising or spam")
    RUDE = "rude", _("Rude or hurtful")
    PRIVATE = "private", _("Private data")
    OFF_TOPIC = "off_topic", _("Does not belong here")
    WRONG = "wrong", _("Dangerous or plainly wrong advice")
    ILLEGAL = "illegal", _("Against the law")
    IMPERSONATION = "impersonation", _("Pretends to be somebody else")
    DUPLICATE = "duplicate", _("Posted several times")
    OTHER = "other", _("Something else")


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User | AnonymousUser) -> "ReviewQuerySet":
        """Moderators and admins see all; other staff see official words that wait for approval."""
        if not isinstance(user, User):
            return self.none()
        if user.effective_roles & {Role.MODERATOR, Role.ADMIN}:
            return self
        return self.filter(kind=Review.Kind.OFFICIAL) if user.effective_roles & STAFF else self.none()

    def waiting(self) -> "ReviewQuerySet":
        return self.filter(settled_at__isnull=True)


class Review(models.Model):
    """One thing that waits for a decision. `person` is whose case it is: the author, or the account itself."""

    class Kind(models.TextChoices):
        FLAGGED = "flagged", _("Reported by members")
        HELD = "held", _("Held before it shows")
        REPORTED = "reported", _("Reported as illegal")
        APPEAL = "appeal", _("Appeal")
        OFFICIAL = "official", _("Official words")
        PURGE = "purge", _("Waits to be destroyed")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews")
    person = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="reviews")
    #: words of enums: why it is here (grounds of flags, reasons for holding)
    reasons = models.JSONField(default=list, blank=True)
    #: the heavier, the sooner it is shown
    weight = models.PositiveSmallIntegerField(default=0)
    opened_at = models.DateTimeField(_("since"), default=clock.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    #: the choice that was taken; each kind's are in actions/reviews.py
    outcome = models.CharField(max_length=20, blank=True)
    looking_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    looking_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        constraints = [
            # also read by: the reviews of a post
            models.UniqueConstraint(
                fields=["thread", "answer", "kind"],
                condition=Q(settled_at__isnull=True) & ~Q(kind__in=["appeal", "reported"]),
                nulls_distinct=False,
                name="one_open_review_per_post",
            ),
            models.CheckConstraint(
                name="review_settled_with_outcome",
                condition=Q(settled_at__isnull=True, outcome="") | (Q(settled_at__isnull=False) & ~Q(outcome="")),
            ),
        ]
        indexes = [
            # read by: the queue, heaviest first, then who waits longest
            models.Index(
                models.F("weight").desc(),
                "opened_at",
                "id",
                name="review_waiting",
                condition=Q(settled_at__isnull=True),
            ),
            # read by: what was decided lately
            models.Index(models.F("settled_at").desc(), name="review_settled", condition=Q(settled_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thread_id}/{self.answer_id}"


class Flag(models.Model):
    """One person's word that something is wrong with a post. What they wrote beside it is erasable."""

    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="flags")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, null=True, blank=True, related_name="flags")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="flags")
    ground = models.CharField(_("what is wrong"), max_length=15, choices=Ground)
    words = models.TextField(max_length=1000, blank=True)
    flagged_at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    #: settled with the review it belongs to; a later flag opens another
    review = models.ForeignKey(Review, on_delete=models.PROTECT, null=True, blank=True, related_name="flags")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["thread", "answer", "person"],
                condition=Q(withdrawn_at__isnull=True),
                nulls_distinct=False,
                name="one_flag_per_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ground}: {self.thread_id}/{self.answer_id} by {self.person_id}"
