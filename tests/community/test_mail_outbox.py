"""The mail server of demo and development, and the outbox it fills."""

import os
import smtplib
import subprocess
import sys
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection
from django.test import Client

from community.mails import outbox
from community.mails.local_server import LocalServerBackend
from community.mails.outbox import KEEP, PAGE, SWEEP_EVERY, list_mails, store
from community.mails.sending import Line
from tests.community.accounts import member

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = {"HTTP_HOST": "localhost"}


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EMAIL_BACKEND = "community.mails.local_server.LocalServerBackend"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    return settings.OUTBOX_DIR


def a_mail(subject: str = "News", **headers: str) -> EmailMessage:
    return EmailMessage(subject, "Something happened.", "site@example.com", ["ada@example.com"], headers=headers)


def test_a_mail_is_in_the_outbox_when_the_conversation_is_over(folder: Path) -> None:
    with Line() as line:
        assert [line.hand_over(a_mail(f"No. {number}")).outcome for number in range(3)] == ["sent"] * 3
    assert [mail.subject for mail in list_mails()] == ["No. 2", "No. 1", "No. 0"]
    assert not list(folder.glob(".*"))


def test_nobody_else_on_the_machine_puts_a_mail_there(folder: Path) -> None:
    backend = get_connection()
    backend.open()
    for password in ("", "wrong"):
        with smtplib.SMTP("127.0.0.1", backend.port, timeout=5) as stranger:
            if password:
                with pytest.raises(smtplib.SMTPAuthenticationError):
                    stranger.login("site", password)
            with pytest.raises(smtplib.SMTPSenderRefused):
                stranger.sendmail("x@example.com", ["ada@example.com"], "Subject: Fake\n\nFake")
    backend.close()
    assert list_mails() == []


def test_an_outbox_that_cannot_be_written_says_so_as_a_mail_server_does(folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    with Line() as line:
        receipt = line.hand_over(a_mail())
    assert (receipt.outcome, receipt.code) == ("later", "452 4.3.1")


def test_processes_and_threads_fill_it_together(folder: Path) -> None:
    program = (
        "import sys, django; django.setup()\n"
        "from django.core.mail import EmailMessage\n"
        "from community.mails.sending import Line\n"
        "with Line() as line:\n"
        "    for number in range(20):\n"
        "        mail = EmailMessage(f'{sys.argv[1]} {number}', 'x', 'a@example.com', ['b@example.com'])\n"
        "        assert line.hand_over(mail).outcome == 'sent'\n"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(folder.parent), "EMAIL_URL": ""}
    others = [subprocess.Popen([sys.executable, "-c", program, name], cwd=ROOT, env=env) for name in ("p", "q")]

    def fill(name: str) -> None:
        with Line() as line:
            for number in range(20):
                line.hand_over(a_mail(f"{name} {number}"))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(fill, "abcd"))
    assert [other.wait(60) for other in others] == [0, 0]
    assert sorted(mail.subject for mail in list_mails(1000)) == sorted(
        f"{name} {number}" for name in "abcdpq" for number in range(20)
    )


def test_a_process_that_is_killed_leaves_no_half_a_mail(folder: Path) -> None:
    program = (
        "import sys, django; django.setup()\n"
        "from django.core.mail import EmailMessage\n"
        "from community.mails.sending import Line\n"
        "with Line() as line:\n"
        "    while True:\n"
        "        words = 'word ' * 60_000 + 'the end'\n"
        "        line.hand_over(EmailMessage('Long', words, 'a@example.com', ['b@example.com']))\n"
        "        print('one', flush=True)\n"
    )
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(folder.parent), "EMAIL_URL": ""}
    other = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, env=env, stdout=subprocess.PIPE)
    assert other.stdout is not None
    for _mail in range(5):
        assert other.stdout.readline() == b"one\n"
    other.kill()
    other.wait(30)
    other.stdout.close()
    assert len(list_mails()) >= 5
    assert all(mail.text.rstrip().endswith("the end") for mail in list_mails())


