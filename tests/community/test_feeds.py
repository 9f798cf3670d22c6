"""Feeds: lists that everybody may see, for feed readers; what is hidden leaves them at once."""

import re
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext

from community import clock
from community.actions import moderation, solutions, threads
from community.models import Thread
from community.reading.page_cache import CACHE
from tests.community.reading import browser_of, statements
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def everything_shows_at_once(settings: Any) -> None:
    """Links and likenesses of new members are not what these are about."""
    settings.HOLD_POSTS = False


ATOM = {"a": "http://www.w3.org/2005/Atom"}


def answer_of(address: str, **headers: str) -> HttpResponse:
    return browser_of().get(address, headers=headers)


def feed(address: str) -> ElementTree.Element:
    answer = answer_of(address)
    assert answer.status_code == 200, (address, answer.status_code)
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    return ElementTree.fromstring(answer.content)


def titles(address: str) -> list[str | None]:
    return [each.text for each in feed(address).findall("a:entry/a:title", ATOM)]


def text(entry: ElementTree.Element, name: str) -> str:
    return entry.findtext(name, "", ATOM)


# What is in it ------------------------------------------------------------------------------------------------------
def test_a_question_stands_in_the_feeds_of_all_of_its_board_its_tag_and_its_state() -> None:
    routers, anna = board("Routers"), person("anna")
    thread(anna, routers, title="A red light", tags=["led"])
    thread(anna, title="Another thing")
    for address in (
        "/boards/routers/feed/",
        "/tags/led/feed/",
        "/threads/feed/?board=routers",
        "/threads/feed/?tag=led",
    ):
        assert titles(address) == ["A red light"], address
    assert titles("/threads/feed/") == titles("/threads/feed/?state=new") == ["Another thing", "A red light"]
    assert titles("/threads/feed/?state=solved") == titles("/boards/routers/feed/?state=solved") == []
    solutions.accept(actor=anna, answer_id=reply(Thread.objects.get(title="A red light")).pk)
    assert titles("/threads/feed/?state=solved") == titles("/boards/routers/feed/?state=solved") == ["A red light"]


def test_an_entry_says_who_asked_what_when_and_where_to_read_it() -> None:
    question = thread(person(display_name="Anna & Co"), title="A <red> light", body="It is **red**.", tags=["led"])
    (entry,) = feed("/threads/feed/").findall("a:entry", ATOM)
    link = entry.find("a:link", ATOM)
    assert link is not None
    assert link.get("href") == f"http://testserver{question.get_absolute_url()}"
    assert text(entry, "a:title") == "A <red> light"
    assert text(entry, "a:author/a:name") == "Anna & Co"
    assert text(entry, "a:summary").strip() == "<p>It is <strong>red</strong>.</p>"
    assert text(entry, "a:published") == question.asked_at.isoformat()
    assert text(entry, "a:updated") == question.last_activity_at.isoformat()


def test_an_entry_keeps_its_id_when_its_title_changes_and_is_updated_by_an_answer() -> None:
    question = thread(title="Before")
    (before,) = feed("/threads/feed/").findall("a:entry", ATOM)
    threads.edit_thread(actor=question.asker, thread_id=question.pk, version=1, title="After", body="x")
    with clock.at(clock.now() + timedelta(minutes=5)):
        reply(question)
    (after,) = feed("/threads/feed/").findall("a:entry", ATOM)
    assert text(before, "a:id") == text(after, "a:id") == f"http://testserver/t/{question.pk}/"
    assert text(after, "a:title") == "After"
    assert text(after, "a:updated") > text(before, "a:updated")
    assert feed("/threads/feed/").findtext("a:updated", "", ATOM) == text(after, "a:updated")


def test_links_in_an_entry_lead_to_the_site_from_wherever_it_is_read() -> None:
    thread(person("anna"), body="See [this](/t/1/) and [that](https://e.example/).")
    (entry,) = feed("/threads/feed/").findall("a:entry", ATOM)
    assert '<a href="http://testserver/t/1/">' in text(entry, "a:summary")
    assert '<a href="https://e.example/" rel="ugc nofollow noopener">' in text(entry, "a:summary")


def test_a_very_long_question_is_in_the_feed_with_its_beginning() -> None:
    thread(body="So it began. " * 2000)
    (entry,) = feed("/threads/feed/").findall("a:entry", ATOM)
    assert text(entry, "a:summary").startswith("<p>So it began.")
    assert len(text(entry, "a:summary")) < 1100


def test_at_most_thirty_threads_stand_in_a_feed_and_asking_costs_the_same() -> None:
    here, anna = board("Routers"), person()
    thread(anna, here, tags=["led"])
    counts = []
    for more in (0, 39):
        for _each in range(more):
            thread(anna, here, tags=["led"])
        for address in ("/threads/feed/", "/boards/routers/feed/", "/tags/led/feed/"):
            CACHE.clear()
            with CaptureQueriesContext(connection) as queries:
                found = titles(address)
            assert len(found) == min(more + 1, 30)
            counts.append(len(statements(queries)))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 12


