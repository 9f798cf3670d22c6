"""Mails that wait in a mailbox: each is taken in once, whatever happens in between, and nobody hears the password."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import Client

from community import tasks
from community.actions.site import start_read_only
from community.care import incoming_mail
from community.incoming.mailbox import KEYWORD, Unreachable, fetch, opened
from community.models import Answer, IncomingMail, JobRun
from config.incoming import incoming_settings
from config.logs import mask
from tests.community.imap_servers import Box, a_mailbox
from tests.community.incoming.mails import mail, to_thread
from tests.factories import thread
from tests.mailing import reachable

pytestmark = pytest.mark.django_db


@pytest.fixture
def box(settings: Any) -> Iterator[Box]:
    with a_mailbox(settings) as held:
        yield held


def a_reply(words: str = "Hold the button.") -> bytes:
    ben, question = reachable(), thread()
    return mail(ben.email, to_thread(ben, question), words).replace(b"\n", b"\r\n")


def fetched() -> list[str]:
    with opened() as mailbox:
        return list(fetch(mailbox).ends)


def test_what_waits_is_taken_in_and_then_marked(box: Box) -> None:
    box.arrives(a_reply(), b"Subject: spam\r\n\r\nBuy\r\n")
    assert fetched() == ["accepted", "rejected"] and Answer.objects.get().body == "Hold the button."
    assert all(flags == {"\\Seen", KEYWORD} for flags in box.flags.values())
    assert not any("BODY[" in command and "PEEK" not in command for command in box.heard), "reading marks nothing"
    assert fetched() == []


@pytest.mark.parametrize("moment", ["UID STORE", "UID FETCH 1 (BODY"])
def test_a_line_that_breaks_before_the_mark_leads_to_a_duplicate_at_most(box: Box, moment: str) -> None:
    box.arrives(a_reply())
    box.hangs_up_at = moment
    with pytest.raises(Unreachable):
        fetched()
    box.hangs_up_at = ""
    fetched()
    assert Answer.objects.count() == 1
    assert sorted(IncomingMail.objects.values_list("reason", flat=True)) in (["posted"], ["duplicate", "posted"])
    assert box.flags[1] >= {"\\Seen"}


def test_while_the_site_rests_mails_stay_where_they_are(box: Box) -> None:
    box.arrives(a_reply())
    start_read_only(actor=None, words="")
    with pytest.raises(CommandError) as ended:
        call_command("fetch_mail")
    assert ended.value.returncode == 75 and box.flags[1] == set() and not IncomingMail.objects.exists()


def test_one_that_is_too_large_is_not_fetched(box: Box) -> None:
    box.arrives(b"Subject: large\r\nMessage-ID: <l@x.example>\r\n\r\n" + b"x" * 25_000_001)
    assert fetched() == ["rejected"] and IncomingMail.objects.get().reason == "too_large"
    assert not any("BODY.PEEK[]" in command for command in box.heard)


def test_a_mailbox_without_keywords_does_too_and_delete_takes_mails_away(box: Box) -> None:
    box.keeps_keywords = False
    box.arrives(a_reply())
    assert fetched() == ["accepted"] and box.flags[1] == {"\\Seen"}
    box.arrives(b"Subject: spam\r\n\r\nBuy\r\n")
    call_command("fetch_mail", delete=True, verbosity=0)
    assert list(box.messages) == [1]


def test_the_worker_looks_too_and_a_mailbox_that_is_away_is_no_failure_yet(box: Box, settings: Any) -> None:
    box.arrives(a_reply())
    tasks.fetch_mails.func(0)
    assert Answer.objects.count() == 1 and JobRun.objects.get(name="community.fetch_mails").finished_at
    box.password = "another"
    tasks.fetch_mails.func(0)
    assert JobRun.objects.get(name="community.fetch_mails").failed_at is None


def test_the_password_is_told_nowhere(box: Box, settings: Any, caplog: Any) -> None:
    secret = settings.INCOMING_IMAP.password
    box.password = "another"
    with caplog.at_level(logging.DEBUG), pytest.raises(CommandError) as ended:
        call_command("fetch_mail")
    signs = " ".join(str(sign.text) for sign in incoming_mail.incoming_mail())
    assert "refuses" in str(ended.value) and "refuses" in signs
    for told in (str(ended.value), signs, caplog.text, repr(settings.INCOMING_IMAP), mask(f"a log with {secret}")):
        assert secret not in told
    assert ended.value.__cause__ is None


@pytest.mark.parametrize(
    ("url", "read"),
    [
        ("imaps://site:p%40%2Fw@mail.example.com/", ("mail.example.com", 993, "site", "p@/w", "INBOX", "tls")),
        ("imap://site:pw@mail.example.com/Help", ("mail.example.com", 143, "site", "pw", "Help", "starttls")),
        ("imap://a%40b.c:pw@127.0.0.1:1143", ("127.0.0.1", 1143, "a@b.c", "pw", "INBOX", "plain")),
    ],
)
def test_the_setting_is_read(url: str, read: tuple) -> None:
    found = incoming_settings({"INCOMING_IMAP": url}, production=False).imap
    assert found is not None
    assert (found.host, found.port, found.user, found.password, found.folder, found.encryption) == read


@pytest.mark.parametrize(
    "url",
    [
        "https://site:hunter22@mail.example.com",
        "imaps://site@mail.example.com",
        "imaps://site:hunter22@mail.example.com:port",
        "imaps://site:hunter22%0d%0aLOGOUT@mail.example.com",
        "imaps://:hunter22@mail.example.com",
        "imaps://site:hunter22@",
        "imaps://site:hunter22@mail.example.com/a?b",
        "nonsense",
    ],
)
def test_a_setting_that_makes_no_sense_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refused:
        incoming_settings({"INCOMING_IMAP": url}, production=False)
    assert "INCOMING_IMAP" in str(refused.value) and "hunter22" not in str(refused.value)


def test_production_refuses_the_name_under_which_development_believes_everybody() -> None:
    given = {"INCOMING_ADDRESS": "*@lists.example.com", "INCOMING_AUTHSERV": "peerdesk.localhost"}
    with pytest.raises(ImproperlyConfigured, match="INCOMING_AUTHSERV"):
        incoming_settings(given, production=True)
    assert incoming_settings({**given, "INCOMING_AUTHSERV": "mx.example.com"}, production=True).port == 0


def test_a_site_without_a_mailbox_says_so(settings: Any) -> None:
    settings.INCOMING_IMAP = None
    with pytest.raises(CommandError, match="INCOMING_IMAP is not set"):
        call_command("fetch_mail")
    assert Client().get("/healthz").status_code in {200, 503}