def test_a_forked_process_has_a_server_of_its_own(folder: Path) -> None:
    LocalServerBackend().send_messages([a_mail("before")])
    pid = os.fork()
    if pid == 0:
        try:
            sent = LocalServerBackend().send_messages([a_mail("in the child")])
            os._exit(0 if sent == 1 else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    LocalServerBackend().send_messages([a_mail("after")])
    assert [mail.subject for mail in list_mails()] == ["after", "in the child", "before"]


def test_the_oldest_make_room_and_what_a_killed_process_left_goes(folder: Path) -> None:
    folder.mkdir()
    for number in range(KEEP + 20):
        (folder / f"20200101T000000.{number:06d}-00000000.eml").write_bytes(b"Subject: old\n\nold")
    left, fresh = folder / ".20200101T000000.000000-00000001", folder / ".20990101T000000.000000-00000002"
    for half in (left, fresh):
        half.write_bytes(b"Subj")
    os.utime(left, (0, 0))
    for number in range(SWEEP_EVERY):
        store(b"Subject: new %d\n\nnew" % number)
    assert KEEP <= len(list(folder.glob("*.eml"))) <= KEEP + SWEEP_EVERY
    assert len([mail for mail in list_mails(SWEEP_EVERY) if mail.subject.startswith("new")]) == SWEEP_EVERY
    assert not left.exists() and fresh.exists()


def test_the_folder_is_not_looked_through_for_each_mail(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    scandir = os.scandir
    monkeypatch.setattr(outbox.os, "scandir", lambda path: looks.append(1) or scandir(path))
    for _number in range(SWEEP_EVERY * 2):
        store(b"Subject: new\n\nnew")
    assert len(looks) < 10


# The pages ------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_the_outbox_is_read_page_by_page(folder: Path) -> None:
    for number in range(PAGE + 3):
        store(b"To: ada@example.com\nSubject: Mail no. %d.\n\nWords" % number)
    here = Client(**HERE)
    first = here.get("/outbox/").content.decode()
    assert first.count("Mail no. ") == PAGE and "Mail no. 2." not in first
    older = first.split('rel="next" href="')[1].split('"')[0]
    last = here.get(f"/outbox/{older}").content.decode()
    assert all(f"Mail no. {number}." in last for number in range(3)) and 'rel="next"' not in last
    assert 'rel="prev"' in last


@pytest.mark.django_db
@pytest.mark.parametrize("after", ["x", "../secret", "%00", "20260101T000000.000000-0000000g", "9" * 5000, "%ff"])
def test_a_page_that_is_none_is_not_found(folder: Path, after: str) -> None:
    assert Client(**HERE).get(f"/outbox/?after={after}").status_code in {400, 404}


@pytest.mark.django_db
def test_a_mail_shows_what_it_is_and_what_mail_programs_go_by(folder: Path) -> None:
    headers = {
        "Message-ID": "<12.ab@help.example.com>",
        "References": "<thread-7@help.example.com>",
        "List-Unsubscribe": "<https://help.example.com/stop/x/>",
        "X-Secret": "not shown",
    }
    message = EmailMultiAlternatives("An answer", "Words", "s@example.com", ["ada@example.com"], headers=headers)
    message.attach_alternative("<p>Words</p>", "text/html")
    with Line() as line:
        line.hand_over(message)
    here = Client(**HERE)
    page = here.get(f"/outbox/{list_mails()[0].name}/").content.decode()
    for value in ("&lt;12.ab@help.example.com&gt;", "&lt;thread-7@help.example.com&gt;", "/stop/x/"):
        assert value in page
    assert "one notice" in page and "not shown" not in page


@pytest.mark.django_db
def test_the_styles_of_a_mail_are_as_they_were_written_for_the_browser_checks_them(folder: Path) -> None:
    css = "p {\n  color: teal;\n}\n"
    message = EmailMultiAlternatives("An answer", "Words\nand more", "s@example.com", ["ada@example.com"])
    message.attach_alternative(f"<style>{css}</style>\n<p>Words</p>\n", "text/html")
    with Line() as line:
        line.hand_over(message)
    (mail,) = list_mails()
    assert "\r" not in mail.html + mail.text
    framed = Client(**HERE).get(f"/outbox/{mail.name}/html/")
    assert b64encode(sha256(css.encode()).digest()).decode() in framed["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_code_of_the_sign_up_arrives_there_and_says_that_it_is_about_the_account(folder: Path) -> None:
    ada = member("ada")
    Client(**HERE).post("/accounts/login/code/", {"email": ada.email})
    assert "about the account" in Client(**HERE).get("/outbox/").content.decode()
    assert list_mails()[0].to == ada.email
