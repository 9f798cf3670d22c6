"""Somebody who reads a solution, in a browser whose clock the test moves."""

from datetime import timedelta
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page

from community import clock
from community.actions import measuring
from community.models import Brand, User

TELLS, QUESTION = "**/reading/seen/", "[data-asking]"


def counting(mode: str) -> None:
    """Whether the site counts without asking ("on"), asks first, or counts nobody ("off")."""
    Brand.objects.update_or_create(pk=1, defaults={"counting": mode})


def agrees(member: User) -> User:
    measuring.say_consent(actor=member, is_given=True)
    return member


def opened(context: BrowserContext, address: str, *, still: bool = False) -> Page:
    """The page, its script awake, and a clock that `read_for` moves; `still`: that nothing else moves."""
    page = context.new_page()
    page.clock.install()
    if still:
        page.clock.pause_at(clock.now() + timedelta(seconds=10))
    page.goto(address)
    awake(page)
    return page


def awake(page: Page) -> None:
    """Its script has come, which it does a second after the page."""
    page.clock.run_for(1000)
    page.locator("[data-reading][data-awake]").wait_for(state="attached")


def read_for(page: Page, seconds: int) -> None:
    """The solution stands on the screen for so long."""
    page.locator("[data-reading][data-looked]").wait_for(state="attached")
    page.clock.run_for(seconds * 1000)


def read_and_tell(page: Page, seconds: int = 10) -> Any:
    """As `read_for`, and the page tells of it; the server's answer."""
    with page.expect_response(TELLS) as told:
        read_for(page, seconds)
    return told.value


def question_on(page: Page) -> Locator:
    return page.locator(QUESTION)
