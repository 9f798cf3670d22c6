"""Who may do what: every address of the site asked by every role with every method, against one table.

The addresses come from the resolver, so a new route without its lines in tests/access_table.py fails here. Whatever is
refused, and every GET, must leave the database as it was.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from re import sub
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from tests.access_table import (
    ANSWER_OBJECTS,
    ATTACHMENT_OBJECTS,
    ISSUE_OBJECTS,
    LINES,
    MAIL_OBJECTS,
    ROLES,
    THREAD_OBJECTS,
    TICKET_FILES,
    TICKET_OBJECTS,
)
from tests.factories import person
from tests.fingerprint import rows_touched
from tests.mailed import mail_words
from tests.routes import OURS, THEIRS, address, form, send
from tests.world import EXEMPT_TABLES, SECRETS, World, living, taken_back, words_in, writes

pytestmark = pytest.mark.django_db

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
SAFE = ("GET", "HEAD", "OPTIONS")
#: Only these may be meant to write; what takes none of them refuses all the others alike.
WRITING = ("POST",)
#: Made only while developing or demonstrating; the pages of the design system hold nothing.
NOT_ALWAYS = {"design", "outbox", "outbox_mail", "outbox_mail_html", "outbox_reply", "look_as"}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    """Built once; whatever a request changes is taken back right after it."""
    with living(django_db_blocker, tmp_path_factory.mktemp("media")) as made:
        yield made


# The table is whole -----------------------------------------------------------------------------------------------
def test_every_route_has_its_lines_in_the_table() -> None:
    missing = OURS.keys() - {line.route for line in LINES} - {"design"}
    assert not missing, (
        f"{sorted(missing)}: no line in tests/access_table.py. Add one for each method the route takes and each kind of"
        " object it is about, with what each role is answered."
    )


def test_no_line_is_about_a_route_that_is_gone() -> None:
    assert {line.route for line in LINES} - OURS.keys() <= NOT_ALWAYS


def test_no_line_stands_twice() -> None:
    keys = [(line.route, line.method, line.thing) for line in LINES]
    assert len(keys) == len(set(keys))


def test_routes_about_posts_are_asked_about_every_kind_of_post() -> None:
    for name, path in OURS.items():
        wanted = next(
            (
                things
                for word, things in (
                    ("attachment_id", ATTACHMENT_OBJECTS),
                    ("file_id", TICKET_FILES),
                    ("ticket_id", TICKET_OBJECTS),
                    ("mail_id", MAIL_OBJECTS),
                    ("issue_id", ISSUE_OBJECTS),
                    ("answer_id", ANSWER_OBJECTS),
                    ("position", ANSWER_OBJECTS),
                    ("thread_id", THREAD_OBJECTS),
                )
                if word in path
            ),
            set(),
        )
        for method in {line.method for line in LINES if line.route == name}:
            named = {line.thing for line in LINES if (line.route, line.method) == (name, method)}
            assert wanted <= named, f"{name} {method}: add lines for {sorted(wanted - named)} to tests/access_table.py"


# The site keeps to the table --------------------------------------------------------------------------------------
def answered(response: HttpResponse) -> str:
    """The status, or `in` when it leads to the sign-in page."""
    leads = urlsplit(response.get("Location", "")).path
    return "in" if response.status_code in (302, 303) and leads == "/accounts/login/" else str(response.status_code)


def sent(
    world: World, method: str, roles: Iterable[str], path: str, fields: Callable[[], dict[str, Any]] = dict
) -> Iterator[tuple[str, Any, list[str]]]:
    """For each role what it is answered, and the tables that its request left different; all of it is taken back.

    Who only reads writes nothing, so readers are looked at all together first, and one by one only if somebody wrote.
    """
    changed: list[str] = []
    if method not in WRITING:
        with taken_back(), writes(world, changed):
            found = [(role, send(world.clients[role], method, path, fields())) for role in roles]
        if not changed:
            yield from ((role, response, []) for role, response in found)
            return
    for role in roles:
        with taken_back():
            touched = rows_touched(EXEMPT_TABLES)
            response = send(world.clients[role], method, path, fields())
            # Whoever is let in may write; which tables is asked only where nothing may be.
            may_write = method in WRITING and not is_refusal(answered(response))
            wrote = not may_write and rows_touched(EXEMPT_TABLES) != touched
            changed = world.changed_tables() if wrote else []
        yield role, response, changed


def is_refusal(got: str) -> bool:
    return got == "in" or got[0] in "45"


@pytest.mark.parametrize("route", sorted({line.route for line in LINES}))
def test_everybody_is_answered_as_the_table_says(world: World, route: str) -> None:
    if route not in OURS:
        pytest.skip("this route is not made in this mode")
    wrong = []
    for line in (line for line in LINES if line.route == route):
        path = address(world, route, line.thing)
        for method in (line.method, "HEAD") if line.method == "GET" else (line.method,):
            fields = partial(form, world, route, line.thing)
            for role, response, changed in sent(world, method, line.answers, path, fields):
                wanted, got, told = line.answers[role], answered(response), words_in(response)
                if leaked := {word for word in told - echoed(path) - own(route, role) if role not in SECRETS[word]}:
                    wrong.append(f"{method} {line.thing}: {role} is told {sorted(leaked)}")
                if got != wanted:
                    wrong.append(f"{method} {line.thing}: {role} is answered {got}, the table says {wanted}")
                if changed and not is_kept(route, got):
                    wrong.append(f"{method} {line.thing}: {role} was answered {got}, and {changed} changed")
    assert not wrong, "\n".join(wrong)


def echoed(path: str) -> set[str]:
    """Words that stand in the address already: whoever asked for it knows them."""
    return {word for word in SECRETS if word in path}


def own(route: str, role: str) -> set[str]:
    """What somebody reads there of what they wrote themselves although it is hidden; a receipt is its holder's."""
    if route == "report_receipt":
        return {"zqreportwords", "zqreporttold", "zqhiddentitle"}
    if route == "claim_mail":  # whoever holds the link has the mailbox it went to
        return mail_words("m-public")
    wrote = {"asker": {"zqhiddentitle", "zqhiddenquestion"}, "helper": {"zqhansweranswer"}}
    return wrote.get(role, set()) if route == "decision" else set()


