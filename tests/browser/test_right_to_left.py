"""A language written from right to left: nothing runs out of the window, and what points, points the other way.

There is no catalogue of ours for one yet; the layout must not be the reason.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser.community import Community
from tests.browser.looks import FAULTS, WIDTHS, Looker, cookie_of
from tests.browser.test_every_page import pages_of

STYLES = sorted((Path(__file__).resolve().parent.parent.parent / "static" / "css").glob("*.css"))
#: Sides of the screen where sides of the text are meant. A table's column that its author set to the right stays there.
PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)[\w-]*|left|right|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|float\s*:\s*(?:left|right)|(?<!\.right \{ )text-align\s*:\s*(?:left|right)"
)
MORE = ("/boards/", "/ask/", "/language/", "/search/?q=router", "/accounts/login/")
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
@pytest.mark.parametrize("role", ["visitor", "customer", "moderator"])
def test_every_page_reads_from_right_to_left(looker: Looker, settings: Any, community: Community, role: str) -> None:
    settings.LANGUAGES = [*settings.LANGUAGES, ("ar", "العربية")]
    user = community.people[role]
    page = looker.open(cookie_of(user) if user else "", locale="ar")
    for address in [
        *pages_of(community, role),
        "/boards/",
        "/ask/",
        "/language/",
        "/search/?q=router",
        "/accounts/login/",
    ]:
        page.goto(address)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            told, look = list(page.evaluate(FAULTS)), page.evaluate(LOOK)
            if page.locator('html[lang="ar"][dir="rtl"]').count() != 1 or look["direction"] != "rtl":
                told.append("is not written from right to left")
            if not look["turned"]:
                told.append("an arrow points the old way")
            if look["brand"] < width - 120:
                told.append("the brand's name is not where reading begins")
            looker.found += [f"{address} ({width}): {fault}" for fault in told]
    assert not looker.found, looker.told()


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.name)
def test_the_styles_name_sides_of_the_text_not_of_the_screen(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    physical = [
        f"{path.name}:{number}: {line.strip()}" for number, line in enumerate(lines, 1) if PHYSICAL.search(line)
    ]
    assert not physical, "\n".join(physical)
