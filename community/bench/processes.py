"""The CPU time of other processes: from /proc where there is one, else from ps."""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

PROC = Path("/proc/self/stat").exists()


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, which may hold spaces; empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def children(parent: int) -> list[int]:
    """The processes that `parent` has started and that still run."""
    if PROC:
        numbers = [int(each.name) for each in Path("/proc").iterdir() if each.name.isdigit()]
        return [pid for pid in numbers if (fields := _stat(pid)) and int(fields[1]) == parent]
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)  # noqa: S607
    pairs = [line.split() for line in listing.stdout.splitlines()]
    return [int(pid) for pid, above in pairs if int(above) == parent]


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time these processes have used so far, in seconds; those that are gone count nothing."""
    if PROC:
        return sum(int(f[11]) + int(f[12]) for f in map(_stat, pids) if f) / os.sysconf("SC_CLK_TCK")
    numbers = ",".join(map(str, pids))
    if not numbers:
        return 0.0
    listing = subprocess.run(["ps", "-o", "time=", "-p", numbers], capture_output=True, text=True)  # noqa: S603, S607
    return sum(_clock(line) for line in listing.stdout.split())


def _clock(text: str) -> float:
    """Seconds of ps's [days-][hours:]minutes:seconds."""
    days, _dash, rest = text.rpartition("-")
    seconds = 0.0
    for part in re.split(":", rest):
        seconds = seconds * 60 + float(part)
    return seconds + 86_400 * int(days or 0)
