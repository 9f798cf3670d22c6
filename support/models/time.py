"""Business time: calendars, and what is promised within it. The arithmetic is support/sla.py's."""

from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

#: A day in minutes; a block may end there.
DAY = 24 * 60


class Priority(models.TextChoices):
    """From the most urgent to the least; `RANKS` orders them in the database."""

    URGENT = "urgent", _("Urgent")
    HIGH = "high", _("High")
    NORMAL = "normal", _("Normal")
    LOW = "low", _("Low")


def known_zone(name: str) -> None:
    """Refuses what is no time zone."""
    if name not in available_timezones():
        raise ValidationError(_("There is no such time zone."))


class Calendar(models.Model):
    """When people work: blocks of each weekday in one time zone, without holidays and closed days."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    time_zone = models.CharField(_("time zone"), max_length=60, default="UTC", validators=[known_zone])
    #: of the library `holidays`: ISO 3166 codes; "" knows only the closed days below
    country = models.CharField(_("public holidays of"), max_length=2, blank=True)
    subdivision = models.CharField(_("part of that country"), max_length=10, blank=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("calendar")
        verbose_name_plural = _("calendars")

    def __str__(self) -> str:
        return self.name


class CalendarBlock(models.Model):
    """Open on this weekday (0 is Monday) from one minute of the day to another, in the calendar's zone."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="blocks")
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    opens = models.PositiveSmallIntegerField(_("from"))
    closes = models.PositiveSmallIntegerField(_("to"))

    class Meta:
        ordering = ["weekday", "opens"]
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        constraints = [
            models.CheckConstraint(name="block_of_a_weekday", condition=Q(weekday__lte=6)),
            models.CheckConstraint(name="block_within_a_day", condition=Q(opens__lt=F("closes"), closes__lte=DAY)),
            models.UniqueConstraint(fields=["calendar", "weekday", "opens"], name="one_block_begins_then"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.opens}-{self.closes}"


class ClosedDay(models.Model):
    """A day on which nobody works, beside public holidays; or one on which they do although it is one."""

    calendar = models.ForeignKey(Calendar, on_delete=models.CASCADE, related_name="closed_days")
    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=60, blank=True)
    is_open = models.BooleanField(_("open although it is a holiday"), default=False)

    class Meta:
        ordering = ["day"]
        verbose_name = _("closed day")
        verbose_name_plural = _("closed days")
        constraints = [models.UniqueConstraint(fields=["calendar", "day"], name="one_word_per_day")]

    def __str__(self) -> str:
        return f"{self.day}"


class SlaPolicy(models.Model):
    """What is promised, in the hours of one calendar."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="policies")
    #: a warning comes when this share of the time is left, in percent
    warns_at = models.PositiveSmallIntegerField(_("warn when this percentage of the time is left"), default=25)

    class Meta:
        ordering = ["name"]
        verbose_name = _("service level")
        verbose_name_plural = _("service levels")
        constraints = [models.CheckConstraint(name="sla_warns_before_the_end", condition=Q(warns_at__lt=100))]

    def __str__(self) -> str:
        return self.name


class SlaTarget(models.Model):
    """What a policy promises tickets of one priority, in minutes of business time; null promises nothing."""

    policy = models.ForeignKey(SlaPolicy, on_delete=models.CASCADE, related_name="targets")
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, default=Priority.NORMAL)
    first_reply = models.PositiveIntegerField(_("first reply within (minutes)"), null=True, blank=True)
    next_reply = models.PositiveIntegerField(_("each further reply within (minutes)"), null=True, blank=True)
    solution = models.PositiveIntegerField(_("solution within (minutes)"), null=True, blank=True)

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        constraints = [models.UniqueConstraint(fields=["policy", "priority"], name="one_promise_per_priority")]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.priority}"
