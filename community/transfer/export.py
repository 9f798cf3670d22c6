"""Writing the community out: one file of JSON lines for each kind of row, and the uploads beside them.

Rows are read as they are written, from one snapshot of the database, so that the memory needed is the same for ten
threads and for ten million, and what is posted meanwhile is in all of the files or in none.
"""

import json
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from community import clock
from community.personal.schema import Field, Model, label
from community.transfer.kinds import FORMAT, MANIFEST, MEDIA, fields_of, file_name, files_of, models_in_order, rows_of

#: So many rows are in memory at once.
CHUNK = 2000
#: (what is being written, how many rows it has) -> call with how many were written
Progress = Callable[[str, int], Callable[[int], None]]


class NotEmpty(Exception):
    """There is something in the folder already."""


class Encoder(DjangoJSONEncoder):
    """Times keep their microseconds: what is read back is what was written."""

    def default(self, value: Any) -> Any:
        return value.isoformat() if hasattr(value, "isoformat") else super().default(value)


def export_community(target: Path, *, with_logins: bool, progress: Progress) -> dict[str, int]:
    """Write everything into the folder `target`, which is made; how many rows of each kind. NotEmpty, OSError."""
    if target.exists() and any(target.iterdir()):
        raise NotEmpty(target)
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    counts = {}
    with transaction.atomic():
        with connection.cursor() as cursor:
            if not connection.savepoint_ids:  # inside a test there is a transaction already
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model in models_in_order(with_logins):
            counts[label(model)] = _write(model, target, with_logins, progress)
    manifest = {"format": FORMAT, "made_at": clock.wall().isoformat(), "with_logins": with_logins, "rows": counts}
    # Last: a folder without it is one whose writing was ended before its time.
    (target / MANIFEST).write_text(json.dumps(manifest, indent=1) + "\n")
    return counts


def _write(model: Model, target: Path, with_logins: bool, progress: Progress) -> int:
    fields, files, rows = fields_of(model, with_logins), files_of(model), rows_of(model)
    told, count = progress(label(model), rows.count()), 0
    with (target / file_name(model)).open("w", encoding="utf-8") as lines:
        for row in rows.iterator(chunk_size=CHUNK):
            lines.write(line_of(row, fields))
            for name in files:
                _copy(str(getattr(row, name) or ""), target)
            count += 1
            told(1)
    return count


def line_of(row: models.Model, fields: list[Field]) -> str:
    """One row as one line of JSON: columns by name, as the database has them."""
    said = {field.attname: _value(row, field) for field in fields}
    return json.dumps(said, cls=Encoder, ensure_ascii=False, separators=(",", ":")) + "\n"


def _value(row: models.Model, field: Field) -> Any:
    value = getattr(row, field.attname)
    return str(value) if isinstance(field, models.FileField) else value


def _copy(name: str, target: Path) -> None:
    """An upload, under its own name. One that is not there is left out, as it is left out on the site."""
    if not name:
        return
    place = target / MEDIA / name
    place.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError), default_storage.open(name) as stored, place.open("wb") as copy:
        shutil.copyfileobj(stored, copy)
