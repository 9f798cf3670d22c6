"""What rises: words and tags that more people wrote this week than their own past lets one expect.

Plain values in, dataclasses out. A week is compared with whole weeks, so that every weekday is in both; with the eight
weeks before it, as shares of what was asked in each language, so that a busy week is no news of everything; and, where
there is a year of history, with the same weeks of the year before, so that what comes back each autumn is none either.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import exp, lgamma, log, log1p
from statistics import median

WEEK = timedelta(days=7)
#: So many weeks are the past, and fewer than so many are none.
PAST, LEAST_PAST = 8, 4
#: The season: the same week a year ago and its neighbours (the middle one of the three counts).
SEASON = tuple(51 * WEEK + each * WEEK for each in (0, 1, 2))
#: Fewer people are no trend, however unusual.
LEAST_PEOPLE = 4
#: At least so many times as many as expected.
LEAST_RATIO = 2.0
#: In a week in which nothing is out of the ordinary, a word (and a tag) is named by chance at most so often. What the
#: same people wrote beside one that is named, and it may name it better, is held to less.
CHANCE, BESIDE = 0.05, 0.1
#: A term whose people are so much the same as another's says the same.
SAME = 0.5
#: So many trends are named, and so many other words with each.
MOST, MOST_BESIDE = 7, 4
#: A word that so many of all who wrote in one language used says nothing; languages of fewer people have no say.
COMMON, LEAST_SPOKEN = 0.25, 20
#: How terms begin: tags are compared among themselves.
TAG, WORD = "t:", "w:"


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: by whom, on which day (of the site's zone), in which language, with which words and tags.

    `heading` are those of its title: of two that rise alike, what stands in titles says better what it is about.
    """

    thread: int
    person: int
    day: date
    language: str
    terms: frozenset[str]
    heading: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Trend:
    """One term that rises. `people` asked with it in the week, `expected` is what the past makes of this week.

    `last_year`: the same for the season a year ago, None without such a past. `best`: the most people of any of the
    weeks before. `since`: the day on which it began, None where no day stands out. `threads`: all of the week with the
    term, the oldest first; `beside`: terms that the same people wrote, and that rise too.
    """

    term: str
    people: int
    expected: float
    last_year: float | None
    best: int
    chance: float
    since: date | None
    threads: tuple[int, ...]
    beside: tuple[str, ...] = ()


@dataclass(frozen=True)
class Volume:
    """How many people asked in a week, how many in a usual one of the eight before (the middle one; None where there
    is too little of a past), and in the same season a year ago."""

    people: int
    usual: float | None
    last_year: float | None


@dataclass(frozen=True)
class Heard:
    """A week: how much was asked, and what rises (None where there is too little of a past to say)."""

    volume: Volume
    trends: list[Trend] | None


@dataclass
class _Week:
    """What was asked in one week: how many people in each language, and who wrote each term in which language."""

    people: Counter[str]
    wrote: Mapping[str, Mapping[str, set[int]]]

    def count(self, term: str) -> int:
        return sum(len(people) for people in self.wrote.get(term, {}).values())

    @property
    def total(self) -> int:
        return self.people.total()


