"""From the mail to "solved" or "not yet": two presses on a telephone, with and without a script, signed in or not."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from community.models import Answer, Draft, Solution, Thread
from community.notices.solved import not_yet_address, solved_address
from tests.browser.journeys import Browsers, Keyboard, NoScript
from tests.community.accounts import PASSWORD
from tests.factories import person, reply, thread
from tests.mailing import reachable

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def answer() -> Answer:
    anna = reachable("anna")
    anna.set_password(PASSWORD)
    anna.save()
    return reply(thread(anna, title="The light stays red"), person("ben"))


def path_of(address: str) -> str:
    return urlsplit(address).path


@pytest.mark.parametrize("hands", [Keyboard, NoScript], ids=lambda hands: hands.__name__)
def test_who_is_not_signed_in_says_yes_and_reads_who_is_thanked(
    browsers: Browsers, answer: Answer, hands: type[Keyboard | NoScript]
) -> None:
    page = browsers.open(path_of(solved_address(answer.thread.asker, answer)), **PHONE, **hands.options)
    me = hands(page)
    expect(page.locator("main")).to_contain_text("Hold the button for ten seconds.")
    me.press("Yes, it is solved")
    expect(page.locator("h1")).to_have_text("Good to hear!")
    assert Solution.objects.filter(answer=answer, withdrawn_at=None).exists()
    me.follow("Open the question")
    expect(page.locator("[data-standing]")).to_contain_text("Solved by ben")
    assert browsers.complaints == []


@pytest.mark.parametrize("hands", [Keyboard, NoScript], ids=lambda hands: hands.__name__)
def test_what_somebody_adds_after_not_yet_is_there_again_once_they_have_signed_in(
    browsers: Browsers, answer: Answer, hands: type[Keyboard | NoScript]
) -> None:
    page = browsers.open(path_of(solved_address(answer.thread.asker, answer)), **PHONE, **hands.options)
    me = hands(page)
    me.follow("Not yet")
    me.press("It is not solved yet")
    expect(page.locator("h1")).to_have_text("What is still missing?")
    assert Thread.objects.get().state == "needs_attention"
    me.fill("What did you try", "It went red again after an hour.")
    me.press("Go on")
    expect(page.locator("h1")).to_have_text("Sign in")
    assert Draft.objects.get().body == "It went red again after an hour."
    me.fill("E-mail address or name", "anna")
    me.fill("Password", PASSWORD)
    me.press("Sign in")
    expect(page.locator("textarea[name=body]")).to_have_value("It went red again after an hour.")
    me.press("Post your answer")
    assert answer.thread.answers.filter(author=answer.thread.asker).count() == 1
    assert browsers.complaints == []


def test_the_asker_finds_the_same_two_buttons_below_the_newest_answer(browsers: Browsers, answer: Answer) -> None:
    page = browsers.open(answer.thread.get_absolute_url(), answer.thread.asker, **PHONE)
    asked = page.locator(".post-asked")
    expect(asked).to_contain_text("Did this solve it?")
    asked.get_by_role("button", name="Not yet").click()
    expect(page.locator(".messages")).to_contain_text("What did you try, and what happened?")
    expect(page.locator("[data-badges]")).to_contain_text("Needs attention")
    expect(page.locator(".post-asked")).to_have_count(0)
    page.get_by_role("button", name="This is the solution").click()
    expect(page.locator("[data-standing]")).to_contain_text("Solved by ben")
    assert browsers.complaints == []


def test_somebody_else_signs_out_and_comes_back_to_the_question(browsers: Browsers, answer: Answer) -> None:
    page = browsers.open("/", person("dora"), **PHONE)
    page.goto(path_of(not_yet_address(answer.thread.asker, answer)))
    expect(page.locator("h1")).to_have_text("You are signed in as dora")
    page.locator("main").get_by_role("link", name="Sign out").click()
    page.locator("main").get_by_role("button", name="Sign out").click()
    expect(page.locator("h1")).to_have_text("Not solved yet?")
