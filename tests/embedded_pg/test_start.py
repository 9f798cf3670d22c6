"""The server starts by itself, once, for whoever comes first, wherever the project lies."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from config.embedded_pg import processes
from tests.embedded_pg.places import FULL, PROJECT, Place, copy_home, open_folder, until


def test_settings_are_told_without_starting_or_importing_anything() -> None:
    program = (
        "import sys; from config.embedded_pg import database_settings; s = database_settings('/nowhere/at/all');"
        "assert s['CONN_HEALTH_CHECKS'] is True and s['CONN_MAX_AGE'];"
        "heavy = {'django', 'psycopg', 'subprocess'} & set(sys.modules); assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-S", "-c", program], cwd=PROJECT, check=True)


def test_the_first_user_gets_a_database_that_keeps_what_it_confirms(empty_place: Place) -> None:
    user = empty_place.user()
    user.connect()
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "listen_addresses": "",
        "password_encryption": "scram-sha-256",
        "server_encoding": "UTF8",
    }
    for name, value in wanted.items():
        assert user.do(f"sql SHOW {name}") == {"rows": [[value]]}, name
    assert int(user.do("sql SHOW max_connections")["rows"][0][0]) >= 200
    major = int((empty_place.home / "data" / "PG_VERSION").read_text())
    if major >= 17:
        provider = user.do("sql SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()")
        assert provider == {"rows": [["b", "C.UTF-8"]]}
    assert user.do("sql SELECT lower('ÄÖ')") == {"rows": [["äö"]]}


def test_nobody_gets_in_without_the_password_and_only_its_owner_can_read_it(place: Place) -> None:
    user = place.user()
    socket = user.do("connect")["socket"]
    password = place.home / "password"
    assert stat.S_IMODE(password.stat().st_mode) == 0o600
    assert stat.S_IMODE(Path(str(socket)).stat().st_mode) == 0o700
    for wrong in ("", "peerdesk"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(host=str(socket), port=5432, user="peerdesk", password=wrong, dbname="peerdesk")
    rules = [line.split() for line in (place.home / "data" / "pg_hba.conf").read_text().splitlines()]
    assert {words[-1] for words in rules if words and not words[0].startswith("#")} == {"scram-sha-256"}


def test_twelve_processes_that_start_at_once_get_one_server(empty_place: Place) -> None:
    users = [empty_place.user() for _ in range(12)]
    for user in users:
        user.ask("connect")
    answers = [user.answer() for user in users]
    assert {answer.get("server") for answer in answers} == set(empty_place.servers()), answers
    assert len(empty_place.servers()) == 1
    assert len(empty_place.watchers()) == 1
    for user in users:
        user.kill()
    empty_place.wait_until_stopped()


@pytest.mark.trial
@pytest.mark.timeout(1800)
def test_crowds_that_come_and_go_never_meet_a_second_or_a_dying_server(place: Place) -> None:
    for _ in range(20 if FULL else 1):
        users = [place.user() for _ in range(12 if FULL else 6)]
        for user in users:
            user.ask("connect")
        for user in users:
            assert "server" in user.answer()
        assert len(place.servers()) == 1
        for user in users:
            user.kill()
        until(lambda: place.server() is None or place.server().state == "stopping", "the server begins to stop")
    place.wait_until_stopped()


ODD_NAMES = {
    "spaces, quotes, unicode": """it's a "test" of Größe 日本語 🚀 $HOME \\ %s""",
    "a comma": "one, two",
    "more than 150 characters": "a long name " * 14,
}


@pytest.mark.parametrize("name", ODD_NAMES.values(), ids=ODD_NAMES.keys())
def test_a_project_may_lie_under_an_odd_path(finished_home, name: str) -> None:
    base = open_folder()
    place = Place(base, base / name.strip() / "var" / "postgres")
    try:
        copy_home(finished_home, place.data_dir)
        first, second = place.user(), place.user()
        assert first.do("connect")["data"] == str(place.home / "data")
        assert second.connect() == first.connect()
        socket = first.do("connect")["socket"]
        first.leave()
        second.kill()
        place.wait_until_stopped()
        if not str(socket).startswith(str(place.home)):
            assert not Path(str(socket)).exists(), "the temporary folder of the socket goes with the server"
    finally:
        place.clear()


def test_a_path_with_a_line_break_is_refused_in_a_sentence() -> None:
    base = open_folder()
    place = Place(base, base / "one\ntwo")
    try:
        assert "line break" in str(place.user().do("connect")["error"])
    finally:
        place.clear()


def test_variables_meant_for_another_server_do_not_confuse_ours(place: Place) -> None:
    foreign = {
        "PGHOST": "example.invalid",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGUSER": "root",
        "PGPASSWORD": "wrong",
        "PGDATABASE": "other",
        "PGDATA": "/nowhere",
        "PGOPTIONS": "-c nonsense=on",
        "PGSERVICE": "not-defined",
        "PGSSLMODE": "verify-full",
        "PGDATESTYLE": "German",
        "LC_ALL": "tr_TR.UTF-8",
        "LANG": "xx_YY",
    }
    user = place.user(env=foreign)
    user.connect()
    assert user.do("sql SHOW datestyle") == {"rows": [["ISO, MDY"]]}
    done = place.command("psql", "--", "-Atc", "SELECT current_user", env={**os.environ, **foreign})
    assert done.stdout.strip() == "peerdesk", done.stderr


def test_a_copied_project_gets_a_server_of_its_own(place: Place) -> None:
    original = place.user()
    first = original.connect()
    copied = Place(place.base, place.base / "copy" / "postgres")
    copied.data_dir.parent.mkdir()
    subprocess.run(["cp", "-Rp", str(place.data_dir), str(copied.data_dir)], check=False, stderr=subprocess.DEVNULL)
    try:
        assert (copied.data_dir / "data" / "postmaster.pid").exists(), (
            "the copy holds the number of the original's server"
        )
        second = copied.user().connect()
        assert second != first
        assert original.connect() == first
    finally:
        copied.clear()


def test_a_project_that_is_renamed_while_its_server_runs_goes_on_under_its_new_name(place: Place) -> None:
    stays = place.user()
    first = stays.connect()
    moved = Place(place.base, place.base / "moved" / "postgres")
    place.data_dir.parent.rename(moved.data_dir.parent)
    newcomer = moved.user()
    second = newcomer.connect()
    assert second != first, "the old one listens under the old path"
    assert processes.started(first) is None, "never two servers on the same files"
    newcomer.leave()
    stays.kill()
    moved.wait_until_stopped()
