"""The page cache: what it keeps, for whom, under which address (what changes meanwhile: test_page_cache_changes)."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from community import clock
from community.actions import threads
from community.models import Board, ChangeRow, User
from community.reading import page_cache
from community.reading.page_cache import CACHE, Entry, PageCache, PageCacheMiddleware
from community.tasks import sweep
from tests.community.kept import Scene, every_page, is_kept, queries_of
from tests.community.reading import browser_of, shows
from tests.factories import board, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


# It keeps what it may -------------------------------------------------------------------------------------------------
def test_the_second_visitor_is_shown_the_same_page_for_one_question_to_the_database() -> None:
    question = thread(tags=["led"])
    reply(question)
    for address in every_page(question):
        first = browser_of().get(address)
        assert queries_of(browser_of(), address) == 1, address
        second = browser_of().get(address)
        assert second.content == first.content
        assert second.headers == first.headers
        assert second["Content-Security-Policy"]
        assert second["X-Frame-Options"] == "DENY"


def test_pages_that_are_no_ones_business_or_hold_a_form_are_not_kept() -> None:
    question = thread()
    addresses = [reverse("account_login"), reverse("ask"), reverse("answer_thread", args=[question.pk])]
    addresses += ["/threads/?list=mine", f"/t/{question.pk}/", "/threads/?state=x", "/no/such/page/"]
    addresses += [question.asker.get_absolute_url()]
    for address in addresses:
        browser_of().get(address)
    assert len(CACHE) == 0


def test_a_reader_who_is_signed_in_is_never_shown_a_visitors_page_nor_a_visitor_theirs() -> None:
    question, ben = thread(), person("ben", display_name="Ben the reader")
    address = question.get_absolute_url()
    mine = browser_of(ben)
    for _ in range(2):
        assert shows(mine, address, "Ben the reader")
        assert not shows(browser_of(), address, "Ben the reader")
        assert "csrfmiddlewaretoken" not in browser_of().get(address).content.decode()
    assert len(CACHE) == 1


def test_whoever_signs_out_is_a_visitor_again() -> None:
    question, ben = thread(), person("ben", display_name="Ben the reader")
    client = browser_of(ben)
    client.get(question.get_absolute_url())
    client.logout()
    assert not shows(client, question.get_absolute_url(), "Ben the reader")


def test_a_message_meant_for_one_visitor_is_not_shown_to_the_next() -> None:
    question = thread()
    client = browser_of()
    client.cookies["messages"] = "something"
    client.get(question.get_absolute_url())
    client.cookies["sessionid"] = "invented"
    client.get(question.get_absolute_url())
    assert len(CACHE) == 0


def test_strange_cookies_change_nothing() -> None:
    question = thread()
    client = browser_of()
    client.cookies["_tracker"] = "1"
    client.cookies["csrftoken"] = "a" * 32
    assert is_kept(question.get_absolute_url(), client)
    assert is_kept(question.get_absolute_url())
    assert len(CACHE) == 1


# Tricks with the address ----------------------------------------------------------------------------------------------
def test_each_address_has_its_own_page_and_the_order_of_its_words_does_not_matter() -> None:
    scene = Scene()
    thread(on=scene.other, title="A camera question")
    router = browser_of().get("/threads/?board=router&state=responded").content
    assert queries_of(browser_of(), "/threads/?state=responded&board=router") == 1
    camera = browser_of().get("/threads/?board=camera").content
    assert b"A camera question" in camera
    assert b"A camera question" not in router


@pytest.mark.parametrize(
    "query",
    ["utm=1", "next=//evil.example", "page=1&page=1", "page=1&PAGE=2", "board=%72outer", "x" * 400, "board=router&x",
     "%00=1", "callback=alert"],
)  # fmt: skip
def test_words_we_do_not_know_are_neither_kept_nor_served(query: str) -> None:
    scene = Scene()
    for address in (scene.question.get_absolute_url(), "/threads/"):
        browser_of().get(f"{address}?{query}")
    assert len(CACHE) == 0


def test_words_that_mean_nothing_on_a_page_do_not_fill_the_cache_with_its_copies() -> None:
    scene = Scene()
    for number in range(5):
        browser_of().get(f"/threads/?page={number}")
        browser_of().get(f"/?after={number}")
        browser_of().get(f"/boards/?sort={number}")
        browser_of().get(f"{scene.question.get_absolute_url()}?board={number}")
    assert len(CACHE) == 0


def test_a_page_that_was_refused_is_not_kept() -> None:
    thread()
    for query in ("page=9", "sort=x", "after=x", "state=x", "board=none"):
        assert browser_of().get(f"/threads/?{query}").status_code in (200, 400, 404)
    browser_of().get("/t/1/none/")
    browser_of().get("/boards/none/")
    assert all(key[4] == "/threads/" for key in CACHE._entries)


def test_each_host_has_its_own_page_and_a_strange_host_none() -> None:
    question = thread()
    address = question.get_absolute_url()
    assert is_kept(address)
    assert queries_of(browser_of(), address, host="localhost") > 1
    response = browser_of().get(address, headers={"host": "evil.example"})
    assert response.status_code == 400
    response = browser_of().get(address, headers={"x-forwarded-host": "evil.example"})
    assert b"evil.example" not in response.content


def test_an_old_address_of_a_renamed_question_leads_to_the_new_one() -> None:
    anna = person()
    question = thread(anna, title="Before")
    assert is_kept(question.get_absolute_url())
    threads.edit_thread(actor=anna, thread_id=question.pk, version=1, title="After", body="x")
    response = browser_of().get(question.get_absolute_url())
    assert response.status_code == 301
    assert response["Location"].endswith("/after/")


# Languages, HEAD, 304 -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", ["de", "es", "en", "fr", "de-AT,de;q=0.9", "xx", "", "*", "x" * 3000])
def test_a_visitor_gets_the_page_in_the_language_a_fresh_page_would_have(language: str) -> None:
    question = thread()
    address = question.get_absolute_url()
    for other in ("en", "de", "es"):
        browser_of().get(address, headers={"accept-language": other})
    fresh = browser_of().get(f"{address}?fresh=1", headers={"accept-language": language})
    kept = browser_of().get(address, headers={"accept-language": language})
    assert kept["Content-Language"] == fresh["Content-Language"]
    assert f'lang="{fresh["Content-Language"]}"' in kept.content.decode()
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in kept["Vary"].split(",")}


def test_the_language_a_visitor_chose_goes_before_the_browsers() -> None:
    question = thread()
    browser_of().get(question.get_absolute_url(), headers={"accept-language": "en"})
    client = browser_of()
    client.cookies["django_language"] = "de"
    for _ in range(2):
        assert client.get(question.get_absolute_url(), headers={"accept-language": "en"})["Content-Language"] == "de"
    assert browser_of().get(question.get_absolute_url(), headers={"accept-language": "en"})["Content-Language"] == "en"


def test_head_is_answered_with_the_same_headers_and_no_body() -> None:
    question = thread()
    whole = browser_of().get(question.get_absolute_url())
    head = browser_of().head(question.get_absolute_url())
    assert head.content == b""
    assert head.headers == whole.headers
    CACHE.clear()
    browser_of().head(question.get_absolute_url())
    assert browser_of().get(question.get_absolute_url()).content == whole.content


def test_whoever_has_the_page_is_told_that_it_still_holds_until_it_does_not() -> None:
    scene = Scene()
    address = scene.question.get_absolute_url()
    etag = browser_of().get(address)["ETag"]
    for header in (etag, etag.removeprefix("W/"), f'"other", {etag}', "*"):
        response = browser_of().get(address, headers={"if-none-match": header})
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == etag
        assert "Content-Type" not in response
    assert browser_of().get(address, headers={"if-none-match": '"other"'}).status_code == 200
    reply(scene.question)
    changed = browser_of().get(address, headers={"if-none-match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] != etag
    assert browser_of(scene.anna).get(address, headers={"if-none-match": changed["ETag"]}).status_code == 200


def test_a_browser_must_ask_each_time_so_that_signing_in_shows_ones_own_page() -> None:
    assert browser_of().get(thread().get_absolute_url())["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_only_reading_is_answered_from_the_cache(method: str) -> None:
    address = thread().get_absolute_url()
    browser_of().get(address)
    assert getattr(browser_of(), method)(address).status_code == 405


def test_a_script_that_asks_for_a_part_gets_no_kept_page() -> None:
    address = thread().get_absolute_url()
    browser_of().get(address)
    assert queries_of(browser_of(), address, hx_request="true") > 1


# What is kept at all --------------------------------------------------------------------------------------------------
def kept(change: Callable[[HttpRequest, HttpResponse], None]) -> bool:
    """Whether an answer is kept after something about it was made unfit."""
    address = "/threads/"

    def view(request: HttpRequest) -> HttpResponse:
        request.resolver_match = resolve(address)
        request.user = Client().get("/").wsgi_request.user
        response = HttpResponse("A page.")
        response["Content-Language"] = "en"
        change(request, response)
        return response

    CACHE.clear()
    PageCacheMiddleware(view)(RequestFactory().get(address))
    return any(key[4] == address for key in CACHE._entries)


UNFIT: dict[str, Callable[[HttpRequest, HttpResponse], None]] = {
    "sets a cookie": lambda request, response: response.set_cookie("a", "b"),
    "used a form token": lambda request, response: request.META.update(CSRF_COOKIE_NEEDS_UPDATE=True),
    "differs by something else": lambda request, response: response.__setitem__("Vary", "User-Agent"),
    "differs by everything": lambda request, response: response.__setitem__("Vary", "*"),
    "must not be stored": lambda request, response: response.__setitem__("Cache-Control", "no-store"),
    "is an error": lambda request, response: setattr(response, "status_code", 500),
    "is in another language": lambda request, response: response.__setitem__("Content-Language", "de"),
    "belongs to somebody": lambda request, response: setattr(request, "user", User(username="x")),
    "knows no reader": lambda request, response: setattr(request, "user", None),
}


def test_a_fit_answer_is_kept() -> None:
    assert kept(lambda request, response: None)


@pytest.mark.parametrize("why", UNFIT)
def test_an_answer_is_not_kept_when_it(why: str) -> None:
    assert not kept(UNFIT[why])


def entry(size: int) -> Entry:
    return Entry(b"x" * size, [], '"e"', page_cache.EVERYTHING, (), page_cache.current_snapshot())


def test_the_cache_forgets_the_page_nobody_asked_for_longest_when_it_is_full() -> None:
    cache = PageCache(max_bytes=18_000)
    for name in ("a", "b", "c"):
        cache.put((name,), entry(3000))
    cache.get(("a",))
    cache.put(("d",), entry(3000))
    assert [cache.get((name,)) is not None for name in ("a", "b", "c", "d")] == [True, False, False, True] or [
        cache.get((name,)) is not None for name in ("a", "b", "c", "d")
    ] == [True, False, True, True]
    cache.put(("huge",), entry(20_000))
    assert cache.get(("huge",)) is None


def test_a_page_nobody_asked_for_long_is_made_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    question = thread()
    assert is_kept(question.get_absolute_url())
    monkeypatch.setattr(page_cache, "IDLE_SECONDS", -1)
    assert queries_of(browser_of(), question.get_absolute_url()) > 1


def test_the_question_stays_short_however_many_changes_there_were() -> None:
    scene = Scene()
    ChangeRow.objects.bulk_create(
        ChangeRow(thread_id=number % 50 + 1000, board_id=5, recorded_at=clock.now() - timedelta(days=1))
        for number in range(20_000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE community_changerow")
    for address in (scene.question.get_absolute_url(), scene.board.get_absolute_url(), "/threads/"):
        browser_of().get(address)
        with CaptureQueriesContext(connection) as queries:
            browser_of().get(address)
        assert len(queries) == 1
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN {queries[0]['sql']}")
            plan = "\n".join(row[0] for row in cursor.fetchall())
        assert "Seq Scan" not in plan, plan
        assert re.search(r"Index.*Scan.*change_", plan), plan


def test_boards_and_boards_only_are_named_in_the_board_pages_question() -> None:
    # A change on one board, with neither thread nor site named, is what a move leaves behind on the old board.
    left, other = board("Left"), board("Other")
    assert is_kept(left.get_absolute_url())
    assert is_kept(other.get_absolute_url())
    ChangeRow.objects.create(board_id=left.pk, recorded_at=clock.now())
    assert queries_of(browser_of(), other.get_absolute_url()) == 1
    assert queries_of(browser_of(), left.get_absolute_url()) > 1
    assert Board.objects.count() == 2


def test_the_sweep_keeps_the_change_rows_of_a_community_that_lives_in_the_past() -> None:
    """A demo or an import moves the clock; how long a row is kept is told by the real one."""
    with clock.at(clock.now() - timedelta(days=90)):
        question = thread()
    sweep(timestamp=0)
    assert ChangeRow.objects.filter(thread_id=question.pk).exists()
