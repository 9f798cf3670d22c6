"""Mail that is held, as those look at it who may decide: told who, to what, why, and what a press does."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.models import IncomingMail, User
from tests.factories import admin, agent, moderator, person, reply, thread
from tests.mailed import held_mail
from tests.support.desk import ticket

pytestmark = pytest.mark.django_db


def signed_in(who: User) -> Client:
    client = Client()
    client.force_login(who)
    return client


def to_thread(name: str = "m", **fields: Any) -> IncomingMail:
    asked = thread(title="It does not start")
    who = fields.pop("person", None) or person(display_name="Anna")
    return held_mail(name, who, **{"target_kind": "t", "target_id": asked.pk, "thread": asked, **fields})


def page(who: User, route: str, *args: Any, **query: str) -> str:
    answered = signed_in(who).get(reverse(route, args=args), query)
    assert answered.status_code == 200
    return answered.content.decode()


# What is told ---------------------------------------------------------------------------------------------------------
def test_a_moderator_reads_who_wrote_to_what_why_it_waits_and_what_letting_in_does() -> None:
    mail = to_thread(sender="anna@elsewhere.example", files=2)
    shown = page(moderator(), "incoming_look", mail.pk)
    for words in (
        "anna@elsewhere.example",
        "It does not start",
        "the mail came from another address",
        "zqmkept",
        "What was cut",
        "zqmcut",
        "2 files came with it",
        "It is posted as Anna’s answer",
        "Our mail host said nothing about the sender.",
    ):
        assert words in shown


def test_what_was_written_is_shown_as_text_and_nothing_of_it_acts() -> None:
    mail = to_thread(kept='<script>alert(1)</script> <img src="x">', cut="<b>bold</b>", subject="<i>Re</i>")
    shown = page(moderator(), "incoming_look", mail.pk)
    assert "<script>alert" not in shown and '<img src="x">' not in shown
    assert "<b>bold</b>" not in shown and "<i>Re</i>" not in shown and "&lt;b&gt;bold" in shown


def test_one_whose_sender_nobody_knows_cannot_be_let_in_and_says_what_happens() -> None:
    mail = to_thread()
    IncomingMail.objects.filter(pk=mail.pk).update(person=None, reason="unknown")
    shown = page(moderator(), "incoming_look", mail.pk)
    assert reverse("let_in_mail", args=[mail.pk]) not in shown and "posted by itself once" in shown
    assert reverse("turn_away_mail", args=[mail.pk]) in shown


def test_nobody_is_offered_a_decision_on_their_own_mail() -> None:
    boss = moderator()
    shown = page(boss, "incoming_look", to_thread(person=boss).pk)
    assert "somebody else decides on it" in shown and "turn-away" not in shown


def test_an_agent_reads_that_a_colleagues_mail_goes_to_the_customer() -> None:
    made = ticket()
    mail = held_mail("m", agent(display_name="Ada"), target_kind="k", target_id=made.pk)
    shown = page(agent(), "incoming_look", mail.pk)
    assert "It goes to the customer as a reply of Ada’s." in shown and f"/desk/{made.pk}/" in shown


# The lists ------------------------------------------------------------------------------------------------------------
def test_what_waits_longest_comes_first_and_each_end_has_its_list() -> None:
    boss, now = moderator(), clock.now()
    new, old = to_thread("new", received_at=now), to_thread("old", received_at=now - timedelta(days=1))
    done = to_thread("done", end="rejected", reason="decided")
    held = page(boss, "incoming")
    assert held.index(old.subject) < held.index(new.subject) and done.subject not in held
    assert done.subject in page(boss, "incoming", end="rejected")
    everything = page(boss, "incoming", end="all")
    assert all(each.subject in everything for each in (new, old, done))
    assert "Came back" not in everything and "Came back" in page(admin(), "incoming")


def test_a_long_list_goes_on_and_shows_each_once() -> None:
    boss, now = moderator(), clock.now()
    for number in range(35):
        to_thread(f"x{number:02}", received_at=now - timedelta(minutes=number))
    first = signed_in(boss).get(reverse("incoming"))
    second = signed_in(boss).get(reverse("incoming") + first.context["older_url"])
    shown = [mail.pk for answered in (first, second) for mail in answered.context["mails"]]
    assert len(shown) == len(set(shown)) == 35 and second.context["older_url"] == ""


@pytest.mark.parametrize("query", [{"end": "x\0"}, {"after": "\ud800"}, {"after": "AAAA"}, {"end": "9" * 5000}])
def test_a_made_up_address_is_told_so(query: dict[str, str]) -> None:
    query = {name: value.encode("utf-8", "surrogatepass").decode("latin-1") for name, value in query.items()}
    assert signed_in(moderator()).get(reverse("incoming"), query).status_code == 400


def test_a_thousand_mails_ask_the_database_as_often_as_one() -> None:
    boss = admin()
    to_thread("first")

    def asked(route: str, *args: Any) -> int:
        client = signed_in(boss)
        client.get(reverse(route, args=args))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(route, args=args)).status_code == 200
        return len(queries)

    few, one = asked("incoming"), IncomingMail.objects.get()
    row = {"received_at": clock.now(), "door": "pipe", "target_kind": "t", "target_id": one.target_id}
    IncomingMail.objects.bulk_create(
        IncomingMail(**row, end="held", reason="sender", person=one.person, kept="Words") for _number in range(1000)
    )
    assert asked("incoming") == few <= 12 and asked("incoming_look", one.pk) <= 12


# Where it is found ----------------------------------------------------------------------------------------------------
def test_the_place_stands_in_the_top_of_the_page_only_while_something_is_held_for_this_person() -> None:
    boss, ada = moderator(), agent()
    place = reverse("incoming")
    assert place not in page(boss, "home") and place not in page(ada, "home")
    mail = to_thread()
    assert place in page(boss, "home") and place not in page(ada, "home") and place not in page(person(), "home")
    held_mail("k", person(), target_kind="k", target_id=ticket().pk)
    assert place in page(ada, "home")
    IncomingMail.objects.filter(pk=mail.pk).update(end="rejected", reason="decided")
    assert place not in page(boss, "home")


def test_beside_an_answer_that_came_by_mail_moderators_find_that_mail_and_readers_do_not() -> None:
    asked = thread()
    said = reply(asked)
    mail = held_mail(
        "m",
        said.author,
        target_kind="t",
        target_id=asked.pk,
        thread=asked,
        answer=said,
        end="accepted",
        reason="posted",
    )
    link = reverse("incoming_look", args=[mail.pk])
    boss = signed_in(moderator()).get(asked.get_absolute_url()).content.decode()
    assert link in boss and "zqmcut" not in boss
    for who in (person(), said.author, agent()):
        assert link not in signed_in(who).get(asked.get_absolute_url()).content.decode()


def test_administrators_see_the_last_month_in_figures_and_nobodys_words() -> None:
    to_thread("a")
    to_thread("b", end="rejected", reason="forged")
    to_thread("old", end="rejected", reason="loop", received_at=clock.now() - timedelta(days=31))
    shown = signed_in(admin()).get("/admin/community/incomingmail/").content.decode()
    assert "2 mails came in." in shown and "50" in shown and "zqakept" not in shown
    mail = IncomingMail.objects.get(once="a-once")
    one = signed_in(admin()).get(f"/admin/community/incomingmail/{mail.pk}/change/").content.decode()
    assert "zqakept" not in one and "zqacut" not in one


# Deciding -------------------------------------------------------------------------------------------------------------
def test_letting_in_posts_it_as_its_senders_and_the_second_who_decides_is_told() -> None:
    mail, boss = to_thread(), moderator()
    answered = signed_in(boss).post(reverse("let_in_mail", args=[mail.pk]))
    assert answered.status_code == 303 and answered["Location"] == reverse("incoming")
    mail.refresh_from_db()
    assert (mail.end, mail.decided_by) == ("accepted", boss)
    assert mail.answer is not None and mail.answer.author == mail.person and "zqmkept" in mail.answer.body
    late = signed_in(moderator()).post(reverse("turn_away_mail", args=[mail.pk]), follow=True)
    assert "Somebody has decided on this mail already." in late.content.decode()
    mail.refresh_from_db()
    assert mail.end == "accepted"


def test_what_is_turned_away_is_posted_nowhere() -> None:
    mail, boss = to_thread(), moderator()
    shown = signed_in(boss).post(reverse("turn_away_mail", args=[mail.pk]), follow=True).content.decode()
    mail.refresh_from_db()
    assert (mail.end, mail.reason, mail.decided_by) == ("rejected", "decided", boss)
    assert "It is turned away." in shown and not mail.thread.answers.exists()  # type: ignore[union-attr]
