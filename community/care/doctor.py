"""What `manage.py doctor` looks at: each finding says what is known and, where it is not well, what cures it.

What the admin's start page shows as well (worker, jobs, notices, mail, search) has its one home in accounts/health.py
and is asked from there; here stands what only whoever keeps the machine can see or cure.
"""

import os
import shutil
import smtplib
import ssl
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from community import clock
from community.accounts.health import Sign, signs
from community.care.incoming_mail import incoming_mail
from community.care.watchdog import BACKUP
from community.models import JobRun, User
from community.roles import STAFF

#: Clocks further apart than this make codes and limits wrong.
MOST_SKEW = timedelta(seconds=5)
#: Less free than this, in bytes or as a share, is soon full.
LEAST_FREE, LEAST_SHARE = 2_000_000_000, 0.05
OLDEST_BACKUP = timedelta(hours=36)
SHORTEST_KEY = 50
MOST_NAMES = 10


def findings() -> list[Sign]:
    """Everything, the database first: without it the rest cannot be asked."""
    try:
        found = list(_database())
    except DatabaseError as error:
        told = " ".join(str(error).split())[:200]
        cure = "Start PostgreSQL, or correct DATABASE_URL."
        return [Sign("Database", f"Does not answer: {told}", False, cure), *_machine()]
    if not all(sign.is_well for sign in found if sign.name == "Migrations"):
        return [*found, *_machine()]  # what asks for rows would ask for columns that are not there
    return [
        *found,
        *_asked(_clock),
        *_asked(signs),
        *_mail_conversation(),
        *_asked(incoming_mail),
        *_asked(_staff),
        *_asked(_backup),
        *_machine(),
    ]


def _asked(look: Callable[[], list[Sign]]) -> list[Sign]:
    """One thing that cannot be looked at takes no other away."""
    try:
        return look()
    except (DatabaseError, OSError) as error:
        name = look.__name__.strip("_").capitalize()
        return [Sign(name, f"Could not be looked at: {' '.join(str(error).split())[:200]}", False, "See the log.")]


def _machine() -> list[Sign]:
    return [*_settings(), *_folders(), *_disk()]


# The database ---------------------------------------------------------------------------------------------------------
def _database() -> Iterator[Sign]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('server_version'), pg_is_in_recovery(), pg_encoding_to_char(encoding), datcollate,"
            " current_setting('default_transaction_read_only'), datcollversion,"
            " pg_database_collation_actual_version(oid) FROM pg_database WHERE datname = current_database()"
        )
        version, recovers, encoding, collation, only_reads, made_with, present = cursor.fetchone()
    yield Sign("Database", f"PostgreSQL {version} answers.", True)
    if recovers or only_reads == "on":
        cure = "Connect to the primary server, or wait for the recovery to end; people read meanwhile."
        yield Sign("Database", "It takes no writes.", False, cure)
    if encoding != "UTF8":
        cure = "Back up, create the database with ENCODING 'UTF8', and restore."
        yield Sign("Encoding", f"{encoding}, not UTF8.", False, cure)
    if made_with and present and made_with != present:
        cure = f"REINDEX DATABASE, then ALTER DATABASE ... REFRESH COLLATION VERSION ({collation})."
        told = f"The system's order of letters changed from {made_with} to {present}: indexes may be wrong."
        yield Sign("Collation", told, False, cure)
    else:
        yield Sign("Collation", f"{collation}, {encoding}.", True)
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    told = f"{len(waiting)} wait." if waiting else "All are applied."
    yield Sign("Migrations", told, not waiting, "manage.py migrate" if waiting else "")


def _clock() -> list[Sign]:
    with connection.cursor() as cursor:
        before = clock.wall()
        cursor.execute("SELECT clock_timestamp()")
        (theirs,) = cursor.fetchone()
        after = clock.wall()
    skew = max(before - theirs, theirs - after, timedelta(0))
    told = f"This machine's and the database's are {skew.total_seconds():.1f} s apart."
    cure = "Let both follow a time server (timedatectl set-ntp true)."
    return [Sign("Clock", told, skew <= MOST_SKEW, "" if skew <= MOST_SKEW else cure)]


# Mail -----------------------------------------------------------------------------------------------------------------
def _mail_conversation() -> list[Sign]:
    """A real conversation up to where a mail would begin: name, encryption, sign-in."""
    name = "Mail server"
    cure = "Look at EMAIL_URL: host, port, smtp:// or smtps://, name and password; is the port open from here?"
    if not settings.EMAIL_BACKEND.endswith("smtp.EmailBackend"):
        return [Sign(name, "Not spoken with: mails leave another way.", True)]
    backend = get_connection()
    try:
        backend.open()
        code, words = backend.connection.docmd("NOOP")
    except (OSError, smtplib.SMTPException, ssl.SSLError) as error:
        said = getattr(error, "smtp_code", None) or type(error).__name__
        return [Sign(name, f"{settings.EMAIL_HOST}, port {settings.EMAIL_PORT}: {said}.", False, cure)]
    finally:
        backend.close()
    is_well = code == 250
    told = f"{settings.EMAIL_HOST}, port {settings.EMAIL_PORT} talks with us."
    return [Sign(name, told if is_well else f"{told} It said {code} {words!r}.", is_well, "" if is_well else cure)]


