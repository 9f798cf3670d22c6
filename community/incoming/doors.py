"""What every door has in common: whatever comes in is handed to one action, and whoever brought it hears how it ended.

A door decides nothing. It knows only two answers: the message was taken (whatever became of it), or it cannot be taken
now and is to be brought again.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import Error, transaction

from community.actions.incoming import take_in
from community.actions.incoming_files import files_only_if_done
from community.care.standing import standing
from community.incoming.child import Child
from community.incoming.records import Parsed, Unreadable
from community.mails.sending import site_address
from community.models import IncomingMail

#: Why it is taken for nobody's, though it may be known whose reply address it came to.
_NOBODYS = frozenset(
    {
        IncomingMail.Reason.SENDER,
        IncomingMail.Reason.UNVERIFIED,
        IncomingMail.Reason.OLD_ADDRESS,
        IncomingMail.Reason.UNKNOWN,
        IncomingMail.Reason.AUTOMATIC,
        IncomingMail.Reason.LOOP,
        IncomingMail.Reason.NO_TARGET,
        IncomingMail.Reason.FORGED,
        IncomingMail.Reason.UNREADABLE,
        IncomingMail.Reason.TOO_LARGE,
        IncomingMail.Reason.BOUNCE,
    }
)


class NotNow(Exception):
    """It cannot be taken at the moment, and nothing of it was kept: bring it again. The text says why."""


class _Undone(Exception):
    """Ends the transaction of an early look."""


def bring(
    *, raw: bytes, door: IncomingMail.Door, recipients: Sequence[str] = (), envelope_sender: str | None = None
) -> IncomingMail:
    """Hand one message in. NotNow while the database is away, migrations are missing, or the site rests."""
    try:
        now = standing()
        if now.closed_at is not None:
            raise NotNow("The site is closed since a backup was restored (manage.py go_live opens it).")
        if now.read_only_at is not None:
            raise NotNow("The site is read-only for a while.")
        return take_in(raw=raw, door=door, recipients=recipients, envelope_sender=envelope_sender)
    except (Error, psycopg.Error) as error:
        raise NotNow(f"The database takes nothing now ({type(error).__name__}).") from error


def would_be(
    *, raw: bytes, door: IncomingMail.Door, recipients: Sequence[str] = (), envelope_sender: str | None = None
) -> dict[str, Any]:
    """What would become of it, as plain values: it is taken in, looked at, and all of it is undone, files too."""
    told: dict[str, Any] = {}
    try:
        with files_only_if_done(), transaction.atomic():
            row = take_in(raw=raw, door=door, recipients=recipients, envelope_sender=envelope_sender)
            told = told_of(row)
            raise _Undone
    except _Undone:
        return told
    except (Error, psycopg.Error) as error:
        raise NotNow(f"The database takes nothing now ({type(error).__name__}).") from error


def told_of(row: IncomingMail) -> dict[str, Any]:
    """What became of a message, for whoever asks by program."""
    person = None if row.reason in _NOBODYS else row.person
    thread = row.thread
    return {
        "identity": person and {"id": person.pk, "name": str(person), "address": row.sender},
        "thread": thread
        and {"id": thread.pk, "title": thread.title, "url": f"{site_address()}{thread.get_absolute_url()}"},
        "kept": row.kept,
        "cut": row.cut,
        "end": str(row.end),
        "reason": str(row.reason),
        "told": row.told,
    }


def parts_of(raw: bytes) -> Parsed:
    """What is in a message, for showing it; nothing where it cannot be read."""
    try:
        with Child() as child:
            return child.read(raw)
    except Unreadable:
        return Parsed()
