"""Setting Peerdesk up: what a newcomer with Python and make meets, and what goes wrong first."""

import ast
import base64
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
from django import db
from django.db import connections

from config.bootstrap import version_problem
from config.database import database_from_env
from config.database_errors import explain_database_error, require_database
from config.demo_server import Address, AddressError, check_address, parse_port
from config.postgresql.base import DatabaseFeatures, DatabaseWrapper

ROOT = Path(__file__).resolve().parent.parent
VENV_BIN = Path(sysconfig.get_path("scripts"))


# An old Python --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("version", [(2, 7, 18), (3, 6, 15), (3, 10, 13)])
def test_an_old_python_is_told_in_one_sentence(version: tuple) -> None:
    assert version_problem(version) == f"Peerdesk needs Python 3.11 or newer; this is Python {version[0]}.{version[1]}."


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 1), (4, 0, 0)])
def test_a_python_that_is_new_enough_is_told_nothing(version: tuple) -> None:
    assert version_problem(version) == ""


@pytest.mark.parametrize("name", ["config/bootstrap.py", "manage.py"])
def test_an_old_python_can_read_the_file_that_tells_it_so(name: str) -> None:
    ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 6))


# The environment ------------------------------------------------------------------------------------------------------
def build_wheel(folder: Path, version: str) -> str:
    """Write a tiny library as a wheel; return its line for a lock file."""
    folder.mkdir(exist_ok=True)
    wheel = folder / f"greeting-{version}-py3-none-any.whl"
    about = f"greeting-{version}.dist-info"
    files = {
        "greeting.py": f"VERSION = {version!r}\n",
        f"{about}/METADATA": f"Metadata-Version: 2.1\nName: greeting\nVersion: {version}\n",
        f"{about}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = ""
    for name, text in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record += f"{name},sha256={digest},{len(text)}\n"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in {**files, f"{about}/RECORD": record + f"{about}/RECORD,,\n"}.items():
            archive.writestr(name, text)
    return f"greeting=={version} \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"


class Newcomer:
    """A fresh copy of the set-up in a folder with an odd name; its libraries come from a folder, never a network."""

    def __init__(self, base: Path) -> None:
        self.root = base / "a Näme with 'spaces' $HOME"
        self.wheels = base / "wheels"
        (self.root / "config").mkdir(parents=True)
        for name in ("Makefile", "config/bootstrap.py", "pyproject.toml"):
            shutil.copy(ROOT / name, self.root / name)
        self.lock("1.0")

    def lock(self, version: str) -> None:
        line = build_wheel(self.wheels, version)
        (self.root / "requirements.lock").write_text(line)
        (self.root / "requirements-dev.lock").write_text(line)

    def environ(self, **more: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PIP_", "UV_", "MAKE", "VENV"))}
        alone = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels), "PIP_CONFIG_FILE": os.devnull}
        return {**kept, **alone, "PEERDESK_UV": "no", "PYTHON": sys.executable, **more}

    def make(self, *goals: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["make", "--no-print-directory", *goals],
            cwd=self.root,
            env=self.environ(**more),
            capture_output=True,
            text=True,
            check=False,
        )

    def version(self) -> str:
        python = self.root / ".venv" / "bin" / "python"
        if not python.exists():
            return ""
        run = subprocess.run([python, "-c", "import greeting; print(greeting.VERSION)"], capture_output=True, text=True)
        return run.stdout.strip()


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path)


def sentence(run: subprocess.CompletedProcess[str]) -> str:
    """The one line a failed start leaves, beside progress and make's own closing word."""
    assert run.returncode != 0, run.stdout + run.stderr
    assert "Traceback" not in run.stdout + run.stderr
    noise = ("make:", "make[", "Setting up ", "  [")
    (line,) = [line for line in (run.stdout + run.stderr).splitlines() if line and not line.startswith(noise)]
    return line


