"""Writing in a real browser: with the script and without it, nothing typed is lost."""

import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from community.actions.tags import add_to_vocabulary
from community.models import Attachment, Draft, Thread, User
from tests.factories import board, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def anna() -> User:
    board("Routers", versions=["4.2"])
    cameras = board("Cameras", closed_vocabulary=True)
    add_to_vocabulary(board=cameras, words=["Night mode"])
    return person("anna")


@pytest.fixture
def open_page(browser: Browser, live_server: Any) -> Iterator[Any]:
    """Opens an address as somebody, in a browser of its own; at the end no script may have failed."""
    contexts, faults = [], []

    def opened(address: str, user: User | None = None, **options: Any) -> Page:
        context = browser.new_context(base_url=live_server.url, **options)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(address)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []


def picture() -> dict[str, Any]:
    out = BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "PNG")
    return {"name": "light.png", "mimeType": "image/png", "buffer": out.getvalue()}


def test_the_script_formats_uploads_previews_and_asks(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    page.get_by_label("Your question in one line").fill("Camera is dark")
    words = page.get_by_label("The details")
    words.click()
    page.get_by_role("button", name="Bold").click()
    page.keyboard.type("very dark")
    expect(words).to_have_value("**very dark**")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Add a picture or file").click()
    chooser.value.set_files([picture(), {"name": "a.exe", "mimeType": "x/y", "buffer": b"MZ"}])
    expect(page.get_by_role("alert")).to_contain_text("image")
    placed = re.compile(r"^\*\*very dark\*\*\n\n!\[light\.png\]\(/attachments/\d+/light\.png\)\n$")
    expect(words).to_have_value(placed)
    page.get_by_label("Cameras").check()
    page.get_by_label("Night mode").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-composer-preview] strong")).to_have_text("very dark")
    page.get_by_role("button", name="Preview").click()
    words.press("Control+Enter")
    page.wait_for_url("**/t/**")
    asked = Thread.objects.get()
    assert [tag.name for tag in asked.tags.all()] == ["Night mode"]
    assert Attachment.objects.get().thread == asked
    assert not Draft.objects.exists()


def test_what_is_typed_is_kept_without_a_press_and_there_after_a_reload(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    page.get_by_label("The details").click()
    page.keyboard.type("It blinks")
    expect(page.locator("[data-draft-state] time")).to_be_visible(timeout=20_000)
    assert Draft.objects.get().body == "It blinks"
    page.reload()
    expect(page.get_by_label("The details")).to_have_value("It blinks")


def test_a_visitors_words_are_kept_while_they_type_too(open_page, anna) -> None:
    page = open_page("/ask/")
    page.get_by_label("Your question in one line").click()
    page.keyboard.type("Red light")
    expect(page.locator("[data-draft-state] time")).to_be_visible(timeout=20_000)
    assert Draft.objects.get().person is None
    page.reload()
    expect(page.get_by_label("Your question in one line")).to_have_value("Red light")


def test_what_was_typed_before_the_script_came_is_kept_too(open_page, anna) -> None:
    page = open_page("/ask/", anna)
    page.route("**/composer*.js", lambda route: page.wait_for_timeout(1500) or route.continue_())
    page.get_by_label("The details").click()
    page.keyboard.type("Quick fingers")
    expect(page.locator("[data-draft-state] time")).to_be_visible(timeout=20_000)
    assert Draft.objects.get().body == "Quick fingers"


def test_without_a_script_a_question_with_a_file_is_asked(open_page, anna) -> None:
    page = open_page("/ask/", anna, java_script_enabled=False)
    page.get_by_label("The details").fill("See the picture.")
    page.get_by_label("Pictures and log files").set_input_files(picture())
    page.get_by_role("button", name="Post your question").click()
    expect(page.get_by_text("There are 2 things to correct")).to_be_visible()
    page.get_by_label("Your question in one line").fill("Red light")
    page.get_by_label("Routers").check()
    page.get_by_role("button", name="Post your question").click()
    page.wait_for_url("**/t/**")
    assert Attachment.objects.get().thread == Thread.objects.get()
