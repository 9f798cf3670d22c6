"""A language written from right to left: nothing runs out of the window, and what points, points the other way.

There is no catalogue of ours for one yet; the layout must not be the reason.
"""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browser.test_every_page import FAULTS, WIDTHS, Community, community, pages_of

__all__ = ["community"]

STYLES = sorted((Path(__file__).resolve().parent.parent.parent / "static" / "css").glob("*.css"))
#: Sides of the screen where sides of the text are meant. A table's column that its author set to the right stays there.
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)[\w-]*|left|right|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|float\s*:\s*(?:left|right)|(?<!\.right \{ )text-align\s*:\s*(?:left|right)"
)
#: What the page says of itself: its direction, whether arrows are turned, and whether the brand's name is on the right.
LOOK = """() => ({
  direction: getComputedStyle(document.body).direction,
  turned: [...document.querySelectorAll(".icon-flip")].every((each) =>
    getComputedStyle(each).transform.startsWith("matrix(-1,")),
  brand: document.querySelector(".brand")?.getBoundingClientRect().right ?? 0,
})"""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ["visitor", "moderator"])
def test_every_page_reads_from_right_to_left(
    browser: Browser, live_server: Any, settings: Any, community: Community, role: str, client: Any
) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    found = []
    for width in WIDTHS:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": width, "height": 900}, locale="ar", reduced_motion="reduce"
        )
        if (user := community.people[role]) is not None:
            client.force_login(user)
            session = client.cookies["sessionid"].value
            context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        page = context.new_page()
        for address in pages_of(community, role):
            page.goto(address)
            told, look = list(page.evaluate(FAULTS)), page.evaluate(LOOK)
            if page.locator('html[lang="ar"][dir="rtl"]').count() != 1 or look["direction"] != "rtl":
                told.append("is not written from right to left")
            if not look["turned"]:
                told.append("an arrow points the old way")
            if look["brand"] < width - 120:
                told.append("the brand's name is not where reading begins")
            found += [f"{width} {address}: {fault}" for fault in told]
        context.close()
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_the_styles_name_sides_of_the_text_not_of_the_screen(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    physical = [
        f"{path.name}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if PHYSICAL.search(line)
    ]
    assert not physical, "\n".join(physical)
