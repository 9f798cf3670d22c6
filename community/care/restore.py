"""Restoring a backup: into an empty database, or in place of everything that is there.

What was there before stays aside, as a schema of its own, until every row that was read in was read out again and has
the hash it had. Whatever goes wrong puts it back; a restore that was killed is put back by the next one.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from community import clock
from community.actions.record import record_change
from community.care import positions
from community.care.archive import BLOCK, Reader
from community.care.backup import key_fingerprint
from community.care.replay import highest_numbers, replay
from community.care.tables import is_ours, plainly, rows_of, sequences, tables
from community.models import SiteState, Thread

Tell = Callable[[str], None]
WORDS_AT_ONCE = 2000


class CannotRestore(Exception):
    """Nothing was changed; the text says why in one sentence."""


@dataclass(frozen=True)
class Restored:
    """What came back: when the backup was taken, rows, files; what was forgotten again, and what could not be."""

    taken_at: datetime
    rows: int
    files: int
    forgotten: int
    not_forgotten: tuple[str, ...]
    is_same_key: bool


def restore(path: Path, *, replace: bool, forgotten_file: Path | None = None, tell: Tell) -> Restored:
    """Bring back what `make_backup` wrote. CannotRestore or BadArchive: nothing was changed.

    `replace`: in place of what is there. `forgotten_file`: the file of erasures, if it is not where this site has it.
    """
    reader = Reader(path)
    try:
        tell("Reading the backup through once …")
        reader.verify()
        targets = _targets(reader.manifest)
        _refuse(replace)
        taken_at = datetime.fromisoformat(reader.manifest["taken_at"])
        with _aside():
            tell("Making the tables …")
            executor = MigrationExecutor(connection)
            executor.migrate(targets)
            tell("Reading the rows in …")
            _load(reader, forgotten_file)
            _put_files(reader)
    finally:
        reader.close()
    tell("Bringing the tables up to this version …")
    call_command("migrate", verbosity=0, interactive=False)
    _close(taken_at)  # again, for a backup of before a site could be closed
    tell("Looking at the words of every question …")
    _write_words()
    done, left = replay(since=taken_at, file=forgotten_file)
    record_change()
    rows = sum(about["rows"] for about in reader.manifest["tables"].values())
    is_same_key = reader.manifest["secret_key"] == key_fingerprint()
    return Restored(taken_at, rows, len(reader.manifest["files"]), done, tuple(left), is_same_key)


def _write_words() -> None:
    """Which letters are parts of words is each server's own idea: what is found is told by the one that has it now."""
    last = 0
    with connection.cursor() as cursor:
        while True:
            ids = list(Thread.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:WORDS_AT_ONCE])
            if not ids:
                break
            cursor.execute("SELECT community_write_words(%s)", [ids])
            last = ids[-1]
        cursor.execute("ANALYZE")


# Before anything is changed -------------------------------------------------------------------------------------------
def _targets(manifest: dict[str, Any]) -> list[tuple[str, str]]:
    """The last migrations of each app that the backup had. CannotRestore when this code does not know one."""
    applied = {(app, name) for app, name in manifest["migrations"]}
    graph = MigrationExecutor(connection).loader.graph
    if unknown := sorted(applied - set(graph.nodes)):
        app, name = unknown[0]
        raise CannotRestore(f"This backup was made by a newer version of Peerdesk: {app}.{name} is not known here.")
    return [
        key
        for key in sorted(applied)
        if not any(child.key in applied and child.key[0] == key[0] for child in graph.node_map[key].children)
    ]


def _refuse(replace: bool) -> None:
    with connection.cursor() as cursor:
        if _exists(_aside_name()):
            return  # an unfinished restore: what is there now is half of it
        names = connection.introspection.table_names(cursor)
        holds = [name for name in ("community_user", "community_thread") if name in names and _has_rows(name)]
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        (others,) = cursor.fetchone()
        cursor.execute("SELECT extname FROM pg_extension WHERE extnamespace = current_schema()::regnamespace")
        extensions = [name for (name,) in cursor.fetchall()]
        foreign = [name for name in names if not is_ours(name)]
    files = Path(settings.MEDIA_ROOT)
    if not replace and (holds or (files.is_dir() and any(files.iterdir()))):
        what = "This database holds people's posts" if holds else f"There are files in {files}"
        raise CannotRestore(f"{what}: restore into an empty place, or give --replace to lose them.")
    if others:
        raise CannotRestore(f"{others} other connections use this database: stop the site and its worker first.")
    if names and (extensions or foreign):
        raise CannotRestore(
            f"The database also holds {(extensions + foreign)[0]}, which is not Peerdesk's: restore into another one."
        )


