"""Whoever may have written a mail is asked at their own address; whoever wrote without an account is shown the way."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client

from community import clock
from community.accounts.adapters import AccountAdapter
from community.actions import moderation
from community.actions.incoming_deciding import address_confirmed
from community.incoming.addresses import board_address
from community.models import Answer, IncomingMail, IncomingRaw, Mail, Thread, User
from tests.community.incoming.mails import arrives, ended, mail, to_thread
from tests.factories import board, moderator, person, thread
from tests.mailing import MailHost, mail_host, reachable, told, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def host(settings: Any) -> Any:
    with mail_host(settings) as running:
        yield running


def link_in(host: MailHost) -> str:
    words = words_of(host.arrived[-1])
    return "/mail/" + words.partition("/mail/")[2].split()[0]


def test_somebody_says_that_a_mail_is_theirs(host: MailHost) -> None:
    ada = reachable("ada")
    row = arrives(mail("ada@work.example", to_thread(ada, thread(ada)), "From my desk."))
    assert ended(row) == "held sender"
    told()
    (asked,) = host.to(ada)
    assert "ada@work.example" in words_of(asked) and "From my desk" not in words_of(asked)
    assert asked["Auto-Submitted"] == "auto-replied" and asked["Reply-To"] is None
    client, link = Client(enforce_csrf_checks=False), link_in(host)
    page = client.get(link)
    assert "From my desk." in page.content.decode() and page["Referrer-Policy"] == "no-referrer"
    assert not Answer.objects.exists()
    assert client.post(link, {"do": "mine"}).status_code == 303
    answer = Answer.objects.get()
    assert (answer.author, answer.body) == (ada, "From my desk.")
    row.refresh_from_db()
    assert ended(row) == "accepted posted" and not IncomingRaw.objects.exists()
    # Once, whoever presses again.
    assert client.post(link, {"do": "mine"}).status_code == 200
    assert Answer.objects.count() == 1


def test_somebody_says_that_it_was_not_them_and_the_address_that_leaked_is_dead(host: MailHost) -> None:
    ada = reachable("ada")
    question = thread(ada)
    leaked = to_thread(ada, question)
    row = arrives(mail("eve@evil.example", leaked, "Buy this"))
    told()
    Client().post(link_in(host), {"do": "not-mine"})
    row.refresh_from_db()
    assert ended(row) == "rejected decided" and not IncomingRaw.objects.exists()
    assert ended(arrives(mail(ada.email, leaked))) == "held old_address"
    assert not Answer.objects.exists()


def test_a_link_ends_after_a_week_and_with_the_password(host: MailHost) -> None:
    ada = reachable("ada")
    arrives(mail("ada@work.example", to_thread(ada, thread(ada))))
    told()
    link = link_in(host)
    with clock.at(clock.now() + timedelta(days=8)):
        assert Client().get(link).status_code == 404
    assert Client().get(link).status_code == 200
    ada.set_password("another one")
    ada.save()
    assert Client().post(link, {"do": "mine"}).status_code == 404
    assert Client().get("/mail/made-up/").status_code == 404
    assert Client().get(f"{link[:-3]}xx/").status_code == 404
    assert not Answer.objects.exists()


def test_what_may_be_private_is_asked_about_once_more_before_it_is_posted(host: MailHost) -> None:
    ada = reachable("ada")
    arrives(mail("ada@work.example", to_thread(ada, thread(ada)), "Call me: +49 89 1234 5670"))
    told()
    client, link = Client(), link_in(host)
    page = client.post(link, {"do": "mine"})
    assert page.status_code == 409 and "not for everybody" in page.content.decode()
    assert not Answer.objects.exists()
    assert client.post(link, {"do": "mine"}).status_code == 303
    assert "1234 5670" in Answer.objects.get().body


def test_somebody_new_is_asked_about_what_may_be_private(host: MailHost) -> None:
    routers = board("Routers", mail_name="routers")
    row = arrives(mail("nina@new.example", board_address(routers), "Call me: +49 89 1234 5670"))
    nina = reachable("nina", email="nina@new.example")
    address_confirmed(person=nina, address=nina.email)
    row.refresh_from_db()
    assert ended(row) == "held private" and not Thread.objects.exists()
    told()
    assert "Look at it and decide" in words_of(host.to(nina)[-1])
    Client().post(link_in(host), {"do": "mine"})
    assert Thread.objects.get().asker == nina


def test_the_page_shows_other_people_s_words_as_text(host: MailHost) -> None:
    ada = reachable("ada")
    arrives(mail("eve@evil.example", to_thread(ada, thread(ada)), "<script>alert(1)</script>", subject="<b>x</b>"))
    told()
    page = Client().get(link_in(host)).content.decode()
    assert "<script>alert" not in page and "<b>x</b>" not in page and "&lt;script&gt;" in page


def test_five_questions_an_hour_at_most_reach_one_address(host: MailHost, usual_limits: None) -> None:
    ada = reachable("ada")
    address = to_thread(ada, thread(ada))
    for number in range(12):
        arrives(mail("eve@evil.example", address, f"Word {number}"))
    told()
    assert len(host.to(ada)) == 5


def test_a_thread_that_went_out_of_sight_is_not_named_by_mail_or_page(host: MailHost) -> None:
    ada, group = reachable("ada"), Group.objects.create(name="inner")
    ada.groups.add(group)
    ada = User.objects.with_standing().get(pk=ada.pk)
    question = thread(ada, board("Inner", groups=[group]), title="zqcanary")
    arrives(mail("ada@work.example", to_thread(ada, question), "Hello."))
    told()
    assert "zqcanary" in words_of(host.to(ada)[-1])
    link = link_in(host)
    ada.groups.clear()
    page = Client().get(link)
    assert "zqcanary" not in page.content.decode()
    assert Client().post(link, {"do": "mine"}).status_code == 409
    assert not Answer.objects.exists()


def test_the_answer_to_a_mail_about_a_hidden_thread_tells_nothing_of_it(host: MailHost) -> None:
    ada, ben = reachable("ada"), reachable("ben")
    question = thread(ada, title="zqcanary", body="zqbody")
    address = to_thread(ben, question)
    moderation.hide_thread(actor=moderator(), thread_id=question.pk, reason="zqwhy", ground="spam")
    arrives(mail(ben.email, address, "Hello?", subject="Re: it"))
    told()
    (said,) = host.to(ben)
    for word in ("zqcanary", "zqbody", "zqwhy", "hidden", str(question.board)):
        assert word not in said.as_string()
    assert "no longer there" in words_of(said)


# Without an account ---------------------------------------------------------------------------------------------------
def test_somebody_new_is_shown_the_way_and_their_mail_is_posted_with_their_address(host: MailHost) -> None:
    routers = board("Routers", mail_name="routers")
    row = arrives(
        mail("nina@new.example", board_address(routers), "Es blinkt rot und geht nicht an.", subject="Rotes Licht")
    )
    assert ended(row) == "held unknown" and not Thread.objects.exists()
    told()
    (said,) = host.arrived
    assert said["To"] == "nina@new.example" and said["In-Reply-To"] == row.message_id
    page = Client().get(link_in(host)).content.decode()
    assert "/accounts/signup/?email=nina%40new.example" in page
    nina = person("nina", email="nina@new.example")
    address = EmailAddress.objects.create(user=nina, email=nina.email, verified=True, primary=True)
    address_confirmed(person=nina, address=address.email)
    asked = Thread.objects.get()
    assert (asked.asker, asked.title) == (nina, "Rotes Licht")
    row.refresh_from_db()
    assert ended(row) == "accepted posted" and row.person == nina and not IncomingRaw.objects.exists()
    address_confirmed(person=nina, address=address.email)
    assert Thread.objects.count() == 1


def test_confirming_an_address_on_the_site_lets_its_mail_in(rf: Any) -> None:
    routers = board("Routers", mail_name="routers")
    arrives(mail("nina@new.example", board_address(routers), "It blinks."))
    nina = person("nina", email="nina@new.example")
    address = EmailAddress.objects.create(user=nina, email=nina.email, verified=False, primary=True)
    request = rf.post("/")
    request.user, request.session = nina, {}
    request._messages = CookieStorage(request)
    assert AccountAdapter(request).confirm_email(request, address)
    assert Thread.objects.get().asker == nina


def test_a_forged_unknown_sender_gets_no_mail_and_is_never_posted_as_the_address_s_owner(host: MailHost) -> None:
    routers = board("Routers", mail_name="routers")
    row = arrives(mail("nina@new.example", board_address(routers), "Buy this", verdict="fail"))
    assert ended(row) == "held unknown"
    told()
    assert host.arrived == []
    nina = reachable("nina", email="nina@new.example")
    address_confirmed(person=nina, address=nina.email)
    row.refresh_from_db()
    assert ended(row) == "held unverified" and row.person == nina and not Thread.objects.exists()
    told()
    assert "/mail/" in words_of(host.to(nina)[-1])


def test_an_address_somebody_only_claims_lets_nothing_in() -> None:
    routers = board("Routers", mail_name="routers")
    arrives(mail("nina@new.example", board_address(routers), "It blinks."))
    eve = person("eve", email="nina@new.example")
    EmailAddress.objects.create(user=eve, email=eve.email, verified=False, primary=True)
    address_confirmed(person=eve, address=eve.email)
    assert not Thread.objects.exists() and IncomingMail.objects.get().end == "held"


# Two programs ---------------------------------------------------------------------------------------------------------
def autoresponder(host: MailHost, me: str, **headers: str) -> int:
    """A program that answers whatever comes, for as long as anything comes; how many mails of ours it got."""
    answered = 0
    for _round in range(10):
        told()
        fresh = host.arrived[answered:]
        if not fresh:
            break
        for got in fresh:
            answered += 1
            to = str(got["Reply-To"] or got["From"])
            arrives(
                mail(me, to, "I am not here.", subject="Away", In_Reply_To=str(got["Message-ID"]), **headers),
                to.rpartition("<")[2].rstrip(">"),
            )
    return answered


@pytest.mark.parametrize("headers", [{}, {"Auto_Submitted": "auto-replied"}])
@pytest.mark.parametrize("from_board", [False, True])
def test_two_autoresponders_at_each_other_send_one_mail(
    host: MailHost, settings: Any, headers: dict[str, str], from_board: bool
) -> None:
    routers = board("Routers", mail_name="routers")
    if from_board:  # the worst case: our own mails come from an address that takes mail
        settings.DEFAULT_FROM_EMAIL = f"Ours <{board_address(routers)}>"
    arrives(mail("robot@vacation.example", board_address(routers), "Ticket received.", subject="Thanks", **headers))
    assert autoresponder(host, "robot@vacation.example", **headers) <= 1
    assert not Thread.objects.exists()


def test_an_autoresponder_of_a_member_gets_at_most_one_mail(host: MailHost) -> None:
    ada = reachable("ada")
    question = thread(ada)
    moderation.lock(actor=moderator(), thread_id=question.pk)
    Mail.objects.all().delete()
    arrives(mail(ada.email, to_thread(ada, question), "I am not here"))
    assert autoresponder(host, ada.email) <= 1
