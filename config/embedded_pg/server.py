"""Start, find and stop the server of a folder; the one door through which the backend and the command line go.

Whoever calls `attach` is a user of the server until the process ends: see the package's docstring for the locks.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from . import accounts, cluster, homes, locks, postmaster, processes, programs
from .errors import EmbeddedServerError, refuse_windows

# A stopping server is waited for (its checkpoint may be long), so is one that recovers after a crash.
HOLD_SECONDS = 120.0
START_SECONDS = 300.0
# After a killed server its children finish their statement before they notice; until then nobody may start a new one.
ORPHAN_SECONDS = 60.0
POLL_SECONDS = 0.02
LAUNCH_SECONDS = 60.0

# What libpq reads from the environment is about some other server; a part of it (PGSERVICE, PGDATESTYLE) cannot be
# overruled by connection parameters.
LIBPQ_VARIABLES = (
    *("PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGPASSWORD", "PGPASSFILE", "PGSERVICE", "PGOPTIONS"),
    *("PGSERVICEFILE", "PGSYSCONFDIR", "PGSSLMODE", "PGREQUIRESSL", "PGSSLNEGOTIATION", "PGREQUIREAUTH", "PGDATA"),
    *("PGCHANNELBINDING", "PGREQUIREPEER", "PGGSSENCMODE", "PGKRBSRVNAME", "PGGSSLIB", "PGCONNECT_TIMEOUT", "PGTZ"),
    *("PGCLIENTENCODING", "PGTARGETSESSIONATTRS", "PGLOADBALANCEHOSTS", "PGDATESTYLE", "PGGEQO"),
    *("PGMINPROTOCOLVERSION", "PGMAXPROTOCOLVERSION"),
)

# What the children of a killed server, or clients who came too early, write into the same log.
FAREWELLS = ("unexpected postmaster exit", "terminating connection", "the database system is ")

# What passes by itself: orphans that still work, a server that is being buried, one that an orphaned starter began.
PASSING = ("pre-existing shared memory", 'lock file "postmaster.pid" already exists')

_LAUNCH = "import sys; sys.path.append(sys.argv[1]); from embedded_pg.watcher import main; main()"

_mutex = threading.Lock()
_holds: dict[Path, int] = {}
_known_databases: set[tuple[Path, str]] = set()


@dataclass(frozen=True)
class Address:
    """How to reach a running server."""

    socket_folder: str
    port: int
    user: str
    password: str
    server: postmaster.Postmaster

    def url(self, database: str) -> str:
        """A libpq URL with the password in it."""
        host, database = quote(self.socket_folder, safe=""), quote(database, safe="")
        return f"postgresql://{self.user}:{quote(self.password)}@/{database}?host={host}&port={self.port}"

    def connect(self, database: str) -> psycopg.Connection[Any]:
        """A plain connection in autocommit mode."""
        return psycopg.connect(
            host=self.socket_folder,
            port=self.port,
            user=self.user,
            password=self.password,
            dbname=database,
            autocommit=True,
        )


def attach(data_dir: str | os.PathLike[str], database: str | None = None) -> Address:
    """Make this process a user of the server, starting (or restarting) it when necessary; make `database` when missing.

    Cheap when all is well. Raises EmbeddedServerError with one sentence for the person at the keyboard.
    """
    refuse_windows()
    for name in LIBPQ_VARIABLES:
        os.environ.pop(name, None)
    with _mutex:
        try:
            home = homes.locate(Path(data_dir))
            _hold(home)
            running = postmaster.find(home)
            if running is None or running.state != "ready" or not locks.is_held(home / "watcher.lock"):
                running = _bring_up(home)
            address = Address(running.socket_folder, running.port, cluster.USER, cluster.read_password(home), running)
            if database is not None and (home, database) not in _known_databases:
                _make_database(home, address, database)
                _known_databases.add((home, database))
        except PermissionError as error:
            raise EmbeddedServerError(_belongs_to_somebody_else(Path(data_dir), error)) from error
        except OSError as error:
            raise EmbeddedServerError(f"The database in {data_dir} cannot be used: {error}") from error
    return address


def _belongs_to_somebody_else(data_dir: Path, error: PermissionError) -> str:
    try:
        owner = accounts.account_name(Path(str(error.filename)).stat().st_uid)
    except OSError:
        owner = "somebody else"
    return (
        f"The database in {data_dir} belongs to {owner} ({error.filename} is closed to you): "
        "run as that account, or set DATABASE_URL to a server of your own."
    )


def _hold(home: Path) -> None:
    """Hold users.lock shared until this process and its forked children are gone. Waits while a server stops."""
    fd = _holds.get(home)
    if fd is not None and locks.is_current(fd, home / "users.lock"):
        return
    if fd is not None:
        os.close(fd)
        del _holds[home]
    _holds[home] = locks.acquire(home / "users.lock", locks.SHARED, HOLD_SECONDS)


def _bring_up(home: Path) -> postmaster.Postmaster:
    """With everybody else waiting: find, start or restart the server, and see to its watcher."""
    lock_fd = locks.acquire(home / "start.lock", locks.EXCLUSIVE, START_SECONDS)
    try:
        watched = locks.is_held(home / "watcher.lock")
        running = postmaster.find(home)
        if running is None and watched:
            _refuse_other_container(home)
        if running is not None and running.state in ("stopping", "lost"):
            postmaster.stop(home)
            running = None
        if running is None:
            return _start(home, lock_fd, watch=not watched)
        if not watched:
            _launch(home, start=None, watch=True)
        return _wait_until_ready(home, running.pid) or _start(home, lock_fd, watch=False)
    finally:
        locks.release(lock_fd)


def _refuse_other_container(home: Path) -> None:
    place = postmaster.read_record(home).get("place")
    if place and processes.place() and place != processes.place():
        raise EmbeddedServerError(
            f"The database in {home} is in use by another container (its processes cannot be seen from here): "
            "stop that one, or give each its own folder."
        )


def _start(home: Path, lock_fd: int, watch: bool) -> postmaster.Postmaster:
    """Start the server, making its data folder first when there is none. Call it with the start lock held."""
    account = accounts.for_cluster(home / "data")
    major = cluster.major_version(home)
    found = programs.find(account, major)
    if major is None:
        cluster.create(home, found, account, lock_fd)
    else:
        cluster.clear_side_folders(home)
    if not account.can("-x", home / "data"):
        raise EmbeddedServerError(
            f"{home / 'data'} is closed to the account {account.name}, as which PostgreSQL has to run: open its path."
        )
    cluster.read_password(home)
    socket_folder = homes.choose_socket_folder(home, account)
    homes.clear_sockets(socket_folder)
    log = cluster.prepare_log(home)
    order = {
        "argv": cluster.server_command(home, found, socket_folder),
        "env": cluster.server_environment(),
        "log": str(log),
        "run_as": account.run_as(),
    }
    deadline = time.monotonic() + ORPHAN_SECONDS
    while True:
        postmaster.forget_foreign_pid(home)
        before = log.stat().st_size
        pid = _launch(home, start=order, watch=watch)
        watch = False
        running = _wait_until_ready(home, pid)
        if running is not None:
            return running
        words = _complaint(log, before)
        passing = not words or any(word in words for word in PASSING)
        if words and (not passing or time.monotonic() > deadline):
            raise EmbeddedServerError(f"PostgreSQL did not start: {words} (the whole story: {log})")
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"PostgreSQL is ended by something as soon as it starts; its log is {log}")
        time.sleep(POLL_SECONDS)


def _complaint(log: Path, offset: int) -> str:
    """The last FATAL line, or else the last line at all that is not a routine report, written after `offset`."""
    with log.open("rb") as file:
        file.seek(offset)
        lines = file.read().decode(errors="replace").splitlines()
    serious = [
        line for line in lines if ("FATAL:" in line or "PANIC:" in line) and not any(word in line for word in FAREWELLS)
    ]
    other = [line for line in lines if "LOG:" not in line and "HINT:" not in line and "DETAIL:" not in line]
    chosen = (serious or other or [""])[-1]
    return chosen.partition("FATAL:")[2].strip() or chosen.strip()


def _launch(home: Path, start: dict[str, Any] | None, watch: bool) -> int:
    """Run watcher.py with an order; return the number of the server process it started (0 when none was ordered)."""
    order = {"home": str(home), "start": start, "watch": watch}
    try:
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-I", "-S", "-c", _LAUNCH, str(Path(__file__).resolve().parents[1]), str(home)],
            input=json.dumps(order).encode(),
            capture_output=True,
            check=False,
            cwd="/",
            start_new_session=True,
            timeout=LAUNCH_SECONDS,
        )
        answer = json.loads(done.stdout)
    except (ValueError, subprocess.TimeoutExpired) as error:
        raise EmbeddedServerError(f"The helper that starts PostgreSQL failed: {error}") from error
    if "error" in answer:
        raise EmbeddedServerError(f"PostgreSQL could not be started: {answer['error']}")
    return int(answer["pid"] or 0)


def _wait_until_ready(home: Path, pid: int) -> postmaster.Postmaster | None:
    """Wait for a server that accepts connections; None when the process has ended and no other serves the folder."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        alive = processes.started(pid) is not None
        running = postmaster.find(home)
        if running is not None and running.state == "ready":
            return running
        if running is None and not alive:
            return None
        time.sleep(POLL_SECONDS)
    raise EmbeddedServerError(
        f"PostgreSQL was not ready after {START_SECONDS:.0f} seconds; its log is {home / 'server.log'}"
    )


