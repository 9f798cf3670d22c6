"""What the tests of suggestions beside a form share: a thread that helps, somebody who asks, and their form."""

from typing import Any

import pytest

from community.actions import solutions
from community.actions.brand import write_brand
from community.actions.measuring import new_token
from community.models import (
    SuggestionEvent,
    Thread,
    User,
)
from tests.community.accounts import member
from tests.community.reading import browser_of
from tests.factories import board, person, reply, thread

TITLE = "My router shows a red light"


HOW = "Press the **WPS** button for ten seconds.\n\nThen wait until it is white, and start the app once more."


@pytest.fixture(autouse=True)
def counted() -> None:
    """A site that counts."""
    write_brand(actor=None, name="Nordwave", counting="on")


@pytest.fixture
def answered() -> Thread:
    """A question like ours, solved by Hedda."""
    asked = thread(person("anna"), board("Routers"), title="Red light on the router", product_version="4.2")
    solutions.accept(actor=asked.asker, answer_id=reply(asked, person("hedda"), HOW).pk)
    return Thread.objects.get(pk=asked.pk)


@pytest.fixture
def nina() -> User:
    return member("nina")


class Desk:
    """Somebody at a form, as their browser talks of it."""

    def __init__(self, user: User | None = None, token: str = "") -> None:
        self.client, self.token = browser_of(user), token or new_token()

    def look(self, title: str = TITLE, **more: str) -> Any:
        form = {"surface": "ask", "form_token": self.token, "title": title}
        return self.client.post("/suggestions/", form | more)

    def say(self, about: Thread, did: str, **more: str) -> Any:
        if did == "opened":
            return self.client.post("/forms/event/", {"token": self.token, "kind": did, "thread": about.pk})
        form = {"surface": "ask", "form_token": self.token, "did": did}
        return self.client.post(f"/suggestions/{about.pk}/", form | more, headers={"HX-Request": "true"})

    def leave(self) -> Any:
        return self.client.post("/forms/event/", {"token": self.token, "kind": "left"})

    def post(self, on: Any, **changes: Any) -> Any:
        form = {"title": TITLE, "body": "It blinks.", "board": on.slug, "kind": "problem", "post_key": "key-1"}
        return self.client.post("/ask/", form | {"place": "ask", "form_token": self.token} | changes)


def events() -> set[tuple[int, str, bool | None]]:
    return set(SuggestionEvent.objects.values_list("thread_id", "kind", "stops"))


def told(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status
    return str(answer.content.decode())
