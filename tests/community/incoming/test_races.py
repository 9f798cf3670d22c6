"""One message is taken in once, whoever brings it how often, and whenever the machine dies."""

import os
import signal
import subprocess
import sys
import threading
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection

from community.actions.incoming import let_in
from community.actions.incoming_deciding import is_mine
from community.errors import Refused
from community.integrity import violations
from community.models import Answer, IncomingMail, PostKey
from tests.community.incoming.mails import arrives, ended, mail, to_thread
from tests.community.test_import_kills import environment
from tests.factories import moderator, thread
from tests.mailing import reachable

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(240)]


def together(*acts: Any) -> list[Any]:
    """Each in a thread with a connection of its own, at the same moment; what came of it."""
    came: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(number: int) -> None:
        try:
            gate.wait(60)
            came[number] = acts[number]()
        except Exception as error:
            came[number] = error
        finally:
            connection.close()

    running = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(len(acts))]
    for each in running:
        each.start()
    for each in running:
        each.join(120)
    return came


def test_sixteen_deliveries_at_once_post_once() -> None:
    ada = reachable("ada")
    raw = mail(ada.email, to_thread(ada, thread(ada)))
    ends = [ended(row) for row in together(*[lambda: arrives(raw)] * 16)]
    assert sorted(ends) == ["accepted posted"] + ["rejected duplicate"] * 15
    assert Answer.objects.count() == 1 and IncomingMail.objects.count() == 16
    assert list(violations()) == []


def test_sixteen_different_mails_at_once_are_sixteen_answers() -> None:
    ada = reachable("ada")
    question = thread(ada)
    letters = [mail(ada.email, to_thread(ada, question), f"Word number {n} of many") for n in range(16)]
    ends = [ended(row) for row in together(*[lambda raw=raw: arrives(raw) for raw in letters])]
    assert ends == ["accepted posted"] * 16
    assert Answer.objects.count() == 16
    assert list(violations()) == []


def test_of_a_moderator_and_the_sender_who_let_a_mail_in_at_once_one_does() -> None:
    ada, mo = reachable("ada"), moderator()
    row = arrives(mail(ada.email, to_thread(ada, thread(ada)), verdict="fail"))
    came = together(*[lambda: let_in(actor=mo, mail_id=row.pk)] * 3, *[lambda: is_mine(person=ada, mail_id=row.pk)] * 3)
    assert sum(isinstance(each, Refused) for each in came) == 5
    assert Answer.objects.count() == 1


KILLED = """
import os, sys, time
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
import django
django.setup()
from community.actions.incoming import take_in
from community.incoming.targets import TARGETS

posts = TARGETS["t"].take

def slow(**given):
    made = posts(**given)
    sys.stdout.write("posted\\n")
    sys.stdout.flush()
    time.sleep(60)
    return made

TARGETS["t"].take = slow
take_in(raw=sys.stdin.buffer.read(), door="pipe")
"""


def test_a_kill_between_the_post_and_the_end_leaves_nothing_and_the_next_delivery_posts_once() -> None:
    ada = reachable("ada")
    raw = mail(ada.email, to_thread(ada, thread(ada)))
    told = {**environment(), **{name: os.environ[name] for name in ("PATH",)}}
    running = subprocess.Popen(
        [sys.executable, "-c", KILLED],
        cwd=project.BASE_DIR,
        env=told,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert running.stdin is not None
    assert running.stdout is not None
    try:
        running.stdin.write(raw)
        running.stdin.close()
        assert running.stdout.readline() == b"posted\n"
    finally:
        running.send_signal(signal.SIGKILL)
        running.wait(30)
    assert not Answer.objects.exists() and not IncomingMail.objects.exists()
    assert not PostKey.objects.filter(answer_id__isnull=False).exists()
    assert ended(arrives(raw)) == "accepted posted"
    assert ended(arrives(raw)) == "rejected duplicate"
    assert Answer.objects.count() == 1
