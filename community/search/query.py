"""From words to a query of the index, and from what it finds to an order.

The score is BM25 (Robertson and Zaragoza, 2009; Tantivy's k1 = 1.2, b = 0.75) over a thread's whole text, with its
title and its answers counted half again; then, for near equals, what was asked lately, what is solved and what many
have stands first. The constants were chosen on half of the pairs that `evaluate_search` reads, and held on the other.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from community import clock
from community.content.queries import is_silent
from community.search.analysis import STEMMED, STEMMERS, WRITTEN, is_unspaced, schema, stems_of, words_of, written

#: How much a field counts: everything together, and once more the title and the answers.
WEIGHTS = {"text": 1.0, "title": 0.5, "answers": 0.5}
#: Words of a title say more than those of the text behind it.
TITLE_WORD = 1.5
#: Of a long text the rarest words are looked for: so many, standing together in so many places of the index.
MOST_TERMS = 60
MOST_POSTINGS = 500_000
#: Words in more threads than this share say nothing, unless there are no others.
COMMON = 0.5
#: So many of the likeliest are put in order by what is known about them besides their words.
CANDIDATES = 100
#: What was asked just now may be the same outbreak: worth this much more, e-folding in so many days.
RECENT, RECENT_DAYS = 0.3, 30.0
SOLVED = 0.15
#: Per e-fold of people who have it too.
ME_TOO = 0.05
#: BM25's k1 + 1: the most that one word adds, times its idf.
_SATURATED = 2.2
_DAY = 86_400.0
_NEVER = -(2**62), 2**62


@dataclass(frozen=True)
class Narrow:
    """What a thread must be besides having the words. `since` and `until` are moments it was asked, both included."""

    board_ids: frozenset[int] | None = None
    tag_id: int | None = None
    kind: str = ""
    state: str = ""
    author_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    #: the id of a thread that is not to be found
    without: int | None = None


#: No condition at all.
ANYTHING = Narrow()


class Match(NamedTuple):
    """A thread that was found: how well it fits, whether it has all the words, how much of what was asked it is.

    `share`, from 0 to 1, is that of what a thread would score that is full of every one of the words: 0.3 and
    more for the same question in few words, below 0.2 for one that shares a common word; of long texts a third of that.
    """

    id: int
    score: float
    is_full: bool
    share: float


class Unit(NamedTuple):
    """One word to look for: the terms it stands for with the number of threads each is in, and its weight."""

    word: str
    terms: tuple[tuple[str, int], ...]
    weight: float
    #: threads that have it, in any form (one with two forms counts twice)
    found_in: int


# What is asked --------------------------------------------------------------------------------------------------------
def languages_of(searcher: tantivy.Searcher) -> tuple[str, ...]:
    """The languages with stems that threads of the index are written in."""
    return tuple(code for code in STEMMERS if searcher.doc_freq("language", code))


def unit_of(searcher: tantivy.Searcher, word: str, languages: tuple[str, ...], weight: float = 1.0) -> Unit:
    """A searched word with those of its terms that the index has."""
    counted = [(term, searcher.doc_freq("text", term)) for term in stems_of(word, languages)]
    return make_unit(word, [each for each in counted if each[1]], weight)


def make_unit(word: str, terms: Sequence[tuple[str, int]], weight: float = 1.0) -> Unit:
    return Unit(word, tuple(terms), weight, sum([count for _term, count in terms]))


def searched_words(text: str) -> list[str]:
    """The words of a text as they are looked for one by one: of scripts without spaces, each pair of signs."""
    return [part for word in words_of(text) for part in (written(word).split() if is_unspaced(word) else [word])]


class Asked(NamedTuple):
    """What to look for when somebody asks something, and what a thread could score at most that has all of it."""

    units: list[Unit]
    possible: float


def read_question(searcher: tantivy.Searcher, title: str, body: str = "") -> Asked:
    """What to look for when somebody asks this: the rarest words, the title's weighing more than the text's."""
    languages, of = languages_of(searcher), searcher.num_docs
    told = Counter(searched_words(body))
    weights = dict.fromkeys(searched_words(title), TITLE_WORD if told else 1.0)
    weights |= {word: 1.0 for word in told if word not in weights}
    units = [
        unit_of(searcher, word, languages, weight * (1 + 0.5 * math.log(max(1, told[word]))))
        for word, weight in weights.items()
    ]
    # Among few threads even "how" is in few of them, and would make those that have it alike.
    known = [unit for unit in units if unit.terms]
    telling = [unit for unit in known if unit.found_in <= COMMON * of and not is_silent(unit.word)]
    chosen = _rarest(telling or known)
    # A word that no thread has makes all of them less like the question, as much as the rarest of its words does.
    unknown = sum(not unit.terms and not is_silent(unit.word) for unit in units)
    most = max((unit.weight * idf(unit.found_in, of) for unit in chosen), default=0.0)
    sure = sum(unit.weight * idf(unit.found_in, of) for unit in chosen) + most * min(unknown, len(chosen))
    return Asked(chosen, sure * _SATURATED * sum(WEIGHTS.values()))


def _rarest(units: Iterable[Unit]) -> list[Unit]:
    """As many as the index answers quickly."""
    chosen: list[Unit] = []
    places = 0
    for unit in sorted(units, key=lambda unit: unit.found_in):
        places += unit.found_in
        if len(chosen) >= MOST_TERMS or (chosen and places > MOST_POSTINGS):
            break
        chosen.append(unit)
    return chosen


@lru_cache(maxsize=50_000)
def idf(count: int, of: int) -> float:
    """How much a word tells that is in `count` of `of` threads: BM25's inverse document frequency as Tantivy has it."""
    return math.log(1 + (max(of, count) - count + 0.5) / (count + 0.5))


