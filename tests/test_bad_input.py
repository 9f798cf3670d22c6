"""Whatever is sent wrong, to whichever address: a clear 4xx or a told error, never a 500, and nothing half done.

What is sent wrong is made from the routes and from the forms that our own pages send (tests/routes.py), so that a new
route is tried as soon as it has its lines in tests/access_table.py.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from django.db import connection
from django.http import HttpResponse, QueryDict
from django.test import Client

from community.integrity import violations
from community.models import Answer, Thread, User
from tests.access_table import LINES_BY_ROUTE, ROLES
from tests.fingerprint import contents, rows_touched
from tests.routes import OURS, address, form, send
from tests.world import EXEMPT_TABLES, World, living, taken_back

pytestmark = pytest.mark.django_db

#: Bytes as they stand in an address or a form: what no database stores, and what is no UTF-8.
BROKEN = ("%00", "%ED%A0%80", "%ff", "a%00b", "%C3%28")
NUMBERS = ("1000000000", "1" + "0" * 30, "-1", "0", "٣", "1e9", "9223372036854775808", "")
ODD_WORDS = ("1" + "0" * 30, "-1", "٣", "A" * 28, "x" * 3000, "")
TEXTS = (*NUMBERS, "[" * 20_000, "x" * 1_000_000, "\u202e\ufeff", "'\"><script>", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA")
#: Where a page's code asks for a word of its address.
READERS = ("get", "getlist", "__getitem__", "__contains__")
#: What no form of ours has, and no request may set.
PRIVILEGED = {
    "is_staff": "1",
    "is_superuser": "1",
    "is_active": "0",
    "groups": "1",
    "role": "admin",
    "roles": "admin",
    "author": "1",
    "asker": "1",
    "person": "1",
    "actor": "1",
    "author_role": "admin",
    "asker_role": "admin",
    "hidden_at": "2026-01-01",
    "solved_at": "2026-01-01",
    "locked_at": "",
    "resolution_class": "peer",
    "position": "1",
    "id": "1",
    "pk": "1",
    "helpful_count": "1000",
    "is_imported": "1",
    "asked_at": "2001-01-01",
}
GETS = sorted(route for route, lines in LINES_BY_ROUTE.items() if "GET" in lines and route in OURS)
POSTS = sorted(route for route, lines in LINES_BY_ROUTE.items() if "POST" in lines and route in OURS)
URLENCODED = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    with living(django_db_blocker, tmp_path_factory.mktemp("media")) as made:
        yield made


def thing_of(route: str, method: str) -> str:
    return LINES_BY_ROUTE[route][method][0]


def try_all(world: World, tries: list[tuple[str, Any]]) -> list[str]:
    """Make the requests one after the other; what went wrong, in words. Nothing is taken back between them."""
    wrong, wrote, is_stale = [], False, False
    for told, request in tries:
        touched, status = rows_touched(EXEMPT_TABLES), request().status_code
        if status >= 500:
            wrong.append(f"{told}: {status}")
        if rows_touched(EXEMPT_TABLES) == touched:
            continue
        if status >= 400 and is_stale:
            # It may all have been taken back; what the tables held just before is known the second time.
            world.before, is_stale = contents(world.tables), False
            status = request().status_code
        if status < 400:
            wrote = is_stale = True
        elif changed := world.changed_tables():
            wrong.append(f"{told}: {status}, and yet {changed} changed")
            wrote = is_stale = True
    if wrote:
        connection.check_constraints()
        wrong += [f"{found.sentence}: {found.detail}" for found in violations()]
    return wrong


@pytest.fixture
def lasting(world: World) -> Iterator[World]:
    """The world, changed as the test goes along and taken back at its end."""
    before = world.before
    with taken_back():
        yield world
    world.before = before


@pytest.fixture
def words_read(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Every word that is looked for in an address from now on, by whichever code."""
    words: set[str] = set()

    def spied(original: Any) -> Any:
        def reader(query: QueryDict, word: Any, *rest: Any) -> Any:
            words.add(str(word))
            return original(query, word, *rest)

        return reader

    for name in READERS:
        monkeypatch.setattr(QueryDict, name, spied(getattr(QueryDict, name)))
    return words


def test_what_is_written_though_it_is_refused_is_told(lasting: World) -> None:
    numbers = count()

    def writes(status: int) -> HttpResponse:
        User.objects.filter(pk=lasting.people["customer"].pk).update(about=f"Number {next(numbers)}")
        return HttpResponse(status=status)

    tries = [
        ("taken", lambda: writes(200)),
        ("refused", lambda: writes(400)),
        ("nothing", lambda: HttpResponse(status=400)),
    ]
    assert try_all(lasting, tries) == ["refused: 400, and yet ['community_user'] changed"]


