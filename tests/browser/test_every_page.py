"""A community with everything in it, on a phone and on a desk, by day and by night; menus open, forms refused."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from community.actions import moderation, threads
from tests.browser.community import LONG_BODY, Community
from tests.browser.looks import Looker, cookie_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(600)]


def opened(looker: Looker, community: Community, role: str, **options: Any) -> Page:
    """A page of this person's browser."""
    user = community.people[role]
    return looker.open(cookie_of(user) if user else "", **options)


def pages_of(community: Community, role: str) -> list[str]:
    """What shows more here than in the plain world of test_every_route.py."""
    long = community.thread["long"]
    threads_of = [community.address(name) for name in ("long", "solved", "waiting", "idea")]
    if role == "visitor":
        lists = ["/", "/threads/?state=solved", "/threads/?state=closed", "/tags/firmware/", "/people/helper/"]
        found = ["/search/?q=update+lamp+-zebra&state=solved", "/search/?q=update+zebra", "/search/?q=zzzz"]
        return [*threads_of, f"{threads_of[0]}?page=2", *lists, *found]
    if role == "newcomer":
        return ["/for-you/", "/inbox/", "/watches/", "/people/newcomer/", community.address("long")]
    if role == "moderator":
        edited = long.answers.get(position=4)
        pages = [community.address("hidden"), "/moderation/", "/moderation/?list=hidden-answers"]
        return [*threads_of[:2], *pages, reverse("answer_history", args=[edited.pk])]
    return [
        *threads_of,
        f"{threads_of[0]}?page=2",
        f"{threads_of[0]}?sort=helpful",
        "/inbox/",
        "/watches/",
        "/for-you/",
    ]


@pytest.mark.parametrize("role", ["visitor", "newcomer", "customer", "moderator"])
def test_every_page_is_sound_on_a_phone_and_on_a_desk_by_day_and_by_night(looker, community, role) -> None:
    page = opened(looker, community, role)
    for address in pages_of(community, role):
        looker.visit(page, address)
    assert not looker.found, looker.told()


# What a page looks like once somebody does something ----------------------------------------------------------------
def open_account_menu(page: Page, community: Community) -> None:
    page.goto(community.address("solved"))
    page.locator(".site-account > summary").click()


def open_menus_and_more(page: Page, community: Community) -> None:
    page.goto(community.address("solved"))
    for summary in page.locator("main summary").all():
        summary.click()
        expect(summary.locator("xpath=..")).to_have_attribute("open", "")


def open_preview(page: Page, community: Community) -> None:
    page.goto(community.address("solved"))
    words = page.get_by_label("Your answer").last
    words.fill(LONG_BODY)
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("[data-composer-preview] table")).to_be_visible()


def ask_nothing(page: Page, _community: Community) -> None:
    page.goto("/ask/")
    page.locator("main form button[type=submit].button-primary").last.click()
    page.locator(".error-summary").wait_for()


def answer_nothing(page: Page, community: Community) -> None:
    page.goto(reverse("answer_thread", args=[community.thread["long"].pk]))
    page.locator("main form[data-write] button.button-primary").click()
    page.locator(".error-summary").wait_for()


def find_nothing(page: Page, _community: Community) -> None:
    page.goto("/threads/?state=closed&kind=praise")
    expect(page.locator(".empty")).to_be_visible()


def edit_what_was_edited(page: Page, community: Community) -> None:
    made = community.thread["solved"]
    page.goto(reverse("edit_thread", args=[made.pk]))
    threads.edit_thread(
        actor=community.people["customer"],
        thread_id=made.pk,
        version=made.version,
        title=made.title,
        body="Other words.",
    )
    page.get_by_label("The details").fill("My words.")
    page.locator("main form[data-write] button.button-primary").click()
    expect(page.locator(".sides")).to_be_visible()


def press_what_is_refused(page: Page, community: Community) -> None:
    """Somebody's page is older than the lock that a moderator has put on the question."""
    page.goto(community.address("waiting"))
    moderation.lock(actor=community.people["moderator"], thread_id=community.thread["waiting"].pk)
    page.get_by_label("Your answer").last.fill("Try this.")
    page.get_by_role("button", name="Post your answer").click()
    expect(page.locator("main")).to_contain_text("no more answers")


def save_bad_settings(page: Page, _community: Community) -> None:
    page.goto("/settings/")
    page.get_by_label("Name", exact=False).first.fill("")
    page.locator("main form").evaluate("form => form.noValidate = true")
    page.locator("main form button.button-primary").click()
    page.locator(".error-summary").wait_for()


