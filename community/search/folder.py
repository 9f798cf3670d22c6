"""The index's folder on this machine: what lies where, who may write, and the way of readers into it.

    lock                   held by the one process that writes; the others wait for it
    current                which generation answers, and what it was made for
    generations/<name>/    Tantivy's files, and position.json: how far the database is in them
    progress, wanted, trouble   what the writer is doing, what it was asked for, what went wrong last

Everything here may be deleted at any time, by anybody: it is made anew. Small files are replaced whole or not at all.
"""

import fcntl
import json
import os
import secrets
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

import tantivy
from django.conf import settings
from django.db import DatabaseError

from community.search import analysis
from community.search.documents import identity

POSITION = "position.json"
#: What writes the files: another version may write others.
TANTIVY = version("tantivy")
#: Readers of other processes may still be opening the generation before; in seconds.
GRACE = 60.0


class Current(NamedTuple):
    """Which generation answers, and what it was made for."""

    generation: str
    version: int
    tantivy: str
    #: of which database (documents.identity)
    database: str
    #: the request this generation was built for, or ""
    answers: str = ""

    @property
    def is_of_this_code(self) -> bool:
        return (self.version, self.tantivy) == (analysis.VERSION, TANTIVY)


def open_index(path: Path, *, is_new: bool = False) -> tantivy.Index:
    """The index in this folder. ValueError when it is not there (unless it is new), damaged or of another schema."""
    schema = analysis.schema()
    index = tantivy.Index(schema, path=str(path)) if is_new else tantivy.Index.open(str(path))
    if index.schema != schema:
        raise ValueError("the index has other fields")
    index.config_reader("manual", 0)  # no thread of its own that watches files
    return index


@dataclass(frozen=True)
class Folder:
    """The folder SEARCH_DIR. Reading what is not there or not readable gives None; writing raises OSError."""

    root: Path

    @classmethod
    def of_settings(cls) -> "Folder":
        return cls(settings.SEARCH_DIR)

    def generation(self, name: str) -> Path:
        return self.root / "generations" / name

    def has(self, name: str) -> bool:
        """Whether this generation is (still) there."""
        return (self.generation(name) / "meta.json").exists()

    def new_generation(self) -> str:
        name = f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(3)}"
        self.generation(name).mkdir(parents=True)
        return name

    def drop(self, name: str) -> None:
        shutil.rmtree(self.generation(name), ignore_errors=True)

    def sweep(self, *, now: bool = False) -> None:
        """Drop generations that answer no more, once nobody can be opening them (or `now`). The writer's to call."""
        current = self.current()
        if current is None and not now:
            return
        with suppress(OSError):
            if now or time.time() - (self.root / "current").stat().st_mtime > GRACE:
                for each in (self.root / "generations").iterdir():
                    if current is None or each.name != current.generation:
                        shutil.rmtree(each, ignore_errors=True)

    # Small files ------------------------------------------------------------------------------------------------------
    def read(self, name: str) -> dict[str, Any] | None:
        return read_json(self.root / name)

    def write(self, name: str, content: dict[str, Any]) -> None:
        write_json(self.root / name, content)

    def remove(self, name: str) -> None:
        with suppress(OSError):
            (self.root / name).unlink()

    def current(self) -> Current | None:
        content = self.read("current")
        try:
            return Current(**content) if content is not None else None
        except TypeError:
            return None

    def switch(self, current: Current) -> None:
        """From now on this generation answers."""
        self.write("current", current._asdict())

    def size(self) -> int:
        """Of all files, in bytes."""
        total = 0
        for path in self.root.rglob("*"):
            with suppress(OSError):
                total += path.stat().st_size if path.is_file() else 0
        return total

    # Who writes -------------------------------------------------------------------------------------------------------
    @contextmanager
    def lock(self) -> Iterator["Lock | None"]:
        """The right to write until the block ends or the process does; None while another process has it."""
        self.root.mkdir(parents=True, exist_ok=True)
        lock = Lock(self.root / "lock")
        try:
            yield lock if lock.take() else None
        finally:
            lock.release()

    def holder(self) -> int | None:
        """The process that writes now; None when there is none."""
        try:
            with (self.root / "lock").open() as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
                except OSError:
                    return int(file.read().strip() or 0)
        except (OSError, ValueError):
            pass
        return None


