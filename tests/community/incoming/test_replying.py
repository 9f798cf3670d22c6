"""What a notice says of replies to it, and where they go: to its reader's own address for what it is about."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.utils import timezone

from community import clock
from community.actions import solutions, thanks
from community.actions.choices import choose
from community.actions.notices import watch
from community.incoming.addresses import BounceAddress, ReplyAddress, is_genuine, is_genuine_bounce, read_address
from community.models import Brand, Mail, Rhythm, Thread, Topic, User
from community.notices.fanout import fan_out_all
from tests.factories import board, person, reply, thread
from tests.mailing import MailHost, mail_host, reachable, told, words_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def host(settings: Any) -> Iterator[MailHost]:
    settings.SITE_URL = "https://help.nordwave.example"
    settings.INCOMING_ADDRESS = "reply+*@help.nordwave.example"
    Brand.objects.update_or_create(
        pk=1, defaults={"name": "Nordwave", "reply_address": "hello@nordwave.example", "set_up_at": timezone.now()}
    )
    with mail_host(settings) as host:
        yield host


def reply_to(mail: EmailMessage, who: User) -> tuple[str, int]:
    """What a reply to the mail is about; it is its reader's own address."""
    address = read_address(str(mail["Reply-To"]))
    assert isinstance(address, ReplyAddress) and is_genuine(address, User.objects.get(pk=who.pk))
    return address.letter, address.number


def flat(mail: EmailMessage) -> str:
    return " ".join(words_of(mail).split())


def html_of(mail: EmailMessage) -> str:
    part = mail.get_body(preferencelist=("html",))
    assert part is not None
    return str(part.get_content())


def test_an_answer_by_mail_is_answered_by_replying_and_accepted_by_a_word(host: MailHost) -> None:
    anna = reachable("anna")
    answer = reply(thread(anna))
    told()
    (mail,) = host.to(anna)
    assert reply_to(mail, anna) == ("a", answer.pk)
    for text in (flat(mail), html_of(mail)):
        assert "Reply to this mail to answer on the site." in text
        assert "Reply with the one word “accept” if this answer solves it." in text
        assert "Reply with the one word “leave” to get no more mails about this question." in text
        assert "do not reach anybody" not in text


def test_who_only_watches_may_reply_and_is_offered_no_word_to_accept(host: MailHost) -> None:
    ben = reachable("ben")
    question = thread()
    watch(actor=ben, thread_id=question.pk)
    choose(actor=ben, topic=Topic.WATCHED, rhythm=Rhythm.NOW)
    answer = reply(question)
    told()
    (mail,) = host.to(ben)
    assert reply_to(mail, ben) == ("a", answer.pk) and "“accept”" not in flat(mail)


def test_news_without_an_answer_are_about_the_question(host: MailHost) -> None:
    ben = reachable("ben")
    routers = board("Routers")
    watch(actor=ben, board_id=routers.pk)
    choose(actor=ben, topic=Topic.QUESTIONS, rhythm=Rhythm.NOW)
    question = thread(on=routers)
    told()
    (mail,) = host.to(ben)
    assert reply_to(mail, ben) == ("t", question.pk)


def test_several_news_of_one_question_are_answered_there_and_of_several_nowhere(host: MailHost) -> None:
    anna = reachable("anna")
    choose(actor=anna, topic=Topic.ANSWERS, rhythm=Rhythm.HOURLY)
    question = thread(anna)
    reply(question)
    reply(question)
    now = clock.now()
    fan_out_all()
    with clock.at(now + timedelta(minutes=11)):
        told()
    reply(question)
    reply(thread(anna, title="Blue screen"))
    fan_out_all()
    with clock.at(now + timedelta(hours=3)):
        told()
    one, several = host.to(anna)
    assert reply_to(one, anna) == ("t", question.pk)
    assert several["Reply-To"] is None and "replies to this mail do not reach anybody" in flat(several)


def test_where_nobody_may_answer_no_address_is_given(host: MailHost) -> None:
    anna = reachable("anna")
    question = thread(anna)
    reply(question)
    Thread.objects.filter(pk=question.pk).update(locked_at=clock.now())
    told()
    (mail,) = host.to(anna)
    assert mail["Reply-To"] is None and "replies to this mail do not reach anybody" in flat(mail)


def test_a_site_that_takes_no_mail_says_so(host: MailHost, settings: Any) -> None:
    settings.INCOMING_ADDRESS = ""
    anna = reachable("anna")
    reply(thread(anna))
    told()
    (mail,) = host.to(anna)
    assert mail["Reply-To"] is None and "replies to this mail do not reach anybody" in flat(mail)
    assert "“leave”" not in flat(mail) and host.senders == ["hello@nordwave.example"]


def test_thanks_and_solutions_can_be_answered_too(host: MailHost) -> None:
    ben, anna = reachable("ben"), person("anna")
    question = thread(anna)
    answer = reply(question, ben)
    solutions.accept(actor=anna, answer_id=answer.pk)
    thanks.say_helped(actor=person("carla"), answer_id=answer.pk)
    told()
    assert [reply_to(mail, ben) for mail in host.to(ben)] == [("a", answer.pk)] * 2


def test_what_cannot_be_delivered_comes_back_to_an_address_that_names_the_mail(host: MailHost) -> None:
    anna = reachable("anna")
    reply(thread(anna))
    told()
    (mail,) = host.to(anna)
    (sender,) = host.senders
    address = read_address(sender)
    assert isinstance(address, BounceAddress) and is_genuine_bounce(address)
    assert Mail.objects.get(pk=address.mail_id).recipient == anna
    (shown,) = mail["From"].addresses
    assert shown.addr_spec == "hello@nordwave.example", "people see whom they know"
