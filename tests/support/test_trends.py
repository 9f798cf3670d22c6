"""What rises, by weeks that were made up so that the answer is known."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import count
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from support.trends import WEEK, Asked, Heard, Trend, listen, weeks_read

#: A Monday.
NOW = date(2026, 6, 22)
_numbers = count(1)


def asked(day: date, *words: str, language: str = "en", person: int | None = None) -> Asked:
    number = next(_numbers)
    terms = frozenset(word if word[1:2] == ":" else f"w:{word}" for word in words)
    return Asked(number, person or number, day, language, terms)


def week(start: date, people: int, words: Sequence[str] = ("light",), language: str = "en") -> list[Asked]:
    """So many questions, spread over the week."""
    return [asked(start + timedelta(days=number % 7), *words, language=language) for number in range(people)]


def usual(people: int = 40, weeks: int = 8) -> list[Asked]:
    """So many weeks of questions before this one, of which one in ten is about the app."""
    found = []
    for back in range(1, weeks + 1):
        start = NOW - back * WEEK
        found += week(start, people - people // 10) + week(start, people // 10, ("app",))
    return found


def heard(found: Iterable[Asked]) -> Heard:
    return listen(found, NOW)


def trends(found: Iterable[Asked]) -> list[Trend]:
    told = heard(found).trends
    assert told is not None
    return told


def test_what_many_write_all_of_a_sudden_rises_with_its_questions_and_the_day_it_began() -> None:
    outage = [asked(NOW + timedelta(days=2 + each % 3), "outage", "light") for each in range(9)]
    (found,) = trends([*usual(), *week(NOW, 31), *outage])
    assert (found.term, found.people, found.best) == ("w:outage", 9, 0) and found.expected < 0.2
    assert found.since == NOW + timedelta(days=2)
    assert set(found.threads) == {each.thread for each in outage}


def test_a_busy_week_is_no_news_of_what_is_always_asked() -> None:
    # three times as many questions, three times as many about the app
    told = heard([*usual(), *week(NOW, 108), *week(NOW, 12, ("app",))])
    assert told.trends == [] and (told.volume.people, told.volume.usual) == (120, 40)


def test_what_comes_back_every_year_is_no_news_in_its_season() -> None:
    then = NOW - 52 * WEEK
    last_year = [each for back in (-1, 0, 1) for each in week(then + back * WEEK, 30)]
    winter = [each for back in (-1, 0, 1) for each in week(then + back * WEEK, 10, ("battery",))]
    this_year = [*usual(), *week(NOW, 30), *week(NOW, 10, ("battery",))]
    assert [each.term for each in trends(this_year)] == ["w:battery"]
    assert trends([*this_year, *last_year, *winter]) == []


def test_one_bad_week_a_year_ago_hides_nothing() -> None:
    then = NOW - 52 * WEEK
    last_year = [each for back in (-1, 0, 1) for each in week(then + back * WEEK, 30)]
    outage = week(then, 10, ("outage",))
    found = trends([*usual(), *week(NOW, 30), *week(NOW, 10, ("outage",)), *last_year, *outage])
    assert [each.term for each in found] == ["w:outage"] and found[0].last_year == 0


def test_one_person_who_writes_ten_times_is_one() -> None:
    loud = [asked(NOW + timedelta(days=each % 7), "outage", person=1_000_000) for each in range(10)]
    assert trends([*usual(), *week(NOW, 30), *loud]) == []


def test_words_of_the_same_people_are_one_trend() -> None:
    outage = [asked(NOW, "hotmail", "password", "refused") for _each in range(8)]
    (found,) = trends([*usual(), *week(NOW, 30), *outage])
    assert {found.term, *found.beside} == {"w:hotmail", "w:password", "w:refused"}


def test_more_of_one_language_is_no_news_of_its_words() -> None:
    dutch = [each for back in range(1, 9) for each in week(NOW - back * WEEK, 5, ("van", "mijn"), language="nl")]
    more = week(NOW, 20, ("van", "mijn"), language="nl")
    assert trends([*usual(), *dutch, *week(NOW, 40), *more]) == []
    # nor where they are taken for another's: a word of every question says nothing
    mistaken = week(NOW, 12, ("van", "mijn"))
    assert trends([*usual(), *dutch, *week(NOW, 40), *mistaken]) == []


def test_a_tag_that_is_new_says_who_sorts_and_not_what_people_have() -> None:
    new = week(NOW, 20, ("t:7",))
    assert trends([*usual(), *week(NOW, 20), *new]) == []
    old = [asked(NOW - back * WEEK, "t:7") for back in range(1, 9)]
    assert [each.term for each in trends([*usual(), *old, *week(NOW, 20), *new])] == ["t:7"]


def test_without_a_past_nothing_is_said() -> None:
    assert heard([*usual(weeks=3), *week(NOW, 30, ("outage",))]).trends is None
    assert heard([]).volume.people == 0


def test_a_year_of_weeks_in_which_nothing_happens_raises_hardly_any_alarm() -> None:
    """Two hundred words at random, week after week: what is named then is chance, and is to be rare."""
    dice = Random(8)
    words = [f"word{number}" for number in range(200)]
    weights = [1 / (1 + number) for number in range(200)]
    by_week = {
        back: [asked(NOW - back * WEEK + timedelta(days=dice.randrange(7)), *dice.choices(words, weights, k=6))
               for _each in range(150)]
        for back in range(40)
    }  # fmt: skip
    false = 0
    for back in range(30):
        start = NOW - back * WEEK
        told = listen([each for past in range(back, back + 9) for each in by_week[past]], start).trends
        false += len(told or [])
    assert false <= 3


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 62), st.integers(0, 5), st.sampled_from("abcde")), max_size=120))
def test_whatever_is_asked_the_order_of_reading_changes_nothing(rows: list[tuple[int, int, str]]) -> None:
    found = [
        Asked(number, person, NOW + timedelta(days=6 - back), "en", frozenset({f"w:{word}"}))
        for number, (back, person, word) in enumerate(rows)
    ]
    assert heard(found) == heard(reversed(found))


def test_the_weeks_that_are_read_are_nine_and_three_a_year_ago() -> None:
    read = weeks_read(NOW)
    assert len(set(read)) == 12 and all(each.weekday() == 0 for each in read)
    assert {NOW - 51 * WEEK, NOW - 52 * WEEK, NOW - 53 * WEEK} <= set(read)