def test_nothing_written_breaks_the_feed() -> None:
    question = thread(person(display_name="<b>&amp;"), title="]]> & <x>", body="<script>alert(1)</script> ]]> &amp;")
    # What an old import may have left in the table, and no form takes today.
    Thread.objects.filter(pk=question.pk).update(title="a\x0b\x1b\ufffe<x>", body_html="<p>b\x08\uffff ]]></p>")
    (entry,) = feed("/threads/feed/").findall("a:entry", ATOM)
    assert text(entry, "a:title") == "a<x>"
    assert text(entry, "a:summary") == "<p>b ]]></p>"
    assert text(entry, "a:author/a:name") == "<b>&amp;"


# What is not --------------------------------------------------------------------------------------------------------
def test_a_board_of_a_closed_circle_has_no_feed_whoever_asks() -> None:
    member = person("member")
    thread(member, board("Members", audience="signed_in"), title="Among us", tags=["secret"])
    thread(member, board("Club", groups=[Group.objects.create(name="club")], audience="signed_in"), title="Club only")
    for reader in (None, member, moderator()):
        client = browser_of(reader)
        addresses = [
            "/boards/members/feed/",
            "/boards/club/feed/",
            "/tags/secret/feed/",
            "/threads/feed/?board=members",
        ]
        assert {client.get(address).status_code for address in addresses} == {404}
        assert b"Among us" not in client.get("/threads/feed/").content


def test_a_hidden_question_leaves_every_feed_at_once() -> None:
    question = thread(person(), board("Routers"), title="Win a router", tags=["led"])
    addresses = ["/threads/feed/", "/boards/routers/feed/", "/tags/led/feed/", "/threads/feed/?state=new"]
    etags = {address: answer_of(address)["ETag"] for address in addresses}
    assert all(titles(address) == ["Win a router"] for address in addresses)
    moderation.hide_thread(actor=moderator(), thread_id=question.pk)
    for address in addresses:
        answer = answer_of(address, **{"if-none-match": etags[address]})
        assert b"Win a router" not in answer.content
        assert answer.status_code == (404 if "tags" in address else 200)


def test_a_list_about_oneself_has_no_feed() -> None:
    for client in (browser_of(), browser_of(person())):
        assert client.get("/threads/feed/?list=mine").status_code == 404


@pytest.mark.parametrize("query", ["state=x", "kind=x", "list=x", "board=x\x01", "tag=" + "x" * 300])
def test_words_nobody_knows_are_told(query: str) -> None:
    assert answer_of(f"/threads/feed/?{query}").status_code in (400, 404)


# Asking again -------------------------------------------------------------------------------------------------------
def test_a_reader_that_has_the_feed_is_told_so_until_something_changes(settings: Any) -> None:
    question = thread()
    first = answer_of("/threads/feed/")
    held = {"if-none-match": first["ETag"]}
    assert answer_of("/threads/feed/", **held).status_code == 304
    CACHE.clear()
    assert answer_of("/threads/feed/", **held).status_code == 304
    reply(question)
    assert answer_of("/threads/feed/", **held).status_code == 200
    # Without the cache, and for somebody signed in, the feed is the same.
    now = answer_of("/threads/feed/")
    mine = browser_of(person()).get("/threads/feed/", headers={"if-none-match": now["ETag"]})
    assert mine.status_code == 304


def test_an_empty_feed_does_not_change_with_the_time() -> None:
    first = answer_of("/threads/feed/")
    CACHE.clear()
    with clock.at(clock.now() + timedelta(days=1)):
        assert answer_of("/threads/feed/").content == first.content


def test_the_second_reader_is_given_the_kept_feed(django_assert_num_queries: Any) -> None:
    thread(person(), board("Routers"), tags=["led"])
    for address in ("/threads/feed/", "/boards/routers/feed/?state=new", "/tags/led/feed/"):
        answer_of(address)
        with django_assert_num_queries(1):
            answer_of(address)


# The way there ------------------------------------------------------------------------------------------------------
def test_every_list_names_its_feed_to_machines_and_to_people() -> None:
    thread(person("anna"), board("Routers"), tags=["led"])
    for address, own in {
        "/threads/": "/threads/feed/",
        "/threads/?state=solved": "/threads/feed/?state=solved",
        "/boards/routers/": "/boards/routers/feed/",
        "/boards/routers/?state=new": "/boards/routers/feed/?state=new",
        "/tags/led/": "/tags/led/feed/",
    }.items():
        page = answer_of(address).content.decode()
        assert page.count('type="application/atom+xml"') == 1
        assert f'href="http://testserver{own}"' in page, address
        assert re.search(rf'<a [^>]*href="{re.escape(own)}"', page), address
        assert feed(own) is not None


def test_a_list_without_a_feed_names_none() -> None:
    anna = person()
    thread(anna, board("Members", audience="signed_in"))
    for address in ("/boards/members/", "/threads/?list=mine", "/threads/?board=members"):
        assert "atom+xml" not in browser_of(anna).get(address).content.decode(), address
