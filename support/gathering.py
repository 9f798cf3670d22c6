"""What readers' pages tell, gathered in this process and written together: one INSERT for many, never one for a page.

A thread of its own writes what has gathered every few seconds (settings.VIEWS_GATHERED_FOR; 0 writes at once), and the
process writes the rest when it ends. What the database cannot take at a moment waits for the next. A kill loses what
gathered in those seconds: readers who are not counted make no figure look better than it is.
"""

import atexit
import logging
import os
import threading
from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, connection

from community.care.standing import standing
from support.actions.readers import Seen, record_views

logger = logging.getLogger(__name__)

#: So many are written without waiting any longer.
MOST_TOGETHER = 500
#: So many may wait for a database that takes nothing; of more, the newest are left out.
MOST_WAITING = 20_000


class Gathering:
    """What waits in this process. Safe to use from several threads, and after a fork."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._waiting: list[Seen] = []
        self._wake = threading.Event()
        self._keeper = 0

    def add(self, seen: Iterable[Seen]) -> None:
        """Keep these until they are written."""
        with self._lock:
            self._waiting.extend(list(seen)[: MOST_WAITING - len(self._waiting)])
            count = len(self._waiting)
        if not settings.VIEWS_GATHERED_FOR:
            self.write()
        elif count:
            self._begin()
            if count >= MOST_TOGETHER:
                self._wake.set()

    def write(self) -> int:
        """Write what waits, in one INSERT; how many there were. They go on waiting where the database takes nothing."""
        with self._writing:
            with self._lock:
                taken, self._waiting = self._waiting, []
            if not taken or self._record(taken):
                return len(taken)
            with self._lock:
                self._waiting = (taken + self._waiting)[:MOST_WAITING]
            return 0

    def _record(self, taken: list[Seen]) -> bool:
        """Whether they were written: not while the site rests, nor while the database takes nothing."""
        try:
            if standing().rests:
                return False
            self._store(taken)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("%d views could not be written yet: %s", len(taken), str(error).strip())
            return False
        return True

    def _store(self, taken: list[Seen]) -> None:
        try:
            record_views(taken)
        except IntegrityError:
            # One of them cannot be stored, whyever: the others need not wait for it for ever.
            for each in taken:
                try:
                    record_views([each])
                except IntegrityError as error:
                    logger.warning("a view could not be stored: %s", str(error).strip())

    def _begin(self) -> None:
        """One thread writes; a process that was forked off begins one of its own."""
        with self._lock:
            if self._keeper == os.getpid():
                return
            self._keeper = os.getpid()
        threading.Thread(target=self._keep, name="views", daemon=True).start()

    def _keep(self) -> None:
        while True:
            # never without a rest, whatever the setting says by now
            self._wake.wait(max(settings.VIEWS_GATHERED_FOR, 1))
            self._wake.clear()
            try:
                self.write()
            finally:
                connection.close()


GATHERED = Gathering()
#: A normal stop (SIGTERM, a worker made anew, Ctrl-C) loses nothing.
atexit.register(GATHERED.write)