@pytest.mark.parametrize("route", sorted(set(GETS) - {"healthz"}))  # 503 is what it says without a worker
def test_no_word_in_an_address_breaks_a_page(lasting: World, words_read: set[str], route: str) -> None:
    path = address(lasting, route, thing_of(route, "GET"))
    client = lasting.clients["moderator"]
    client.get(path)
    wrong, tried = [], set()
    # One word may be what makes a page look for another.
    while fresh := sorted(words_read - tried):
        tried |= words_read
        queries = [f"{word}={quote(text)}" for word in fresh for text in ODD_WORDS]
        wrong += try_all(
            lasting, [(f"?{query[:60]}", lambda q=query: client.get(path, QUERY_STRING=q)) for query in queries]
        )
    queries = [f"{word}={bad}" for word in ("after", "x") for bad in BROKEN] + [f"{bad}=1" for bad in BROKEN]
    queries += ["&".join(f"a{number}=1" for number in range(3000)), "page=1&page=2&after=&after=x", "%", "=", "&&&"]
    wrong += try_all(
        lasting, [(f"?{query[:60]}", lambda q=query: client.get(path, QUERY_STRING=q)) for query in queries]
    )
    assert wrong == []


def test_the_words_that_a_page_reads_are_found(lasting: World, words_read: set[str]) -> None:
    lasting.clients["visitor"].get("/search/?q=blinks")
    assert {"q", "sort", "board"} <= words_read


@pytest.mark.parametrize("route", sorted(route for route, path in OURS.items() if "<" in path))
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_made_up_address_breaks_anything(lasting: World, route: str, method: str) -> None:
    tries = []
    for text in (
        "1000000000",
        "1" + "0" * 17,
        "1" + "0" * 30,
        "-1",
        "0",
        quote("٣"),
        *BROKEN,
        "x" * 5000,
        "~1",
        "~" * 9,
    ):
        path = "/" + "".join(text if part.startswith("<") else part for part in _parts(OURS[route]))
        client = lasting.clients["moderator"]
        tries.append((path[:80], lambda p=path, c=client: c.generic(method, p)))
    wrong = try_all(lasting, tries)
    assert wrong == []


def _parts(path: str) -> list[str]:
    """A route's path, cut at its arguments."""
    return path.replace("<", "\0<").replace(">", ">\0").split("\0")


@pytest.mark.parametrize("route", POSTS)
def test_no_field_of_a_form_breaks_anything(lasting: World, words_read: set[str], route: str) -> None:
    thing = thing_of(route, "POST")
    tries = []
    for role in ("asker", "moderator", "visitor"):
        client = lasting.clients[role]
        path, fields = address(lasting, route, thing), form(lasting, route, thing)
        words_read.clear()
        with taken_back():
            client.post(path, fields)
        for name in sorted(fields.keys() | words_read | {"unknown"} - {"file"}):
            # What is read of a form is read by the same code for everybody; only what is done with it differs.
            for text in TEXTS if role == "asker" else NUMBERS[1:3]:
                sent = fields | {name: text}
                tries.append((f"{role}: {name}={text[:30]!r}", lambda c=client, p=path, s=sent: c.post(p, s)))
            plain = {key: value for key, value in fields.items() if key not in (name, "file")}
            for bad in BROKEN if role == "asker" else BROKEN[:2]:
                raw = f"{urlencode(plain)}&{name}={bad}"
                tries.append((f"{role}: {name}={bad}", lambda c=client, p=path, r=raw: c.post(p, r, URLENCODED)))
    wrong = try_all(lasting, tries)
    assert wrong == []


@pytest.mark.parametrize("route", POSTS)
def test_no_body_of_another_shape_breaks_anything(lasting: World, route: str) -> None:
    path = address(lasting, route, thing_of(route, "POST"))
    client = lasting.clients["asker"]
    many = urlencode([(f"field{number}", "x") for number in range(1000)])
    multipart = "multipart/form-data; boundary=b"
    bodies: dict[str, tuple[Any, str]] = {
        "too many fields": (many, URLENCODED),
        "huge JSON": ('{"a":' * 50_000 + "1" + "}" * 50_000, "application/json"),
        "more than may be sent": ("x=" + "y" * 3_000_000, URLENCODED),
        "plain text": ("hello", "text/plain"),
        "no type at all": ("a=b", ""),
        "a type that is none": ("a=b", "\x7f/;;=;"),
        "an unknown character set": ("a=b", f"{URLENCODED}; charset=klingon"),
        "UTF-16": ("a=b".encode("utf-16"), f"{URLENCODED}; charset=utf-16"),
        "a multipart without boundary": ("--b\r\n", "multipart/form-data"),
        "a multipart cut off": ('--b\r\nContent-Disposition: form-data; name="body"\r\n\r\nhel', multipart),
        "a multipart of noise": (b"\xff\xfe\x00--b--" * 50, multipart),
        "a multipart with NUL in a name": (
            b'--b\r\nContent-Disposition: form-data; name="body\x00"\r\n\r\nx\r\n--b--\r\n',
            multipart,
        ),
        "a file without a name": (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\nx\r\n--b--\r\n',
            multipart,
        ),
        "a file with a name that is a path": (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="../../\xff\x00.svg"\r\n\r\n'
            b"<svg/>\r\n--b--\r\n",
            multipart,
        ),
        "a file in base64 that is none": (
            b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
            b"Content-Transfer-Encoding: base64\r\n\r\n!!!\r\n--b--\r\n",
            multipart,
        ),
    }
    # Not by client.post, which would encode the text by the character set that is named.
    sent = {told: (body.encode() if isinstance(body, str) else body, kind) for told, (body, kind) in bodies.items()}
    tries = [(told, lambda b=body, t=kind: client.generic("POST", path, b, t)) for told, (body, kind) in sent.items()]
    tries.append(("a length that is none", lambda: client.post(path, "a=b", URLENCODED, CONTENT_LENGTH="many")))
    tries.append(("a negative length", lambda: client.post(path, "a=b", URLENCODED, CONTENT_LENGTH="-5")))
    wrong = try_all(lasting, tries)
    assert wrong == []


