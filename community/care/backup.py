"""Making a backup: one file with everything people wrote and uploaded, as it was at one moment."""

import hashlib
import os
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.db.migrations.recorder import MigrationRecorder

from community import clock
from community.care import forgotten
from community.care.archive import writing
from community.care.tables import followers, plain_snapshot, rows_of, sequences, tables

#: A backup made into a folder is called so; only such files are ever cleared away.
NAME, NAMED = "peerdesk-{:%Y%m%dT%H%M%SZ}.tar", re.compile(r"peerdesk-\d{8}T\d{6}Z\.tar")
Tell = Callable[[str], None]


@dataclass(frozen=True)
class Made:
    """What was written: where, its bytes, how many rows and files, and the files that posts name but nobody has."""

    path: Path
    size: int
    rows: int
    files: int
    missing: tuple[str, ...]
    taken_at: datetime


def make_backup(path: Path, *, tell: Tell = lambda _line: None) -> Made:
    """Write a backup to `path`, or into it under a name of its own when it is a folder.

    The database is read in one snapshot while the site runs; the files are read after it, so that none it names can be
    younger. OSError when it cannot be written: then nothing is left of it.
    """
    taken_at = clock.wall()
    if path.is_dir():
        path /= NAME.format(taken_at)
    forgotten.catch_up()
    with writing(path) as writer:
        with plain_snapshot():
            manifest = _about(taken_at)
            for table in tables():
                tell(table.name)
                writer.add_table(table.name, list(table.columns), rows_of(table))
            named = set(_named_files())
        manifest["sequences"] = {name: list(value) for name, value in sequences().items()}
        tell("files")
        for name, file in _stored_files():
            writer.add_file(name, file)
        missing = sorted(named - writer.files.keys())
        manifest["missing_files"] = missing
        writer.finish(manifest)
    rows = sum(about["rows"] for about in writer.tables.values())
    return Made(path, path.stat().st_size, rows, len(writer.files), tuple(missing), taken_at)


def _about(taken_at: datetime) -> dict[str, object]:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        (server,) = cursor.fetchone()
    return {
        "taken_at": taken_at.isoformat(),
        "server_version": server,
        "site": settings.SITE_URL,
        "migrations": sorted(MigrationRecorder(connection).applied_migrations()),
        "followers": [follower.name for follower in followers()],
        "secret_key": key_fingerprint(),
    }


def key_fingerprint() -> str:
    """Tells one SECRET_KEY from another and nothing more: addresses in mails hold only under the key they were made."""
    return hashlib.sha256(b"peerdesk backup" + settings.SECRET_KEY.encode()).hexdigest()[:16]


def _stored_files() -> Iterator[tuple[str, Path]]:
    """Every uploaded file by its name in the store; links and what else is no plain file are left alone."""
    root = Path(settings.MEDIA_ROOT)
    for folder, _folders, names in os.walk(root):
        for name in sorted(names):
            file = Path(folder) / name
            if file.is_file() and not file.is_symlink():
                yield file.relative_to(root).as_posix(), file


def _named_files() -> Iterator[str]:
    """Every file that a row names."""
    for model in apps.get_models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField):
                names = model._base_manager.exclude(**{field.name: ""}).order_by().values_list(field.name, flat=True)
                yield from (name for name in names.iterator() if name)


def keep_newest(folder: Path, count: int) -> list[Path]:
    """Delete all but the `count` newest backups that were made into this folder; returns what went."""
    found = sorted(file for file in folder.iterdir() if NAMED.fullmatch(file.name) and file.is_file())
    old = found[:-count] if count else []
    for file in old:
        with suppress(FileNotFoundError):
            file.unlink()
    return old
