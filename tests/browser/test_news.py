"""A page that stays open: what is new appears, nothing that is being read or written moves, and nobody asks in vain."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from community.actions import moderation, solutions
from community.actions.answers import edit_answer
from community.models import Thread, User
from community.notices.fanout import fan_out_all
from tests.browser.journeys import Browsers
from tests.community.reading import many_answers
from tests.factories import moderator, person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"width": 390, "height": 700}
#: More than the longest time to the next question of a page that has just been answered.
ROUND = 25_000
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


class Reader:
    """Somebody with a page open, whose clock the test moves."""

    def __init__(self, browsers: Browsers, address: str, user: User | None = None) -> None:
        self.page = browsers.open("/nowhere/", user, viewport=PHONE)
        browsers.complaints.clear()
        self.page.clock.install()
        self.polls: list[int] = []
        self.asked = 0
        self.page.on("request", self._ask)
        self.page.on("response", self._count)
        self.page.goto(address)
        self.page.clock.run_for(6_000)
        self.page.locator("[data-awake]:is(#answers, [data-inbox])").first.wait_for(state="attached")

    def _ask(self, request: Any) -> None:
        self.asked += request.url.split("?")[0].endswith(("/news/", "/unread/"))

    def _count(self, response: Any) -> None:
        if response.url.split("?")[0].endswith(("/news/", "/unread/")):
            self.polls.append(response.status)

    def wait(self) -> None:
        """Let the page ask once and take the answer."""
        with self.page.expect_response(lambda answer: answer.url.split("?")[0].endswith(("/news/", "/unread/"))):
            self.page.clock.run_for(ROUND)
        self.page.clock.run_for(200)

    def asks_nothing(self) -> bool:
        """Whether the page stays quiet for long. What it asks would be noticed before a request made after it."""
        before = self.asked
        self.page.clock.run_for(10 * ROUND)
        self.page.evaluate("() => fetch('/keyboard/').then((answer) => answer.text())")
        return self.asked == before

    def top_of(self, selector: str) -> float:
        return float(self.page.locator(selector).first.evaluate("(each) => each.getBoundingClientRect().top"))


@pytest.fixture
def read(browsers: Browsers) -> Callable[..., Reader]:
    return lambda address, user=None: Reader(browsers, address, user)


def scroll_to(page: Page, selector: str) -> None:
    page.locator(selector).first.evaluate("(each) => each.scrollIntoView({ block: 'start' })")


@pytest.fixture
def question() -> Thread:
    asked = thread(person("anna"))
    many_answers(
        asked, 12, person("ben", display_name="Ben, whose name is long enough to push a line of the page down")
    )
    return asked


def test_new_answers_appear_below_and_what_is_read_does_not_move_by_a_pixel(read: Any, question: Thread) -> None:
    reader = read(question.get_absolute_url())
    page = reader.page
    scroll_to(page, "#a4 .prose p")
    before, height = reader.top_of("#a4 .prose p"), page.evaluate("document.body.scrollHeight")
    reply(question, person("erik"), "Turn it off first.")
    reply(question, person("frida"), "And on again.")
    reader.wait()
    expect(page.locator("#a14")).to_contain_text("And on again.")
    assert page.evaluate("document.body.scrollHeight") > height
    assert reader.top_of("#a4 .prose p") == before
    expect(page.locator("#live")).to_contain_text("2 new answers")
    expect(page.locator("#answers-title")).to_have_text("14 answers")
    assert page.evaluate("document.activeElement === document.body")
    page.get_by_role("button", name="2 new answers").click()
    expect(page.locator("#a13")).to_be_focused()
    expect(page.locator(".news")).to_have_count(0)


def test_whoever_writes_below_is_asked_first_and_keeps_every_word(read: Any, question: Thread) -> None:
    reader = read(question.get_absolute_url(), person("carla"))
    page = reader.page
    box = page.get_by_label("Your answer").last
    box.fill("I had this too, and")
    scroll_to(page, "#answer-title")
    before = reader.top_of("#answer-title")
    reply(question, body="Turn it off first.")
    reader.wait()
    offered = page.get_by_role("button", name="1 new answer")
    expect(offered).to_be_visible()
    expect(page.locator("#a13")).to_have_count(0)
    assert reader.top_of("#answer-title") == before
    expect(box).to_be_focused()
    reply(question, body="And on again.")
    reader.wait()
    page.get_by_role("button", name="2 new answers").click()
    expect(page.locator("#a13")).to_be_focused()
    expect(page.locator("#a14")).to_contain_text("And on again.")
    expect(box).to_have_value("I had this too, and")
    reader.wait()
    assert reader.polls[-1] == 304
    assert page.locator("#a13").count() == page.locator("#a14").count() == 1


def test_what_is_hidden_above_leaves_without_a_jump(read: Any, question: Thread) -> None:
    reader = read(question.get_absolute_url())
    scroll_to(reader.page, "#a8 .prose p")
    before = reader.top_of("#a8 .prose p")
    for position in (2, 9, 12):
        moderation.hide_answer(actor=moderator(), answer_id=question.answers.get(position=position).pk)
    reader.wait()
    expect(reader.page.locator("#a2")).to_have_text("This answer is no longer shown.")
    expect(reader.page.locator("#a12")).not_to_contain_text("Answer number")
    assert reader.top_of("#a8 .prose p") == before


def test_a_solution_changes_the_status_line_and_leads_to_itself(read: Any, question: Thread) -> None:
    reader = read(question.get_absolute_url())
    scroll_to(reader.page, "#a6 .prose p")
    before = reader.top_of("#a6 .prose p")
    solutions.accept(actor=question.asker, answer_id=question.answers.get(position=12).pk)
    reader.wait()
    expect(reader.page.locator("[data-standing]")).to_contain_text("Solved by Ben")
    expect(reader.page.locator("[data-badges]")).to_contain_text("Solved")
    assert reader.top_of("#a6 .prose p") == before
    reader.page.get_by_role("link", name="See the solution").click()
    expect(reader.page.locator(".post-solution")).to_contain_text("Answer number 12")


def test_an_edited_answer_is_hinted_at_and_not_exchanged_under_the_eyes(read: Any, question: Thread) -> None:
    reader = read(question.get_absolute_url())
    fifth = question.answers.get(position=5)
    edit_answer(actor=fifth.author, answer_id=fifth.pk, version=1, body="Better words.")
    reader.wait()
    expect(reader.page.locator("#a5")).to_contain_text("Answer number 5")
    with reader.page.expect_navigation():
        reader.page.get_by_role("button", name="Something here was edited").click()
    expect(reader.page.locator("#a5")).to_contain_text("Better words.")


def test_on_an_earlier_page_new_answers_are_only_told_of(read: Any) -> None:
    question = thread()
    many_answers(question, 45, person())
    reader = read(question.get_absolute_url())
    reply(question, body="Only the newcomers know.")
    reader.wait()
    reader.page.get_by_role("link", name="1 new answer on the last page").click()
    expect(reader.page.locator("#a46")).to_contain_text("Only the newcomers know.")


def test_a_page_nobody_looks_at_asks_nothing_and_begins_again_when_it_is_seen(read: Any, question: Thread) -> None:
    reader = read(question.get_absolute_url())
    reader.wait()
    assert reader.polls == [304]
    reader.page.evaluate(HIDE, True)
    assert reader.asks_nothing()
    reply(question, body="While you were away.")
    reader.page.evaluate(HIDE, False)
    reader.wait()
    expect(reader.page.locator("#a13")).to_contain_text("While you were away.")


def test_a_page_left_alone_for_long_stops_asking_until_it_is_touched(read: Any, question: Thread) -> None:
    reader = read(question.get_absolute_url())
    assert not reader.asks_nothing()
    reader.page.clock.fast_forward(31 * 60_000)
    reader.page.evaluate("() => fetch('/keyboard/')")
    assert reader.asks_nothing()
    reply(question, body="While you were asleep.")
    reader.page.mouse.wheel(0, 10)
    reader.wait()
    expect(reader.page.locator("#a13")).to_contain_text("While you were asleep.")


def test_a_page_whose_thread_is_gone_asks_no_more(read: Any, question: Thread, browsers: Browsers) -> None:
    reader = read(question.get_absolute_url())
    moderation.hide_thread(actor=moderator(), thread_id=question.pk)
    reader.wait()
    assert reader.polls == [404]
    assert reader.asks_nothing()


def test_the_bell_counts_while_a_page_stays_open(read: Any, question: Thread) -> None:
    reader = read(reverse("boards"), question.asker)
    title = reader.page.title()
    reply(question)
    fan_out_all()
    reader.wait()
    expect(reader.page.locator(".site-tools .unread")).to_be_visible()
    expect(reader.page).to_have_title(f"(1) {title}")
    expect(reader.page.locator("#live")).to_contain_text("1 unread")


def test_one_question_brings_both_on_a_threads_page(read: Any, question: Thread) -> None:
    other = thread(question.asker)
    reader = read(question.get_absolute_url(), question.asker)
    reply(other)
    fan_out_all()
    reader.wait()
    expect(reader.page.locator(".site-tools .unread")).to_have_attribute("data-unread", "1")
    assert reader.polls == [200]
