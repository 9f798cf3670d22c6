"""docs/install.md and the files it ships: what they say is read by the programs they are for."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import get_commands

INSTALL = settings.BASE_DIR / "docs" / "install"
PAGE = (settings.BASE_DIR / "docs" / "install.md").read_text()
UNITS = sorted([*INSTALL.glob("*.service"), *INSTALL.glob("*.timer")])


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_reads_every_unit(tmp_path: Path) -> None:
    """As it stands, but for where the code and its account are: those are not on this machine."""
    python = Path(sys.executable).parent
    for unit in UNITS:
        text = unit.read_text().replace("/srv/peerdesk/app/.venv/bin", str(python))
        text = text.replace("/srv/peerdesk/app", str(settings.BASE_DIR))
        (tmp_path / unit.name).write_text(re.sub(r"(User|Group)=peerdesk", r"\1=root", text))
    found = sorted(tmp_path.iterdir())
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *map(str, found)], capture_output=True, text=True, check=False
    )
    complaints = [line for line in done.stderr.splitlines() if str(tmp_path) in line]
    assert not complaints and len(found) == 6


@pytest.mark.skipif(shutil.which("nginx") is None or shutil.which("openssl") is None, reason="nginx is not here")
def test_nginx_reads_its_configuration(tmp_path: Path) -> None:
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=help.example.com"]
    subprocess.run(
        [*make, "-keyout", tmp_path / "privkey.pem", "-out", tmp_path / "fullchain.pem"],
        check=True,
        capture_output=True,
    )
    text = (INSTALL / "nginx.conf").read_text().replace("/etc/letsencrypt/live/help.example.com", str(tmp_path))
    text = text.replace("/var/log/nginx/", f"{tmp_path}/").replace("listen 80;", "listen 127.0.0.1:8780;")
    text = re.sub(r"listen \[::\]:\d+[^;]*;", "", text).replace("listen 443 ", "listen 127.0.0.1:8743 ")
    (tmp_path / "site.conf").write_text(text)
    whole = f"pid {tmp_path}/nginx.pid; events {{}} http {{ include {tmp_path}/site.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole)
    command = ["nginx", "-t", "-q", "-c", str(tmp_path / "nginx.conf"), "-e", str(tmp_path / "error.log")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nginx_believes_no_visitor_and_logs_no_key() -> None:
    text = (INSTALL / "nginx.conf").read_text()
    assert "X-Forwarded-For $remote_addr;" in text, "with one proxy, the visitor's own claim is not passed on"
    assert all(word not in re.findall(r"log_format.*", text)[0] for word in ("$request ", "$request_uri", "$args"))
    allowed = int(re.findall(r"client_max_body_size (\d+)m", text)[0])
    assert allowed * 1024 * 1024 == settings.MAX_REQUEST_SIZE


def test_gunicorn_reads_its_file_and_logs_the_same_lines() -> None:
    command = [sys.executable, "-m", "gunicorn", "--check-config", "-c", "config/gunicorn.py", "config.wsgi"]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "Logging error" not in done.stderr


def test_every_command_and_file_that_the_page_names_is_there() -> None:
    words = "\n".join([PAGE, *(unit.read_text() for unit in UNITS)])
    named = set(re.findall(r"manage\.py (\w+)", words)) | set(re.findall(r"^peerdesk (\w+)", PAGE, re.M))
    assert named <= get_commands().keys() | {"migrate"}, named
    assert {"backup", "restore", "doctor", "go_live", "worker", "setup"} <= named
    for name in re.findall(r"docs/install/([\w.-]+)", PAGE):
        assert (INSTALL / name).exists() or "*" in name or list(INSTALL.glob(f"{name}*")), name


def test_every_setting_of_the_environment_file_is_one_that_is_read() -> None:
    read = (settings.BASE_DIR / "config" / "settings.py").read_text()
    names = re.findall(r"^([A-Z_]+)=", (INSTALL / "peerdesk.env").read_text(), re.M)
    assert len(names) >= 7 and all(name in read for name in names)


def test_no_unit_runs_as_root_or_writes_where_it_need_not() -> None:
    for unit in INSTALL.glob("*.service"):
        text = unit.read_text()
        for line in ("User=peerdesk", "NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes"):
            assert line in text, (unit.name, line)
