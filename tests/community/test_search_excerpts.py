"""Searching: any text at all, what an excerpt shows, and the page in the database's own hands."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils.html import escape
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community.content.excerpts import Looked, marked, passage, plain_of
from community.content.queries import take_apart
from community.models import Thread
from community.reading.search import find
from community.reading.suggestions import suggest
from tests.community.reading import browser_of
from tests.community.searched import SEARCH, SUGGEST, VISITOR, solved, titles_marked
from tests.factories import board, thread

pytestmark = pytest.mark.django_db


# Any text at all ------------------------------------------------------------------------------------------------------
HOSTILE = [
    *(
        "",
        " ",
        '"',
        '""',
        '"""',
        "-",
        "--",
        "-'",
        '-"',
        "'",
        "\\",
        "\\\\'",
        ":*",
        "a:*",
        "& | !",
        "<-> (",
        "((((",
        "!!!",
    ),
    *(
        "*:*",
        "%",
        "_",
        "a' OR 1=1 --",
        "'; DROP TABLE community_thread; --",
        "\u202e\ufeff",
        "😀",
        "👨‍👩‍👧‍👦",
        "的",
        "ー",
    ),
    *("the a of", "is it", "-the", "x" * 100_000, "a " * 50_000, '"a" ' * 10_000, "-b " * 10_000, "\u0301" * 5000),
    *("0", "1" * 400, "1e309", "-5", "٣", "http://example.com/?a=b", "a@b.c", "C:\\x\\y", "0x80070005", "﷽" * 300),
    *("\x01\x02", "ﬁ ﬂ", "İstanbul", "ß", "a\u0000"[:1] + "b", "ا" * 3000, "<b>", "</mark><script>alert(1)</script>"),
]


@pytest.mark.parametrize("words", HOSTILE)
def test_any_text_is_answered(words: str) -> None:
    thread(title="Red light -b < 5 'the' \\ 😀", body="the a of " * 100)
    find(viewer=VISITOR, words=words)
    suggest(viewer=VISITOR, title=words)
    client = browser_of()
    assert client.get(SEARCH, {"q": words}).status_code == 200
    assert client.post(SUGGEST, {"title": words, "body": words}).status_code in (200, 204)


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "q=%ff", "q=%ED%A0%80"])
def test_what_is_no_text_is_told(query: str) -> None:
    assert browser_of().get(f"{SEARCH}?{query}").status_code == 400
    form = query.replace("q=", "title=")
    assert browser_of().post(SUGGEST, form, content_type="application/x-www-form-urlencoded").status_code == 400


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=80, deadline=None)
@given(words=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=200))
def test_no_text_is_too_strange(words: str) -> None:
    find(viewer=VISITOR, words=words)
    suggest(viewer=VISITOR, title=words)


@settings(max_examples=200)
@given(words=st.text(max_size=300))
def test_taking_a_query_apart_never_fails_and_keeps_it_short(words: str) -> None:
    typed = take_apart(words)
    assert len(typed.words) + len(typed.phrases) + len(typed.without) <= 24


# Excerpts -------------------------------------------------------------------------------------------------------------
@settings(max_examples=200)
@given(text=st.text(max_size=200), words=st.lists(st.text(max_size=8), max_size=4))
def test_marking_adds_marks_and_nothing_else(text: str, words: list[str]) -> None:
    html = str(marked(text, Looked([word.lower() for word in words], [word.lower() for word in words if word])))
    assert html.replace("<mark>", "").replace("</mark>", "") == escape(text)
    assert html.count("<mark>") == html.count("</mark>")
    assert "<mark></mark>" not in html


def test_an_excerpt_is_text_however_a_post_was_written() -> None:
    evil = "<script>alert(1)</script> <mark>red</mark> &lt;img src=x onerror=alert(1)&gt; `<b>red</b>`"
    solved(f"Red {evil}", evil, evil)
    page = browser_of().get(f"{SEARCH}?q=red").content.decode()
    assert "alert(1)" in page
    assert "<script>alert" not in page and "<img" not in page and "<b>" not in page
    page = browser_of().post(SUGGEST, {"title": "red alert script"}).content.decode()
    assert "alert(1)" in page
    assert "<script" not in page and "<img" not in page


def test_the_words_somebody_typed_come_back_as_text() -> None:
    typed = '"><script>alert(1)</script>'
    page = browser_of().get(SEARCH, {"q": typed}).content.decode()
    assert "<script>alert" not in page and escape(typed) in page


def test_an_excerpt_shows_where_the_words_stand() -> None:
    text = "Something else. " * 50 + "Then the paperclip helped me. " + "More of it. " * 50
    shown = passage(text, Looked(["paperclip"]), 120)
    assert "paperclip" in shown and len(shown) <= 122
    assert marked("Däs Büro", Looked(["buro"])) == "Däs <mark>Büro</mark>"
    assert marked("red light on", Looked(["red", "light"])) == "<mark>red light</mark> on"
    assert plain_of("<p>one<br>two</p><ul><li>a &lt; b</li></ul><p>un<b>it</b>ed") == "one two a < b united"


# The page -------------------------------------------------------------------------------------------------------------
def test_the_page_says_how_many_there_are_and_leads_on_to_asking() -> None:
    solved("Red light on the router", how="Press the WPS button.")
    thread(title="Red light on the satellite")
    page = browser_of().get(f"{SEARCH}?q=red+light").content.decode()
    assert re.search(r'role="status"[^>]*>\s*2 results', page)
    assert "None of these?" in page and 'href="/ask/?title=red+light"' in page
    assert '<meta name="robots" content="noindex' in page
    assert 'value="red light"' in page and "Press the WPS button." in page
    assert page.count("<h1") == 1
    assert titles_marked(page) == ["Red light on the router", "Red light on the satellite"]


