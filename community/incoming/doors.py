"""What every door has in common: whatever comes in is handed to one action, and whoever brought it hears how it ended.

A door decides nothing. It knows only two answers: the message was taken (whatever became of it), or it cannot be taken
now and is to be brought again.
"""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import Error

from community.actions.incoming import foresee, take_in
from community.care.standing import standing
from community.mails.sending import site_address
from community.models import IncomingMail, Thread, User


class NotNow(Exception):
    """It cannot be taken at the moment, and nothing of it was kept: bring it again. The text says why."""


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


def would_be(*, raw: bytes, recipients: Sequence[str] = (), envelope_sender: str | None = None) -> dict[str, Any]:
    """What would become of it, as plain values; nothing is kept."""
    try:
        found = foresee(raw=raw, recipients=recipients, envelope_sender=envelope_sender)
        person = User.objects.filter(username=found.identity).first() if found.identity else None
        thread = Thread.objects.filter(pk=found.thread).first() if found.thread else None
    except (Error, psycopg.Error) as error:
        raise NotNow(f"The database takes nothing now ({type(error).__name__}).") from error
    return {
        "identity": person and {"id": person.pk, "name": str(person), "address": person.email},
        "thread": thread
        and {"id": thread.pk, "title": thread.title, "url": f"{site_address()}{thread.get_absolute_url()}"},
        "kept": found.kept,
        "cut": found.cut,
        "end": found.end,
        "reason": found.reason,
        "told": found.told,
        "files": list(found.files),
        "left_out": list(found.left_out),
    }
