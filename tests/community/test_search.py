"""Finding: by whatever words somebody has, only what they may see, and an answer to any text at all."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from community.actions import answers, moderation, solutions, thanks, threads
from community.errors import Refused
from community.integrity import violations
from community.models import Answer, Board, Tag, Thread, ThreadWords
from community.reading import figures
from community.reading.lists import Filters
from community.reading.narrowing import Narrowing
from community.reading.search import PAGE_SIZE, find
from community.reading.suggestions import similar, suggest
from tests.community.reading import browser_of, shows, statements, titles
from tests.community.searched import SEARCH, SUGGEST, VISITOR, solved, titles_marked
from tests.factories import admin, agent, board, moderator, person, reply, thread

pytestmark = [pytest.mark.django_db, pytest.mark.server]


def found(words: str, viewer: Any = VISITOR, **more: Any) -> list[str]:
    return [hit.cell.title for hit in find(viewer=viewer, words=words, **more).rows]


def rows_of(count: int, title: str = "Red light number {}") -> None:
    """Threads straight into the table: the database itself keeps their words."""
    asker, on = person(), board()
    Thread.objects.bulk_create(
        Thread(board=on, asker=asker, title=title.format(number), body="It blinks.", body_html="<p>It blinks.</p>")
        for number in range(count)
    )


# By whatever words somebody has ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "words",
    [
        "router red light",
        "RED LIGHT",
        "light red",
        "rou",  # the last word may still be being typed
        "routers lights",
        "my router shows a red light",
        "firmware 4.2",
        "“red light”",
        '"red light"',
        "wps button",  # stands in the solution alone
        "blinkenlight",  # is a tag
        "déjà vu",
        "deja VU",
        "-green router",
    ],
)
def test_a_thread_is_found_by_the_words_somebody_has(words: str) -> None:
    solved(
        "Red light on the router",
        "Since the update to firmware 4.2. Déjà vu!",
        "Press the WPS button for ten seconds.",
        tags=["blinkenlight"],
    )
    thread(title="The printer is out of paper", body="Again.")
    assert found(words) == ["Red light on the router"]


@pytest.mark.parametrize(
    "words", ["-red router", '-"red light" router', '"light red"', "zebra", "ligh red", "router -tags -light"]
)
def test_what_was_left_out_or_is_not_there_is_not_found(words: str) -> None:
    thread(title="Red light on the router", body="Since the update.")
    full = find(viewer=VISITOR, words=words)
    assert full.full == 0


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("ルーターの赤いランプ", "赤いランプ"),
        ("路由器红灯", "红灯"),
        ("Красный свет на роутере", "КРАСНЫЙ"),
        ("الضوء الأحمر على جهاز التوجيه", "الضوء"),
        ("האור האדום בנתב", "האדום"),
        ("공유기 빨간 불", "빨간"),
        ("Straße ohne Netz", "strasse"),
    ],
)
def test_every_script_is_found(title: str, words: str) -> None:
    thread(title=title, body="😀")
    assert found(words) == [title]


def test_words_stand_behind_a_thread_as_soon_as_it_changes() -> None:
    asker, mod = person(), moderator()
    question = thread(asker, title="Red light", body="Since the update.", tags=["wifi"])
    given = reply(question, body="Use the paperclip.")
    assert not found("paperclip")  # only a solution counts
    solution = solutions.accept(actor=asker, answer_id=given.pk)
    assert found("paperclip")
    answers.edit_answer(actor=given.author, answer_id=given.pk, version=1, body="Use the toothpick.")
    assert found("toothpick") and not found("paperclip")
    moderation.hide_answer(actor=mod, answer_id=given.pk)
    assert not found("toothpick")
    moderation.restore_answer(actor=mod, answer_id=given.pk)
    assert found("toothpick")
    solutions.withdraw(actor=asker, thread_id=solution.thread_id)
    assert not found("toothpick")
    threads.edit_thread(actor=asker, thread_id=question.pk, version=1, title="Green lamp", body="It hums.")
    assert found("green lamp") == ["Green lamp"] and found("hums") and not found("update")
    threads.retag(actor=asker, thread_id=question.pk, tags=["satellite"])
    assert found("satellite") and not found("wifi")
    Tag.objects.filter(name="satellite").update(name="repeater")
    assert found("repeater") and not found("satellite")
    assert list(violations()) == []


def test_an_answer_writes_no_words_again() -> None:
    question = thread()
    with CaptureQueriesContext(connection), connection.cursor() as cursor:
        cursor.execute("SELECT xmin FROM community_threadwords")
        before = cursor.fetchall()
        reply(question)
        cursor.execute("SELECT xmin FROM community_threadwords")
        assert cursor.fetchall() == before


def test_a_text_of_any_size_can_be_asked_and_found_by_its_beginning() -> None:
    thread(title="Red light", body="first " + "word" * 700 + " " + "some words " * 2400)
    assert found("first") == ["Red light"]
    assert ThreadWords.objects.count() == 1


# In which order -------------------------------------------------------------------------------------------------------
def test_a_solved_thread_stands_first_among_near_equals() -> None:
    open_, closed = "Red light on the router", "Red light at the router"
    thread(title=open_)
    solved(closed, body="It has been red since the update.")
    thread(title="Red light of the router")
    assert found("router red light")[0] == closed
    assert suggest(viewer=VISITOR, title="Router shows red light")[0].title == closed


def test_a_title_counts_more_than_a_mention_and_a_rare_word_more_than_a_common_one() -> None:
    rows_of(30, "Light {} of the router")
    thread(title="Something else", body="The light of my router is purple.")
    thread(title="Purple light of the router", body="Help.")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE community_threadwords")
    figures.KEPT.clear()
    assert found("router light purple")[:2] == ["Purple light of the router", "Something else"]


def test_where_no_thread_has_all_the_words_those_with_some_are_shown_and_told_apart() -> None:
    thread(title="Red light on the router", body="Help.")
    full = find(viewer=VISITOR, words="red light zebra")
    assert [hit.is_full for hit in full.rows] == [False]
    assert shows(browser_of(), f"{SEARCH}?q=red+light+zebra", "Nothing has all of these words.")


def test_results_are_paged_without_one_twice_and_end_at_a_hundred() -> None:
    rows_of(130)
    pages, after = [], ""
    while True:
        page = find(viewer=VISITOR, words="red light", after=after)
        assert (page.count, page.has_more) == (100, True)
        pages.append([hit.cell.id for hit in page.rows])
        if not (after := page.next_cursor):
            break
    assert [len(page) for page in pages] == [PAGE_SIZE] * 5
    assert len({pk for page in pages for pk in page}) == 100


def test_a_made_up_cursor_is_told() -> None:
    rows_of(30)
    with pytest.raises(Refused):
        find(viewer=VISITOR, words="red", after="A" * 28)


# Only what one may see ------------------------------------------------------------------------------------------------
@pytest.fixture
def places() -> dict[str, Thread]:
    """A thread with a word of its own in every part, in each kind of place."""
    insiders = Group.objects.create(name="insiders")
    boards = {
        "public": board("Open"),
        "signed": board("Signed", audience=Board.Audience.SIGNED_IN),
        "group": board("Inner", groups=[insiders]),
        "hidden": board("Other"),
    }
    made = {}
    for name, on in boards.items():
        asker = person()
        asker.groups.add(insiders)
        asker = type(asker).objects.with_standing().get(pk=asker.pk)
        made[name] = thread(asker, on, title=f"Zebra {name} title", body=f"Zebra {name} body.", tags=[f"zebra{name}"])
        given = reply(made[name], asker, body=f"Zebra {name} solution.")
        solutions.accept(actor=asker, answer_id=given.pk)
    moderation.hide_thread(actor=moderator(), thread_id=made["hidden"].pk)
    return made


def _insider() -> Any:
    made = person()
    made.groups.add(Group.objects.get(name="insiders"))
    return type(made).objects.with_standing().get(pk=made.pk)


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (lambda: VISITOR, {"public"}),
        (person, {"public", "signed"}),
        (_insider, {"public", "signed", "group"}),
        (agent, {"public", "signed"}),
        (moderator, {"public", "signed", "group"}),  # as in every list: what is hidden has its own page
        (admin, {"public", "signed", "group"}),
    ],
)
def test_nobody_is_told_of_what_they_may_not_see(places: dict[str, Thread], who: Any, seen: set[str]) -> None:
    viewer = who()
    hits = find(viewer=viewer, words="zebra")
    assert {hit.cell.id for hit in hits.rows} == {places[name].pk for name in seen}
    assert hits.count == hits.full == len(seen)
    suggested = suggest(viewer=viewer, title="A zebra title everywhere")
    assert {each.id for each in suggested} == {places[name].pk for name in seen}
    alike = similar(thread=places["public"], viewer=viewer)
    assert {each.id for each in alike} == {places[name].pk for name in seen - {"public"}}
    client = browser_of(viewer if viewer is not VISITOR else None)
    answers = [client.get(SEARCH, {"q": "zebra"}), client.get(SEARCH, {"q": "zebra body"})]
    for answer in [*answers, client.post(SUGGEST, {"title": "A zebra title everywhere"})]:
        page = answer.content.decode()
        for name in places.keys() - seen:
            assert f"zebra {name}" not in page.lower() and f"zebra{name}" not in page
    for name in places.keys() - seen:
        assert find(viewer=viewer, words=f"zebra{name}").full == 0
        assert find(viewer=viewer, words=f'"zebra {name} solution"').count == 0


def test_a_hidden_answer_is_in_no_excerpt(places: dict[str, Thread]) -> None:
    asked = places["public"]
    given = Answer.objects.get(thread=asked)
    moderation.hide_answer(actor=moderator(), answer_id=given.pk)
    for viewer in (VISITOR, moderator()):
        (hit,) = find(viewer=viewer, words='"zebra public"').rows
        assert not hit.solution
        each = suggest(viewer=viewer, title="zebra public title")[0]
        assert each.id == asked.pk and not each.solution_line


def test_a_board_nobody_told_me_of_is_no_filter(places: dict[str, Thread]) -> None:
    client = browser_of()
    for query, told in (
        ("board=inner", "There is no such board."),
        ("tag=zebragroup", "There is no tag “zebragroup”."),
    ):
        page = client.get(f"{SEARCH}?q=zebra&{query}").content.decode()
        assert told in page and titles_marked(page) == ["Zebra public title"]
    assert client.post(SUGGEST, {"title": "a zebra title", "board": "inner"}).status_code == 200


# Suggestions ----------------------------------------------------------------------------------------------------------
def test_a_suggestion_says_what_one_needs_to_know() -> None:
    question = solved("Red light on the router", how="Press the **WPS** button.\n\nThen wait.", product_version="4.2")
    thanks.join(actor=person(), thread_id=question.pk)
    (each,) = suggest(viewer=VISITOR, title="My router has a red light")
    assert (each.title, each.is_solved, each.me_too_count) == ("Red light on the router", True, 1)
    assert (each.solution_line, each.product_version) == ("Press the WPS button. Then wait.", "4.2")
    assert each.board_name == question.board.name and each.url == question.get_absolute_url()
    answer = browser_of().post(SUGGEST, {"title": "My router has a red light"})
    page = answer.content.decode()
    assert page.lstrip().startswith("<ul") and 'target="_blank"' in page and "Solved" in page
    assert "Press the WPS button. Then wait." in page and "4.2" in page
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("title", ["", "red", "red light", "zebra crossing somewhere", "???"])
def test_below_three_words_or_without_anything_alike_there_is_nothing(title: str) -> None:
    solved("Red light on the router")
    answer = browser_of().post(SUGGEST, {"title": title})
    assert (answer.status_code, answer.content) == (204, b"")


def test_suggestions_of_the_same_board_stand_first() -> None:
    thread(title="Red light on the router", on=board("Router"))
    satellite = thread(title="Red light on the router", on=board("Satellite"))
    for on, first in ((None, satellite.board_id), ("router", None), ("satellite", satellite.board_id)):
        board_id = Board.objects.get(slug=on).pk if on else None
        found_ = suggest(viewer=VISITOR, title="router red light", board_id=board_id)
        assert len(found_) == 2
        assert found_[0].board_name == ("Router" if first is None else "Satellite")
    answer = browser_of().post(SUGGEST, {"title": "router red light", "board": "router"}).content.decode()
    assert answer.index("Router</span>") < answer.index("Satellite</span>")


def test_an_outdated_solution_is_not_called_solved() -> None:
    question = solved("Red light on the router")
    Thread.objects.filter(pk=question.pk).update(outdated_at=question.asked_at)
    (each,) = suggest(viewer=VISITOR, title="router red light")
    assert not each.is_solved


def test_similar_threads_are_others() -> None:
    one = thread(title="Red light on the router")
    other = solved("The router has a red light")
    thread(title="The printer is out of paper", body="Nothing.")
    assert [each.id for each in similar(thread=one, viewer=VISITOR)] == [other.pk]


def test_beside_a_thread_stand_others_like_it_as_far_as_one_may_see(places: dict[str, Thread]) -> None:
    address = f"/threads/{places['public'].pk}/similar/"
    page = browser_of().get(address).content.decode()
    assert "Nobody has asked anything like this" in page
    assert browser_of().get(f"{address}?part=list").status_code == 204
    part = browser_of(person()).get(f"{address}?part=list").content.decode()
    assert part.lstrip().startswith("<ul") and "Zebra signed title" in part
    assert "Zebra group title" not in part and "Zebra hidden title" not in part
    assert browser_of().get(f"/threads/{places['hidden'].pk}/similar/").status_code == 404
    # The thread's own page is kept for visitors: it leads there, and tells of no other thread.
    own = browser_of().get(places["public"].get_absolute_url()).content.decode()
    assert address in own and "Zebra signed" not in own


# What it costs --------------------------------------------------------------------------------------------------------
def queries_of(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(statements(queries))


@pytest.mark.parametrize("signed_in", [False, True])
@pytest.mark.parametrize("address", [f"{SEARCH}?q=red+light", f"{SEARCH}?q=red+zebra+light"])
def test_searching_asks_as_many_questions_among_a_thousand_threads_as_with_one(address: str, signed_in: bool) -> None:
    solved("Red light on the router", tags=["led"])
    client = browser_of(person() if signed_in else None)
    few = queries_of(client, address)
    rows_of(1000)
    assert queries_of(client, address) == few <= 12


def test_a_filter_narrows_before_the_likeliest_are_chosen() -> None:
    on = board("Small")
    old = thread(title="Red light", on=on)
    rows_of(600)
    assert found("red light", narrowing=Narrowing(Filters(board=on))) == [old.title]


def test_the_lists_still_show_their_own_titles() -> None:
    thread(title="Red light")
    assert titles(browser_of(), "/threads/") == ["Red light"]
