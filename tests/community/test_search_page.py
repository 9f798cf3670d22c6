"""The search page: narrowed by whatever somebody knows, in the order they wish, and a way on wherever it ends."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from community import clock
from community.actions import thanks
from community.models import Thread
from community.reading.lists import Filters
from community.reading.narrowing import Narrowing
from community.reading.search import find
from tests.community.reading import browser_of
from tests.community.search_page import (
    NOON,
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


VISITOR = AnonymousUser()


def asked_at(moment: datetime, title: str, **fields: Any) -> Thread:
    with clock.at(moment):
        return thread(title=title, **fields)


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


@both
def test_finding_is_narrowed_for_whoever_asks_in_code_too() -> None:
    on = board("Router")
    thread(title="Red light", on=on)
    thread(title="Red lamp")
    refresh()
    found = find(viewer=VISITOR, words="red", narrowing=Narrowing(Filters(board=on)))
    assert [hit.cell.title for hit in found.rows] == ["Red light"]
