"""The search page: what the index knows besides, boards of one's own, and words that are no words."""

import re
from urllib.parse import parse_qs

import pytest

from community.models import Thread
from community.reading.engines import fused
from community.reading.words import Ranked
from tests.community.reading import browser_of
from tests.community.search_page import (
    NOON,
    SEARCH,
    both,
    engine,  # noqa: F401 - fixtures
    links_in,
    many,
    page_of,
    questions,
    refresh,
    rows_on,
    solved,
    titles_of,
)
from tests.factories import board, moderator, person, thread

pytestmark = pytest.mark.django_db


# Any address at all ---------------------------------------------------------------------------------------------------
#: By what it is: words nobody's keyboard sends by itself.
STRANGE = {
    "100 kB": "red light " * 10_000,
    "a word of 10,000 letters": "x" * 10_000,
    "a word 10,000 times": "red " * 10_000,
    "silent words": "the a of und der die el la y du le les",
    "signs": "?!.,;:/\\|&%$§",
    "a quotation mark": '"',
    "unbalanced quotation marks": '"red "light" on',
    "everything": "*:*",
    "everything, quoted": '"*:*',
    "operators": "AND OR NOT",
    "operators between": "red AND (light OR NOT green) NEAR/3 x",
    "a field": "title:foo",
    "our fields": "board_id:1 state:solved author_id:1 body:red",
    "wildcards": "re? l*ght red~2 /re.*/ [a TO z] {a TO z} ^5",
    "brackets": "((((((((((red",
    "emoji": "😀 👨‍👩‍👧‍👦 🏳️‍🌈",
    "right to left": "\u202b\u05d0\u05d5\u05e8 \u05d0\u05d3\u05d5\u05dd\u202c red",
    "marks": "r\u0301\u0301\u0301" * 1000,
    "directions": "\u202e\ufeff\u2066\u2069",
    "lone minus signs": "- -- --- -",
    "nothing but leaving out": "-red -light",
    "a script": "</mark><script>alert(1)</script>",
    "SQL": "'; DROP TABLE community_thread; --",
    "backslashes": "\\\\\\'\\\"",
}


@both
@pytest.mark.parametrize("what", STRANGE)
def test_whatever_is_searched_for_is_answered_in_every_order(what: str) -> None:
    solved("Red light -b < 5 'the' \\ 😀", body="the a of x " * 100)
    refresh()
    for order in ("", "solved", "newest"):
        answer = browser_of().get(SEARCH, {"q": STRANGE[what], "sort": order, "state": "solved"})
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content


@pytest.mark.parametrize("query", ["q=%00", "q=%ED%A0%80", "q=red&author=%00", "q=red&since=%ff", "q=red&tag=%C3%28"])
def test_what_is_no_text_is_told(query: str) -> None:
    answer = browser_of().get(f"{SEARCH}?{query}")
    assert answer.status_code == 400 and "We could not read that" in answer.content.decode()


@pytest.mark.parametrize("what", STRANGE)
def test_whatever_stands_in_a_filter_is_left_out_and_told(what: str) -> None:
    thread(title="Red light")
    for name in ("state", "board", "kind", "tag", "author", "since", "until", "sort", "after"):
        page = page_of_words({"q": "red", name: STRANGE[what]})
        assert rows_on(page) == ["Red light"], name
        assert name == "sort" or 'class="search-note"' in page, name


@both
@pytest.mark.parametrize("what", STRANGE)
def test_whatever_somebody_asks_has_suggestions_or_none(what: str) -> None:
    solved("Red light -b < 5 'the' \\ 😀", body="the a of x " * 100)
    refresh()
    for title, body in ((STRANGE[what], ""), ("A red light", STRANGE[what]), (STRANGE[what], STRANGE[what])):
        answer = browser_of().post("/suggestions/", {"title": title, "body": body})
        assert answer.status_code in (200, 204)
        assert b"<script>alert" not in answer.content


