"""File locks (`flock`) that vanish with their process, however it died.

A lock belongs to the open file, which forked children share: closing our copy keeps theirs, unlocking takes it from
all. Hence `release` (unlock: for short locks which a child may have inherited by accident) and a plain close (for the
hold of a user).
"""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path

from .errors import EmbeddedServerError

SHARED = fcntl.LOCK_SH
EXCLUSIVE = fcntl.LOCK_EX
POLL_SECONDS = 0.02


def acquire(path: Path, mode: int, seconds: float) -> int:
    """Lock the file (made when missing) and return its descriptor, which programs we start do not inherit.

    Raises EmbeddedServerError when somebody else keeps the lock for longer than `seconds`.
    """
    deadline = time.monotonic() + seconds
    while True:
        fd = open_lock(path)
        try:
            while not try_lock(fd, mode):
                if time.monotonic() > deadline:
                    raise EmbeddedServerError(
                        f"Another process has kept {path} locked for {seconds:.0f} seconds; "
                        "end it (or run: python -m config.embedded_pg stop) and try again."
                    )
                time.sleep(POLL_SECONDS)
        except BaseException:
            os.close(fd)
            raise
        if is_current(fd, path):
            return fd
        os.close(fd)  # the folder was removed and made again while we waited: lock the new file


def open_lock(path: Path) -> int:
    """Open a lock file, made when missing; as root in somebody's folder it belongs to that somebody."""
    fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(fd, folder.st_uid, folder.st_gid)
    return fd


def try_lock(fd: int, mode: int) -> bool:
    """Take the lock if it is free; never wait."""
    try:
        fcntl.flock(fd, mode | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_current(fd: int, path: Path) -> bool:
    """Whether the descriptor is still the file at that path."""
    try:
        return os.path.samestat(os.fstat(fd), path.stat())
    except OSError:
        return False


def release(fd: int) -> None:
    """Unlock for everybody who shares this open file, then close it."""
    fcntl.flock(fd, fcntl.LOCK_UN)
    os.close(fd)


def is_held(path: Path) -> bool:
    """Whether some process holds the file exclusively right now."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    free = try_lock(fd, SHARED)
    if free:
        release(fd)
    else:
        os.close(fd)
    return not free


def has_users(path: Path) -> bool:
    """Whether some process holds the file, shared or exclusively."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    free = try_lock(fd, EXCLUSIVE)
    if free:
        release(fd)
    else:
        os.close(fd)
    return not free


def acquire_forever(path: Path) -> int | None:
    """Wait without limit (and without polling) for the exclusive lock; None when the file is no longer there."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return None
    fcntl.flock(fd, EXCLUSIVE)
    if is_current(fd, path):
        return fd
    os.close(fd)
    return None
