"""Real mail servers of the machine, private to a trial: own configuration, own folders, high ports, loopback alone."""

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings as project
from django.db import connection

from tests.mailing import free_port

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
#: Whose word about senders counts in these trials.
AUTHSERV = "mx.test"


def needs(program: str, package: str) -> str:
    """Where it is; the trial is skipped, loudly, where it is not, and where nobody asked for the long trials."""
    if not FULL:
        pytest.skip(f"A REAL {package.upper()} RUNS ONLY IN make trials (PEERDESK_TRIALS=full)")
    found = shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip(f"{package.upper()} IS NOT INSTALLED HERE (Debian: apt install {package})")
    if os.geteuid() != 0:
        pytest.skip(f"{package.upper()} CAN ONLY BE STARTED BY ROOT")
    return found


@contextmanager
def open_folder() -> Iterator[Path]:
    """Short, and readable for the accounts that mail servers run their parts as."""
    folder = Path(tempfile.mkdtemp(prefix="peerdesk-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def site_environment(folder: Path, **more: str) -> dict[str, str]:
    """What a program of the site needs to be this very site: its database, key and address; little else."""
    made = connection.settings_dict
    data = folder / "data"
    data.mkdir(exist_ok=True)
    data.chmod(0o777)
    return {
        "PATH": "/usr/bin:/bin",
        "DATABASE_URL": f"postgres://{made['USER']}:{made['PASSWORD']}@{made['HOST']}:{made['PORT']}/{made['NAME']}",
        "SECRET_KEY": project.SECRET_KEY,
        "DATA_DIR": str(data),
        "INCOMING_ADDRESS": project.INCOMING_ADDRESS,
        "INCOMING_AUTHSERV": AUTHSERV,
        **more,
    }


def receiving_script(folder: Path, environment: dict[str, str], user: str = "nobody") -> Path:
    """docs/install/peerdesk-receive as it is, with this site's settings, fit to be run by `user`."""
    settings, script = folder / "site.env", folder / "peerdesk-receive"
    settings.write_text(
        "# as systemd reads it\n\n" + "".join(f"{name}={value}\n" for name, value in environment.items())
    )
    settings.chmod(0o644)
    shipped = (project.BASE_DIR / "docs/install/peerdesk-receive").read_text()
    told = {
        "PEERDESK_ENV": settings,
        "PEERDESK_APP": project.BASE_DIR,
        "PEERDESK_PYTHON": _python_of(folder, user),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    script.write_text(
        shipped.replace("#!/bin/sh\n", "#!/bin/sh\n" + "".join(f"export {n}='{v}'\n" for n, v in told.items()))
    )
    script.chmod(0o755)
    return script


def _python_of(folder: Path, user: str) -> str:
    """A Python with our libraries that this account may run: root's own often lies where nobody else may look."""
    usual = shutil.which(f"python3.{sys.version_info.minor}", path="/usr/bin:/usr/local/bin")
    if not _runs(sys.executable, user) and usual is not None:
        made = folder / "python"
        subprocess.run([usual, "-m", "venv", "--without-pip", made], check=True, capture_output=True)
        for libraries in made.glob("lib/python3.*/site-packages"):
            (libraries / "ours.pth").write_text(sysconfig.get_path("purelib") + "\n")
        usual = str(made / "bin" / "python")
        if _runs(usual, user):
            return usual
        pytest.skip(f"THE ACCOUNT {user.upper()} CAN RUN NO PYTHON WITH OUR LIBRARIES HERE")
    return sys.executable


def _runs(python: str, user: str) -> bool:
    command = [python, "-c", "import django, psycopg"]
    try:
        return subprocess.run(command, user=user, env={}, cwd="/", capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def until(met: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether it came true within the time."""
    deadline = time.monotonic() + seconds
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


# Postfix --------------------------------------------------------------------------------------------------------------
_SERVICES = """
smtp       unix  -  -  n  -  -  smtp
pickup     unix  n  -  n  60 1  pickup
cleanup    unix  n  -  n  -  0  cleanup
qmgr       unix  n  -  n  300 1 qmgr
rewrite    unix  -  -  n  -  -  trivial-rewrite
bounce     unix  -  -  n  -  0  bounce
defer      unix  -  -  n  -  0  bounce
trace      unix  -  -  n  -  0  bounce
verify     unix  -  -  n  -  1  verify
flush      unix  n  -  n  1000? 0 flush
proxymap   unix  -  -  n  -  -  proxymap
error      unix  -  -  n  -  -  error
retry      unix  -  -  n  -  -  error
discard    unix  -  -  n  -  -  discard
anvil      unix  -  -  n  -  1  anvil
scache     unix  -  -  n  -  1  scache
postlog    unix-dgram n - n -  1  postlogd
"""


class Postfix:
    """A Postfix whose mails for `domain` go to a command."""

    def __init__(self, folder: Path, *, domain: str, script: Path, user: str = "nobody") -> None:
        self.config, self.log, self.port = folder / "etc", folder / "log" / "mail.log", free_port()
        for each in (self.config, folder / "queue", folder / "lib", folder / "log"):
            each.mkdir()
        shutil.chown(folder / "lib", "postfix", "postfix")
        settings = {
            "compatibility_level": "3.6",
            "queue_directory": folder / "queue",
            "data_directory": folder / "lib",
            "daemon_directory": "/usr/lib/postfix/sbin",
            "command_directory": "/usr/sbin",
            "mail_owner": "postfix",
            "setgid_group": "postdrop",
            "maillog_file": self.log,
            "maillog_file_prefixes": folder,
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "myhostname": "mail.test",
            "mydestination": "",
            "alias_maps": "",
            "local_recipient_maps": "",
            "smtp_host_lookup": "native",
            "mynetworks": "127.0.0.0/8",
            "message_size_limit": "26214400",
            # as docs/mail.md says it
            "virtual_mailbox_domains": domain,
            "virtual_transport": "peerdesk:",
            # Here no DMARC milter runs: the trial's own word stands in for it.
            "smtpd_client_restrictions": "check_client_access static:{PREPEND Authentication-Results: "
            + AUTHSERV
            + "; dmarc=pass header.from=example.com}",
            "minimal_backoff_time": "5s",
            "queue_run_delay": "5s",
        }
        lines = "".join(f"{name} = {value}\n" for name, value in settings.items())
        (self.config / "main.cf").write_text(lines)
        (self.config / "master.cf").write_text(
            f"127.0.0.1:{self.port} inet n - n - - smtpd\n{_SERVICES.lstrip()}"
            f"peerdesk unix - n n - 2 pipe\n  flags=RX user={user} null_sender=\n"
            f"  argv={script} --from ${{sender}} --to ${{original_recipient}}\n"
        )

    def _run(self, *command: str) -> subprocess.CompletedProcess:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    def start(self) -> None:
        done = self._run("/usr/sbin/postfix", "-c", str(self.config), "start")
        assert done.returncode == 0, done.stderr + (self.log.read_text() if self.log.exists() else "")

    def stop(self) -> None:
        self._run("/usr/sbin/postfix", "-c", str(self.config), "stop")

    def flush(self) -> None:
        """Try again now what waits."""
        self._run("/usr/sbin/postqueue", "-c", str(self.config), "-f")

    def queue(self) -> str:
        return self._run("/usr/sbin/postqueue", "-c", str(self.config), "-p").stdout

    def said(self) -> str:
        return self.log.read_text() if self.log.exists() else ""


# Dovecot --------------------------------------------------------------------------------------------------------------
_DOVECOT = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/dovecot.log
listen = 127.0.0.1
ssl = {ssl}
{certificate}
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
default_vsz_limit = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
  }}
}}
service stats {{
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


class Dovecot:
    """A Dovecot with one mailbox, reached in plain and encrypted."""

    user, password = "site", "a-password-of-a-trial"

    def __init__(self, folder: Path, program: str) -> None:
        self.folder, self.program = folder, program
        self.port, self.tls_port = free_port(), free_port()
        mail = folder / "mail"
        mail.mkdir()
        shutil.chown(mail, "nobody", "nogroup")
        self.certificate = folder / "cert.pem"
        subprocess.run(
            f"openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout {folder}/key.pem"
            f" -out {self.certificate} -addext subjectAltName=DNS:localhost,IP:127.0.0.1".split(),
            check=True,
            capture_output=True,
        )
        self.config = folder / "dovecot.conf"
        self.config.write_text(
            _DOVECOT.format(
                folder=folder,
                ssl="yes",
                certificate=f"ssl_cert = <{self.certificate}\nssl_key = <{folder}/key.pem",
                password=self.password,
                port=self.port,
                tls_port=self.tls_port,
            )
        )

    def start(self) -> None:
        # It stays, and keeps what it was given to write to.
        with (self.folder / "start.log").open("wb") as log:
            done = subprocess.run([self.program, "-c", self.config], stdout=log, stderr=log, timeout=60, check=False)
        assert done.returncode == 0, (self.folder / "start.log").read_text()

    def stop(self) -> None:
        subprocess.run([self.program, "-c", self.config, "stop"], stdout=subprocess.DEVNULL, timeout=60, check=False)

    def url(self, *, encrypted: bool = False) -> str:
        scheme, port = ("imaps", self.tls_port) if encrypted else ("imap", self.port)
        return f"{scheme}://{self.user}:{self.password}@localhost:{port}/INBOX"