class Lock:
    """An flock on a file: it ends with the process, however that ends. See `Folder.lock`."""

    #: of this process: a child made by fork must let go of them, or it would hold the lock as long as it lives
    held: "set[Lock]" = set()

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = -1

    def take(self) -> bool:
        self._descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        self.held.add(self)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        if not self.is_mine():  # the folder was deleted between opening and locking
            return False
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, str(os.getpid()).encode(), 0)
        return True

    def is_mine(self) -> bool:
        """Whether the lock still lies where it was taken: somebody may have deleted the folder."""
        try:
            there, mine = self._path.stat(), os.fstat(self._descriptor)
        except OSError:
            return False
        return (there.st_dev, there.st_ino) == (mine.st_dev, mine.st_ino)

    def release(self) -> None:
        if self._descriptor >= 0:
            with suppress(OSError):
                os.close(self._descriptor)
        self._descriptor = -1
        self.held.discard(self)


def read_json(path: Path) -> dict[str, Any] | None:
    try:
        content = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) else None


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Replace the file, whole and safely on the disk. OSError when that is impossible; then the old one is there."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(3)}")
    try:
        with beside.open("x") as file:
            json.dump(content, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise


# The way of readers into it -------------------------------------------------------------------------------------------
#: So often the files are looked at, in seconds.
LOOK_EVERY = 0.2


@dataclass(frozen=True)
class Reader:
    """The index as it was at one moment; another moment is another object, so that one may keep things beside it."""

    generation: str
    index: tantivy.Index
    searcher: tantivy.Searcher


#: A file as it was when it was looked at.
_Mark = tuple[int, int, int]


class Readers:
    """The handle of this process. `open` may be called by all threads at once."""

    def __init__(self, *, look_every: float = LOOK_EVERY) -> None:
        self._lock = threading.Lock()
        self._look_every = look_every
        self._look_at = 0.0
        self._root: Path | None = None
        self._current: _Mark | None = None
        self._meta: _Mark | None = None
        #: a `current` that is for other code or another database, and stays so
        self._refused: _Mark | None = None
        self._reader: Reader | None = None

    def open(self) -> Reader | None:
        """The index as it is now (at most 0.2 s ago); None while there is none for this code and this database."""
        root = settings.SEARCH_DIR
        if root is self._root and time.monotonic() < self._look_at:
            return self._reader
        with self._lock:
            if root is not self._root or time.monotonic() >= self._look_at:
                self._look(Folder(root))
                self._look_at = time.monotonic() + self._look_every
            return self._reader

    def _look(self, folder: Folder) -> None:
        if self._root is not folder.root:
            self._root, self._reader, self._current, self._refused = folder.root, None, None, None
        reader, current = self._reader, _mark(folder.root / "current")
        meta = _mark(folder.generation(reader.generation) / "meta.json") if reader else None
        if reader is not None and current == self._current and meta is not None:
            if meta == self._meta:
                return
            try:
                reader.index.reload()
            except ValueError:  # its files are being deleted: look again
                self._reader = None
            else:
                self._meta, self._reader = meta, Reader(reader.generation, reader.index, reader.index.searcher())
            return
        self._reader, self._current = None, current
        if current is not None and current != self._refused:
            self._open(folder)

    def _open(self, folder: Folder) -> None:
        current = folder.current()
        if current is None:
            return
        try:
            if not current.is_of_this_code or identity() != current.database:
                self._refused = self._current
                return
            path = folder.generation(current.generation)
            meta, index = _mark(path / "meta.json"), open_index(path)
            index.reload()
            self._meta, self._reader = meta, Reader(current.generation, index, index.searcher())
        except (ValueError, DatabaseError):
            return


def _mark(path: Path) -> _Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size


def want_a_new_one() -> None:
    """Have this machine's index built anew, if there is one, and its old files dropped.

    Documents that were replaced leave their words in the files until those are merged, and words are counted by them.
    """
    folder = Folder.of_settings()
    if folder.current() is not None:
        with suppress(OSError):
            folder.write("wanted", {"request": secrets.token_hex(8)})


#: What a fork left behind: never touched again, for its locks may be held by threads that are not there.
_left_behind: list[Readers] = []
_readers = Readers()


def open_reader() -> Reader | None:
    """The index as it is now; None while there is none that can be used. Costs microseconds when nothing changed."""
    return _readers.open()


def _begin_anew() -> None:
    """In a child made by fork: open for oneself, and let go of the right to write that is the parent's."""
    global _readers
    _left_behind.append(_readers)
    _readers = Readers()
    for lock in list(Lock.held):
        lock.release()


os.register_at_fork(after_in_child=_begin_anew)
