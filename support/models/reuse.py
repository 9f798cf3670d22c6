"""Facts about those who come to read: who looked at a solution, who was asked what it did, what somebody came for.

Like community's facts about forms (community/models/measuring.py): ids, enums and times only, a person is a key, each
is recorded once and never changes. What somebody says in words lives beside them, where erasure reaches it.
"""

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Thread, User
from community.models.measuring import LONGEST_KEY, PERSON_KEY
from community.roles import Role


class Instead(models.TextChoices):
    """What somebody would have done without the community: deflection.md, "Intent"."""

    PHONE = "phone", _("Call support")
    EMAIL = "email", _("Write an e-mail to support")
    CHAT = "chat", _("Chat with support")
    SEARCH = "search", _("Keep searching")
    GIVE_UP = "give_up", _("Give up")
    OTHER = "other", _("Something else")


#: These mean "contact support".
CONTACTS = (Instead.PHONE, Instead.EMAIL, Instead.CHAT)


def sees_figures(user: User | AnonymousUser) -> bool:
    """What is counted is for administrators alone."""
    return isinstance(user, User) and Role.ADMIN in user.effective_roles


class ViewQuerySet(models.QuerySet["View"]):
    def visible_to(self, user: User | AnonymousUser) -> "ViewQuerySet":
        return self if sees_figures(user) else self.none()


class View(models.Model):
    """Somebody had a solved thread's solution on their screen for ten seconds. Once a day for a person and a thread.

    Written in batches, some seconds after it happened. Whether it counts (no staff, no bot, no flood, the thread solved
    by a peer, neither its asker nor the answer's author) is decided when cases are derived.
    """

    person_key = models.CharField(max_length=LONGEST_KEY)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=10, choices=Role)
    #: in UTC, of `occurred_at`
    day = models.DateField()
    is_simulated = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    objects = ViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view of a solution")
        verbose_name_plural = _("views of solutions")
        constraints = [
            # read by: the views of one person, when cases are derived
            models.UniqueConstraint(fields=["person_key", "thread", "day"], name="one_view_a_day"),
            models.CheckConstraint(name="view_of_somebody", condition=Q(person_key__regex=PERSON_KEY)),
        ]
        indexes = [
            # read by: what is new since the ledger last looked; views of a period
            models.Index(fields=["recorded_at"], name="view_recorded"),
        ]

    def __str__(self) -> str:
        return f"{self.person_key[:10]} {self.thread_id}"


class SurveyQuerySet(models.QuerySet["Survey"]):
    def visible_to(self, user: User | AnonymousUser) -> "SurveyQuerySet":
        return self if sees_figures(user) else self.none()


class Survey(models.Model):
    """One reader, chosen at random, was asked whether a solution solved it and what they would have done otherwise.

    `shown_at`: it stood on the screen (deflection.md's d counts these); answered once, whole, or never. A trigger lets
    each of the empty columns be filled once and refuses everything else.
    """

    #: names it in the browser; whoever has it may answer
    token = models.UUIDField(unique=True)
    person_key = models.CharField(max_length=LONGEST_KEY)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+", db_index=False)
    role = models.CharField(max_length=10, choices=Role)
    is_simulated = models.BooleanField(default=False)
    #: drawn by chance, and let by the asking budget
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True, blank=True)
    is_solved = models.BooleanField(null=True)
    instead = models.CharField(max_length=8, choices=Instead, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    #: when we learned of the answer
    answer_recorded_at = models.DateTimeField(null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("reader who was asked")
        verbose_name_plural = _("readers who were asked")
        constraints = [
            models.CheckConstraint(name="survey_of_somebody", condition=Q(person_key__regex=PERSON_KEY)),
            models.CheckConstraint(
                name="survey_answered_whole",
                condition=Q(is_solved__isnull=True, instead="", answered_at=None, answer_recorded_at=None)
                | (
                    Q(
                        is_solved__isnull=False,
                        shown_at__isnull=False,
                        answered_at__isnull=False,
                        answer_recorded_at__isnull=False,
                    )
                    & ~Q(instead="")
                ),
            ),
        ]
        indexes = [
            # read by: whether somebody was asked in the last 90 days; a person's cases
            models.Index(fields=["person_key", "occurred_at"], name="survey_of_a_person"),
            # read by: what is new since the ledger last looked
            models.Index(fields=["recorded_at"], name="survey_recorded"),
            models.Index(
                fields=["answer_recorded_at"], name="survey_answered", condition=Q(answer_recorded_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_key[:10]} {self.thread_id}"


class SurveyWords(models.Model):
    """What a reader said in a sentence: beside the fact, where erasure reaches it."""

    survey = models.OneToOneField(Survey, on_delete=models.CASCADE, primary_key=True, related_name="said")
    text = models.TextField(max_length=500)
    #: they agreed that it may be shown with the figures, without their name
    may_be_shown = models.BooleanField(default=False)
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.text[:40]


class IntentQuerySet(models.QuerySet["Intent"]):
    def visible_to(self, user: User | AnonymousUser) -> "IntentQuerySet":
        return self if sees_figures(user) else self.none()


class Intent(models.Model):
    """What somebody would have done instead of coming to this thread, in one tap. The first answer counts.

    `shown_at` is when it was offered (within the asking budget); append-only but for the answer, given once.
    """

    class Moment(models.TextChoices):
        """After what it was offered."""

        ASKED = "asked", _("after asking")
        HELPED = "helped", _("after “this solved it”")

    person_key = models.CharField(max_length=LONGEST_KEY)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+", db_index=False)
    moment = models.CharField(max_length=6, choices=Moment)
    is_simulated = models.BooleanField(default=False)
    shown_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    instead = models.CharField(max_length=8, choices=Instead, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answer_recorded_at = models.DateTimeField(null=True, blank=True)

    objects = IntentQuerySet.as_manager()

    class Meta:
        verbose_name = _("what somebody came for")
        verbose_name_plural = _("what people came for")
        constraints = [
            models.UniqueConstraint(fields=["person_key", "thread"], name="one_intent_per_person_and_thread"),
            models.CheckConstraint(name="intent_of_somebody", condition=Q(person_key__regex=PERSON_KEY)),
            models.CheckConstraint(
                name="intent_answered_whole",
                condition=Q(instead="", answered_at=None, answer_recorded_at=None)
                | (Q(answered_at__isnull=False, answer_recorded_at__isnull=False) & ~Q(instead="")),
            ),
        ]
        indexes = [
            # read by: what is new since the ledger last looked
            models.Index(
                fields=["answer_recorded_at"], name="intent_answered", condition=Q(answer_recorded_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_key[:10]} {self.thread_id}"