def test_a_newcomer_gets_the_locked_libraries_in_a_path_with_spaces_and_only_once(newcomer: Newcomer) -> None:
    first = newcomer.make("setup")
    assert first.returncode == 0, first.stderr
    assert "Setting up .venv: 1 libraries" in first.stderr and "[1/1] fetching greeting\n" in first.stderr
    assert newcomer.version() == "1.0"
    inode = (newcomer.root / ".venv" / "pyvenv.cfg").stat().st_ino
    second = newcomer.make("setup")
    assert (second.returncode, second.stdout + second.stderr) == (0, "")
    assert (newcomer.root / ".venv" / "pyvenv.cfg").stat().st_ino == inode
    # A changed lock is noticed, whatever the files' times say.
    newcomer.lock("2.0")
    os.utime(newcomer.root / "requirements.lock", (0, 0))
    assert newcomer.make("setup").returncode == 0
    assert newcomer.version() == "2.0"


@pytest.mark.parametrize("moment", ["peerdesk.json", "pyvenv.cfg", "bin/pip", "install.log"])
def test_an_install_that_was_killed_half_way_is_done_again(newcomer: Newcomer, moment: str) -> None:
    moment_file = newcomer.root / ".venv" / moment
    process = subprocess.Popen(
        ["make", "setup"], cwd=newcomer.root, env=newcomer.environ(), start_new_session=True, stderr=subprocess.DEVNULL
    )
    while not moment_file.exists():
        assert process.poll() is None
        time.sleep(0.005)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert newcomer.version() == ""
    again = newcomer.make("setup")
    assert again.returncode == 0, again.stderr
    assert newcomer.version() == "1.0"


def test_two_makes_at_once_wait_for_each_other(newcomer: Newcomer) -> None:
    makes = [
        subprocess.Popen(
            ["make", "setup"], cwd=newcomer.root, env=newcomer.environ(), stderr=subprocess.PIPE, text=True
        )
        for _ in range(3)
    ]
    told = [make.communicate()[1] for make in makes]
    assert [make.returncode for make in makes] == [0, 0, 0], told
    assert sum("Setting up .venv" in words for words in told) == 1
    assert newcomer.version() == "1.0"


def test_a_library_with_another_hash_is_refused(newcomer: Newcomer) -> None:
    lock = newcomer.root / "requirements.lock"
    lock.write_text(lock.read_text().split("sha256:")[0] + "sha256:" + "0" * 64 + "\n")
    assert "is not the one the lock file names" in sentence(newcomer.make("setup"))
    # And nothing half made is taken for whole.
    assert "is not the one the lock file names" in sentence(newcomer.make("setup"))


def test_without_a_network_the_set_up_says_so_and_goes_on_later(newcomer: Newcomer) -> None:
    nobody = {
        "PIP_NO_INDEX": "0",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_FIND_LINKS": "",
        "PIP_RETRIES": "0",
    }
    assert "is this machine online?" in sentence(newcomer.make("setup", **nobody))
    assert newcomer.make("setup").returncode == 0
    assert newcomer.version() == "1.0"


def test_an_environment_that_somebody_else_made_is_left_alone(newcomer: Newcomer) -> None:
    treasure = newcomer.root / ".venv" / "treasure"
    treasure.parent.mkdir()
    treasure.write_text("mine")
    assert "was not made by Peerdesk" in sentence(newcomer.make("setup"))
    newcomer.make("clean")
    assert treasure.read_text() == "mine"


def test_clean_takes_the_environment_and_leaves_the_database_and_says_so(newcomer: Newcomer) -> None:
    database = newcomer.root / "var" / "postgres" / "PG_VERSION"
    database.parent.mkdir(parents=True)
    database.write_text("17")
    assert newcomer.make("setup").returncode == 0
    run = newcomer.make("clean")
    assert "database" in run.stdout and "not touched" in run.stdout
    assert database.exists() and not (newcomer.root / ".venv").exists()


