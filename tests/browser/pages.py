"""Every page of the site, as the resolver knows them, with how somebody comes to it.

Our own routes need nothing here: tests/access_table.py says who is answered what, and tests/routes.py how the address
is made. A new page of allauth's needs its place in ACCOUNT_STORIES; the admin's pages come from its own registry.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from playwright.sync_api import Page

from tests.access_table import LINES
from tests.browser.looks import Looker
from tests.community.accounts import PASSWORD, app_code, mailed_code
from tests.routes import OURS
from tests.world import World

#: Who looks at our pages: each page is shown to all of these who may see it, or else to the first who may.
LOOKERS = ("visitor", "asker", "moderator")
OTHERS = ("customer", "helper", "member", "agent", "admin")


@dataclass(frozen=True)
class Visit:
    """One of our routes, asked about one kind of object by one role."""

    route: str
    thing: str
    role: str


def our_visits() -> list[Visit]:
    """Every route of ours that answers a GET, for every kind of object: the first kind by all, the others by one."""
    visits, seen = [], set()
    for line in LINES:
        if line.method != "GET" or line.route not in OURS:
            continue
        may = [role for role in (*LOOKERS, *OTHERS) if line.answers[role] == "200"]
        roles = [role for role in may if role in LOOKERS] or may[:1]
        visits += [Visit(line.route, line.thing, role) for role in (roles[-1:] if line.route in seen else roles)]
        if roles:
            seen.add(line.route)
    return visits


def parts(items: list[Any], size: int) -> list[list[Any]]:
    """The items in parts that take a worker about a minute each."""
    return [items[start : start + size] for start in range(0, len(items), size)]


# The account's pages ----------------------------------------------------------------------------------------------
#: Addresses below accounts/ that are no pages.
NO_PAGES = {
    "accounts/2fa/webauthn/login/": "JSON for the script",
    "accounts/2fa/recovery-codes/download/": "a text file",
}


@dataclass
class Guest:
    """Somebody in front of the account pages, one after the other; `looked` are the routes that were looked at."""

    looker: Looker
    page: Page
    world: World

    def go(self, address: str) -> None:
        """Go there; where the site asks whether it is still them, say so."""
        self.page.goto(address)
        if "/reauthenticate/?next=" in self.page.url:
            self.press("Go on", password=PASSWORD)

    def see(self, address: str) -> None:
        self.go(address)
        self.see_here(address)

    def see_here(self, address: str) -> None:
        """Look at the page that the last step led to."""
        if not self.page.url.endswith(address):
            self.looker.found.append(f"{address}: the way there led to {self.page.url}")
        self.looker.look(self.page, address)

    def press(self, button: str, **fields: str) -> None:
        """Fill in what the page asks and press its button."""
        for name, value in fields.items():
            self.page.locator(f"main [name={name}]:visible").first.fill(value)
        with self.page.expect_navigation():
            self.page.locator("main").get_by_role("button", name=button, exact=True).first.click()

    def sign_in(self, role: str) -> None:
        self.go("/accounts/login/")
        self.press("Sign in", login=str(self.world.people[role].email), password=PASSWORD)


def new_account(guest: Guest) -> None:
    guest.see("/accounts/signup/")
    guest.press("Create the account", email="new@example.com", username="x", password1="short")
    guest.see_here("/accounts/signup/")
    guest.press("Create the account", email="new@example.com", username="newcomer", password1="a long enough one")
    guest.see_here("/accounts/confirm-email/")
    guest.press("Go on", code="BBBB-BBBB")
    guest.see_here("/accounts/confirm-email/")


def by_code(guest: Guest) -> None:
    """Somebody who never had a password."""
    guest.world.people["customer"].set_unusable_password()
    guest.world.people["customer"].save()
    guest.see("/accounts/login/code/")
    guest.press("Mail me a code", email=str(guest.world.people["customer"].email))
    guest.see_here("/accounts/login/code/confirm/")
    guest.press("Go on", code=mailed_code())
    guest.see("/accounts/password/set/")
    guest.press("Save the password", password1="short", password2="shorter")
    guest.see_here("/accounts/password/set/")
    guest.page.context.clear_cookies()
    guest.see("/accounts/inactive/")


def forgotten_password(guest: Guest) -> None:
    guest.see("/accounts/password/reset/")
    guest.press("Mail me a code", email=str(guest.world.people["customer"].email))
    guest.see_here("/accounts/password/reset/confirm/")
    guest.press("Go on", code=mailed_code())
    guest.see_here("/accounts/password/reset/complete/")
    guest.press("Save the password", password1="short", password2="shorter")
    guest.see_here("/accounts/password/reset/complete/")
    guest.see("/accounts/password/reset/done/")


def members_account(guest: Guest) -> None:
    guest.see("/accounts/login/")
    guest.press("Sign in", login="nobody", password="wrong")
    guest.see_here("/accounts/login/")
    guest.sign_in("customer")
    for each in ("email/", "password/change/", "sessions/", "logout/", "2fa/", "2fa/webauthn/", "reauthenticate/"):
        guest.see(f"/accounts/{each}")
    guest.press("Go on", password="wrong")
    guest.see_here("/accounts/reauthenticate/")


def app(guest: Guest) -> None:
    """Somebody sets up an authenticator app, and comes back with it."""
    guest.sign_in("mod-1")
    guest.see("/accounts/2fa/totp/activate/")
    secret = guest.page.locator("main ol code").inner_text()
    guest.press("Switch it on", code="000000")
    guest.see_here("/accounts/2fa/totp/activate/")
    guest.press("Switch it on", code=app_code(secret))
    guest.see_here("/accounts/2fa/recovery-codes/")
    for each in ("", "recovery-codes/generate/", "totp/deactivate/", "reauthenticate/"):
        guest.see(f"/accounts/2fa/{each}")
    guest.page.context.clear_cookies()
    guest.sign_in("mod-1")
    guest.see_here("/accounts/2fa/authenticate/")
    guest.press("Sign in", code="000000")
    guest.see_here("/accounts/2fa/authenticate/")


def key(guest: Guest) -> None:
    """Somebody adds a security key; Chromium's own virtual one."""
    devtools = guest.page.context.new_cdp_session(guest.page)
    devtools.send("WebAuthn.enable")
    device = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": {**device, "automaticPresenceSimulation": True}})
    guest.sign_in("adm-1")
    guest.see("/accounts/2fa/webauthn/add/")
    guest.press("Add the key", name="My laptop")
    guest.page.wait_for_url("**/recovery-codes/")
    guest.see("/accounts/2fa/webauthn/")
    address = guest.page.get_by_role("link", name="Rename").get_attribute("href") or ""
    guest.see(address)
    guest.see(address.replace("edit", "remove"))
    guest.see("/accounts/2fa/webauthn/reauthenticate/")
    guest.page.context.clear_cookies()
    guest.sign_in("adm-1")
    guest.see_here("/accounts/2fa/authenticate/")


