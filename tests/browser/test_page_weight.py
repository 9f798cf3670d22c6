"""What a visitor's telephone has to load: little, once, and nothing moves while it is read. Times are the command's."""

import pytest

from community.actions import solutions
from community.actions.brand import write_brand
from config.page_weight import Visit, site, visits
from tests.factories import person, reply, thread

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(300)]

WORDS = "Hold the **button** for ten seconds, then look at the [light](https://example.com/lights) again. " * 8


def test_a_page_is_light_at_the_first_visit_still_and_itself_alone_at_the_second(browser, settings) -> None:
    settings.HOLD_POSTS = False  # twenty times a link, by somebody new
    write_brand(actor=None, name="Nordwave", accent="#0f6b6b", welcome="Ask about your router.")
    question = thread(tags=["red light", "firmware"], body=WORDS)
    helper = person("helper")
    answers = [reply(question, helper, body=f"{WORDS} {number}") for number in range(20)]
    solutions.accept(actor=question.asker, answer_id=answers[7].pk)
    found = {}
    with site() as address:
        for page in ("/", "/threads/", question.get_absolute_url()):
            found[page] = visits(browser, address + page)
    for page, (first, second) in found.items():
        keeps_the_budget(page, first)
        assert second.requests == 1, f"{page} loads again what it has: {second.loaded}"


def keeps_the_budget(page: str, first: Visit) -> None:
    assert 0 < first.size <= 60_000, f"{page}: {first.loaded}"
    assert first.requests <= 10, f"{page}: {first.loaded}"
    assert first.shift == 0, f"{page} moves while it is read"