def test_where_uv_is_installed_it_sets_up_the_same_libraries(newcomer: Newcomer) -> None:
    uv = shutil.which("uv", path=f"{VENV_BIN}{os.pathsep}{os.environ['PATH']}")
    assert uv, "uv is one of the development libraries"
    path = f"{Path(uv).parent}{os.pathsep}{os.environ['PATH']}"
    offline = {"UV_NO_INDEX": "1", "UV_FIND_LINKS": str(newcomer.wheels), "UV_NO_CONFIG": "1"}
    run = newcomer.make("setup", PEERDESK_UV="yes", PATH=path, **offline)
    assert run.returncode == 0 and "with uv" in run.stderr and "pip" not in run.stderr, run.stderr
    assert newcomer.version() == "1.0"
    assert newcomer.make("setup", PEERDESK_UV="yes", PATH=path, **offline).stderr == ""
    # Where uv is set up badly, pip still is there.
    newcomer.lock("2.0")
    run = newcomer.make("setup", PEERDESK_UV="yes", PATH=path, **{**offline, "UV_FIND_LINKS": ""})
    assert run.returncode == 0 and "trying pip" in run.stderr
    assert newcomer.version() == "2.0"


def test_a_machine_without_python_is_told_what_is_missing(newcomer: Newcomer, tmp_path: Path) -> None:
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "make").symlink_to(shutil.which("make") or "make")
    run = newcomer.make("setup", PATH=str(programs), PYTHON="")
    assert sentence(run).startswith("Peerdesk needs Python 3.11 or newer, and there is no python3 here")


# The address ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["", "0", "65536", "-1", "80a", "8000.0", "٨٠٠٠", "1e3", "9" * 400, "80\x00"])
def test_a_port_that_is_none_is_told_in_one_sentence(text: str) -> None:
    with pytest.raises(AddressError, match=r"^PORT is .* it must be a number from 1 to 65535\.$"):
        parse_port(text)


