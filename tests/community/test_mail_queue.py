"""Who gets a mail of what, when, and never twice: from the event to the mail server."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection, transaction

from community import clock
from community.actions import moderation, notices, solutions, thanks
from community.models import Board, Mail, NoticeChoice, Notification, Rhythm, Topic, User, Watch
from community.notices.delivering import deliver, deliver_all
from community.notices.digests import make_digests
from community.notices.fanout import fan_out_all
from community.notices.gathering import MOST_AN_HOUR, gather, gather_all
from community.notices.mornings import plan_all
from tests.factories import board, moderator, reply, thread
from tests.mailing import MailHost, mail_host, reachable, told, words_of

pytestmark = pytest.mark.django_db(transaction=True)
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


@pytest.fixture
def host(settings: Any) -> Iterator[MailHost]:
    with mail_host(settings) as running:
        yield running


@pytest.fixture
def anna() -> User:
    return reachable("anna")


@pytest.fixture
def ben() -> User:
    return reachable("ben")


def choose(who: User, topic: Topic, rhythm: Rhythm) -> None:
    NoticeChoice.objects.update_or_create(person=who, topic=topic, defaults={"rhythm": rhythm})


# At once --------------------------------------------------------------------------------------------------------------
def test_the_asker_gets_the_answer_by_mail_once_and_the_one_who_wrote_it_nothing(host, anna, ben) -> None:
    reply(thread(anna), ben, "Hold the **button** for ten seconds.")
    told()
    told()
    (mail,) = host.arrived
    assert mail["To"] == "anna@example.com"
    assert "ben answered your question" in words_of(mail)
    assert "for ten seconds" in words_of(mail)


def test_each_mail_has_a_message_id_of_its_own_that_stays_when_it_is_sent_again(host, anna, ben) -> None:
    question = thread(anna)
    reply(question, ben)
    reply(question, ben, "Or pull the plug.")
    told()
    first, second = host.arrived
    assert first["Message-ID"] != second["Message-ID"]
    Mail.objects.filter(kind=Mail.Kind.NOTICE).update(settled_at=None, outcome="")  # killed before it was kept
    told()
    assert [mail["Message-ID"] for mail in host.arrived[2:]] == [first["Message-ID"], second["Message-ID"]]


def test_who_switched_a_topic_off_finds_it_in_the_inbox_alone(host, anna, ben) -> None:
    choose(anna, Topic.ANSWERS, Rhythm.OFF)
    reply(thread(anna), ben)
    told()
    assert host.arrived == []
    assert Notification.objects.filter(recipient=anna, rhythm="", mail=None).count() == 1


def test_a_watch_may_have_a_rhythm_of_its_own(host, anna, ben) -> None:
    routers, phones = board("Routers"), board("Phones")
    for each in (routers, phones):
        notices.watch(actor=anna, board_id=each.pk)
    Watch.objects.filter(board=routers).update(rhythm=Rhythm.NOW)
    thread(ben, routers, title="The router is slow today")
    thread(ben, phones, title="The phone is slow today")
    told()
    assert ["router" in words_of(mail) for mail in host.arrived] == [True]
    assert Notification.objects.get(rhythm=Rhythm.DAILY).recipient == anna


def test_nobody_gets_mail_at_an_address_they_never_confirmed(host, anna, ben) -> None:
    EmailAddress.objects.filter(user=anna).update(verified=False)
    reply(thread(anna), ben)
    told()
    assert host.arrived == []
    assert Mail.objects.get().outcome == Mail.Outcome.GONE


def test_what_was_read_on_the_site_meanwhile_is_not_mailed(host, anna, ben) -> None:
    reply(thread(anna), ben)
    fan_out_all()
    notices.mark_read(actor=anna)
    gather_all()
    deliver_all()
    assert host.arrived == []


# Not what is out of sight, not what is not wanted any more ------------------------------------------------------------
def hide_answer(question: Any, _anna: User) -> None:
    moderation.hide_answer(actor=moderator("mo"), answer_id=question.answers.get().pk)


def hide_thread(question: Any, _anna: User) -> None:
    moderation.hide_thread(actor=moderator("mo"), thread_id=question.pk)


def close_board(question: Any, _anna: User) -> None:
    Board.objects.filter(pk=question.board_id).update(audience=Board.Audience.GROUPS)


def move(question: Any, _anna: User) -> None:
    closed = board("Staff", audience=Board.Audience.GROUPS)
    question.__class__.objects.filter(pk=question.pk).update(board=closed)


def ban(_question: Any, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(is_active=False)


def erase(_question: Any, anna: User) -> None:
    User.objects.filter(pk=anna.pk).update(anonymised_at=NOON, email="")


def mute(question: Any, anna: User) -> None:
    notices.mute(actor=anna, thread_id=question.pk)


def switch_off(_question: Any, anna: User) -> None:
    choose(anna, Topic.WATCHED, Rhythm.OFF)


def unwatch(question: Any, anna: User) -> None:
    notices.unwatch(actor=anna, thread_id=question.pk)


@pytest.mark.parametrize("change", [hide_answer, hide_thread, close_board, move, ban, erase, mute, switch_off, unwatch])
@pytest.mark.parametrize("rhythm", [Rhythm.NOW, Rhythm.HOURLY])
def test_a_mail_that_was_queued_before_does_not_leave_after(host, anna, ben, change, rhythm) -> None:
    choose(anna, Topic.WATCHED, rhythm)
    question = thread(ben)
    notices.watch(actor=anna, thread_id=question.pk)
    with clock.at(NOON):
        reply(question, reachable("carla"))
        fan_out_all()
    with clock.at(NOON + timedelta(minutes=30)):
        gather_all()
        assert Mail.objects.filter(recipient=anna, settled_at=None).count() == 1
        change(question, anna)
        deliver_all()
    assert host.to(anna) == []
    # (What a moderator decided is told to its author, whatever happens to the question.)
    assert not Mail.objects.filter(settled_at=None).exclude(kind=Mail.Kind.DECISION).exists()


# Many -----------------------------------------------------------------------------------------------------------------
def test_what_is_beyond_twenty_an_hour_comes_together_and_nothing_is_dropped(host, anna, ben) -> None:
    question = thread(anna)
    count = MOST_AN_HOUR + 7
    with clock.at(NOON):
        for number in range(count):
            reply(question, ben, f"Idea number {number}.")
        told()
    assert len(host.to(anna)) == MOST_AN_HOUR
    with clock.at(NOON + timedelta(minutes=59)):
        told()
    assert len(host.to(anna)) == MOST_AN_HOUR
    with clock.at(NOON + timedelta(minutes=61)):
        told()
    assert len(host.to(anna)) == MOST_AN_HOUR + 1
    bundle = words_of(host.to(anna)[-1])
    everything = "".join(words_of(mail) for mail in host.to(anna))
    assert all(f"Idea number {number}." in everything for number in range(count - 7))
    assert "ben answered your question" in bundle
    assert Notification.objects.filter(recipient=anna, mail__isnull=False, rhythm="").count() == count


def test_news_wanted_together_come_in_one_mail_an_hour(host, anna, ben) -> None:
    choose(anna, Topic.ANSWERS, Rhythm.HOURLY)
    question = thread(anna)
    with clock.at(NOON):
        reply(question, ben, "One.")
        reply(question, ben, "Two.")
        told()
    assert host.arrived == []
    with clock.at(NOON + timedelta(minutes=11)):
        told()
        reply(question, ben, "Three.")
        told()
    assert len(host.arrived) == 1
    with clock.at(NOON + timedelta(minutes=69)):
        told()
    assert len(host.arrived) == 1
    with clock.at(NOON + timedelta(minutes=72)):
        told()
    assert len(host.arrived) == 2


def test_those_who_share_the_problem_hear_of_its_solution_at_once(host, anna, ben) -> None:
    question = thread(anna)
    thanks.join(actor=ben, thread_id=question.pk)
    answer = reply(question, reachable("carla"))
    solutions.accept(actor=anna, answer_id=answer.pk)
    told()
    assert len(host.to(ben)) == 1
    assert Counter(Notification.objects.filter(recipient=ben).values_list("topic", flat=True)) == {
        Topic.WATCHED: 1,
        Topic.SHARED: 1,
    }


# Several workers, and a mail server that is unwell --------------------------------------------------------------------
def test_four_senders_at_once_send_each_mail_once(host, ben) -> None:
    question = thread(ben)
    for number in range(30):
        notices.watch(actor=reachable(f"p{number}"), thread_id=question.pk)
    NoticeChoice.objects.bulk_create(
        NoticeChoice(person=who, topic=Topic.WATCHED, rhythm=Rhythm.NOW) for who in User.objects.exclude(pk=ben.pk)
    )
    reply(question, reachable("carla"))
    fan_out_all()

    def work() -> None:
        try:
            gather()
            deliver()
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    told()
    assert Counter(mail["To"] for mail in host.arrived) == {f"p{n}@example.com": 1 for n in range(30)} | {
        "ben@example.com": 1
    }


def in_somebody_elses_hands(rows: Any) -> Any:
    """These rows are locked by another connection for as long as the block lasts."""

    @contextmanager
    def held() -> Iterator[None]:
        locked, done = threading.Event(), threading.Event()

        def hold() -> None:
            try:
                with transaction.atomic():
                    list(rows.select_for_update())
                    locked.set()
                    done.wait(60)
            finally:
                connection.close()

        holder = threading.Thread(target=hold)
        holder.start()
        assert locked.wait(30)
        try:
            yield
        finally:
            done.set()
            holder.join()

    return held()


@pytest.mark.parametrize("rhythm", [Rhythm.NOW, Rhythm.HOURLY, Rhythm.DAILY])
def test_making_mails_never_waits_for_somebody_who_reads_the_notice_just_now(host, anna, ben, rhythm) -> None:
    choose(anna, Topic.ANSWERS, rhythm)
    choose(anna, Topic.DIGEST, Rhythm.OFF)
    with clock.at(NOON):
        plan_all()
        reply(thread(anna), ben)
        fan_out_all()
    with clock.at(NOON + timedelta(days=1)):
        with in_somebody_elses_hands(Notification.objects.filter(recipient=anna)), connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")  # to wait is an error here
            gather_all()
            make_digests()
            cursor.execute("SET lock_timeout = 0")
        assert not Mail.objects.filter(recipient=anna).exists()
    with clock.at(NOON + timedelta(days=2)):
        gather_all()
        make_digests()
        assert Mail.objects.filter(recipient=anna).count() == 1


def test_a_mail_that_another_sender_has_is_not_hurried_back_for(host, anna, ben) -> None:
    reply(thread(anna), ben)
    fan_out_all()
    gather_all()
    with in_somebody_elses_hands(Mail.objects.all()):
        assert deliver() == (0, False)
    assert deliver() == (1, False)


def test_while_the_mail_server_is_down_everything_waits(settings, host, anna, ben) -> None:
    port = settings.EMAIL_PORT
    settings.EMAIL_PORT = 1  # nobody listens there
    reply(thread(anna), ben)
    fan_out_all()
    gather_all()
    assert deliver() == (0, True)
    assert Mail.objects.get().settled_at is None
    settings.EMAIL_PORT = port
    deliver_all()
    assert len(host.arrived) == 1


def test_a_mail_that_is_not_taken_now_is_tried_later_and_given_up_after_days(host, anna, ben) -> None:
    host.replies["anna@example.com"] = "451 4.7.1 Greylisted, try again"
    with clock.at(NOON):
        reply(thread(anna), ben)
        told()
        mail = Mail.objects.get()
        assert (mail.settled_at, mail.reply_code) == (None, "451 4.7.1")
    with clock.at(NOON + timedelta(minutes=4)):
        assert deliver().mails == 0
    del host.replies["anna@example.com"]
    with clock.at(NOON + timedelta(minutes=6)):
        deliver()
    assert len(host.arrived) == 1


def test_a_mail_that_is_never_taken_ends(host, anna, ben) -> None:
    host.replies["anna@example.com"] = "451 4.7.1 Greylisted, try again"
    with clock.at(NOON):
        reply(thread(anna), ben)
        told()
    for hours in range(0, 24 * 4, 3):
        with clock.at(NOON + timedelta(hours=hours)):
            deliver()
    assert Mail.objects.get().outcome == Mail.Outcome.GAVE_UP


def test_one_mail_that_cannot_be_written_does_not_hold_up_the_others(host, anna, ben, monkeypatch) -> None:
    question = thread(anna)
    reply(question, ben)
    reply(thread(ben), anna)
    fan_out_all()
    gather_all()
    User.objects.filter(pk=anna.pk).update(time_zone="Europe/Berlin")
    EmailAddress.objects.filter(user=anna).update(email="anna\r\nBcc: all@example.com")  # no message can hold it
    deliver_all()
    assert [mail["To"] for mail in host.arrived] == ["ben@example.com"]
    assert Mail.objects.get(recipient=anna).settled_at is None
