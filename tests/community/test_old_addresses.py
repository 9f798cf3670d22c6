"""Bookmarks of the old site lead to the new place, for those who may see it."""

from pathlib import Path

import pytest
from django.test import Client

from community.actions.moderation import hide_answer, hide_thread
from community.models import Board, ImportedItem, OldAddress, Thread
from community.old_addresses import stored_paths
from tests import factories
from tests.community.import_files import Forum, answer, question
from tests.community.test_import_stackexchange import load, site

pytestmark = pytest.mark.django_db


@pytest.fixture
def thread(tmp_path: Path) -> Thread:
    forum = Forum(tmp_path)
    forum.write([question(7)], [answer(70, 7)])
    forum.load()
    return Thread.objects.get()


@pytest.mark.parametrize(
    "path",
    [
        "/questions/7",
        "/questions/7/",
        "/en-US/questions/7",
        "/pt-BR/questions/7?page=2",
        "/questions/7/a-red-light",
        "/en-US/questions/7/solve/70",
        "/q/7",
    ],
)
def test_a_questions_old_address_leads_to_the_thread(client: Client, thread: Thread, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 301 and response["Location"] == thread.get_absolute_url()


def test_a_persons_old_address_leads_to_the_profile(client: Client, thread: Thread) -> None:
    assert client.get("/en-US/user/Ann/")["Location"] == thread.asker.get_absolute_url()


def test_addresses_of_a_stack_exchange_site(client: Client, tmp_path: Path) -> None:
    load(site(tmp_path))
    thread = ImportedItem.objects.get(kind="question").thread
    answered = ImportedItem.objects.get(kind="answer", external_id="2").answer
    for path, target in {
        "/questions/1/which-lamp": thread,
        "/q/1/5": thread,
        "/a/2": answered,
        "/questions/1/which-lamp/2": answered,
        "/users/4/ann": thread.asker,
        "/questions/tagged/zwave": thread.tags.get(name="zwave"),
    }.items():
        response = client.get(path)
        assert (response.status_code, response.get("Location")) == (301, target.get_absolute_url()), path


def test_what_nobody_had_is_not_found(client: Client, thread: Thread) -> None:
    for path in ("/questions/8", "/a/7", "/questions/" + "9" * 600, "/questions/%00", "/questions/%ff", "/nowhere"):
        assert client.get(path).status_code in (400, 404), path
    assert client.post("/questions/7").status_code in (403, 404)


def test_an_old_address_tells_nobody_of_what_they_may_not_see(client: Client, thread: Thread) -> None:
    Board.objects.update(audience=Board.Audience.SIGNED_IN)
    assert client.get("/questions/7").status_code == 404
    client.force_login(factories.person())
    moved = client.get("/questions/7")
    assert moved.status_code == 301 and "private" in moved["Cache-Control"]
    hide_thread(actor=factories.moderator(), thread_id=thread.pk)
    assert client.get("/questions/7").status_code == 404


def test_a_hidden_answers_address_leads_nowhere(client: Client, tmp_path: Path) -> None:
    load(site(tmp_path))
    answered = ImportedItem.objects.get(kind="answer", external_id="3").answer
    hide_answer(actor=factories.moderator(), answer_id=answered.pk)
    assert client.get("/a/3").status_code == 404


def test_our_own_addresses_are_never_asked_for(
    client: Client, thread: Thread, django_assert_num_queries: object
) -> None:
    OldAddress.objects.create(path="/ask", thread=thread)
    assert client.get("/ask/").status_code != 301


def test_the_first_import_keeps_an_address_that_two_have(tmp_path: Path, client: Client, thread: Thread) -> None:
    other = Forum(tmp_path / "other")
    other.folder.mkdir()
    other.write([question(7, title="Another")], [])
    assert "already leads elsewhere" in other.load("--source", "other")
    assert client.get("/questions/7")["Location"] == thread.get_absolute_url()


@pytest.mark.parametrize(
    ("path", "stored"),
    [
        ("/questions/12/title/34", ["/a/34", "/questions/12"]),
        ("/questions/12/title", ["/questions/12"]),
        ("/de/questions/12", ["/questions/12"]),
        ("/a/3/4", ["/a/3"]),
        ("/users/5/name", ["/users/5"]),
        ("/", []),
        ("/x/", ["/x"]),
    ],
)
def test_an_address_is_looked_up_in_its_shortest_form(path: str, stored: list[str]) -> None:
    assert stored_paths(path) == stored