def be_told_it_is_done(page: Page, _community: Community) -> None:
    page.goto("/settings/")
    page.locator("main form button.button-primary").click()
    expect(page.locator(".messages .notice").first).to_be_visible()


STATES: list[tuple[str, Callable[[Page, Community], None]]] = [
    ("customer", open_account_menu),
    ("customer", open_menus_and_more),
    ("moderator", open_menus_and_more),
    ("customer", open_preview),
    ("visitor", ask_nothing),
    ("customer", ask_nothing),
    ("customer", answer_nothing),
    ("visitor", find_nothing),
    ("customer", edit_what_was_edited),
    ("newcomer", press_what_is_refused),
    ("customer", save_bad_settings),
    ("newcomer", be_told_it_is_done),
]


@pytest.mark.parametrize("part", range(3))
def test_what_opens_and_what_is_refused_is_sound_too(looker, community, part) -> None:
    for role, step in STATES[part::3]:
        page = opened(looker, community, role)
        step(page, community)
        looker.look(page, f"{step.__name__} as {role}")
    assert not looker.found, looker.told()


def test_the_bar_of_the_demo_is_sound_too(looker, community, settings) -> None:
    settings.DEMO = True
    looker.visit(opened(looker, community, "visitor"), community.address("solved"))
    looker.visit(opened(looker, community, "customer"), community.address("solved"))
    assert not looker.found, looker.told()


def test_the_pages_that_tell_of_errors_are_sound_too(looker, community, settings) -> None:
    settings.ROOT_URLCONF = "tests.browser.all_urls"
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/m/ip"}
    page = opened(looker, community, "visitor")
    hide = reverse("hide_thread", args=[community.thread["long"].pk])
    for address, status in {"/nowhere/": 404, hide: 405, "/?q=%00": 400, "/broken/": 500}.items():
        # What could not be read is told without the frame.
        looker.visit(page, address, status, ours=status != 400)
    looker.visit(opened(looker, community, "customer"), "/moderation/", 403)
    for _attempt in range(2):
        page.goto("/accounts/login/")
        page.get_by_label("E-mail address or name").fill("maja")
        page.get_by_role("textbox", name="Password").fill("wrong")
        with page.expect_navigation():
            page.locator("main form button.button-primary").click()
    expect(page.locator(".error-code")).to_have_text("429")
    looker.look(page, "429")
    page.goto("/accounts/login/")
    page.context.clear_cookies()
    page.get_by_label("E-mail address or name").fill("maja")
    page.get_by_role("textbox", name="Password").fill("wrong")
    page.locator("main form button.button-primary").click()
    expect(page.locator("h1")).to_have_text("The form was too old")
    looker.look(page, "an old form")
    assert not looker.found, looker.told()


@pytest.mark.parametrize("role", ["visitor", "customer"])
def test_a_form_sent_empty_says_what_to_correct_and_leads_there(looker, community, role) -> None:
    page = opened(looker, community, role)
    ask_nothing(page, community)
    expect(page.locator(".error-summary")).to_be_focused()
    page.locator(".error-summary").get_by_role("link").first.click()
    expect(page.locator("[aria-invalid=true]:focus")).to_have_count(1)


UNSEEN = """() => {
  const at = document.activeElement, box = at.getBoundingClientRect();
  const framed = at.closest(".composer") ?? at;
  const outlined = parseFloat(getComputedStyle(framed).outlineWidth) >= 2;
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  // What is fixed or sticky must leave the middle of it free.
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 2);
  const y = Math.min(Math.max(box.top + Math.min(box.height / 2, 20), 1), innerHeight - 2);
  const above = document.elementFromPoint(x, y);
  const free = !above || above.contains(at) || at.contains(above) || !above.closest(".demo-bar, .site-header, .toasts");
  return outlined && inside && (free || above.closest("label")) ? "" : at.outerHTML.slice(0, 200);
}"""


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("demo", [False, True], ids=["alone", "with the demo's bar"])
def test_what_has_the_focus_can_be_seen(looker, community, settings, width, demo) -> None:
    """Tab through a page: each stop has an outline, stands in the window, and nothing lies on it."""
    settings.DEMO = demo
    page = opened(looker, community, "customer", viewport={"width": width, "height": 700})
    page.goto(community.address("solved"))
    for _press in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        unseen = page.evaluate(UNSEEN)
        assert unseen == "", unseen
