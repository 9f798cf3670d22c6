"""A second place to restore into: another database with files of its own, worked on by processes of their own."""

import json
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from tests.community.test_import_kills import environment
from tests.embedded_pg.places import Place, open_folder


@dataclass
class Elsewhere:
    """Where commands work on another database."""

    env: dict[str, str]
    folder: Path

    def manage(self, *words: str | Path, ok: bool = True) -> str:
        """Run manage.py there; what it said, and an assertion on how it ended."""
        command = [sys.executable, "manage.py", *map(str, words)]
        done = subprocess.run(command, cwd=settings.BASE_DIR, env=self.env, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert (done.returncode == 0) is ok, said[-3000:]
        assert "Traceback" not in said, said[-3000:]
        return said

    def run(self, script: str) -> str:
        """Run these lines of Python there, with Django set up; what they printed."""
        return self.manage("shell", "--no-imports", "-c", script).strip()


@contextmanager
def second_database(tmp_path: Path) -> Iterator[Elsewhere]:
    """An empty database on the same server."""
    name = f"{connection.settings_dict['NAME']}_restored"
    quoted = connection.ops.quote_name(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {quoted}")
    here = environment()
    url = here["DATABASE_URL"].rpartition("/")[0] + f"/{name}"
    try:
        yield Elsewhere({**here, "DATABASE_URL": url, "DATA_DIR": str(tmp_path / "second")}, tmp_path / "second")
    finally:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")


@contextmanager
def fresh_cluster() -> Iterator[Elsewhere]:
    """A server that was never used: the project's own, with its data in a folder that is gone afterwards."""
    base = open_folder()
    place = Place(base, base / "var" / "postgres")
    env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    try:
        yield Elsewhere({**env, "DATA_DIR": str(base / "var")}, base / "var")
    finally:
        place.clear()


def manifest_of(path: Path) -> dict[str, Any]:
    with tarfile.open(path) as tar:
        file = tar.extractfile("manifest.json")
        assert file is not None
        found: dict[str, Any] = json.load(file)
        return found
