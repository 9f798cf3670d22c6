"""The job that makes the archives people asked for, and tells them."""

import logging
import secrets
from datetime import timedelta
from pathlib import Path

from django.db.models import Q
from django.urls import reverse

from community import clock
from community.actions.data_exports import KEPT, folder, sweep_exports
from community.mails.kinds import write_mail
from community.mails.sending import leave_now, site_address
from community.models import DataExport, User
from community.personal.archive import write_archive

logger = logging.getLogger(__name__)

#: Whoever began one that long ago was killed; another begins again.
LONGEST = timedelta(hours=1)


def make_exports() -> int:
    """Make every archive that waits, and sweep those whose week is over; how many were made."""
    sweep_exports()
    waiting = DataExport.objects.filter(ready_at__isnull=True, failed_at__isnull=True, removed_at__isnull=True)
    return sum(_make(export_id) for export_id in list(waiting.order_by("pk").values_list("pk", flat=True)))


def _make(export_id: int) -> bool:
    """Make one; False when somebody else does, or it could not be made."""
    now = clock.now()
    free = DataExport.objects.filter(
        Q(started_at__isnull=True) | Q(started_at__lt=now - LONGEST), pk=export_id, ready_at__isnull=True
    )
    if not free.update(started_at=now, done=0):
        return False
    export = DataExport.objects.select_related("person").get(pk=export_id)
    try:
        made = _write(export)
    except Exception:
        logger.exception("The archive %s could not be made.", export_id)
        DataExport.objects.filter(pk=export_id).update(failed_at=clock.now())
        _tell(export.person, "data_failed")
        return False
    if made:
        _tell(export.person, "data_ready")
    return made


def _write(export: DataExport) -> bool:
    """The file, complete before it gets its name; False when the account was closed meanwhile."""
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{secrets.token_urlsafe(32)}.zip"
    half, whole = folder() / f"{name}.part", folder() / name

    def tell(done: int, total: int) -> None:
        DataExport.objects.filter(pk=export.pk).update(done=done, total=total)

    try:
        half.touch(mode=0o600)
        write_archive(export.person, half, tell)
        half.rename(whole)
    finally:
        half.unlink(missing_ok=True)
    return _keep(export, whole)


def _keep(export: DataExport, file: Path) -> bool:
    kept = DataExport.objects.filter(pk=export.pk, removed_at__isnull=True, person__anonymised_at__isnull=True).update(
        ready_at=clock.now(), file_name=file.name, size=file.stat().st_size
    )
    if not kept:
        file.unlink(missing_ok=True)
    return bool(kept)


def _tell(person: User, kind: str) -> None:
    if not person.email:
        return
    context = {"url": site_address() + reverse("your_data"), "days": KEPT.days}
    leave_now(write_mail(kind, to=person.email, site_address=site_address(), context=context), is_limited=False)
