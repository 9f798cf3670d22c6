"""The deflection ledger (docs/deflection.md): one case per person and thread, and its entries, append-only.

Cases and entries are derived from facts alone (support/deflection/, support/ledger/). What is beside them here is kept
by triggers (`CurrentEntry`, `LedgerTally`) or made anew whenever it is asked for, so that reading is quick.
"""

from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models import Board, Thread, User
from community.models.measuring import LONGEST_KEY, PERSON_KEY
from support.models.contacts import ContactChannel
from support.models.reuse import sees_figures


class CaseKind(models.TextChoices):
    """By which evidence, strongest first (docs/deflection.md)."""

    D = "D", _("Direct: the asker accepted a peer’s answer")
    F = "F", _("Form: a suggestion solved it before it was sent")
    M = "M", _("Me too: somebody with the same problem was helped")
    V = "V", _("Viewer: a reader who was asked says so")


class EntryStatus(models.TextChoices):
    PENDING = "pending", _("Pending")
    CREDITED = "credited", _("Credited")
    VOID = "void", _("Void")


class VoidReason(models.TextChoices):
    """In the order in which they are asked: the first that holds is the one."""

    STAFF_PERSON = "staff_person", _("Staff, not a customer")
    BOT = "bot", _("A machine, or too many pages at once")
    TEST = "test", _("A test")
    SPAM_OR_DELETED = "spam_or_deleted", _("The question is hidden or deleted")
    NOT_QUESTION = "not_question", _("Not a question")
    UNSUPPORTED_PRODUCT = "unsupported_product", _("The product is not supported")
    ESCALATED = "escalated", _("It came to staff")
    RECONTACT = "recontact", _("The person contacted support")
    UNACCEPTED = "unaccepted", _("The acceptance was taken back")
    ASKER_SAID_NO = "asker_said_no", _("The person said that it did not solve it")
    ANSWER_REMOVED = "answer_removed_or_flagged_wrong", _("The answer was removed or is wrong")
    DUPLICATE = "duplicate", _("Counted once already")


class Known(models.TextChoices):
    """Whether the person would have contacted support."""

    CONTACT = "contact", _("would have contacted support")
    NO = "no", _("would not have")
    UNKNOWN = "unknown", _("unknown")


class DefinitionQuerySet(models.QuerySet["Definition"]):
    def visible_to(self, user: User | AnonymousUser) -> "DefinitionQuerySet":
        return self if sees_figures(user) else self.none()


