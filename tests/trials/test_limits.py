"""A limit of ten, and sixty-four who press at the same moment, in four processes: ten go through, whatever they claim.

Small by itself: some of the acts, in threads. With PEERDESK_TRIALS=full each of them, through gunicorn.
"""

import os
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings as project
from django.db import connection

from community import clock
from community.actions import answers, thanks, threads
from community.actions.limits import LIMITS, Limit, Limits, keep_pace, spend
from community.bench.scenarios import CSRF, sign_in
from community.bench.server import gunicorn
from community.errors import TooOften
from community.integrity import violations
from community.models import Answer, Thread
from tests.community.mail_servers import MailServer
from tests.factories import board, person, reply, thread

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

FULL = os.environ.get("PEERDESK_TRIALS") == "full"
MOST, AT_ONCE = 10, 64 if FULL else 24
SERVER = ("--workers", "4", "--worker-class", "gthread", "--threads", "16", "--backlog", "256")


def press_together(press: Callable[[int], Any], times: int = AT_ONCE) -> list[Any]:
    """Everybody at the same moment, each in a thread with a connection of its own; what each was told."""
    told: list[Any] = [None] * times
    gate = threading.Barrier(times)

    def run(number: int) -> None:
        try:
            gate.wait(60)
            told[number] = press(number)
        except Exception as error:
            told[number] = error
        finally:
            connection.close()

    pressing = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(times)]
    for each in pressing:
        each.start()
    for each in pressing:
        each.join(300)
    return told


# In threads -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def ten_of_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project, "LIMITS_FACTOR", 1)
    for what, row in LIMITS.items():
        ten = (Limit(MOST, 3600), Limit(MOST, 86400))
        monkeypatch.setitem(LIMITS, what, Limits(row.why, new=ten, member=ten, address=ten))


def went_through(told: list[Any]) -> int:
    """How many did; everybody else was told to wait, and nothing broke."""
    late = [each for each in told if isinstance(each, TooOften)]
    assert [each for each in told if isinstance(each, Exception) and not isinstance(each, TooOften)] == []
    return len(told) - len(late)


def test_ten_answers_and_votes_and_questions_of_one_person_are_ten(ten_of_everything: None) -> None:
    ben, carla, dora, product = person(), person(), person(), board()
    questions = [thread(person(), product) for _each in range(AT_ONCE)]
    given = [reply(question) for question in questions]

    def answer(number: int) -> Any:
        return answers.answer(actor=ben, thread_id=questions[number].pk, body=f"Idea {number}.", post_key=str(number))

    def ask(number: int) -> Any:
        return threads.ask(actor=dora, board_id=product.pk, kind="problem", title=f"Red {number}", body="It is red.")

    assert went_through(press_together(answer)) == MOST == Answer.objects.filter(author=ben).count()
    assert went_through(press_together(lambda n: thanks.vote(actor=carla, answer_id=given[n].pk))) == MOST
    assert went_through(press_together(lambda n: thanks.join(actor=carla, thread_id=questions[n].pk))) == MOST
    assert went_through(press_together(ask)) == MOST == Thread.objects.filter(asker=dora).count()
    assert list(violations()) == []


@pytest.mark.parametrize("what", LIMITS if FULL else ["sign_in", "password", "report"])
def test_ten_of_everybody_at_one_address_are_ten(ten_of_everything: None, what: str) -> None:
    assert went_through(press_together(lambda _n: spend(what=what, address="198.51.100.7"))) == MOST


@pytest.mark.parametrize("what", LIMITS if FULL else ["flag"])
def test_ten_of_one_person_are_ten(ten_of_everything: None, what: str) -> None:
    anna = person()
    assert went_through(press_together(lambda _n: spend(what=what, actor=anna))) == MOST


def test_ten_that_a_page_asks_by_itself_are_ten(ten_of_everything: None) -> None:
    anna = person()
    assert went_through(press_together(lambda _n: keep_pace(what="news", actor=anna))) == MOST


# Through gunicorn -----------------------------------------------------------------------------------------------------
class Press(NamedTuple):
    """One request: `fields` are a form's, `file` is one that is sent along."""

    path: str
    fields: dict[str, str] | None = None
    cookie: str = ""
    file: bytes = b""


def send(port: int, press: Press, number: int) -> int:
    """The status that it was answered with. Whoever sends claims to come from somewhere else each time."""
    claimed = f"203.0.113.{number}, 2001:db8:{number:x}::1"
    headers = {"Cookie": press.cookie or f"{project.CSRF_COOKIE_NAME}={CSRF}", "X-Forwarded-For": claimed}
    headers |= {"Forwarded": f"for={claimed}", "X-Real-IP": claimed, "Accept": "text/html"}
    body: bytes | None = None
    if press.file:
        headers["Content-Type"] = "multipart/form-data; boundary=cut"
        parts = [f'--cut\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n{CSRF}\r\n']
        parts += ['--cut\r\nContent-Disposition: form-data; name="file"; filename="a.log"\r\n\r\n']
        body = "".join(parts).encode() + press.file + b"\r\n--cut--\r\n"
    elif press.fields is not None:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = urlencode({**press.fields, "csrfmiddlewaretoken": CSRF}).encode()
    http = HTTPConnection("127.0.0.1", port, timeout=300)
    try:
        http.request("GET" if body is None else "POST", press.path, body=body, headers=headers)
        answer = http.getresponse()
        answer.read()
        return answer.status
    finally:
        http.close()