#: What a person does -> the routes whose pages they pass and look at.
ACCOUNT_STORIES: dict[Callable[[Guest], None], tuple[str, ...]] = {
    new_account: ("signup/", "confirm-email/"),
    by_code: ("login/code/", "login/code/confirm/", "password/set/", "inactive/"),
    forgotten_password: (
        "password/reset/", "password/reset/confirm/", "password/reset/complete/", "password/reset/done/",
    ),
    members_account: (
        "login/", "email/", "password/change/", "sessions/", "logout/", "2fa/", "2fa/webauthn/", "reauthenticate/",
    ),
    app: (
        "2fa/totp/activate/", "2fa/recovery-codes/", "2fa/recovery-codes/generate/", "2fa/totp/deactivate/",
        "2fa/reauthenticate/", "2fa/authenticate/",
    ),
    key: (
        "2fa/webauthn/add/", "2fa/webauthn/keys/<int:pk>/edit/", "2fa/webauthn/keys/<int:pk>/remove/",
        "2fa/webauthn/reauthenticate/",
    ),
}  # fmt: skip


# The admin's pages ------------------------------------------------------------------------------------------------
def admin_models() -> list[str]:
    """The models of the admin, as they stand in its addresses."""
    return sorted(f"{model._meta.app_label}_{model._meta.model_name}" for model in admin.site._registry)


def admin_pages(name: str) -> Iterator[str]:
    """The addresses of one model's pages, for its first row."""
    model = next(each for each in admin.site._registry if f"{each._meta.app_label}_{each._meta.model_name}" == name)
    yield reverse(f"admin:{name}_changelist")
    yield reverse(f"admin:{name}_add")
    row = model._default_manager.order_by("pk").first()
    for page in ("change", "history", "delete"):
        try:
            yield reverse(f"admin:{name}_{page}", args=[row.pk if row else 0])
        except NoReverseMatch:
            continue
