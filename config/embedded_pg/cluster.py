"""The data folder: made by initdb in a side folder and renamed when complete, and the options its server runs with."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .accounts import Account, keep_as_folder_owner
from .errors import EmbeddedServerError
from .programs import Programs

USER = "peerdesk"
SIDE_PREFIX = "data.new-"
LARGEST_LOG_BYTES = 5_000_000
# Parallel queries put their shared memory in /dev/shm, of which a container may have 64 MB and a chroot nothing.
SMALLEST_SHM_BYTES = 256_000_000


def major_version(home: Path) -> int | None:
    """The PostgreSQL that made the data folder; None when there is no data folder yet."""
    try:
        text = (home / "data" / "PG_VERSION").read_text()
    except FileNotFoundError:
        if (home / "data").exists():
            raise EmbeddedServerError(
                f"{home / 'data'} is not a complete database (it has no PG_VERSION): "
                "move it away to begin with an empty one."
            ) from None
        return None
    except PermissionError:
        raise EmbeddedServerError(
            f"{home / 'data'} is closed to this account: run as its owner, or set DATABASE_URL."
        ) from None
    return int(text.split(".")[0])


def read_password(home: Path) -> str:
    """The password of the server. Raises EmbeddedServerError when its file is gone or closed to this account."""
    path = home / "password"
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        raise EmbeddedServerError(
            f"The password of the database, {path}, is gone: put it back, "
            f"or move {home} away to begin with an empty database."
        ) from None
    except PermissionError:
        raise EmbeddedServerError(
            f"The database in {home} belongs to another account: run as that account, or set DATABASE_URL."
        ) from None


def create(home: Path, programs: Programs, account: Account, lock_fd: int) -> None:
    """Make the data folder. Call it with the start lock held.

    initdb inherits `lock_fd`: when we are killed, the next starter waits until its work is over, then clears it away.
    Raises EmbeddedServerError with initdb's own last words.
    """
    clear_side_folders(home)
    _write_password(home)
    side = Path(tempfile.mkdtemp(prefix=SIDE_PREFIX, dir=home))
    try:
        password = side / "password"
        password.touch(0o600)
        password.write_text((home / "password").read_text())
        account.give(password)
        account.give(side)
        _initdb(side, programs, account, lock_fd)
        (side / "data").rename(home / "data")
        _sync_folder(home)
    finally:
        shutil.rmtree(side, ignore_errors=True)


def clear_side_folders(home: Path) -> None:
    """Remove what a killed initdb has left."""
    for side in home.glob(f"{SIDE_PREFIX}*"):
        shutil.rmtree(side, ignore_errors=True)


def _write_password(home: Path) -> None:
    path = home / "password"
    if path.exists():
        return
    side = home / f"password.{os.getpid()}"
    fd = os.open(side, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "w") as file:
        file.write(secrets.token_urlsafe(32) + "\n")
        file.flush()
        os.fsync(fd)
    keep_as_folder_owner(side)
    side.rename(path)


def _initdb(side: Path, programs: Programs, account: Account, lock_fd: int) -> None:
    argv = [
        programs.path("initdb"),
        *("-D", str(side / "data"), "-U", USER, f"--pwfile={side / 'password'}"),
        *("--auth=scram-sha-256", "--encoding=UTF8", "--lc-messages=C", "--no-instructions"),
    ]
    if programs.major >= 17:
        choices = [["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
    else:
        choices = [["--locale=C.UTF-8"], ["--locale=C"]]  # older systems do not know the first
    for choice in choices:
        done = subprocess.run(  # noqa: S603 - the programs found by programs.py
            [*argv, *choice],
            capture_output=True,
            check=False,
            env=server_environment(),
            stdin=subprocess.DEVNULL,
            cwd="/",
            umask=0o077,
            pass_fds=[lock_fd],
            **account.run_as(),
        )
        if done.returncode == 0:
            return
    words = done.stderr.decode(errors="replace").strip().splitlines() or [f"it ended with code {done.returncode}"]
    errors = [line for line in words if "error:" in line or "FATAL" in line]
    raise EmbeddedServerError(f"The database could not be made in {side.parent}: {(errors or words)[-1].strip()}")


def _sync_folder(folder: Path) -> None:
    """Make the rename outlive a power cut."""
    fd = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    with contextlib.suppress(OSError):
        os.fsync(fd)
    os.close(fd)


def server_environment() -> dict[str, str]:
    """Our environment without what would change the server: PostgreSQL's own variables, language and time zone (Django
    sets TZ for its process).
    """
    unwanted = ("PG", "LC_", "LANG")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted) and name != "TZ"}
    return kept | {"LC_ALL": "C"}


def server_command(home: Path, programs: Programs, socket_folder: Path) -> list[str]:
    """The command line of the server. Options stand here, not in postgresql.conf, so that every start has today's."""
    quoted_folder = str(socket_folder).replace('"', '""')
    options = {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_directories": f'"{quoted_folder}"',
        "unix_socket_permissions": "0700",
        "max_connections": "200",
        "shared_buffers": "128MB",
        "dynamic_shared_memory_type": dynamic_shared_memory(),
        # A development database is data too: it keeps what it has confirmed.
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "jit": "off",
        "logging_collector": "off",
        "log_destination": "stderr",
        # What a statement did wrong is told to its sender; the log is for the server's own affairs.
        "log_min_messages": "log",
        "lc_messages": "C",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }
    command = [programs.path("postgres"), "-D", str(home / "data")]
    for name, value in options.items():
        command += ["-c", f"{name}={value}"]
    return command


def dynamic_shared_memory() -> str:
    """`posix` where /dev/shm (or macOS) is up to it, else `sysv`, which is not bounded by that folder."""
    if sys.platform != "linux":
        return "posix"
    try:
        shm = os.statvfs("/dev/shm")  # noqa: S108 - asked for its size only
    except OSError:
        return "sysv"
    return "posix" if shm.f_frsize * shm.f_blocks >= SMALLEST_SHM_BYTES else "sysv"


def prepare_log(home: Path) -> Path:
    """The server's log; a large one is kept once as server.log.1."""
    path = home / "server.log"
    with contextlib.suppress(FileNotFoundError):
        if path.stat().st_size > LARGEST_LOG_BYTES:
            path.replace(home / "server.log.1")
    path.touch(0o600)
    keep_as_folder_owner(path)
    return path
