"""The mail server of development: what it takes from whom, and whom it vouches for."""

import smtplib
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from community.actions.site import end_read_only, start_read_only
from community.incoming.addresses import reply_address
from community.incoming.local_server import HOST, Server, start_in_background
from community.incoming.trying_out import reply_address_of
from community.incoming.vouching import vouched
from community.mails.outbox import list_mails, store
from community.models import Answer, IncomingMail
from tests.factories import reply, thread
from tests.mailing import reachable, told

MAIL = b"From: Ada <ada@example.com>\r\nSubject: Hello\r\n\r\nIt works.\r\n"


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    settings.INCOMING_ADDRESS, settings.INCOMING_AUTHSERV = "*@lists.localhost", "peerdesk.localhost"
    made = Server(0)
    yield made
    made.stop()


def test_only_mail_for_the_sites_domain_is_taken(server: Server) -> None:
    with smtplib.SMTP(HOST, server.port, timeout=10) as line:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            line.sendmail("ada@example.com", ["somebody@example.org"], MAIL)
        assert refused.value.recipients["somebody@example.org"][0] == 550
        line.mail("ada@example.com")
        assert line.rcpt("anything@LISTS.localhost")[0] == 250


def test_what_is_too_large_is_refused_before_it_is_sent_and_after(server: Server) -> None:
    with smtplib.SMTP(HOST, server.port, timeout=10) as line:
        line.ehlo()
        assert line.mail("ada@example.com", ["size=27000000"])[0] == 552
        line.rset()
        line.helo()  # announces no size
        line.mail("ada@example.com")
        line.rcpt("anything@lists.localhost")
        assert line.data(MAIL + (b"x" * 900 + b"\r\n") * 30_000)[0] == 552


@pytest.mark.parametrize("word", ["POST / HTTP/1.1", "GET / HTTP/1.1", "OPTIONS / HTTP/1.1"])
def test_a_page_that_lets_a_browser_speak_to_it_is_hung_up_on(server: Server, word: str) -> None:
    said = f"{word}\r\nHost: {HOST}\r\n\r\nEHLO x\r\nMAIL FROM:<a@example.com>\r\n"
    with socket.create_connection((HOST, server.port), timeout=10) as line:
        line.sendall(said.encode())
        heard = b""
        while more := line.recv(4096):
            heard += more
    assert b"421" in heard and b"250" not in heard


def test_a_port_that_is_taken_leads_to_the_next() -> None:
    taken = Server(0)
    other = Server(taken.port)
    try:
        assert taken.port < other.port < taken.port + 100
    finally:
        other.stop()
        taken.stop()


def test_production_takes_no_mail_this_way(settings: Any) -> None:
    settings.PRODUCTION = True
    assert start_in_background() == ""


# Whom it vouches for --------------------------------------------------------------------------------------------------
def head_of(raw: bytes) -> list[str]:
    return vouched(raw, "peerdesk.localhost").partition(b"\r\n\r\n")[0].decode().split("\r\n")


def test_everybody_on_this_machine_is_believed() -> None:
    first, *others = head_of(MAIL)
    assert first == "Authentication-Results: peerdesk.localhost; dmarc=pass header.from=example.com"
    assert others == ["From: Ada <ada@example.com>", "Subject: Hello"]
    assert vouched(MAIL, "peerdesk.localhost").endswith(b"\r\n\r\nIt works.\r\n")


def test_what_a_mail_says_of_verdicts_itself_is_taken_out() -> None:
    forged = (
        b"Authentication-Results: peerdesk.localhost;\r\n dmarc=pass\r\n\theader.from=bank.example\r\n"
        b"From: ada@example.com\r\nAUTHENTICATION-results : peerdesk.localhost; dmarc=pass header.from=bank.example\r\n"
        b"Subject: Authentication-Results: no field\r\n\r\nAuthentication-Results: nor this\r\n"
    )
    made = vouched(forged, "peerdesk.localhost")
    assert b"bank.example" not in made and made.lower().count(b"authentication-results") == 3
    assert made.endswith(b"\r\n\r\nAuthentication-Results: nor this\r\n")


