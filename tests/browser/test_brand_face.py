"""A brand's face in a real browser: its logo in the theme one reads in, and its mails as they will be opened."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from community.actions.brand import write_brand
from community.demo.scenes import SCENES
from tests.community.accounts import member
from tests.factories import admin

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

VELORA = SCENES["velora"]
LIME, OLIVE = "rgb(181, 227, 0)", "rgb(87, 109, 0)"


@pytest.fixture(autouse=True)
def velora(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT, settings.OUTBOX_DIR = tmp_path / "media", tmp_path / "outbox"
    write_brand(actor=None, images=VELORA.images, links=VELORA.links, **VELORA.brand)


@pytest.fixture
def page(browser: Browser, live_server: Any) -> Iterator[Page]:
    """A page in the light theme; whatever the browser complains of fails the test."""
    context = browser.new_context(base_url=live_server.url, color_scheme="light", locale="en")
    made, complaints = context.new_page(), []
    made.on("console", lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None)
    made.on("pageerror", lambda error: complaints.append(str(error)))
    yield made
    context.close()
    assert complaints == []


def logos(page: Page) -> list[str]:
    """The logos that can be seen, and nothing else of the two."""
    shown = page.locator(".site-header .brand img:visible")
    return [re.sub(r".*/brand-\d+-", "", str(each.get_attribute("src"))) for each in shown.all()]


def test_the_logo_follows_the_device_and_the_readers_own_switch(page: Page) -> None:
    page.goto("/boards/")
    assert logos(page) == ["logo.png"]
    page.emulate_media(color_scheme="dark")
    assert logos(page) == ["logo-dark.png"]
    page.locator("[data-theme-choice=light]").click()
    assert logos(page) == ["logo.png"]
    page.emulate_media(color_scheme="light")
    page.locator("[data-theme-choice=dark]").click()
    assert logos(page) == ["logo-dark.png"]
    shown = page.locator(".site-header .brand img:visible")
    page.wait_for_function("each => each.complete && each.naturalWidth > 0", arg=shown.element_handle())
    assert shown.get_attribute("alt") == "Velora"


def test_a_dark_logo_alone_stands_on_white_in_the_dark(page: Page) -> None:
    write_brand(actor=None, images={"dark_logo": None})
    page.goto("/boards/")
    ground = "getComputedStyle(document.querySelector('.site-header .brand img')).backgroundColor"
    assert page.evaluate(ground) == "rgba(0, 0, 0, 0)"
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


def test_administrators_see_every_mail_styled_in_both_schemes(page: Page, live_server: Any) -> None:
    client = Client()
    client.force_login(admin())
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto("/admin/community/brand/mails/?kind=invitation&language=en")
    for frame, accent in ((page.frame_locator("iframe").nth(0), OLIVE), (page.frame_locator("iframe").nth(1), LIME)):
        button = frame.locator(".button td")
        expect(button).to_have_css("background-color", accent)
        expect(frame.locator(".head img:visible")).to_have_count(1)
        picture = frame.locator(".head img:visible").element_handle()
        assert picture is not None and picture.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
    page.goto("/admin/community/brand/1/change/")
    page.locator("#id_accent").fill("#7a1fa2")
    expect(page.locator("[data-brand-look]").first).to_have_attribute("src", re.compile("accent=%237a1fa2"))


def test_the_outbox_shows_a_mail_as_it_will_be_opened(page: Page, settings: Any) -> None:
    settings.EMAIL_BACKEND = "community.mails.local_server.LocalServerBackend"
    reader = member("mira")
    Client().post("/accounts/login/code/", {"email": reader.email})
    page.goto("/outbox/")
    page.locator("main h2 a").first.click()
    mail = page.frame_locator("iframe")
    expect(mail.locator(".line")).to_have_css("background-color", OLIVE)
    expect(mail.locator(".code td")).to_be_visible()
    picture = mail.locator(".head img").first
    assert picture.get_attribute("alt") == "Velora", "what is read where pictures stay away"
    assert picture.evaluate("each => each.decode().then(() => each.naturalWidth)") > 0
