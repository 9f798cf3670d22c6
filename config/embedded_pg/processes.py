"""Which process a number means: alive, since when, and whether it is a PostgreSQL server of a given folder.

A number alone proves nothing: it is given again after a restart. Linux answers from /proc, macOS from ps.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "stat").exists()
PROGRAM_NAMES = ("postgres", "postmaster")


def started(pid: int) -> str | None:
    """A word that stays the same for the life of a process and differs for the next one with its number.

    None when there is no such process, or only its unburied remains (a zombie).
    """
    if pid <= 0:
        return None
    if HAS_PROC:
        try:
            text = (PROC / str(pid) / "stat").read_text(errors="replace")
        except OSError:
            return None
        fields = text.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
        return None if fields[0] in "ZX" else fields[19]
    shown = _ps(pid, "stat=,lstart=").split(maxsplit=1)
    return None if len(shown) < 2 or shown[0].startswith("Z") else shown[1].strip()


def serves(pid: int, data: Path) -> bool:
    """Whether this process is the PostgreSQL server (not one of its children) of the data folder.

    A folder that was renamed while its server runs still counts: the server sits in it (Linux), or the folder it was
    started with is gone (macOS, where we then rather believe that it is ours than start a second one).
    """
    if not HAS_PROC:
        return _serves_by_ps(pid, data)
    try:
        words = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    if Path(os.fsdecode(words[0])).name not in PROGRAM_NAMES or b"-D" not in words[:-1]:
        return False  # a child calls itself "postgres: writer", without -D
    try:
        return (PROC / str(pid) / "cwd").samefile(data)
    except OSError:
        return words[words.index(b"-D") + 1] == os.fsencode(data)


def _serves_by_ps(pid: int, data: Path) -> bool:
    command = _ps(pid, "command=").strip()
    program, found, rest = command.partition(" -D ")
    if not found or Path(program).name not in PROGRAM_NAMES:
        return False
    if rest == str(data) or rest.startswith(f"{data} "):
        return True
    return not Path(rest.split(" -c ")[0]).exists()


def _ps(pid: int, columns: str) -> str:
    shown = subprocess.run(  # noqa: S603 - a fixed program and a number
        ["/bin/ps", "-ww", "-o", columns, "-p", str(pid)],
        capture_output=True,
        text=True,
        errors="surrogateescape",
        check=False,
        env={"LC_ALL": "C", "PATH": os.defpath},
    )
    return shown.stdout


def place() -> str:
    """Where process numbers mean the same: this boot and this container; empty where the system cannot tell."""
    try:
        boot = (PROC / "sys" / "kernel" / "random" / "boot_id").read_text().strip()
        return f"{boot} {(PROC / 'self' / 'ns' / 'pid').readlink()}"
    except OSError:
        return ""