def monday(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def weeks_read(week: date) -> list[date]:
    """The Mondays of all weeks that the trends of this one need, itself among them."""
    return [week, *(week - each * WEEK for each in range(1, PAST + 1)), *(week - each for each in SEASON)]


def listen(asked: Iterable[Asked], week: date) -> Heard:
    """What the week that begins on this Monday brought, from the questions of `weeks_read(week)`.

    The trends with the most people beyond what was expected come first. At least four of the eight weeks before must
    have questions.
    """
    by_week: dict[date, list[Asked]] = defaultdict(list)
    for each in asked:
        by_week[monday(each.day)].append(each)
    now = _week(by_week[week])
    past = [_week(by_week[start]) for start in _past(week) if by_week[start]]
    season = [_week(by_week[week - each]) for each in SEASON if by_week[week - each]]
    if len(past) < LEAST_PAST:
        return Heard(Volume(now.total, None, None), None)
    last_year = float(median(each.total for each in season)) if len(season) == len(SEASON) else None
    volume = Volume(now.total, float(median(each.total for each in past)), last_year)
    shares = _weekdays(each.day for start in _past(week) for each in by_week[start])
    headings = Counter(term for each in by_week[week] for term in each.heading)
    return Heard(volume, [_dated(each, by_week[week], shares) for each in _rising(now, past, season, headings)])


def _rising(now: _Week, past: Sequence[_Week], season: Sequence[_Week], headings: Mapping[str, int]) -> list[Trend]:
    terms = [term for term in now.wrote if now.count(term) >= LEAST_PEOPLE and _says_something(term, past)]
    found = [_trend(term, now, past, season) for term in terms]
    kinds = [[each for each in found if each.term.startswith(kind)] for kind in (TAG, WORD)]
    sure = {each.term for kind in kinds for each in _beyond_chance(kind, CHANCE) if _stands_out(each, now, past)}
    unusual = [each for kind in kinds for each in _beyond_chance(kind, BESIDE) if _stands_out(each, now, past)]
    told = [each for each in _together(unusual, now, headings) if sure & {each.term, *each.beside}]
    return [replace(each, beside=each.beside[:MOST_BESIDE]) for each in told[:MOST]]


def _past(week: date) -> list[date]:
    return [week - each * WEEK for each in range(1, PAST + 1)]


def _week(asked: Iterable[Asked]) -> _Week:
    people: dict[str, set[int]] = defaultdict(set)
    wrote: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for each in asked:
        people[each.language].add(each.person)
        for term in each.terms:
            wrote[term][each.language].add(each.person)
    return _Week(Counter({language: len(found) for language, found in people.items()}), wrote)


def _says_something(term: str, past: Sequence[_Week]) -> bool:
    """Not a word that stands in everything, in whichever language; nor a tag that was not in use all along.

    People take new words for new things; who first uses a tag is whoever sorts.
    """
    if term.startswith(TAG):
        return sum(term in each.wrote for each in past) >= LEAST_PAST
    languages = {language for each in past for language in each.wrote.get(term, {})}
    spoken = [one for one in languages if sum(each.people[one] for each in past) >= LEAST_SPOKEN]
    return all(_share(term, past, language) < COMMON for language in spoken)


def _trend(term: str, now: _Week, past: Sequence[_Week], season: Sequence[_Week]) -> Trend:
    people = now.count(term)
    scaled = [_as_if(term, each, now) for each in past]
    written = sum(each.count(term) for each in past)
    # Half a person more than there were: what was never seen is not impossible.
    unseen = 0.5 * now.total / max(1, sum(each.total for each in past))
    recent = sum(_share(term, past, language) * count for language, count in now.people.items())
    last_year = median(_as_if(term, each, now) for each in season) if len(season) == len(SEASON) else None
    expected = max(recent + unseen, last_year or 0.0)
    best = max((each.count(term) for each in past), default=0)
    chance = _chance(people, expected, _firmness(written + 0.5, scaled))
    return Trend(term, people, expected, last_year, best, chance, None, ())


def _share(term: str, past: Sequence[_Week], language: str) -> float:
    """Of the people who asked in this language, so many wrote the term."""
    everybody = sum(each.people[language] for each in past)
    wrote = sum(len(each.wrote.get(term, {}).get(language, ())) for each in past)
    return wrote / everybody if everybody else 0.0


def _as_if(term: str, then: _Week, now: _Week) -> float:
    """How many it would have been in a week as busy as this one."""
    return then.count(term) * now.total / then.total


def _firmness(shape: float, scaled: Sequence[float]) -> float:
    """How far the expectation can be relied on, as a gamma distribution's shape: little seen, or up and down from week
    to week, makes it small."""
    mean = sum(scaled) / len(scaled)
    spread = sum((each - mean) ** 2 for each in scaled) / (len(scaled) - 1)
    if spread <= mean or not mean:
        return shape
    return 1 / (1 / shape + (spread - mean) / mean**2)


def _chance(people: int, expected: float, shape: float) -> float:
    """How likely so many or more are by chance alone: the tail of a negative binomial distribution."""
    odds = expected / (shape + expected)
    below = 0.0
    for each in range(people):
        ways = lgamma(shape + each) - lgamma(shape) - lgamma(each + 1)
        below += exp(ways + each * log(odds) + shape * log1p(-odds))
    return max(0.0, 1.0 - below)


def _beyond_chance(found: Sequence[Trend], most: float) -> list[Trend]:
    """Those of which at most the share `most` is expected to be chance (Benjamini and Hochberg)."""
    ordered = sorted(found, key=lambda each: each.chance)
    last = 0
    for place, each in enumerate(ordered, start=1):
        if each.chance <= most * place / len(ordered):
            last = place
    return ordered[:last]


def _stands_out(each: Trend, now: _Week, past: Sequence[_Week]) -> bool:
    """Unusual in words too: more than in any of the weeks before, and twice as many as expected."""
    most = max(_as_if(each.term, then, now) for then in past)
    return each.people > most and each.people >= LEAST_RATIO * each.expected


def _together(found: Sequence[Trend], now: _Week, headings: Mapping[str, int]) -> list[Trend]:
    """Terms of much the same people as one trend, named by the one that rises most."""
    who = {each.term: set().union(*now.wrote[each.term].values()) for each in found}
    told: dict[str, Trend] = {}
    beside: dict[str, list[str]] = defaultdict(list)
    ordered = sorted(
        found, key=lambda each: (-round(each.people - each.expected), -headings.get(each.term, 0), each.term)
    )
    for each in ordered:
        like = (lead for lead in told if _is_same(who[lead], who[each.term]))
        lead = next(like, None)
        if lead is None:
            told[each.term] = each
        else:
            beside[lead].append(each.term)
    return [replace(each, beside=tuple(beside[each.term])) for each in told.values()]


def _is_same(one: set[int], other: set[int]) -> bool:
    return len(one & other) >= SAME * min(len(one), len(other))


def _weekdays(days: Iterable[date]) -> list[float]:
    """Of what is asked, the share of each weekday."""
    counted = Counter(day.weekday() for day in days)
    return [counted[each] / max(1, counted.total()) for each in range(7)]


def _dated(trend: Trend, questions: Iterable[Asked], shares: Sequence[float]) -> Trend:
    """With its questions, and since when: the first day with twice as many people as such a weekday lets one expect."""
    own = sorted((each for each in questions if trend.term in each.terms), key=lambda e: (e.day, e.thread))
    people: dict[date, set[int]] = defaultdict(set)
    for each in own:
        people[each.day].add(each.person)
    usual = {day: trend.expected * shares[day.weekday()] for day in people}
    began = (day for day, who in sorted(people.items()) if len(who) >= max(2, LEAST_RATIO * usual[day]))
    since = next(began, None)
    return replace(trend, since=since, threads=tuple(each.thread for each in own))