def term_query(field: str, term: str, boost: float = 1.0) -> Query:
    query = Query.term_query(schema(), field, term, index_option="freq" if field in STEMMED else "basic")
    return query if boost == 1.0 else Query.boost_query(query, boost)


def scored(unit: Unit, fields: Iterable[str], of: int) -> list[Query]:
    """A word's terms in these fields. All its forms tell as much as the word does, however rare one of them is."""
    worth = unit.weight * idf(unit.found_in, of)
    boosts = [(term, worth / max(idf(count, of), 1e-9)) for term, count in unit.terms]
    return [term_query(field, term, WEIGHTS[field] * boost) for field in fields for term, boost in boosts]


def any_of(units: Iterable[Unit], of: int) -> Query:
    """Threads with any of the words: a flat list of terms, of which Tantivy leaves most unread (block-max WAND)."""
    return Query.boolean_query([(Occur.Should, query) for unit in units for query in scored(unit, WEIGHTS, of)])


# What it must be ------------------------------------------------------------------------------------------------------
def narrowed(query: Query, narrow: Narrow) -> Query:
    """The query for threads that are so, and no other score. `without` is left to who reads the result."""
    conditions = [*_numbers(narrow), *_words(narrow)]
    if narrow.since or narrow.until:
        low = int(narrow.since.timestamp()) if narrow.since else _NEVER[0]
        high = int(narrow.until.timestamp()) if narrow.until else _NEVER[1]
        conditions.append(Query.range_query(schema(), "asked", tantivy.FieldType.Integer, low, high))
    if not conditions:
        return query
    silent = [(Occur.Must, Query.const_score_query(condition, 0.0)) for condition in conditions]
    return Query.boolean_query([(Occur.Must, query), *silent])


def _numbers(narrow: Narrow) -> list[Query]:
    found = []
    if narrow.board_ids is not None:
        boards = [Query.term_query(schema(), "board_id", pk) for pk in sorted(narrow.board_ids)]
        found.append(Query.boolean_query([(Occur.Should, each) for each in boards]) if boards else Query.empty_query())
    if narrow.tag_id is not None:
        found.append(Query.term_query(schema(), "tag", narrow.tag_id))
    if narrow.author_id is not None:
        found.append(Query.term_query(schema(), "asker", narrow.author_id))
    return found


def _words(narrow: Narrow) -> list[Query]:
    return [
        Query.term_query(schema(), name, word, index_option="basic")
        for name, word in (("kind", narrow.kind), ("state", narrow.state))
        if word
    ]


def phrase_query(text: str) -> Query | None:
    """Threads with these words one behind the other, as they are written; None when there is no word in it."""
    terms = " ".join(map(written, words_of(text)[:24])).split()
    if not terms:
        return None
    if len(terms) == 1:
        return Query.term_query(schema(), WRITTEN, terms[0], index_option="basic")
    return Query.phrase_query(schema(), WRITTEN, [*terms])


# In which order -------------------------------------------------------------------------------------------------------
def found_by(
    searcher: tantivy.Searcher, query: Query, *, narrow: Narrow, limit: int, is_full: bool, possible: float = 0.0
) -> list[Match]:
    """The likeliest threads, at most `limit`, by their words and by what else is known of them."""
    hits = searcher.search(query, max(limit, CANDIDATES) + 1, count=False).hits
    if not hits:
        return []
    addresses = [address for _score, address in hits]
    known = [searcher.fast_field_values(name, addresses) for name in ("id", "asked", "solved", "me_too")]
    now = (narrow.until or clock.now()).timestamp()
    matches = []
    for (score, _address), pk, asked, solved, me_too in zip(hits, *known, strict=True):
        if pk == narrow.without:
            continue
        worth = score * _standing(now - (asked or 0), bool(solved), int(me_too or 0))
        matches.append(Match(int(pk or 0), worth, is_full, score / possible if possible else 0.0))
    matches.sort(key=lambda match: (-match.score, -match.id))
    return matches[:limit]


def _standing(age: float, is_solved: bool, me_too: int) -> float:
    """What is known of a thread besides its words, as a factor. `age` in seconds."""
    recent = 1 + RECENT * math.exp(-max(0.0, age) / _DAY / RECENT_DAYS)
    return recent * (1 + SOLVED * is_solved) * (1 + ME_TOO * math.log1p(max(0, me_too)))
