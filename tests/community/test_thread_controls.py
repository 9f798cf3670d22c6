"""What each reader of a thread's page is offered to do, and that it works."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from community import clock
from community.actions import moderation, solutions, thanks
from tests.community.reading import browser_of, page_of
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


CONTROLS = ("vote", "helped", "accept", "hide", "edit", "join", "lock", "move", "outdated", "answer")


def offered(page: str) -> set[str]:
    """The verbs a page offers, by their addresses."""
    found = re.findall(r'(?:action|formaction|href)="/(?:threads|answers)/\d+/([a-z-]+)/', page)
    return {verb for verb in found if verb in CONTROLS}


def test_each_reader_is_offered_what_they_may_do_and_nothing_else() -> None:
    anna, ben, boss = person(), person(), moderator()
    question = thread(anna)
    reply(question, ben)
    assert offered(page_of(browser_of(), question)) == set()
    assert offered(page_of(browser_of(anna), question)) == {"vote", "accept", "edit", "answer"}
    assert offered(page_of(browser_of(ben), question)) == {"join", "edit", "answer"}
    assert offered(page_of(browser_of(person()), question)) == {"vote", "helped", "join", "answer"}
    moderators = {"vote", "helped", "join", "edit", "hide", "lock", "move", "answer"}
    board("Another one")
    assert offered(page_of(browser_of(boss), question)) == moderators


def test_every_control_a_page_offers_works() -> None:
    anna, ben = person(), person()
    question = thread(anna)
    answer = reply(question, ben)
    reader = browser_of(person())
    page = page_of(reader, question)
    for verb in ("join", "vote", "helped"):
        address = re.search(rf'formaction="([^"]*/{verb}/)"', page)
        assert address is not None
        assert reader.post(address[1]).status_code in (302, 303)
    answer.refresh_from_db()
    question.refresh_from_db()
    assert (answer.helpful_count, answer.helped_count, question.me_too_count) == (1, 1, 1)
    page = page_of(reader, question)
    assert f"/answers/{answer.pk}/unvote/" in page
    assert f"/threads/{question.pk}/leave/" in page
    accept = re.search(r'formaction="([^"]*/accept/)"', page_of(browser_of(anna), question))
    assert accept is not None
    browser_of(anna).post(accept[1])
    question.refresh_from_db()
    assert question.solved_at is not None


def test_my_own_votes_are_shown_to_me_alone() -> None:
    question, voter = thread(), person()
    for _ in range(3):
        reply(question)
    middle = question.answers.get(position=2)
    thanks.vote(actor=voter, answer_id=middle.pk)
    mine = re.findall(r"/answers/(\d+)/unvote/", page_of(browser_of(voter), question))
    assert mine == [str(middle.pk)]
    assert "unvote" not in page_of(browser_of(person()), question)


def test_a_moderator_may_accept_once_the_asker_has_been_silent_for_a_week() -> None:
    boss = moderator()
    with clock.at(clock.now() - timedelta(days=8)):
        question = thread()
        reply(question)
    fresh = thread()
    reply(fresh)
    assert "accept" in offered(page_of(browser_of(boss), question))
    assert "accept" not in offered(page_of(browser_of(boss), fresh))


def test_a_trusted_member_may_mark_the_solution_of_a_silent_asker() -> None:
    trusted = person()
    for _ in range(3):
        anna = person()
        solutions.accept(actor=anna, answer_id=reply(thread(anna), trusted).pk)
    with clock.at(clock.now() - timedelta(days=8)):
        question = thread()
        answer = reply(question)
    assert f"/answers/{answer.pk}/mark/" in page_of(browser_of(trusted), question)
    assert "/mark/" not in page_of(browser_of(person()), question)


def test_a_late_me_too_is_offered_a_new_linked_question() -> None:
    anna, late = person(), person()
    with clock.at(clock.now() - timedelta(days=181)):
        old = thread(anna)
        solutions.accept(actor=anna, answer_id=reply(old).pk)
    young = thread(anna)
    solutions.accept(actor=anna, answer_id=reply(young).pk)
    assert f"/ask/?linked_from={old.pk}" in page_of(browser_of(late), old)
    assert "linked_from" not in page_of(browser_of(late), young)
    assert "linked_from" not in page_of(browser_of(anna), old)


def test_a_locked_thread_takes_no_answer() -> None:
    question = thread()
    moderation.lock(actor=moderator(), thread_id=question.pk)
    for reader in (browser_of(), browser_of(person())):
        page = page_of(reader, question)
        assert "is locked" in page
        assert "answer" not in offered(page)


def test_whoever_began_an_answer_finds_it_under_the_question() -> None:
    question, ben = thread(), person()
    reader = browser_of(ben)
    empty = page_of(reader, question)
    assert f'action="/threads/{question.pk}/answer/"' in empty
    reader.post(reverse("save_draft"), {"place": f"answer:{question.pk}", "body": "Have you tried <it>?"})
    assert "Have you tried &lt;it&gt;?" in page_of(reader, question)
    assert "Have you tried" not in page_of(browser_of(person()), question)


def test_the_form_under_a_thread_posts_an_answer_with_its_own_token_and_key() -> None:
    question = thread()
    readers = [browser_of(person(), enforce_csrf_checks=True) for _ in range(2)]
    keys = set()
    for reader in readers:
        page = page_of(reader, question)
        form = page[page.index('id="your-answer"') :]
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)
        key = re.search(r'name="post_key" value="([^"]+)"', form)
        assert token is not None
        assert key is not None
        keys.add(key[1])
        data = {"csrfmiddlewaretoken": token[1], "post_key": key[1], "body": "Try this."}
        for _ in range(2):
            assert reader.post(f"/threads/{question.pk}/answer/", data).status_code == 303
    assert len(keys) == 2
    assert question.answers.count() == 2
