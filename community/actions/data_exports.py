"""Asking for everything that is kept about oneself, and what becomes of the archives."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from community import clock, permissions
from community.errors import NotAllowed, NotThere, Refused
from community.models import DataExport, User

#: An archive can be fetched for so long; then its file is deleted.
KEPT = timedelta(days=7)
#: One in so long: each is made by reading everything.
BETWEEN = timedelta(days=1)
#: The job that makes what was asked for (tasks.py).
JOB = "community.make_exports"


class TooSoon(Refused):
    """There was one within a day."""

    status = 429


def folder() -> Path:
    """Where archives lie: never among the files that pages show."""
    return Path(settings.DATA_DIR) / "exports"


def latest_export(person: User) -> DataExport | None:
    """The last one this person asked for, whatever became of it."""
    return DataExport.objects.visible_to(person).order_by("-pk").first()


@transaction.atomic
def ask_for_export(*, actor: User) -> DataExport:
    """Have an archive made; the worker does it. NotAllowed for visitors, TooSoon within a day of the last one.

    While one is being made, it is the one: pressing twice asks once. One that failed does not count.
    """
    if not permissions.is_member(actor):
        raise NotAllowed(_("Please sign in first."))
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    last = DataExport.objects.filter(person=actor, failed_at__isnull=True).order_by("-pk").first()
    if last is not None and last.ready_at is None and last.removed_at is None:
        return last
    if last is not None and last.asked_at > clock.now() - BETWEEN:
        raise TooSoon(_("You asked for your data a short while ago. You can ask again a day after that."))
    try:
        with transaction.atomic():
            asked = DataExport.objects.create(person=actor)
    except IntegrityError as error:
        raise Refused(_("It is being made already.")) from error
    app.configure_task(JOB).defer(timestamp=0)
    return asked


def file_of(*, actor: User, export_id: int) -> Path:
    """The archive's file, for its owner alone. NotThere for everybody else, and once it is gone."""
    found = DataExport.objects.visible_to(actor).filter(pk=export_id, ready_at__gt=clock.now() - KEPT).first()
    if found is None or found.removed_at is not None or not permissions.is_member(actor):
        raise NotThere(_("This archive is no longer here. Please ask for a new one."))
    path = folder() / found.file_name
    if not path.is_file():
        raise NotThere(_("This archive is no longer here. Please ask for a new one."))
    return path


def remove_exports_of(person: User) -> None:
    """Every archive of this person goes, also one that is just being made; the caller holds the transaction."""
    rows = DataExport.objects.filter(person=person, removed_at__isnull=True)
    names = [name for name in rows.values_list("file_name", flat=True) if name]
    rows.update(removed_at=clock.now(), file_name="")
    for name in names:
        transaction.on_commit(partial(_delete, name))


@transaction.atomic
def sweep_exports() -> int:
    """Delete the archives whose week is over, and files that no row knows; the worker calls it. How many went."""
    over = DataExport.objects.filter(ready_at__lt=clock.now() - KEPT, removed_at__isnull=True)
    names = list(over.values_list("file_name", flat=True)[:1000])
    DataExport.objects.filter(file_name__in=names, removed_at__isnull=True).update(removed_at=clock.now(), file_name="")
    for name in names:
        transaction.on_commit(partial(_delete, name))
    return len(names) + _sweep_strays()


def _sweep_strays() -> int:
    """What a killed worker left half made. A file that is being made is young."""
    known = set(DataExport.objects.exclude(file_name="").values_list("file_name", flat=True))
    long_ago = clock.wall().timestamp() - BETWEEN.total_seconds()
    strays = [path for path in folder().glob("*.zip*") if path.name not in known and path.stat().st_mtime < long_ago]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)


def _delete(name: str) -> None:
    if name:
        (folder() / name).unlink(missing_ok=True)
