"""The lists: each equals a recount from raw rows, shows what one may see, and walks by cursors."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import clock
from community.actions import moderation, notices, solutions, threads
from community.errors import Refused
from community.models import Answer, Board, Solution, Thread, User
from community.reading import cursors
from tests.community.reading import browser_of, shows, statements, titles
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db

LIST = "/threads/"


def numbered(count: int, asker: User, on: Board) -> None:
    """Threads 0001, 0002... each a minute younger than the one before."""
    start = clock.now() - timedelta(days=30)
    Thread.objects.bulk_create(
        Thread(
            board=on,
            kind="problem",
            title=f"Thread {number:04}",
            body="x",
            body_html="<p>x</p>",
            asker=asker,
            asked_at=start + timedelta(minutes=number),
            last_activity_at=start + timedelta(minutes=number),
        )
        for number in range(1, count + 1)
    )


def varied_community() -> dict[str, User]:
    """Threads in every state, and the people in them."""
    people = {name: person(name) for name in ("anna", "ben", "cora")}
    anna, ben, cora = people.values()
    on = board("Router")
    thread(anna, on, title="nobody answered", tags=["led"])
    reply(thread(anna, on, title="ben answered"), ben)
    back = thread(ben, on, title="came back")
    reply(back, anna)
    reply(back, ben, "It still does not work.")
    solved = thread(anna, on, title="solved")
    solutions.accept(actor=anna, answer_id=reply(solved, ben).pk)
    outdated = thread(ben, on, title="outdated")
    solutions.accept(actor=ben, answer_id=reply(outdated, cora).pk)
    for reporter in (anna, person(), person()):
        solutions.report_outdated(actor=reporter, thread_id=outdated.pk)
    asked_back = thread(anna, on, title="needs info")
    threads.request_info(actor=moderator(), thread_id=asked_back.pk)
    threads.close(actor=anna, thread_id=thread(anna, on, title="closed").pk)
    talking_alone = thread(cora, on, title="talks alone")
    reply(talking_alone, cora, "Anybody?")
    emptied = thread(cora, on, title="answer was hidden")
    moderation.hide_answer(actor=moderator(), answer_id=reply(emptied, ben).pk)
    thread(ben, on, title="an idea", kind="idea")
    moderation.hide_thread(actor=moderator(), thread_id=thread(anna, on, title="hidden").pk)
    return people


def recount(rule: Callable[[Thread, list[Answer], Solution | None], bool]) -> set[str]:
    """The titles of threads for which the rule holds, told from raw rows and no cached number."""
    found = set()
    for each in Thread.objects.filter(hidden_at=None):
        answers = list(Answer.objects.filter(thread=each, hidden_at=None).order_by("position"))
        if rule(each, answers, Solution.objects.filter(thread=each, withdrawn_at=None).first()):
            found.add(each.title)
    return found


def open_question(each: Thread) -> bool:
    return each.kind in ("question", "problem") and each.closed_at is None


RULES: dict[str, Callable[[Thread, list[Answer], Solution | None], bool]] = {
    "": lambda each, answers, solution: True,
    "list=unanswered": lambda each, answers, solution: (
        open_question(each) and all(answer.author_id == each.asker_id for answer in answers)
    ),
    "list=unsolved": lambda each, answers, solution: (
        open_question(each) and (solution is None or solution.outdated_reports.count() >= 3)
    ),
    "list=needs-attention": lambda each, answers, solution: (
        each.closed_at is None
        and solution is None
        and each.needs_info_at is None
        and any(answer.author_id != each.asker_id for answer in answers)
        and answers[-1].author_id == each.asker_id
    ),
    "list=outdated": lambda each, answers, solution: bool(solution and solution.outdated_reports.count() >= 3),
    "state=solved": lambda each, answers, solution: each.closed_at is None and solution is not None,
    "state=closed": lambda each, answers, solution: each.closed_at is not None,
    "state=needs_info": lambda each, answers, solution: each.needs_info_at is not None and each.closed_at is None,
    "kind=idea": lambda each, answers, solution: each.kind == "idea",
    "tag=led": lambda each, answers, solution: each.title == "nobody answered",
    "board=router": lambda each, answers, solution: True,
}


@pytest.mark.parametrize("query", RULES)
def test_every_list_equals_a_recount_from_the_rows(query: str) -> None:
    varied_community()
    expected = recount(RULES[query])
    assert expected, "the rule must be tried on something"
    assert set(titles(browser_of(), f"{LIST}?{query}")) == expected


def test_my_lists_hold_what_i_asked_and_answered_and_what_waits_for_me() -> None:
    people = varied_community()
    anna, ben = browser_of(people["anna"]), browser_of(people["ben"])
    assert set(titles(anna, f"{LIST}?list=mine")) == recount(lambda each, a, s: each.asker_id == people["anna"].pk)
    assert set(titles(ben, f"{LIST}?list=my-answers")) == recount(
        lambda each, answers, s: any(answer.author_id == people["ben"].pk for answer in answers)
    )
    assert set(titles(anna, f"{LIST}?list=my-turn")) == {"ben answered", "needs info", "came back"}
    assert titles(ben, f"{LIST}?list=my-turn") == []


def test_for_you_shows_what_waits_under_my_tags_in_my_languages_and_says_what_to_do_when_there_is_nothing() -> None:
    people = varied_community()
    helper = person(languages=["en"])
    page = browser_of(helper)
    assert shows(page, reverse("for_you"), "Watch the tags you know something about")
    tag = Thread.objects.get(title="nobody answered").tags.get()
    notices.watch(actor=helper, tag_id=tag.pk)
    assert "nobody answered" in titles(page, reverse("for_you"))
    Thread.objects.filter(title="nobody answered").update(language="de")
    assert "nobody answered" not in titles(page, reverse("for_you"))
    assert "came back" in titles(browser_of(people["anna"]), reverse("for_you"))
    assert browser_of().get(reverse("for_you")).status_code == 302


def test_a_list_about_oneself_asks_visitors_to_sign_in_and_brings_them_back() -> None:
    for name in ("mine", "my-answers", "my-turn", "for-me"):
        response = browser_of().get(f"{LIST}?list={name}")
        assert response.status_code == 302
        assert f"list%3D{name}" in response["Location"]


# Who sees what --------------------------------------------------------------------------------------------------------
EVERY_LIST = ("/", LIST, f"{LIST}?list=unanswered", f"{LIST}?state=new", f"{LIST}?tag=secret", "/boards/", "/tags/")


def test_every_list_shows_each_reader_only_what_they_may_see() -> None:
    group = Group.objects.create(name="pilots")
    pilot = person()
    pilot.groups.add(group)
    pilot = User.objects.get(pk=pilot.pk)
    boards = {"public": board("Open"), "signed_in": board("Members", audience="signed_in")}
    boards["groups"] = board("Pilot", groups=[group])
    for audience, on in boards.items():
        thread(moderator(), on, title=f"thread for {audience}", tags=["secret"])
    readers = {
        "visitor": (None, {"public"}),
        "customer": (person(), {"public", "signed_in"}),
        "pilot": (pilot, {"public", "signed_in", "groups"}),
        "moderator": (moderator(), {"public", "signed_in", "groups"}),
        "moderator without a second factor": (moderator(second_factor=False), {"public", "signed_in"}),
    }
    for who, (user, seen) in readers.items():
        reader = browser_of(user)
        for address in (*EVERY_LIST, "/tags/secret/"):
            if address in ("/boards/", "/tags/"):
                continue
            found = {title.removeprefix("thread for ") for title in titles(reader, address)}
            assert found == seen, (who, address)
        for audience, on in boards.items():
            assert reader.get(on.get_absolute_url()).status_code == (200 if audience in seen else 404), (who, audience)
            assert shows(reader, "/boards/", on.name) == (audience in seen), (who, audience)
            by_filter = reader.get(f"{LIST}?board={on.slug}").status_code
            assert by_filter == (200 if audience in seen else 404), (who, audience)


def test_a_tag_of_private_threads_alone_is_not_named_to_those_who_may_not_see_them() -> None:
    thread(moderator(), board("Members", audience="signed_in"), tags=["codename"])
    assert not shows(browser_of(), "/tags/", "codename")
    assert shows(browser_of(person()), "/tags/", "codename")


def test_hidden_threads_stand_on_no_list_not_even_a_moderators() -> None:
    hidden = thread(title="spam spam spam", tags=["spam"])
    boss = moderator()
    moderation.hide_thread(actor=boss, thread_id=hidden.pk)
    for user in (None, hidden.asker, boss):
        reader = browser_of(user)
        for address in ("/", LIST, f"{LIST}?state=new", hidden.board.get_absolute_url()):
            assert titles(reader, address) == []
    # The word itself is only for those who may still read the question.
    assert browser_of(hidden.asker).get("/tags/spam/").status_code == 404
    assert titles(browser_of(boss), "/tags/spam/") == []


# Walking --------------------------------------------------------------------------------------------------------------
def follow(client: Client, address: str, rel: str) -> str | None:
    """The address of the page's link with this rel, if there is one."""
    page = client.get(address).content.decode()
    marker = f'rel="{rel}" href="'
    if marker not in page:
        return None
    link = page.split(marker)[1].split('"')[0].replace("&amp;", "&")
    return address.split("?")[0] + link


