"""The line to the mail server: what its answers mean, and what happens when it goes away in between."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from anymail.exceptions import AnymailAPIError
from anymail.message import AnymailRecipientStatus
from django.core import mail
from django.core.mail import EmailMessage

from community.mails.sending import Line, Receipt, remember_served, site_address
from tests.community.mail_servers import MailServer, a_mail_server

ROOT = Path(__file__).resolve().parent.parent.parent
#: What a service may say of a recipient.
WORDS = ("sent", "queued", "invalid", "rejected")


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with a_mail_server(settings) as server:
        yield server


def a_mail(to: str = "ada@example.com", subject: str = "News") -> EmailMessage:
    return EmailMessage(subject, "Something happened.", "site@example.com", [to])


def end(receipt: Receipt) -> tuple[str, str, bool]:
    return receipt.outcome, receipt.code, receipt.is_address


# What answers mean ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("answer", "outcome", "code", "is_address"),
    [
        ("550 5.1.1 No such user ada@example.com", "refused", "550 5.1.1", True),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", "refused", "550 5.1.10", True),
        ("553 5.1.3 Not an address", "refused", "553 5.1.3", True),
        ("501 5.1.3 Bad recipient address syntax", "refused", "501 5.1.3", True),
        ("550 5.2.1 This mailbox is disabled", "refused", "550 5.2.1", True),
        ("552 5.2.2 Mailbox full", "refused", "552 5.2.2", False),
        ("550 5.7.1 Refused by policy", "refused", "550 5.7.1", False),
        ("550 5.1.8 Sender's domain is unknown", "refused", "550 5.1.8", False),
        ("550 sorry, no (#5.7.1)", "refused", "550 5.7.1", False),
        ("550 Requested action not taken", "refused", "550", False),
        ("450 4.2.0 Greylisted, come back", "later", "450 4.2.0", False),
        ("452 4.2.2 Mailbox full for the moment", "later", "452 4.2.2", False),
        ("530 5.7.0 Authentication required", "down", "530 5.7.0", False),
        ("421 4.3.2 Shutting down", "down", "421 4.3.2", False),
    ],
)
def test_what_a_server_says_of_the_recipient(
    server: MailServer, answer: str, outcome: str, code: str, is_address: bool
) -> None:
    server.at_rcpt["ada@example.com"] = answer
    with Line() as line:
        assert end(line.hand_over(a_mail())) == (outcome, code, is_address)


@pytest.mark.parametrize(
    ("answer", "outcome", "code", "is_address"),
    [
        ("550 5.1.1 Unknown after all", "refused", "550 5.1.1", True),
        ("552 5.3.4 Too large", "refused", "552 5.3.4", False),
        ("554 5.7.1 Looks like spam", "refused", "554 5.7.1", False),
        ("451 4.3.0 Try again", "later", "451 4.3.0", False),
    ],
)
def test_what_a_server_says_after_it_read_the_mail(
    server: MailServer, answer: str, outcome: str, code: str, is_address: bool
) -> None:
    server.at_data["ada@example.com"] = answer
    with Line() as line:
        assert end(line.hand_over(a_mail())) == (outcome, code, is_address)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("553 5.7.1 Sender address rejected", "down"),
        ("451 4.7.1 Not now", "down"),
        ("552 5.3.4 Message size exceeds fixed limit", "refused"),
    ],
)
def test_our_own_address_is_the_same_in_every_mail_but_its_size_is_not(
    server: MailServer, answer: str, outcome: str
) -> None:
    server.at_mail = answer
    with Line() as line:
        receipt = line.hand_over(a_mail())
    assert receipt.outcome == outcome and not receipt.is_address


def test_nobody_at_the_port_means_that_no_mail_leaves_now(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with Line() as line:
        assert end(line.hand_over(a_mail())) == ("down", "", False)


def test_a_wrong_password_means_that_no_mail_leaves_now(server: MailServer, settings: Any) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "site", "wrong"
    with Line() as line:
        assert line.hand_over(a_mail()).outcome == "down"
    assert not server.taken


def test_a_server_that_never_answers_is_down(server: MailServer, settings: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    server.silent_at.add("ada@example.com")
    with Line() as line:
        assert end(line.hand_over(a_mail())) == ("down", "", False)
        assert line.hand_over(a_mail("bo@example.com")).outcome == "sent"


def test_a_mail_that_cannot_be_written_down_holds_nobody_up(server: MailServer) -> None:
    with Line() as line:
        assert line.hand_over(a_mail(subject="Two\nlines")).outcome == "later"
        assert line.hand_over(a_mail()).outcome == "sent"
    assert server.conversations == 1


# One conversation for many --------------------------------------------------------------------------------------------
def test_many_mails_go_in_one_conversation_and_a_refused_one_does_not_end_it(server: MailServer) -> None:
    server.at_rcpt["2@example.com"] = "550 5.1.1 No"
    server.at_data["4@example.com"] = "451 4.3.0 Later"
    with Line() as line:
        found = [line.hand_over(a_mail(f"{number}@example.com")).outcome for number in range(6)]
    assert found == ["sent", "sent", "refused", "sent", "later", "sent"]
    assert [address[0] for address, _mail in server.taken] == ["0", "1", "3", "5"]
    assert server.conversations == 1


def test_a_line_that_is_not_used_asks_nobody(server: MailServer) -> None:
    with Line():
        pass
    assert server.conversations == 0


@pytest.mark.parametrize("says_goodbye", [True, False])
def test_a_server_that_hangs_up_after_some_mails_is_called_again(server: MailServer, says_goodbye: bool) -> None:
    server.mails_a_conversation, server.says_goodbye = 2, says_goodbye
    with Line() as line:
        assert [line.hand_over(a_mail(f"{number}@example.com")).outcome for number in range(7)] == ["sent"] * 7
    assert len(server.taken) == 7
    assert server.conversations == 4


def test_a_server_that_hangs_up_at_one_mail_gets_the_next(server: MailServer) -> None:
    server.hangs_up_at.add("bad@example.com")
    with Line() as line:
        found = [line.hand_over(a_mail(f"{name}@example.com")).outcome for name in ("bad", "a", "bad", "b")]
    assert found == ["later", "sent", "later", "sent"]


def test_a_server_that_hangs_up_at_every_mail_is_down(server: MailServer) -> None:
    server.hangs_up_at |= {"a@example.com", "b@example.com"}
    with Line() as line:
        assert [line.hand_over(a_mail(f"{name}@example.com")).outcome for name in "ab"] == ["later", "down"]


# Services -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("said", "outcome", "code", "is_address"),
    [
        ("sent", "sent", "", False),
        ("queued", "sent", "", False),
        ("invalid", "refused", "invalid", True),
        ("rejected", "refused", "rejected", False),
        (AnymailAPIError("The key is wrong", status_code=401), "down", "401", False),
        (AnymailAPIError("Too fast", status_code=429), "down", "429", False),
        (AnymailAPIError("Broken", status_code=500), "down", "500", False),
        (AnymailAPIError("Nobody there"), "down", "", False),
        (AnymailAPIError("What is this", status_code=422), "later", "422", False),
    ],
)
def test_what_a_service_says(
    settings: Any, said: str | AnymailAPIError, outcome: str, code: str, is_address: bool
) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.test.EmailBackend"
    message: Any = a_mail()
    response = {"recipient_status": {"ada@example.com": AnymailRecipientStatus("1", said)}} if said in WORDS else said
    message.anymail_test_response = response
    with Line() as line:
        assert end(line.hand_over(message)) == (outcome, code, is_address)


def test_a_service_without_its_key_is_down(settings: Any) -> None:
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    with Line() as line:
        assert line.hand_over(a_mail()).outcome == "down"


# Where the site is ----------------------------------------------------------------------------------------------------
def test_mails_of_another_process_lead_to_where_the_site_is_served(settings: Any, tmp_path: Path) -> None:
    settings.SERVED_FILE = tmp_path / "new" / "served_at"
    assert site_address() == "http://127.0.0.1:8000"
    remember_served("http://127.0.0.1:8711/")
    assert site_address() == "http://127.0.0.1:8711"
    settings.SITE_URL = "https://help.example.com"
    assert site_address() == "https://help.example.com"


@pytest.mark.parametrize("kept", [b"", b"\xff\xfe", b"javascript:alert(1)", b"ftp://x"])
def test_a_broken_note_of_the_address_leads_to_the_usual_place(settings: Any, tmp_path: Path, kept: bytes) -> None:
    settings.SERVED_FILE = tmp_path / "served_at"
    settings.SERVED_FILE.write_bytes(kept)
    assert site_address() == "http://127.0.0.1:8000"


# EMAIL_URL ------------------------------------------------------------------------------------------------------------
def settings_with(email_url: str, program: str = "", *, without: str = "") -> tuple[int, str, str]:
    """(exit code, output, last line of errors) of a program that reads the settings of a production site."""
    hidden = f"import sys; sys.modules['{without}'] = None\n" if without else ""
    env = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PEERDESK_MODE": "production",
        "DATABASE_URL": "postgres://nobody:x@127.0.0.1:1/none",
        "SECRET_KEY": "x" * 60,
        "SITE_URL": "https://help.example.com",
        "EMAIL_URL": email_url,
    }
    run = subprocess.run(
        [sys.executable, "-c", f"{hidden}from config import settings as s\n{program}"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=100,
    )
    return run.returncode, run.stdout.strip(), (run.stderr.strip().splitlines() or [""])[-1]


def test_a_service_is_named_in_email_url() -> None:
    url = "anymail://postmark?POSTMARK_SERVER_TOKEN=ab%26c&POSTMARK_API_URL=https://x.example/"
    told = settings_with(url, "print(s.EMAIL_BACKEND, s.ANYMAIL['POSTMARK_SERVER_TOKEN'])")
    assert told == (0, "anymail.backends.postmark.EmailBackend ab&c", "")


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("anymail://pigeon?PIGEON_KEY=x", "no service that anymail knows"),
        ("anymail://console?CONSOLE_KEY=x", "no service that anymail knows"),
        ("anymail://..?X=x", "no service that anymail knows"),
        ("anymail://postmark", "POSTMARK_"),
        ("anymail://postmark?MAILGUN_API_KEY=x", "POSTMARK_"),
        ("anymail://postmark?POSTMARK_SERVER_TOKEN=", "no setting of anymail, or is empty"),
        ("anymail://postmark?token=x", "no setting of anymail, or is empty"),
        ("smtp://mail.example.com:many", "port"),
        ("ftp://mail.example.com", "must begin with smtp://"),
    ],
)
def test_an_email_url_that_makes_no_sense_is_refused_in_one_sentence(url: str, words: str) -> None:
    code, _output, told = settings_with(url)
    assert code == 1
    assert "ImproperlyConfigured" in told and words in told


def test_a_service_without_the_library_says_what_to_install() -> None:
    code, _output, told = settings_with("anymail://postmark?POSTMARK_SERVER_TOKEN=x", without="anymail")
    assert code == 1 and "pip install django-anymail" in told


def test_a_service_sees_itself_to_what_comes_back() -> None:
    """Its interface takes no envelope, or another word for it: the mail stays as it was written."""
    with Line() as line:
        assert end(line.hand_over(a_mail(), comes_back_to="0-x1-abc@lists.example.com")) == ("sent", "", False)
    (sent,) = mail.outbox
    assert sent.from_email == "site@example.com" and "From" not in sent.extra_headers
