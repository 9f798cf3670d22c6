"""The search index in tests: a folder of its own, kept when the test says so, and which threads are in it."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import tantivy
from django.conf import settings
from django.db import connection

from community.search.folder import Folder, Readers
from community.search.following import Keeper, follow
from tests.community.test_import_kills import environment, until


def keep() -> None:
    """Do what the process that writes does until nothing is left to do."""
    folder = Folder.of_settings()
    keeper = Keeper(folder, threading.Event())
    with folder.lock() as lock:
        assert lock is not None, "somebody else writes"
        try:
            while keeper.turn(lock):
                pass
        finally:
            keeper.close()


@contextmanager
def followed() -> Iterator[None]:
    """Let a thread keep the index, as in a web process."""
    stop = threading.Event()
    follower = threading.Thread(target=follow, args=(stop,))
    follower.start()
    try:
        yield
    finally:
        stop.set()
        follower.join(60)


def indexed() -> set[int] | None:
    """The ids of all threads in the index as a new process would open it; None when it would find none."""
    reader = Readers().open()
    if reader is None:
        return None
    hits = reader.searcher.search(tantivy.Query.all_query(), limit=100_000).hits
    found = reader.searcher.fast_field_values("id", [address for _score, address in hits])
    assert len(found) == len(set(found)), "a thread is in it twice"
    return {int(pk) for pk in found if pk is not None}


def generation() -> str:
    current = Folder.of_settings().current()
    return current.generation if current else ""


def lose_connections() -> None:
    """As when the database is started again: everybody else's connection is gone."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def comes(met: Callable[[], bool]) -> bool:
    """Whether it is so after a while."""

    def looks() -> Iterator[bool]:
        while True:
            yield met()

    return until(looks())


def process(*arguments: str) -> "subprocess.Popen[bytes]":
    told = {**environment(), "SEARCH_DIR": str(settings.SEARCH_DIR)}
    command = [sys.executable, "manage.py", "search_index", *arguments]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=told, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
