"""What the site asked people without being asked to: one budget over everything of that kind."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models.measuring import LONGEST_KEY, PERSON_KEY
from community.models.threads import Thread


class Instrument(models.TextChoices):
    """What may ask somebody something unsolicited, in the order in which they go first."""

    INTENT = "intent", _("what somebody is here for")
    SURVEY = "survey", _("whether a page helped its reader")
    SOLVED = "solved", _("whether an answer solved it")
    REMINDER = "reminder", _("reminder of an answer")
    CSAT = "csat", _("how the help was")
    NPS = "nps", _("whether one would recommend us")


class Prompt(models.Model):
    """One invitation: asked, or skipped because this person was asked something not long before, or first.

    A fact like those of models/measuring.py: append-only (migration 0010), a person is a key. Whoever has several keys
    is one person (`PersonAlias`): at most one of their prompts in fourteen days is an asked one.
    """

    Instrument = Instrument

    class Outcome(models.TextChoices):
        ASKED = "asked", _("was asked")
        SKIPPED = "skipped", _("skipped")

    person_key = models.CharField(max_length=LONGEST_KEY)
    instrument = models.CharField(max_length=10, choices=Instrument)
    # the unique rule below is the index of those that are looked for
    thread = models.ForeignKey(Thread, on_delete=models.PROTECT, null=True, related_name="prompts", db_index=False)
    outcome = models.CharField(max_length=10, choices=Outcome)
    #: the one that was asked, on account of which this was skipped
    stood_in_way = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    is_simulated = models.BooleanField(default=False)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("prompt")
        verbose_name_plural = _("prompts")
        indexes = [
            # read by: the budget of one person
            models.Index(fields=["person_key", "occurred_at"], name="prompt_asked", condition=Q(outcome="asked")),
            # read by: how many were invited and how many skipped, by instrument and period
            models.Index(fields=["instrument", "occurred_at"], name="prompt_instrument"),
        ]
        constraints = [
            # read by: the finding of threads whose asker may be reminded
            models.UniqueConstraint(
                fields=["thread"], condition=Q(instrument="reminder"), name="one_reminder_per_thread"
            ),
            models.CheckConstraint(name="prompt_of_somebody", condition=Q(person_key__regex=PERSON_KEY)),
            models.CheckConstraint(name="prompt_of_an_instrument", condition=Q(instrument__in=Instrument.values)),
            models.CheckConstraint(
                name="prompt_reminds_of_a_thread", condition=~Q(instrument="reminder") | Q(thread__isnull=False)
            ),
            models.CheckConstraint(
                name="prompt_skipped_for_another",
                condition=Q(outcome="asked", stood_in_way__isnull=True)
                | Q(outcome="skipped", stood_in_way__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.instrument} {self.outcome} {self.person_key[:10]}"
