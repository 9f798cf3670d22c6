"""Who sees a thread's page, at which addresses, and what it costs."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from community import clock
from community.actions import moderation, solutions, thanks
from community.models import Attachment, Thread, User
from community.roles import Role
from tests.community.reading import anchors, browser_of, many_answers, page_of, shows, statements
from tests.factories import agent, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db


# Who sees it ----------------------------------------------------------------------------------------------------------
def every_address(question: Thread) -> list[str]:
    place = question.get_absolute_url()
    return [
        place,
        f"{place}?page=1",
        reverse("thread_short", args=[question.pk]),
        reverse("answer", args=[question.pk, 1]),
    ]


def test_a_private_thread_is_not_there_for_those_who_may_not_see_it() -> None:
    group = Group.objects.create(name="pilots")
    pilot = person()
    pilot.groups.add(group)
    question = thread(User.objects.get(pk=pilot.pk), board("Pilot", groups=[group]), title="Codename")
    reply(question, moderator())
    for address in every_address(question):
        for outsider in (None, person(), agent(), moderator(second_factor=False)):
            response = browser_of(outsider).get(address)
            assert response.status_code == 404, address
            assert b"Codename" not in response.content
        for insider in (pilot, moderator()):
            assert browser_of(insider).get(address).status_code in (200, 301, 302)


def test_a_hidden_thread_is_there_for_moderators_alone() -> None:
    anna = person()
    question = thread(anna)
    reply(question)
    moderation.hide_thread(actor=moderator(), thread_id=question.pk)
    for address in every_address(question):
        assert browser_of().get(address).status_code == 404
        assert browser_of(anna).get(address).status_code == 404
        assert browser_of(moderator()).get(address).status_code in (200, 301, 302)
    assert "This question is hidden" in page_of(browser_of(moderator()), question)


def test_a_hidden_answer_is_folded_for_moderators_and_gone_for_others() -> None:
    question, ben = thread(), person()
    answer = reply(question, ben, "Buy my pills.")
    reply(question, body="Something useful.")
    moderation.hide_answer(actor=moderator(), answer_id=answer.pk)
    for reader in (browser_of(), browser_of(ben)):
        for sort in ("", "?sort=oldest", "?sort=newest", "?sort=helpful"):
            page = page_of(reader, question, sort)
            assert "Buy my pills" not in page
            assert anchors(page) == [2]
        assert reader.get(reverse("answer", args=[question.pk, 1])).status_code == 404
    page = page_of(browser_of(moderator()), question)
    assert '<details class="post post-hidden" id="a1">' in page
    assert f"/answers/{answer.pk}/restore/" in page


def test_files_of_hidden_answers_are_not_named() -> None:
    question = thread()
    answer = reply(question)
    Attachment.objects.create(
        thread=question, answer=answer, name="secret.log", uploader=answer.author, kind="text", size=1, file="x"
    )
    moderation.hide_answer(actor=moderator(), answer_id=answer.pk)
    assert "secret.log" not in page_of(browser_of(), question)


# Its addresses --------------------------------------------------------------------------------------------------------
def test_short_and_old_addresses_lead_to_the_present_one() -> None:
    question = thread(title="An old title")
    short = browser_of().get(f"/t/{question.pk}/?page=1")
    assert (short.status_code, short["Location"]) == (301, f"/t/{question.pk}/an-old-title/?page=1")
    wrong = browser_of().get(f"/t/{question.pk}/anything-else/?sort=newest")
    assert (wrong.status_code, wrong["Location"]) == (301, f"/t/{question.pk}/an-old-title/?sort=newest")
    for response in (short, wrong):
        # A title can change and change back: a browser that kept the answer would walk in circles.
        assert "no-cache" in response["Cache-Control"]


def test_a_permalink_finds_the_page_its_answer_stands_on() -> None:
    question = thread()
    many_answers(question, 45, person())
    for position in (1, 20, 21, 40, 41, 45):
        response = browser_of().get(reverse("answer", args=[question.pk, position]), follow=True)
        assert position in anchors(response.content.decode())
        assert response.redirect_chain[-1][0].endswith(f"#a{position}")
    solutions.accept(actor=question.asker, answer_id=question.answers.get(position=45).pk)
    response = browser_of().get(reverse("answer", args=[question.pk, 45]), follow=True)
    assert 45 in anchors(response.content.decode())


def test_permalinks_stay_when_earlier_answers_are_hidden() -> None:
    question = thread()
    many_answers(question, 30, person())
    for position in (2, 3):
        moderation.hide_answer(actor=moderator(), answer_id=question.answers.get(position=position).pk)
    first, second = page_of(browser_of(), question), page_of(browser_of(), question, "?page=2")
    assert anchors(first) == [1, *range(4, 21)]
    assert anchors(second) == list(range(21, 31))


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("page=2", 404),
        ("page=0", 404),
        ("page=-1", 404),
        ("page=abc", 404),
        ("page=1.5", 404),
        ("page=1000000000", 404),
        ("page=" + "9" * 60, 404),
        ("page=%D9%A1", 404),
        ("page=%00", 400),
        ("page=%ff", 400),
        ("page=", 200),
        ("sort=nonsense", 400),
        ("sort=%00", 400),
        ("sort=helpful&after=x", 400),
        ("sort=helpful&after=" + "A" * 28, 400),
        ("sort=oldest&after=x", 200),
        ("utm=1", 200),
    ],
)
def test_pages_and_orders_that_cannot_be_are_told(query: str, status: int) -> None:
    question = thread()
    reply(question)
    assert browser_of().get(f"{question.get_absolute_url()}?{query}").status_code == status


@pytest.mark.parametrize(
    "address", ["/t/1/", "/t/999999999999999999/", "/t/9999999999999999999/", "/t/abc/", "/t/1/%00/", "/t/1/%ff/",
                "/threads/1/answers/1/", "/threads/999999999999999999/answers/999999999999999999/"]
)  # fmt: skip
def test_threads_that_are_not_there_are_not_found(address: str) -> None:
    assert browser_of().get(address).status_code in (400, 404)


def test_a_permalink_to_an_impossible_position_is_not_found() -> None:
    question = thread()
    for position in (0, 1, 10**9, 10**17):
        assert browser_of().get(f"/threads/{question.pk}/answers/{position}/").status_code == 404


def test_reading_changes_nothing() -> None:
    question, reader = thread(), person()
    reply(question)
    with CaptureQueriesContext(connection) as queries:
        for client in (browser_of(), browser_of(reader)):
            for address in (question.get_absolute_url(), "/", "/threads/", question.board.get_absolute_url()):
                client.get(address)
                client.head(address)
    writes = [each["sql"] for each in queries if re.match(r"(INSERT|UPDATE|DELETE)", each["sql"])]
    # Signing in writes a session and the day one was seen; reading does not.
    assert [sql for sql in writes if "django_session" not in sql and '"last_login"' not in sql] == []


# What it costs --------------------------------------------------------------------------------------------------------
def cost(client: Client, question: Thread, query: str = "") -> int:
    page_of(client, question, query)
    with CaptureQueriesContext(connection) as queries:
        page_of(client, question, query)
    return len(statements(queries))


def readers_of(question: Thread) -> dict[str, User | None]:
    return {"visitor": None, "customer": person(), "asker": question.asker, "moderator": moderator()}


def test_a_page_asks_the_same_number_of_questions_for_one_answer_and_for_a_thousand() -> None:
    author = person()
    with clock.at(clock.now() - timedelta(days=8)):
        question: Any = thread(tags=["led", "update"])
        reply(question, author)
    question = Thread.objects.get(pk=question.pk)
    readers = {who: browser_of(user) for who, user in readers_of(question).items()}
    few = {who: cost(client, question) for who, client in readers.items()}
    many_answers(question, 999, author)
    for who, client in readers.items():
        for query in ("", "?page=50", "?sort=newest", "?sort=helpful"):
            assert cost(client, question, query) == few[who] <= 12, (who, query)


def test_a_solved_thread_asks_no_more_on_its_last_page_than_on_its_first() -> None:
    question = thread()
    many_answers(question, 1000, person())
    solutions.accept(actor=question.asker, answer_id=question.answers.get(position=500).pk)
    question.refresh_from_db()
    for who, user in readers_of(question).items():
        client = browser_of(user)
        assert cost(client, question, "?page=50") <= cost(client, question) <= 12, who


def test_a_page_of_a_thousand_answers_is_read_by_a_range_of_positions() -> None:
    question = thread()
    many_answers(question, 1000, person())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE community_answer")
    with CaptureQueriesContext(connection) as queries:
        page_of(browser_of(), question, "?page=50")
    asked = next(sql for sql in statements(queries) if 'FROM "community_answer"' in sql)
    assert "OFFSET" not in asked
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {asked}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "one_answer_per_position" in plan, plan


def test_no_prepared_query_remembers_who_asked_first() -> None:
    question = thread(on=board("Members", audience="signed_in"))
    reply(question)
    first, second = person(), person()
    thanks.vote(actor=first, answer_id=question.answers.get().pk)
    assert "unvote" in page_of(browser_of(first), question)
    assert "unvote" not in page_of(browser_of(second), question)
    assert browser_of().get(question.get_absolute_url()).status_code == 404
    assert shows(browser_of(person("mod", Role.MODERATOR)), question.get_absolute_url(), "Moderation")
