"""Everything that is kept, as bytes to search: every row of every table as a dump writes it, and every file."""

import os
import shutil
import subprocess
from pathlib import Path

from django.conf import settings
from django.db import connection


def dump() -> bytes:
    """The database, by pg_dump where there is one (it sees what is committed), and row by row in any case."""
    return rows() + _pg_dump()


def rows() -> bytes:
    """Every row of every table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = current_schema()")
        tables = [name for (name,) in cursor.fetchall()]
        parts = []
        for table in tables:
            with cursor.copy(f"COPY {table} TO STDOUT") as copied:
                parts += [bytes(row) for row in copied]
    return b"".join(parts)


def _pg_dump() -> bytes:
    program = shutil.which("pg_dump") or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_dump"))), None
    )
    place = connection.settings_dict
    if program is None:
        return b""
    command = [program, "-d", place["NAME"], "-h", str(place["HOST"]), "-U", place["USER"]]
    if place["PORT"]:
        command += ["-p", str(place["PORT"])]
    done = subprocess.run(
        command, env={**os.environ, "PGPASSWORD": place["PASSWORD"]}, capture_output=True, check=False
    )
    return done.stdout


def files(*folders: Path) -> bytes:
    """The names and contents of every file in these folders, uploads and the data folder."""
    found = b""
    for folder in (Path(settings.MEDIA_ROOT), Path(settings.DATA_DIR), *folders):
        for path in sorted(folder.rglob("*")):
            found += str(path.relative_to(folder)).encode() + b"\n"
            if path.is_file():
                found += path.read_bytes()
    return found


def traces_left(traces: dict[str, str]) -> list[str]:
    """Which of these (what it is -> the words) still stand anywhere, in whatever case."""
    everything = (dump() + files()).lower()
    return [name for name, words in traces.items() if words.lower().encode() in everything]
