"""The page cache: it shows visitors what is so now, to visitors only, and nothing it must not show."""

import random
import re
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from threading import Thread as SystemThread
from typing import Any

import pytest
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse

from community import clock
from community.actions import answers, boards, brand, moderation, people, solutions, thanks, threads
from community.models import Board, ChangeRow, Thread, User
from community.reading import page_cache
from community.reading.page_cache import CACHE, Entry, PageCache, PageCacheMiddleware
from community.tasks import sweep
from tests.community.reading import browser_of, shows
from tests.factories import admin, board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)

WAIT = 20  # seconds a helper thread may take before the test gives up


def queries_of(client: Client, address: str, **headers: Any) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(address, headers=headers)
    return len(queries)


def is_kept(address: str, client: Client | None = None, **headers: Any) -> bool:
    """Whether a second look at a page costs the one question of the cache."""
    client = client or browser_of()
    client.get(address, headers=headers)
    return queries_of(client, address, **headers) == 1


def every_page(question: Thread) -> list[str]:
    tags = [reverse("tag", args=[tag.slug]) for tag in question.tags.all()]
    lists = ["/", "/boards/", "/threads/", "/threads/?state=new", "/tags/", question.board.get_absolute_url()]
    return [*lists, *tags, question.get_absolute_url(), f"{question.get_absolute_url()}?sort=newest"]


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


# What changed is seen at once -----------------------------------------------------------------------------------------
class Scene:
    """A public question with an answer, and everybody who can change something about it."""

    def __init__(self) -> None:
        self.anna, self.ben = person("anna"), person("ben")
        self.boss, self.chief = moderator("boss"), admin("chief")
        self.board, self.other = board("Router"), board("Camera")
        self.private = board("Members", audience="signed_in")
        self.question = thread(self.anna, self.board, title="A red light", tags=["led"])
        self.answer = reply(self.question, self.ben, "Press it once.")
        self.pk = self.question.pk

    def hide_board(self) -> None:
        boards.update_board(actor=self.chief, board_id=self.board.pk, audience="signed_in")


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
