"""A newcomer's way from a problem to its solution: by keyboard alone, without a script, with a nervous finger."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from community.actions.demo_people import make_demo_people
from community.integrity import violations
from community.models import Answer, Thread, Vote
from tests.browser.journeys import NAME_OF_FOCUSED, Browsers, press, tab_to, type_into
from tests.browser.writing import until
from tests.community.accounts import mailed_code, member
from tests.factories import board, moderator, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

TITLE, BODY = "The router shows a red light", "It has been red since the update."
ADVICE = "Hold the button for ten seconds."


# By the keyboard alone --------------------------------------------------------------------------------------------
def test_a_newcomer_is_helped_by_the_keyboard_alone(browsers: Browsers) -> None:
    routers = board("Routers")
    board("Cameras")
    helper = member("hedda")
    newcomer = browsers.open(reverse("home"))
    press(newcomer, "Ask")
    type_into(newcomer, "Your question in one line", TITLE)
    type_into(newcomer, "The details", BODY)
    # Tab leads to a group of radio buttons, the arrows from one to the next.
    tab_to(newcomer, "Cameras")
    newcomer.keyboard.press("ArrowDown")
    press(newcomer, "Go on")
    type_into(newcomer, "E-mail", "nina@example.org")
    press(newcomer, "Mail me the code")
    if not newcomer.evaluate(NAME_OF_FOCUSED).startswith("Code"):
        tab_to(newcomer, "Code")
    newcomer.keyboard.type(mailed_code())
    with newcomer.expect_navigation():
        newcomer.keyboard.press("Enter")
    assert newcomer.url.endswith(reverse("ask"))
    press(newcomer, "Post your question")
    asked = Thread.objects.get()
    assert (asked.title, asked.body, asked.board) == (TITLE, BODY, routers)

    other = browsers.open(asked.get_absolute_url(), helper)
    type_into(other, "Your answer", ADVICE)
    press(other, "Post your answer")
    given = Answer.objects.get()

    newcomer.goto(given.get_absolute_url())
    press(newcomer, "Yes, it is solved")
    asked.refresh_from_db()
    assert asked.state == "solved"
    pinned = newcomer.locator(".post-solution")
    expect(pinned).to_contain_text(ADVICE)
    assert pinned.bounding_box()["y"] > newcomer.locator("#question").bounding_box()["y"]
    assert list(violations()) == []
    assert browsers.complaints == []


# Without a script -------------------------------------------------------------------------------------------------
def test_a_newcomer_is_helped_without_any_script(browsers: Browsers) -> None:
    board("Routers")
    board("Cameras")
    helper = member("hedda")
    newcomer = browsers.open(reverse("home"), java_script_enabled=False)
    newcomer.get_by_role("link", name="Ask").first.click()
    newcomer.get_by_label("Your question in one line").fill(TITLE)
    newcomer.get_by_label("The details").fill(BODY)
    newcomer.get_by_label("Cameras").check()
    newcomer.get_by_role("button", name="Go on").click()
    newcomer.get_by_label("E-mail").fill("nina@example.org")
    newcomer.get_by_role("button", name="Mail me the code").click()
    newcomer.get_by_label("Code").fill(mailed_code())
    newcomer.get_by_label("Code").press("Enter")
    newcomer.get_by_role("button", name="Post your question").click()
    newcomer.wait_for_url("**/t/**")
    asked = Thread.objects.get()
    assert (asked.title, asked.board.name) == (TITLE, "Cameras")

    other = browsers.open(asked.get_absolute_url(), helper, java_script_enabled=False)
    other.get_by_label("Your answer").last.fill(ADVICE)
    other.get_by_role("button", name="Post your answer").click()
    expect(other.locator(".post").last).to_contain_text(ADVICE)
    other.get_by_role("button", name="I have this problem too").click()
    expect(other.get_by_role("button", name="I have this problem too")).to_have_attribute("aria-pressed", "true")

    newcomer.reload()
    newcomer.get_by_role("button", name="Helpful").click()
    newcomer.get_by_role("button", name="Yes, it is solved").click()
    expect(newcomer.locator(".post-solution")).to_contain_text(ADVICE)
    asked.refresh_from_db()
    assert (asked.state, asked.me_too_count, Vote.objects.count()) == ("solved", 1, 1)
    assert list(violations()) == []


# A nervous finger -------------------------------------------------------------------------------------------------
def double_click(page: Page, name: str, done: Callable[[], bool]) -> None:
    """A real double click, and then the page that follows."""
    page.get_by_role("button", name=name, exact=False).first.dblclick(no_wait_after=True)
    until(page, done)
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1")).to_be_visible()


@pytest.mark.parametrize("script", [True, False], ids=["with the script", "without it"])
def test_a_double_click_posts_once(browsers: Browsers, script: bool) -> None:
    board("Routers")
    anna, hedda = member("anna"), member("hedda")
    page = browsers.open(reverse("ask"), anna, java_script_enabled=script)
    page.get_by_label("Your question in one line").fill(TITLE)
    page.get_by_label("The details").fill(BODY)
    double_click(page, "Post your question", Thread.objects.exists)
    page = browsers.open(Thread.objects.get().get_absolute_url(), hedda, java_script_enabled=script)
    page.get_by_label("Your answer").last.fill(ADVICE)
    double_click(page, "Post your answer", Answer.objects.exists)
    page = browsers.open(Answer.objects.get().get_absolute_url(), anna, java_script_enabled=script)
    double_click(page, "Yes, it is solved", lambda: Thread.objects.filter(state="solved").exists())
    assert Thread.objects.count() == Answer.objects.count() == 1
    assert Answer.objects.get().solutions.count() == 1
    assert list(violations()) == []


# Every main page, narrow and wide, light and dark -----------------------------------------------------------------
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280])
def test_no_page_is_too_wide_and_none_makes_the_browser_complain(browsers: Browsers, width: int, theme: str) -> None:
    mo, anna = moderator("mo"), member("anna")
    routers = board("Routers")
    wide = (
        f"`{'x' * 300}` and {'y' * 300}\n\n| a | b |\n|---|---|\n| {'z' * 200} | {'w' * 200} |\n\n```\n{'v' * 400}\n```"
    )
    asked = thread(anna, routers, title="W" * 120, body=wide, tags=["a-rather-long-tag-that-goes-on-and-on"])
    given = reply(asked, mo, body=wide)
    pages = [reverse(name) for name in ("home", "boards", "threads", "tags", "ask", "finish_asking", "account_login")]
    pages += [reverse("account_signup"), asked.get_absolute_url(), routers.get_absolute_url(), anna.get_absolute_url()]
    own = [reverse(name) for name in ("for_you", "inbox", "watches", "profile_settings", "moderation", "account_email")]
    own += [reverse("edit_thread", args=[asked.pk]), reverse("answer_thread", args=[asked.pk])]
    own += [reverse("mfa_index"), reverse("answer_history", args=[given.pk]), "/t/999999/", *pages[:5]]
    too_wide = []
    for user, addresses in ((None, pages), (mo, own)):
        page = browsers.open(
            "/", user, viewport={"width": width, "height": 800}, color_scheme=theme, reduced_motion="reduce"
        )
        for address in addresses:
            page.goto(address)
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if beyond > 0:
                too_wide.append((address, beyond))
    assert too_wide == []
    # That a page is not there is told by the status too, which Chromium repeats in its console.
    assert [said for said in browsers.complaints if "/t/999999/" not in said] == []


# The demo ---------------------------------------------------------------------------------------------------------
def test_one_click_in_the_demo_makes_one_somebody_else(browsers: Browsers, settings: Any) -> None:
    settings.DEMO = True
    make_demo_people()
    asked = thread(member("anna"), board("Routers"))
    page = browsers.open(asked.get_absolute_url())
    bar = page.get_by_role("complementary", name="Demo")
    for label in [button.inner_text() for button in bar.get_by_role("button").all()]:
        with page.expect_navigation():
            bar.get_by_role("button", name=label, exact=True).click()
        assert page.url.endswith(asked.get_absolute_url())
        expect(bar.get_by_role("button", name=label, exact=True)).to_have_attribute("aria-pressed", "true")
    assert browsers.complaints == []
