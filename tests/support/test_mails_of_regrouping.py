"""Mails about who reads along, tickets that became one, and questions that went back to the community."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator

from community import clock
from community.actions.demo_people import remove_demo_logins
from community.models import Mail, User
from support.actions import escalating, regrouping, sorting
from support.demo.setting import set_up_the_desk
from support.models import Escalation, EscalationReason, Switch
from tests.factories import admin, agent, board, moderator, thread
from tests.mailing import MailHost, mail_host, reachable, words_of
from tests.support import desk
from tests.support.telling import subjects, tell, text_of, told_to

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def host(settings: Any) -> Iterator[MailHost]:
    settings.UNDO_SECONDS = 0
    settings.SITE_URL = "https://help.nordwave.example"
    desk.switch_on(*Switch)
    with mail_host(settings) as made:
        yield made


def later() -> None:
    """What waits for second thoughts leaves."""
    with clock.at(clock.now() + timedelta(minutes=11)):
        tell()


def test_two_tickets_that_became_one_are_told_once_nobody_can_have_second_thoughts(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    one, two = desk.ticket(anna, subject="No light"), desk.ticket(anna, subject="Still no light")
    tell()
    regrouping.merge(actor=ada, ticket_id=two.pk, into_id=one.pk)
    tell()
    assert len(host.to(anna)) == 2 and told_to(anna) == ["Two of your tickets are one now"]
    later()
    text = words_of(host.to(anna)[-1])
    assert "“Still no light” is part of “No light” now" in " ".join(text.split())
    assert f"https://help.nordwave.example{one.get_absolute_url()}" in text
    assert "is closed" not in text_of(host.to(anna))


def test_a_merge_that_is_undone_at_once_is_no_mail(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    one, two = desk.ticket(anna), desk.ticket(anna)
    tell()
    done = regrouping.merge(actor=ada, ticket_id=two.pk, into_id=one.pk)
    tell()
    regrouping.undo(actor=ada, regrouping_id=done.pk)
    later()
    assert len(host.to(anna)) == 2
    assert Mail.objects.get(key__startswith="merged:").outcome == Mail.Outcome.EMPTY


def test_a_reply_in_a_ticket_that_was_merged_leads_to_where_it_stands_now(host: MailHost) -> None:
    anna, ada = reachable("anna"), agent("ada")
    one, two = desk.ticket(anna, subject="No light"), desk.ticket(anna, subject="Still no light")
    tell()
    desk.reply(two, ada, "Which lamp is it?")
    regrouping.merge(actor=ada, ticket_id=two.pk, into_id=one.pk)
    tell()
    mail = host.to(anna)[-1]
    assert mail["Subject"] == "Re: No light" and "> Which lamp is it?" in words_of(mail)


def test_who_is_put_in_copy_learns_what_that_means_and_whose_matter_it_is(host: MailHost) -> None:
    anna, carla, ada = reachable("anna"), reachable("carla"), agent("ada")
    made = desk.ticket(anna, subject="No light")
    sorting.add_copy(actor=ada, ticket_id=made.pk, person=carla)
    tell()
    (mail,) = host.to(carla)
    text = " ".join(words_of(mail).split())
    assert "ada put you in copy" in text and "What becomes of it decides anna." in text
    assert told_to(carla) == ["ada put you in copy"] and told_to(anna) == []


def test_a_question_that_goes_back_to_the_community_is_told_in_one_mail_that_leads_there(host: MailHost) -> None:
    anna, ada, mo = reachable("anna"), agent("ada"), moderator("mo")
    asked = thread(anna, title="Which cable?")
    made, _is_new = escalating.escalate_thread(
        actor=mo, thread_id=asked.pk, way=Escalation.Way.STAFF, reason=EscalationReason.UNANSWERED
    )
    tell()
    before = len(host.to(anna))
    escalating.give_back(actor=ada, ticket_id=made.pk)
    tell()
    (mail,) = host.to(anna)[before:]
    assert told_to(anna) == ["Your question is with the community again"]
    assert f"https://help.nordwave.example{asked.get_absolute_url()}" in words_of(mail)
    assert "our staff look at a question of yours" in " ".join(words_of(mail).split())
    assert "Which cable?" in subjects([mail])[0]


def test_the_demos_second_agent_goes_with_its_logins() -> None:
    people = {"agent": agent("agent"), "moderator": moderator("moderator"), "admin": admin("admin")}
    staff = set_up_the_desk(people, {"lamps": board("Lamps")}, language="en")
    assert "agent" in staff["lena"].effective_roles
    remove_demo_logins()
    lena = User.objects.with_standing().get(username="lena")
    assert not lena.is_active and not lena.effective_roles
    assert not Authenticator.objects.filter(user=lena).exists()
