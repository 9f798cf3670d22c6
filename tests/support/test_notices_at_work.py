"""What agents are told of: what waits for them, when they chose to hear it, and nothing that was done meanwhile."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import choices
from community.incoming.addresses import ReplyAddress, read_address
from community.models import Notification, Rhythm, Topic, User
from community.notices.notifiables import show
from support.actions import assigning, moves, promises
from support.models import Absence, TicketCc
from support.notices.fanout import tell_all
from tests.factories import admin, agent, moderator, person
from tests.mailing import MailHost, mail_host, words_of
from tests.support import desk
from tests.support.telling import reachable_agent, tell, told_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def host(settings: Any) -> Iterator[MailHost]:
    settings.UNDO_SECONDS = 0
    settings.SITE_URL = "https://help.nordwave.example"
    with mail_host(settings) as made:
        yield made


def at_once(who: User) -> User:
    choices.choose(actor=who, topic=Topic.DESK, rhythm=Rhythm.NOW)
    return who


def test_a_new_ticket_is_told_to_the_team_whose_queue_it_is_and_to_nobody_else() -> None:
    ada, ben, eve = agent("ada"), agent("ben"), agent("eve")
    no_factor, mo = agent("una", second_factor=False), moderator("mo")
    hardware = desk.queue(name="Hardware", team=desk.team(ada, ben, no_factor))
    made = desk.ticket(queue=hardware)
    tell_all()
    assert told_to(ada) == told_to(ben) == ["New in Hardware"]
    others = [eve, mo, no_factor, made.requester]
    assert not Notification.objects.filter(recipient__in=others).exists()


def test_in_everybodys_queue_every_agent_hears_of_it_and_without_any_agent_the_administrators() -> None:
    boss = admin("boss")
    desk.ticket()
    tell_all()
    assert told_to(boss) == ["New in Support"]
    ada = agent("ada")
    desk.ticket()
    tell_all()
    assert told_to(ada) == ["New in Support"] and len(told_to(boss)) == 1


def test_who_is_away_or_asked_it_themselves_does_not_hear_of_it_as_work() -> None:
    ada, ben, eve = agent("ada"), agent("ben"), agent("eve")
    Absence.objects.create(person=ben, said_by=ben, starts_at=clock.now() - timedelta(hours=1))
    made = desk.ticket(ada)
    tell_all()
    assert told_to(ada) == told_to(ben) == [] and told_to(eve) == ["New in Support"]
    TicketCc.objects.create(ticket=made, person=eve, added_by=ben)
    assert told_to(eve) == []


def test_whose_ticket_it_is_hears_that_it_was_given_to_them_and_what_its_customer_writes() -> None:
    ada, ben = agent("ada"), agent("ben")
    made = desk.ticket()
    tell_all()
    assigning.assign(actor=ben, ticket_id=made.pk, to=ada)
    desk.write(made)
    tell_all()
    name = made.requester.display_name
    assert told_to(ada)[-2:] == ["ben gave it to you", f"{name} wrote"]
    assert told_to(ben) == ["New in Support"]


def test_a_word_that_wakes_or_reopens_is_told_once() -> None:
    ada = agent("ada")
    made = desk.ticket()
    assigning.claim(actor=ada, ticket_id=made.pk)
    moves.resolve(actor=ada, ticket_id=made.pk)
    tell_all()
    before = len(told_to(ada))
    desk.write(made)
    tell_all()
    assert told_to(ada)[before:] == [f"{made.requester.display_name} wrote"]
    moves.hold(actor=ada, ticket_id=made.pk, until=clock.now() + timedelta(hours=1))
    with clock.at(clock.now() + timedelta(hours=1, minutes=1)):
        moves.wake_due()
        tell_all()
    assert told_to(ada)[-1] == "It is time to look at it again"


def test_a_promise_that_nearly_breaks_and_breaks_is_told_to_whoever_has_the_ticket_else_to_the_team() -> None:
    ada, ben = agent("ada"), agent("ben")
    with clock.at(desk.NOON):
        mine, nobodys = desk.ticket(), desk.ticket()
        assigning.claim(actor=ada, ticket_id=mine.pk)
        for each in (mine, nobodys):
            promises.keep(ticket=desk.fresh(each))
        tell_all()
    before = len(told_to(ada)), len(told_to(ben))
    for hours in (3.5, 30):
        with clock.at(desk.NOON + timedelta(hours=hours)):
            promises.tell_due()
            tell_all()
    assert sorted(told_to(ada)[before[0] :]) == sorted(
        ["The first reply is nearly due", "The first reply is overdue"] * 2
    )
    assert told_to(ben)[before[1] :] == ["The first reply is nearly due", "The first reply is overdue"]
    assert nobodys.assignee_id is None


def test_mails_come_as_each_agent_chose_with_the_customers_words_and_a_way_to_the_desk(host: MailHost) -> None:
    ada, ben = at_once(reachable_agent("ada")), reachable_agent("ben")
    choices.choose(actor=ben, topic=Topic.DESK, rhythm=Rhythm.OFF)
    made = desk.ticket(body="Nothing happens at all.")
    tell()
    (mail,) = host.to(ada)
    text = words_of(mail)
    assert "New in Support" in text and "> Nothing happens at all." in text
    assert f"https://help.nordwave.example{reverse('desk_ticket', args=[made.pk])}" in text
    assert "No more mails about: Work that waits for you at the desk" in " ".join(text.split())
    assert mail["List-Unsubscribe-Post"] and f"ticket-{made.pk}@" in str(mail["References"])
    assert host.to(ben) == [] and told_to(ben) == ["New in Support"]


def test_what_was_done_before_its_mail_leaves_is_mailed_to_nobody(host: MailHost) -> None:
    ada, ben = reachable_agent("ada"), reachable_agent("ben")  # together, at most once an hour
    made, other = desk.ticket(subject="Taken"), desk.ticket(subject="Waits")
    tell()
    assigning.claim(actor=ben, ticket_id=made.pk)
    with clock.at(clock.now() + timedelta(minutes=11)):
        tell()
    (mail,) = host.to(ada)
    assert "Waits" in str(mail["Subject"]) and "Taken" not in words_of(mail)
    assert len(told_to(ada)) == 2 and other.assignee_id is None


def test_several_news_come_in_one_mail_that_speaks_of_no_questions(host: MailHost) -> None:
    ada = reachable_agent("ada")
    for number in range(3):
        desk.ticket(subject=f"Lamp {number}")
    tell()
    with clock.at(clock.now() + timedelta(minutes=11)):
        tell()
    (mail,) = host.to(ada)
    text = " ".join(words_of(mail).split())
    assert "3 updates" in text and "question" not in text.partition("-- ")[0] and "Lamp 0" in text
    assert "several things happened that concern you" in text


def test_a_notice_is_gone_with_the_right_to_see_its_ticket() -> None:
    ada, ben = agent("ada"), agent("ben")
    made = desk.ticket(queue=desk.queue(team=desk.team(ada)))
    tell_all()
    assert told_to(ada)
    made.queue.team.members.all().delete()
    assert told_to(ada) == told_to(ben) == []


def test_a_page_of_the_inbox_asks_as_much_for_one_notice_as_for_thirty() -> None:
    ada = agent("ada")
    counts = []
    for number in (1, 29):
        for _each in range(number):
            desk.ticket()
        tell_all()
        rows = Notification.objects.filter(recipient=ada)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(show(rows, User.objects.with_standing().get(pk=ada.pk))) == rows.count()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 5


def test_a_person_without_a_ticket_of_their_own_sees_no_notice_of_one_by_its_number() -> None:
    anna, eve = person("anna"), person("eve")
    desk.reply(desk.ticket(anna), agent("ada"))
    tell_all()
    rows = list(Notification.objects.filter(recipient=anna))
    assert rows and show(rows, anna) and not show(rows, eve) and not show(rows, moderator("mo"))


def test_a_mail_to_an_agent_says_that_a_reply_goes_to_the_customer(host: MailHost) -> None:
    ada = at_once(reachable_agent("ada"))
    made = desk.ticket()
    tell()
    (mail,) = host.to(ada)
    found, text = read_address(str(mail["Reply-To"])), " ".join(words_of(mail).split())
    assert isinstance(found, ReplyAddress) and (found.person_id, found.letter, found.number) == (ada.pk, "k", made.pk)
    assert "What you reply is sent to the customer." in text and "one word" not in text
