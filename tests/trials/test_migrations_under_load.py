"""An upgrade as docs/install.md has it, while people read and write: migrate under the old code, then the new one.

The old site is the code as it stood before a migration came, taken from the repository's history. It serves while the
new code brings the tables up to date, goes on for a moment with tables it does not know, and hands over to the new
site. No request may end in a 5xx. Small by itself (from one release); from several with PEERDESK_TRIALS=full.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException
from io import BytesIO
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings as project

from community.bench.scenarios import CSRF
from tests.embedded_pg.places import Place, open_folder

pytestmark = [pytest.mark.trial, pytest.mark.timeout(1800)]

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
#: The old code has everything before this migration.
STARTS = ("0008_duplicates", "0009_notices", "0010_prompts", "0011_pause", "0012_order") if FULL else ("0012_order",)
READERS, WRITERS, ROWS = (6, 6, 2000) if FULL else (2, 2, 20)

_FILL = """
import json, sys
from community.bench.scenarios import sign_in
from tests.factories import board, person, reply, thread
people = [person(f"p{n}") for n in range(PEOPLE)]
place = board("Routers")
made = [thread(people[n % len(people)], place, title=f"Question number {n} of many") for n in range(ROWS)]
for one in made:
    reply(one, people[0])
told = dict(cookies=[sign_in(who) for who in people], paths=[one.get_absolute_url() for one in made],
            threads=[one.pk for one in made], board=place.pk)