def test_who_finds_nothing_asks_with_the_words_kept() -> None:
    board("Router")
    client = browser_of()
    page = client.get(SEARCH, {"q": "purple & green light", "board": "router"}).content.decode()
    leads = re.findall(r'href="(/ask/\?[^"]*)"', page)
    address = urlsplit(leads[0].replace("&amp;", "&"))
    assert parse_qs(address.query) == {"title": ["purple & green light"], "board": ["router"]}
    assert client.get(f"/ask/?{address.query}").context["form"]["title"].value() == "purple & green light"
    assert 'href="?q=purple+%26+green+light"' in page  # everywhere


def test_without_words_the_page_says_what_to_do() -> None:
    solved("Red light on the router", tags=["wifi"])
    client = browser_of()
    for query in ("", "?q=", "?q=%20", "?q=%21%21"):
        page = client.get(SEARCH + query).content.decode()
        assert "What is going wrong?" in page and "Red light on the router" in page and "/tags/wifi/" in page


def test_filters_are_chips_that_can_be_taken_away() -> None:
    solved("Red light on the router", on=board("Router"), tags=["wifi"], kind=Thread.Kind.QUESTION)
    thread(title="Red light on the satellite", on=board("Satellite"))
    client = browser_of()
    address = f"{SEARCH}?q=red&board=router&tag=wifi&kind=question&state=solved"
    assert titles_marked(client.get(address).content.decode()) == ["Red light on the router"]
    page = client.get(address).content.decode()
    chips = re.search(r'<ul class="chips" aria-label="Narrowed to".*?</ul>', page, re.S)
    assert chips
    ways = [parse_qs(urlsplit(url.replace("&amp;", "&")).query) for url in re.findall(r'href="(\?[^"]+)"', chips[0])]
    chosen = {"q": ["red"], "board": ["router"], "tag": ["wifi"], "kind": ["question"], "state": ["solved"]}
    assert ways == [{k: v for k, v in chosen.items() if k != gone} for gone in ("board", "tag", "kind", "state")]
    assert titles_marked(client.get(f"{SEARCH}?q=red&board=satellite").content.decode()) == [
        "Red light on the satellite"
    ]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("state=nonsense", "There is no such state."),
        ("kind=nonsense", "There is no such kind of post."),
        ("board=nonsense", "There is no such board."),
        ("tag=nonsense", "There is no tag “nonsense”."),
        ("author=nonsense", "We know nobody called “nonsense”."),
        ("author=~99999999999999999", "We know nobody called"),
        ("since=2026-02-31", "“2026-02-31” is no day of the calendar"),
        ("since=0001-01-01", "“0001-01-01” is no day of the calendar"),
        ("until=9999-12-31", "“9999-12-31” is no day of the calendar"),
        ("since=٣", "“٣” is no day of the calendar"),
        ("since=2026-02-02&until=2026-02-01", "This day is before the first one."),
        ("tag=" + "x" * 3000, "This is too long"),
        ("after=nonsense", "This is their beginning."),
        ("after=" + "A" * 28, "This is their beginning."),
    ],
)
def test_a_filter_that_makes_no_sense_is_told_and_left_out(query: str, told: str) -> None:
    thread(title="Red light")
    answer = browser_of().get(f"{SEARCH}?q=red&{query}")
    page = answer.content.decode()
    assert answer.status_code == 200 and titles_marked(page) == ["Red light"]
    assert told in page


@pytest.mark.parametrize(
    "query",
    [
        "list=mine",
        "unknown=word",
        "state=&kind=&board=&tag=&after=&author=&since=&until=&sort=",
        "sort=sideways",
        "&".join(f"filter{number}=x" for number in range(150)),
        "&".join("tag=light" for _number in range(150)),
    ],
)
def test_words_in_the_address_that_are_no_filter_change_nothing(query: str) -> None:
    thread(title="Red light", tags=["light"])
    page = browser_of().get(f"{SEARCH}?q=red&{query}").content.decode()
    assert titles_marked(page) == ["Red light"] and 'class="search-note"' not in page


def test_more_filters_than_anybody_sends_are_told() -> None:
    answer = browser_of().get(f"{SEARCH}?q=red&" + "&".join(f"tag=x{number}" for number in range(500)))
    assert answer.status_code == 400 and "too many fields" in answer.content.decode()


def test_the_home_page_searches_first() -> None:
    page = browser_of().get("/").content.decode()
    form = re.search(r"<form[^>]*>.*?</form>", page, re.S)
    assert form and f'action="{SEARCH}"' in form[0] and 'name="q"' in form[0] and "data-search" in form[0]
    assert 'href="/ask/"' in page


def test_every_other_page_has_a_way_to_search_and_no_page_two_fields() -> None:
    thread(title="Red light")
    client = browser_of()
    for address in ("/", SEARCH, f"{SEARCH}?q=red", "/threads/", "/tags/", "/boards/"):
        page = client.get(address).content.decode()
        assert len(re.findall(r"data-search[ >]", page)) == 1, address
    assert f'href="{SEARCH}"' in client.get("/threads/").content.decode()


def test_the_search_page_holds_nothing_of_a_visitors_and_is_not_kept() -> None:
    thread(title="Red light")
    answer = browser_of().get(f"{SEARCH}?q=red")
    assert not answer.cookies and b"csrf" not in answer.content
