"""What the browser tests of writing share: somebody's own browser, and pictures to send."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Request

from community.models import User


class Desk:
    """Opens addresses as somebody, each in a browser of its own; remembers every script that failed."""

    def __init__(self, browser: Browser, base_url: str) -> None:
        self.browser, self.base_url = browser, base_url
        self.contexts: list[BrowserContext] = []
        self.faults: list[str] = []
        self.under_way: set[Request] = set()

    def context(self, user: User | None = None, **options: Any) -> BrowserContext:
        context = self.browser.new_context(base_url=self.base_url, **options)
        self.contexts.append(context)
        context.on("request", lambda request: self.under_way.add(request))
        context.on("requestfinished", lambda request: self.under_way.discard(request))
        context.on("requestfailed", lambda request: self.under_way.discard(request))
        if user is not None:
            client = Client()
            client.force_login(user)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.base_url}])
        return context

    def page(self, context: BrowserContext, address: str) -> Page:
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.goto(address)
        return page

    def __call__(self, address: str, user: User | None = None, **options: Any) -> Page:
        return self.page(self.context(user, **options), address)

    def close(self) -> None:
        """Let what is under way arrive and nothing new begin: a page that closes saves its draft, and would do so into
        the next test's database."""
        for context in self.contexts:
            for page in context.pages:
                page.evaluate("() => { window.fetch = () => Promise.reject(new Error('closed')); }")
        for context in self.contexts:
            for _each in range(100):
                if self.under_way and context.pages:
                    context.pages[0].wait_for_timeout(50)
            context.close()


def picture(name: str = "light.png") -> dict[str, Any]:
    """A small red picture, as a file chooser takes it."""
    out = BytesIO()
    Image.new("RGB", (40, 20), "red").save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def write_in(page: Page) -> Any:
    """The text of the page's composer, awake and in focus."""
    words = page.locator("[data-composer] textarea")
    words.click()
    page.locator("form[data-awake]").wait_for()
    return words


def until(page: Page, holds: Callable[[], bool]) -> None:
    """What a page sends, and nobody sees arrive, has arrived in the end."""
    for _each in range(600):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came to that")
