"""The web server, the worker and the database are killed again and again while people post.

Whatever the site has confirmed is there afterwards, once; after each kill it is well again within ten seconds. Each
process is started again as systemd would (docs/install.md): `Restart=always`. The site is one of its own, on the
embedded database, which brings itself back at the next connection.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from random import Random
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings as project

from community.bench.scenarios import CSRF
from config.embedded_pg import homes, postmaster

pytestmark = [pytest.mark.trial, pytest.mark.timeout(1800)]

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
KILLS, CLIENTS = (20, 16) if FULL else (2, 6)
#: The promise: so long after a kill the site is well again.
HEALTHY_SECONDS = 10

_PEOPLE = """
import json, sys
from community.bench.scenarios import sign_in
from tests.factories import board, moderator, person, thread
people = [moderator(f"boss{n}") if n < 2 else person(f"p{n}") for n in range(CLIENTS)]
place = board("Routers")
questions = [thread(who, place).pk for who in people]
told = dict(cookies=[sign_in(who) for who in people], questions=questions, board=place.pk)
sys.stdout.write("TOLD" + json.dumps(told))
"""

_FOUND = """
import json, sys
from community.integrity import violations
from community.models import Answer
from community.notices.fanout import fan_out_all
fan_out_all()
answers = [[row.thread_id, row.position, row.body] for row in Answer.objects.all()]
sys.stdout.write("TOLD" + json.dumps(dict(answers=answers, wrong=[str(each) for each in violations()])))
"""


class Site:
    """A site in a folder of its own; `keep` starts again whatever of it dies."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with socket.socket() as trial:
            trial.bind(("127.0.0.1", 0))
            self.port = int(trial.getsockname()[1])
        own = {
            "DATA_DIR": str(folder),
            "PEERDESK_MODE": "development",
            "DEBUG": "0",
            "PEERDESK_DURABLE": "1",
            "LIMITS_FACTOR": "1000000",
            "HOLD_POSTS": "0",
        }
        self.environment = {**os.environ, **own}
        self.environment.pop("DATABASE_URL", None)
        python = sys.executable
        self.commands = {
            "web": [
                *(python, "-m", "gunicorn", "config.wsgi:application", "--bind", f"127.0.0.1:{self.port}"),
                *("--workers", "2", "--worker-class", "gthread", "--threads", "4", "--log-level", "warning"),
            ],
            "worker": [python, "manage.py", "worker"],
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.over = threading.Event()

    def ask(self, code: str) -> dict[str, object]:
        """What this code, run within the site, tells."""
        command = [sys.executable, "manage.py", "shell", "-c", code]
        said = subprocess.run(command, cwd=project.BASE_DIR, env=self.environment, capture_output=True, check=True)
        told: dict[str, object] = json.loads(said.stdout.decode().split("TOLD", 1)[1])
        return told

    def start(self, name: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                self.commands[name],
                cwd=project.BASE_DIR,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def keep(self) -> None:
        """Restart=always, half a second later."""
        while not self.over.wait(0.5):
            for name, process in self.running.items():
                if process.poll() is not None:
                    self.start(name)

    def kill(self, name: str) -> None:
        """SIGKILL for all of its processes at once."""
        if name == "database":
            found = postmaster.find(homes.locate(self.folder / "postgres"))
            assert found is not None
            os.kill(found.pid, signal.SIGKILL)
        else:
            os.killpg(self.running[name].pid, signal.SIGKILL)
            self.running[name].wait()

    def send(self, method: str, path: str, cookie: str = "", **fields: str) -> tuple[int, str]:
        """The status and where it leads; 0 where there was no answer."""
        http = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            http.request(method, path, body=urlencode(fields) if fields else None, headers=headers)
            answer = http.getresponse()
            answer.read()
            return answer.status, answer.getheader("Location") or ""
        except (OSError, HTTPException):
            return 0, ""
        finally:
            http.close()

    def end(self) -> None:
        self.over.set()
        for process in self.running.values():
            process.terminate()
        for process in self.running.values():
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "-v0"], cwd=project.BASE_DIR, env=made.environment, check=True
    )
    yield made
    made.end()


