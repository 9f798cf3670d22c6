"""The settings in a browser: they offer the time zone it is in, and the colours are chosen at once."""

import pytest
from playwright.sync_api import Page, expect

from community.models import User
from tests.browser.journeys import Browsers
from tests.factories import person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browsers: Browsers) -> Page:
    return browsers.open("/settings/", person("anna"), timezone_id="America/Lima")


def test_the_browsers_time_zone_is_offered_and_kept_when_taken(page: Page) -> None:
    offer = page.locator("[data-zone-offer]")
    expect(offer).to_contain_text("America/Lima")
    offer.get_by_role("button").click()
    expect(offer).to_be_hidden()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your settings are saved.")).to_be_visible()
    assert User.objects.get(username="anna").time_zone == "America/Lima"
    expect(page.locator("[data-zone-offer]")).to_be_hidden()


def test_colours_chosen_in_the_settings_hold_everywhere(page: Page) -> None:
    page.locator("main").get_by_role("button", name="Dark").click()
    for group in page.locator("[data-theme-switch]").all():
        expect(group.locator("[data-theme-choice=dark]")).to_have_attribute("aria-pressed", "true")
    page.goto(page.url.replace("/settings/", "/boards/"))
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