def page_of_words(words: dict[str, str]) -> str:
    answer = browser_of().get(SEARCH, words)
    assert answer.status_code == 200
    return answer.content.decode()


# What the index knows besides -----------------------------------------------------------------------------------------
index_alone = pytest.mark.parametrize("engine", ["index"], indirect=True)


def links_to(page: str, label: str) -> dict[str, list[str]]:
    """The words of the address that a link with this text leads to."""
    url = re.findall(rf'<a [^>]*href="\?([^"]*)"[^>]*>{re.escape(label)}</a>', page)
    assert url, label
    return parse_qs(url[0].replace("&amp;", "&"))


@index_alone
def test_a_slip_is_put_right_and_said_and_who_meant_it_searches_for_it() -> None:
    on = board("Router")
    for title in ("The password is not taken", "A new password for the router"):
        thread(title=title, on=on)
    page = page_of("q=pasword&board=router&sort=newest")
    assert "Showing results for <strong>password</strong>." in page
    assert sorted(rows_on(page)) == ["A new password for the router", "The password is not taken"]
    assert "<mark>password</mark>" in page
    instead = links_to(page, "Search for “pasword” instead")
    assert instead == {"q": ["pasword"], "board": ["router"], "sort": ["newest"], "exact": ["pasword"]}
    page = page_of("q=pasword&board=router&exact=pasword")
    assert not rows_on(page) and "Showing results for" not in page
    assert "Nothing was found with these filters" in page
    assert links_to(page, "Search for similar spellings too") == {"q": ["pasword"], "board": ["router"]}
    # Other words are put right again: the wish was for these.
    assert "Showing results for" in page_of("q=passwrd&exact=pasword")


@index_alone
def test_a_rare_word_brings_the_common_one_it_may_stand_for_and_that_is_said() -> None:
    many(120)
    Thread.objects.update(title="The password is not taken")
    thread(title="My pasword")
    page = page_of("q=pasword")
    assert "Results for <strong>password</strong> are shown too." in page
    assert len(rows_on(page)) == 20
    assert titles_of("q=pasword&exact=pasword") == ["My pasword"]


@index_alone
def test_what_may_be_meant_is_a_link_away() -> None:
    many(100)
    some = Thread.objects.values("pk")[:12]
    Thread.objects.filter(pk__in=some).update(title="A new password")
    thread(title="My pasword", on=board("Router"))
    page = page_of("q=new+pasword&state=new")
    assert "Did you mean" in page
    assert links_to(page, "new password") == {"q": ["new password"], "state": ["new"]}


@index_alone
def test_words_of_a_slip_come_back_as_text() -> None:
    thread(title="The password is not taken")
    page = page_of("q=pasword+<b>%26amp;</b>")
    assert "<b>" not in page and "Showing results for <strong>password &lt;b&gt;&amp;amp;&lt;/b&gt;</strong>" in page


@both
def test_while_there_is_no_index_that_is_said_and_what_there_is_is_found(engine: str) -> None:
    thread(title="Red light")
    page = page_of("q=red")
    assert rows_on(page) == ["Red light"]
    assert ("Search is being made new" in page) == (engine == "database")
    assert "Search is being made new" not in page_of("q=") + page_of("q=%21")


@index_alone
def test_who_finds_nothing_is_told_what_less_would_find() -> None:
    for number in range(3):
        thread(title=f"Red light {number}")
    page = page_of("q=red+light&state=closed&kind=problem")
    ways = page[page.index('aria-label="Change the search"') :].split("</nav>")[0]
    found = re.findall(r">(Without[^<]*)<span class=\"count\">(\d+)\+?<span[^>]*>\s*(results?)<", ways)
    assert (
        [(label.strip(), number) for label, number, _word in found]
        == [
            ("Without “Closed”", "3"),  # the other filter alone would not help
            ("Without any filter", "3"),
            ("Without the word “light”", "0"),
        ][:2]
    )
    assert "Without “Problem”" not in ways
    # What nobody has all the words of may still have some of them elsewhere.
    elsewhere = links_in(page_of("q=red+zebra&state=closed"), 'aria-label="Change the search"', "</nav>")
    assert elsewhere == {"Without any filter": {"q": ["red zebra"]}}
    assert titles_of("q=red+zebra") != []


