"""What changes is on every kept page at once, whoever commits when."""

import random
from collections.abc import Callable
from threading import Event
from threading import Thread as SystemThread
from typing import Any

import pytest
from django.db import connection, transaction

from community.actions import answers, boards, brand, moderation, people, solutions, thanks, threads
from community.models import ChangeRow, Thread
from community.reading.page_cache import CACHE
from tests.community.kept import Scene, every_page, is_kept, queries_of
from tests.community.reading import browser_of, shows
from tests.factories import person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 20  # seconds a helper thread may take before the test gives up


# What changed is seen at once -----------------------------------------------------------------------------------------


ACTS: dict[str, Callable[[Scene], Any]] = {
    "answer": lambda s: answers.answer(actor=s.anna, thread_id=s.pk, body="Thank you."),
    "edit an answer": lambda s: answers.edit_answer(actor=s.ben, answer_id=s.answer.pk, version=1, body="Press twice."),
    "edit the question": lambda s: threads.edit_thread(
        actor=s.anna, thread_id=s.pk, version=1, title="A red light", body="And a sound."
    ),
    "vote": lambda s: thanks.vote(actor=s.anna, answer_id=s.answer.pk),
    "helped": lambda s: thanks.say_helped(actor=s.anna, answer_id=s.answer.pk),
    "join": lambda s: thanks.join(actor=s.ben, thread_id=s.pk),
    "accept": lambda s: solutions.accept(actor=s.anna, answer_id=s.answer.pk),
    "not yet": lambda s: solutions.say_not_solved(actor=s.anna, answer_id=s.answer.pk),
    "request info": lambda s: threads.request_info(actor=s.boss, thread_id=s.pk),
    "close": lambda s: threads.close(actor=s.anna, thread_id=s.pk),
    "lock": lambda s: moderation.lock(actor=s.boss, thread_id=s.pk),
    "retag": lambda s: threads.retag(actor=s.anna, thread_id=s.pk, tags=["lamp"]),
    "hide the answer": lambda s: moderation.hide_answer(actor=s.boss, answer_id=s.answer.pk),
    "move": lambda s: moderation.move(actor=s.boss, thread_id=s.pk, board_id=s.other.pk),
    "rename the board": lambda s: boards.update_board(actor=s.chief, board_id=s.board.pk, name="Hub"),
    "rename the tag": lambda s: boards.rename_tag(actor=s.chief, tag_id=s.question.tags.get().pk, name="lamp"),
    "rename the helper": lambda s: people.update_profile(actor=s.ben, display_name="Benjamin"),
    "rename the asker": lambda s: people.update_profile(actor=s.anna, display_name="Annabel"),
    "rename the brand": lambda s: brand.update_brand(actor=s.chief, name="Acme"),
}


@pytest.mark.parametrize("act", ACTS)
def test_what_somebody_does_is_on_the_question_s_page_at_once(act: str) -> None:
    scene = Scene()
    address = scene.question.get_absolute_url()
    before = browser_of().get(address)
    assert queries_of(browser_of(), address) == 1
    ACTS[act](scene)
    after = browser_of().get(address)
    assert after.content != before.content
    CACHE.clear()
    assert browser_of().get(address).content == after.content


VANISHING: dict[str, Callable[[Scene], Any]] = {
    "hidden": lambda s: moderation.hide_thread(actor=s.boss, thread_id=s.pk),
    "its board made private": lambda s: s.hide_board(),
    "moved to a private board": lambda s: moderation.move(actor=s.boss, thread_id=s.pk, board_id=s.private.pk),
}


@pytest.mark.parametrize("way", VANISHING)
def test_what_visitors_may_no_longer_see_is_gone_from_every_page_at_once(way: str) -> None:
    scene = Scene()
    pages = every_page(scene.question)
    for address in pages:
        assert is_kept(address)
    VANISHING[way](scene)
    for address in pages:
        response = browser_of().get(address)
        assert b"A red light" not in response.content, address
        assert b"Press it once" not in response.content, address
    assert browser_of().get(scene.question.get_absolute_url()).status_code == 404
    assert len([1 for address in pages if scene.question.get_absolute_url() in address]) == 2


def test_what_comes_back_is_shown_again() -> None:
    scene = Scene()
    address = scene.question.get_absolute_url()
    moderation.hide_thread(actor=scene.boss, thread_id=scene.pk)
    assert browser_of().get(address).status_code == 404
    moderation.restore_thread(actor=scene.boss, thread_id=scene.pk)
    assert shows(browser_of(), address, "A red light")


