"""What somebody came for and how it went: one press where they are, offered when it fits, and never in the way."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from community import clock
from community.actions import thanks
from community.models import Brand, User
from community.notices.solved import solved_address
from support.models import Intent, SolvedRating
from tests.browser.journeys import Browsers
from tests.browser.reading_on import agrees, awake, counting, question_on
from tests.factories import person, reply, thread
from tests.support.reading_people import nobody_is_drawn, peer_solved

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def on(transactional_db: None) -> None:
    counting(Brand.Counting.ON)
    nobody_is_drawn()


def opened(browsers: Browsers, address: str, reader: User) -> Page:
    page = browsers.open("/counting/", agrees(reader), viewport={"width": 390, "height": 844})
    page.clock.install()
    page.goto(address)
    awake(page)
    return page


def test_whoever_has_just_asked_taps_once_and_is_thanked(browsers: Browsers) -> None:
    ida = person("ida")
    page = opened(browsers, thread(ida).get_absolute_url(), ida)
    expect(question_on(page).get_by_text("without this community")).to_be_visible()
    page.get_by_role("button", name="Write an e-mail to support").click()
    expect(question_on(page).locator("[data-focus]")).to_be_focused()
    assert Intent.objects.get().instead == "email"
    assert browsers.complaints == []


def test_what_somebody_holds_with_the_keys_stays_in_its_place_when_they_are_asked(browsers: Browsers) -> None:
    ida = person("ida")
    with clock.at(clock.now() - timedelta(hours=2)):
        about = peer_solved(ida)
    page = browsers.open("/counting/", agrees(ida), viewport={"width": 1280, "height": 700})
    page.clock.install()
    page.goto(about.get_absolute_url())
    button = page.get_by_role("button", name="Bold")
    button.focus()
    expect(page.locator("form[data-awake]")).to_have_count(1)
    before = button.bounding_box()
    awake(page)
    expect(question_on(page)).to_be_visible()
    after = button.bounding_box()
    assert before is not None and after is not None
    assert abs(after["y"] - before["y"]) < 2


def test_whoever_is_not_asked_sees_nothing_and_closing_it_gives_the_place_back(browsers: Browsers) -> None:
    ida, passer_by = person("ida"), person("passer")
    about = thread(ida)
    page = opened(browsers, about.get_absolute_url(), ida)
    question_on(page).get_by_role("button", name="Close").click()
    expect(question_on(page)).to_have_count(0)
    assert Intent.objects.get().answered_at is None
    other = opened(browsers, about.get_absolute_url(), passer_by)
    expect(question_on(other)).to_have_count(0)


def test_with_the_same_problem_this_solved_it_is_followed_by_one_tap(browsers: Browsers) -> None:
    mia, about = person("mia"), peer_solved()
    thanks.join(actor=mia, thread_id=about.pk)
    page = opened(browsers, about.get_absolute_url(), mia)
    page.locator(".post-solution").get_by_role("button", name="Solved it for me").click()
    expect(question_on(page).get_by_text("Without this page")).to_be_visible()
    question_on(page).get_by_role("button", name="Call support").click()
    expect(question_on(page).get_by_text("Thank you. That helps.")).to_be_visible()
    said = Intent.objects.get()
    assert (said.moment, said.instead, said.person_key) == ("helped", "phone", f"u:{mia.pk}")


def test_the_asker_of_a_solved_question_says_with_one_press_and_some_words_how_it_went(browsers: Browsers) -> None:
    ida = person("ida")
    with clock.at(clock.now() - timedelta(hours=2)):
        about = peer_solved(ida)
    page = opened(browsers, about.get_absolute_url(), ida)
    page.get_by_role("radio", name="Great").check()
    page.get_by_label("What could we do better?").fill("Nothing: it was quick.")
    question_on(page).get_by_role("button", name="Send").click()
    expect(question_on(page).get_by_text("Thank you. That helps.")).to_be_visible()
    assert (SolvedRating.objects.get().score, SolvedRating.objects.get().words) == (5, "Nothing: it was quick.")
    page.reload()
    awake(page)
    expect(question_on(page)).to_have_count(0)


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_the_thanks_after_a_mails_button_ask_it_of_whoever_is_signed_in(browsers: Browsers, is_signed_in: bool) -> None:
    ida = person("ida")
    with clock.at(clock.now() - timedelta(hours=2)):
        about = thread(ida)
        answer = reply(about)
    address = urlsplit(solved_address(ida, answer)).path
    page = browsers.open("/counting/", ida if is_signed_in else None, viewport={"width": 390, "height": 844})
    page.clock.install()
    page.goto(address)
    page.get_by_role("button", name="Yes, it is solved").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Good to hear!")
    if not is_signed_in:
        expect(page.locator("[data-reading]")).to_have_count(0)
        return
    awake(page)
    page.get_by_role("radio", name="Good", exact=True).check()
    question_on(page).get_by_role("button", name="Send").click()
    expect(question_on(page).get_by_text("Thank you. That helps.")).to_be_visible()
    assert SolvedRating.objects.get().score == 4
