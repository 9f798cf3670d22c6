"""The moment of a helper: people say that an answer solved it for them, and its author reads how many they are."""

import re

import pytest
from playwright.sync_api import expect

from community.notices.fanout import fan_out_all
from tests.browser.journeys import Browsers
from tests.factories import person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_people_press_solved_it_for_me_and_the_helper_reads_how_many_they_are(browsers: Browsers) -> None:
    anna, erik = person("anna"), person("erik")
    question = thread(anna)
    answer = reply(question, erik, "Hold the button for ten seconds.")
    for number in range(4):
        page = browsers.open(question.get_absolute_url(), person(f"reader{number}"))
        page.get_by_role("button", name="Solved it for me").click()
        expect(page.locator("#toasts")).to_contain_text("Thank you")
        expect(page.locator("main")).not_to_contain_text("has now solved it for")
    asker = browsers.open(question.get_absolute_url(), anna)
    asker.get_by_role("button", name="Yes, it is solved").click()
    expect(asker.locator("[data-standing]")).to_contain_text("Solved by erik")
    fan_out_all()
    helper = browsers.open("/inbox/", erik)
    told = "Your answer has now solved it for 5 people"
    with helper.expect_navigation():
        helper.get_by_role("button", name=re.compile(told)).click()
    assert helper.url.endswith(f"#a{answer.position}")
    expect(helper.locator(f"#a{answer.position}")).to_contain_text(told)
    assert browsers.complaints == []
