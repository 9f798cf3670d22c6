"""Who keeps the index: one process per machine follows the database, the others wait to take over.

Started with the site (config/wsgi.py) as a daemon thread, or in the foreground as `manage.py search_index follow`.
Whatever is wrong with the index ends in a new one; whatever is wrong around it is waited for.
"""

import atexit
import errno
import logging
import os
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.db import DatabaseError, InterfaceError, connection

from community import clock
from community.care.watchdog import SEARCH, beat
from community.search.documents import identity
from community.search.folder import Folder, Lock
from community.search.generations import Generation, Stopped, Tell, Unusable, build

logger = logging.getLogger(__name__)

#: So often changes are looked for; so often a process that waits tries to take over; in seconds.
POLL_SECONDS, WAIT_SECONDS = 0.5, 1.0
#: After something went wrong the pause doubles, up to this, in seconds.
LONGEST_PAUSE = 60.0
START_SECONDS = 0.3
IDENTITY_SECONDS = 5.0
SWEEP_SECONDS = 30.0
TELL_SECONDS = 0.5
#: In what Tantivy says of a full disk: no fault of the index.
DISK_IS_FULL = os.strerror(errno.ENOSPC)
ASKED_FOR = "it was asked for"
#: Failing so often in a row to go on with an index is taken as its own fault.
MOST_FAILURES = 3


class Keeper:
    """Keeps the index of one folder, from one thread, until `stop` is set."""

    def __init__(self, folder: Folder, stop: threading.Event) -> None:
        self.folder, self.stop = folder, stop
        self._generation: Generation | None = None
        self._failures, self._pause = 0, WAIT_SECONDS
        self._told = self._swept = self._identified = 0.0

    def run(self) -> None:
        """Wait for the right to write, write, and begin again after whatever goes wrong."""
        while not self.stop.is_set():
            try:
                with self.folder.lock() as lock:
                    if lock is not None:
                        self._write(lock)
                self._pause = WAIT_SECONDS
            except BaseException as error:  # Tantivy's panics are no Exceptions
                if isinstance(error, SystemExit | KeyboardInterrupt):
                    raise
                self._note(error)
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
            finally:
                connection.close()
            self.stop.wait(self._pause)

    def rebuild(self, lock: Lock, tell: Tell) -> None:
        """Build a new generation now. Stopped when the folder is deleted or `stop` set meanwhile."""
        self._build(lock, ASKED_FOR, tell)

    def _note(self, error: BaseException) -> None:
        is_around = isinstance(error, DatabaseError | InterfaceError | OSError) or DISK_IS_FULL in str(error)
        self._failures += not is_around
        told = "The search index could not be written; it is tried again: %s"
        is_news = not is_around and self._failures == 1
        logger.warning(told, str(error).strip() or repr(error), exc_info=error if is_news else None)
        with suppress(OSError):  # there is no room for it, probably
            self.folder.write("trouble", {"text": str(error)[:500], "at": clock.wall().timestamp()})

    # While it holds the lock ------------------------------------------------------------------------------------------
    def _write(self, lock: Lock) -> None:
        self.folder.remove("progress")
        try:
            while lock.is_mine() and not self.stop.is_set():
                if not self.turn(lock):
                    self.stop.wait(POLL_SECONDS)
        except Stopped:
            pass
        finally:
            self.close()

    def turn(self, lock: Lock) -> bool:
        """See to it that there is an index, and take in the next changes; returns whether there may be more."""
        self._prepare(lock)
        beat(SEARCH)
        return self._follow()

    def _prepare(self, lock: Lock) -> None:
        """A generation that can be followed with: the one that answers, or a new one."""
        wanted = self.folder.read("wanted")
        try:
            if self._generation is None:
                self._open()
            self._look_after()
            reason = ASKED_FOR if wanted is not None else ""
        except Unusable as error:
            self.close()
            reason = str(error)
        if reason:
            self._build(lock, reason, request=_request(wanted))

    def _open(self) -> None:
        if self._failures >= MOST_FAILURES:
            raise Unusable("going on with the index failed several times")
        try:
            self._generation = Generation.open(self.folder)
        except ValueError as error:
            raise Unusable(f"the index cannot be opened: {error}") from error

    def _look_after(self) -> None:
        """What may happen to a generation while it is followed with."""
        generation, current, now = self._generation, self.folder.current(), time.monotonic()
        assert generation is not None
        if current is None or current.generation != generation.name or not self.folder.has(generation.name):
            raise Unusable("the index's files are gone")
        if now - self._identified > IDENTITY_SECONDS:
            if identity() != current.database:
                raise Unusable("the index was made from another database")
            self._identified = now
        if now - self._swept > SWEEP_SECONDS:
            self.folder.sweep()
            self._swept = now

    def _follow(self) -> bool:
        """Take in changes; whether there may be more."""
        assert self._generation is not None
        is_behind = self._generation.step()
        self._failures, self._pause = 0, WAIT_SECONDS
        self.folder.remove("trouble")
        return is_behind

    def close(self) -> None:
        """Let go of the index; what was not committed is done again by whoever goes on."""
        if self._generation is not None:
            generation, self._generation = self._generation, None
            generation.close()

    def _build(self, lock: Lock, reason: str, tell: Tell | None = None, *, request: str = "") -> None:
        started = clock.wall().timestamp()

        def note(done: int, total: int) -> None:
            if tell is not None:
                tell(done, total)
            if time.monotonic() - self._told > TELL_SECONDS:
                self._told = time.monotonic()
                about = {"done": done, "total": total, "reason": reason, "started": started, "pid": os.getpid()}
                self.folder.write("progress", about)

        try:
            build(
                self.folder,
                tell=note,
                may_go_on=lambda: lock.is_mine() and not self.stop.is_set(),
                meanwhile=self._meanwhile,
                answers=request,
            )
        finally:
            self.folder.remove("progress")
        if _request(self.folder.read("wanted")) == request:  # another one may have come meanwhile
            self.folder.remove("wanted")
        self.close()
        self._failures = 0
        self._open()

    def _meanwhile(self) -> None:
        """While a new generation is built, the one that answers goes on following."""
        beat(SEARCH)
        try:
            if self._generation is not None:
                self._generation.step()
        except (ValueError, OSError, Unusable):
            self.close()  # it is on its way out


