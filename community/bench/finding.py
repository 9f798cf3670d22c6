"""Would our suggestions have found it? Measured on pairs: a question, and an earlier one that somebody pointed to.

Each question is asked as its asker did, as if at that moment: later threads are out. MRR@10 is the mean of 1/rank of
the first thread that somebody pointed to among the ten likeliest (0 where there is none), hit@10 the share of questions
where there is one (Voorhees, TREC-8, 1999).
"""

import csv
import hashlib
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

import tantivy
from django.contrib.auth.models import AnonymousUser
from tantivy import Occur, Query

from community.models import ImportedItem, Thread
from community.reading.suggestions import likeliest
from community.search.documents import all_threads
from community.search.engine import MOST_BODY, MOST_TITLE, Narrow

RANKS = 10
COLUMNS = ("question_id", "earlier_question_id")
#: The ranking may be chosen on one half of the questions; the other says what it is worth.
HALVES = ("chosen on", "held out")
_NAIVE_FIELDS = ("title", "body", "answers")

#: Of a thread, with title and text to ask: the ids of the likeliest others, at most RANKS.
Finder = Callable[[Thread, str, str], Sequence[int]]


class BadPairs(ValueError):
    """The file cannot be read as pairs; the message says why."""


class Asked(NamedTuple):
    """A question with the threads that somebody pointed to, and the half it belongs to."""

    thread: Thread
    earlier: frozenset[int]
    half: int


@dataclass
class Score:
    """What came of some questions: 1/rank of each (0: not found), and the seconds each took."""

    ranks: list[float] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def __add__(self, other: "Score") -> "Score":
        return Score(self.ranks + other.ranks, self.times + other.times)

    def __str__(self) -> str:
        n = len(self.ranks)
        mrr, hit = (sum(self.ranks) / n, sum(map(bool, self.ranks)) / n) if n else (0.0, 0.0)
        return f"MRR@10={mrr:.3f} hit@10={hit:.3f} {self.timing} n={n}"

    @property
    def timing(self) -> str:
        """The median of the times and their 95th percentile, in milliseconds."""
        times = sorted(self.times) or [0.0]
        p50, p95 = statistics.median(times) * 1000, times[min(len(times) - 1, int(len(times) * 0.95))] * 1000
        return f"p50_ms={p50:.1f} p95_ms={p95:.1f}"


def read_pairs(path: Path, *, source: str) -> tuple[list[Asked], int]:
    """The questions of a CSV file (COLUMNS, ids as the import `source` knew them), and how many pairs are unknown.

    Raises BadPairs for a file that cannot be read, OSError for one that is not there.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            rows = csv.DictReader(file)
            if missing := [name for name in COLUMNS if name not in (rows.fieldnames or ())]:
                raise BadPairs(f"The first line of {path.name} must name the column {missing[0]}.")
            pairs = [(row[COLUMNS[0]] or "", row[COLUMNS[1]] or "") for row in rows]
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadPairs(f"{path.name} cannot be read as CSV in UTF-8: {error}") from error
    wanted = {name for pair in pairs for name in pair if "\x00" not in name}
    items = ImportedItem.objects.filter(source=source, kind="question", external_id__in=wanted, thread__isnull=False)
    ids = dict(items.values_list("external_id", "thread_id"))
    pointed: dict[str, set[int]] = defaultdict(set)
    for question, earlier in pairs:
        if question in ids and earlier in ids:
            pointed[question].add(ids[earlier])
    threads = Thread.objects.visible_to(AnonymousUser()).in_bulk([ids[name] for name in pointed])
    asked = [
        Asked(threads[ids[name]], frozenset(earlier), half_of(name))
        for name, earlier in pointed.items()
        if ids[name] in threads
    ]
    return asked, sum(question not in ids or earlier not in ids for question, earlier in pairs)


def half_of(name: str) -> int:
    """The half a question belongs to, by a hash of its id: the same for ever."""
    return hashlib.sha256(name.encode()).digest()[0] % 2


def score_of(asked: Sequence[Asked], find: Finder, *, with_body: bool, tell: Callable[[], None]) -> list[Score]:
    """How a finder does, for each of HALVES. `tell` is called after each question."""
    scores = [Score(), Score()]
    for thread, earlier, half in asked:
        body = thread.body if with_body else ""
        begin = time.perf_counter()
        found = find(thread, thread.title, body)
        scores[half].times.append(time.perf_counter() - begin)
        ranks = (1 / rank for rank, pk in enumerate(found[:RANKS], start=1) if pk in earlier)
        scores[half].ranks.append(next(ranks, 0.0))
        tell()
    return scores


def find_as_the_site(thread: Thread, title: str, body: str) -> list[int]:
    """What is suggested to a visitor, from the words to ids that may be seen."""
    narrow = Narrow(without=thread.pk, until=thread.asked_at - timedelta(seconds=1))
    found = likeliest(viewer=AnonymousUser(), title=title, body=body, narrow=narrow, limit=RANKS)
    return [match.id for match in found]


# The baseline: what one gets from Tantivy without a thought ----------------------------------------------------------
class Naive:
    """Title, text and answers as they are, in Tantivy's own analysis; a question is all of its words."""

    def __init__(self, folder: Path, tell: Callable[[int], None]) -> None:
        builder = tantivy.SchemaBuilder()
        builder.add_integer_field("id", indexed=True, fast=True)
        builder.add_integer_field("asked", fast=True)
        for name in _NAIVE_FIELDS:
            builder.add_text_field(name)
        self._schema = builder.build()
        self._index = tantivy.Index(self._schema, path=str(folder))
        writer = self._index.writer()
        for rows in all_threads():
            for row in rows:
                document = tantivy.Document()
                document.add_integer("id", row.id)
                document.add_integer("asked", row.asked_at)
                document.add_text("title", row.title)
                document.add_text("body", row.body)
                document.add_text("answers", f"{row.solution}\n{row.answers}")
                writer.add_document(document)
            tell(len(rows))
        writer.commit()
        writer.wait_merging_threads()
        self._index.reload()
        self._searcher = self._index.searcher()

    def find(self, thread: Thread, title: str, body: str) -> list[int]:
        words = "".join(sign if sign.isalnum() else " " for sign in f"{title[:MOST_TITLE]} {body[:MOST_BODY]}").lower()
        query, _errors = self._index.parse_query_lenient(words, list(_NAIVE_FIELDS))
        before = Query.range_query(
            self._schema, "asked", tantivy.FieldType.Integer, None, int(thread.asked_at.timestamp()) - 1
        )
        both = [(Occur.Must, query), (Occur.Must, Query.const_score_query(before, 0.0))]
        hits = self._searcher.search(Query.boolean_query(both), RANKS + 1, count=False).hits
        ids = self._searcher.fast_field_values("id", [address for _score, address in hits]) if hits else []
        return [int(pk or 0) for pk in ids if pk != thread.pk][:RANKS]