def test_whoever_walks_to_the_end_sees_every_thread_once_and_finds_back() -> None:
    numbered(95, person(), board())
    client, seen, address = browser_of(), [], LIST
    pages = []
    while address:
        pages.append(address)
        seen += titles(client, address)
        address = follow(client, address, "next")
    assert seen == [f"Thread {number:04}" for number in range(95, 0, -1)]
    assert len(pages) == 4
    back = follow(client, pages[-1], "prev")
    assert back is not None
    assert titles(client, back) == [f"Thread {number:04}" for number in range(35, 5, -1)][:30]
    top = follow(client, follow(client, back, "prev") or "", "prev")
    assert top is not None
    assert titles(client, top) == [f"Thread {number:04}" for number in range(95, 65, -1)]


def test_threads_of_the_very_same_moment_are_neither_skipped_nor_shown_twice() -> None:
    numbered(65, person(), board())
    Thread.objects.update(last_activity_at=clock.now())
    client, seen, address = browser_of(), [], LIST
    while address:
        seen += titles(client, address)
        address = follow(client, address, "next")
    assert len(seen) == len(set(seen)) == 65


def test_a_thread_that_comes_alive_while_one_walks_pushes_nothing_out_of_the_next_page() -> None:
    numbered(40, person(), board())
    client = browser_of()
    older = follow(client, LIST, "next")
    Thread.objects.filter(title="Thread 0011").update(last_activity_at=clock.now())
    assert older is not None
    assert titles(client, older) == [f"Thread {number:04}" for number in range(10, 0, -1)]