# People and backups ---------------------------------------------------------------------------------------------------
def _staff() -> list[Sign]:
    people = User.objects.filter(groups__name__in=STAFF, is_active=True, anonymised_at=None).with_standing().distinct()
    without = [str(person.username) for person in people if not person.has_second_factor]
    if not without:
        return [Sign("Staff", "All have a second factor.", True)]
    shown = ", ".join(without[:MOST_NAMES]) + (" and more" if len(without) > MOST_NAMES else "")
    cure = "Their rights rest until they set one up under /accounts/2fa/; ask them, or take the role away."
    return [Sign("Staff", f"Without a second factor: {shown}.", False, cure)]


def _backup() -> list[Sign]:
    run = JobRun.objects.filter(name=BACKUP).first()
    cure = "manage.py backup FOLDER --keep 14, from a timer; see docs/install.md."
    if run is None or run.finished_at is None:
        return [Sign("Backup", "None was made yet.", not settings.PRODUCTION, cure)]
    age = clock.wall() - run.finished_at
    told = f"The last is {age.total_seconds() / 3600:.0f} hours old."
    if run.failed_at is not None:
        return [Sign("Backup", f"{told} The one after it failed.", False, cure)]
    return [Sign("Backup", told, age <= OLDEST_BACKUP, "" if age <= OLDEST_BACKUP else cure)]


# The machine ----------------------------------------------------------------------------------------------------------
def _settings() -> list[Sign]:
    """What a production site must not be without."""
    if not settings.PRODUCTION:
        return [Sign("Settings", f"PEERDESK_MODE is {settings.MODE}: nothing here is for the open internet.", True)]
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    host = urlsplit(settings.SITE_URL).hostname or ""
    asked = [
        (settings.SITE_URL.startswith("https://"), "SITE_URL has no https", "Get a certificate; SITE_URL=https://..."),
        (not settings.DEBUG, "DEBUG is on", "Leave DEBUG away."),
        (
            len(settings.SECRET_KEY) >= SHORTEST_KEY and len(set(settings.SECRET_KEY)) >= 10,
            "SECRET_KEY is short",
            'python -c "import secrets; print(secrets.token_urlsafe(50))"',
        ),
        ("*" not in settings.ALLOWED_HOSTS and host in settings.ALLOWED_HOSTS, "Hosts are open", "See ALLOWED_HOSTS."),
        (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE, "Cookies travel unencrypted", "Use https."),
        (
            bool(proxies) == bool(getattr(settings, "SECURE_PROXY_SSL_HEADER", None)),
            "Proxies are counted but not believed, or the other way round",
            "BEHIND_PROXY=1, and TRUSTED_PROXIES for more than one.",
        ),
    ]
    wrong = [
        Sign("Settings", f"{told[0].upper()}{told[1:]}.", False, cure) for is_well, told, cure in asked if not is_well
    ]
    return wrong or [Sign("Settings", f"{settings.SITE_URL}, {proxies} proxies in front.", True)]


def _folders() -> list[Sign]:
    """Where this process must be able to write."""
    found = []
    for name in ("DATA_DIR", "MEDIA_ROOT", "SEARCH_DIR"):
        folder = Path(getattr(settings, name))
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if not os.access(there, os.W_OK | os.X_OK):
            cure = f"chown it to the account of the site (now {os.getuid()}), or name another folder."
            found.append(Sign("Folders", f"{name} cannot be written: {folder}.", False, cure))
    if settings.PRODUCTION and not any(Path(settings.STATIC_ROOT).glob("*.json")):
        found.append(Sign("Folders", f"No static files in {settings.STATIC_ROOT}.", False, "manage.py collectstatic"))
    return found or [Sign("Folders", "All can be written.", True)]


def _disk() -> list[Sign]:
    folder = Path(settings.DATA_DIR)
    there = next(each for each in (folder, *folder.parents) if each.exists())
    usage = shutil.disk_usage(there)
    is_well = usage.free >= LEAST_FREE and usage.free / usage.total >= LEAST_SHARE
    told = f"{usage.free / 1e9:.1f} GB of {usage.total / 1e9:.1f} GB are free where {folder} is."
    return [Sign("Disk", told, is_well, "" if is_well else "Make room, or move DATA_DIR to a larger disk.")]