class Definition(models.Model):
    """One version of what is counted and how: its parameters, from when it holds, who approved it.

    Once approved, nothing of it changes (a trigger): another parameter is another version. A case follows the version
    that was in force at its time. The first comes with the product and is in force before anybody approved it; money
    is shown once a named administrator did.
    """

    name = models.CharField(_("name"), max_length=40, unique=True)
    valid_from = models.DateTimeField(_("from"), unique=True)
    no_ticket_days = models.PositiveSmallIntegerField(_("days without a ticket (N)"), default=7)
    window_days = models.PositiveSmallIntegerField(_("days in which a case counts once (W)"), default=30)
    episode_hours = models.PositiveSmallIntegerField(_("hours of one episode"), default=24)
    dwell_seconds = models.PositiveSmallIntegerField(_("seconds a solution is on the screen"), default=10)
    viewer_cases = models.PositiveSmallIntegerField(_("viewer cases per person in 30 days (K)"), default=2)
    survey_rate = models.DecimalField(
        _("share of readers who are asked"), max_digits=5, decimal_places=4, default=Decimal("0.1")
    )
    survey_days = models.PositiveSmallIntegerField(_("days between two surveys of one person"), default=90)
    holdout = models.DecimalField(
        _("share without suggestions"), max_digits=5, decimal_places=4, default=Decimal("0.1")
    )
    #: what was decided where the definition leaves room, in words
    note = models.TextField(_("what changes, and why"), max_length=4000, blank=True)
    planned_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    planned_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)

    objects = DefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = _("definition")
        verbose_name_plural = _("definitions")
        ordering = ["valid_from"]
        constraints = [
            models.CheckConstraint(
                name="definition_approved_by_somebody",
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="definition_makes_sense",
                condition=Q(
                    no_ticket_days__range=(1, 90),
                    window_days__range=(1, 365),
                    episode_hours__range=(1, 720),
                    dwell_seconds__range=(1, 600),
                    viewer_cases__range=(1, 100),
                    survey_rate__gte=0,
                    survey_rate__lte=1,
                    survey_days__range=(14, 3650),
                    holdout__gt=0,
                    holdout__lte=Decimal("0.5"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CaseQuerySet(models.QuerySet["DeflectionCase"]):
    def visible_to(self, user: User | AnonymousUser) -> "CaseQuerySet":
        return self if sees_figures(user) else self.none()


class DeflectionCase(models.Model):
    """One person, one thread, one piece of evidence. Keeps the key and the thread it was recorded with.

    `source_id` is the row of its evidence: D the `Solution` it began with, F the `SuggestionEvent`, M the `ThreadEvent`
    of "helped" (the row itself moves with its answer), V the `Survey`.
    """

    Kind = CaseKind

    kind = models.CharField(max_length=1, choices=CaseKind)
    source_id = models.BigIntegerField()
    person_key = models.CharField(max_length=LONGEST_KEY)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+")
    #: t_e: when the evidence happened
    occurred_at = models.DateTimeField()
    #: of `occurred_at`, in the site's time zone as it was set then
    day = models.DateField()
    recorded_at = models.DateTimeField()
    is_simulated = models.BooleanField(default=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.UniqueConstraint(fields=["kind", "source_id"], name="one_case_per_evidence"),
            models.CheckConstraint(name="case_of_somebody", condition=Q(person_key__regex=PERSON_KEY)),
        ]
        indexes = [
            # read by: the cases of one person, when they are derived again
            models.Index(fields=["person_key"], name="case_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}{self.source_id}"


class EntryBase(models.Model):
    """What is known of a case from one moment on."""

    status = models.CharField(max_length=8, choices=EntryStatus)
    reason = models.CharField(max_length=32, choices=VoidReason, blank=True)
    #: the person behind the key, by the aliases known then: their account's key where there is one
    person_key = models.CharField(max_length=LONGEST_KEY)
    #: the canonical thread, by the merges known then
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: where the thread stood at t_e
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+", db_index=False)
    #: which version was in force at t_e
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+", db_index=False)
    known = models.CharField(max_length=7, choices=Known)
    #: the channel that was stated or shown by conduct; "": not known
    channel = models.CharField(max_length=5, choices=ContactChannel, blank=True)
    #: persons without a right to support are cases, but avoid no ticket
    is_entitled = models.BooleanField()
    #: the moment of the fact that made it so: never when a job ran
    as_of = models.DateTimeField()

    class Meta:
        abstract = True


class EntryQuerySet(models.QuerySet["DeflectionEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> "EntryQuerySet":
        return self if sees_figures(user) else self.none()


class DeflectionEntry(EntryBase):
    """One row of the ledger. A trigger refuses any change, and lets in the next row of a case only, by a legal move.

    Legal: the first is pending or void; pending may become anything; credited may become void; void may become
    anything (what was hidden comes back); the same status again, where another column differs.
    """

    case = models.ForeignKey(DeflectionCase, on_delete=models.PROTECT, related_name="entries", db_index=False)
    #: 1, 2, 3 ... within the case
    seq = models.PositiveIntegerField()

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        constraints = [
            models.UniqueConstraint(fields=["case", "seq"], name="one_entry_per_seq"),
            models.CheckConstraint(name="entry_seq_from_one", condition=Q(seq__gte=1)),
            models.CheckConstraint(
                name="entry_void_for_a_reason",
                condition=Q(status="void", reason__in=VoidReason.values)
                | Q(status__in=["pending", "credited"], reason=""),
            ),
            models.CheckConstraint(name="entry_channel_of_a_contact", condition=Q(channel="") | Q(known="contact")),
        ]
        indexes = [
            # read by: adjustments: what changed after a month was locked
            models.Index(fields=["as_of"], name="entry_as_of"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}.{self.seq} {self.status}"


class CurrentEntryQuerySet(models.QuerySet["CurrentEntry"]):
    def visible_to(self, user: User | AnonymousUser) -> "CurrentEntryQuerySet":
        return self if sees_figures(user) else self.none()


class CurrentEntry(EntryBase):
    """The highest entry of each case, with what lists ask for: a cache that triggers keep and `verify_integrity` holds
    against the entries."""

    case = models.OneToOneField(DeflectionCase, on_delete=models.PROTECT, primary_key=True, related_name="current")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=1, choices=CaseKind)
    occurred_at = models.DateTimeField()
    day = models.DateField()
    is_simulated = models.BooleanField()

    objects = CurrentEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("case as it stands")
        verbose_name_plural = _("cases as they stand")
        indexes = [
            # read by: the rows behind a figure, newest first
            models.Index(fields=["-occurred_at", "-case"], name="current_latest"),
            # read by: top threads, a thread's cases
            models.Index(fields=["thread", "status"], name="current_thread"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.status}"


class LedgerTally(models.Model):
    """So many cases stand like this: counted by triggers as entries come, so any period and filter adds few rows up.

    Plain numbers, no keys. The sum over equal rows counts: a statement adds what changed, `fold` makes one of many.
    """

    day = models.DateField()
    board_id = models.BigIntegerField()
    kind = models.CharField(max_length=1)
    status = models.CharField(max_length=8)
    reason = models.CharField(max_length=32, blank=True)
    known = models.CharField(max_length=7)
    channel = models.CharField(max_length=5, blank=True)
    is_entitled = models.BooleanField()
    definition_id = models.BigIntegerField()
    is_simulated = models.BooleanField()
    count = models.IntegerField()

    class Meta:
        indexes = [
            # read by: the figures of a period
            models.Index(fields=["day"], name="ledger_tally_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.kind} {self.status} {self.count}"


class ViewerTally(models.Model):
    """Readers of a day and board: eligible cases (E_v), shown the survey (d), answered (n), yes and contact (x).

    `cases` counts viewer cases after de-duplication; made with the ledger, person by person (`ViewerCase`).
    """

    day = models.DateField()
    board_id = models.BigIntegerField()
    is_simulated = models.BooleanField()
    cases = models.IntegerField(default=0)
    shown = models.IntegerField(default=0)
    answered = models.IntegerField(default=0)

    class Meta:
        indexes = [
            # read by: the figures of a period
            models.Index(fields=["day"], name="viewer_tally_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.cases}"


class ViewerCase(models.Model):
    """An eligible viewer case as it is counted at present: made anew for a person whenever a fact of theirs comes."""

    #: the person behind the key at present
    person_key = models.CharField(max_length=LONGEST_KEY)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+", db_index=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurred_at = models.DateTimeField()
    day = models.DateField()
    #: was shown the survey; answered it
    is_shown = models.BooleanField(default=False)
    is_answered = models.BooleanField(default=False)
    is_simulated = models.BooleanField(default=False)

    class Meta:
        indexes = [
            # read by: making a person's anew
            models.Index(fields=["person_key"], name="viewer_case_person"),
            # read by: most read threads of a period
            models.Index(fields=["day"], name="viewer_case_day"),
        ]

    def __str__(self) -> str:
        return f"{self.person_key[:10]} {self.thread_id}"


class AssistedReuse(models.Model):
    """Somebody was helped by what staff answered or a known issue tells: its own column, never money, no ledger row.

    Made anew with the person's cases."""

    kind = models.CharField(max_length=1, choices=CaseKind)
    source_id = models.BigIntegerField()
    person_key = models.CharField(max_length=LONGEST_KEY)
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, related_name="+", db_index=False)
    board = models.ForeignKey(Board, on_delete=models.PROTECT, related_name="+", db_index=False)
    occurred_at = models.DateTimeField()
    day = models.DateField()
    is_simulated = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "source_id"], name="one_assisted_reuse_per_evidence")]
        indexes = [
            models.Index(fields=["person_key"], name="assisted_person"),
            models.Index(fields=["day"], name="assisted_day"),
        ]

    def __str__(self) -> str:
        return f"{self.kind}{self.source_id}"


class LedgerState(models.Model):
    """How far the ledger is: one row, locked by whoever derives."""

    #: every fact recorded until then is in it, and every case that had matured
    complete_until = models.DateTimeField(null=True, blank=True)
    #: grows whenever entries are added, so that what was computed from them is known to be old
    version = models.BigIntegerField(default=0)
    rebuilt_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    #: rows that differed at the last check
    differing = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="one_ledger_state", condition=Q(pk=1))]

    def __str__(self) -> str:
        return str(_("The ledger"))


class LockedMonth(models.Model):
    """A month's figures as they stood when it locked: end + N + 7 days. What comes later is an adjustment elsewhere."""

    #: its first day
    month = models.DateField(unique=True)
    locked_at = models.DateTimeField()
    definition = models.ForeignKey(Definition, on_delete=models.PROTECT, related_name="+")
    #: counts by kind, board, channel, status: made from entries with `as_of` up to `locked_at`
    figures: Any = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("locked month")
        verbose_name_plural = _("locked months")

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class ComputedFigures(models.Model):
    """Intervals and medians of one period and filter, computed by a job and kept until the ledger has changed."""

    #: period, board and channel, in one word
    key = models.CharField(max_length=200, unique=True)
    wanted_at = models.DateTimeField()
    #: the ledger's version they were computed from; null: being computed
    version = models.BigIntegerField(null=True, blank=True)
    computed_at = models.DateTimeField(null=True, blank=True)
    figures: Any = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.key


class PersonStanding(models.Model):
    """An account that is no customer's: a service's, a test's, or made up by a demo. Dated; ended, never changed."""

    class Kind(models.TextChoices):
        SERVICE = "service", _("a service’s account")
        TEST = "test", _("a test account")
        SIMULATED = "simulated", _("made up")

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    said_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("account that is not counted")
        verbose_name_plural = _("accounts that are not counted")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind"], condition=Q(until_at__isnull=True), name="one_standing_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"
