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
    """A live server process. `state` is "starting", "ready" or "stopping"."""

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
    return Postmaster(
        pid, started, int(port or 0), socket_folder, state if socket_folder or state == "stopping" else "starting"
    )


def _pid_file(data: Path) -> list[str]:
    try:
        return os.fsdecode((data / "postmaster.pid").read_bytes()).split("\n")
    except OSError:
        return []


def forget_foreign_pid(home: Path) -> None:
    """Remove a postmaster.pid whose number now belongs to a process that is not our server.

    PostgreSQL itself would refuse to start then. One with a dead number stays: PostgreSQL checks it, and the shared
    memory named in it, better than we could.
    """
    lines = _pid_file(home / "data")
    if find(home) is not None or not lines:
        return
    alive = lines[0].strip().isdecimal() and processes.started(int(lines[0])) is not None
    if alive or not lines[0].strip().isdecimal():
        (home / "data" / "postmaster.pid").unlink(missing_ok=True)


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
