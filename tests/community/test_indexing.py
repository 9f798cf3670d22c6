"""What search engines may keep: what everybody may see and what is worth finding, by one rule."""

from datetime import timedelta
from typing import Any

import pytest

from community import clock
from community.actions import moderation, solutions
from community.models import Thread
from community.reading.found.indexing import UNANSWERED_FOR, indexable_threads, is_indexable
from tests.community.heads import is_indexed
from tests.community.reading import browser_of
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


def aged(days: float) -> Thread:
    with clock.at(clock.now() - timedelta(days=days)):
        return thread()


def test_a_question_that_waited_a_month_is_not_worth_finding_and_an_answered_one_is() -> None:
    old, young = aged(31), aged(29)
    assert not is_indexed(old.get_absolute_url())
    assert is_indexed(young.get_absolute_url())
    reply(old)
    assert is_indexed(old.get_absolute_url())


def test_what_only_its_asker_answered_still_waits_until_they_say_that_it_is_solved() -> None:
    old = aged(31)
    own = reply(old, old.asker, "I found it: the cable.")
    assert not is_indexed(old.get_absolute_url())
    solutions.accept(actor=old.asker, answer_id=own.pk)
    assert is_indexed(old.get_absolute_url())


def test_an_idea_needs_no_answer_to_be_found() -> None:
    with clock.at(clock.now() - timedelta(days=400)):
        idea = thread(kind=Thread.Kind.IDEA)
    assert is_indexed(idea.get_absolute_url())


def test_a_kept_page_leaves_search_engines_in_the_very_moment_though_nothing_changed() -> None:
    question = thread()
    address, end = question.get_absolute_url(), question.asked_at + UNANSWERED_FOR
    with clock.at(end - timedelta(seconds=1)):
        assert is_indexed(address)
        assert is_indexed(address), "kept"
    with clock.at(end):
        assert not is_indexed(address)
    with clock.at(end + timedelta(days=1)):
        assert not is_indexed(address)


def test_an_answered_page_is_kept_however_much_time_goes_by(django_assert_num_queries: Any) -> None:
    question = thread()
    reply(question)
    client = browser_of()
    client.get(question.get_absolute_url())
    with clock.at(clock.now() + timedelta(days=4000)), django_assert_num_queries(1):
        assert is_indexed(question.get_absolute_url(), client)


def test_a_page_that_is_past_its_month_is_kept_too(django_assert_num_queries: Any) -> None:
    question, client = aged(40), browser_of()
    client.get(question.get_absolute_url())
    with django_assert_num_queries(1):
        client.get(question.get_absolute_url())


def test_hidden_questions_and_those_of_closed_circles_are_not_for_search_engines() -> None:
    boss, anna = moderator(), person()
    hidden, inner = thread(), thread(anna, board("Members", audience="signed_in"))
    reply(hidden), reply(inner)
    moderation.hide_thread(actor=boss, thread_id=hidden.pk)
    for question in (hidden, inner):
        assert browser_of().get(question.get_absolute_url()).status_code == 404
        assert not is_indexed(question.get_absolute_url(), browser_of(boss))
    assert not is_indexed("/boards/members/", browser_of(anna))


def test_a_tag_is_worth_a_page_from_three_questions_on_that_everybody_sees() -> None:
    anna, here, inner = person(), board(), board(audience="signed_in")
    for where in (here, here, inner):
        question = thread(anna, where, tags=["led"])
    assert not is_indexed("/tags/led/")
    question = thread(anna, here, tags=["led"])
    assert is_indexed("/tags/led/")
    moderation.hide_thread(actor=moderator(), thread_id=question.pk)
    assert not is_indexed("/tags/led/")


@pytest.mark.parametrize(
    "address",
    [
        "/threads/?state=new",
        "/threads/?kind=problem",
        "/threads/?list=unanswered",
        "/boards/routers/?state=new",
        "/people/anna/",
        "/ask/",
        "/accounts/login/",
        "/accounts/signup/",
        "/accounts/password/reset/",
    ],
)
def test_narrowed_lists_profiles_and_the_sign_in_family_are_not_for_search_engines(address: str) -> None:
    thread(person("anna"), board("Routers"))
    assert not is_indexed(address)
    assert is_indexed("/threads/")
    assert is_indexed("/boards/routers/")


@pytest.mark.parametrize("address", ["/settings/", "/inbox/", "/watches/", "/for-you/", "/moderation/"])
def test_a_members_own_pages_are_not_for_search_engines(address: str) -> None:
    assert not is_indexed(address, browser_of(moderator()))


def test_a_page_that_is_not_there_is_not_for_search_engines_and_has_no_address() -> None:
    page = browser_of().get("/nowhere/").content.decode()
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page


def test_the_rule_for_one_thread_and_the_rule_for_all_are_the_same_rule() -> None:
    anna, boss, now = person(), moderator(), clock.now()
    inner = board(audience="signed_in")
    for days in (1, 31):
        with clock.at(now - timedelta(days=days)):
            for where in (None, inner):
                for kind in Thread.Kind.values:
                    thread(anna, where, kind=kind)
                    reply(thread(anna, where, kind=kind))
                    reply(thread(anna, where, kind=kind), anna)
                solved = thread(anna, where)
                solutions.accept(actor=anna, answer_id=reply(solved, anna).pk)
                moderation.hide_thread(actor=boss, thread_id=thread(anna, where).pk)
                moderation.hide_answer(actor=boss, answer_id=reply(thread(anna, where)).pk)
    Thread.objects.filter(pk=solved.pk).update(merged_into=Thread.objects.order_by("pk")[0].pk)
    for at in (now, now + timedelta(days=29), now + timedelta(days=40)):
        one_by_one = {each.pk for each in Thread.objects.select_related("board") if is_indexable(each, at)}
        assert one_by_one == set(indexable_threads(at).values_list("pk", flat=True))
        assert 0 < len(one_by_one) < Thread.objects.count()
