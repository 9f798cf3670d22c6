"""Reading a community that was written out into an empty site: all of it or nothing, in one transaction."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.management.color import no_style
from django.db import DatabaseError, connection, models, transaction
from django.utils.module_loading import import_string

from community.actions.record import record_change
from community.care.others import others
from community.models import Board, Brand, Follower, Thread, User
from community.notices import fanout, pairs
from community.personal.schema import Field, Model, label
from community.transfer.export import CHUNK, Progress
from community.transfer.kinds import FORMAT, MANIFEST, MEDIA, fields_of, file_name, files_of, models_in_order


class CannotImport(Exception):
    """`str(error)` says what is wrong, and where."""


def import_community(source: Path, *, progress: Progress) -> dict[str, int]:
    """Read the folder `source` into this site, which must be empty; how many rows of each kind.

    CannotImport, with the file and the line, for what cannot be read: then nothing was written.
    """
    manifest = _manifest(source)
    with_logins = bool(manifest.get("with_logins"))
    kinds = models_in_order(with_logins)
    counts: dict[str, int] = {}
    copied: list[str] = []
    with transaction.atomic():
        _refuse_unless_empty()
        Brand.objects.all().delete()
        Group.objects.all().delete()
        for model in (each for care in others() for each in care.defaults):
            model._default_manager.all().delete()
        for model in kinds:
            counts[label(model)] = _read(model, source, with_logins, progress, copied)
        wrong = {name: count for name, count in manifest["rows"].items() if counts.get(name, 0) != count}
        if wrong:
            raise CannotImport(f"These files have lost rows or were not read: {', '.join(sorted(wrong))}.")
        _count_on(kinds)
        for path in settings.DEFAULTS:  # an older export knows nothing of what every site has by now
            import_string(path)()
        _look_at_nothing_older()
        _copy_files(source, copied)
    return counts


def _manifest(source: Path) -> dict[str, Any]:
    try:
        manifest: dict[str, Any] = json.loads((source / MANIFEST).read_text())
        known, rows = manifest["format"], manifest["rows"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CannotImport(f"{source / MANIFEST} is missing or not whole: was the export finished?") from error
    if known != FORMAT or not isinstance(rows, dict):
        raise CannotImport(f"This export has the format {known!r}; this version reads {FORMAT}.")
    return manifest


def _refuse_unless_empty() -> None:
    for model in (User, Board, Thread):
        manager: models.Manager[Any] = model._default_manager
        if manager.exists():
            raise CannotImport("This site is not empty. A community is read into a new one: migrate, then import.")


def _read(model: Model, source: Path, with_logins: bool, progress: Progress, copied: list[str]) -> int:
    path, count = source / file_name(model), 0
    fields, files = {field.attname: field for field in fields_of(model, with_logins)}, files_of(model)
    manager: models.Manager[Any] = model._default_manager
    told = progress(label(model), 0)
    lines = _lines(path)
    while portion := list(islice(lines, CHUNK)):
        rows = [_row(model, fields, path, number, line) for number, line in portion]
        try:
            manager.bulk_create(rows)
        except (DatabaseError, ValueError, TypeError) as error:
            first, last = portion[0][0], portion[-1][0]
            raise CannotImport(f"{path}, lines {first} to {last}: {str(error).splitlines()[0]}") from error
        copied += [name for row in rows for file in files if (name := str(getattr(row, file) or ""))]
        count += len(rows)
        told(len(rows))
    return count


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8") as file:
            yield from ((number, line) for number, line in enumerate(file, 1) if line.strip())
    except FileNotFoundError:
        return
    except UnicodeDecodeError as error:
        raise CannotImport(f"{path} is not in UTF-8.") from error


def _row(model: Model, fields: dict[str, Field], path: Path, number: int, line: str) -> models.Model:
    try:
        said = json.loads(line)
        if unknown := sorted(said.keys() - fields.keys()):
            raise ValueError(f"unknown columns: {', '.join(unknown)}")
        values = {name: _value(fields[name], value) for name, value in said.items()}
    except (ValueError, TypeError, AttributeError, ValidationError) as error:
        raise CannotImport(f"{path}, line {number}: {error}") from error
    if model is User and "password" not in values:
        values["password"] = make_password(None)
    return model(**values)


def _value(field: Field, value: Any) -> Any:
    if isinstance(field, models.JSONField | models.FileField) or value is None:
        return value
    return (field.target_field if isinstance(field, models.ForeignKey) else field).to_python(value)


def _count_on(kinds: tuple[Model, ...]) -> None:
    """New rows are numbered after those that were read."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(kinds)):
            cursor.execute(statement)


def _look_at_nothing_older() -> None:
    """Nobody is told again of what happened on the old site; caches and indexes begin anew."""
    with connection.cursor() as cursor:
        # What this very transaction writes counts as seen: a snapshot taken now would not know of it.
        cursor.execute("SELECT pg_current_xact_id()::text::bigint + 1")
        after = cursor.fetchone()[0]
    seen = {"snapshot": f"{after}:{after}:", "reading": "", "xid": 0, "row": 0}
    for name in (fanout.FOLLOWER, pairs.FOLLOWER, *(name for care in others() for name in care.followers)):
        Follower.objects.update_or_create(name=name, defaults=seen)
    record_change()


def _copy_files(source: Path, names: list[str]) -> None:
    for name in names:
        path = source / MEDIA / name
        if ".." in Path(name).parts or Path(name).is_absolute():
            raise CannotImport(f"A file cannot be called {name!r}.")
        if path.is_file() and not default_storage.exists(name):
            with path.open("rb") as stored:
                default_storage.save(name, File(stored))
