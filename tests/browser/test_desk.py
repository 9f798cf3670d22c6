"""The desk in a browser: nothing is wrong with it when all is switched on, and a reply is sent and undone by keys."""

from typing import Any

import pytest
from playwright.sync_api import expect

from support.actions import notes
from support.models import DeskState, PendingReply, Switch
from tests.browser.journeys import Browsers
from tests.browser.looks import Looker
from tests.browser.test_every_route import session_of
from tests.factories import agent, person
from tests.support.desk_people import ticket
from tests.world import World, build

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


@pytest.fixture
def world(live_server: Any, settings: Any, tmp_path: Any) -> World:
    settings.MEDIA_ROOT = tmp_path
    return build()


def test_nothing_is_wrong_with_the_desk_when_everything_is_switched_on(looker: Looker, world: World) -> None:
    DeskState.objects.update_or_create(pk=1, defaults={"switches": list(Switch.values)})
    page = looker.open(session_of(world, "agent"))
    of_team = world.tickets["t-team"].pk
    for address in ("", "?priority=high", "?state=done", f"{of_team}/", f"{of_team}/?find=", f"{of_team}/merge/"):
        looker.visit(page, f"/desk/{address}")
    assert not looker.found, looker.told()


def test_a_reply_is_written_sent_and_taken_back_by_keys_alone(browsers: Browsers) -> None:
    ari, bea = agent("ari"), agent("bea")
    made = ticket(person("anna"), subject="It is dead")
    page = browsers.open("/desk/", ari)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="It is dead")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("o")
    with page.expect_navigation():
        page.keyboard.press("c")
    expect(page.get_by_text("It is yours.")).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#note_body")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#note_body")).not_to_be_focused()
    page.keyboard.press("r")
    expect(page.locator("#reply_body")).to_be_focused()
    expect(page.locator("#note_body")).to_be_hidden()
    page.keyboard.type("Hold the button, please.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator("[data-leaves]")).to_be_visible()
    assert PendingReply.objects.get().body == "Hold the button, please."
    with page.expect_navigation():
        page.keyboard.press("z")
    expect(page.locator("#reply_body")).to_have_value("Hold the button, please.")
    assert not PendingReply.objects.exists()
    # What a colleague notes meanwhile arrives by itself, and what is being written stays.
    notes.note(actor=bea, ticket_id=made.pk, body="Anna called again.")
    expect(page.get_by_text("Anna called again.")).to_be_visible(timeout=60_000)
    expect(page.locator("#reply_body")).to_have_value("Hold the button, please.")
    assert browsers.complaints == []
