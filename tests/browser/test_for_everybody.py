"""Small windows, large letters, wide spacing, few colours, no movement, paper: nobody is kept out by how they read."""

from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests.browser.community import Community
from tests.browser.looks import Looker, cookie_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]

#: WCAG 1.4.12: whoever needs it may space text like this, and loses nothing.
SPACED = """* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-block-end: 2em !important; }"""
#: WCAG 1.4.4: letters twice as large.
LARGE = "html { font-size: 200%; }"
#: What runs out of the window, and words that their own box cuts off.
CUT = (Path(__file__).parent / "cut_off.js").read_text()


def opened(looker: Looker, community: Community, role: str, **options: Any) -> Page:
    user = community.people[role]
    return looker.open(cookie_of(user) if user else "", **options)


def main_pages(community: Community, role: str) -> list[str]:
    question = community.address("solved")
    pages = [question, community.address("long"), "/", "/boards/", "/threads/", "/tags/", "/ask/"]
    if role == "visitor":
        return [*pages, "/accounts/login/", "/accounts/signup/", "/ask/finish/", "/people/helper/", "/nowhere/"]
    if role == "customer":
        own = [
            "/inbox/",
            "/watches/",
            "/settings/",
            "/settings/notices/",
            "/for-you/",
            "/accounts/email/",
            "/accounts/2fa/",
        ]
        return [*pages[:2], *own, reverse("edit_thread", args=[community.thread["solved"].pk])]
    return [question, "/moderation/", reverse("answer_history", args=[community.thread["long"].answers.all()[3].pk])]


@pytest.mark.parametrize(
    ("width", "css"),
    [(320, ""), (320, SPACED), (640, LARGE)],
    ids=["320 px, or 400 % on a desk", "text spaced wide", "letters twice as large"],
)
def test_nothing_is_cut_off_or_runs_out(looker: Looker, community: Community, width: int, css: str) -> None:
    found = []
    for role in ("visitor", "customer", "moderator"):
        page = opened(looker, community, role, viewport={"width": width, "height": 800}, bypass_csp=True)
        for address in main_pages(community, role):
            page.goto(address)
            if css:
                page.add_style_tag(content=css)
            found += [f"{address} as {role}: {fault}" for fault in page.evaluate(CUT)]
    assert not found, "\n".join(found)


def test_nothing_moves_for_whoever_wants_it_still(looker: Looker, settings: Any, db: Any) -> None:
    settings.ROOT_URLCONF = "tests.browser.all_urls"
    moving = """() => {
      const changes = (each) => parseFloat(getComputedStyle(each).transitionDuration) > 0;
      return document.getAnimations().length + [...document.querySelectorAll("*")].filter(changes).length;
    }"""
    lively, still = (looker.open(reduced_motion=wish) for wish in ("no-preference", "reduce"))
    lively.goto("/design/")
    assert lively.evaluate(moving) > 0, "the design page shows what moves"
    still.goto("/design/")
    assert still.evaluate(moving) == 0


def test_what_colours_tell_is_told_by_lines_where_the_system_chooses_them(looker: Looker, community: Community) -> None:
    page = opened(looker, community, "customer", forced_colors="active")
    drawn = """(each) => {
      const { outlineStyle, outlineWidth, borderInlineStartWidth, borderBottomColor } = getComputedStyle(each);
      return [outlineStyle, outlineWidth, borderInlineStartWidth, borderBottomColor].join();
    }"""
    for address, chosen, other in (
        (community.address("solved"), "[aria-pressed=true][name=do]", "[name=do]:not([aria-pressed])"),
        ("/threads/", ".tabs a[aria-current]", ".tabs a:not([aria-current])"),
        ("/threads/?kind=problem", ".side-links a[aria-current]", ".side-links a:not([aria-current])"),
        ("/inbox/", ".row.is-unread", "h1"),
        (f"{community.address('long')}", ".positions a[aria-current]", ".positions a:not([aria-current])"),
    ):
        page.goto(address)
        marked, plain = page.locator(chosen).first.evaluate(drawn), page.locator(other).first.evaluate(drawn)
        assert marked != plain, f"{chosen} on {address} looks like {other}"
    page.goto(community.address("solved"))
    for button in page.locator("main .button:visible").all():
        assert button.evaluate("each => parseFloat(getComputedStyle(each).borderTopWidth)") > 0


