"""What the tests of suggestions in a browser share."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from community.actions import solutions
from community.actions.brand import write_brand
from community.models import SuggestionEvent, Thread, User
from tests.browser.writing import Desk
from tests.factories import board, person, reply, thread

QUESTION, DETAILS = "Your question in one line", "The details"
HOW = "Press the **WPS** button for ten seconds.\n\nThen wait until it is white, and start the app once more."


NONE = "None of these, post my question"


@pytest.fixture(autouse=True)
def counting(settings: Any, tmp_path: Path) -> None:
    """A site that counts."""
    settings.MEDIA_ROOT = tmp_path
    write_brand(actor=None, name="Nordwave", counting="on")


@pytest.fixture
def anna() -> User:
    return person("anna")


@pytest.fixture
def solved(anna: User) -> Thread:
    made = thread(person("carl"), board("Routers", versions=["4.2"]), title="Red light on the router since the update")
    solutions.accept(actor=made.asker, answer_id=reply(made, person("ben"), HOW).pk)
    return made


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Desk]:
    desk = Desk(browser, live_server.url)
    yield desk
    desk.close()
    assert desk.faults == []


def asking(open_page: Desk, user: User | None = None, **options: Any) -> Page:
    page = open_page("/ask/", user, **options)
    page.get_by_label(QUESTION).focus()
    page.locator("[data-room][data-awake]").wait_for(state="attached")
    return page


def room_of(page: Page) -> Locator:
    return page.get_by_role("region", name="Is one of these your question?")


def with_the_room(open_page: Desk, user: User | None = None, **options: Any) -> Page:
    page = asking(open_page, user, **options)
    page.get_by_label(QUESTION).fill("router red light")
    expect(room_of(page)).to_be_visible()
    return page


def events() -> set[tuple[str, bool | None]]:
    return set(SuggestionEvent.objects.values_list("kind", "stops"))
