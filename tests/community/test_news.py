"""What an open page is told: new answers, where the thread stands, the inbox's number; to whom, and at what cost."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import moderation, notices, solutions, threads
from community.actions.answers import edit_answer
from community.actions.limits import LIMITS, Limit, Limits
from community.models import Thread, User
from community.notices.fanout import fan_out_all
from community.reading.page_cache import CACHE
from tests.community.reading import browser_of, many_answers, statements
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


class OpenPage:
    """A thread's page as it stands open in somebody's browser."""

    def __init__(self, question: Thread, user: User | None = None, query: str = "") -> None:
        self.client = browser_of(user)
        page = self.client.get(question.get_absolute_url() + query).content.decode()
        live = re.search(r'data-live="([^"]*)" data-etag="([^"]*)" data-seen="([^"]*)"', page)
        assert live is not None
        self.address, self.etag, self.seen = (
            text.replace("&amp;", "&").replace("&quot;", '"') for text in live.groups()
        )

    def ask(self) -> Any:
        """What the page's script asks, with what it knows."""
        answer = self.client.get(self.address, headers={"If-None-Match": self.etag})
        self.etag = answer.get("ETag", self.etag)
        return answer

    def words(self) -> str:
        answer = self.ask()
        assert answer.status_code == 200
        return str(answer.content.decode())


# What is told ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("query", ["", "?sort=oldest", "?sort=newest", "?sort=helpful"])
def test_as_long_as_nothing_happens_nothing_is_sent(query: str) -> None:
    question = thread()
    many_answers(question, 45, person())
    for user in (None, person(), question.asker, moderator()):
        answer = OpenPage(question, user, query).ask()
        assert (answer.status_code, answer.content) == (304, b"")


def test_a_new_answer_comes_as_the_page_itself_would_show_it() -> None:
    question, carla = thread(person("anna")), person("carla")
    reply(question)
    open_page = OpenPage(question, carla)
    given = reply(question, person("ben"), "Turn it **off** first.")
    words = open_page.words()
    again = open_page.client.get(question.get_absolute_url()).content.decode()
    post = re.search(rf'<article class="post" id="a{given.position}">.*?</article>', words, re.S)
    assert post is not None and post[0] in again
    assert "1 new answer<" in words
    assert "2 answers" in words
    assert open_page.ask().status_code == 304


def test_an_earlier_page_is_only_told_where_the_new_answers_are() -> None:
    question = thread()
    many_answers(question, 85, person())
    first, last = OpenPage(question), OpenPage(question, query="?page=5")
    reply(question, body="Only the newcomers know.")
    reply(question)
    words = first.words()
    assert "2 new answers on the last page" in words
    assert reverse("answer", args=[question.pk, 86]) in words
    assert "Only the newcomers know" not in words
    assert "Only the newcomers know" in last.words()


def test_an_accepted_solution_is_told_in_the_status_line() -> None:
    question = thread()
    answer = reply(question, person("erik", display_name="Erik"))
    open_page = OpenPage(question)
    solutions.accept(actor=question.asker, answer_id=answer.pk)
    words = open_page.words()
    assert "Solved by <bdi>Erik</bdi> after 1 minute" in words
    assert "See the solution" in words


def test_an_edited_post_has_another_version_and_a_hidden_one_none() -> None:
    question, ben = thread(), person()
    edited, hidden = reply(question, ben), reply(question, ben)
    open_page = OpenPage(question)
    assert open_page.seen == "0.1 1.1 2.1"
    edit_answer(actor=ben, answer_id=edited.pk, version=1, body="Better words.")
    moderation.hide_answer(actor=moderator(), answer_id=hidden.pk)
    assert 'data-seen="0.1 1.2"' in open_page.words()
    threads.edit_thread(
        actor=question.asker, thread_id=question.pk, version=1, title=question.title, body="And a sound."
    )
    assert 'data-seen="0.2 1.2"' in open_page.words()


# Who is told ----------------------------------------------------------------------------------------------------------
def test_a_hidden_answer_is_news_for_moderators_alone() -> None:
    question = thread()
    pages = {
        who: OpenPage(question, user) for who, user in {"visitor": None, "ben": person(), "mod": moderator()}.items()
    }
    moderation.hide_answer(actor=moderator(), answer_id=reply(question, body="Buy my pills.").pk)
    for who, open_page in pages.items():
        assert ("Buy my pills" in open_page.ask().content.decode()) == (who == "mod")