def _make_database(home: Path, address: Address, database: str) -> None:
    """Make the database when it is missing; several processes may ask at once."""
    with address.connect("postgres") as connection:
        if _has_database(connection, database):
            return
        lock_fd = locks.acquire(home / "start.lock", locks.EXCLUSIVE, START_SECONDS)
        try:
            if not _has_database(connection, database):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        finally:
            locks.release(lock_fd)


def _has_database(connection: psycopg.Connection[Any], database: str) -> bool:
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone() is not None


def stop(data_dir: str | os.PathLike[str]) -> bool:
    """Stop the server now, whoever uses it (the next connection starts it again). Returns whether there was one."""
    refuse_windows()
    home = homes.locate(Path(data_dir))
    lock_fd = locks.acquire(home / "start.lock", locks.EXCLUSIVE, START_SECONDS)
    try:
        return postmaster.stop(home)
    finally:
        locks.release(lock_fd)


def status(data_dir: str | os.PathLike[str]) -> list[str]:
    """What there is, in lines for people. Starts nothing and uses nothing."""
    refuse_windows()
    if not Path(data_dir).exists():
        return [f"folder:   {data_dir} (not made yet)", "server:   not running (the first connection starts it)"]
    home = homes.locate(Path(data_dir))
    running = postmaster.find(home)
    lines = [f"folder:   {home}", f"data:     {_data_words(home)}"]
    if running is None:
        return [*lines, "server:   not running (the first connection starts it)"]
    lines.append(f"server:   {running.state}, process {running.pid}, socket in {running.socket_folder}")
    lines.append(f"in use:   {'yes' if locks.has_users(home / 'users.lock') else 'no, it will stop by itself'}")
    lines.append(f"watcher:  {'yes' if locks.is_held(home / 'watcher.lock') else 'no, the next connection brings one'}")
    return lines


def _data_words(home: Path) -> str:
    major = cluster.major_version(home)
    return "none yet (the first connection makes it)" if major is None else f"PostgreSQL {major}"


def _leave() -> None:
    """At the end of a process: a server whose watcher was killed gets a new one, or nobody would ever stop it."""
    for home, fd in _holds.items():
        with contextlib.suppress(Exception):
            if locks.is_current(fd, home / "users.lock") and not locks.is_held(home / "watcher.lock"):
                _bring_up_watcher(home)


def _bring_up_watcher(home: Path) -> None:
    lock_fd = locks.acquire(home / "start.lock", locks.EXCLUSIVE, LAUNCH_SECONDS)
    try:
        if postmaster.find(home) is not None and not locks.is_held(home / "watcher.lock"):
            _launch(home, start=None, watch=True)
    finally:
        locks.release(lock_fd)


def _after_fork() -> None:
    """A forked child shares the hold; a mutex that some thread of its parent held would never be free again."""
    global _mutex
    _mutex = threading.Lock()


atexit.register(_leave)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
