"""The server ends with its last user, however that one ended, and nobody is ever given one that is about to end."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from config.embedded_pg import locks, processes
from tests.embedded_pg.places import FULL, PROJECT, Place, until


def test_it_stays_while_anybody_uses_it_and_goes_with_the_last(place: Place) -> None:
    first, second = place.user(), place.user()
    server = first.connect()
    assert second.connect() == server
    first.leave()
    assert second.connect() == server
    second.leave()
    place.wait_until_stopped()
    assert not place.watchers()


def test_users_that_are_killed_count_no_longer(place: Place) -> None:
    users = [place.user() for _ in range(3)]
    server = {user.connect() for user in users}
    assert len(server) == 1
    for user in users:
        user.kill()
    place.wait_until_stopped()


def test_a_forked_child_keeps_the_server_when_its_parent_is_killed(place: Place) -> None:
    parent = place.user()
    server = parent.connect()
    child = int(str(parent.do("fork")["child"]))
    try:
        parent.kill()
        other = place.user()
        assert other.connect() == server
        other.leave()
        again = place.user()
        assert again.connect() == server, "the child still counts"
        again.leave()
    finally:
        os.kill(child, signal.SIGKILL)
    place.wait_until_stopped()


def test_neither_server_nor_watcher_holds_a_lock_or_a_pipe_of_its_users(place: Place) -> None:
    user = place.user()
    server = user.connect()
    if not processes.HAS_PROC:
        pytest.skip("NOT TRIED: open files are read from /proc")
    names = open_files(server)
    assert not [name for name in names if name.endswith(".lock")], names
    assert os.getsid(server) == server, "Ctrl-C in the terminal of a user does not reach it"
    watcher = place.watchers()[0]
    names = open_files(watcher)
    assert not [name for name in names if name.startswith("pipe:")], names


def open_files(pid: int) -> list[str]:
    return [str(fd.readlink()) for fd in Path(f"/proc/{pid}/fd").iterdir()]


@pytest.mark.trial
@pytest.mark.timeout(1800)
def test_who_comes_while_it_stops_gets_a_living_server(place: Place) -> None:
    for _ in range(50 if FULL else 2):
        last = place.user()
        before = last.connect()
        waiting = place.user()
        last.kill()
        until(lambda: "stopping" in state_of(place), "the server begins to stop")
        after = waiting.connect()
        assert after != before
        assert waiting.connect() == after
        waiting.kill()


@pytest.mark.skipif(not processes.HAS_PROC, reason="NOT TRIED: signals that wait are read from /proc")
def test_newcomers_are_kept_out_until_a_slow_server_has_stopped(place: Place) -> None:
    last = place.user()
    before = last.connect()
    os.kill(before, signal.SIGSTOP)  # it will take its time to obey the watcher
    try:
        last.kill()
        # The lock alone would say too little: the watcher also has it for a moment before its second of grace.
        until(lambda: has_waiting(before, signal.SIGINT), "the watcher tells the server to stop")
        newcomer = place.user()
        newcomer.ask("connect")
        assert locks.is_held(place.home / "users.lock")
        assert processes.started(before) is not None
    finally:
        os.kill(before, signal.SIGCONT)
    assert newcomer.answer()["server"] != before


def has_waiting(pid: int, number: signal.Signals) -> bool:
    """Whether the signal was sent to the process, which has not looked at it yet."""
    lines = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    return bool(int(lines["ShdPnd"], 16) >> (number - 1) & 1)


def state_of(place: Place) -> str:
    server = place.server()
    return "stopping (gone)" if server is None else server.state


def test_a_person_can_see_stop_and_open_it(place: Place) -> None:
    assert "not running" in place.command("status").stdout
    user = place.user()
    server = user.connect()
    shown = place.command("status").stdout
    assert f"process {server}" in shown
    assert "in use:   yes" in shown
    url = place.command("url").stdout.strip()
    assert url.startswith("postgresql://peerdesk:")
    stopped = place.command("stop")
    assert (stopped.returncode, stopped.stdout) == (0, "The server is stopped.\n"), stopped
    assert not place.servers()
    assert user.connect() != server, "who was a user gets a new one"
    assert place.command("psql", "--", "-Atc", "SELECT 6 * 7").stdout == "42\n"


def test_the_command_line_says_in_one_sentence_what_is_wrong(place: Place) -> None:
    (place.home / "password").unlink()
    failed = place.command("url", cwd=PROJECT)
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "password" in failed.stderr
    assert failed.stderr.count("\n") == 1
