"""Single keys for those who read much, and exact times for those who cannot hover."""

from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from community.models import DuplicateHint, Thread, User
from tests.browser.journeys import Browsers
from tests.community.reading import many_answers
from tests.factories import board, moderator, person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def question() -> Thread:
    asked = thread(person("anna"))
    many_answers(asked, 6, person("ben"))
    return asked


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))


def test_j_and_k_lead_through_a_thread_and_r_to_the_answer(browsers: Browsers, question: Thread) -> None:
    page = browsers.open(question.get_absolute_url(), person(), viewport={"width": 1280, "height": 500})
    for key, place in (("j", "question"), ("j", "a1"), ("j", "a2"), ("k", "a1"), ("j", "a2"), ("j", "a3")):
        page.keyboard.press(key)
        expect(page.locator(f"#{place}")).to_be_focused()
        expect(page.locator(f"#{place}")).to_be_in_viewport()
    page.keyboard.press("r")
    box = page.get_by_label("Your answer").last
    expect(box).to_be_focused()
    page.keyboard.type("join jokes? /no")
    expect(box).to_have_value("join jokes? /no")
    assert browsers.complaints == []


def test_rows_of_every_list_are_walked_and_opened(browsers: Browsers) -> None:
    mo = moderator("mo")
    first = thread(mo, title="The first one")
    second = thread(mo, title="The second one")
    reply(first)
    page = browsers.open(reverse("threads"), mo)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="The first one")).to_be_focused()
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="The second one")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("o")
    assert page.url.endswith(second.get_absolute_url())
    for _ in range(2):
        thread(person(), first.board)
    page.goto(f"{reverse('moderation')}?list=new-questions")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("main .row .row-title a").nth(1)).to_be_focused()
    page.keyboard.press("g")
    with page.expect_navigation():
        page.keyboard.press("i")
    assert page.url.endswith(reverse("inbox"))


def test_keys_pressed_before_their_script_came_are_heard_in_their_order(browsers: Browsers, question: Thread) -> None:
    """A browser may answer two askings for a module that is still on its way in any order: several goes."""
    page = browsers.open("/nowhere/", person())
    browsers.complaints.clear()
    held: list[Route] = []
    page.route("**/keys*.js", lambda route: held.append(route))
    for _go in range(4):
        page.goto(question.get_absolute_url())
        with page.expect_request("**/keys*.js"):
            page.keyboard.press("g")
        page.keyboard.press("i")
        with page.expect_navigation():
            held.pop().continue_()
        assert page.url.endswith(reverse("inbox"))
    assert browsers.complaints == []


PRESS_AT = """([key, moment]) => {
  const press = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
  Object.defineProperty(press, "timeStamp", { value: moment });
  document.activeElement.dispatchEvent(press);
}"""


def test_one_key_follows_the_other_by_when_they_were_pressed(browsers: Browsers, question: Thread) -> None:
    page = browsers.open(question.get_absolute_url(), person())
    for key, moment in (("g", 1_000), ("i", 4_000), ("j", 5_000)):  # long after each other, and heard at once
        page.evaluate(PRESS_AT, [key, moment])
    expect(page.locator("#question")).to_be_focused()
    assert page.url.endswith(question.get_absolute_url())
    page.evaluate(PRESS_AT, ["g", 10_000])
    page.evaluate("() => { const end = Date.now() + 2000; while (Date.now() < end); }")  # heard long after each other
    with page.expect_navigation():
        page.evaluate(PRESS_AT, ["i", 10_200])
    assert page.url.endswith(reverse("inbox"))


def test_a_letter_that_leads_to_a_field_is_not_written_into_it(browsers: Browsers, question: Thread) -> None:
    page = browsers.open(question.get_absolute_url(), person())
    page.keyboard.press("j")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.press("r")
    box = page.get_by_label("Your answer").last
    expect(box).to_be_focused()
    page.keyboard.type("Hold it.")
    expect(box).to_have_value("Hold it.")


def test_the_slash_leads_to_a_search_field_and_n_asks(browsers: Browsers, question: Thread) -> None:
    phone = browsers.open(question.get_absolute_url(), viewport={"width": 390, "height": 700})
    with phone.expect_navigation():
        phone.keyboard.press("/")
    page = browsers.open(question.get_absolute_url(), viewport={"width": 1280, "height": 700})
    for each in (phone, page):
        each.keyboard.press("/")
        expect(each.locator("[data-search]:focus")).to_be_visible()
        each.keyboard.type("n/")
        expect(each.locator("[data-search]:focus")).to_have_value("n/")
    page.goto(question.get_absolute_url())
    with page.expect_navigation():
        page.keyboard.press("n")
    assert page.url.endswith(reverse("ask"))


def test_the_question_mark_shows_all_keys_and_gives_the_focus_back(browsers: Browsers, question: Thread) -> None:
    page = browsers.open(question.get_absolute_url())
    page.keyboard.press("j")
    expect(page.locator("#question")).to_be_focused()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keyboard")
    expect(dialog).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(page.locator("#question")).to_be_focused()
    button = page.get_by_role("link", name="Keyboard")
    button.click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    expect(button).to_be_focused()
    assert browsers.complaints == []


