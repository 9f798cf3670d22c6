"""Periodic jobs (procrastinate finds this module by its name). Each may run twice without harm."""

from django.conf import settings
from procrastinate.contrib.django import app

from community.actions.imitations import mark_imitations
from community.care.forgotten import catch_up
from community.care.retention import sweep_all
from community.care.watchdog import FETCH, watched
from community.incoming.doors import NotNow
from community.incoming.mailbox import Unreachable, fetch, opened
from community.notices.mornings import plan_all
from community.notices.reminders import remind
from community.notices.standing import tell_levels
from community.personal.erasing import finish_erasures
from community.personal.exporting import make_exports


@app.periodic(cron="17 * * * *")
@app.task(name="community.sweep", queueing_lock="community.sweep", pass_context=False)
@watched("community.sweep")
def sweep(timestamp: int) -> None:
    """Forget what is kept no longer (care/kept.py has the table); find names that imitate the brand's."""
    sweep_all()
    mark_imitations()
    catch_up()


@app.periodic(cron="37 * * * *")
@app.task(name="community.reminders", queueing_lock="community.reminders", pass_context=False)
@watched("community.reminders")
def reminders(timestamp: int) -> None:
    """Ask once, three days after an answer, whether it solved the question."""
    remind()


@app.periodic(cron="7 * * * *")
@app.task(name="community.levels", queueing_lock="community.levels", pass_context=False)
@watched("community.levels")
def levels(timestamp: int) -> None:
    """Tell people once what they can do by now."""
    tell_levels()


@app.periodic(cron="50 * * * *")
@app.task(name="community.mornings", queueing_lock="community.mornings", pass_context=False)
@watched("community.mornings")
def mornings(timestamp: int) -> None:
    """Give everybody the morning that is theirs: new people, and choices that nobody planned for."""
    plan_all()


@app.periodic(cron="* * * * *")
@app.task(name="community.finish_erasures", lock="community.finish_erasures", pass_context=False)
@watched("community.finish_erasures")
def find_traces(timestamp: int) -> None:
    """Take the names of those who closed their accounts out of everything else: at once, and whatever was left."""
    finish_erasures()


@app.periodic(cron="* * * * *")
@app.task(name="community.make_exports", lock="community.make_exports", pass_context=False)
@watched("community.make_exports")
def make_archives(timestamp: int) -> None:
    """Make the archives of their own data that people asked for, and delete those whose week is over."""
    make_exports()


@app.periodic(cron="* * * * *")
@app.task(name=FETCH, lock=FETCH, queueing_lock=FETCH, pass_context=False)
@watched(FETCH, forgives=(Unreachable, NotNow))
def fetch_mails(timestamp: int) -> None:
    """Take in what waits in the mailbox of INCOMING_IMAP."""
    if settings.INCOMING_IMAP is not None:
        with opened() as mailbox:
            fetch(mailbox, most=200)
