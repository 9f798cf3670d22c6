"""`manage.py receive_mail`: what a mail server pipes to it, and the exit status it goes by."""

import io
import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as project
from django.core.management import CommandError, call_command

from community.actions.site import start_read_only
from community.models import Answer, IncomingMail
from tests.community.incoming.mails import mail, to_thread
from tests.factories import thread
from tests.mailing import reachable

KEYS = {"identity", "thread", "kept", "cut", "end", "reason", "told", "files", "left_out"}
#: A mail server's pipe gives its programs little more than this.
POOR = {"PATH": "/usr/bin:/bin"}
NO_DATABASE = {"DATABASE_URL": "postgres://somebody:hunter22@127.0.0.1:1/nothing"}


def receive(*arguments: str, given: bytes = b"", env: dict[str, str] | None = None) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, str(project.BASE_DIR / "manage.py"), "receive_mail", *arguments],
        input=given,
        capture_output=True,
        env=POOR | {"DATA_DIR": str(project.DATA_DIR)} | (env or {}),
        cwd="/",
        check=False,
    )


def test_a_bare_text_is_cut_without_any_database_around() -> None:
    done = receive("--text", "--dry-run", given="Grüße, it works.\n".encode(), env=NO_DATABASE)
    told = json.loads(done.stdout)
    assert done.returncode == 0 and set(told) >= KEYS and not done.stderr
    assert (told["kept"], told["end"], told["identity"], told["thread"]) == (
        "Grüße, it works.",
        "accepted",
        None,
        None,
    )


@pytest.mark.parametrize("given", [b"", b" \n\n\t", b"\0"])
def test_a_text_in_which_nothing_is_written_would_be_rejected(given: bytes) -> None:
    told = json.loads(receive("--text", "--dry-run", given=given, env=NO_DATABASE).stdout)
    assert (told["kept"], told["end"], told["reason"]) == ("", "rejected", "empty")


def test_a_text_in_no_known_encoding_is_read_as_far_as_it_goes() -> None:
    told = json.loads(receive("--text", "--dry-run", given=b"Gr\xfc\xdfe \xff\xfe", env=NO_DATABASE).stdout)
    assert told["end"] == "accepted" and told["kept"].startswith("Gr")


def test_the_command_and_its_shortcut_say_the_same() -> None:
    quick = receive("--text", "--dry-run", given=b"It works.", env=NO_DATABASE)
    whole = receive("--dry-run", "--text", "--no-color", given=b"It works.", env=NO_DATABASE)
    assert json.loads(quick.stdout) == json.loads(whole.stdout)


@pytest.mark.parametrize(
    "arguments", [["--text"], ["--text", "--to", "x@lists.localhost"], ["--unknown"], ["--to", "a\nb@example.com"]]
)
def test_called_wrongly_it_says_so(arguments: list[str]) -> None:
    done = receive(*arguments, given=b"Hello", env=NO_DATABASE)
    assert done.returncode == 64 and done.stderr


@pytest.mark.parametrize(
    "env",
    [
        NO_DATABASE,
        {"DATABASE_URL": "postgres://[nonsense"},
        {"PEERDESK_MODE": "production"},
        {"INCOMING_ADDRESS": "no star"},
        {"DJANGO_SETTINGS_MODULE": "not.there"},
    ],
)
def test_whatever_is_wrong_with_us_the_mail_server_tries_again(env: dict[str, str]) -> None:
    done = receive("--to", "x@lists.localhost", given=b"Subject: Hello\n\nHello", env=env)
    told = done.stderr.decode()
    assert done.returncode == 75 and len(told.splitlines()) == 1 and "hunter22" not in told, told


def test_starting_takes_in_neither_the_administration_nor_the_workers_jobs() -> None:
    program = (
        "import sys, django; django.setup()\n"
        "print(*[name for name in ('community.tasks', 'support.admin', 'community.views') if name in sys.modules])"
    )
    env: dict[str, Any] = os.environ | {"DJANGO_SETTINGS_MODULE": "config.doorstep_settings"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=project.BASE_DIR, env=env, capture_output=True, text=True
    )
    assert done.returncode == 0 and done.stdout.strip() == "", done.stderr


# With a database ------------------------------------------------------------------------------------------------------
def given(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(raw)))


def dry(monkeypatch: pytest.MonkeyPatch, capsys: Any, raw: bytes, *to: str) -> dict[str, Any]:
    given(monkeypatch, raw)
    call_command("receive_mail", to=list(to), dry_run=True)
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert set(told) >= KEYS
    return told


@pytest.mark.django_db
def test_what_would_become_of_a_reply_is_told_and_nothing_is_kept(monkeypatch: Any, capsys: Any) -> None:
    ben, question = reachable("ben"), thread()
    to = to_thread(ben, question)
    raw = mail(ben.email, to, "Hold it.\n\nOn Mon, 2 Nov 2026 at 10:00, Ada <a@b.example> wrote:\n> Hello\n")
    told = dry(monkeypatch, capsys, raw, to)
    assert told["identity"] == {"id": ben.pk, "name": str(ben), "address": ben.email}
    assert told["thread"]["id"] == question.pk and told["thread"]["url"].endswith(question.get_absolute_url())
    assert (told["kept"], told["end"], told["reason"]) == ("Hold it.", "accepted", "posted") and "> Hello" in told[
        "cut"
    ]
    assert not Answer.objects.exists() and not IncomingMail.objects.exists()
    given(monkeypatch, raw)
    call_command("receive_mail", to=[to])
    assert IncomingMail.objects.get().end == "accepted" and Answer.objects.get().body == "Hold it."


@pytest.mark.django_db
def test_a_stranger_is_nobody_and_an_empty_or_broken_message_has_its_end(monkeypatch: Any, capsys: Any) -> None:
    ben, question = reachable("ben"), thread()
    to = to_thread(ben, question)
    told = dry(monkeypatch, capsys, mail("mallory@example.com", to), to)
    assert told["identity"] is None and told["end"] == "held" and told["reason"] == "sender"
    for raw in (b"", b"\0\xff\xfe", b"no headers at all", b"x" * 25_000_001):
        assert dry(monkeypatch, capsys, raw, to)["end"] == "rejected"
        given(monkeypatch, raw)
        call_command("receive_mail", to=[to])
    assert IncomingMail.objects.filter(end="rejected").count() == 4 and not Answer.objects.exists()
    assert IncomingMail.objects.filter(reason="too_large").count() == 1


@pytest.mark.django_db
def test_a_text_without_a_mail_host_is_held(monkeypatch: Any) -> None:
    ben, question = reachable("ben"), thread()
    given(monkeypatch, "Grüße".encode())
    call_command("receive_mail", text=True, to=[to_thread(ben, question)], sender=ben.email)
    row = IncomingMail.objects.get()
    assert (row.end, row.reason, row.kept) == ("held", "unverified", "Grüße")


@pytest.mark.django_db
def test_while_the_site_is_read_only_the_mail_server_keeps_it(monkeypatch: Any) -> None:
    start_read_only(actor=None, words="")
    given(monkeypatch, b"Subject: Hello\n\nHello")
    with pytest.raises(CommandError) as ended:
        call_command("receive_mail", to=["x@lists.localhost"])
    assert ended.value.returncode == 75 and not IncomingMail.objects.exists()
