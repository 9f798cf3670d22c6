"""Real servers in throw-away folders. Whatever a test leaves running is killed when it ends."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from config.embedded_pg import postmaster, processes

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
USER_PROCESS = HERE / "user_process.py"
WAIT_SECONDS = 60
FULL = os.environ.get("PEERDESK_TRIALS") == "full"

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="NOT TRIED: what root does needs root")


def until(condition: Callable[[], object], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Poll until the condition holds; fail the test, naming `what`, when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what}: not within {seconds} seconds")
        time.sleep(0.02)


class User:
    """One process that uses the server."""

    def __init__(
        self, data_dir: Path, python: str = sys.executable, env: dict[str, str] | None = None, **switch: object
    ):
        self.process = subprocess.Popen(
            [python, str(USER_PROCESS), str(data_dir)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd="/",
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", **(env or {})},
            **switch,  # type: ignore[call-overload]
        )

    def ask(self, order: str) -> None:
        self.process.stdin.write(order.encode() + b"\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, object]:
        line = self.process.stdout.readline()
        assert line, f"the user process ended with code {self.process.wait()}"
        return json.loads(line)

    def do(self, order: str) -> dict[str, object]:
        self.ask(order)
        return self.answer()

    def connect(self) -> int:
        """Connect and return the number of the server process."""
        answer = self.do("connect")
        assert "server" in answer, answer
        return int(str(answer["server"]))

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def leave(self) -> None:
        self.process.stdin.close()
        assert self.process.wait(WAIT_SECONDS) == 0


class Place:
    """A folder for one test, its users and its server."""

    def __init__(self, base: Path, data_dir: Path):
        self.base = base
        self.data_dir = data_dir
        self.users: list[User] = []

    @property
    def home(self) -> Path:
        location = self.data_dir / "location"
        return Path(location.read_text()) if location.exists() else self.data_dir

    def user(self, **options: object) -> User:
        self.users.append(User(self.data_dir, **options))  # type: ignore[arg-type]
        return self.users[-1]

    def command(self, *words: str, **options: object) -> subprocess.CompletedProcess[str]:
        """Run `python -m config.embedded_pg`."""
        return subprocess.run(
            [sys.executable, "-m", "config.embedded_pg", "--data-dir", str(self.data_dir), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=WAIT_SECONDS,
            **{"cwd": PROJECT, **options},  # type: ignore[call-overload]
        )

    def server(self) -> postmaster.Postmaster | None:
        return postmaster.find(self.home)

    def servers(self) -> list[int]:
        """Every postmaster of this place, found without the product's own bookkeeping."""
        return [
            pid for pid, command in processes_about(self.home / "data") if " -D " in command and "initdb" not in command
        ]

    def watchers(self) -> list[int]:
        return [pid for pid, command in processes_about(self.home) if "embedded_pg.watcher" in command]

    def wait_until_stopped(self) -> None:
        until(lambda: not self.servers(), "the server stops by itself")
        until(lambda: not self.watchers(), "the watcher ends")
        assert not (self.home / "data" / "postmaster.pid").exists(), "the server was stopped in an orderly way"

    def clear(self) -> None:
        for user in self.users:
            with contextlib.suppress(OSError):
                user.kill()
                user.process.stdin.close()
                user.process.stdout.close()
        home = self.home
        for server in self.servers():  # in an orderly way first: a killed one leaves shared memory behind
            with contextlib.suppress(ProcessLookupError, pytest.fail.Exception):
                os.kill(server, signal.SIGINT)
                until(lambda server=server: processes.started(server) is None, "the server stops", seconds=10)
        for folder in {self.base, home}:
            until(lambda folder=folder: not kill_all(folder), "every process of the test is gone")
        with contextlib.suppress(OSError):
            shutil.rmtree(Path((home / "socket").read_text()))
        if home != self.data_dir:
            shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(self.base, ignore_errors=True)


def processes_about(folder: Path) -> list[tuple[int, str]]:
    """Live processes which name the folder on their command line."""
    return [(pid, command) for pid, command in all_processes() if str(folder) in command and pid != os.getpid()]


def all_processes() -> Iterator[tuple[int, str]]:
    """Every process with its command line; zombies have none."""
    if not processes.HAS_PROC:
        shown = subprocess.run(["ps", "-axww", "-o", "pid=,stat=,command="], capture_output=True, check=True)
        for line in os.fsdecode(shown.stdout).splitlines():
            pid, stat, command = line.split(maxsplit=2)
            if not stat.startswith("Z"):
                yield int(pid), command
        return
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield int(path.parent.name), os.fsdecode(path.read_bytes().replace(b"\0", b" "))


def kill_all(folder: Path) -> list[int]:
    """Kill every process about the folder; return those that were there."""
    pids = [pid for pid, _ in processes_about(folder)]
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return pids


def open_folder() -> Path:
    """A new folder with a short path, which other accounts may enter (pytest's own tmp_path is closed to them).

    In memory where there is enough: a process that is killed loses nothing there, and the disk is not tried here.
    """
    base = Path("/dev/shm")
    roomy = base.is_dir() and shutil.disk_usage(base).free > 4_000_000_000
    folder = Path(os.path.realpath(tempfile.mkdtemp(prefix="pd-", dir=base if roomy else "/tmp")))
    folder.chmod(0o755)
    return folder


def normal_user() -> dict[str, object]:
    """How to start a program as a normal user with psycopg: {} when we are one. Skips where root has no way."""
    if os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam("nobody")
    switch = {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    site = os.pathsep.join(path for path in sys.path if path.endswith("site-packages"))
    for python in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        env = {"PYTHONPATH": site, "HOME": "/", "PYTHONDONTWRITEBYTECODE": "1"}
        with contextlib.suppress(OSError):
            tried = subprocess.run(
                [python, "-c", "import psycopg, django, config"],
                env={**os.environ, **env, "PYTHONPATH": f"{site}:{PROJECT}"},
                cwd="/",
                capture_output=True,
                check=False,
                **switch,
            )
            if tried.returncode == 0:
                return {"python": python, "env": env, **switch}
    pytest.skip("NOT TRIED: no Python on this machine that the account nobody can run with psycopg")


def copy_home(finished: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run(["cp", "-Rp", str(finished), str(to)], check=True)
