"""Every page the site can answer with, found by its route: axe and we find nothing, in both themes and two widths."""

from typing import Any

import pytest
from django.core.mail import EmailMessage

from community import clock
from community.mails.local_server import LocalServerBackend
from community.models import Experiment, ImportRun
from tests.browser.looks import Looker
from tests.browser.pages import (
    ACCOUNT_STORIES,
    NO_PAGES,
    Guest,
    admin_models,
    admin_pages,
    our_visits,
    parts,
)
from tests.routes import THEIRS, address
from tests.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

OUR_PARTS = parts(our_visits(), 24)
#: The report on what the community is worth (support/admin/addresses.py).
ROI_PAGES = ("roi/?against=before", "roi/quality/", "roi/lists/", "roi/history/", "roi/what-if/", "roi/handout/")
ROI_PAGES += ("roi/rows/cases/", "roi/rows/questions/", "roi/rows/tickets/")
ADMIN_PARTS = parts(admin_models(), 8)


@pytest.fixture
def world(live_server: Any, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return build()


def session_of(world: World, role: str) -> str:
    cookie = world.clients[role].cookies.get("sessionid")
    return cookie.value if cookie else ""


def is_page(world: World, role: str, address: str) -> bool:
    """Whether this answers with a whole page; files, feeds and fragments are looked at elsewhere."""
    response = world.clients[role].get(address)
    kind = str(response.headers.get("Content-Type", ""))
    return response.status_code == 200 and kind.startswith("text/html") and b"<html" in response.content


@pytest.mark.parametrize("part", range(len(OUR_PARTS)))
def test_nothing_is_wrong_with_any_page_of_ours(looker: Looker, world: World, part: int) -> None:
    pages = {}
    for visit in OUR_PARTS[part]:
        where = address(world, visit.route, visit.thing)
        if not is_page(world, visit.role, where):
            continue
        if visit.role not in pages:
            pages[visit.role] = looker.open(session_of(world, visit.role))
        looker.visit(pages[visit.role], where)
    assert not looker.found, looker.told()


@pytest.mark.parametrize("story", ACCOUNT_STORIES, ids=lambda story: story.__name__)
def test_nothing_is_wrong_with_any_page_of_an_account(looker: Looker, world: World, story: Any) -> None:
    # A security key belongs to a name, and 127.0.0.1 is none.
    looker.url = looker.url.replace("127.0.0.1", "localhost")
    story(Guest(looker, looker.open(), world))
    assert not looker.found, looker.told()


def test_every_account_page_is_in_a_story() -> None:
    passed = {f"accounts/{each}" for routes in ACCOUNT_STORIES.values() for each in routes}
    assert passed | NO_PAGES.keys() == {path for path in THEIRS if path.startswith("accounts/")}


@pytest.mark.parametrize("part", range(len(ADMIN_PARTS)))
def test_nothing_is_wrong_with_any_page_of_the_administration(looker: Looker, world: World, part: int) -> None:
    ImportRun.objects.create(source="old", counts={"threads": 3})
    Experiment.objects.create(name="Ask", surface="ask", salt="s", planned_at=clock.now())
    page = looker.open(session_of(world, "admin"))
    if part == 0:
        for each in ("", "community/", "password_change/", "password_change/done/", *ROI_PAGES):
            if is_page(world, "admin", f"/admin/{each}"):
                looker.visit(page, f"/admin/{each}", ours=False)
    for name in ADMIN_PARTS[part]:
        for where in admin_pages(name):
            if is_page(world, "admin", where):
                looker.visit(page, where, ours=False)
    assert not looker.found, looker.told()


def test_the_pages_that_only_some_modes_have_are_sound_too(
    looker: Looker, world: World, settings: Any, tmp_path: Any
) -> None:
    settings.OUTBOX_DIR = tmp_path
    settings.ROOT_URLCONF = "tests.browser.all_urls"
    words = "It is ABCD-EFGH.\n\nhttps://example.com/a-page"
    LocalServerBackend().send_messages([EmailMessage("Your code", words, "us@example.com", ["a@b.example"])])
    page = looker.open()
    looker.visit(page, "/design/")
    looker.visit(page, "/outbox/")
    page.goto("/outbox/")
    with page.expect_navigation():
        page.locator("main a[href^='/outbox/']").first.click()
    looker.look(page, "a mail")
    assert not looker.found, looker.told()
