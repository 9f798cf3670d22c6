"""The worker: tells people what happened, and runs the jobs. A thread in demo and runserver, else `manage.py worker`.

Three loops: the follower of the event rows, which also makes the mails of what it wrote (a sweep every two seconds);
the sender of those mails; and procrastinate's worker for periodic jobs. Each step is safe to run twice; a killed worker
loses nothing.
"""

import asyncio
import logging
import threading
from typing import Any

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connection
from django.utils.module_loading import import_string
from procrastinate.contrib.django import app

from community.care.standing import standing
from community.care.watchdog import FOLLOW, SEND, announce, beat, look
from community.notices.delivering import Round, deliver
from community.notices.digests import make_digests
from community.notices.fanout import fan_out_all
from community.notices.gathering import gather_all
from community.notices.known_issues import tell_all as tell_of_issues
from community.notices.pairs import find_all_pairs

logger = logging.getLogger(__name__)

SWEEP_SECONDS = 2.0
#: A mail server that is down is asked again after so many seconds, then after twice as many, at most MOST_SECONDS.
MOST_SECONDS = 300.0
_stop = threading.Event()


def follow(stop: threading.Event = _stop) -> None:
    """Turn events into notifications and these into mails, and note questions much like another, until told to stop.

    A lost database is waited for.
    """
    while not stop.is_set():
        try:
            close_old_connections()
            if not standing().rests:
                fan_out_all()
                tell_of_issues()
                gather_all()
                make_digests()
                _note_pairs()
                _take_steps()
            beat(FOLLOW)
            look()
        except DatabaseError:
            logger.warning("The database does not answer; the worker tries again.", exc_info=True)
            connection.close()
        stop.wait(SWEEP_SECONDS)
    connection.close()


def send(stop: threading.Event = _stop) -> None:
    """Send the mails that are due until told to stop. A lost database and a mail server that is down are waited for."""
    wait = SWEEP_SECONDS
    while not stop.is_set():
        try:
            close_old_connections()
            done = Round(0, is_down=False) if standing().rests else deliver()
            beat(SEND)
            look()
        except DatabaseError:
            logger.warning("The database does not answer; the sender tries again.", exc_info=True)
            connection.close()
        else:
            if done.is_down:
                logger.warning("The mail server does not answer; it is asked again in %d seconds.", wait)
            wait = min(wait * 2, MOST_SECONDS) if done.is_down else SWEEP_SECONDS
            if done.mails and not done.is_down:
                continue
        stop.wait(wait)
    connection.close()


def _note_pairs() -> None:
    """Whatever is wrong with the search, people are told of answers: their notifications do not wait for this."""
    try:
        find_all_pairs()
    except DatabaseError:
        raise
    except Exception:
        logger.warning("New questions could not be compared with older ones; tried again.", exc_info=True)


def _take_steps() -> None:
    """What settings.WORKER_STEPS names; one that fails is tried again at the next turn, and stops nothing else."""
    for path in settings.WORKER_STEPS:
        try:
            import_string(path)()
        except DatabaseError:
            raise
        except Exception:
            logger.warning("%s did not work; tried again.", path, exc_info=True)


async def _run_jobs(stop: threading.Event) -> None:
    connector: Any = app.connector  # the Django one, which knows the worker's
    worker_app = app.with_connector(connector.get_worker_connector())
    async with worker_app.open_async():
        job = asyncio.create_task(
            worker_app.run_worker_async(
                install_signal_handlers=False, listen_notify=False, fetch_job_polling_interval=5
            )
        )
        while not stop.is_set() and not job.done():
            await asyncio.sleep(0.5)
        job.cancel()
        await asyncio.gather(job, return_exceptions=True)


def run_jobs(stop: threading.Event = _stop) -> None:
    """procrastinate's worker, started again when the database comes back."""
    while not stop.is_set():
        try:
            asyncio.run(_run_jobs(stop))
        except Exception:
            logger.warning("The job worker stopped; it starts again.", exc_info=True)
        stop.wait(SWEEP_SECONDS)


def _announce() -> None:
    """The loops wait for a database that is away; nothing of theirs is late before that is back."""
    try:
        announce()
    except DatabaseError:
        logger.warning("The database does not answer; the worker tries again.", exc_info=True)
        connection.close()


def start_in_background() -> None:
    """All loops as daemon threads of this process (demo, runserver)."""
    _announce()
    for target in (follow, send, run_jobs):
        threading.Thread(target=target, name=f"worker-{target.__name__}", daemon=True).start()


def run(stop: threading.Event = _stop) -> None:
    """All loops, in the foreground until `stop` is set."""
    _announce()
    others = [
        threading.Thread(target=target, args=(stop,), name=f"worker-{target.__name__}", daemon=True)
        for target in (send, run_jobs)
    ]
    for other in others:
        other.start()
    follow(stop)
    for other in others:
        other.join(timeout=10)
