"""Where the server's files and its socket are. No folder that existed before us gets another mode or owner."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

from . import accounts
from .errors import EmbeddedServerError

SYSTEM_FOLDER = Path("/var/lib/peerdesk")
SOCKET_NAME = ".s.PGSQL.5432"
LONGEST_SOCKET_PATH = 100  # bytes; the kernels allow 107 (Linux) and 103 (macOS)


def locate(data_dir: Path) -> Path:
    """The folder which holds the server of `data_dir`: itself, or (root, closed path) one in /var/lib/peerdesk.

    It is made when missing. The choice is written down beside the project, so that it stays when modes change.
    Raises EmbeddedServerError for a path that cannot be used.
    """
    home = Path(os.path.realpath(data_dir))
    if "\n" in str(home) or "\r" in str(home):
        raise EmbeddedServerError(
            f"The path {str(home)!r} has a line break in it, which PostgreSQL cannot take: move the project."
        )
    if (home / "PG_VERSION").exists():
        raise EmbeddedServerError(f"{home} is a PostgreSQL data folder, not one of Peerdesk's: give another one.")
    try:
        home.mkdir(parents=True, exist_ok=True)
        elsewhere = _written_location(home)
        if elsewhere is None and os.geteuid() == 0 and not (home / "data").exists():
            elsewhere = _choose_elsewhere(home)
    except OSError as error:
        raise EmbeddedServerError(f"Cannot make the folder of the database, {home}: {error.strerror}.") from None
    return elsewhere or home


def _written_location(home: Path) -> Path | None:
    """The folder that was chosen earlier. A copied project does not follow it: two would share one database."""
    try:
        elsewhere = Path(os.fsdecode((home / "location").read_bytes()))
        origin = Path(os.fsdecode((elsewhere / "origin").read_bytes()))
    except FileNotFoundError:
        return None
    except PermissionError:
        raise EmbeddedServerError(
            f"The database of {home} was made by root: run as root, or remove {home} to begin with an empty one."
        ) from None
    if origin == home:
        return elsewhere
    with contextlib.suppress(OSError):
        if (origin / "location").read_bytes() == os.fsencode(elsewhere):
            return None  # the original is still there: this is a copy
    (elsewhere / "origin").write_bytes(os.fsencode(home))  # the project was moved
    return elsewhere


def _choose_elsewhere(home: Path) -> Path | None:
    """For root: None when the server's account gets into `home`, else a folder under /var/lib, noted in both places."""
    account = accounts.for_cluster(home / "data")
    if account.can("-x", home):
        return None
    make_open_folder(SYSTEM_FOLDER)
    elsewhere = SYSTEM_FOLDER / hashlib.sha256(os.fsencode(home)).hexdigest()[:16]
    make_open_folder(elsewhere)
    if not account.can("-x", elsewhere):
        raise EmbeddedServerError(
            f"Neither {home} nor {elsewhere} can be entered by the account {account.name}, "
            "as which PostgreSQL has to run: start Peerdesk as a normal user, or set DATABASE_URL."
        )
    (elsewhere / "origin").write_bytes(os.fsencode(home))
    (home / "location").write_bytes(os.fsencode(elsewhere))
    return elsewhere


def make_open_folder(folder: Path) -> None:
    """Make a folder that others may enter, whatever the umask; one that exists stays as it is."""
    try:
        folder.mkdir(parents=True)
    except FileExistsError:
        return
    folder.chmod(0o755)


def choose_socket_folder(home: Path, account: accounts.Account) -> Path:
    """A 0700 folder for the socket: run/, or a temporary one (noted in the file `socket`) for long paths."""
    folder = home / "run"
    if fits(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        account.give(folder)
        return folder
    with contextlib.suppress(OSError):
        folder = Path(os.fsdecode((home / "socket").read_bytes()))
        if (folder / "home").read_bytes() == os.fsencode(home) and folder.stat().st_uid == account.uid:
            return folder
    for base in (Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108 - mkdtemp makes a private folder in it
        if fits(base / "peerdesk-12345678") and account.can("-x", base):
            break
    else:
        raise EmbeddedServerError(f"The path {home} is too long for a socket, and {base} cannot be used instead.")
    folder = Path(tempfile.mkdtemp(prefix="peerdesk-", dir=base))
    (folder / "home").write_bytes(os.fsencode(home))
    (home / "socket").write_bytes(os.fsencode(folder))
    accounts.keep_as_folder_owner(home / "socket")
    account.give(folder)
    return folder


def clear_sockets(folder: Path) -> None:
    """Remove the socket and its lock file which a killed server (or the original of a copied project) has left.

    Call it when no server of the home lives: the number in the lock file may by now be somebody else's, and PostgreSQL
    would then refuse to start.
    """
    for left in folder.glob(".s.PGSQL.*"):
        left.unlink(missing_ok=True)


def fits(folder: Path) -> bool:
    """Whether a socket in this folder can be named to libpq: short enough, UTF-8, and no comma (it separates hosts)."""
    path = os.fsencode(folder / SOCKET_NAME)
    try:
        same = path == str(folder / SOCKET_NAME).encode()
    except UnicodeEncodeError:
        same = False
    return same and len(path) <= LONGEST_SOCKET_PATH and b"," not in path