@pytest.mark.parametrize(
    "sender",
    [
        b"",
        b"From: a@example.com\r\nFrom: b@example.com\r\n",
        b"From: a@example.com, b@example.com\r\n",
        b"From: nobody\r\n",
        b"From: a@exam ple.com;dmarc=pass\r\n",
        b"From: a@\xc3\xa9.example\r\n",
    ],
)
def test_of_no_one_sender_nothing_is_said(sender: bytes) -> None:
    (first, *_others) = head_of(sender + b"Subject: Hello\r\n\r\nHello\r\n")
    assert first == "Authentication-Results: peerdesk.localhost; dmarc=none"


def test_a_mail_without_a_body_or_with_bare_line_ends_is_vouched_for_alike() -> None:
    for raw in (b"From: ada@example.com", b"From: ada@example.com\n\nHello\n", b""):
        made = vouched(raw, "peerdesk.localhost")
        assert made.startswith(b"Authentication-Results: peerdesk.localhost; dmarc=") and made.endswith(raw)


# Both directions ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_notice_goes_out_its_reply_comes_in_and_the_answer_stands_on_the_page(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "community.mails.local_server.LocalServerBackend"
    settings.OUTBOX_DIR = tmp_path / "outbox"
    ada, ben = reachable("ada"), reachable("ben")
    question = thread(ada)
    reply(question, ben, "Is the light red?")
    told()
    (notice,) = list_mails()
    page = (here := Client(HTTP_HOST="localhost")).get(f"/outbox/{notice.name}/").content.decode()
    assert "Reply to this mail" in page and reply_address_of(notice) in page
    posted = here.post(f"/outbox/{notice.name}/reply/", {"words": "Yes, it is red."})
    assert posted.status_code == 302, posted.content.decode()[:3000]
    row = IncomingMail.objects.get()
    assert (row.end, row.door, row.person) == ("accepted", "smtp", ada), (row.reason, row.told)
    assert Answer.objects.latest("pk").body == "Yes, it is red." and "Is the light red?" in row.cut
    shown = here.get(posted["Location"]).content.decode()
    assert row.place in shown and "Yes, it is red." in shown
    assert "Yes, it is red." in here.get(question.get_absolute_url()).content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_mail_program_gets_the_same_answer_and_the_site_may_rest_meanwhile(server: Server) -> None:
    ben, question = reachable("ben"), thread()
    to = reply_address(ben, "t", question.pk)
    raw = f"From: {ben.email}\r\nTo: {to}\r\nSubject: Re: x\r\nMessage-ID: <1@x.example>\r\n\r\nHold it.\r\n"
    with smtplib.SMTP(HOST, server.port, timeout=60) as line:
        start_read_only(actor=None, words="")
        with pytest.raises(smtplib.SMTPDataError) as later:
            line.sendmail(ben.email, [to], raw)
        assert later.value.smtp_code == 451 and not IncomingMail.objects.exists()
        end_read_only(actor=None)
        line.sendmail(ben.email, [to], raw)
    assert Answer.objects.get().body == "Hold it." and IncomingMail.objects.get().end == "accepted"


@pytest.mark.django_db
def test_a_mail_that_takes_no_reply_offers_none(settings: Any, tmp_path: Path) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    store(b"Subject: A code\r\nTo: ada@example.com\r\nReply-To: help@example.com\r\n\r\nBCDF-GHJK\r\n")
    (code,) = list_mails()
    here = Client(HTTP_HOST="localhost")
    assert "Reply to this mail" not in here.get(f"/outbox/{code.name}/").content.decode()
    assert here.post(f"/outbox/{code.name}/reply/", {"words": "Hello"}).status_code == 404
    assert Client(HTTP_HOST="testserver").post(f"/outbox/{code.name}/reply/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("became", ["", "0", "-1", "9" * 30, "x", "\0", "\ud800"])
def test_a_made_up_end_is_none(settings: Any, tmp_path: Path, became: str) -> None:
    settings.OUTBOX_DIR = tmp_path / "outbox"
    store(b"Subject: A code\r\nTo: ada@example.com\r\n\r\nBCDF-GHJK\r\n")
    query = urlencode({"became": became.encode("utf-8", "surrogatepass")})
    answer = Client(HTTP_HOST="localhost").get(f"/outbox/{list_mails()[0].name}/?{query}")
    assert answer.status_code in {200, 400} and "What became" not in answer.content.decode()
