"""The worker is killed again and again while people write, and every notice is mailed: none lost, none told twice."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection

from community import clock
from community.actions import thanks
from community.models import Mail, NoticeChoice, Notification, Rhythm, Topic, User
from community.notices.delivering import deliver_all
from community.notices.gathering import gather_all
from tests.community.test_import_kills import environment, until
from tests.factories import board, reply, thread
from tests.mailing import MailHost, mail_host, reachable

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.trial, pytest.mark.timeout(900)]

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
EVENTS, KILLS = (500, 20) if FULL else (60, 4)


@pytest.fixture
def host(settings: Any) -> Iterator[MailHost]:
    with mail_host(settings) as running:
        yield running


def worker(port: int, folder: Path) -> "subprocess.Popen[bytes]":
    told = {**environment(), "EMAIL_URL": f"smtp://127.0.0.1:{port}"}
    with (folder / "worker.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "worker"], cwd=project.BASE_DIR, env=told, stdout=log, stderr=log
        )


def until_true(met: Any, seconds: float = 120) -> bool:
    def looks() -> Iterator[bool]:
        while True:
            yield met()

    return until(looks(), seconds)


def wants_at_once(people: list[User]) -> None:
    NoticeChoice.objects.bulk_create(
        NoticeChoice(person=who, topic=topic, rhythm=Rhythm.NOW)
        for who in people
        for topic in (Topic.WATCHED, Topic.SHARED, Topic.THANKS)
    )


def test_a_worker_that_is_killed_loses_no_notice_and_repeats_only_the_same_mail(host, settings, tmp_path) -> None:
    dice = Random(5)
    people = [reachable(f"p{number}") for number in range(EVENTS // 5)]
    wants_at_once(people)
    place = board("Routers")
    questions = [
        thread(who, place, title=f"Question {n} of many people") for n, who in enumerate(people[: EVENTS // 20])
    ]
    for number, question in enumerate(questions):
        thanks.join(actor=people[-1 - number], thread_id=question.pk)
    running = worker(settings.EMAIL_PORT, tmp_path)
    try:
        for number in range(EVENTS):
            question = questions[number % len(questions)]
            others = [who for who in people if who.pk != question.asker_id]
            reply(question, dice.choice(others), f"Idea number {number}.")
            if number % (EVENTS // KILLS) == EVENTS // KILLS - 1:
                seen = len(host.arrived)
                until_true(lambda seen=seen: len(host.arrived) > seen, 30)
                time.sleep(dice.random() * 0.1)  # somewhere in the middle of what it does
                running.send_signal(signal.SIGKILL)
                running.wait()
                running = worker(settings.EMAIL_PORT, tmp_path)
        assert until_true(all_done)
    finally:
        running.kill()
        running.wait()
    mail_what_was_too_much()
    assert not Notification.objects.filter(mail__isnull=True).exists()
    assert set(Mail.objects.values_list("outcome", flat=True)) == {Mail.Outcome.SENT}
    sent = set(Mail.objects.values_list("pk", flat=True))
    assert {mail["To"] for mail in host.arrived} <= {who.email for who in people}
    # As many different mails arrived as were sent; one that came again came with the Message-ID it had.
    by_id = Counter(mail["Message-ID"] for mail in host.arrived)
    assert len(by_id) == len(sent) == Notification.objects.exclude(mail=None).values("mail").distinct().count()
    assert len({(mail["Message-ID"], mail["To"]) for mail in host.arrived}) == len(by_id)
    assert sum(by_id.values()) - len(by_id) <= KILLS
    sys.stdout.write(f"{Notification.objects.count()} notices, {len(by_id)} mails, {len(host.arrived)} arrived\n")


def mail_what_was_too_much() -> None:
    """The hours go by until what was beyond the limit of an hour has come together."""
    for hours in range(1, 24):
        with clock.at(clock.wall() + timedelta(hours=hours)):
            gather_all()
            deliver_all()


def all_done() -> bool:
    """Every event is told, every notice mailed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM community_threadevent WHERE kind = 'answered'")
        events = cursor.fetchone()[0]
    told = Notification.objects.filter(reason="asked").count()
    open_mails = Mail.objects.filter(settled_at=None).exists()
    return told >= events and not open_mails and not Notification.objects.filter(rhythm="now").exists()