def test_whoever_asks_for_more_contrast_gets_it(looker: Looker, community: Community) -> None:
    page = opened(looker, community, "visitor")
    page.goto("/")
    ratio = """() => {
      const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
      return [token("--muted") === token("--text"), token("--line") === token("--line-strong")];
    }"""
    assert page.evaluate(ratio) == [False, False]
    page.emulate_media(contrast="more")
    assert page.evaluate(ratio) == [True, True]


# Paper --------------------------------------------------------------------------------------------------------------
def test_a_question_prints_with_its_solution_and_answers_and_nothing_else(
    looker: Looker, community: Community, settings: Any
) -> None:
    page = opened(looker, community, "customer")
    for name in ("solved", "long"):
        page.goto(community.address(name))
        page.emulate_media(media="print", color_scheme="dark")
        expect(page.locator("h1")).to_be_visible()
        expect(page.locator("#question .prose")).to_be_visible()
        assert page.locator("article.post .prose:visible").count() == page.locator("article.post .prose").count()
        left = "header.site-header, footer, aside, nav, button, input, textarea, form, .composer, .avatar, .skip-link"
        shown = [each for each in page.locator(left).all() if each.is_visible()]
        assert not shown, [each.evaluate("each => each.outerHTML.slice(0, 120)") for each in shown]
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        faint = """() => {
          const says = (each) => [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
          const all = [...document.querySelectorAll("main *")].filter((each) => each.checkVisibility() && says(each));
          const grey = all.filter((each) => getComputedStyle(each).color !== "rgb(0, 0, 0)");
          return grey.map((each) => each.outerHTML.slice(0, 100));
        }"""
        assert page.evaluate(faint) == []
    link = page.locator("#question .prose a").first
    assert "192.168.100.1" in link.evaluate("each => getComputedStyle(each, '::after').content")
    page.goto(community.address("solved"))
    expect(page.locator(".post-solution .prose")).to_be_visible()
    told = page.locator("#question time").first
    assert told.get_attribute("title") in told.evaluate("each => getComputedStyle(each, '::after').content"), "when"


# Where everything is ------------------------------------------------------------------------------------------------
def test_every_page_has_a_title_of_its_own(looker: Looker, community: Community) -> None:
    titles: dict[str, str] = {}
    for role in ("visitor", "customer", "moderator"):
        page = opened(looker, community, role)
        for address in main_pages(community, role):
            page.goto(address)
            title = page.title()
            assert title.endswith(" · Nordwave") and len(title) > len(" · Nordwave") + 3, f"{address}: {title}"
            assert titles.setdefault(title, address) == address, f"{address} and {titles[title]} are both {title!r}"


def test_help_stands_in_the_same_place_on_every_page(looker: Looker, community: Community) -> None:
    """WCAG 3.2.6: asking, and the links of the brand, stand in the same order wherever somebody is."""
    orders = set()
    page = opened(looker, community, "customer")
    for address in main_pages(community, "customer"):
        page.goto(address)
        names = page.locator("body > header a[href='/ask/'], body > footer").evaluate_all(
            "all => all.map((each) => each.tagName)"
        )
        orders.add(tuple(names))
    assert orders == {("A", "FOOTER")}


def test_browsers_know_what_to_fill_in_and_nothing_forbids_pasting(looker: Looker, community: Community) -> None:
    page = looker.open()
    wanted = {
        "/accounts/login/": {"login": "username", "password": "current-password"},
        "/accounts/signup/": {"email": "email", "username": "username", "password1": "new-password"},
        "/accounts/login/code/": {"email": "email"},
        "/accounts/password/reset/": {"email": "email"},
        "/ask/finish/": {"email": "email", "name": "nickname"},
    }
    found = {}
    for address, fields in wanted.items():
        page.goto(address)
        found[address] = {name: page.locator(f"main [name={name}]").get_attribute("autocomplete") for name in fields}
    assert found == wanted
    page.goto("/accounts/login/")
    page.evaluate("document.querySelector('[name=password]').focus()")
    pasted = """() => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text", "a secret");
      const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
      return document.activeElement.dispatchEvent(paste);
    }"""
    assert page.evaluate(pasted), "nobody stops a paste"


def test_what_is_done_is_said_where_screen_readers_listen(looker: Looker, community: Community) -> None:
    page = opened(looker, community, "newcomer")
    page.goto("/settings/")
    page.locator("main form button.button-primary").click()
    expect(page.get_by_role("status").filter(has=page.locator(".notice"))).to_be_visible()