def presses() -> dict[str, Callable[[int], Press]]:
    """What is sent for each limited act, by somebody who has done nothing yet; in everything else there is no limit."""
    product = board()
    questions = [thread(person(), product) for _each in range(AT_ONCE)]
    given = [reply(question) for question in questions]
    friends = [person(f"friend{number}") for number in range(2 * AT_ONCE)]
    own = {what: person(date_joined=clock.now() - timedelta(days=9)) for what in LIMITS}
    mine = [reply(question, own["edit"]) for question in questions]
    cookies = {what: sign_in(who) for what, who in own.items()}

    def by(what: str, path: str, **fields: str) -> Press:
        return Press(path, fields, cookies[what])

    def words(**fields: str) -> dict[str, str]:
        return {**fields, "post_key": uuid4().hex}

    def named(number: int) -> str:
        return f"See @{friends[2 * number].username} and @{friends[2 * number + 1].username}."

    ask = {"board": product.slug, "kind": "problem", "title": "Red light", "tags": "", "product_version": ""}
    token = {"token": str(uuid4()), "surface": "ask"}
    someone = "somebody@example.org"
    return {
        "ask": lambda n: by("ask", "/ask/", **words(**ask, body=f"It is red {n}.")),
        "answer": lambda n: by("answer", f"/threads/{questions[n].pk}/answer/", **words(body=f"Idea {n}.")),
        "mention": lambda n: by("mention", f"/threads/{questions[n].pk}/answer/", **words(body=named(n))),
        "edit": lambda n: by("edit", f"/answers/{mine[n].pk}/edit/", body=f"Better {n}.", version="1"),
        "vote": lambda n: by("vote", f"/answers/{given[n].pk}/vote/"),
        "helped": lambda n: by("helped", f"/answers/{given[n].pk}/helped/"),
        "me_too": lambda n: by("me_too", f"/threads/{questions[n].pk}/join/"),
        "upload": lambda n: Press("/attachments/add/", None, cookies["upload"], f"line {n}\n".encode()),
        "draft": lambda n: by("draft", "/drafts/save/", place="ask", title="Red", body=f"It is {n}."),
        "preview": lambda _n: by("preview", "/preview/", body="*Hello*"),
        "suggest": lambda n: by("suggest", "/suggestions/", surface="ask", title=f"Red light {n}"),
        "names": lambda _n: Press("/people/find/?q=friend", None, cookies["names"]),
        "news": lambda _n: Press(f"/threads/{questions[0].pk}/news/", None, cookies["news"]),
        "beacon": lambda _n: by("beacon", "/forms/open/", **token),
        "account": lambda _n: by("account", "/accounts/reauthenticate/", password="wrong"),
        "sign_in": lambda n: Press("/accounts/login/", {"login": f"nobody{n}", "password": "wrong"}),
        "sign_up": lambda n: Press("/accounts/signup/", {"email": f"p{n}@example.org", "username": "admin"}),
        "reset": lambda _n: Press("/accounts/password/reset/", {"email": someone}),
        "code": lambda _n: Press("/accounts/login/code/", {"email": someone}),
        "type_code": lambda _n: Press("/accounts/login/code/confirm/", {"code": "BBBB-BBBB"}),
        "second_factor": lambda _n: Press("/accounts/2fa/authenticate/", {"code": "000000"}),
    }


@pytest.mark.skipif(not FULL, reason="the whole trial, through gunicorn: PEERDESK_TRIALS=full")
def test_sixty_four_at_once_in_four_processes_are_ten(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    mail = MailServer()
    monkeypatch.setenv("EMAIL_URL", f"smtp://127.0.0.1:{mail.port}")
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SECRET_KEY", project.SECRET_KEY)  # the sessions are made here
    monkeypatch.setenv("PEERDESK_BENCH_LIMITS", str(MOST))
    wanted = presses()
    passed, told = {}, {}
    try:
        with gunicorn(str(connection.settings_dict["NAME"]), *SERVER) as server:
            for what, press in wanted.items():
                statuses = press_together(lambda n, press=press: send(server.port, press(n), n))
                told[what] = Counter(map(str, statuses))
                passed[what] = sum(each != 429 for each in statuses)
            log = "\n".join(line for line in server.complaints().splitlines() if "Too Many" not in line)
    finally:
        mail.stop()
    broken = {what: count for what, count in told.items() if any(status[0] not in "234" for status in count)}
    assert broken == {}, log[-4000:]
    # An answer that names two people is two of ten.
    most = dict.fromkeys(wanted, MOST) | {"mention": MOST // 2}
    assert {what: count for what, count in passed.items() if not 0 < count <= most[what]} == {}, told
    exact = [what for what in wanted if what not in ("reset", "code", "sign_in", "account")]
    assert {what: passed[what] for what in exact} == {what: most[what] for what in exact}, told
    assert list(violations()) == []
