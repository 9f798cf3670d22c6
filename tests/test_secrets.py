"""What somebody may not see appears nowhere: every page they can reach is read for words they must not find.

Everything hidden or private in the world of tests/world.py carries a word of its own. Each role follows every link it
is shown, and tries every address it could guess; the same words must turn up for those who may see them, or the search
would prove nothing.
"""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

import pytest
from django.urls import reverse

from tests.access_table import ROLES
from tests.world import OBJECTS, SECRETS, World, canary, living, taken_back, words_in

pytestmark = pytest.mark.django_db

MOST_PAGES = 220
LEFT_OUT = ("/admin/", "/static/", "/accounts/logout", "/brand")


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[World]:
    with living(django_db_blocker, tmp_path_factory.mktemp("media")) as made:
        yield made


class Links(HTMLParser):
    """The addresses a page leads to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attributes if name in ("href", "src") and value]


def guesses(world: World) -> list[str]:
    """Addresses of everything there is, seen or not, and of every list."""
    paths = [reverse(name) for name in ("home", "boards", "threads", "tags", "for_you", "ask", "inbox", "watches")]
    paths += [reverse(name) for name in ("moderation", "profile_settings", "account_email", "account_login")]
    lists = ("unanswered", "unsolved", "needs-attention", "outdated", "mine", "my-answers", "my-turn", "for-me")
    paths += [f"/threads/?list={name}" for name in lists]
    paths += [
        f"/moderation/?list={name}"
        for name in ("hidden-questions", "hidden-answers", "locked", "new-answers", "waiting")
    ]
    for role in ("asker", "helper", "customer", "closed"):
        person = reverse("person", args=[world.people[role].slug])
        paths += [person, f"{person}?show=answered", f"{person}?show=solved"]
        paths.append(reverse("person", args=[f"~{world.people[role].pk}"]))
    public = world.threads["public"].pk
    for thing in OBJECTS:
        thread, answer = world.threads[thing], world.answers[thing]
        paths += [thread.get_absolute_url(), reverse("thread_short", args=[thread.pk]), answer.get_absolute_url()]
        paths += [f"/ask/?linked_from={thread.pk}", f"/threads/{thread.pk}/answer/?quote={answer.pk}"]
        paths += [f"/threads/{public}/answer/?quote={answer.pk}", reverse("thread_history", args=[thread.pk])]
        paths += [reverse("answer_history", args=[answer.pk]), reverse("thread", args=[thread.pk, "guessed"])]
        paths += [f"{thread.get_absolute_url()}?sort=newest", f"{thread.get_absolute_url()}?sort=helpful"]
        paths.append(f"/ask/?part=board&board={world.boards.get(thing, world.boards['public']).slug}")
    for row in world.boards.values():
        paths += [row.get_absolute_url(), f"/threads/?board={row.slug}", f"/ask/?board={row.slug}"]
    paths += [row.get_absolute_url() for row in (*world.files.values(), *world.ticket_files.values())]
    for ticket in world.tickets.values():
        paths += [reverse("ticket", args=[ticket.pk]), reverse("desk_ticket", args=[ticket.pk])]
    return paths + [row.get_absolute_url() for row in world.tags.values()]


def follow_everything(world: World, role: str) -> None:
    """Watch all there is, by id: what is refused is refused, the rest must not tell more than its reader may know."""
    client = world.clients[role]
    rows = {"thread": world.threads, "tag": world.tags, "board": world.boards}
    for name, things in rows.items():
        for row in things.values():
            client.post(reverse("change_watch"), {"do": "watch", name: row.pk})


def read_everything(world: World, role: str) -> dict[str, set[str]]:
    """Page -> the canary words in it that were not in its address already."""
    waiting, seen, told = list(guesses(world)), set(), {}
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        if address in seen:
            continue
        seen.add(address)
        response = world.clients[role].get(address)
        told[address] = {word for word in words_in(response) if word not in address.lower()}
        if "text/html" in response.get("Content-Type", ""):
            links = Links()
            links.feed(response.content.decode())
            waiting += [path for path in (own_path(address, link) for link in links.found) if path and path not in seen]
        elif leads := response.get("Location"):
            waiting.insert(0, own_path(address, leads) or "/")
    return told


def own_path(page: str, link: str) -> str:
    """The path and query of a link that stays on the site, "" for others."""
    parts = urlsplit(urldefrag(urljoin(f"http://testserver{page}", link)).url)
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if parts.netloc == "testserver" and not path.startswith(LEFT_OUT) else ""


@pytest.mark.parametrize("role", ROLES)
def test_nobody_finds_what_they_may_not_see(world: World, role: str) -> None:
    with taken_back():
        follow_everything(world, role)
        told = read_everything(world, role)
    leaks = {page: leaked for page, words in told.items() if (leaked := {w for w in words if role not in SECRETS[w]})}
    assert not leaks
    # The search is worth something: what this role may see was found.
    found = set().union(*told.values())
    parts = ("title", "question", "answer", "file")
    # No page leads to a duplicate's own text: its address leads on to the original.
    shown = [thing for thing in OBJECTS if thing != "merged"]
    wanted = {word for thing in shown for part in parts if role in SECRETS[word := canary(thing, part)]}
    assert wanted <= found
    if role == "customer":
        assert {"zqdrafttitle", "zqdraftbody", "zqmailcustomer"} <= found
    if role == "moderator":
        assert "zqearliertext" in found


def test_what_is_private_is_not_kept_by_anything_between(world: World) -> None:
    """Pages of what not everybody may see carry no leave to keep them for others."""
    for thing in ("signed-in", "group", "hidden", "h-answer"):
        row = world.files[thing]
        kept = world.clients["admin"].get(row.get_absolute_url())["Cache-Control"]
        assert "no-store" in kept and "public" not in kept
        page = world.clients["admin"].get(world.threads[thing].get_absolute_url())
        assert "public" not in page.get("Cache-Control", "")