def _request(wanted: dict[str, Any] | None) -> str:
    return str((wanted or {}).get("request", ""))


def rebuild(stop: threading.Event, tell: Tell, say: Callable[[str], None]) -> bool:
    """Build a new generation: in this process, or by asking the one that writes; False when `stop` came first.

    Whatever went wrong while building is raised; an asked process tries again by itself.
    """
    folder, request, has_asked = Folder.of_settings(), secrets.token_hex(8), False
    while not stop.is_set():
        with folder.lock() as lock:
            if lock is not None:
                folder.remove("wanted")
                keeper = Keeper(folder, stop)
                try:
                    keeper.rebuild(lock, tell)
                except Stopped:
                    return False
                finally:
                    keeper.close()
                return True
        if not has_asked:
            folder.write("wanted", {"request": request})
            say(f"Process {folder.holder() or '?'} writes the index; it was asked to build it anew.")
            has_asked = True
        if (current := folder.current()) is not None and current.answers == request:
            return True
        if progress := folder.read("progress"):
            tell(int(progress.get("done", 0)), int(progress.get("total", 0)))
        stop.wait(0.3)
    return False


# With the site --------------------------------------------------------------------------------------------------------
class _Background:
    """The thread of this process that keeps the index."""

    def __init__(self) -> None:
        self.stop = threading.Event()
        self.thread = threading.Thread(target=self._run, name="search-index", daemon=True)

    def _run(self) -> None:
        # gunicorn --preload forks its workers right after loading the site: nothing should be open by then.
        if not self.stop.wait(START_SECONDS):
            follow(self.stop)

    def end(self) -> None:
        """Python must not end while the thread is inside Tantivy."""
        self.stop.set()
        self.thread.join(timeout=10)


_background: _Background | None = None
#: What a fork left behind: never touched again, for its locks may be held by threads that are not there.
_left_behind: list[Any] = []


def follow(stop: threading.Event) -> None:
    """Keep the index until `stop` is set."""
    keeper = Keeper(Folder.of_settings(), stop)
    _keepers.append(keeper)
    try:
        keeper.run()
    finally:
        _keepers.remove(keeper)


_keepers: list[Keeper] = []


def start_in_background() -> None:
    """Keep the index from a daemon thread of this process, once; a child made by fork gets one of its own."""
    global _background
    if _background is None:
        _background = _Background()
        _background.thread.start()


def _end() -> None:
    if _background is not None:
        _background.end()


def _after_fork() -> None:
    """gunicorn --preload: the thread stayed with the parent, and its writer with it."""
    global _background
    _left_behind.extend([*_keepers, _background])
    _keepers.clear()
    was_running, _background = _background is not None, None
    if was_running:
        start_in_background()


atexit.register(_end)
os.register_at_fork(after_in_child=_after_fork)