def test_whoever_switches_the_keys_off_is_rid_of_them(browsers: Browsers, question: Thread) -> None:
    page = browsers.open(question.get_absolute_url())
    page.keyboard.press("?")
    page.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("n")
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert focused(page) not in ("question", "a1")
    assert page.url.endswith(question.get_absolute_url())
    page.goto(reverse("keyboard"))
    page.get_by_label("Use single keys").check()
    page.goto(question.get_absolute_url())
    page.keyboard.press("j")
    expect(page.locator("#question")).to_be_focused()


def test_with_a_modifier_a_key_is_the_browsers(browsers: Browsers, question: Thread) -> None:
    page = browsers.open(question.get_absolute_url())
    for keys in ("Control+j", "Alt+j", "Meta+j"):
        page.keyboard.press(keys)
    page.keyboard.press("k")
    expect(page.locator("#question")).to_be_focused()


def test_without_a_script_the_keys_have_a_page(browsers: Browsers) -> None:
    page = browsers.open(reverse("home"), java_script_enabled=False)
    page.get_by_role("link", name="Keyboard").click()
    expect(page.get_by_role("heading", name="Keyboard")).to_be_visible()


# Times ----------------------------------------------------------------------------------------------------------------
def zoned(zone: str = "") -> User:
    return person("zoe", time_zone=zone)


def open_in(browsers: Browsers, question: Thread, user: User | None, **options: Any) -> Page:
    Thread.objects.filter(pk=question.pk).update(asked_at="2020-01-31T23:30:00Z")
    return browsers.open(question.get_absolute_url(), user, **options)


def test_a_focused_permalink_tells_the_exact_time(browsers: Browsers, question: Thread) -> None:
    page = open_in(browsers, question, None, timezone_id="Europe/Berlin")
    link = page.locator("#question .post-when a").first
    link.focus()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("12:30")
    expect(link).to_have_attribute("aria-describedby", "time-tip")
    page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    assert browsers.complaints == []


def test_a_tap_tells_the_exact_time_and_stays_on_the_page(browsers: Browsers, question: Thread) -> None:
    page = open_in(
        browsers, question, None, timezone_id="Europe/Berlin", has_touch=True, viewport={"width": 390, "height": 700}
    )
    page.evaluate("window.opened = true")
    page.locator("#question .post-when time").first.tap()
    expect(page.get_by_role("tooltip")).to_contain_text("12:30")
    assert page.url.endswith("#question")
    assert page.evaluate("window.opened") is True


def test_times_are_told_in_the_zone_a_person_chose_else_in_the_browsers(browsers: Browsers, question: Thread) -> None:
    for user, hour in ((zoned("Asia/Tokyo"), "8:30"), (person("no-zone"), "12:30"), (None, "12:30")):
        page = open_in(browsers, question, user, timezone_id="Europe/Berlin")
        page.keyboard.press("t")
        expect(page.locator(".page-aside time").first).to_contain_text(hour)


def test_without_a_script_the_day_stands_there(browsers: Browsers, question: Thread) -> None:
    page = open_in(browsers, question, None, java_script_enabled=False)
    expect(page.locator("#question .post-when time").first).to_contain_text("2020")


def test_whoever_likes_exact_times_has_them_everywhere(browsers: Browsers) -> None:
    thread(on=board("Routers"))
    page = browsers.open(reverse("threads"), timezone_id="UTC")
    time = page.locator(".row time").first
    expect(time).to_have_text("now")
    page.keyboard.press("t")
    expect(time).to_contain_text(":")
    page.reload()
    expect(time).to_contain_text(":")
    page.keyboard.press("t")
    expect(time).not_to_contain_text(":")


def test_possible_duplicates_are_decided_without_a_mouse(browsers: Browsers, settings: Any) -> None:
    settings.HOLD_POSTS = False  # four times the same words, by people who are new
    mo, place = moderator("mo"), board()
    words = {"body": "Since the update of yesterday the lamp is red and the wifi is gone.", "on": place}
    first = thread(title="The router shows a red light", **words)
    for number in (1, 2, 3):
        again = thread(title=f"The router shows a red light again ({number})", **words)
        DuplicateHint.objects.create(thread=again, other=first, likeness=80)
    page = browsers.open(f"{reverse('moderation')}?list=duplicates", mo)
    page.keyboard.press("d")  # nobody is at a pair yet: go to the first
    expect(page.locator(".pair-row a").first).to_be_focused()
    expect(page.locator(".pair-row")).to_have_count(3)
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="again (2)")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("d")
    expect(page.get_by_role("status").get_by_text("is a duplicate now")).to_be_visible()
    expect(page.get_by_role("link", name="again (1)")).to_be_focused()
    page.keyboard.press("k")
    expect(page.get_by_role("link", name="again (3)")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("n")
    expect(page.get_by_role("link", name="again (1)")).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("u")
    expect(page.get_by_role("link", name="again (3)")).to_be_focused()
    expect(page.locator(".pair-row")).to_have_count(2)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "again-3" in page.url
    assert Thread.objects.get(merged_into=first).title.endswith("(2)")
    assert browsers.complaints == []
