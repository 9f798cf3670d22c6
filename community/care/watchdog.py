"""The watchdog: whatever runs again and again has an interval within which it must have run, all in one table.

Each run leaves its time in `JobRun`. Whoever reads (the admin's start page, /healthz, `manage.py doctor`) computes what
is late, so that it needs nothing alive but the database; mails about it are sent by whichever loop of the worker lives.
All by the real clock.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, wraps
from typing import Any

from django.conf import settings
from django.db import Error, connection, transaction
from django.utils.module_loading import import_string

from community import clock
from community.care.read_only import takes_no_writes
from community.care.standing import standing
from community.mails.kinds import write_mail
from community.mails.sending import Line, site_address
from community.models import JobRun, User
from community.roles import Role

logger = logging.getLogger(__name__)

#: What turns all the time, by name; each says so at every turn. (Whether the jobs' loop turns is seen by the jobs.)
FOLLOW, SEND, SEARCH = "notices", "mail", "search"
#: Noted like a job; how old the last one may be is for the doctor to say.
BACKUP = "backup"
#: Looks into the mailbox of INCOMING_IMAP; without one it has nothing to do, and says so.
FETCH = "community.fetch_mails"
HOURLY, BY_THE_MINUTE = timedelta(minutes=75), timedelta(minutes=10)
#: By name: after how long without a run something is wrong. Loops turn every few seconds, but one turn may be long (ten
#: thousand notices); jobs have a quarter of an hour beyond their hour.
EXPECTED: dict[str, timedelta] = {
    FOLLOW: BY_THE_MINUTE,
    SEND: BY_THE_MINUTE,
    SEARCH: BY_THE_MINUTE,
    "community.sweep": HOURLY,
    "community.reminders": HOURLY,
    "community.levels": HOURLY,
    "community.mornings": HOURLY,
    "community.finish_erasures": BY_THE_MINUTE,
    "community.make_exports": BY_THE_MINUTE,
    FETCH: BY_THE_MINUTE,
}


@cache
def expected() -> dict[str, timedelta]:
    """All that should run, the other apps' jobs too (settings.WATCHED_JOBS)."""
    others = (import_string(path) for path in settings.WATCHED_JOBS)
    return {**EXPECTED, **{name: interval for jobs in others for name, interval in jobs.items()}}


#: A loop that turns every two seconds does not write each time.
BEAT_SECONDS = 20.0
LOOK_SECONDS = 60.0

_BEGIN = """
    INSERT INTO community_jobrun (name, started_at) VALUES (%s, %s)
    ON CONFLICT (name) DO UPDATE SET started_at = EXCLUDED.started_at
"""
_END = """
    INSERT INTO community_jobrun (name, started_at, finished_at) VALUES (%s, %s, %s)
    ON CONFLICT (name) DO UPDATE SET finished_at = EXCLUDED.finished_at, failed_at = NULL
"""
_FAIL = """
    INSERT INTO community_jobrun (name, started_at, failed_at) VALUES (%s, %s, %s)
    ON CONFLICT (name) DO UPDATE SET failed_at = EXCLUDED.failed_at
"""


@dataclass(frozen=True)
class Missed:
    """Something that should have run and did not, or failed: its name, and when it last ended well (None: never)."""

    name: str
    since: datetime | None
    has_failed: bool


# Who runs -------------------------------------------------------------------------------------------------------------
def announce() -> None:
    """A worker begins: everything has its whole interval from now on."""
    now = clock.wall()
    for name in expected():
        _write(_BEGIN, [name, now])


_beaten: dict[str, float] = {}


def beat(name: str) -> None:
    """A loop has turned. Written at most every BEAT_SECONDS."""
    if time.monotonic() - _beaten.get(name, -BEAT_SECONDS) >= BEAT_SECONDS:
        _beaten[name] = time.monotonic()
        now = clock.wall()
        _write(_END, [name, now, now])


@contextmanager
def run_of(name: str, *, forgives: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    """One run of a job: when it began, and when it ended well or failed.

    What it forgives may last for a while (a server elsewhere is away): told only when no run ended well for its whole
    interval.
    """
    if not forgives:
        _write(_BEGIN, [name, clock.wall()])
    try:
        yield
    except forgives as error:
        logger.warning("%s is tried again: %s", name, error)
        return
    except BaseException:
        now = clock.wall()
        _write(_FAIL, [name, now, now])
        raise
    now = clock.wall()
    _write(_END, [name, now, now])


def watched(
    name: str, *, forgives: tuple[type[Exception], ...] = ()
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """For a periodic job (below `@app.task`): its runs are noted, and it rests while the site does."""

    def decorate(job: Callable[..., None]) -> Callable[..., None]:
        @wraps(job)
        def run(*args: Any, **kwargs: Any) -> None:
            if standing().rests:
                beat(name)
                return
            with run_of(name, forgives=forgives):
                job(*args, **kwargs)

        return run

    return decorate


def _write(statement: str, values: list[Any]) -> None:
    """A database that takes no writes has no news of runs either: whoever reads finds them late, and says so."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
    except Error as error:
        if not takes_no_writes(error):
            raise


# Who reads ------------------------------------------------------------------------------------------------------------
def missed() -> list[Missed]:
    """What should have run by now and did not, by name. One query."""
    now, runs = clock.wall(), {run.name: run for run in JobRun.objects.filter(name__in=expected())}
    found = []
    for name, interval in sorted(expected().items()):
        run = runs.get(name)
        if run is None:
            found.append(Missed(name, None, has_failed=False))
            continue
        last = max(at for at in (run.started_at, run.finished_at, datetime.min.replace(tzinfo=now.tzinfo)) if at)
        if now - last > interval or run.failed_at is not None:
            found.append(Missed(name, run.finished_at, has_failed=run.failed_at is not None))
    return found


# Who tells ------------------------------------------------------------------------------------------------------------
_looked = 0.0


def look() -> None:
    """Called by every loop of the worker: at most once a minute, tell administrators of what is late or well again."""
    global _looked
    if time.monotonic() - _looked >= LOOK_SECONDS:
        _looked = time.monotonic()
        tell()


def tell() -> int:
    """Mail administrators about each outage once, and once when it is over; returns how many mails were taken.

    Two loops may do it at once: whoever writes `told_at` first tells. Where no mail goes out, it is tried again.
    """
    late, taken = [one.name for one in missed()], 0
    rows = JobRun.objects.filter(name__in=expected())
    for kind, names, told_at in (
        ("watchdog_missed", rows.filter(name__in=late, told_at__isnull=True), clock.wall()),
        ("watchdog_well", rows.filter(told_at__isnull=False).exclude(name__in=late), None),
    ):
        with transaction.atomic():
            fresh = sorted(names.select_for_update(skip_locked=True).values_list("name", flat=True))
            rows.filter(name__in=fresh).update(told_at=told_at)
        if not fresh:
            continue
        done = _mail(kind, fresh)
        taken += done
        if not done:  # nobody heard of it: once more in a minute
            rows.filter(name__in=fresh).update(told_at=None if told_at else clock.wall())
    return taken


def _mail(kind: str, names: list[str]) -> int:
    """One mail to each administrator; how many the mail server took."""
    admins = User.objects.filter(groups__name=Role.ADMIN, is_active=True, anonymised_at__isnull=True).exclude(email="")
    taken = 0
    with Line() as line:
        for address in admins.values_list("email", flat=True):
            context = {"names": ", ".join(names)}
            message = write_mail(kind, to=address, site_address=site_address(), context=context)
            taken += line.hand_over(message).outcome == "sent"
    return taken
