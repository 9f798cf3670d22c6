"""What suggestions do: facts about forms, what was suggested beside them, and the experiments that prove it.

Facts hold ids, enums and times: no free text, no address, no user agent. `occurred_at` (for a form `opened_at`) is when
it happened, `recorded_at` when we learned of it. A person is a key: `u:<id>` for somebody signed in, `a:<hash>` for a
visitor who agreed to be counted. `is_simulated` marks what a demo made up.
"""

from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from community.models.boards import Board
from community.models.threads import Thread
from community.models.users import User
from community.roles import Role

#: `u:` and an id, or `a:` and 64 hexadecimal digits.
LONGEST_KEY = 66
PERSON_KEY = r"^(u:[1-9][0-9]{0,18}|a:[0-9a-f]{64})$"
VISITOR_KEY = r"^a:[0-9a-f]{64}$"
MOST_HOLDOUT = Decimal("0.5")


class Arm(models.TextChoices):
    """Which half of an experiment somebody is in. Control sees the same form without suggestions."""

    TREATMENT = "treatment", _("with suggestions")
    CONTROL = "control", _("without suggestions")


class Visitor(models.Model):
    """Somebody who is not signed in and may be counted: the hash of their cookie's random value, never the value.

    Withdrawing deletes the row. The facts keep the hash, which then belongs to a value that nobody has any more.
    """

    key = models.CharField(primary_key=True, max_length=LONGEST_KEY)
    #: null where the site counted without asking
    consented_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")
        constraints = [models.CheckConstraint(name="visitor_key_is_a_hash", condition=Q(key__regex=VISITOR_KEY))]

    def __str__(self) -> str:
        return self.key[:10]


