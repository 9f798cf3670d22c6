"""The detached helper: starts the server outside of our process tree, and stops it when its last user is gone.

Standard library only, run as `python -I -S`: it must start quickly and owe nothing to the project's environment.
The order (JSON on standard input): {"home": path, "start": null or {"argv", "env", "log", "run_as"}, "watch": bool}.
The answer (JSON on standard output): {"pid": number or null} or {"error": words}.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from . import locks, postmaster

GRACE_SECONDS = 1.0
WATCHER_LOCK_SECONDS = 10.0


def main() -> None:
    """Leave the caller's process tree, do the order, answer, and perhaps stay to watch."""
    order = json.loads(sys.stdin.buffer.read())
    if os.fork():
        os._exit(0)  # the caller has no child of ours to bury
    home = Path(order["home"])
    watch_fd = None
    try:
        pid = start_server(home, order["start"]) if order["start"] else None
        if order["watch"]:
            watch_fd = locks.acquire(home / "watcher.lock", locks.EXCLUSIVE, WATCHER_LOCK_SECONDS)
        answer: dict[str, Any] = {"pid": pid}
    except Exception as error:
        answer = {"error": str(error)}
    sys.stdout.write(json.dumps(answer))
    sys.stdout.flush()
    null = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(null, standard)  # the caller reads until the end of our output
    if watch_fd is not None:
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # a killed server is buried at once
        watch(home, watch_fd)


def start_server(home: Path, order: dict[str, Any]) -> int:
    """Start postgres in a session of its own, with no descriptor but its log, and note its number."""
    with Path(order["log"]).open("ab") as log:
        process = subprocess.Popen(  # noqa: S603 - the programs found by programs.py
            order["argv"],
            env=order["env"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            umask=0o077,
            start_new_session=True,
            **order["run_as"],
        )
    process.returncode = 0  # it shall outlive us: no warning about a child left behind
    postmaster.write_record(home, process.pid)
    return process.pid


def watch(home: Path, watch_fd: int) -> None:
    """Wait until no user is left, stop the server while newcomers wait for the lock, and end.

    A short grace lets one command follow another without a restart in between. The folder is our working directory, so
    that we find it again when it was renamed.
    """
    os.chdir(home)
    path = Path("users.lock")
    while True:
        users_fd = locks.acquire_forever(path)
        if users_fd is None:
            return  # the folder was removed: whatever is there now has a watcher of its own
        locks.release(users_fd)
        time.sleep(GRACE_SECONDS)
        try:
            users_fd = locks.open_lock(path)
        except OSError:
            return
        if locks.try_lock(users_fd, locks.EXCLUSIVE) and locks.is_current(users_fd, path):
            break
        os.close(users_fd)
    if locks.is_current(watch_fd, Path("watcher.lock")):
        home = Path.cwd()
        postmaster.stop(home)
        forget_socket_folder(home)
    locks.release(watch_fd)  # before the users get in: they look for a watcher
    locks.release(users_fd)


def forget_socket_folder(home: Path) -> None:
    """Remove the temporary folder of a socket whose path was too long, when the server left it empty."""
    with contextlib.suppress(OSError):
        folder = Path(os.fsdecode((home / "socket").read_bytes()))
        (folder / "home").unlink(missing_ok=True)
        folder.rmdir()
        (home / "socket").unlink()
