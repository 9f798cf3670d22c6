"""A page looked at on a phone and on a desk, by day and by night, with our own questions and with axe's."""

from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page

from community.models import User

WIDTHS = (1280, 390)
THEMES = ("light", "dark")
#: Our own questions: what axe does not ask, or asks less strictly.
FAULTS = (Path(__file__).parent / "page_faults.js").read_text()
AXE = (files("axe_playwright_python") / "axe.min.js").read_text()
#: Every rule that axe runs by itself (WCAG A and AA, best practices), and those that wait to be asked: the size of
#: targets (WCAG 2.2), and the experimental ones that are about pages like ours. None is left out.
ASKED_TOO = ("target-size", "label-content-name-mismatch", "table-fake-caption", "td-has-header", "p-as-heading")
#: What a theme can change: it has no other words, sizes or order. The other rules are asked once for each width.
COLOUR_RULES = ("color-contrast", "link-in-text-block")
RUN_AXE = """async ([rules, only]) => {
  const options = { resultTypes: ["violations"], preload: false, rules: {} };
  for (const rule of rules) options.rules[rule] = { enabled: true };
  if (only.length) Object.assign(options, { rules: {}, runOnly: only });
  const { violations } = await axe.run(document, options);
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => {
    const why = node.failureSummary.split("\\n").slice(1).map((line) => line.trim()).join("; ");
    return `axe ${id}: ${node.target.join(" ")}: ${node.html.replace(/\\s+/g, " ").slice(0, 120)}: ${why}`;
  }));
}"""
#: What Chromium says of every answer with an error; the status is checked by itself.
EXPECTED_COMPLAINTS = ("Failed to load resource: the server responded with a status of",)


def cookie_of(user: User) -> str:
    """A session of somebody who was let in without being asked."""
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@dataclass
class Looker:
    """One person's browser; `found` collects what is wrong with the pages it was led through."""

    browser: Browser
    url: str
    found: list[str] = field(default_factory=list)
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, session: str = "", **options: Any) -> Page:
        """A page of a new browser that holds this session."""
        # Colours that are still on their way from one theme to the other are nobody's.
        options = {"reduced_motion": "reduce", "viewport": {"width": WIDTHS[0], "height": 900}, **options}
        context = self.browser.new_context(base_url=self.url, **options)
        self.contexts.append(context)
        if session:
            context.add_cookies([{"name": "sessionid", "value": session, "url": self.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda message: self._hear(message))
        return page

    def _hear(self, message: Any) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED_COMPLAINTS):
            self.complaints.append(message.text)

    def visit(self, page: Page, address: str, status: int = 200, *, ours: bool = True) -> None:
        """Go there and look at it."""
        answer = page.goto(address)
        if answer is None or answer.status != status:
            self.found.append(f"{address}: status {answer and answer.status}, not {status}")
        self.look(page, address, ours=ours)

    def look(self, page: Page, name: str, *, ours: bool = True) -> None:
        """Look at the page as it is now, in every width and theme; with axe alone where the frame is not ours."""
        page.wait_for_load_state()
        page.evaluate(AXE)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            for theme in THEMES:
                page.emulate_media(color_scheme=theme)
                faults = page.evaluate(FAULTS) if ours else []
                only = COLOUR_RULES if theme != THEMES[0] else ()
                faults += page.evaluate(RUN_AXE, [list(ASKED_TOO), list(only)])
                self.found += [f"{name} ({width} {theme}): {fault}" for fault in faults]
        self.found += [f"{name}: the browser says: {each}" for each in self.complaints]
        self.complaints.clear()
        page.set_viewport_size({"width": WIDTHS[0], "height": 900})

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def told(self) -> str:
        """What was found, one line each; the same fault in another look is told once."""
        seen: dict[str, list[str]] = {}
        for line in self.found:
            place, _, fault = line.partition(": ")
            seen.setdefault(fault, []).append(place)
        return "\n".join(f"{fault}\n    on {', '.join(places[:6])}" for fault, places in seen.items())
