"""The door to the index: which threads have these words (a search), which are like this one (a suggestion).

Only ids and scores come out. Whoever shows something asks the database for it, and there whether it may be seen:
reading/search.py does, and nobody else opens this door.
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import tantivy
from tantivy import Occur, Query

from community.content.excerpts import Looked as Marked
from community.content.excerpts import fold
from community.content.queries import Typed, is_silent, take_apart
from community.content.text import key
from community.search.analysis import is_unspaced, stems_of, words_of, written
from community.search.folder import open_reader
from community.search.query import (
    ANYTHING,
    WEIGHTS,
    Asked,
    Match,
    Narrow,
    Unit,
    any_of,
    found_by,
    languages_of,
    make_unit,
    narrowed,
    phrase_query,
    read_question,
    scored,
    searched_words,
    unit_of,
)
from community.search.spelling import FAR_COMMONER, likelier

__all__ = ["Asked", "Looked", "Match", "Narrow", "alike", "is_ready", "look"]

#: More words of a search are not looked for: the rarest are.
MOST_UNITS = 12
#: With fewer threads that have all the words, those with half of them are found too.
FEW = 10
#: More of a text is not read, in characters.
MOST_TYPED, MOST_TITLE, MOST_BODY = 2_000, 1_000, 20_000
#: The last word of a search may be unfinished: from so many letters on, and for so many words that begin so.
_OPEN_FROM, _MOST_BEGINNINGS = 4, 12

REBUILDING = "rebuilding"
NO_WORD = "no word"


class Marks(Marked):
    """Which words of a text were looked for: those with a stem that was."""

    def __init__(self, words: Sequence[str], languages: tuple[str, ...]) -> None:
        super().__init__(())
        self._languages = languages
        self._stems = {stem for word in words for stem in stems_of(word, languages)}
        self._signs = {sign for word in words if is_unspaced(word) for sign in word}

    def is_one(self, word: str) -> bool:
        if is_unspaced(word):
            return word in self._signs
        return not self._stems.isdisjoint(stems_of(word.lower(), self._languages))


@dataclass(frozen=True)
class Looked:
    """What a search found.

    `corrected` is the search as it was done instead of the one that was typed ("" when it was done as typed), and
    `did_you_mean` another one that would find more. `also` is the search with commoner words in place of rare ones
    ("password" for "pasword"): what has them was found too. `problem` is REBUILDING while there is no index, NO_WORD
    when there is nothing to look for.
    """

    matches: Sequence[Match] = ()
    corrected: str = ""
    also: str = ""
    did_you_mean: str = ""
    problem: str = ""
    marks: Marked = field(default_factory=lambda: Marked(()))


def is_ready() -> bool:
    """Whether there is an index to ask."""
    return open_reader() is not None


# Questions like this one ----------------------------------------------------------------------------------------------
def alike(*, title: str, body: str = "", narrow: Narrow = ANYTHING, limit: int = 5) -> list[Match]:
    """Threads like a question with this title (and text), the likeliest first; none while there is no index."""
    if (reader := open_reader()) is None:
        return []
    searcher = reader.searcher
    asked = read_question(searcher, title[:MOST_TITLE], body[:MOST_BODY])
    if not asked.units:
        return []
    query = narrowed(any_of(asked.units, searcher.num_docs), narrow)
    return found_by(searcher, query, narrow=narrow, limit=limit, is_full=False, possible=asked.possible)


# Words that somebody looks for ----------------------------------------------------------------------------------------
def look(
    words: str, *, narrow: Narrow = ANYTHING, order: str = "likely", limit: int = 100, as_typed: bool = False
) -> Looked:
    """Threads with these words, "phrases" and without -those: the likeliest first, or the last asked (`newest`).

    Those with all the words stand first; where they are few, those with at least half of them follow. A word that no
    thread has is put right when one slip explains it, unless `as_typed`. Any text is answered.
    """
    if (reader := open_reader()) is None:
        return Looked(problem=REBUILDING)
    searcher, text = reader.searcher, key(words[:MOST_TYPED])
    languages = languages_of(searcher)
    typed = take_apart(text)
    units = _units(searcher, typed, languages)
    slips = _Slips() if as_typed else _slips(searcher, units)
    corrected = _replaced(text, slips.wrong)
    if corrected:
        typed = take_apart(corrected)
        units = _units(searcher, typed, languages)
    units = _widened(searcher, units, slips.rare, languages)
    frame = [phrase for phrase in map(phrase_query, typed.phrases) if phrase]
    if not (units or frame):
        return Looked(problem=NO_WORD)
    matches = _matches(searcher, units, frame, _left_out(searcher, typed, languages), narrow, order, limit)
    full = sum(match.is_full for match in matches)
    looked_for = [unit.word for unit in units] + [word for phrase in typed.phrases for word in words_of(phrase)]
    return Looked(
        matches=matches,
        corrected=corrected,
        also=_replaced(corrected or text, slips.rare),
        did_you_mean=_replaced(corrected or text, slips.doubtful) if full < FEW else "",
        marks=Marks([*looked_for, *slips.rare.values()], languages),
    )


def _units(searcher: tantivy.Searcher, typed: Typed, languages: tuple[str, ...]) -> list[Unit]:
    """What to look for, each thing once; words that say nothing only where there are no others."""
    words = list(dict.fromkeys(word for part in typed.words for word in searched_words(part)))
    telling = [word for word in words if not is_silent(fold(word))] or (words if not typed.phrases else [])
    units = [unit_of(searcher, word, languages) for word in telling]
    if units and typed.is_open and telling[-1] == words[-1]:
        units[-1] = _with_beginnings(searcher, units[-1])
    if len(units) > MOST_UNITS:
        units = sorted(units, key=lambda unit: unit.found_in)[:MOST_UNITS]
    return units


def _with_beginnings(searcher: tantivy.Searcher, last: Unit) -> Unit:
    """The last word, which may be the beginning of a longer one ("Akku" of "Akkulaufzeit"), where few have it."""
    word = written(last.word)
    if last.found_in >= FEW or len(word) < _OPEN_FROM or is_unspaced(word):
        return last
    longer = searcher.terms_with_prefix("text", word, limit=_MOST_BEGINNINGS)
    return make_unit(last.word, list({**dict(longer), **dict(last.terms)}.items()))


class _Slips(NamedTuple):
    """Words of a search with what they may have meant: no thread has them; few have them; it may be so."""

    wrong: dict[str, str] = {}
    rare: dict[str, str] = {}
    doubtful: dict[str, str] = {}


def _slips(searcher: tantivy.Searcher, units: Sequence[Unit]) -> _Slips:
    found = _Slips({}, {}, {})
    for unit in units:
        if unit.found_in > searcher.num_docs // FAR_COMMONER:
            continue  # nothing can be so much commoner
        other, count = likelier(searcher, unit.word)
        if other and not unit.found_in:
            found.wrong[unit.word] = other
        elif other and count >= FAR_COMMONER * unit.found_in:
            found.rare[unit.word] = other
        elif other and unit.found_in < FEW <= count:
            found.doubtful[unit.word] = other
    return found


def _widened(
    searcher: tantivy.Searcher, units: Sequence[Unit], rare: dict[str, str], languages: tuple[str, ...]
) -> list[Unit]:
    """The words to look for, rare ones together with what they probably meant."""

    def with_other(rare_one: Unit) -> Unit:
        other = unit_of(searcher, rare[rare_one.word], languages)
        return make_unit(rare_one.word, list(dict([*other.terms, *rare_one.terms]).items()))

    return [with_other(each) if each.word in rare else each for each in units]


def _replaced(text: str, words: dict[str, str]) -> str:
    """The text with whole words put in place of others, everything else as it was typed; "" when none are to be."""
    if not words:
        return ""
    return re.sub(r"[^\W_]+", lambda found: words.get(found.group(), found.group()), text)


def _left_out(searcher: tantivy.Searcher, typed: Typed, languages: tuple[str, ...]) -> list[Query]:
    """What must not be in it: a phrase as it is written, a word in all its forms."""
    left_out = []
    for part in typed.without:
        words = searched_words(part)
        if len(words) == 1:
            left_out.extend(scored(unit_of(searcher, words[0], languages), ["text"], searcher.num_docs))
        elif phrase := phrase_query(part):
            left_out.append(phrase)
    return left_out


def _matches(
    searcher: tantivy.Searcher,
    units: Sequence[Unit],
    frame: Sequence[Query],
    left_out: Sequence[Query],
    narrow: Narrow,
    order: str,
    limit: int,
) -> list[Match]:
    """Threads with all the words, and where they are few behind them those with at least half."""
    of = searcher.num_docs
    around = [(Occur.Must, query) for query in frame] + [(Occur.MustNot, query) for query in left_out]
    again = [name for name in WEIGHTS if name != "text"]
    once_more = [(Occur.Should, query) for unit in units for query in scored(unit, again, of)]
    has_word = [Query.boolean_query([(Occur.Should, query) for query in scored(unit, ["text"], of)]) for unit in units]
    every = Query.boolean_query([*((Occur.Must, query) for query in has_word), *once_more, *around])
    is_possible = all(unit.terms for unit in units)
    if order == "newest":
        return _newest(searcher, narrowed(every, narrow), narrow, limit) if is_possible else []
    full = found_by(searcher, narrowed(every, narrow), narrow=narrow, limit=limit, is_full=True) if is_possible else []
    if len(full) >= FEW or len(units) < 2:
        return full
    half = Query.boolean_query(
        [(Occur.Should, query) for query in has_word], minimum_number_should_match=math.ceil(len(units) / 2)
    )
    some = Query.boolean_query([(Occur.Must, half), *once_more, *around])
    found = found_by(searcher, narrowed(some, narrow), narrow=narrow, limit=limit, is_full=False)
    known = {match.id for match in full}
    return [*full, *(match for match in found if match.id not in known)][:limit]


def _newest(searcher: tantivy.Searcher, query: Query, narrow: Narrow, limit: int) -> list[Match]:
    """The threads asked last; their score is the moment, in seconds since 1970."""
    hits = searcher.search(query, limit + 1, count=False, order_by_field="asked").hits
    ids = searcher.fast_field_values("id", [address for _moment, address in hits]) if hits else []
    found = (Match(int(pk or 0), float(moment), True, 0.0) for pk, (moment, _address) in zip(ids, hits, strict=True))
    return [match for match in found if match.id != narrow.without][:limit]