class Writer(threading.Thread):
    """Somebody who writes answers, each until the site has confirmed it, under one key: pressing again is allowed."""

    def __init__(self, site: Site, cookie: str, questions: list[int], number: int) -> None:
        super().__init__(daemon=True)
        self.site, self.cookie, self.questions = site, cookie, questions
        self.random = Random(number)
        self.confirmed: dict[str, str] = {}
        self.seen: set[int] = set()

    def run(self) -> None:
        while not self.site.over.is_set():
            words, key = f"Words {uuid4().hex}", uuid4().hex
            path = f"/threads/{self.random.choice(self.questions)}/answer/"
            while not self.site.over.is_set():
                fields = {"csrfmiddlewaretoken": CSRF, "body": words, "post_key": key}
                status, place = self.site.send("POST", path, self.cookie, **fields)
                self.seen.add(status)
                if status in (302, 303):
                    self.confirmed[words] = place
                    break
                self.site.over.wait(0.05)


def until(met: Callable[[], bool], seconds: float) -> float | None:
    """After how many seconds it came true; None when it did not."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if met():
            return time.monotonic() - began
        time.sleep(0.05)
    return None


def slowness() -> float:
    """How many times longer than by itself anything takes on this machine now: a sum worked out beside it."""
    counting = "from time import monotonic, process_time as own; a, b = monotonic(), own(); sum(range(20_000_000)); "
    told = "print((monotonic() - a) / (own() - b))"
    done = subprocess.run([sys.executable, "-c", counting + told], capture_output=True, text=True, check=True)
    return max(1.0, float(done.stdout))


def well_after(site: Site) -> float | None:
    """How many seconds of a machine that has nothing else to do passed until the site was well again.

    What else runs beside the tests is no fault of the site: where it took long, the same moment says how long anything
    takes.
    """
    took = until(lambda: site.send("GET", "/boards/")[0] == 200, 120)
    return took / slowness() if took is not None and took > HEALTHY_SECONDS else took


def test_whatever_is_killed_nothing_that_was_confirmed_is_lost_and_the_site_is_soon_well(site: Site) -> None:
    told = site.ask(_PEOPLE.replace("CLIENTS", str(CLIENTS)))
    for name in site.commands:
        site.start(name)
    assert until(lambda: site.send("GET", "/")[0] == 200, 60) is not None
    writers = [
        Writer(site, cookie, told["questions"], number)  # type: ignore[arg-type]
        for number, cookie in enumerate(told["cookies"])  # type: ignore[arg-type]
    ]
    keeper = threading.Thread(target=site.keep, daemon=True)
    for each in (keeper, *writers):
        each.start()
    dice, waits = Random(3), []
    for name in ["web", "worker", "database"] * KILLS:
        before = sum(len(each.confirmed) for each in writers)
        grown = until(lambda before=before: sum(len(each.confirmed) for each in writers) > before, 60)
        assert grown is not None, "people can write"
        time.sleep(dice.random() / 5)  # somewhere in the middle of what it does
        site.kill(name)
        waits.append((well_after(site), name))
    site.over.set()
    for each in writers:
        each.join(90)
    found = site.ask(_FOUND)

    sys.stdout.write(f"{len(waits)} kills, well again after {sorted(w for w, _n in waits if w is not None)} s\n")
    assert [name for wait, name in waits if wait is None or wait > HEALTHY_SECONDS] == []
    bodies = [body for _thread, _position, body in found["answers"]]  # type: ignore[attr-defined]
    confirmed = {words: place for each in writers for words, place in each.confirmed.items()}
    assert set(confirmed) - set(bodies) == set(), "nothing that was confirmed is lost"
    assert len(bodies) == len(set(bodies)), "nothing was posted twice"
    stand = {body: f"/threads/{thread}/answers/{n}/" for thread, n, body in found["answers"]}  # type: ignore[attr-defined]
    assert {words: stand[words] for words in confirmed} == confirmed, "each stands where the site said"
    assert found["wrong"] == []
    assert len(confirmed) > len(waits)
    # a thing that a moment ago was there is never "not found", and nobody is signed out
    assert {status for each in writers for status in each.seen} <= {0, 302, 303, 500, 502, 503}
