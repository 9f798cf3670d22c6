"""Private data noticed while somebody writes: said once, decided in place, and posted as decided."""

import pytest
from playwright.sync_api import expect

from community.models import PrivateNote, Thread
from tests.browser.writing import write_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("media")]


def test_what_is_noticed_while_writing_is_decided_in_place_and_said_once(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    page.get_by_label("Your question in one line").fill("Camera is dark")
    words = write_in(page)
    words.fill("Write to anna.berg@gmail.com please.")
    words.blur()
    notice = page.get_by_role("region", name="Is this meant for everybody?")
    expect(notice).to_contain_text("an••••••••om")
    notice.get_by_role("button", name="Take it out").click()
    expect(words).to_have_value("Write to [left out] please.")
    words.fill("Write to ben.berg@gmail.com please.")
    words.blur()
    expect(notice).to_contain_text("be••••••••om")
    notice.get_by_role("button", name="Send it to staff privately instead").click()
    expect(notice).to_have_count(0)
    page.get_by_label("Cameras").check()
    page.get_by_label("Night mode").check()
    words.press("Control+Enter")
    page.wait_for_url("**/t/**")
    assert Thread.objects.get().body == "Write to [sent to staff privately] please."
    assert PrivateNote.objects.get().text == "ben.berg@gmail.com"
    expect(page.get_by_role("region", name="Only you and our staff see this")).to_contain_text("ben.berg@gmail.com")
