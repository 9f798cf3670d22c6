"""Whoever writes the search index is killed again and again while people write, and nothing is lost or doubled."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection

from community.actions import moderation, threads
from community.models import Thread as Question
from community.models import User
from community.search.engine import look
from community.search.folder import Folder
from tests.community.index import comes, indexed, keep, process
from tests.factories import board, moderator, person, thread

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.trial, pytest.mark.timeout(900)]

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
KILLS = 20 if FULL else 3


class Writer:
    """Asks, edits, hides and restores until told to stop. A title's last word says which version it is."""

    def __init__(self, asker: User, staff: User) -> None:
        self.asker, self.staff, self.place = asker, staff, board("Routers")
        self.dice = Random(4)
        self.versions: dict[int, int] = {}
        self.stop = Event()
        self.thread = Thread(target=self._run)

    def _run(self) -> None:
        try:
            while not self.stop.wait(0.01):
                self._act()
        finally:
            connection.close()

    def _act(self) -> None:
        choice = self.dice.random()
        if choice < 0.5 or len(self.versions) < 5:
            made = thread(self.asker, on=self.place, title=f"Question number {len(self.versions)} says v1x")
            self.versions[made.pk] = 1
            return
        pk = self.dice.choice(list(self.versions))
        if choice < 0.8:
            title = f"Question number {pk} says v{self.versions[pk] + 1}x"
            if Question.objects.get(pk=pk).hidden_at is None:
                threads.edit_thread(
                    actor=self.asker, thread_id=pk, version=self.versions[pk], title=title, body="It says so."
                )
                self.versions[pk] += 1
        else:
            act = moderation.hide_thread if choice < 0.9 else moderation.restore_thread
            act(actor=self.staff, thread_id=pk)


@contextmanager
def writing() -> Iterator[Writer]:
    writer = Writer(person("anna"), moderator("mo"))
    writer.thread.start()
    try:
        yield writer
    finally:
        writer.stop.set()
        writer.thread.join()


def test_writers_of_the_index_may_be_killed_at_any_moment(settings: Any, tmp_path: Path) -> None:
    settings.SEARCH_DIR = tmp_path / "search"
    folder, dice = Folder(settings.SEARCH_DIR), Random(20)
    running: list[subprocess.Popen[bytes]] = []
    try:
        with writing() as writer:
            for kill in range(KILLS):
                running = [each for each in running if each.poll() is None]
                running += [process("follow") for _ in range(2 - len(running))]
                assert comes(lambda: folder.holder() is not None)
                if kill % 4 == 1:
                    shutil.rmtree(folder.root, ignore_errors=True)
                elif kill % 4 == 2:
                    folder.write("wanted", {"request": str(kill)})
                time.sleep(dice.random() * 1.5)  # the moment of the kill is the thing tried
                holder = folder.holder()
                for each in running:
                    if each.pid == holder:
                        each.send_signal(signal.SIGKILL)
                        each.wait()
    finally:
        for each in running:
            each.kill()
            each.wait()
    keep()
    seen = set(Question.objects.filter(hidden_at=None).values_list("pk", flat=True))
    assert len(writer.versions) > 5 and indexed() == seen
    for pk, version in list(writer.versions.items())[:: max(1, len(writer.versions) // 50)]:
        found = {match.id for match in look(f'"{pk} says v{version}x"', limit=1000).matches}
        assert (pk in found) is (pk in seen and version > 1), (pk, version)
