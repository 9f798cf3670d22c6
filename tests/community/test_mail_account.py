"""Mails about accounts: they leave at once, leave a row that tells nothing, and have a limit of their own."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client

from community import clock
from community.mails.sending import MOST_IN_AN_HOUR, MailNotSent, TooManyMails, leave_now, send_now
from community.mails.suspending import address_hash
from community.models import Mail
from tests.community.accounts import PASSWORD, member, sign_in
from tests.community.mail_servers import MailServer, a_mail_server

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with a_mail_server(settings) as server:
        yield server


def a_mail(to: str = "ada@example.com") -> EmailMessage:
    return EmailMessage("Your code", "K7TQ-2M9R", "site@example.com", [to])


@pytest.mark.django_db
def test_a_mail_leaves_a_row_without_its_words_or_address(server: MailServer) -> None:
    ada = member("ada")
    send_now(a_mail(ada.email))
    send_now(a_mail("stranger@example.com"))
    mine, strangers = Mail.objects.order_by("pk")
    assert (mine.kind, mine.recipient, mine.outcome) == ("account", ada, "sent")
    assert (strangers.recipient, strangers.address_hash) == (None, address_hash("stranger@example.com"))
    assert mine.settled_at is not None and mine.key != strangers.key
    with connection.cursor() as cursor:
        cursor.execute("SELECT m::text FROM community_mail m")
        told = " ".join(row for (row,) in cursor.fetchall())
    assert "K7TQ" not in told and "example.com" not in told and "code" not in told


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("answer", "outcome", "code"),
    [("550 5.7.1 No", "refused", "550 5.7.1"), ("451 4.3.0 Later", "gave_up", "451 4.3.0")],
)
def test_a_mail_that_does_not_leave_is_told_and_leaves_a_row_too(
    server: MailServer, answer: str, outcome: str, code: str
) -> None:
    server.at_rcpt["ada@example.com"] = answer
    with pytest.raises(MailNotSent):
        send_now(a_mail())
    row = Mail.objects.get()
    assert (row.outcome, row.reply_code) == (outcome, code)


@pytest.mark.django_db
def test_one_address_gets_twenty_an_hour_and_whoever_asks_is_told_when_to_come_back(server: MailServer) -> None:
    with clock.at(NOON):
        send_now(a_mail())
    with clock.at(NOON + timedelta(minutes=10)):
        for _number in range(MOST_IN_AN_HOUR - 1):
            send_now(a_mail("ADA@example.com"))
    with clock.at(NOON + timedelta(minutes=20)):
        with pytest.raises(TooManyMails, match="in 40 minutes"):
            send_now(a_mail())
        send_now(a_mail("bo@example.com"))
        leave_now(a_mail(), is_limited=False)
    assert len(server.taken) == MOST_IN_AN_HOUR + 2
    with clock.at(NOON + timedelta(minutes=80)):
        send_now(a_mail())


@pytest.mark.django_db
def test_the_page_says_so_too(client: Client, server: MailServer) -> None:
    ada = member("ada")
    for _number in range(MOST_IN_AN_HOUR):
        send_now(a_mail(ada.email))
    page = client.post("/accounts/login/code/", {"email": ada.email})
    assert page.status_code == 429 and "Please try again in" in page.content.decode()


@pytest.mark.django_db
def test_a_warning_about_an_account_cannot_be_kept_away(client: Client, server: MailServer) -> None:
    ada = member("ada")
    for _number in range(MOST_IN_AN_HOUR):
        send_now(a_mail(ada.email))
    sign_in(client, "ada")
    new = {"oldpassword": PASSWORD, "password1": "seven green bicycles", "password2": "seven green bicycles"}
    client.post("/accounts/password/change/", new)
    assert server.taken[-1][1]["subject"] == "Your password at Community was changed"


@pytest.mark.django_db
def test_what_never_reached_the_mail_server_does_not_count(server: MailServer) -> None:
    server.at_rcpt["ada@example.com"] = "451 4.3.0 Later"
    for _number in range(MOST_IN_AN_HOUR):
        with pytest.raises(MailNotSent):
            send_now(a_mail())
    server.at_rcpt.clear()
    send_now(a_mail())


@pytest.mark.django_db
def test_news_do_not_count_and_a_code_waits_behind_none_of_them(client: Client, server: MailServer) -> None:
    ada, now = member("ada"), clock.now()
    Mail.objects.bulk_create(
        Mail(kind="notice", recipient=ada, key=f"notice:{n}", created_at=now, due_at=now - timedelta(hours=1))
        for n in range(1000)
    )
    client.post("/accounts/login/code/", {"email": ada.email})
    assert [address for address, _mail in server.taken] == [ada.email]
    assert "code" in str(server.taken[0][1]["subject"])
    assert Mail.objects.filter(settled_at__isnull=True).count() == 1000


@pytest.mark.django_db(transaction=True)
def test_a_code_leaves_while_the_sender_holds_the_queue(client: Client, server: MailServer) -> None:
    """The worker is in the middle of a mail to the same person, and the server takes its time with it."""
    ada, now = member("ada"), clock.now()
    row = Mail.objects.create(kind="notice", recipient=ada, key="notice:1", created_at=now, due_at=now)
    holding, done = threading.Event(), threading.Event()

    def hold() -> None:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM community_mail WHERE id = %s FOR UPDATE", [row.pk])
            holding.set()
            done.wait(30)
            cursor.execute("ROLLBACK")
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert holding.wait(10)
        client.post("/accounts/login/code/", {"email": ada.email})
        assert len(server.taken) == 1
    finally:
        done.set()
        thread.join()


@pytest.mark.django_db(transaction=True)
def test_asked_for_at_once_from_many_sides_it_still_is_twenty(server: MailServer) -> None:
    told: list[str] = []

    def ask() -> None:
        for _number in range(6):
            try:
                send_now(a_mail())
                told.append("sent")
            except TooManyMails:
                told.append("enough")
        connection.close()

    threads = [threading.Thread(target=ask) for _each in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert (told.count("sent"), told.count("enough")) == (MOST_IN_AN_HOUR, 10)
