"""What notices cost: the answer that ten thousand people hear of, and their mails, each in its reader's words.

The mail server is a process of its own on the same machine (mail_sink.py), asked over a real SMTP connection. What
arrived is read again: one mail for each person, in their language, with the time in their zone.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from pathlib import Path
from statistics import median
from typing import NamedTuple
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from community import clock
from community.actions.answers import answer
from community.actions.threads import ask
from community.content.text import key
from community.mails.letters import Post
from community.models import Board, Mail, NoticeChoice, Rhythm, Thread, Topic, User, Watch
from community.notices.delivering import deliver
from community.notices.fanout import fan_out_all
from community.notices.gathering import gather_all

LANGUAGES = ("en", "de", "es")
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Auckland")
_REPEATS = 31
WORDS = (
    "Hold the **reset** button for ten seconds, then wait until the light is white.\n\n1. Open the app.\n2. Choose"
    " *Add a device*.\n3. Type the code below:\n\n```\nREADY 4711\n```\n\nIf that does not help, tell us what the"
    " light does then."
)


class Act(NamedTuple):
    """What one answer costs its writer, in the middle of many: milliseconds, CPU milliseconds, statements."""

    wall_ms: float
    cpu_ms: float
    statements: int


@dataclass(frozen=True)
class Sent:
    """What became of the mails of one answer."""

    mails: int
    fan_out_seconds: float
    seconds: float
    #: mails that are wrong: (address, why)
    wrong: list[tuple[str, str]]


def make_people(count: int) -> None:
    """Members with a confirmed address, who want news at once, of all languages and zones in turn."""
    password = make_password(None)
    people = [
        User(
            username=f"reader{number}",
            username_key=key(f"reader{number}"),
            display_name=f"Reader {number}",
            email=f"reader{number}@example.org",
            password=password,
            language=LANGUAGES[number % len(LANGUAGES)],
            time_zone=ZONES[number % len(ZONES)],
        )
        for number in range(count)
    ]
    User.objects.bulk_create(people, batch_size=5000)
    EmailAddress.objects.bulk_create(
        (EmailAddress(user=each, email=each.email, verified=True, primary=True) for each in people), batch_size=5000
    )
    NoticeChoice.objects.bulk_create(
        (NoticeChoice(person=each, topic=Topic.WATCHED, rhythm=Rhythm.NOW) for each in people), batch_size=5000
    )


def make_thread(name: str, watchers: int) -> Thread:
    """A question that so many of the readers watch."""
    place, _fresh = Board.objects.get_or_create(slug="routers", defaults={"name": "Routers", "name_key": "routers"})
    asker = User.objects.create_user(f"asker-{name}", "", None)
    made = ask(
        actor=asker,
        board_id=place.pk,
        kind=Thread.Kind.PROBLEM,
        title="The router shows a red light",
        body="Since today.",
    )
    readers = User.objects.filter(username__startswith="reader").order_by("pk")[:watchers]
    Watch.objects.bulk_create((Watch(person=each, thread_id=made.pk) for each in readers), batch_size=5000)
    return Thread.objects.get(pk=made.pk)


def time_answers(threads: list[Thread]) -> list[Act]:
    """What an answer to each of these threads costs its writer; measured in turn, so that a neighbour slows all."""
    helper = User.objects.with_standing().get(pk=User.objects.create_user("helper", "", None).pk)
    taken: list[list[tuple[float, float]]] = [[] for _thread in threads]
    for _number in range(_REPEATS):
        for place, thread in enumerate(threads):
            wall, cpu = time.perf_counter(), time.process_time()
            answer(actor=helper, thread_id=thread.pk, body=WORDS)
            taken[place].append((time.perf_counter() - wall, time.process_time() - cpu))
    acts = []
    for place, thread in enumerate(threads):
        with CaptureQueriesContext(connection) as asked:
            answer(actor=helper, thread_id=thread.pk, body=WORDS)
        walls, cpus = zip(*taken[place], strict=True)
        acts.append(Act(median(walls) * 1000, median(cpus) * 1000, len(asked)))
    return acts


def forget() -> None:
    """What happened so far is told to nobody: the mails that are measured are those of one answer."""
    fan_out_all()
    gather_all()
    Mail.objects.filter(settled_at=None).update(settled_at=clock.now(), outcome=Mail.Outcome.EMPTY)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE community_notification SET rhythm = '' WHERE rhythm <> ''")
        cursor.execute("UPDATE community_mail SET created_at = created_at - interval '2 hours'")


def send_one_answer(thread: Thread, readers: int) -> Sent:
    """Everybody who watches the thread is told of one answer by mail."""
    helper = User.objects.with_standing().get(username="helper")
    with _sink() as path:
        said = answer(actor=helper, thread_id=thread.pk, body=WORDS)
        began = time.perf_counter()
        fan_out_all()
        gather_all()
        fanned = time.perf_counter() - began
        began = time.perf_counter()
        while (done := deliver()).mails and not done.is_down:
            pass
        seconds = time.perf_counter() - began
        mails = _mails(path)
    wrong = [
        (address, why)
        for number in range(readers)
        for address in [f"reader{number}@example.org"]
        if (why := _fault(mails.get(address, []), number, said.answered_at))
    ]
    return Sent(sum(len(each) for each in mails.values()), fanned, seconds, wrong)


@contextmanager
def _sink() -> Iterator[Path]:
    """The site's mail server, and the file where it keeps what it is given."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mails"
        command = [sys.executable, "-m", "community.bench.mail_sink", str(path)]
        with subprocess.Popen(  # noqa: S603 - our own module
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=settings.BASE_DIR
        ) as process:
            assert process.stdout and process.stdin
            settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(process.stdout.readline())
            settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
            settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
            try:
                yield path
            finally:
                process.stdin.close()


def _mails(path: Path) -> dict[str, list[bytes]]:
    """What the mail server was given, by receiver."""
    found: dict[str, list[bytes]] = {}
    with path.open("rb") as file:
        while line := file.readline():
            address, length = line.split()
            found.setdefault(address.decode(), []).append(file.read(int(length)))
    return found


def _fault(mails: list[bytes], number: int, happened_at: datetime) -> str:
    """What is wrong with the mails of one reader; "" when it is one, in their language, with the time in their zone."""
    if len(mails) != 1:
        return f"{len(mails)} mails"
    parsed = message_from_bytes(mails[0], policy=policy.default)
    plain, html = (parsed.get_body(preferencelist=(kind,)) for kind in ("plain", "html"))
    if plain is None or html is None:
        return "no text or no HTML"
    language, zone = LANGUAGES[number % len(LANGUAGES)], ZoneInfo(ZONES[number % len(ZONES)])
    if f'<html lang="{language}"' not in html.get_content():
        return "another language"
    with translation.override(language), timezone.override(zone):
        when = Post("", happened_at, "", "").told_when
    return "" if when in plain.get_content() and when in html.get_content() else f"not the time {when}"
