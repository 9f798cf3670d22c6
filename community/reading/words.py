"""The engine behind searching, on PostgreSQL alone: which threads have these words, the likeliest first.

Only reading/search.py knows this module. Work is bounded: a few hundred threads are ranked, however many there are, the
newest that have all words, then those that have two of the rarest, then those that have one. A rare
word counts more than a common one; how common a word is, the planner's statistics know.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import NamedTuple

from django.db import connection
from django.db.models import BooleanField, Case, ExpressionWrapper, F, FloatField, Func, Value, When
from django.db.models.expressions import Combinable

from community.content.queries import is_silent, stem_of, take_apart
from community.content.text import key
from community.models.threads import ThreadQuerySet
from community.reading.figures import kept

#: More words than this are not looked for, and no more than these are ranked by or matched in pairs.
MOST_UNITS = 12
MOST_RANKED = 5
#: So many threads are ranked, those of the strictest ways.
CANDIDATES = 250
MOST_FOUND = 100
#: What has only some of the words is left out when it fits so much worse than the best.
LEAST_LIKE_BEST = 0.4
#: Near equals: a solved thread stands above one that is a little more alike.
SOLVED_IS_WORTH = 1.25
SAME_BOARD_IS_WORTH = 1.3

#: How much a word counts by where it stands: tags, solution, text, title.
_WEIGHTS = "{0.5, 0.2, 0.15, 1.0}"
_LEXEMES = """
    SELECT ARRAY(SELECT token FROM ts_parse('default', community_fold(part)) WHERE tokid <> 12)
    FROM unnest(%s::text[]) WITH ORDINALITY AS parts (part, place) ORDER BY place
"""
_COMMON = """
    SELECT most_common_elems::text::text[], most_common_elem_freqs FROM pg_stats
    WHERE schemaname = current_schema() AND tablename = 'community_threadwords' AND attname = 'words'