def _has_rows(table: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS (SELECT FROM {connection.ops.quote_name(table)})")  # noqa: S608 - our tables
        return bool(cursor.fetchone()[0])


# What was there before ------------------------------------------------------------------------------------------------
def _aside_name() -> str:
    return f"{_schema()}_before_restore"


def _schema() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_schema()")
        return str(cursor.fetchone()[0])


def _exists(schema: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [schema])
        return cursor.fetchone() is not None


@contextmanager
def _aside() -> Iterator[None]:
    """An empty schema; the one before is dropped when the block ends well, and put back otherwise."""
    schema, aside = _schema(), _aside_name()
    if not _exists(aside):
        _say(f"ALTER SCHEMA {_name(schema)} RENAME TO {_name(aside)}")
    else:  # a restore was killed before its end
        _say(f"DROP SCHEMA IF EXISTS {_name(schema)} CASCADE")
    try:
        _say(f"CREATE SCHEMA {_name(schema)}")
        yield
    except BaseException:
        connection.close()  # whatever state it is in
        _say(f"DROP SCHEMA IF EXISTS {_name(schema)} CASCADE", f"ALTER SCHEMA {_name(aside)} RENAME TO {_name(schema)}")
        raise
    _say(f"DROP SCHEMA {_name(aside)} CASCADE")


def _say(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _name(schema: str) -> str:
    return connection.ops.quote_name(schema)


# Reading in -----------------------------------------------------------------------------------------------------------
_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace ORDER BY 1, 2
"""


def _load(reader: Reader, forgotten_file: Path | None) -> None:
    """All rows, numbers and positions in one transaction, compared with the manifest before it is committed."""
    told: dict[str, Any] = reader.manifest["tables"]
    numbers = positions.take_numbers(2 ** len(reader.manifest["followers"]))
    with transaction.atomic(), connection.cursor() as cursor:
        plainly()
        cursor.execute(_FOREIGN_KEYS)
        keys = cursor.fetchall()
        for table, name, _definition in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute("TRUNCATE " + ", ".join(map(_name, told)))
        for table, about in told.items():
            # What triggers would add is among the rows.
            cursor.execute(f"ALTER TABLE {_name(table)} DISABLE TRIGGER USER")
            columns = ", ".join(map(_name, about["columns"]))
            with cursor.copy(f"COPY {_name(table)} ({columns}) FROM STDIN") as lines:
                for block in reader.rows(table):
                    lines.write(block)
        positions.put_right(numbers)
        for table in told:
            cursor.execute(f"ALTER TABLE {_name(table)} ENABLE TRIGGER USER")
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        _set_sequences(reader.manifest, forgotten_file)
        _compare(told)
        if SiteState._meta.db_table in connection.introspection.table_names(cursor):
            # Closed before anybody can see a row of it: no worker that runs by mistake mails what was mailed long ago.
            _close(datetime.fromisoformat(reader.manifest["taken_at"]))


def _close(taken_at: datetime) -> None:
    SiteState.objects.update_or_create(pk=1, defaults={"closed_at": clock.wall(), "restored_from": taken_at})


def _set_sequences(manifest: dict[str, Any], forgotten_file: Path | None) -> None:
    """As they stood; and beyond the number of anything that was forgotten since, which no other thing may bear."""
    present, lowest = sequences(), highest_numbers(forgotten_file)
    with connection.cursor() as cursor:
        for name, (value, is_called) in manifest["sequences"].items():
            if name in present:
                if lowest.get(name, 0) >= value:
                    value, is_called = lowest[name], True
                cursor.execute("SELECT setval(%s::regclass, %s, %s)", [_name(name), value, is_called])


def _compare(told: dict[str, Any]) -> None:
    """Every table read out again, as a backup would: as many rows, and the same hash."""
    present = {table.name: table for table in tables()}
    if missing := sorted(told.keys() - present.keys()):
        raise CannotRestore(f"The table {missing[0]} of the backup is none of this version's.")
    for name, about in told.items():
        whole = sha256()
        for block in rows_of(present[name]):
            whole.update(block)
        if whole.hexdigest() != about["sha256"]:
            raise CannotRestore(f"The rows of {name} are not what the backup holds; nothing was changed.")


# Files ----------------------------------------------------------------------------------------------------------------
def _put_files(reader: Reader) -> None:
    """The uploaded files, unpacked beside their place and then put there; what was there before goes."""
    root = Path(settings.MEDIA_ROOT)
    side, before = root.with_name(f"{root.name}.restoring"), root.with_name(f"{root.name}.before_restore")
    shutil.rmtree(side, ignore_errors=True)
    side.mkdir(parents=True)
    for name in reader.manifest["files"]:
        target = side / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with reader.file(name) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, BLOCK)
    shutil.rmtree(before, ignore_errors=True)
    if root.exists():
        root.rename(before)
    side.rename(root)
    shutil.rmtree(before, ignore_errors=True)