def test_a_change_elsewhere_leaves_a_question_s_page_and_another_board_s_list_alone() -> None:
    scene = Scene()
    elsewhere = thread(on=scene.other, title="Elsewhere")
    for address in (scene.question.get_absolute_url(), scene.board.get_absolute_url(), "/threads/"):
        assert is_kept(address)
    reply(elsewhere)
    assert queries_of(browser_of(), scene.question.get_absolute_url()) == 1
    assert queries_of(browser_of(), scene.board.get_absolute_url()) == 1
    assert queries_of(browser_of(), "/threads/") > 1


def test_after_any_sequence_of_acts_every_kept_page_is_what_would_be_rendered_now() -> None:
    chance = random.Random(7)
    scene = Scene()
    address = {"question": scene.question.get_absolute_url(), "list": "/threads/", "board": "/boards/router/"}

    def again() -> None:
        scene.question.refresh_from_db()
        scene.answer.refresh_from_db()

    acts: list[Callable[[], Any]] = [
        lambda: reply(scene.question),
        lambda: thread(on=scene.board, title=f"Question {chance.random()}"),
        lambda: thanks.vote(actor=person(), answer_id=scene.answer.pk),
        lambda: answers.edit_answer(
            actor=scene.ben, answer_id=scene.answer.pk, version=scene.answer.version, body=f"Text {chance.random()}"
        ),
        lambda: solutions.accept(actor=scene.anna, answer_id=scene.answer.pk),
        lambda: solutions.withdraw(actor=scene.anna, thread_id=scene.pk),
        lambda: thanks.join(actor=person(), thread_id=scene.pk),
        lambda: moderation.move(actor=scene.boss, thread_id=scene.pk, board_id=scene.other.pk),
        lambda: moderation.move(actor=scene.boss, thread_id=scene.pk, board_id=scene.board.pk),
        lambda: people.update_profile(actor=scene.ben, display_name=f"Ben {chance.randint(1, 99)}"),
        lambda: None,
    ]
    for _ in range(40):
        chance.choice(acts)()
        again()
        shown = {name: browser_of().get(each).content for name, each in address.items()}
        kept, CACHE._entries = CACHE._entries, type(CACHE._entries)()
        fresh = {name: browser_of().get(each).content for name, each in address.items()}
        CACHE._entries = kept
        assert shown == fresh


# Whoever commits late -------------------------------------------------------------------------------------------------
def test_a_writer_who_began_earlier_and_commits_later_is_not_overlooked() -> None:
    """Two writers commit out of order: the page kept between their commits must go when the first one commits."""
    scene = Scene()
    address = scene.question.get_absolute_url()
    written, may_commit = Event(), Event()

    def slow_writer() -> None:
        try:
            with transaction.atomic():
                answers.edit_answer(actor=scene.ben, answer_id=scene.answer.pk, version=1, body="Written early.")
                written.set()
                assert may_commit.wait(WAIT)
        finally:
            written.set()
            connection.close()

    slow = SystemThread(target=slow_writer)
    slow.start()
    try:
        assert written.wait(WAIT)
        # The second writer takes a higher transaction id and commits first.
        people.update_profile(actor=scene.anna, display_name="Annabel")
        assert is_kept(address)
        assert not shows(browser_of(), address, "Written early.")
        assert is_kept("/threads/")
        highest = ChangeRow.objects.order_by("-xid").values_list("xid", flat=True).first()
    finally:
        may_commit.set()
        slow.join(WAIT)
    late = ChangeRow.objects.filter(thread_id=scene.pk).order_by("-id").values_list("xid", flat=True).first()
    assert late is not None
    assert highest is not None
    assert late < highest, "the test must have made a late committer"
    assert shows(browser_of(), address, "Written early.")
    assert queries_of(browser_of(), "/threads/") > 1


def test_a_page_rendered_while_somebody_writes_is_asked_again_after_they_commit() -> None:
    scene = Scene()
    address = scene.question.get_absolute_url()
    written, may_commit = Event(), Event()

    def writer() -> None:
        try:
            with transaction.atomic():
                moderation.hide_thread(actor=scene.boss, thread_id=scene.pk)
                written.set()
                assert may_commit.wait(WAIT)
        finally:
            written.set()
            connection.close()

    hiding = SystemThread(target=writer)
    hiding.start()
    try:
        assert written.wait(WAIT)
        for _ in range(3):
            assert browser_of().get(address).status_code == 200
    finally:
        may_commit.set()
        hiding.join(WAIT)
    assert browser_of().get(address).status_code == 404


def test_a_page_rendered_inside_a_transaction_is_neither_kept_nor_taken_from_the_cache() -> None:
    scene = Scene()
    address = scene.question.get_absolute_url()
    assert is_kept(address)
    with transaction.atomic():
        Thread.objects.filter(pk=scene.pk).update(body_html="<p>Not yet true.</p>")
        assert shows(browser_of(), address, "Not yet true.")
        transaction.set_rollback(True)
    assert not shows(browser_of(), address, "Not yet true.")