"""


class Unit(NamedTuple):
    """One thing to look for: the query for it, the words to mark, and how much it tells (0 for a silent word)."""

    query: str
    words: tuple[str, ...]
    beginnings: tuple[str, ...]
    worth: float


@dataclass(frozen=True)
class Asked:
    """A query, ready to be matched. `frame` is what every match must keep to: phrases, and no excluded part."""

    units: tuple[Unit, ...] = ()
    frame: str = ""
    phrases: tuple[Unit, ...] = field(default=())
    #: how many words there are, the silent ones included
    count: int = 0

    @property
    def is_empty(self) -> bool:
        return not (self.units or self.phrases)


class Ranked(NamedTuple):
    """A thread that was found: whether it has all the words, and how well it fits."""

    id: int
    is_full: bool
    score: float


# From what was typed to what is looked for ----------------------------------------------------------------------------
def read_query(text: str, *, is_sentence: bool = False) -> Asked:
    """What a text asks for; a sentence (somebody's title) has no operators and no unfinished last word."""
    typed = take_apart(key(text[:2000]).replace('"', " ").replace("-", " ") if is_sentence else key(text[:2000]))
    parts = [*typed.words, *typed.phrases, *typed.without]
    if not parts:
        return Asked()
    lexemes = _lexemes(parts)
    words = [lexeme for found in lexemes[: len(typed.words)] for lexeme in found]
    rest = lexemes[len(typed.words) :]
    phrases = [found for found in rest[: len(typed.phrases)] if found]
    without = [found for found in rest[len(typed.phrases) :] if found]
    units = _units(words, is_open=typed.is_open and not is_sentence)
    frame = [_phrase(found) for found in phrases] + [f"!({_phrase(found)})" for found in without]
    known = tuple(Unit(_phrase(found), tuple(found), (), 1.0) for found in phrases)
    return Asked(units, " & ".join(frame), known, count=len(words))


def _lexemes(parts: Sequence[str]) -> list[list[str]]:
    """The words of each part as the index has them: asked of the database, so that both are always the same."""
    with connection.cursor() as cursor:
        cursor.execute(_LEXEMES, [list(parts)])
        return [row[0] for row in cursor.fetchall()]


def _units(words: list[str], *, is_open: bool) -> tuple[Unit, ...]:
    """What to look for, each thing once; words that say nothing only where there are no others."""
    telling = [word for word in words if not is_silent(word)] or words
    last = words[-1] if is_open and words else ""
    signs = [word for word in telling if _is_sign(word)]
    alone = [word for word in dict.fromkeys(telling) if not _is_sign(word)]
    units = [_unit(word, may_go_on=word == last) for word in alone]
    pairs = list(dict.fromkeys(pairwise(signs)))
    units += [Unit(_phrase(pair), pair, (), _worth(pair[0]) + _worth(pair[1])) for pair in pairs]
    if len(signs) == 1:
        units.append(_unit(signs[0], may_go_on=False))
    return tuple(units[:MOST_UNITS])


def _unit(word: str, *, may_go_on: bool) -> Unit:
    stem, goes_on = stem_of(word), may_go_on and len(word) > 1
    beginnings = tuple(filter(None, [word if goes_on else "", stem]))
    ways = [f"{_quoted(beginning)}:*" for beginning in beginnings] + ([] if goes_on else [_quoted(word)])
    query = ways[0] if len(ways) == 1 else f"({' | '.join(ways)})"
    return Unit(query, (word,), beginnings, min(_worth(word), _worth(stem)) if stem else _worth(word))


def _is_sign(word: str) -> bool:
    """A Chinese or Japanese sign, which the index keeps one by one."""
    return len(word) == 1 and ord(word) >= 0x3041


def _quoted(word: str) -> str:
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"


def _phrase(words: Sequence[str]) -> str:
    return " <-> ".join(_quoted(word) for word in words[:MOST_UNITS])


# How much a word tells ------------------------------------------------------------------------------------------------
def _worth(word: str) -> float:
    """How much a word tells, from 0.2 (in every thread) up: by the share of threads it stands in."""
    shares, rarest = kept("common words", _shares)
    return max(0.2, -math.log(shares.get(word, rarest))) if shares else 3.0


def _shares() -> tuple[dict[str, float], float]:
    """Common words with the share of threads they stand in, and the share of a word that is not among them."""
    with connection.cursor() as cursor:
        cursor.execute(_COMMON)
        row = cursor.fetchone()
    if row is None or not row[0]:
        return {}, 0.0
    shares = dict(zip(row[0], row[1], strict=False))  # the frequencies end with their smallest and largest
    return shares, max(min(shares.values()) / 2, 1e-6)


# Matching and ranking -------------------------------------------------------------------------------------------------
class _Matches(Func):
    template = "(%(expressions)s::tsquery)"
    arg_joiner = " @@ "
    output_field = BooleanField()

    def __init__(self, query: str) -> None:
        super().__init__(F("words__words"), Value(query))


class _Rank(Func):
    template = f"ts_rank('{_WEIGHTS}', %(expressions)s::tsquery)"
    output_field = FloatField()

    def __init__(self, query: str) -> None:
        super().__init__(F("words__words"), Value(query))


def _together(parts: Sequence[str], joiner: str, frame: str) -> str:
    inner = joiner.join(part if part.startswith("(") else f"({part})" for part in parts)
    return " & ".join(filter(None, [f"({inner})" if inner else "", frame]))


def _ways(asked: Asked, *, is_loose: bool) -> list[str]:
    """The queries to match by, the strictest first."""
    rarest = sorted(asked.units, key=lambda unit: -unit.worth)[:MOST_RANKED]
    ways = [_together([unit.query for unit in asked.units], " & ", asked.frame)]
    if len(asked.units) > 2:
        pairs = [_together([one.query, other.query], " & ", "") for one, other in combinations(rarest[:4], 2)]
        ways.append(_together(pairs, " | ", asked.frame))
    if is_loose and len(asked.units) > 1:
        ways.append(_together([unit.query for unit in rarest[:4]], " | ", asked.frame))
    return ways


def best(
    threads: ThreadQuerySet, asked: Asked, *, most: int = MOST_FOUND, board_id: int | None = None, is_loose: bool = True
) -> list[Ranked]:
    """The threads among `threads` that fit best, at most `most`; those of the board `board_id` count a little more."""
    if asked.is_empty:
        return []
    ways = _ways(asked, is_loose=is_loose)
    first, *others = [
        threads.filter(_Matches(way)).order_by("-pk").values_list("pk", flat=True)[:CANDIDATES] for way in ways
    ]
    # The database goes on to the next way only while there are too few: its limit ends the reading.
    candidates = first.union(*others, all=True)[:CANDIDATES] if others else first
    rows = (
        threads.model.objects.filter(pk__in=list(candidates))
        .annotate(full=_Matches(ways[0]), score=_score(asked, board_id))
        .order_by("-full", "-score", "-pk")
        .values_list("pk", "full", "score")
    )
    ranked = [Ranked(*row) for row in rows[:most]]
    least = LEAST_LIKE_BEST * max((each.score for each in ranked), default=0.0)
    return [each for each in ranked if each.is_full or each.score >= least]


def _score(asked: Asked, board_id: int | None) -> Combinable:
    """How well a thread fits: what each of the telling words is worth, by where it stands."""
    telling = sorted([*asked.units, *asked.phrases], key=lambda unit: -unit.worth)[:MOST_RANKED]
    score: Combinable = Value(0.0)
    for unit in telling:
        score += _Rank(unit.query) * Value(unit.worth)
    solved = When(solved_at__isnull=False, outdated_at__isnull=True, then=Value(SOLVED_IS_WORTH))
    score *= Case(solved, default=Value(1.0))
    if board_id is not None:
        score *= Case(When(board_id=board_id, then=Value(SAME_BOARD_IS_WORTH)), default=Value(1.0))
    return ExpressionWrapper(score, output_field=FloatField())
