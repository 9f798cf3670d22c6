"""Mail services call with mails for the site: their own bodies, their own sign-in, and the one action behind them."""

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from community.actions.site import start_read_only
from community.models import Answer, IncomingMail
from tests.community.incoming.mails import mail, to_thread
from tests.factories import thread
from tests.mailing import reachable

pytestmark = [
    pytest.mark.django_db,
    # anymail says of itself that it no longer tries SendGrid out
    pytest.mark.filterwarnings("ignore::anymail.exceptions.AnymailNotSupportedWarning"),
]
SECRET = "site:a-secret-of-the-tests"
SIGNED_IN = {"HTTP_AUTHORIZATION": f"Basic {b64encode(SECRET.encode()).decode()}"}
SIGNING_KEY = "a-signing-key"


@pytest.fixture(autouse=True)
def with_webhooks(settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.community.webhook_urls"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY}
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 36_000_000


@pytest.fixture
def reply() -> tuple[str, str]:
    """(the whole message, whom it goes to)"""
    ben, question = reachable("ben"), thread()
    to = to_thread(ben, question)
    return mail(ben.email, to, "Hold the button.").decode(), to


def postmark(raw: str, to: str, sender: str = "ben@example.com") -> dict[str, Any]:
    """As https://postmarkapp.com/developer/webhooks/inbound-webhook, with the raw message."""
    body = {
        "FromName": "Ben",
        "MessageStream": "inbound",
        "From": sender,
        "FromFull": {"Email": sender, "Name": "Ben", "MailboxHash": ""},
        "To": to,
        "ToFull": [{"Email": to, "Name": "", "MailboxHash": ""}],
        "OriginalRecipient": to,
        "Subject": "Re: Light",
        "MessageID": "73e6d360-66eb-11e1-8e72-a8904824019b",
        "Date": "Sun, 22 Nov 2026 10:00:00 +0000",
        "TextBody": "Hold the button.",
        "Headers": [{"Name": "Return-Path", "Value": f"<{sender}>"}, {"Name": "X-Spam-Status", "Value": "No"}],
        "Attachments": [],
        "RawEmail": raw,
    }
    return {"data": json.dumps(body), "content_type": "application/json"}


def mailgun(raw: str, to: str, sender: str = "ben@example.com", key: str = SIGNING_KEY) -> dict[str, Any]:
    """As https://documentation.mailgun.com of a route that forwards raw MIME."""
    timestamp, token = "1795341600", "a" * 50
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "data": {
            "recipient": to,
            "sender": sender,
            "from": f"Ben <{sender}>",
            "subject": "Re: Light",
            "body-mime": raw,
            "timestamp": timestamp,
            "token": token,
            "signature": signature,
        }
    }


def sendgrid(raw: str, to: str, sender: str = "ben@example.com") -> dict[str, Any]:
    """As https://www.twilio.com/docs/sendgrid of Inbound Parse with “raw, full MIME”."""
    return {
        "data": {
            "email": raw,
            "to": to,
            "from": f"Ben <{sender}>",
            "sender_ip": "192.0.2.1",
            "envelope": json.dumps({"to": [to], "from": sender}),
            "subject": "Re: Light",
            "spam_score": "0.1",
            "dkim": "{@example.com : pass}",
            "SPF": "pass",
        }
    }


SERVICES = {
    "/incoming-mail/postmark/inbound/": postmark,
    "/incoming-mail/mailgun/inbound_mime/": mailgun,
    "/incoming-mail/sendgrid/inbound/": sendgrid,
}


@pytest.mark.parametrize("path", SERVICES)
def test_what_a_service_brings_is_taken_in_and_twice_is_once(path: str, reply: tuple[str, str]) -> None:
    for _again in range(2):
        answer = Client(enforce_csrf_checks=True).post(path, **SERVICES[path](*reply), **SIGNED_IN)
        assert answer.status_code == 200, answer.content
    assert Answer.objects.get().body == "Hold the button."
    rows = IncomingMail.objects.order_by("pk")
    assert [(row.door, row.reason) for row in rows] == [("webhook", "posted"), ("webhook", "duplicate")]


@pytest.mark.parametrize("path", SERVICES)
def test_nobody_else_brings_a_mail(path: str, reply: tuple[str, str]) -> None:
    asked = SERVICES[path](*reply)
    wrong = {"HTTP_AUTHORIZATION": f"Basic {b64encode(b'site:guess').decode()}"}
    assert Client().post(path, **asked).status_code == 400
    assert Client().post(path, **asked, **wrong).status_code == 400
    assert Client().get(path, **SIGNED_IN).status_code == 405
    if path == "/incoming-mail/mailgun/inbound_mime/":
        assert Client().post(path, **mailgun(*reply, key="forged"), **SIGNED_IN).status_code == 400
    assert not IncomingMail.objects.exists()


@pytest.mark.parametrize("path", SERVICES)
def test_while_the_site_rests_the_service_calls_again(path: str, reply: tuple[str, str]) -> None:
    start_read_only(actor=None, words="")
    answer = Client().post(path, **SERVICES[path](*reply), **SIGNED_IN)
    assert answer.status_code == 503 and answer["Retry-After"] and not IncomingMail.objects.exists()


def test_the_services_own_word_about_a_sender_is_none_of_our_mail_hosts(reply: tuple[str, str]) -> None:
    raw = "\n".join(line for line in reply[0].splitlines() if not line.startswith("Authentication-Results"))
    assert Client().post("/incoming-mail/sendgrid/inbound/", **sendgrid(raw, reply[1]), **SIGNED_IN).status_code == 200
    assert IncomingMail.objects.get().reason == "unverified" and not Answer.objects.exists()


def test_without_the_whole_message_anymail_puts_it_together(reply: tuple[str, str]) -> None:
    asked = json.loads(postmark(*reply)["data"])
    del asked["RawEmail"]
    asked["From"] = asked["FromFull"]["Email"] = reply[0].partition("From: ")[2].partition("\n")[0]
    asked["Headers"].append({"Name": "Message-ID", "Value": "<postmark@x.example>"})
    answer = Client().post(
        "/incoming-mail/postmark/inbound/", data=json.dumps(asked), content_type="application/json", **SIGNED_IN
    )
    row = IncomingMail.objects.get()
    assert answer.status_code == 200 and row.kept == "Hold the button." and row.end == "held"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"{", b'{"RawEmail": 5}', b'{"Headers": 3, "RawEmail": "x"}'])
def test_nonsense_of_a_service_is_answered(body: bytes) -> None:
    answer = Client().post("/incoming-mail/postmark/inbound/", data=body, content_type="application/json", **SIGNED_IN)
    assert answer.status_code in {200, 400}


def test_without_the_setting_there_are_no_such_addresses(settings: Any) -> None:
    settings.ROOT_URLCONF = "config.urls"
    assert Client().post("/incoming-mail/postmark/inbound/", **SIGNED_IN).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("incoming_postmark_inbound_webhook")