def is_kept(route: str, got: str) -> bool:
    """What a visitor wrote is kept before they are led to the sign-in page: refused to nobody, posted nowhere."""
    return route == "answer_thread" and got == "in"


@pytest.mark.parametrize("route", sorted(OURS.keys() - {"design"}))
def test_no_other_method_does_anything(world: World, route: str) -> None:
    named = {line.method for line in LINES if line.route == route}
    things = [line.thing for line in LINES if line.route == route] or ["-"]
    others = set(METHODS) - named - ({"HEAD"} if "GET" in named else set())
    wrong = []
    for method in sorted(others):
        for role, response, changed in sent(world, method, ROLES, address(world, route, things[0])):
            got = answered(response)
            # Who is not signed in may be told so first.
            if changed or (got != "405" and not (got == "in" and role in ("visitor", "suspended", "erased"))):
                wrong.append(f"{method}: {role} is answered {got}, changed {changed}")
    assert not wrong, "\n".join(wrong)


# Libraries --------------------------------------------------------------------------------------------------------
def concrete(path: str) -> str:
    """A path with something in place of its arguments; a regular expression as the words it begins with."""
    path = sub(r"<(?:int|id):[^>]*>", "1", path)
    path = sub(r"<path:[^>]*>", "1", path)
    path = sub(r"<[^>]*>", "something", path)
    path = sub(r"\(\?P[^)]*\)+", "something", path)
    return "/" + path.replace("^", "").replace("$", "").replace("\\Z", "").replace("(", "").replace(")", "")


@pytest.mark.parametrize("path", THEIRS)
def test_the_libraries_pages_write_nothing_when_they_are_read(world: World, path: str) -> None:
    wrong = []
    for method in SAFE:
        for role, response, changed in sent(world, method, ROLES, concrete(path)):
            status = response.status_code
            if status >= 500 or changed:
                wrong.append(f"{method} as {role}: {status}, changed {changed}")
            if path.startswith("admin/") and role != "admin" and status == 200:
                wrong.append(f"{method} as {role}: sees a page of the admin")
    assert not wrong, "\n".join(wrong)


def test_the_admin_opens_for_an_admin(world: World) -> None:
    with taken_back():
        assert world.clients["admin"].get("/admin/").status_code == 200


# People without a life of their own -------------------------------------------------------------------------------
def test_somebody_brought_by_an_import_cannot_sign_in(client: Client) -> None:
    brought = person("imported", is_imported=True, is_active=False)
    for name in ("imported", "imported@example.com"):
        client.post("/accounts/login/", {"login": name, "password": "correct horse"})
        assert "_auth_user_id" not in client.session
    client.force_login(brought)
    assert client.get("/inbox/").status_code == 302
