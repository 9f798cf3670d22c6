"""Periodic jobs (procrastinate finds this module by its name). Each may run twice without harm."""

from datetime import timedelta

from procrastinate.contrib.django import app

from community import clock
from community.actions.attachments import sweep_loose_attachments
from community.actions.drafts import expire_drafts
from community.models import ChangeRow, Mail, PostKey
from community.models.changes import KEEP_CHANGES
from community.notices.mornings import plan_all
from community.notices.reminders import remind

KEEP_POST_KEYS = timedelta(days=7)
#: What was sent is kept for questions about it; the limits look back an hour.
KEEP_MAILS = timedelta(days=90)


@app.periodic(cron="17 * * * *")
@app.task(name="community.sweep", queueing_lock="community.sweep", pass_context=False)
def sweep(timestamp: int) -> None:
    """Drop change rows, posting keys, settled mails, drafts and files nobody needs any more."""
    ChangeRow.objects.filter(recorded_at__lt=clock.wall() - KEEP_CHANGES).delete()
    PostKey.objects.filter(created_at__lt=clock.now() - KEEP_POST_KEYS).delete()
    Mail.objects.filter(settled_at__lt=clock.now() - KEEP_MAILS).delete()
    expire_drafts()
    sweep_loose_attachments()


@app.periodic(cron="37 * * * *")
@app.task(name="community.reminders", queueing_lock="community.reminders", pass_context=False)
def reminders(timestamp: int) -> None:
    """Ask once, three days after an answer, whether it solved the question."""
    remind()


@app.periodic(cron="50 * * * *")
@app.task(name="community.mornings", queueing_lock="community.mornings", pass_context=False)
def mornings(timestamp: int) -> None:
    """Give everybody the morning that is theirs: new people, and choices that nobody planned for."""
    plan_all()
