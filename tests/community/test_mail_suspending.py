"""Addresses that take no mail: when one is suspended, what its owner is told, and how it is lifted."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.mails.sending import AddressRefused, Receipt, leave_now, send_now
from community.mails.suspending import address_hash, heed, is_suspended, suspend
from community.models import Mail, User
from tests.community.accounts import member
from tests.community.mail_servers import MailServer, a_mail_server
from tests.factories import reply, thread
from tests.mailing import reachable, told

pytestmark = pytest.mark.django_db
NOVEMBER = datetime(2026, 11, 2, 9, tzinfo=UTC)
GONE = "550 5.1.1 No such user"
FULL = "552 5.2.2 Mailbox full"
BANNER = "Our mails do not reach you"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    with a_mail_server(settings) as server:
        yield server


@pytest.fixture
def ada(client: Client) -> User:
    ada = member("ada")
    client.force_login(ada)
    return ada


def a_mail(to: str) -> EmailMessage:
    return EmailMessage("Code", "K7TQ-2M9R", "site@example.com", [to])


def now(person: User) -> User:
    return User.objects.get(pk=person.pk)


# When -----------------------------------------------------------------------------------------------------------------
def test_an_address_that_is_not_there_is_suspended_at_once(server: MailServer, ada: User) -> None:
    server.at_rcpt[ada.email] = GONE
    with pytest.raises(AddressRefused):
        send_now(a_mail(ada.email))
    assert is_suspended(now(ada))
    assert now(ada).mail_trouble == "550 5.1.1" and now(ada).mail_suspended_at is not None
    assert ada.email not in now(ada).mail_suspended_for


def test_a_full_mailbox_suspends_on_the_third_day_and_not_at_the_third_mail(server: MailServer, ada: User) -> None:
    server.at_rcpt[ada.email] = FULL
    for hours in (0, 1, 2, 24, 25):
        with clock.at(NOVEMBER + timedelta(hours=hours)):
            leave_now(a_mail(ada.email))
            assert not is_suspended(now(ada)), hours
    with clock.at(NOVEMBER + timedelta(days=5)):
        leave_now(a_mail(ada.email))
    assert is_suspended(now(ada))
    assert now(ada).mail_trouble == "552 5.2.2"


def test_a_mail_that_arrives_in_between_makes_up_for_refusals(server: MailServer, ada: User) -> None:
    for day, answer in enumerate([FULL, FULL, "", FULL, FULL]):
        server.at_rcpt[ada.email] = answer
        with clock.at(NOVEMBER + timedelta(days=day)):
            leave_now(a_mail(ada.email))
    assert not is_suspended(now(ada))


def test_refusals_of_long_ago_are_forgotten(server: MailServer, ada: User) -> None:
    server.at_rcpt[ada.email] = FULL
    for day in (0, 1, 40, 41):
        with clock.at(NOVEMBER + timedelta(days=day)):
            leave_now(a_mail(ada.email))
    assert not is_suspended(now(ada))


@pytest.mark.parametrize("outcome", ["sent", "later", "down"])
def test_nothing_but_a_refusal_suspends(ada: User, outcome: Any) -> None:
    assert not heed(ada, Receipt(outcome, "450 4.2.0"))
    assert not is_suspended(now(ada))


def test_a_notice_that_is_refused_counts_like_a_code(ada: User) -> None:
    for day in (0, 1):
        at = NOVEMBER + timedelta(days=day)
        Mail.objects.create(
            kind="notice",
            recipient=ada,
            key=f"notice:{day}",
            created_at=at,
            due_at=at,
            settled_at=at,
            outcome="refused",
        )
    with clock.at(NOVEMBER + timedelta(days=2)):
        assert heed(ada, Receipt("refused", "550 5.7.1"))
    assert is_suspended(now(ada))


@pytest.mark.django_db(transaction=True)
def test_news_to_an_address_that_is_gone_stop_with_the_first_and_go_on_when_it_works_again(
    client: Client, server: MailServer
) -> None:
    anna, ben = reachable("anna"), reachable("ben")
    client.force_login(anna)
    question = thread(anna)
    server.at_rcpt[anna.email] = GONE
    reply(question, ben, "Hold the button.")
    told()
    assert is_suspended(now(anna)) and "there is no mailbox" in client.get("/").content.decode()
    server.at_rcpt.clear()
    reply(question, ben, "Or pull the plug.")
    told()
    assert server.taken == []
    assert [mail.outcome for mail in Mail.objects.order_by("pk")] == ["refused", "suspended"]
    client.post("/settings/mail/resume/")
    reply(question, ben, "Or wait.")
    told()
    assert [str(mail["subject"]).startswith("Community can send") for _to, mail in server.taken] == [True, False]


def test_another_address_is_free_of_it_and_somebody_elses_never_was(ada: User) -> None:
    bo = member("bo")
    suspend(ada, "550 5.1.1")
    assert not is_suspended(now(bo))
    User.objects.filter(pk=ada.pk).update(email="new@example.com")
    assert not is_suspended(now(ada))
    User.objects.filter(pk=ada.pk).update(email=ada.email.upper())
    assert is_suspended(now(ada))


def test_a_refusal_that_comes_when_the_address_was_changed_already_changes_nothing(ada: User) -> None:
    User.objects.filter(pk=ada.pk).update(email="new@example.com")
    suspend(ada, "550 5.1.1")
    assert not is_suspended(now(ada)) and now(ada).mail_suspended_for == ""


def test_another_address_of_the_same_person_does_not_suspend_the_main_one(server: MailServer, ada: User) -> None:
    EmailAddress.objects.create(user=ada, email="old@example.com", verified=True)
    server.at_rcpt["old@example.com"] = GONE
    leave_now(a_mail("old@example.com"))
    assert not is_suspended(now(ada))


def test_the_hash_is_keyed(ada: User, settings: Any) -> None:
    before = address_hash(ada.email)
    settings.SECRET_KEY = "another"
    assert address_hash(ada.email) != before and len(before) == 64


# What its owner is told -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("550 5.1.1", "there is no mailbox"),
        ("invalid", "there is no mailbox"),
        ("550 5.2.1", "is closed"),
        ("552 5.2.2", "is full"),
        ("550 5.7.1", "refused our mails on several days"),
        ("", "refused our mails on several days"),
    ],
)
def test_every_page_says_why_in_plain_words_and_nobody_else_reads_it(
    client: Client, ada: User, code: str, words: str
) -> None:
    member("bo")
    suspend(ada, code)
    for address in ("/", "/inbox/", "/settings/", "/accounts/email/", f"/people/{ada.slug}/"):
        page = client.get(address).content.decode()
        assert page.count(BANNER) == 1 and words in page and ada.email in page, address
        assert 'action="/settings/mail/resume/"' in page
    others = Client()
    for _who in ("visitor", "bo"):
        for address in ("/", f"/people/{ada.slug}/"):
            page = others.get(address).content.decode()
            assert BANNER not in page and ada.email not in page
        others.force_login(User.objects.get(username="bo"))


def test_the_notice_costs_no_query(client: Client, ada: User) -> None:
    client.get("/inbox/")
    with CaptureQueriesContext(connection) as without:
        client.get("/inbox/")
    suspend(ada, "550 5.1.1")
    with CaptureQueriesContext(connection) as within:
        assert BANNER in client.get("/inbox/").content.decode()
    assert len(within) == len(without)


def test_a_new_address_ends_it(client: Client, ada: User) -> None:
    suspend(ada, "550 5.1.1")
    EmailAddress.objects.create(user=ada, email="new@example.com", verified=True)
    client.post(reverse("account_email"), {"email": "new@example.com", "action_primary": "1"})
    assert now(ada).email == "new@example.com"
    assert BANNER not in client.get("/").content.decode()


def test_leaving_a_dead_address_works_though_its_warning_cannot_arrive(
    client: Client, ada: User, server: MailServer
) -> None:
    server.at_rcpt[ada.email] = GONE
    suspend(ada, "550 5.1.1")
    EmailAddress.objects.create(user=ada, email="new@example.com", verified=True)
    answer = client.post(reverse("account_email"), {"email": "new@example.com", "action_primary": "1"})
    assert answer.status_code == 302
    assert now(ada).email == "new@example.com" and not is_suspended(now(ada))


# It works again -------------------------------------------------------------------------------------------------------
def test_it_works_again_lifts_it_and_sends_a_test_mail_at_once(client: Client, ada: User, server: MailServer) -> None:
    suspend(ada, "550 5.1.1")
    page = client.post("/settings/mail/resume/", {"next": "/inbox/"}, follow=True)
    assert page.redirect_chain[0] == ("/inbox/", 303)
    assert "A test mail is on its way" in page.content.decode() and BANNER not in page.content.decode()
    assert [address for address, _mail in server.taken] == [ada.email]
    assert now(ada).mail_suspended_for == "" and now(ada).mail_suspended_at is None


def test_where_it_does_not_the_notice_stays(client: Client, ada: User, server: MailServer) -> None:
    suspend(ada, "550 5.1.1")
    server.at_rcpt[ada.email] = GONE
    page = client.post("/settings/mail/resume/", follow=True).content.decode()
    assert "still takes none" in page and BANNER in page


def test_while_the_mail_server_is_away_it_is_lifted_all_the_same(client: Client, ada: User, settings: Any) -> None:
    suspend(ada, "550 5.1.1")
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = client.post("/settings/mail/resume/", follow=True).content.decode()
    assert "could not leave just now" in page and BANNER not in page


def test_pressed_twice_it_sends_one_mail(client: Client, ada: User, server: MailServer) -> None:
    suspend(ada, "550 5.1.1")
    for _press in range(2):
        assert client.post("/settings/mail/resume/").status_code == 303
    assert len(server.taken) == 1
