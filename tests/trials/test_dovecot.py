"""A real Dovecot holds the mailbox that fetch_mail reads; kills in between lose nothing and double nothing."""

import imaplib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection

from community.incoming.addresses import reply_address
from community.models import Answer, IncomingMail, Thread, User
from tests.factories import thread
from tests.mailing import reachable
from tests.trials.mail_hosts import AUTHSERV, Dovecot, needs, open_folder, site_environment

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture
def host(settings: Any) -> Iterator[tuple[Dovecot, Path]]:
    program = needs("dovecot", "dovecot")
    settings.INCOMING_ADDRESS, settings.INCOMING_AUTHSERV = "*@lists.test", AUTHSERV
    with open_folder() as folder:
        dovecot = Dovecot(folder, program)
        dovecot.start()
        time.sleep(0.5)
        try:
            yield dovecot, folder
        finally:
            dovecot.stop()


def command(folder: Path, url: str, *arguments: str, **env: str) -> list[Any]:
    return [
        [sys.executable, "manage.py", "fetch_mail", *arguments],
        site_environment(folder, INCOMING_IMAP=url, **env),
    ]


def fetch(folder: Path, url: str, *arguments: str, **env: str) -> subprocess.CompletedProcess:
    told, environment = command(folder, url, *arguments, **env)
    done = subprocess.run(told, cwd=project.BASE_DIR, env=environment, capture_output=True, text=True, check=False)
    connection.close()
    return done


def inbox(dovecot: Dovecot) -> imaplib.IMAP4:
    line = imaplib.IMAP4("127.0.0.1", dovecot.port, timeout=20)
    line.login(dovecot.user, dovecot.password)
    line.select()
    return line


def arrive(dovecot: Dovecot, *messages: bytes) -> None:
    line = inbox(dovecot)
    for message in messages:
        assert line.append("INBOX", "", None, message)[0] == "OK"  # type: ignore[arg-type]
    line.logout()


def flags(dovecot: Dovecot) -> list[bytes]:
    line = inbox(dovecot)
    is_empty = line.select()[1] == [b"0"]  # an empty one has no first mail to ask for
    answer = [] if is_empty else line.fetch("1:*", "(FLAGS)")[1]
    line.logout()
    return [each for each in answer if isinstance(each, bytes)]


def mail(who: User, question: Thread, words: str) -> bytes:
    message = EmailMessage()
    message["Authentication-Results"] = f"{AUTHSERV}; dmarc=pass header.from=example.com"
    message["From"], message["To"] = who.email, reply_address(who, "t", question.pk)
    message["Subject"], message["Message-ID"] = "Re: Light", f"<{words.replace(' ', '-')}@mail.example>"
    message.set_content(words)
    return message.as_bytes()


def ends() -> Counter[tuple[str, str]]:
    return Counter(IncomingMail.objects.values_list("end", "reason"))


@pytest.mark.parametrize("encrypted", [False, True])
def test_what_waits_is_taken_in_and_marked(host: Any, *, encrypted: bool) -> None:
    dovecot, folder = host
    ben = reachable("ben", email="ben@example.com")
    question = thread(reachable("ada"))
    arrive(dovecot, mail(ben, question, "Hold the button."), b"Subject: spam\r\n\r\nBuy\r\n", b"\xff\x00 nonsense")
    done = fetch(folder, dovecot.url(encrypted=encrypted), SSL_CERT_FILE=str(dovecot.certificate))
    assert done.returncode == 0 and "3 taken" in done.stdout, done.stdout + done.stderr
    assert ends()[("accepted", "posted")] == 1 and sum(ends().values()) == 3, ends()
    assert Answer.objects.get().body == "Hold the button."
    assert all(b"\\Seen" in each and b"$PeerdeskTaken" in each for each in flags(dovecot)), flags(dovecot)
    assert "0 taken" in fetch(folder, dovecot.url()).stdout


def test_a_certificate_that_nobody_knows_is_not_believed(host: Any) -> None:
    dovecot, folder = host
    done = fetch(folder, dovecot.url(encrypted=True))
    assert done.returncode == 75 and "certificate" in done.stderr, done.stderr
    assert dovecot.password not in done.stdout + done.stderr


def test_a_wrong_password_is_told_without_it(host: Any) -> None:
    dovecot, folder = host
    done = fetch(folder, dovecot.url().replace(dovecot.password, "not-the-password"))
    assert done.returncode == 75 and "refuses" in done.stderr and "not-the-password" not in done.stdout + done.stderr


def test_with_delete_the_mailbox_is_empty_afterwards(host: Any) -> None:
    dovecot, folder = host
    arrive(dovecot, b"Subject: one\r\n\r\nOne\r\n", b"Subject: two\r\n\r\nTwo\r\n")
    assert "2 taken" in fetch(folder, dovecot.url(), "--delete").stdout
    assert flags(dovecot) == []


def test_a_mail_that_is_too_large_is_refused_without_fetching_it(host: Any) -> None:
    dovecot, folder = host
    arrive(dovecot, b"Subject: large\r\n\r\n" + (b"x" * 990 + b"\r\n") * 27_000)
    assert "1 taken" in fetch(folder, dovecot.url()).stdout
    assert ends() == {("rejected", "too_large"): 1}
    assert "body_bytes=27" not in (folder / "dovecot.log").read_text(), "it was fetched all the same"


def test_killed_again_and_again_each_mail_is_posted_once(host: Any) -> None:
    dovecot, folder = host
    chance, question = Random(9), thread(reachable("ada"))
    people = [reachable(f"p{number}", email=f"p{number}@example.com") for number in range(8)]
    arrive(dovecot, *(mail(who, question, f"Answer {number}") for number, who in enumerate(people)))
    told, environment = command(folder, dovecot.url(), "--follow", "--every", "1")
    kills = 0
    while any(b"\\Seen" not in each for each in flags(dovecot)):
        before = IncomingMail.objects.count()
        running = subprocess.Popen(told, cwd=project.BASE_DIR, env=environment, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while IncomingMail.objects.count() == before and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, 0.2))
        running.kill()
        running.wait()
        kills += 1
    connection.close()
    assert kills >= 2, "nothing was killed in between"
    assert ends()[("accepted", "posted")] == 8 and set(ends()) <= {("accepted", "posted"), ("rejected", "duplicate")}
    assert sorted(Answer.objects.values_list("body", flat=True)) == sorted(f"Answer {n}" for n in range(8))
    print(f"{kills} kills, {ends()}")
