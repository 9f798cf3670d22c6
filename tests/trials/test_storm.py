"""Sixteen people press everything at once, and every number is right afterwards.

Small by itself (a few seconds), a whole minute with PEERDESK_TRIALS=full.
"""

import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from http.client import HTTPConnection
from random import Random
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import connection

from community.bench.scenarios import CSRF, sign_in
from community.bench.server import Server, gunicorn
from community.integrity import violations
from community.models import Answer, Regrouping, Thread, User
from community.notices.fanout import fan_out_all
from tests.factories import board, moderator, person, reply, thread

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

CLIENTS = 16
SECONDS = 60 if os.environ.get("PEERDESK_TRIALS") == "full" else 5
PATIENCE = 60
#: Enough for sixteen requests at once, in four processes.
SERVER = ("--workers", "4", "--worker-class", "gthread", "--threads", "4")


class Client(threading.Thread):
    """One person, who does what the dice say until the time is over."""

    def __init__(
        self,
        number: int,
        server: Server,
        who: User,
        questions: list[Thread],
        answer_ids: range,
        over: threading.Event,
        bannable: list[str],
    ) -> None:
        super().__init__(daemon=True)
        self.over, self.bannable = over, bannable
        self.random = Random(number)
        self.port, self.cookie, self.moderates = server.port, sign_in(who), bool(who.roles)
        self.questions, self.answer_ids = [each.pk for each in questions], answer_ids
        self.mine = [each.pk for each in questions if each.asker_id == who.pk] or self.questions
        self.own_answers = list(Answer.objects.filter(author=who).values_list("pk", flat=True))
        self.answers_to_me = list(Answer.objects.filter(thread__in=self.mine).values_list("pk", flat=True))
        self.acts = self._acts()
        self.done: Counter[tuple[str, int]] = Counter()
        self.broken: list[str] = []

    def run(self) -> None:
        while not self.over.is_set():
            # what was not managed yet comes up a little more often, or a slow machine would never see it all
            done = {name for name, status in self.done if status < 400}
            missing = [name for name in self.acts if name not in done]
            name = self.random.choice(missing if missing and self.random.random() < 0.3 else list(self.acts))
            try:
                status = self.acts[name]()
            except OSError as error:
                self.broken.append(f"{name}: {error!r}")
            else:
                self.done[name, status] += 1

    def _acts(self) -> dict[str, Callable[[], int]]:
        acts: dict[str, Callable[[], int]] = {
            "answer": self.answer,
            "edit": self.edit,
            "accept": lambda: self.post(f"/answers/{self.random.choice(self.answers_to_me)}/accept/"),
            "withdraw": lambda: self.post(f"/threads/{self.random.choice(self.mine)}/withdraw/"),
        }
        for verb in ("vote", "unvote", "helped"):
            acts[verb] = lambda verb=verb: self.post(f"/answers/{self.any_answer()}/{verb}/")
        for verb in ("join", "leave"):
            acts[verb] = lambda verb=verb: self.post(f"/threads/{self.random.choice(self.questions)}/{verb}/")
        acts["flag"] = lambda: self.post(f"/answers/{self.any_answer()}/flag/", ground="spam", words="An advert")
        if self.moderates:
            # merged and split back as often as away, or everything would end in one place
            acts["merge"] = lambda: self.post(f"/threads/{self.questions[-1]}/merge/", original=str(self.questions[-2]))
            acts["unmerge"] = lambda: self.post(f"/threads/{self.questions[-1]}/no-duplicate/")
            acts["split"] = self.split
            acts["take a move back"] = lambda: self.post(f"/moderation/moves/{self.last_move()}/undo/")
            for verb in ("ban", "unban"):
                acts[verb] = lambda verb=verb: self.post(
                    f"/people/{self.random.choice(self.bannable)}/ban/", do=verb, ground="spam", hide_posts="on"
                )
            for verb in ("hide", "restore"):
                acts[f"{verb} an answer"] = lambda verb=verb: self.post(f"/answers/{self.any_answer()}/{verb}/")
            # restored more often than hidden, or nothing would be left to see
            for verb in ("hide", "restore", "unlock", "lock"):
                target = self.questions[:1] if verb in ("hide", "lock") else self.questions
                acts[f"{verb} a question"] = lambda verb=verb, target=target: self.post(
                    f"/threads/{self.random.choice(target)}/{verb}/"
                )
        return acts

    def split(self) -> int:
        """Two answers of a question go to another one, as the moderator's page offers them now."""
        source, target = self.random.sample(self.questions[1:], 2)
        status, text = self.send("GET", f"/threads/{source}/split/")
        offered = re.findall(r'name="answer"[^>]*value="(\d+)"', text)
        if status != 200 or not offered:
            return status
        return self.post(f"/threads/{source}/split/", answer=self.random.choice(offered), original=str(target))

    def last_move(self) -> int:
        """The move that was made last, or none."""
        try:
            return Regrouping.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        finally:
            connection.close()

    def any_answer(self) -> int:
        return self.random.choice(self.answer_ids)

    def answer(self) -> int:
        body = f"Try it again, number {self.random.random()}"
        path = f"/threads/{self.random.choice(self.questions)}/answer/"
        return self.post(path, body=body, post_key=uuid4().hex)

    def edit(self) -> int:
        """Read the form, as a browser does, and send it with the version found there: it may be old by then."""
        path = f"/answers/{self.random.choice(self.own_answers)}/edit/"
        status, text = self.send("GET", path)
        found = re.search(r'name="version"[^>]*value="(\d+)"', text)
        if status != 200 or found is None:
            return status
        return self.post(path, body=f"Better words {self.random.random()}", version=found[1])

    def post(self, path: str, **fields: str) -> int:
        return self.send("POST", path, csrfmiddlewaretoken=CSRF, **fields)[0]

    def send(self, method: str, path: str, **fields: str) -> tuple[int, str]:
        http = HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            http.request(method, path, body=urlencode(fields) if fields else None, headers=headers)
            answer = http.getresponse()
            return answer.status, answer.read().decode()
        finally:
            http.close()