@pytest.mark.parametrize(("text", "port"), [("1", 1), (" 8000 ", 8000), ("65535", 65535)])
def test_a_port_is_a_number(text: str, port: int) -> None:
    assert parse_port(text) == port


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_taken_port_is_told_with_one_that_is_free(host: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(AddressError) as told:
            check_address(host, str(port))
    words = str(told.value)
    assert words.startswith(f"Port {port} is taken; try: make demo PORT=")
    suggested = int(words.rpartition("=")[2])
    assert suggested != port and check_address(host, str(suggested)).port == suggested


def test_a_free_port_is_taken_as_it_is() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert check_address("127.0.0.1", str(port)) == Address("127.0.0.1", port)


@pytest.mark.parametrize("host", ["203.0.113.7", "no such host", "no-such-host.invalid", "a" * 300, "é" * 70])
def test_a_host_that_is_not_this_machine_is_told_in_one_sentence(host: str) -> None:
    with pytest.raises(AddressError, match=r"^HOST is .* which is no address of this machine; leave it out\.$"):
        check_address(host, "8123")


def test_the_address_can_be_typed_into_a_browser() -> None:
    assert Address("0.0.0.0", 8000).url == "http://127.0.0.1:8000/"
    assert Address("::1", 8000).url == "http://[::1]:8000/"
    assert Address("localhost", 81).url == "http://localhost:81/"


# The database ---------------------------------------------------------------------------------------------------------
def manage(url: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Start a command as a person does, with this DATABASE_URL."""
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def current_url(**changed: str) -> str:
    """DATABASE_URL for the server these tests run on, with some parts changed."""
    settings = connections["default"].settings_dict
    part = {key: str(settings[key.upper()] or "") for key in ("user", "password", "name", "host", "port")} | changed
    user = f"{quote(part['user'], safe='')}:{quote(part['password'], safe='')}"
    if part["host"].startswith("/"):
        return f"postgres://{user}@/{part['name']}?host={quote(part['host'], safe='')}&port={part['port'] or 5432}"
    return f"postgres://{user}@{part['host']}:{part['port'] or 5432}/{part['name']}"


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("nonsense", "is not an address"),
        ("://", "is not an address"),
        ("mysql://root:s3cret@localhost/peerdesk", "runs on PostgreSQL 15 or newer"),
        ("sqlite:///peerdesk.sqlite3", "runs on PostgreSQL 15 or newer"),
        ("postgres://me:s3cret@localhost:port/peerdesk", "cannot be read"),
        ("postgres://me:s3cret@localhost:99999/peerdesk", "cannot be read"),
        ("postgres://me:s3cret@[localhost/peerdesk", "cannot be read"),
        ("postgres://me:s3cret%00@localhost/peerdesk", "%00"),
        ("postgres://me:s3cret@localhost", "names no database"),
        ("postgres://me:s3cret@localhost/peerdesk?colour=red", "an option that PostgreSQL does not know: colour"),
        ("postgres://me:s3cret@127.0.0.1:9/peerdesk", "No PostgreSQL answers at 127.0.0.1, port 9"),
        ("postgres://me:s3cret@no-such-host.invalid/peerdesk", "not known here"),
        ("postgres://me:s3cret@/peerdesk?host=/no/such/folder", "No PostgreSQL answers at /no/such/folder"),
    ],
)
def test_a_wrong_database_url_is_told_in_one_sentence_without_the_password(url: str, words: str) -> None:
    told = sentence(manage(url, "migrate", "--plan"))
    assert words in told and "s3cret" not in told


@pytest.mark.django_db
def test_a_wrong_password_is_told_in_one_sentence() -> None:
    run = manage(current_url(password="not-the-one-s3cret"), "migrate", "--plan")
    if run.returncode == 0:
        pytest.skip("THIS DATABASE SERVER ASKS NOBODY FOR A PASSWORD")
    told = sentence(run)
    assert "refuses the user" in told and "s3cret" not in told


@pytest.mark.django_db
def test_a_missing_database_is_told_in_one_sentence_with_the_cure() -> None:
    told = sentence(manage(current_url(name="no_such_database"), "migrate", "--plan"))
    assert 'database "no_such_database" does not exist' in told and "createdb no_such_database" in told


def test_the_development_server_does_not_start_without_its_database() -> None:
    told = sentence(manage("postgres://me:s3cret@127.0.0.1:9/peerdesk", "runserver", "0"))
    assert "No PostgreSQL answers" in told


@pytest.mark.django_db
def test_a_server_that_is_too_old_is_told_in_one_sentence(monkeypatch) -> None:
    monkeypatch.setattr(DatabaseFeatures, "minimum_database_version", (99,))
    old = DatabaseWrapper({**connections["default"].settings_dict}, alias="default")
    with pytest.raises(db.NotSupportedError) as refused:
        old.connect()
        old.check_database_version_supported()
    old.close()
    assert explain_database_error(refused.value).startswith("Peerdesk needs PostgreSQL 15 or newer; the server at ")


def test_peerdesk_asks_for_postgresql_15() -> None:
    assert DatabaseFeatures.minimum_database_version == (15,)
    settings = database_from_env("postgres://me:p%40ss@db.example:5433/peer%20desk?sslmode=require", Path("unused"))
    assert settings["ENGINE"] == "config.postgresql"
    assert (settings["USER"], settings["PASSWORD"], settings["NAME"]) == ("me", "p@ss", "peer desk")
    assert (settings["HOST"], settings["PORT"]) == ("db.example", 5433)
    assert settings["OPTIONS"] == {"sslmode": "require", "connect_timeout": 10}
    assert settings["CONN_HEALTH_CHECKS"] is True and settings["CONN_MAX_AGE"] == 600


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_there_lets_the_server_start() -> None:
    require_database()
    assert connections["default"].connection is None


@pytest.mark.django_db
def test_a_wrong_query_keeps_its_traceback() -> None:
    with pytest.raises(db.ProgrammingError) as wrong, connections["default"].cursor() as cursor:
        cursor.execute("SELECT nonsense FROM nowhere")
    assert explain_database_error(wrong.value) == ""
    assert explain_database_error(ValueError("connection refused")) == ""
