"""People on their way through the site: their browsers, and their hands (keys alone, or a mouse and no script)."""

import re
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from playwright.sync_api import Browser, Page

from community.models import User

#: A page where this many presses of Tab do not lead to what is looked for is no page for a keyboard.
MOST_TABS = 80
NAME_OF_FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return "";
  const label = at.labels && at.labels.length ? at.labels[0].innerText : "";
  const heard = at.cloneNode(true);
  for (const unheard of heard.querySelectorAll("[aria-hidden=true]")) unheard.remove();
  return (at.getAttribute("aria-label") || label || heard.textContent || at.value || "").trim().replace(/\\s+/g, " ");
}"""


CHOSEN = """() => {
  const at = document.activeElement;
  return at?.matches("select") ? [at.selectedIndex, (at.selectedOptions[0]?.textContent ?? "").trim()] : null;
}"""


@dataclass
class Browsers:
    """Opens pages as different people; what a browser complains of is collected."""

    browser: Browser
    url: str
    contexts: list[Any] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, address: str, user: User | None = None, **options: Any) -> Page:
        context = self.browser.new_context(base_url=self.url, **options)
        self.contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            cookie = {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.on("console", lambda message: self._complain(page, message.type, message.text))
        page.on("pageerror", lambda error: self._complain(page, "error", str(error)))
        page.goto(address)
        return page

    def _complain(self, page: Page, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{page.url}: {text}")


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the control with this name has the focus."""
    passed = []
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        passed.append(page.evaluate(NAME_OF_FOCUSED))
        if passed[-1].startswith(name):
            return
    raise AssertionError(f"Tab does not lead to {name!r} on {page.url}, only to {passed}")


def press(page: Page, name: str, key: str = "Enter") -> None:
    """Go to a link or button with Tab and press it; wait for the page it leads to."""
    tab_to(page, name)
    with page.expect_navigation():
        page.keyboard.press(key)


def type_into(page: Page, name: str, text: str) -> None:
    tab_to(page, name)
    page.keyboard.type(text)


def pick(page: Page, option: str) -> None:
    """Go with the arrows to the option of the focused list that begins so.

    Letters would have to follow each other within a second, and on a busy machine they do not.
    """
    for key in ("ArrowDown", "ArrowUp"):
        before = None
        while (at := page.evaluate(CHOSEN)) != before:
            if at[1].startswith(option):
                return
            before = at
            page.keyboard.press(key)
    raise AssertionError(f"There is no {option!r} in the list on {page.url}")


class Keyboard:
    """Hands that only have keys."""

    name = "by the keyboard alone"
    options: dict[str, Any] = {}

    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, link: str) -> None:
        press(self.page, link)

    def press(self, button: str) -> None:
        press(self.page, button, "Space")

    def toggle(self, button: str) -> None:
        """A button that stays where it is and changes."""
        tab_to(self.page, button)
        self.page.keyboard.press("Space")

    def fill(self, label: str, text: str) -> None:
        if not self.page.evaluate(NAME_OF_FOCUSED).startswith(label):
            tab_to(self.page, label)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)

    def choose(self, label: str, option: str) -> None:
        tab_to(self.page, label)
        if self.page.evaluate(CHOSEN):
            pick(self.page, option)
        else:  # a date, part by part
            self.page.keyboard.type(option)

    def unfold(self, summary: str) -> None:
        tab_to(self.page, summary)
        self.page.keyboard.press("Enter")


class NoScript:
    """A mouse in a browser that runs no script."""

    name = "without a script"
    options: dict[str, Any] = {"java_script_enabled": False}

    def __init__(self, page: Page) -> None:
        self.page = page

    def follow(self, link: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("link", name=re.compile(f"^\\W*{re.escape(link)}")).first.click()

    def press(self, button: str) -> None:
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=button).first.click()

    def toggle(self, button: str) -> None:
        self.press(button)

    def fill(self, label: str, text: str) -> None:
        self.page.locator(".page").get_by_label(label).first.fill(text)

    def choose(self, label: str, option: str) -> None:
        self.page.get_by_label(label).select_option(label=option)

    def unfold(self, summary: str) -> None:
        self.page.locator("summary", has_text=summary).first.click()


Hands = Keyboard | NoScript