sys.stdout.write("TOLD" + json.dumps(told))
"""
_COUNT = "from community.models import Answer\nimport sys\nsys.stdout.write('TOLD' + str(Answer.objects.count()))"


def git(*words: str) -> bytes:
    done = subprocess.run(["git", *words], cwd=project.BASE_DIR, capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else b""


def code_before(migration: str, folder: Path) -> Path:
    """The code as it was before this migration came; the test is skipped without the repository's history."""
    log = git("log", "--diff-filter=A", "--format=%H", "--", f"community/migrations/{migration}.py").split()
    archive = git("archive", f"{log[-1].decode()}^") if shutil.which("git") and log else b""
    if not archive:
        pytest.skip("NOT TRIED: the repository's history is not here")
    with tarfile.open(fileobj=BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
    return folder


class Site:
    """One database, and the code that serves it."""

    def __init__(self, place: Place) -> None:
        own = {"DATA_DIR": str(place.base / "var"), "PEERDESK_MODE": "development", "DEBUG": "0"}
        self.environment = {**os.environ, **own, "LIMITS_FACTOR": "1000000"}
        self.environment.pop("DATABASE_URL", None)
        self.port = 0
        self.running: list[subprocess.Popen[bytes]] = []

    def manage(self, code: Path, *words: str) -> str:
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(command, cwd=code, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr[-1500:]
        return done.stdout.rpartition("TOLD")[2]

    def serve(self, code: Path) -> None:
        """Start a web server of this code and lead everybody there once it answers; the one before ends after it."""
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            port = int(trial.getsockname()[1])
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{port}"]
        options = ["--workers", "2", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"]
        log = (Path(self.environment["DATA_DIR"]) / f"web-{len(self.running)}.log").open("ab")
        with log:
            new = subprocess.Popen([*command, *options], cwd=code, env=self.environment, stdout=log, stderr=log)
        self.running.append(new)
        end = time.monotonic() + 90
        while time.monotonic() < end and new.poll() is None:
            try:
                if self.ask("GET", "/boards/", port=port)[0] == 200:
                    break
            except (OSError, HTTPException):
                time.sleep(0.2)
        self.port = port
        time.sleep(1)  # whoever asked the old one is answered by now
        for old in self.running[:-1]:
            old.terminate()
            old.wait(30)

    def ask(self, method: str, path: str, cookie: str = "", *, port: int = 0, **fields: str) -> tuple[int, str]:
        http = HTTPConnection("127.0.0.1", port or self.port, timeout=60)
        try:
            headers = {"Cookie": cookie} if cookie else {}
            if fields:
                headers["Content-Type"] = "application/x-www-form-urlencoded"
            http.request(method, path, urlencode(fields) if fields else None, headers)
            answer = http.getresponse()
            return answer.status, answer.read().decode(errors="replace")
        finally:
            http.close()

    def log(self) -> str:
        logs = sorted(Path(self.environment["DATA_DIR"]).glob("web-*.log"))
        return "\n".join(log.read_text()[-3000:] for log in logs)

    def end(self) -> None:
        for one in self.running:
            if one.poll() is None:
                one.kill()
                one.wait()


class Person(threading.Thread):
    """Reads pages, or answers and asks, until it is over; remembers how each request ended."""

    def __init__(self, site: Site, told: dict, number: int, over: threading.Event, *, writes: bool) -> None:
        super().__init__(daemon=True)
        self.site, self.told, self.over, self.writes = site, told, over, writes
        self.random, self.cookie = Random(number), told["cookies"][number]
        self.seen: Counter[int] = Counter()
        self.slowest, self.confirmed = 0.0, 0
        self.wrong: list[str] = []

    def run(self) -> None:
        while not self.over.is_set():
            began = time.monotonic()
            try:
                status = self._write() if self.writes else self._read()
            except (OSError, HTTPException):
                continue  # the old server has just ended; nginx would ask the next one
            self.slowest = max(self.slowest, time.monotonic() - began)
            self.seen[status] += 1

    def _read(self) -> int:
        path = self.random.choice([*self.told["paths"], "/", "/threads/", "/boards/"])
        return self._noted("GET", path, self.random.choice(["", self.cookie]))

    def _write(self) -> int:
        form = {"csrfmiddlewaretoken": CSRF, "body": f"Words {uuid4().hex} of mine.", "post_key": uuid4().hex}
        if self.random.random() < 0.2:
            title = f"How does {uuid4().hex} start again?"
            return self._noted(
                "POST", "/ask/", self.cookie, **form, title=title, kind="question", board=str(self.told["board"])
            )
        path = f"/threads/{self.random.choice(self.told['threads'])}/answer/"
        status = self._noted("POST", path, self.cookie, **form)
        self.confirmed += status in (302, 303)
        return status

    def _noted(self, method: str, path: str, cookie: str, **fields: str) -> int:
        status, _page = self.site.ask(method, path, cookie, **fields)
        if status >= 500:
            self.wrong.append(f"{method} {path}: {status}")
        return status


@pytest.fixture
def site() -> Iterator[Site]:
    base = open_folder()
    place = Place(base, base / "var" / "postgres")
    made = Site(place)
    (base / "var").mkdir()
    try:
        yield made
    finally:
        made.end()
        place.clear()


@pytest.mark.parametrize("start", STARTS)
def test_an_upgrade_under_load_answers_everybody(site: Site, tmp_path: Path, start: str) -> None:
    old = code_before(start, tmp_path / "old")
    site.manage(old, "migrate", "-v0")
    people = str(READERS + WRITERS)
    told = json.loads(site.manage(old, "shell", "-c", _FILL.replace("PEOPLE", people).replace("ROWS", str(ROWS))))
    before = int(site.manage(old, "shell", "-c", _COUNT))
    site.serve(old)
    over = threading.Event()
    crowd = [Person(site, told, n, over, writes=n >= READERS) for n in range(READERS + WRITERS)]
    for one in crowd:
        one.start()
    time.sleep(2)
    began = time.monotonic()
    site.manage(project.BASE_DIR, "migrate", "-v0")
    took = time.monotonic() - began
    time.sleep(2)  # the old code on new tables
    site.serve(project.BASE_DIR)
    time.sleep(3)
    over.set()
    for one in crowd:
        one.join(90)
    seen = sum((one.seen for one in crowd), Counter())
    slowest = max(one.slowest for one in crowd)
    figures = f"migrated in {took:.1f} s, slowest request {slowest:.1f} s, {dict(seen)}"
    sys.stdout.write(f"from {start}: {figures}\n")
    wrong = [each for one in crowd for each in one.wrong]
    assert wrong == [], f"{len(wrong)} of {seen.total()}: {wrong[:5]}\n{site.log()}"
    assert seen[200] and seen[302] + seen[303]
    confirmed = sum(one.confirmed for one in crowd)
    assert int(site.manage(project.BASE_DIR, "shell", "-c", _COUNT)) >= before + confirmed > before
