"""What is measured: which requests each scenario sends, and the goal printed beside its figure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from random import Random
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import reverse

from community.bench.data import BODIES, LONG, VERY_LONG
from community.bench.server import Server
from community.models import Board, Thread, User

PEOPLE = 40
FAR_PAGE = 500
CSRF = "b" * 32
BARE = "/bench/bare/"


class NotServed(Exception):
    """A page this scenario needs is not there; says which and with which status."""


@dataclass(frozen=True)
class Scenario:
    """`requests` are whole HTTP requests. Each is sent once, or again and again (`repeated`)."""

    name: str
    requests: list[bytes]
    repeated: bool = True
    most: float | None = None  # the goal: at most so many times the bare view's CPU
    least: float | None = None  # the goal: at least so many a second
    connections: int = 4


def request(path: str, *, cookie: str = "", form: dict[str, str] | None = None) -> bytes:
    """One HTTP/1.1 request, ready to be sent."""
    lines = [f"{'POST' if form else 'GET'} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: identity"]
    body = urlencode(form).encode() if form else b""
    if cookie:
        lines.append(f"Cookie: {cookie}")
    if form:
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def sign_in(person: User) -> str:
    """A Cookie header that is signed in as this person."""
    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={CSRF}"


def _found(server: Server, path: str, cookie: str) -> str:
    status, _headers, text = server.get(path, cookie)
    if status != 200:
        raise NotServed(f"{path} answers {status}")
    return text


def list_pages(server: Server, cookie: str, most: int) -> list[str]:
    """The addresses of the list's first `most` pages, found by following "next page" as a reader would."""
    pages, following = [reverse("threads")], r'href="([^"]*[?&;]after=[^"]*)"'
    while len(pages) < most and (links := re.findall(following, _found(server, pages[-1], cookie))):
        address = urlsplit(unescape(links[-1]))
        pages.append(f"{address.path or reverse('threads')}?{address.query}")
    return pages


def last_page(server: Server, thread: Thread, cookie: str) -> str:
    """The page on which the thread's last answer stands, as its permalink says."""
    path = reverse("answer", args=[thread.pk, thread.last_position])
    status, headers, _text = server.get(path, cookie)
    if status not in (301, 302, 303):
        raise NotServed(f"{path} answers {status}")
    address = urlsplit(headers["location"])
    return f"{address.path}?{address.query}" if address.query else address.path


class Plan:
    """The scenarios in the order in which they run; each is made when its turn comes, as it may ask the server."""

    def __init__(self, server: Server, seconds: float) -> None:
        self.server = server
        # more requests than can be answered, for the scenarios in which each is sent once
        self.many = int(seconds * 1500)
        self.people = list(User.objects.order_by("pk")[:PEOPLE])
        self.cookies = [sign_in(person) for person in self.people]
        self.long = list(Thread.objects.filter(last_position=LONG).order_by("pk"))
        self.very_long = Thread.objects.filter(last_position__gte=VERY_LONG).order_by("pk")[0]
        self.random = Random(7)  # noqa: S311 - the same requests every time, not a secret

    def bare(self) -> Scenario:
        return Scenario("bare view, 30 KB", [request(BARE)])

    def home_first(self) -> Scenario:
        """Signed in, so that nothing is kept: the home page has only one address to see for the first time."""
        return Scenario("home, signed in", [request(reverse("home"), cookie=self.cookies[0])], most=18)

    def home(self) -> Scenario:
        return Scenario("home, anonymous, repeated", [request(reverse("home"))], most=2)

    def list_first(self) -> Scenario:
        pages = list_pages(self.server, self.cookies[0], FAR_PAGE)
        return Scenario("list, anonymous, first", [request(page) for page in pages], repeated=False, most=12)

    def list_repeated(self) -> Scenario:
        return Scenario("list, anonymous, repeated", [request(reverse("threads"))], most=2)

    def list_member(self) -> Scenario:
        return Scenario("list, signed in, page 1", [request(reverse("threads"), cookie=self.cookies[0])], most=18)

    def list_far(self) -> Scenario:
        pages = list_pages(self.server, self.cookies[0], FAR_PAGE)
        name = f"list, signed in, page {len(pages)}"
        return Scenario(name, [request(pages[-1], cookie=self.cookies[0])], most=18)

    def thread_first(self) -> Scenario:
        pages = [request(thread.get_absolute_url()) for thread in self.long]
        return Scenario(f"thread, {LONG} answers, anonymous, first", pages, repeated=False, most=12)

    def thread_repeated(self) -> Scenario:
        page = request(self.long[0].get_absolute_url())
        return Scenario(f"thread, {LONG} answers, anonymous, repeated", [page], most=2)

    def thread_member(self) -> Scenario:
        pages = [
            request(thread.get_absolute_url(), cookie=cookie)
            for thread, cookie in zip(self.long, self.cookies, strict=False)
        ]
        return Scenario(f"thread, {LONG} answers, signed in", pages, most=18)

    def very_long_first_page(self) -> Scenario:
        page = request(self.very_long.get_absolute_url(), cookie=self.cookies[0])
        return Scenario(f"{VERY_LONG} answers, first page, signed in", [page], most=18)

    def very_long_last_page(self) -> Scenario:
        page = request(last_page(self.server, self.very_long, self.cookies[0]), cookie=self.cookies[0])
        return Scenario(f"{VERY_LONG} answers, last page, signed in", [page], most=18)

    def ask(self) -> Scenario:
        board = Board.objects.order_by("pk")[0]
        path = reverse("ask")
        posts = [
            self._post(path, number, title=f"Question {number}", board=board.slug, kind="question", tags="wifi")
            for number in range(self.many // 4)
        ]
        return Scenario("ask through HTTP", posts, repeated=False)

    def answer(self) -> Scenario:
        threads = list(Thread.objects.filter(last_position__lt=5).order_by("-pk").values_list("pk", flat=True)[:2000])
        posts = [
            self._post(reverse("answer_thread", args=[self.random.choice(threads)]), number)
            for number in range(self.many // 2)
        ]
        return Scenario("answer through HTTP", posts, repeated=False, least=120)

    def _post(self, path: str, number: int, **fields: str) -> bytes:
        form = {"csrfmiddlewaretoken": CSRF, "post_key": uuid4().hex, "body": BODIES[number % len(BODIES)], **fields}
        return request(path, cookie=self.cookies[number % PEOPLE], form=form)

    def __iter__(self) -> Iterator[tuple[str, Scenario | None, str]]:
        """Each scenario's name, the scenario, or why it cannot run."""
        steps = [
            *(self.bare, self.home, self.home_first, self.list_first, self.list_repeated, self.list_member),
            *(self.list_far, self.thread_first, self.thread_repeated, self.thread_member),
            *(self.very_long_first_page, self.very_long_last_page, self.ask, self.answer),
        ]
        for step in steps:
            try:
                scenario = step()
            except NotServed as why:
                yield step.__name__.replace("_", " "), None, str(why)
            else:
                yield scenario.name, scenario, ""
