"""Passkeys in a real browser, with the authenticator that Chromium's own tests use."""

from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, Page, expect

from community.roles import Role
from tests.community.accounts import PASSWORD, member

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that holds a passkey device and says yes to everything."""
    context = browser.new_context()
    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(str(error)))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    device = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    yield page
    context.close()


def sign_in(page: Page, address: str, name: str) -> None:
    page.goto(f"{address}/accounts/login/")
    page.get_by_label("E-mail address or name").fill(name)
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()


def add_key(page: Page, address: str, *, passkey: bool) -> None:
    page.goto(f"{address}/accounts/2fa/webauthn/add/")
    page.get_by_role("textbox", name="Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("What do you call it?").fill("My laptop")
    if passkey:
        page.get_by_label("It is a passkey").check()
    page.get_by_role("button", name="Add the key").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()


def test_a_passkey_is_added_and_signs_in_alone(page: Page, live_server) -> None:
    address = live_server.url.replace("127.0.0.1", "localhost")
    member("mona", Role.MODERATOR, second_factor=False)
    sign_in(page, address, "mona")
    add_key(page, address, passkey=True)
    assert Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN).wrap().name == "My laptop"
    page.context.clear_cookies()

    page.goto(f"{address}/accounts/login/?next=/accounts/2fa/")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("Your staff rights are in force.")).to_be_visible()


def test_a_security_key_is_the_second_step(page: Page, live_server) -> None:
    address = live_server.url.replace("127.0.0.1", "localhost")
    member("mona", Role.MODERATOR, second_factor=False)
    sign_in(page, address, "mona")
    add_key(page, address, passkey=False)
    page.context.clear_cookies()

    sign_in(page, address, "mona")
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/accounts/2fa/")
    expect(page.get_by_text("Your staff rights are in force.")).to_be_visible()


def test_a_device_without_the_passkey_is_told_and_other_ways_stay_open(page: Page, live_server) -> None:
    address = live_server.url.replace("127.0.0.1", "localhost")
    page.goto(f"{address}/accounts/login/")
    refuse = "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')) }"
    page.evaluate(refuse)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_text("The passkey was not used.")).to_be_visible()
    expect(page.get_by_role("link", name="Mail me a code")).to_be_visible()