@pytest.mark.parametrize("route", POSTS)
def test_nobody_gives_themselves_rights_or_others_words(lasting: World, route: str) -> None:
    thing = thing_of(route, "POST")
    facts = ("pk", "asker_id", "asker_role", "hidden_at", "locked_at", "is_imported", "asked_at")
    words = ("pk", "author_id", "author_role", "hidden_at", "position", "helpful_count", "is_imported")
    rights = contents(["community_user_groups", "auth_group", "mfa_authenticator", "community_board"])
    owned = set(Thread.objects.values_list(*facts)), set(Answer.objects.values_list(*words))
    people = set(User.objects.values_list("pk", "is_active", "is_imported", "anonymised_at"))
    mine = lasting.people["customer"].pk
    data = form(lasting, route, thing) | PRIVILEGED
    send(lasting.clients["customer"], "POST", address(lasting, route, thing), data)
    assert contents(list(rights)) == rights
    voted = route == "vote_answer"
    assert voted or owned[1] <= set(Answer.objects.values_list(*words))
    assert owned[0] <= set(Thread.objects.values_list(*facts))
    assert people <= set(User.objects.values_list("pk", "is_active", "is_imported", "anonymised_at"))
    made = Thread.objects.exclude(pk__in=[row[0] for row in owned[0]])
    assert all((row.asker_id, row.asker_role, row.hidden_at) == (mine, "customer", None) for row in made)
    given = Answer.objects.exclude(pk__in=[row[0] for row in owned[1]])
    assert all((row.author_id, row.author_role, row.hidden_at) == (mine, "customer", None) for row in given)


def test_an_answer_of_somebody_elses_question_is_not_accepted(lasting: World) -> None:
    answer = lasting.answers["public"]
    client = lasting.clients["helper"]
    assert client.post(f"/answers/{answer.pk}/accept/", {"thread": lasting.threads["solved"].pk}).status_code == 403
    assert Thread.objects.get(pk=answer.thread_id).solved_at is None
    assert list(violations()) == []


@pytest.mark.parametrize("route", POSTS)
def test_no_form_leads_away_from_the_site(lasting: World, route: str) -> None:
    thing = thing_of(route, "POST")
    for there in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "http:///evil"):
        for role in ("asker", "moderator", "visitor"):
            with taken_back():
                path, data = address(lasting, route, thing), form(lasting, route, thing)
                response = send(lasting.clients[role], "POST", path, data | {"next": there})
            leads = urlsplit(response.get("Location", ""))
            assert leads.netloc in ("", "testserver") and leads.scheme in ("", "http"), (role, there)
            assert "evil" not in leads.path


#: Keeping a draft notes when; a file sent twice is two files until a post names them; both codes are mailed.
#: (Looking is a sign of life: each says that one is still there.)
NOT_ONCE = {
    "save_draft",
    "save_ticket_draft",
    "add_attachment",
    "add_ticket_file",
    "finish_asking",
    "finish_contact",
    "look_at_reviews",
}


@pytest.mark.parametrize("route", sorted(set(POSTS) - NOT_ONCE))
def test_a_double_click_on_any_button_is_one(lasting: World, route: str) -> None:
    for thing in LINES_BY_ROUTE[route]["POST"]:
        for role in ROLES:
            with taken_back():
                path, data = address(lasting, route, thing), form(lasting, route, thing)
                if send(lasting.clients[role], "POST", path, data).status_code >= 400:
                    continue
                touched = rows_touched(EXEMPT_TABLES)
                with taken_back():
                    send(Client() if role == "visitor" else lasting.clients[role], "POST", path, data)
                    if rows_touched(EXEMPT_TABLES) == touched:
                        continue
                    twice = contents(lasting.tables)
                once = contents(lasting.tables)
                assert {name for name in once if once[name] != twice[name]} <= kept(role), (role, thing)


def kept(role: str) -> set[str]:
    """What a visitor sends again from another browser is another draft, and another visitor."""
    tables = {"community_draft", "community_user", "account_emailaddress", "community_visitor"}
    return tables if role in ("visitor", "suspended", "erased") else set()
