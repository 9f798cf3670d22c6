"""kill -9 of everything: the server, the watcher, initdb and whoever was starting the server."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.embedded_pg import accounts, postmaster, processes
from tests.embedded_pg.places import FULL, Place, processes_about, until


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    until(lambda: processes.started(pid) is None, f"process {pid} is gone")


def test_after_a_killed_server_the_next_connection_finds_everything_that_was_confirmed(place: Place) -> None:
    user, other = place.user(), place.user()
    other.connect()
    user.do("sql CREATE TABLE kept (n int)")
    user.do("sql INSERT INTO kept SELECT generate_series(1, 1000)")
    killed = user.connect()
    kill(killed)
    assert user.do("sql SELECT count(*) FROM kept") == {"rows": [[1000]]}, "from a process that was a user already"
    assert user.connect() == other.connect() != killed
    assert len(place.servers()) == 1
    user.leave()
    other.kill()
    place.wait_until_stopped()


def test_many_users_who_find_it_killed_bring_back_one(place: Place) -> None:
    users = [place.user() for _ in range(8)]
    killed = users[0].connect()
    for user in users[:4]:
        user.connect()
    kill(killed)
    for user in users:
        user.ask("connect")
    assert len({user.answer().get("server") for user in users}) == 1
    assert len(place.servers()) == 1
    assert len(place.watchers()) == 1


@pytest.mark.trial
@pytest.mark.timeout(1800)
def test_killed_again_and_again_it_loses_nothing_it_confirmed(place: Place) -> None:
    user = place.user()
    user.do("sql CREATE TABLE kept (n int)")
    dice = random.Random(7)
    confirmed = 0
    for number in range(100 if FULL else 4):
        if "crash" not in user.do(f"sql INSERT INTO kept VALUES ({number})"):
            confirmed += 1
        user.ask(f"sql INSERT INTO kept SELECT {number} + 1000 * g FROM generate_series(1, 20000) g")
        time.sleep(dice.random() / 50)  # the moment of the kill is the thing tried
        for pid in place.servers():
            kill(pid)
        user.answer()
        assert user.do("sql SELECT count(*) FROM kept WHERE n < 1000") == {"rows": [[confirmed]]}
    user.kill()
    place.wait_until_stopped()


def test_a_killed_watcher_is_replaced_at_the_next_connection(place: Place) -> None:
    user = place.user()
    server = user.connect()
    kill(place.watchers()[0])
    assert user.connect() == server
    assert len(place.watchers()) == 1
    user.kill()
    place.wait_until_stopped()


def test_a_killed_watcher_is_replaced_by_a_user_who_leaves(place: Place) -> None:
    user = place.user()
    user.connect()
    kill(place.watchers()[0])
    user.leave()
    place.wait_until_stopped()


def test_when_server_and_watcher_and_users_are_killed_the_next_user_puts_everything_right(place: Place) -> None:
    user = place.user()
    server = user.connect()
    kill(place.watchers()[0])
    kill(server)
    user.kill()
    again = place.user()
    assert again.connect() != server
    again.kill()
    place.wait_until_stopped()


@pytest.mark.parametrize("victim", ["initdb", "its starter"])
def test_initdb_killed_midway_leaves_nothing_in_the_way(empty_place: Place, victim: str) -> None:
    user = empty_place.user()
    user.ask("connect")
    until(lambda: initdbs(empty_place), "initdb is at work")
    if victim == "initdb":
        for pid in initdbs(empty_place):
            os.kill(pid, signal.SIGKILL)
        assert "error" in user.answer()
        assert user.connect()
    else:
        user.kill()
        user = empty_place.user()
        assert user.connect()
    assert not list(empty_place.home.glob("data.new-*")), "half-made folders are cleared away"
    assert len(empty_place.servers()) == 1


def initdbs(place: Place) -> list[int]:
    return [pid for pid, command in processes_about(place.home) if "/initdb -D" in command]


@pytest.fixture
def stranger(place: Place) -> Iterator[subprocess.Popen[bytes]]:
    """Some process of the server's account that has nothing to do with us (PostgreSQL ignores those of others)."""
    run_as = accounts.for_cluster(place.home / "data").run_as()
    process = subprocess.Popen(["/bin/sleep", "1000"], cwd="/", **run_as)
    yield process
    process.kill()
    process.wait()


def test_a_number_that_another_process_got_is_not_taken_for_the_server(place: Place, stranger) -> None:
    user = place.user()
    server = user.connect()
    kill(server)
    pid_file = place.home / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    (place.home / "run" / ".s.PGSQL.5432.lock").write_text(f"{stranger.pid}\n")
    assert postmaster.find(place.home) is None
    assert user.connect() not in (server, stranger.pid)
    assert stranger.poll() is None, "the stranger was left alone"


def test_a_process_with_the_servers_number_but_another_start_time_is_not_the_server(place: Place) -> None:
    user = place.user()
    user.connect()
    record = json.loads((place.home / "server.json").read_text())
    assert postmaster.find(place.home) is not None
    (place.home / "server.json").write_text(json.dumps({**record, "started": "1"}))
    assert postmaster.find(place.home) is None
    (place.home / "server.json").write_text(json.dumps(record))


def test_a_removed_socket_is_made_again(place: Place) -> None:
    user = place.user()
    socket = user.do("connect")["socket"]
    Path(f"{socket}/.s.PGSQL.5432").unlink()
    assert user.connect()
    assert len(place.servers()) == 1


def test_a_removed_folder_is_an_empty_beginning(place: Place) -> None:
    user = place.user()
    user.do("sql CREATE TABLE gone (n int)")
    server = user.connect()
    shared_memory = shared_memory_of(server)
    subprocess.run(["rm", "-rf", str(place.data_dir)], check=True)
    other = place.user()
    assert other.do("sql SELECT to_regclass('gone')") == {"rows": [[None]]}
    kill(server)  # it would end by itself within a minute, when it notices
    for left in shared_memory:
        left.unlink(missing_ok=True)


def shared_memory_of(server: int) -> set[Path]:
    """What a server without its folder cannot clear away."""
    if not processes.HAS_PROC:
        return set()
    words = Path(f"/proc/{server}/maps").read_text().split()
    return {Path(word) for word in words if word.startswith("/dev/shm/PostgreSQL.")}
