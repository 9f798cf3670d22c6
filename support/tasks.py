"""Jobs of the desk (procrastinate finds this module by its name). Each may run twice without harm."""

from typing import Any

from procrastinate.contrib.django import app

from community.care.watchdog import watched
from support.actions import figures, files, ledger, policies, presence, promises, weekly


@app.periodic(cron="27 * * * *")
@app.task(name="support.policies", queueing_lock="support.policies", pass_context=False)
@watched("support.policies")
def escalate(timestamp: int) -> None:
    """Questions that waited long enough come to staff, where an administrator lets them."""
    policies.run_what_is_on()


@app.periodic(cron="41 * * * *")
@app.task(name="support.sweep", queueing_lock="support.sweep", pass_context=False)
@watched("support.sweep")
def sweep(timestamp: int) -> None:
    """Files that came into no ticket go, and who had one open long ago."""
    files.sweep_loose()
    presence.sweep()


@app.periodic(cron="11 * * * *")
@app.task(name="support.weekly", queueing_lock="support.weekly", pass_context=False)
@watched("support.weekly")
def report_weeks(timestamp: int) -> None:
    """What the company heard in the week that is over; on most hours there is nothing to do."""
    weekly.make_due()


@app.periodic(cron="*/10 * * * *")
@app.task(name="support.ledger", queueing_lock="support.ledger", pass_context=False)
@watched("support.ledger")
def advance_ledger(timestamp: int) -> None:
    """What was recorded since the last time comes into the ledger, and what has matured by now."""
    ledger.advance()


@app.periodic(cron="4-59/10 * * * *")
@app.task(name="support.figures", queueing_lock="support.figures", lock="support.figures", pass_context=False)
@watched("support.figures")
def compute_figures(timestamp: int) -> None:
    """What figures need rows for: intervals, medians, experiments."""
    figures.compute_figures()


@app.task(name=promises.JOB, pass_context=False)
def keep_promises(queue_ids: list[Any], after: int = 0) -> None:
    """Plan what runs in these queues anew, some hundred tickets in one job, the rest in the next."""
    last = promises.keep_all(queue_ids=queue_ids, after=after)
    if last is not None:
        app.configure_task(promises.JOB).defer(queue_ids=queue_ids, after=last)
