"""The running server as its own postmaster.pid tells it, believed only after a look at the process itself."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from . import processes

POLL_SECONDS = 0.02
FAST_STOP_SECONDS = 60.0
HARD_STOP_SECONDS = 10.0


@dataclass(frozen=True)
class Postmaster:
    """A live server process. `state` is "starting", "ready", "stopping", or "lost": it runs, but its socket is gone
    (somebody tidied /tmp, or renamed the project), and nobody can reach it.
    """

    pid: int
    started: str
    port: int
    socket_folder: str
    state: str


def find(home: Path) -> Postmaster | None:
    """The live server of this folder, or None. A file left by a dead server, or one whose number another process got,
    counts as none.
    """
    lines = _pid_file(home / "data")
    try:
        pid = int(lines[0])
    except (IndexError, ValueError):
        return None
    started = processes.started(pid)
    if started is None or not processes.serves(pid, home / "data"):
        return None
    record = read_record(home)
    if record.get("pid") == pid and record.get("place") == processes.place() and record.get("started") != started:
        return None
    port, socket_folder = [*lines[3:5], "", ""][:2]
    state = lines[7].strip() if len(lines) > 7 else "starting"
    if state == "ready" and not (Path(socket_folder) / f".s.PGSQL.{port}").exists():
        state = "lost"
    return Postmaster(pid, started, int(port or 0), socket_folder, state)


def _pid_file(data: Path) -> list[str]:
    try:
        return os.fsdecode((data / "postmaster.pid").read_bytes()).split("\n")
    except OSError:
        return []


def forget_foreign_pid(home: Path) -> None:
    """Remove a postmaster.pid whose number exists but is not our live server: another process got it, or the killed
    server has not been buried yet (its parent is slow, or a container's first process never does it).

    PostgreSQL itself would refuse to start then. One with a vanished number stays: PostgreSQL checks it, and the shared
    memory named in it, better than we could. (It also finds memory that is still in use by the folder's inode.)
    """
    lines = _pid_file(home / "data")
    if not lines or find(home) is not None:
        return
    number = lines[0].strip()
    if not number.isdecimal() or _exists(int(number)):
        (home / "data" / "postmaster.pid").unlink(missing_ok=True)


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def read_record(home: Path) -> dict[str, object]:
    """What the last starter noted about the process it started; empty when nothing (or nonsense) is there."""
    try:
        record = json.loads((home / "server.json").read_bytes())
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def write_record(home: Path, pid: int) -> None:
    """Note which process was started, so that a later one with its number is not taken for it."""
    side = home / f"server.json.{os.getpid()}"
    side.write_text(json.dumps({"pid": pid, "started": processes.started(pid), "place": processes.place()}))
    if os.geteuid() == 0:
        folder = home.stat()
        os.chown(side, folder.st_uid, folder.st_gid)
    side.replace(home / "server.json")


def stop(home: Path) -> bool:
    """Fast shutdown (clients are disconnected, everything committed is safe), then ever harder; wait for the end.

    Returns whether there was a server to stop.
    """
    running = find(home)
    if running is None:
        return False
    steps = (
        (signal.SIGINT, FAST_STOP_SECONDS),
        (signal.SIGQUIT, HARD_STOP_SECONDS),
        (signal.SIGKILL, HARD_STOP_SECONDS),
    )
    for number, seconds in steps:
        if not is_alive(running):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(running.pid, number)
        deadline = time.monotonic() + seconds
        while is_alive(running) and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)
    return True


def is_alive(server: Postmaster) -> bool:
    """Whether this very process (not another one with its number) still lives."""
    return processes.started(server.pid) == server.started