@index_alone
def test_a_phrase_or_a_word_too_many_is_named_with_what_there_is_without_it() -> None:
    thread(title="Red light")
    ways = links_in(page_of("q=%22light+red%22"), 'aria-label="Change the search"', "</nav>")
    assert ways == {"Without quotation marks": {"q": ["light red"]}}
    ways = links_in(page_of("q=red+light+-update"), 'aria-label="Change the search"', "</nav>")
    assert ways == {"Without leaving anything out": {"q": ["red light"]}}


# The boards that are not for everybody --------------------------------------------------------------------------------
@index_alone
def test_who_sees_more_finds_more_and_each_place_has_its_turn() -> None:
    inner = board("Inner", audience="signed_in")
    for number in range(12):
        thread(title=f"Red light outside {number}")
        thread(title=f"Red light inside {number}", on=inner)
    assert all("outside" in title for title in titles_of("q=red+light"))
    places = ["inside" in title for title in titles_of("q=red+light", person())]
    assert len(places) == 20 and places.count(True) == 10
    assert titles_of("q=red+light&board=inner") != []  # the filter is left out: for a visitor there is no such board
    assert all("inside" in title for title in titles_of("q=red+light&board=inner", person()))


@index_alone
def test_a_word_that_only_a_board_of_ones_own_knows_is_no_slip() -> None:
    thread(title="The password is not taken")
    thread(title="The passwort is not taken", on=board("Inner", audience="signed_in"))
    page = page_of("q=passwort", person())
    assert rows_on(page) == ["The passwort is not taken"] and "Showing results for" not in page
    assert "Showing results for <strong>password</strong>" in page_of("q=passwort")
    page = page_of("q=pasword+taken", person())
    assert rows_on(page)[0] == "The password is not taken" and "Showing results for" in page


@index_alone
def test_what_changed_since_the_index_was_written_is_not_told() -> None:
    """Whatever the index says, the rows decide."""
    asker = person()
    hidden, moved, closed = (thread(asker, title=f"Red light {name}") for name in ("hidden", "moved", "closed"))
    refresh()
    inner = board("Inner", audience="signed_in")
    Thread.objects.filter(pk=hidden.pk).update(hidden_at=NOON)
    Thread.objects.filter(pk=moved.pk).update(board=inner)
    Thread.objects.filter(pk=closed.pk).update(closed_at=NOON)
    answer = browser_of().get(f"{SEARCH}?q=red+light").content.decode()
    assert rows_on(answer) == ["Red light closed"]
    assert "hidden" not in rows_on(answer) and "1 result" in answer
    assert not rows_on(browser_of().get(f"{SEARCH}?q=red+light&state=new").content.decode())


def test_rankings_are_put_together_by_places_and_never_by_scores() -> None:
    ones = [Ranked(1, True, 9000.0), Ranked(2, True, 8000.0), Ranked(3, False, 7000.0)]
    others = [Ranked(11, True, 0.2), Ranked(12, False, 0.1)]
    assert [each.id for each in fused(ones, others)] == [1, 11, 2, 12, 3]
    assert [each.id for each in fused(others, ones)] == [11, 1, 2, 12, 3]
    assert fused([], []) == []


@index_alone
@pytest.mark.parametrize("viewer", ["visitor", "member", "moderator"])
def test_a_slip_costs_no_more_questions_than_there_may_be(viewer: str) -> None:
    reader = None if viewer == "visitor" else moderator() if viewer == "moderator" else person()
    board("Inner", audience="signed_in")
    thread(title="The password is not taken")
    client = browser_of(reader)
    assert questions(client, "q=pasword&state=new") <= 12
    assert questions(client, "q=zebra+crossing&state=new&kind=problem") <= 12