def unseen(clients: list[Client]) -> set[str]:
    """What nobody has managed to do yet."""
    done = {name for client in clients for name, status in list(client.done) if status < 400}
    return {name for client in clients for name in client.acts} - done


def deadlocks() -> int:
    """How many deadlocks the server has had to break in this database, ever."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot(), deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[1])


def test_sixteen_people_at_once_leave_every_number_right_and_see_no_error() -> None:
    people = [moderator(), moderator(), *(person() for _number in range(CLIENTS - 2))]
    bystanders = [person(), person()]
    product = board()
    questions = [thread(asker, product) for asker in people[2:6]]
    answers = [reply(question, author) for question in questions for author in (*people, *bystanders)]
    answer_ids = range(answers[0].pk, answers[-1].pk + 1)
    before = deadlocks()

    with gunicorn(str(connection.settings_dict["NAME"]), *SERVER) as server:
        over = threading.Event()
        bannable = [str(who.username) for who in bystanders]
        clients = [
            Client(number, server, who, questions, answer_ids, over, bannable) for number, who in enumerate(people)
        ]
        began = time.monotonic()
        for client in clients:
            client.start()
        while not over.is_set():
            fan_out_all()  # the worker is at it all the while
            over.wait(0.2)
            elapsed = time.monotonic() - began
            # on a busy machine a few seconds may be too few for everything to have happened
            if elapsed > SECONDS and (not unseen(clients) or elapsed > SECONDS + PATIENCE):
                over.set()
        for client in clients:
            client.join(60)
        log = server.complaints()

    done = sum((client.done for client in clients), Counter[tuple[str, int]]())
    assert [line for client in clients for line in client.broken] == []
    assert {key: n for key, n in done.items() if key[1] >= 500} == {}, log[-4000:]
    assert "deadlock" not in log
    assert "Traceback" not in log
    assert deadlocks() == before
    assert list(violations()) == []
    fan_out_all()
    assert list(violations()) == []
    # and it was a storm: everything anybody can do was done, and done in earnest
    assert not unseen(clients), done
    assert Answer.objects.count() > len(answers)
