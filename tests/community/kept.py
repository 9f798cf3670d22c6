"""What the tests of the page cache share: whether a page is kept, and a question that everybody may change."""

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community.actions import boards
from community.models import Thread
from tests.community.reading import browser_of
from tests.factories import admin, board, moderator, person, reply, thread


def queries_of(client: Client, address: str, **headers: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(address, headers=headers)
    return len(queries)


def is_kept(address: str, client: Client | None = None, **headers: Any) -> bool:
    """Whether a second look at a page costs the one question of the cache."""
    client = client or browser_of()
    client.get(address, headers=headers)
    return queries_of(client, address, **headers) == 1


def every_page(question: Thread) -> list[str]:
    tags = [reverse("tag", args=[tag.slug]) for tag in question.tags.all()]
    lists = ["/", "/boards/", "/threads/", "/threads/?state=new", "/tags/", question.board.get_absolute_url()]
    return [*lists, *tags, question.get_absolute_url(), f"{question.get_absolute_url()}?sort=newest"]


class Scene:
    """A public question with an answer, and everybody who can change something about it."""

    def __init__(self) -> None:
        self.anna, self.ben = person("anna"), person("ben")
        self.boss, self.chief = moderator("boss"), admin("chief")
        self.board, self.other = board("Router"), board("Camera")
        self.private = board("Members", audience="signed_in")
        self.question = thread(self.anna, self.board, title="A red light", tags=["led"])
        self.answer = reply(self.question, self.ben, "Press it once.")
        self.pk = self.question.pk

    def hide_board(self) -> None:
        boards.update_board(actor=self.chief, board_id=self.board.pk, audience="signed_in")