def test_the_filters_stay_while_one_walks() -> None:
    on = board("Router")
    numbered(40, person(), on)
    numbered(5, person(), board("Camera"))
    older = follow(browser_of(), f"{LIST}?board=router&state=new", "next")
    assert older is not None
    assert "board=router" in older
    assert "state=new" in older
    assert len(titles(browser_of(), older)) == 10


# What people type into the address ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["after", "before"])
@pytest.mark.parametrize(
    "cursor",
    ["x", "abc", "1", "-1", "9" * 28, "A" * 28, "%00", "%ff", "AAAA%00", "ä" * 28, "a" * 5000, "=" * 28, "%ED%A0%80"],
)
def test_a_made_up_cursor_is_told_as_a_broken_address(name: str, cursor: str) -> None:
    thread()
    response = browser_of().get(f"{LIST}?{name}={cursor}")
    assert response.status_code == 400
    assert b"<h1>" in response.content


def test_a_cursor_somebody_altered_is_refused() -> None:
    numbered(40, person(), board())
    older = follow(browser_of(), LIST, "next") or ""
    head, cursor = older.split("after=")
    for place in range(len(cursor)):
        changed = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        assert browser_of().get(f"{head}after={changed}").status_code == 400


def test_a_cursor_of_another_order_is_refused() -> None:
    with pytest.raises(Refused):
        cursors.decode("helpful", cursors.encode("threads", 1, 2))


