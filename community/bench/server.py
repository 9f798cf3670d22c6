"""The site under gunicorn with two workers, as a process of its own, and what its processes cost."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import IO

from django.conf import settings
from django.db import connection

from community.bench.processes import children, cpu_seconds

SETTINGS = "config.bench_settings"
WORKERS = 2
START_SECONDS = 60
LOCAL = {"", "127.0.0.1", "localhost", "::1"}


def environment(database: str, collected: str = "") -> dict[str, str]:
    """What the measured processes are told: the bench's settings and database, and never the debug mode.

    `collected` is a folder of collected static files, to be served as in production.
    """
    told = {"DJANGO_SETTINGS_MODULE": SETTINGS, "PEERDESK_BENCH_DATABASE": database, "DEBUG": "0"}
    return {**os.environ, **told, "PEERDESK_BENCH_STATIC": collected}


@dataclass(frozen=True)
class Server:
    """A running gunicorn."""

    port: int
    master: int
    log: IO[bytes]

    def get(self, path: str, cookie: str = "") -> tuple[int, dict[str, str], str]:
        """One request outside the measurements: status, headers by lower-case name, text."""
        http = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            http.request("GET", path, headers={"Cookie": cookie} if cookie else {})
            answer = http.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read().decode("utf-8", "replace")
        finally:
            http.close()

    def cpu(self) -> float:
        """Seconds of CPU its workers have used."""
        return cpu_seconds(children(self.master))

    def complaints(self) -> str:
        """What it wrote to its log: nothing, when all is well."""
        self.log.seek(0)
        return self.log.read().decode("utf-8", "replace")


def database_cpu() -> float | None:
    """Seconds of CPU the database's processes for this database have used; None where they cannot be seen."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        pids = [pid for (pid,) in cursor.fetchall()]
    host = str(connection.settings_dict["HOST"])
    if (host not in LOCAL and not host.startswith("/")) or not pids:
        return None
    return cpu_seconds(pids)


def _free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def gunicorn(database: str, *options: str, collected: str = "") -> Iterator[Server]:
    """A gunicorn that serves the bench's settings on loopback until the block ends; `options` are its own.

    `collected` as in `environment`.
    """
    port = _free_port()
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as index:
        told = {**environment(database, collected), "PEERDESK_BENCH_SEARCH": index}
        # Built before anything is measured; from then on one of the workers keeps it.
        build = [sys.executable, "manage.py", "search_index", "rebuild"]
        subprocess.run(build, cwd=settings.BASE_DIR, env=told, check=True, stdout=log, stderr=log)  # noqa: S603 - ours
        log.truncate(0)
        log.seek(0)
        process = subprocess.Popen(  # noqa: S603 - our own interpreter and arguments
            [
                *(sys.executable, "-m", "gunicorn", "config.bench_wsgi:application"),
                *("--bind", f"127.0.0.1:{port}", "--workers", str(WORKERS), "--log-level", "warning"),
                *options,
            ],
            cwd=settings.BASE_DIR,
            env=told,
            stdout=log,
            stderr=log,
        )
        server = Server(port, process.pid, log)
        try:
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Return once both workers answer; RuntimeError with gunicorn's own words when they do not."""
    end = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < end:
        try:
            server.get("/bench/bare/")
            return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"gunicorn did not start:\n{server.complaints()[-2000:]}")