class Consent(models.Model):
    """What a member said about being counted; no row as long as nothing was said."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, primary_key=True, related_name="+")
    is_given = models.BooleanField()
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id} {self.is_given}"


class PersonAlias(models.Model):
    """The visitor turned out to be this person: written once, at sign-in. Append-only (migration `measuring`)."""

    visitor_key = models.CharField(max_length=LONGEST_KEY, unique=True)
    # read by: everybody's keys, when a form is opened or an arm is looked up
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(name="alias_of_a_visitor", condition=Q(visitor_key__regex=VISITOR_KEY))]

    def __str__(self) -> str:
        return f"{self.visitor_key[:10]} {self.person_id}"


def _may_see(user: User | AnonymousUser) -> bool:
    """What is counted is for administrators alone."""
    return isinstance(user, User) and Role.ADMIN in user.effective_roles


class ExperimentQuerySet(models.QuerySet["Experiment"]):
    def visible_to(self, user: User | AnonymousUser) -> "ExperimentQuerySet":
        return self if _may_see(user) else self.none()


class Experiment(models.Model):
    """Some people see a form without suggestions, so that we learn what suggestions do.

    Its end is fixed before it begins; from then on a trigger (migration `measuring`) lets nothing change
    but `stopped_at`.
    """

    name = models.CharField(_("name"), max_length=80)
    surface = models.CharField(_("form"), max_length=30)
    salt = models.CharField(max_length=32, editable=False)
    holdout = models.DecimalField(
        _("share without suggestions"), max_digits=5, decimal_places=4, default=Decimal("0.1")
    )
    #: when it was started; not yet, as long as it is null
    starts_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    stops_at = models.DateTimeField(_("ends"), null=True)
    #: stopped by hand (before `stops_at` it proves nothing), or closed because its end had come
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True, editable=False)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    planned_at = models.DateTimeField(editable=False)

    objects = ExperimentQuerySet.as_manager()

    class Meta:
        verbose_name = _("experiment")
        verbose_name_plural = _("experiments")
        constraints = [
            models.CheckConstraint(name="experiment_holdout", condition=Q(holdout__gt=0, holdout__lte=MOST_HOLDOUT)),
            models.CheckConstraint(
                name="experiment_end_fixed_first",
                condition=Q(starts_at__isnull=True) | Q(stops_at__isnull=False, stops_at__gt=F("starts_at")),
            ),
            models.CheckConstraint(
                name="experiment_stopped_after_start",
                condition=Q(stopped_at__isnull=True) | Q(starts_at__isnull=False, stopped_at__gte=F("starts_at")),
            ),
            models.UniqueConstraint(
                fields=["surface"],
                condition=Q(starts_at__isnull=False, stopped_at__isnull=True),
                name="one_running_experiment_per_form",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Exposure(models.Model):
    """Somebody met an experiment for the first time, and drew an arm. Append-only (migration `measuring`).

    `drawn_as` is the key whose formula decided: another one of the same person where that had met the experiment first.
    """

    # the unique rule below is its index
    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, related_name="exposures", db_index=False)
    person_key = models.CharField(max_length=LONGEST_KEY)
    drawn_as = models.CharField(max_length=LONGEST_KEY)
    arm = models.CharField(max_length=10, choices=Arm)
    role = models.CharField(max_length=10, choices=Role)
    is_simulated = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            # read by: which arm a person is in; the arms' sizes
            models.UniqueConstraint(fields=["experiment", "person_key"], name="one_exposure_per_person"),
            models.CheckConstraint(name="exposure_of_a_person", condition=Q(person_key__regex=PERSON_KEY)),
            models.CheckConstraint(name="exposure_has_an_arm", condition=Q(arm__in=Arm.values)),
        ]

    def __str__(self) -> str:
        return f"{self.person_key[:10]} {self.arm}"


class FormSessionQuerySet(models.QuerySet["FormSession"]):
    def visible_to(self, user: User | AnonymousUser) -> "FormSessionQuerySet":
        return self if _may_see(user) else self.none()


class FormSession(models.Model):
    """One form as it stood before one person: opened, and then left or submitted (submitted wins).

    A trigger (migration `measuring`) keeps what was recorded at the opening, and lets nothing be deleted.
    """

    #: made anew by the server for every form it renders; everything about this form refers to it
    token = models.UUIDField(unique=True)
    surface = models.CharField(max_length=30)
    person_key = models.CharField(max_length=LONGEST_KEY)
    role = models.CharField(max_length=10, choices=Role)
    # neither is looked for
    board = models.ForeignKey(Board, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    from_thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    experiment = models.ForeignKey(Experiment, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    arm = models.CharField(max_length=10, choices=Arm, blank=True)
    is_scriptless = models.BooleanField(default=False)
    is_simulated = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)
    submitted_at = models.DateTimeField(null=True)
    # read by: what somebody looked at before they asked this
    submitted_thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, related_name="+")

    objects = FormSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("form that was opened")
        verbose_name_plural = _("forms that were opened")
        indexes = [
            # read by: the forms of one person, in the admin's list and when cases are derived
            models.Index(fields=["person_key", "id"], name="form_of_a_person"),
            # read by: what did not help, and planning an experiment: the forms of a period
            models.Index(fields=["opened_at"], name="form_opened"),
        ]
        constraints = [
            models.CheckConstraint(name="form_of_somebody", condition=Q(person_key__regex=PERSON_KEY)),
            models.CheckConstraint(
                # a form that asks becomes a thread; what another one became, its own app knows
                name="form_submitted_is_a_thread",
                condition=Q(submitted_at__isnull=True, submitted_thread__isnull=True)
                | Q(submitted_at__isnull=False, submitted_thread__isnull=False)
                | (Q(submitted_at__isnull=False) & ~Q(surface="ask")),
            ),
            models.CheckConstraint(
                name="form_left_or_submitted", condition=Q(left_at__isnull=True) | Q(submitted_at__isnull=True)
            ),
            models.CheckConstraint(
                name="form_arm_of_an_experiment",
                condition=Q(experiment__isnull=True, arm="") | Q(experiment__isnull=False, arm__in=Arm.values),
            ),
            models.CheckConstraint(
                name="form_without_script_is_in_none", condition=Q(is_scriptless=False) | Q(experiment__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.token)


class SuggestionEvent(models.Model):
    """What happened to one suggestion in one form. Each kind once; append-only (migration `measuring`).

    `stops` goes with "solved": whether the person needs nothing more. It may be said a moment later, once.
    """

    class Kind(models.TextChoices):
        SHOWN = "shown", _("shown")
        OPENED = "opened", _("opened")
        SOLVED = "solved", _("solved it")
        NOT_SOLVED = "not_solved", _("did not solve it")
        ME_TOO = "me_too", _("has this problem too")

    # the unique rule below is its index
    session = models.ForeignKey(FormSession, on_delete=models.PROTECT, related_name="events", db_index=False)
    # the index below is its own
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    stops = models.BooleanField(null=True)
    stops_at = models.DateTimeField(null=True)
    role = models.CharField(max_length=10, choices=Role)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            # read by: what was opened from suggestions and did not help, by thread
            models.Index(fields=["thread", "kind"], name="suggestion_thread"),
        ]
        constraints = [
            # read by: a form's events
            models.UniqueConstraint(fields=["session", "thread", "kind"], name="one_suggestion_event_per_kind"),
            models.CheckConstraint(
                name="suggestion_stops_when_solved", condition=Q(stops__isnull=True) | Q(kind="solved")
            ),
            models.CheckConstraint(
                name="suggestion_stops_has_its_time",
                condition=Q(stops__isnull=True, stops_at__isnull=True) | Q(stops__isnull=False, stops_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.thread_id}"
