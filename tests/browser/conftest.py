"""What the browser tests share: somebody who looks at pages, and a community to look at."""

from collections.abc import Iterator
from pathlib import Path
from threading import Condition
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import Browser

from community.actions.tags import add_to_vocabulary
from community.models import User
from tests.browser.community import Community, build
from tests.browser.journeys import Browsers
from tests.browser.looks import Looker
from tests.browser.writing import Desk
from tests.factories import board, person


class UnderWay:
    """Counts the requests that the server is still busy with."""

    #: Seconds in which nothing new may begin; a page that closes saves its draft, and that arrives after it has closed.
    STILL = 0.2
    #: Seconds after which a request counts as lost: a browser that went away leaves some without an end.
    LONGEST = 5.0

    def __init__(self) -> None:
        self.count, self.changed = 0, Condition()

    def begin(self, **_event: Any) -> None:
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def end(self, **_event: Any) -> None:
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def wait(self) -> None:
        with self.changed:
            while self.changed.wait(self.LONGEST if self.count > 0 else self.STILL):
                continue


@pytest.fixture(autouse=True)
def nothing_under_way(request: pytest.FixtureRequest) -> Iterator[None]:
    """The database is emptied after each test; whoever still reads it then would hold that up, or fail beside it."""
    if request.node.get_closest_marker("browser") is None:
        yield
        return
    request.getfixturevalue("transactional_db")  # is emptied only after what follows here
    under_way = UnderWay()
    request_started.connect(under_way.begin)
    request_finished.connect(under_way.end)
    yield
    under_way.wait()
    request_started.disconnect(under_way.begin)
    request_finished.disconnect(under_way.end)


@pytest.fixture
def community(live_server: Any, settings: Any, tmp_path: Any) -> Community:
    settings.MEDIA_ROOT = tmp_path
    return build()


@pytest.fixture
def looker(browser: Browser, live_server: Any) -> Iterator[Looker]:
    made = Looker(browser, live_server.url)
    yield made
    made.close()


@pytest.fixture
def browsers(browser: Browser, live_server: Any, settings: Any, tmp_path: Any) -> Iterator[Browsers]:
    settings.MEDIA_ROOT = tmp_path
    made = Browsers(browser, live_server.url)
    yield made
    for context in made.contexts:
        context.close()


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    """An empty folder for what is uploaded."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def anna() -> User:
    """Somebody who writes, and two boards to write on."""
    board("Routers", versions=["4.2"])
    cameras = board("Cameras", closed_vocabulary=True)
    add_to_vocabulary(board=cameras, words=["Night mode"])
    return person("anna")


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Desk]:
    """Opens an address as somebody, in a browser of its own; at the end no script may have failed."""
    desk = Desk(browser, live_server.url)
    yield desk
    desk.close()
    assert desk.faults == []
