"""Which account the server runs as. PostgreSQL refuses root, so for root it is `postgres` or `nobody`."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .errors import EmbeddedServerError

SERVER_ACCOUNTS = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """The account of the server; `switch` when we are root and have to change into it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def run_as(self) -> dict[str, Any]:
        """Keyword arguments for subprocess."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switch else {}

    def can(self, test: str, path: Path) -> bool:
        """Whether the account passes `test -r`, `-w` or `-x` on the path, asked of the kernel as that account."""
        if not self.switch:
            return os.access(path, {"-r": os.R_OK, "-w": os.W_OK, "-x": os.X_OK}[test])
        try:
            asked = subprocess.run(  # noqa: S603 - fixed words and a path, no shell text
                ["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, str(path)],
                cwd="/",
                check=False,
                stdin=subprocess.DEVNULL,
                **self.run_as(),
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise EmbeddedServerError(
                f"PostgreSQL refuses to run as root, and this root cannot become the account {self.name} ({error}): "
                "start Peerdesk as a normal user, or set DATABASE_URL."
            ) from None
        return asked.returncode == 0

    def give(self, path: Path) -> None:
        """Hand a file or folder that we have just made to the account."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def for_cluster(data: Path) -> Account:
    """The account for a data folder: its owner, and for root without one yet `postgres`, else `nobody`.

    Raises EmbeddedServerError when the folder belongs to somebody else, or there is no such account.
    """
    me = os.geteuid()
    try:
        owner: int | None = data.stat().st_uid
    except OSError:
        owner = None
    if me != 0:
        if owner not in (None, me):
            raise EmbeddedServerError(
                f"The database in {data} belongs to the account {account_name(owner)}: "
                "run as that account, or set DATABASE_URL to a server of your own."
            )
        return Account(account_name(me), me, os.getegid(), switch=False)
    if owner:
        return Account(account_name(owner), owner, data.stat().st_gid, switch=True)
    for name in SERVER_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name, entry.pw_uid, entry.pw_gid, switch=True)
    raise EmbeddedServerError(
        "PostgreSQL refuses to run as root, and this machine has neither an account `postgres` nor `nobody`: "
        "start Peerdesk as a normal user, or set DATABASE_URL."
    )


def account_name(uid: int | None) -> str:
    """The name of a user number, or the number itself where it has none (containers)."""
    try:
        return pwd.getpwuid(uid or 0).pw_name
    except KeyError:
        return str(uid)


def keep_as_folder_owner(path: Path) -> None:
    """A file which root made in somebody's folder belongs to the folder's owner, who must read it later."""
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.chown(path, folder.st_uid, folder.st_gid)
