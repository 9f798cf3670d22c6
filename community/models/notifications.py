"""Notifications: one event for one person, and how it reaches them beside the inbox."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models.mails import Mail
from community.models.users import User


class Topic(models.TextChoices):
    """What notices are about, as people choose: each topic comes by mail at a rhythm of its own (notices/topics.py)."""

    ANSWERS = "answers", _("Answers to your questions")
    MENTIONS = "mentions", _("Somebody mentions you")
    THANKS = "thanks", _("Your answers: accepted, and who they helped")
    SHARED = "shared", _("A problem you share is solved")
    WATCHED = "watched", _("News in questions you watch")
    QUESTIONS = "questions", _("New questions on boards and tags you watch")
    LIST = "list", _("Every post of boards you follow as mail lists")
    ISSUES = "issues", _("News of known issues that you have too")
    DESK = "desk", _("Work that waits for you at the desk")
    HEARD = "heard", _("What the company hears, week by week")
    REMINDERS = "reminders", _("Whether an answer solved your question")
    DIGEST = "digest", _("What else is worth your time")


class Rhythm(models.TextChoices):
    """When a notice comes by mail. All of them are in the inbox at once."""

    NOW = "now", _("At once")
    HOURLY = "hourly", _("Together, at most once an hour")
    DAILY = "daily", _("In a daily mail")
    WEEKLY = "weekly", _("In a weekly mail")
    OFF = "off", _("Only on the site")


class Notification(models.Model):
    """One event for one person; unique, so a retried fan-out cannot double it. No foreign key to the event.

    The kind's entry in settings.NOTIFIABLES renders it, and asks `visible_to` again whenever it is shown or sent.
    """

    event_kind = models.CharField(max_length=40)
    event_id = models.BigIntegerField()
    recipient = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notifications")
    reason = models.CharField(max_length=20)
    topic = models.CharField(max_length=10, choices=Topic, blank=True)
    #: how it waits for a mail; "" when it waits for none: it is in one, or was never to be
    rhythm = models.CharField(max_length=10, choices=Rhythm, blank=True)
    mail = models.ForeignKey(Mail, on_delete=models.SET_NULL, null=True, blank=True, related_name="notifications")
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["event_kind", "event_id", "recipient"], name="one_notice_per_event_and_person"
            ),
            models.CheckConstraint(name="notice_waits_or_is_mailed", condition=Q(rhythm="") | Q(mail__isnull=True)),
        ]
        indexes = [
            # read by: the inbox, newest first
            models.Index(fields=["recipient", "-id"], name="notification_inbox"),
            # read by: the unread badge
            models.Index(fields=["recipient"], name="notification_unread", condition=models.Q(read_at=None)),
            # read by: the gathering of mails
            models.Index(fields=["rhythm", "recipient", "id"], name="notification_waits", condition=~Q(rhythm="")),
            # read by: writing a mail of several notices, and sweeping old mails
            models.Index(fields=["mail"], name="notification_mail", condition=Q(mail__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.event_kind} {self.event_id} for {self.recipient_id}"


class NoticeChoice(models.Model):
    """At which rhythm one person wants one topic by mail; without a row the topic's own (notices/topics.py)."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_choices")
    topic = models.CharField(max_length=10, choices=Topic)
    rhythm = models.CharField(max_length=10, choices=Rhythm)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "topic"], name="one_choice_per_topic")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.topic} {self.rhythm}"


class StoppedNotice(models.Model):
    """What one press ended (notices/stops.py), with what was before: an undo brings back exactly that.

    One row per person and thing, so that a thousand presses are one. It holds ids, words of ours and times only.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="stopped_notices")
    #: Stop.key
    key = models.CharField(max_length=20)
    was = models.JSONField()
    stopped_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="one_stop_per_thing")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.key}"