def test_a_board_made_private_says_nothing_more_to_open_pages() -> None:
    group = Group.objects.create(name="pilots")
    inside = person()
    inside.groups.add(group)
    question = thread(User.objects.get(pk=inside.pk), board("Pilots", groups=[group]))
    open_page = OpenPage(question, inside)
    inside.groups.remove(group)
    reply(question, moderator(), body="Codename.")
    answer = open_page.ask()
    assert answer.status_code == 404
    assert b"Codename" not in answer.content


def test_the_badge_comes_along_and_is_nobody_elses() -> None:
    anna = person()
    question = thread(anna)
    hers, others = OpenPage(question, anna), OpenPage(question)
    reply(question)
    fan_out_all()
    assert 'data-unread="1"' in hers.words()
    assert "data-unread" not in others.words()
    notices.mark_read(actor=anna)
    assert 'data-unread="0"' in hers.words()


def test_the_badge_alone_is_asked_for_elsewhere() -> None:
    anna = person()
    client = browser_of(anna)
    first = client.get(reverse("unread"))
    assert 'data-unread="0" hidden' in first.content.decode()
    assert client.get(reverse("unread"), headers={"If-None-Match": first["ETag"]}).status_code == 304
    reply(thread(anna))
    fan_out_all()
    later = client.get(reverse("unread"), headers={"If-None-Match": first["ETag"]})
    assert 'data-unread="1"' in later.content.decode()
    assert "no-cache" in later["Cache-Control"]
    assert Client().get(reverse("unread")).status_code == 403


# What it costs --------------------------------------------------------------------------------------------------------
def test_asking_in_vain_is_one_message_for_a_visitor_and_three_for_a_member() -> None:
    question = thread()
    many_answers(question, 1, person())
    member = person()
    for more, queries_of_pages in ((0, ("", "?sort=newest")), (999, ("", "?page=50", "?sort=helpful"))):
        many_answers(question, more, member)
        CACHE.clear()  # rows put there by hand tell the page cache nothing
        for query in queries_of_pages:
            for user, messages, asked in ((None, 1, 2), (member, 3, 5)):
                open_page = OpenPage(question, user, query)
                with clock.at(clock.now()):
                    open_page.ask()  # takes its part of the common count, for the next thirty or so in these minutes
                    with CaptureQueriesContext(connection) as queries:
                        assert open_page.ask().status_code == 304
                assert (len(queries), len(statements(queries))) == (messages, asked), query


def test_news_costs_no_more_for_a_thousand_answers() -> None:
    ben, costs = person(), set()
    for many in (1, 999):
        question = thread()
        many_answers(question, many, ben)
        open_page = OpenPage(question, ben, f"?page={(many - 1) // 20 + 1}")
        with clock.at(clock.now()):
            open_page.ask()
            reply(question)
            with CaptureQueriesContext(connection) as queries:
                open_page.words()
        costs.add(len(statements(queries)))
    assert len(costs) == 1 and costs.pop() <= 12


@pytest.mark.usefixtures("usual_limits")
def test_a_script_that_lost_its_patience_is_slowed_down(monkeypatch: pytest.MonkeyPatch) -> None:
    question = thread()
    open_page, other = OpenPage(question, person()), OpenPage(question, person())
    few = (Limit(3, 600),)
    monkeypatch.setitem(LIMITS, "news", Limits("So it is.", new=few, member=few, address=few))
    asked = [open_page.ask().status_code for _ in range(4)]
    assert asked == [304] * 3 + [429]
    assert other.ask().status_code == 304


@pytest.mark.parametrize("query", ["from=x", "since=-1", "from=" + "9" * 60, "since=%D9%A1", "tail=%00", "from=%ff"])
def test_what_no_page_of_ours_asks_is_refused(query: str) -> None:
    address = reverse("thread_news", args=[thread().pk])
    assert Client().get(f"{address}?{query}").status_code == 400
    assert Client().get(address).status_code == 200
