"""Django on the embedded server: sites with many processes, the reloader, parallel tests, errors in a sentence."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import ConnectionHandler, OperationalError

from config.embedded_pg import database_settings, processes
from tests.embedded_pg.places import HERE, PROJECT, Place, until


def environment(place: Place, **more: str) -> dict[str, str]:
    unwanted = ("PYTEST_", "DJANGO_", "DATABASE_URL", "PEERDESK_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(unwanted)}
    paths = os.pathsep.join([str(HERE), str(PROJECT)])
    own = {"PYTHONPATH": paths, "DJANGO_SETTINGS_MODULE": "mini_site", "MINI_SITE_DATA": str(place.data_dir)}
    return kept | own | more


class Site:
    """A web server of the mini site in a process group of its own."""

    def __init__(self, place: Place, *command: str, **more: str):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"127.0.0.1:{free.getsockname()[1]}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", *(word.replace("ADDRESS", self.address) for word in command)],
            env=environment(place, **more),
            cwd=place.base,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def get(self) -> tuple[int, int]:
        """The numbers of the process that answered and of the database server."""
        with urllib.request.urlopen(f"http://{self.address}/", timeout=60) as answer:
            worker, server = answer.read().split()
        return int(worker), int(server)

    def get_when_up(self) -> tuple[int, int]:
        found: list[tuple[int, int]] = []

        def up() -> bool:
            with contextlib.suppress(urllib.error.URLError, ConnectionError):
                found.append(self.get())
            return bool(found)

        until(up, "the site answers")
        return found[0]

    def kill(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def sites() -> Iterator[list[Site]]:
    running: list[Site] = []
    yield running
    for site in running:
        site.kill()


def test_a_site_of_forked_workers_survives_a_killed_server_and_takes_it_along_when_killed(place: Place, sites) -> None:
    site = Site(place, "gunicorn", "mini_site", "-b", "ADDRESS", "-w", "3", "--threads", "2")
    sites.append(site)
    _, server = site.get_when_up()
    os.kill(server, signal.SIGKILL)
    until(lambda: processes.started(server) is None, "the server is gone")
    answers = [site.get() for _ in range(12)]
    assert len({new for _, new in answers}) == 1, "every worker found the same new server, at the first try"
    assert answers[0][1] != server
    site.kill()
    place.wait_until_stopped()


def test_the_reloader_of_runserver_goes_on_with_a_server(place: Place, sites) -> None:
    module = place.base / "watched_module.py"
    module.write_text("")
    (place.base / "site_with_watched_module.py").write_text("from mini_site import *\nimport watched_module\n")
    paths = os.pathsep.join([str(place.base), str(HERE), str(PROJECT)])
    site = Site(
        place, "django", "runserver", "ADDRESS", DJANGO_SETTINGS_MODULE="site_with_watched_module", PYTHONPATH=paths
    )
    sites.append(site)
    before, _ = site.get_when_up()
    module.write_text("changed = True\n")
    begun = time.monotonic()

    def reloaded() -> bool:
        # Changed again every ten seconds: the reloader may take its first look after the site has answered.
        os.utime(module, (2_000_000_000 + (time.monotonic() - begun) // 10,) * 2)
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            return site.get()[0] != before
        return False

    until(reloaded, "the reloader starts the site again")
    assert len(place.servers()) == 1
    site.kill()
    place.wait_until_stopped()


INNER_TESTS = """
import os
import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

@pytest.mark.django_db
@pytest.mark.parametrize("number", range(12))
def test_database(number):
    ContentType.objects.create(app_label="a", model=str(number))
    assert ContentType.objects.filter(app_label="a").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone()[0] == os.environ["EXPECTED"]
    with open("servers.txt", "a") as file:
        file.write(f"{connection.attached_to.pid}\\n")
"""


@pytest.mark.parametrize(("durable", "expected"), [("", "off"), ("1", "on")])
def test_tests_run_in_parallel_on_one_server_and_kill_trials_keep_every_promise(
    place: Place, durable: str, expected: str
) -> None:
    (place.base / "test_inner.py").write_text(INNER_TESTS)
    (place.base / "pytest.ini").write_text("[pytest]\n")
    workers = "0" if durable else "2"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", workers, "-p", "xdist.plugin", "-p", "pytest_django.plugin"],
        cwd=place.base,
        env=environment(place, PEERDESK_DURABLE=durable, EXPECTED=expected, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert len(set((place.base / "servers.txt").read_text().split())) == 1
    place.wait_until_stopped()


def test_what_is_wrong_reaches_django_as_its_own_error_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "PG_VERSION").write_text("15\n")
    connections = ConnectionHandler({"default": database_settings(tmp_path)})
    with pytest.raises(OperationalError) as told:
        connections["default"].attach()
    assert "PostgreSQL data folder" in str(told.value)
    assert str(told.value).count("\n") == 0


def test_a_database_entry_made_by_hand_is_refused_as_configuration() -> None:
    connections = ConnectionHandler({"default": {"ENGINE": "config.embedded_pg.backend", "NAME": "x"}})
    with pytest.raises(ImproperlyConfigured, match="database_settings"):
        connections["default"].attach()
