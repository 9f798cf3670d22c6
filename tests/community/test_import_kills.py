"""An import may be killed at any moment, and a long one stays small: real processes, synthetic files."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection

from community.models import Answer, ImportedIdentity, ImportedItem, Solution, Thread, ThreadEvent
from tests.community.import_files import Forum, answer, question
from tests.community.test_import_threads import no_number_has_drifted

pytestmark = pytest.mark.django_db(transaction=True)

FULL = os.environ.get("PEERDESK_TRIALS") == "full"


def environment() -> dict[str, str]:
    """For a process of its own that works on the test's database."""
    to = connection.settings_dict
    host, name = quote(to["HOST"] or "localhost", safe=""), quote(to["NAME"])
    login = f"{quote(to['USER'])}:{quote(to['PASSWORD'])}"
    url = f"postgres://{login}@{host}:{to['PORT'] or 5432}/{name}"
    return {**os.environ, "DATABASE_URL": url}


def start(forum: Forum, *options: str) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "manage.py", "import_threads", str(forum.questions), str(forum.answers)]
    return subprocess.Popen(
        [*command, "--reject", str(forum.rejects), *options],
        cwd=settings.BASE_DIR,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def synthetic(forum: Forum, threads: int) -> None:
    """Threads with two answers each (the answers in no order), every third solved, links from one to the next."""
    text = "<p>Some <b>words</b> with <code>code</code> and a list:</p><ul><li>one</li><li>two</li></ul>" * 5
    link = '<p><a href="/questions/{}">see</a></p>'
    forum.write(
        [
            question(
                n,
                content=text + link.format(n + 1),
                creator=f"asker{n % 97}",
                solution=str(2 * n) if n % 3 == 0 else "",
            )
            for n in range(1, threads + 1)
        ],
        [answer(n, n // 2, content=text, creator=f"helper{n % 31}") for n in range(2 * threads + 1, 1, -1)],
    )


def workers_of(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def until(met: Iterator[bool], seconds: float = 60) -> bool:
    """Look again and again, with a bound for when it never comes."""
    end = time.monotonic() + seconds
    for done in met:
        if done:
            return True
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return False


def batch_after(n: int, running: "subprocess.Popen[bytes]") -> Iterator[bool]:
    while running.poll() is None:
        yield ImportedItem.objects.count() > n
    yield True


def is_gone(pid: int) -> Iterator[bool]:
    while True:
        status = Path(f"/proc/{pid}/status")
        yield not status.exists() or "State:\tZ" in status.read_text()


@pytest.mark.trial
@pytest.mark.timeout(600)
def test_an_import_killed_again_and_again_ends_as_if_it_had_run_once(tmp_path: Path) -> None:
    forum = Forum(tmp_path)
    threads = 6000 if FULL else 1500
    synthetic(forum, threads)
    left: list[int] = []
    kills = 0
    while True:
        running = start(forum, "--workers", "2")
        done = ImportedItem.objects.count()
        until(batch_after(done, running))
        left += workers_of(running.pid)
        if kills < (6 if FULL else 2) and running.poll() is None:
            running.send_signal(signal.SIGKILL)
            running.wait()
            kills += 1
            continue
        assert running.wait() == 0, running.stderr and running.stderr.read()
        break
    assert kills >= 1
    for pid in left:
        assert until(is_gone(pid)), "a converting process outlived its import"
    assert Thread.objects.count() == threads and Answer.objects.count() == 2 * threads
    assert ImportedItem.objects.filter(kind="question").count() == threads
    assert Solution.objects.filter(withdrawn_at=None).count() == threads // 3
    assert ThreadEvent.objects.count() == 3 * threads + threads // 3
    assert ImportedIdentity.objects.count() == 97 + 31
    assert (
        not Thread.objects.filter(body__contains="](/questions/")
        .exclude(body__contains=f"](/questions/{threads + 1})")
        .exists()
    )
    assert no_number_has_drifted()


@pytest.mark.trial
@pytest.mark.timeout(900)
def test_an_import_of_any_length_takes_the_same_little_memory(tmp_path: Path) -> None:
    forum = Forum(tmp_path)
    threads = 20_000 if FULL else 1000
    synthetic(forum, threads)
    running = start(forum, "--workers", "2")
    peak = 0

    def watch() -> Iterator[bool]:
        nonlocal peak
        while running.poll() is None:
            peak = max(peak, sum(resident(pid) for pid in (running.pid, *workers_of(running.pid))))
            yield False
        yield True

    assert until(watch(), 800)
    assert running.returncode == 0 and Thread.objects.count() == threads
    if not peak:
        pytest.skip("this system does not tell how much memory a process has")
    assert peak < 500 * 1024, f"{peak // 1024} MB"


def resident(pid: int) -> int:
    """KiB of memory in use, 0 where the system does not tell."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmRSS:")), 0)


def test_two_imports_of_one_source_do_not_run_at_once(tmp_path: Path) -> None:
    forum = Forum(tmp_path)
    synthetic(forum, 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended('peerdesk import threads', 0))")
        try:
            second = start(forum)
            _out, told = second.communicate(timeout=100)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended('peerdesk import threads', 0))")
    assert second.returncode == 1 and "Another import of “threads” is running" in told.decode()
    assert Thread.objects.count() == 0
