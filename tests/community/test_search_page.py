"""The search page: narrowed by whatever somebody knows, in the order they wish, and a way on wherever it ends."""

import re
import sys
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from community import clock
from community.actions import solutions, thanks
from community.models import Thread
from community.reading.engines import fused
from community.reading.lists import Filters
from community.reading.narrowing import Narrowing
from community.reading.search import find
from community.reading.words import Ranked
from community.search.following import rebuild
from tests.community.reading import browser_of, statements
from tests.factories import board, moderator, person, reply, thread

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()
SEARCH = "/search/"
#: For tests that must hold whoever finds: the database alone, or the index.
both = pytest.mark.parametrize("engine", ["database", "index"], indirect=True)


def refresh() -> None:
    """Before each request: bring the index up to date, where there is one (see `engine`)."""


@pytest.fixture(autouse=True)
def engine(request: Any, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Who finds: the database, as long as a test does not ask for the index."""
    settings.SEARCH_DIR = tmp_path / "no index"
    if (named := getattr(request, "param", "database")) == "index":

        def build() -> None:
            # A folder of its own each time: readers look at one folder at most every 0.2 seconds.
            settings.SEARCH_DIR = tmp_path / f"search-{next(_numbers)}"
            assert rebuild(Event(), lambda _done, _total: None, lambda _told: None)

        monkeypatch.setattr(sys.modules[__name__], "refresh", build)
    return str(named)


_numbers = count()
NOON = datetime(2026, 3, 15, 12, tzinfo=UTC)


def solved(title: str, how: str = "Hold the button.", **fields: Any) -> Thread:
    asker = fields.pop("asker", None) or person()
    question = thread(asker, title=title, **fields)
    solutions.accept(actor=asker, answer_id=reply(question, body=how).pk)
    return Thread.objects.get(pk=question.pk)


def asked_at(moment: datetime, title: str, **fields: Any) -> Thread:
    with clock.at(moment):
        return thread(title=title, **fields)


def page_of(query: str, viewer: Any = None) -> str:
    refresh()
    answer = browser_of(viewer).get(f"{SEARCH}?{query}")
    assert answer.status_code == 200, answer.content
    return answer.content.decode()


def rows_on(page: str) -> list[str]:
    """The titles of the results, without their marks."""
    rows = re.findall(r'<h3 class="row-title"><a [^>]*>(.*?)</a>', page)
    return [re.sub(r"</?mark>", "", row) for row in rows]


def titles_of(query: str, viewer: Any = None) -> list[str]:
    return rows_on(page_of(query, viewer))


def links_in(page: str, begins: str, ends: str = "</ul>") -> dict[str, dict[str, list[str]]]:
    """By what they say, the words of the addresses of the links between two places of the page."""
    part = page[page.index(begins) :]
    part = part[: part.index(ends)]
    found = re.findall(r'<a [^>]*href="(\?[^"]*)"[^>]*>(.*?)</a>', part, re.S)
    return {
        re.sub(r"<span.*?</span>|<[^>]*>", "", label).strip(): parse_qs(urlsplit(url.replace("&amp;", "&")).query)
        for url, label in found
    }


# Narrowed by what somebody knows --------------------------------------------------------------------------------------
@both
@pytest.mark.parametrize("typed", ["anna", "@Anna", "ANNA", "Anna Berg", "anna berg", "/people/anna/", "~{pk}"])
def test_who_asked_is_found_by_whatever_they_are_called(typed: str) -> None:
    anna = person("anna", display_name="Anna Berg")
    thread(anna, title="Red light in the hall")
    thread(title="Red light in the kitchen")
    page = page_of(f"q=red+light&author={typed.format(pk=anna.pk)}")
    assert rows_on(page) == ["Red light in the hall"]
    assert "Asked by Anna Berg" in page


def test_of_several_people_with_one_name_somebody_chooses() -> None:
    for name in ("anna", "annika"):
        thread(person(name, display_name="A. Berg"), title=f"Red light of {name}")
    page = page_of("q=red+light&author=A.+Berg")
    assert "Choose one of these: anna, annika." in page
    assert sorted(rows_on(page)) == ["Red light of anna", "Red light of annika"]
    assert titles_of("q=red+light&author=annika") == ["Red light of annika"]


def test_whose_account_was_closed_is_nobody_to_narrow_by() -> None:
    gone = person("gone")
    thread(gone, title="Red light")
    type(gone).objects.filter(pk=gone.pk).update(anonymised_at=NOON)
    assert "We know nobody called “gone”" in page_of("q=red&author=gone")
    assert "We know nobody called" in page_of(f"q=red&author=~{gone.pk}")


@both
@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("since=2026-03-15", {"first", "last", "after"}),
        ("until=2026-03-15", {"before", "first", "last"}),
        ("since=2026-03-15&until=2026-03-15", {"first", "last"}),
        ("since=2026-03-16&until=2026-03-20", {"after"}),
        ("since=2027-01-01", set()),
    ],
)
@pytest.mark.parametrize("zone", ["", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/Sao_Paulo", "Europe/Berlin"])
def test_days_are_the_readers_own_and_both_are_included(query: str, seen: set[str], zone: str, settings: Any) -> None:
    reader = person("reader", time_zone=zone)
    with timezone.override(zone or settings.TIME_ZONE):
        midnight = timezone.make_aware(datetime(2026, 3, 15))
    second, day = timedelta(seconds=1), timedelta(days=1)
    moments = {"before": -second, "first": timedelta(0), "last": day - second, "after": day}
    for name, since in moments.items():
        asked_at((midnight + since).astimezone(UTC), f"Red light {name}")
    assert {title.split()[-1] for title in titles_of(f"q=red+light&{query}", reader)} == seen


def test_the_quick_choices_count_back_from_today() -> None:
    with clock.at(NOON):
        thread(title="Red light")
        page = page_of("q=red")
    days = {label: words["since"] for label, words in links_in(page, 'class="search-quick"').items()}
    assert days == {"Last week": ["2026-03-08"], "Last month": ["2026-02-13"], "Last year": ["2025-03-15"]}


def test_a_day_may_be_written_as_one_writes_it() -> None:
    asked_at(NOON, "Red light")
    page = page_of("q=red&since=03/15/2026")
    assert rows_on(page) == ["Red light"]
    assert 'value="2026-03-15"' in page and "From March 15, 2026" in page


@both
def test_everything_chosen_is_a_chip_that_takes_itself_away_and_stands_in_the_form() -> None:
    on = board("Router")
    board("Satellite")
    asked_at(NOON, "Red light", asker=person("anna"), on=on, tags=["wifi"], kind="question")
    words = {"board": "router", "tag": "wifi", "kind": "question", "state": "new", "author": "anna"}
    words |= {"since": "2026-03-15", "until": "2026-03-15"}
    query = "&".join(f"{name}={word}" for name, word in words.items())
    page = page_of(f"q=red&sort=newest&{query}")
    assert rows_on(page) == ["Red light"]
    kept = {"q": ["red"], "sort": ["newest"]} | {name: [word] for name, word in words.items()}
    chips = links_in(page, 'aria-label="Narrowed to"')
    assert list(chips) == [
        *("Router", "wifi", "Question", "New", "Asked by anna", "From March 15, 2026", "Until March 15, 2026")
    ]
    gone = [kept.keys() - left.keys() for left in chips.values()]
    assert gone == [{name} for name in words] and all(left.items() <= kept.items() for left in chips.values())
    form = page[page.index("<search>") : page.index("</search>")]
    for name in ("board", "kind", "state"):
        assert f'<option value="{words[name]}" selected>' in form
    for name in ("tag", "author", "since", "until"):
        assert re.search(rf'<input[^>]* name="{name}"[^>]* value="{words[name]}"', form), name
    assert '<input type="hidden" name="sort" value="newest">' in form
    assert links_in(page, '<div class="button-row">', "</div>")["Clear all filters"] == {
        "q": ["red"],
        "sort": ["newest"],
    }


@both
def test_a_filter_says_how_many_it_leaves_and_it_leaves_so_many() -> None:
    on = board("Router")
    for number in range(3):
        thread(title=f"Red light {number}", on=on)
    solved("Red light in the hall")
    page = page_of("q=red+light")
    for choice, number in (("New", 3), ("Solved", 1), ("Closed", 0), ("Router", 3), ("Problem", 4), ("Idea", 0)):
        assert f">{choice} ({number})</option>" in page
    for query, number in (("state=new", 3), ("state=solved", 1), ("board=router", 3), ("kind=problem", 4)):
        narrowed = page_of(f"q=red+light&{query}")
        assert len(rows_on(narrowed)) == number
        # Of the filter in force the other choices are not counted: nobody looked there.
        assert f"{'Solved' if query == 'state=new' else 'Closed'} (" not in narrowed or "state" not in query


def many(count: int) -> None:
    asker, on = person(), board()
    Thread.objects.bulk_create(
        Thread(
            board=on,
            asker=asker,
            title=f"Red light number {number}",
            body="It blinks.",
            body_html="<p>It blinks.</p>",
            asked_at=NOON - timedelta(minutes=number),
        )
        for number in range(count)
    )


@both
def test_more_than_a_hundred_are_told_so_and_not_counted() -> None:
    many(101)
    page = page_of("q=red+light")
    assert "More than 100 results" in page and "100 are shown" in page
    assert not re.search(r"<option[^>]*>[^<]*\(\d+\)", page)
    last = Thread.objects.first()
    assert last
    Thread.objects.filter(pk=last.pk).delete()
    assert re.search(r">\s*100 results", page_of("q=red+light"))


# In the order they wish -----------------------------------------------------------------------------------------------
@both
def test_solved_first_puts_what_has_a_solution_before_what_fits_better() -> None:
    with clock.at(NOON):
        thread(title="Red light of the router, red light", body="The red light of the router.")
        solved("Why is it like that?", how="Something else. " * 40 + "A red light on the router means no line.")
        outdated = solved("Red light", how="Press the router.")
    Thread.objects.filter(pk=outdated.pk).update(outdated_at=NOON)
    likely, first = titles_of("q=router+red+light"), titles_of("q=router+red+light&sort=solved")
    assert likely[0] == "Red light of the router, red light"
    assert first == ["Why is it like that?", *(title for title in likely if title != "Why is it like that?")]


@both
def test_newest_first_is_by_when_it_was_asked_whichever_fits_best() -> None:
    asked_at(NOON - timedelta(days=9), "Red light")
    asked_at(NOON, "A red lamp, a green light and much else in a long line")
    asked_at(NOON - timedelta(days=5), "Light of red")
    titles = titles_of("q=red+light&sort=newest")
    assert titles == ["A red lamp, a green light and much else in a long line", "Light of red", "Red light"]


@both
def test_newest_first_shows_what_has_some_of_the_words_where_nothing_has_all() -> None:
    asked_at(NOON - timedelta(days=9), "Red light")
    asked_at(NOON, "A light")
    page = page_of("q=purple+light&sort=newest")
    assert "Nothing has all of these words." in page and rows_on(page) == ["A light", "Red light"]


@both
@pytest.mark.parametrize("order", ["", "solved", "newest"])
def test_pages_go_on_in_the_same_order_without_one_twice(order: str) -> None:
    many(45)
    titles: list[str] = []
    query = f"q=red+light&sort={order}"
    while query:
        page = page_of(query)
        titles += rows_on(page)
        leads = re.search(r'rel="next" href="\?([^"]*)"', page)
        query = leads[1].replace("&amp;", "&") if leads else ""
    assert len(titles) == len(set(titles)) == 45
    if order == "newest":
        assert titles == [f"Red light number {number}" for number in range(45)]


@both
def test_a_place_in_one_order_is_none_in_another() -> None:
    many(45)
    after = parse_qs(re.findall(r'rel="next" href="\?([^"]*)"', page_of("q=red+light"))[0].replace("&amp;", "&"))[
        "after"
    ][0]
    page = page_of(f"q=red+light&sort=newest&after={after}")
    assert "This is their beginning." in page and rows_on(page)[0] == "Red light number 0"


def test_each_order_says_what_it_does_and_one_result_needs_none() -> None:
    thread(title="Red light")
    assert "Order of the results" not in page_of("q=red")
    thread(title="Red lamp")
    for order, told in (("", "fits your words best"), ("solved", "has a solution"), ("newest", "asked last")):
        page = page_of(f"q=red&sort={order}")
        orders = page[page.index('class="segments"') : page.index('id="order-hint"')]
        assert orders.count('aria-current="true"') == 1
        assert told in page[page.index('id="order-hint"') :].split("</p>")[0]


# A row tells what one needs to know -----------------------------------------------------------------------------------
@both
def test_a_row_tells_where_it_stands_for_which_version_how_old_and_how_many() -> None:
    with clock.at(NOON):
        question = solved("Red light", how="Press WPS.", on=board("Router"), product_version="W3 4.2", tags=["led"])
    thanks.join(actor=person(), thread_id=question.pk)
    page = page_of("q=red+light")
    row = page[page.index("<article") : page.index("</article>")]
    text = re.sub(r"<[^>]*>", " ", row)
    for told in ("Solved", "Router", "W3 4.2", "Press WPS.", "Solution:", "led", question.asker.display_name):
        assert told in text
    assert 'datetime="2026-03-15T12:00:00Z"' in row
    assert re.search(r"1\s+answer", text) and re.search(r"1\s+person has this too", text)


@both
def test_the_solution_stands_in_the_row_and_the_question_where_its_words_were_found() -> None:
    solved("Red light", how="Press the WPS button.", body="It blinks since the update.")
    page = page_of("q=red+light")
    assert "Press the WPS button." in page and "It blinks" not in page
    page = page_of("q=red+light+blinks")
    assert "Press the WPS button." in page and "It <mark>blinks</mark> since the update." in page


@both
@pytest.mark.parametrize(
    ("title", "words", "mark"),
    [
        ("The light is blinking", "blinks", "blinking"),
        ("Ein Gerät ohne Ton", "gerat", "Gerät"),
        ("Déjà vu", "deja", "Déjà"),
        ("ルーターの赤いランプ", "赤い", "赤い"),
        ("Straße ohne Netz", "strasse", "Straße"),
    ],
)
def test_what_was_found_is_marked_however_it_is_written(title: str, words: str, mark: str) -> None:
    thread(title=title)
    assert f"<mark>{mark}</mark>" in page_of(f"q={words}")


# A way on wherever it ends --------------------------------------------------------------------------------------------
def test_who_finds_nothing_with_filters_takes_them_away_one_by_one_or_all() -> None:
    thread(title="Red light", on=board("Router"))
    page = page_of("q=red&state=closed&kind=idea&sort=newest")
    assert "Nothing was found with these filters" in page
    kept = {"q": ["red"], "sort": ["newest"]}
    assert links_in(page, 'aria-label="Change the search"', "</nav>") == {
        "Without “Idea”": kept | {"state": ["closed"]},
        "Without “Closed”": kept | {"kind": ["idea"]},
        "Without any filter": kept,
    }
    assert 'href="/ask/?title=red"' in page


def test_who_finds_nothing_by_a_phrase_or_by_leaving_out_is_shown_the_way_without() -> None:
    page = page_of("q=purple+%22green+zebra%22+-stripes")
    ways = links_in(page, 'aria-label="Change the search"', "</nav>")
    assert ways["Without quotation marks"]["q"] == ["purple green zebra -stripes"]
    assert ways["Without leaving anything out"]["q"] == ['purple "green zebra"']


@both
@pytest.mark.parametrize("words", ["the a of", "der die das", "el la los", "is it", "the, a?"])
def test_words_that_stand_in_every_question_are_told_so(words: str) -> None:
    thread(title="Red light", body="The light of a router is red. It is der die das el la los.")
    assert "These words stand in almost every question." in page_of(f"q={words}")


@pytest.mark.parametrize("words", ["the light", '"the a"', "red", ""])
def test_other_words_are_not(words: str) -> None:
    thread(title="Red light")
    assert "These words stand in almost every question." not in page_of(f"q={words}")


@both
def test_of_a_long_query_the_beginning_is_searched_and_that_is_told() -> None:
    thread(title="Red light")
    page = page_of("q=red+light+" + "x" * 400)
    assert "Only the first 300 characters were searched." in page
    assert "Only the first" not in page_of("q=" + "red+" * 70)


@both
def test_filters_without_words_ask_for_words_and_are_kept() -> None:
    thread(title="Red light")
    page = page_of("q=&state=new")
    assert "Write a few words too" in page and "Narrowed to" in page
    assert '<option value="new" selected>' in page


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


# Only what one may see ------------------------------------------------------------------------------------------------
@both
def test_no_filter_tells_of_a_board_or_a_tag_or_a_thread_that_one_may_not_see() -> None:
    inner = board("Inner", audience="signed_in")
    anna = person("anna")
    thread(anna, inner, title="Red zebra", tags=["zebratag"], product_version="zebra 9")
    thread(anna, title="Red light")
    page = page_of("q=red&author=anna")
    assert rows_on(page) == ["Red light"]
    assert "zebra" not in page.lower() and "Inner" not in page
    assert ">Problem (1)</option>" in page
    assert sorted(titles_of("q=red&author=anna", person())) == ["Red light", "Red zebra"]
    assert sorted(titles_of("q=red&author=anna&board=inner", moderator())) == ["Red zebra"]
    told = page_of("q=red&board=inner&tag=zebratag").replace("zebratag", "")
    assert "There is no such board." in told and "zebra" not in told.lower() and "Inner" not in told


@both
def test_a_thread_that_became_part_of_another_is_not_found() -> None:
    one, other = thread(title="Red light"), thread(title="Red light too")
    Thread.objects.filter(pk=other.pk).update(merged_into=one, closed_at=NOON)
    assert titles_of("q=red+light") == ["Red light"]


# What it costs --------------------------------------------------------------------------------------------------------
@both
@pytest.mark.parametrize("viewer", ["visitor", "member", "moderator"])
def test_the_fullest_page_asks_at_most_twelve_questions_among_a_thousand_as_with_one(viewer: str) -> None:
    reader = None if viewer == "visitor" else moderator() if viewer == "moderator" else person()
    on = board("Router")
    board("Inner", audience="signed_in")
    asked = solved("Red light on the router", on=on, tags=["led"], asker=person("anna"))
    day = date.fromisoformat(str(asked.asked_at.date()))
    query = f"q=red+light&board=router&tag=led&author=anna&state=solved&kind=problem&since={day - timedelta(days=2)}"
    client = browser_of(reader)
    few = questions(client, query), questions(client, "q=red+light")
    many(1000)
    assert (questions(client, query), questions(client, "q=red+light")) == few
    assert max(few) <= 12


def questions(client: Client, query: str) -> int:
    refresh()
    client.get(f"{SEARCH}?{query}")
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"{SEARCH}?{query}").status_code == 200
    return len(statements(queries))


@both
def test_finding_is_narrowed_for_whoever_asks_in_code_too() -> None:
    on = board("Router")
    thread(title="Red light", on=on)
    thread(title="Red lamp")
    refresh()
    found = find(viewer=VISITOR, words="red", narrowing=Narrowing(Filters(board=on)))
    assert [hit.cell.title for hit in found.rows] == ["Red light"]


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