@given(first=st.integers(-(2**63), 2**63 - 1), second=st.integers(-(2**63), 2**63 - 1))
def test_every_cursor_we_make_is_read_back(first: int, second: int) -> None:
    assert cursors.decode("threads", cursors.encode("threads", first, second)) == (first, second)


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading_of_cursors(text: str) -> None:
    try:
        cursors.decode("threads", text)
    except Refused as refused:
        assert refused.status == 400


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("state=nonsense", 400),
        ("kind=nonsense", 400),
        ("list=nonsense", 400),
        ("board=nonsense", 404),
        ("tag=nonsense", 404),
        ("board=%00", 400),
        ("tag=a%00b", 400),
        ("state=%00", 400),
        ("list=%ff", 400),
        ("board=%ff", 400),
        ("tag=%ED%A0%80", 400),
        ("tag=" + "a" * 5000, 400),
        ("state=solved&state=nonsense", 400),
        ("unknown=word", 200),
        ("state=", 200),
    ],
)
def test_filters_we_do_not_know_are_told(query: str, status: int) -> None:
    thread()
    assert browser_of().get(f"{LIST}?{query}").status_code == status


@pytest.mark.parametrize("address", ["/tags/%00/", "/tags/%ff/", "/tags/no-such/", "/boards/no-such/", "/boards/%ff/"])
def test_addresses_of_nothing_are_not_found(address: str) -> None:
    assert browser_of().get(address).status_code in (400, 404)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(words=st.dictionaries(st.sampled_from(["board", "tag", "kind", "state", "list", "after", "before"]), st.text()))
def test_no_words_in_the_address_make_the_list_fail(words: dict[str, str]) -> None:
    words = {name: word.encode("utf-8", "replace").decode() for name, word in words.items()}
    assert browser_of().get(LIST, words).status_code in (200, 302, 400, 404)


# What it costs --------------------------------------------------------------------------------------------------------
def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(statements(queries))


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("address", ["/", LIST, "/boards/router/", "/tags/led/", f"{LIST}?list=unsolved&board=router"])
def test_a_list_asks_the_same_number_of_questions_for_one_thread_and_for_a_thousand(
    address: str, signed_in: bool
) -> None:
    asker, on = person(), board("Router")
    thread(asker, on, tags=["led"])
    client = browser_of(person() if signed_in else None)
    few = queries_of(client, address)
    numbered(1000, asker, on)
    tag = Thread.objects.get(title="The router shows a red light").tags.get()
    through: Any = Thread.tags.through
    rows = Thread.objects.filter(title__startswith="Thread ").values_list("pk", flat=True)
    through.objects.bulk_create(through(content_object_id=pk, tag=tag) for pk in rows)
    assert queries_of(client, address) == few <= 12


def test_a_page_deep_in_a_list_is_read_by_walking_an_index_without_sorting() -> None:
    numbered(6000, person(), board("Router"))
    middle = Thread.objects.get(title="Thread 3000")
    after = cursors.encode_moment("threads", middle.last_activity_at, middle.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for query in ("", "&board=router", "&state=new", "&list=unanswered", "&list=unsolved", "&kind=problem"):
        with CaptureQueriesContext(connection) as queries:
            assert len(titles(browser_of(), f"{LIST}?after={after}{query}")) == 30
        asked = next(sql for sql in statements(queries) if "ORDER BY" in sql and "last_activity_at" in sql)
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {asked}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Sort" not in plan, plan
        assert "ROW(" in plan.split("Index Cond")[1].split("\n")[0], plan
