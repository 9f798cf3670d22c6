"""What the browser tests share: somebody who looks at pages, and a community to look at."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.community import Community, build
from tests.browser.journeys import Browsers
from tests.browser.looks import Looker


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
