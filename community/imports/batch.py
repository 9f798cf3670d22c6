"""One batch, before it is written: which of its rows are new or changed, and their texts, being converted meanwhile."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import datetime

from community.imports import links, stage
from community.imports.convert import Converters, Job, Text
from community.imports.people import clean_name
from community.imports.records import Answer, Question
from community.imports.rejects import Rejects
from community.imports.report import Counts
from community.imports.sites import Site
from community.imports.stage import Batch, Planned
from community.models import Board, ImportedItem

Key = tuple[str, str]


@dataclass
class Run:
    """What all batches of one run share."""

    source: str
    site: Site
    started_at: datetime
    rejects: Rejects
    converters: Converters
    counts: Counts = field(default_factory=Counts)
    board: Board | None = None
    board_name: str = ""
    language: str = ""
    lock_archived: bool = False
    dry_run: bool = False
    open_file: Callable[[str], bytes] | None = None


@dataclass
class Prepared:
    """A batch on its way: the texts arrive while the batch before it is written."""

    batch: Batch
    keys: list[Key]
    texts: "Future[list[Text]]"

    def converted(self) -> dict[Key, Text]:
        return dict(zip(self.keys, self.texts.result(), strict=True))


def row_key(planned: Planned) -> Key:
    return ("question" if isinstance(planned.record, Question) else "answer", planned.record.external_id)


def row_hash(planned: Planned) -> str:
    """Two halves: the words, and the facts around them, so that a new vote is no edit."""
    record = planned.record
    if isinstance(record, Question):
        words = [record.title, record.body, planned.comments]
        facts = [record.me_too, record.views, record.hidden]
    else:
        words, facts = [record.body, planned.comments], [planned.helpful, record.hidden]
    return _digest(words) + _digest(facts)


def _digest(values: Sequence[object]) -> str:
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:32]


def same_words(one: str, other: str) -> bool:
    return one[:32] == other[:32]


def find_items(source: str, batch: Batch) -> dict[Key, ImportedItem]:
    """What was imported before of this batch's rows, and of what they refer to."""
    wanted = {
        "question": {p.record.external_id for p in batch.questions}
        | {p.record.question_id for p in batch.answers if isinstance(p.record, Answer)}
        | {s.question_id for s in batch.solutions},
        "answer": {p.record.external_id for p in batch.answers} | {s.answer_id for s in batch.solutions},
        "solution": {s.question_id for s in batch.solutions},
    }
    return {
        (kind, item.external_id): item
        for kind, ids in wanted.items()
        for item in ImportedItem.objects.filter(source=source, kind=kind, external_id__in=ids)
    }


def prepare(run: Run, batch: Batch) -> Prepared:
    """Hand the new and changed texts of the batch to the converters."""
    items = find_items(run.source, batch)
    rows: dict[Key, Planned] = {}
    for planned in (*batch.questions, *batch.answers):
        item = items.get(row_key(planned))
        if item is None or not same_words(item.source_hash, row_hash(planned)):
            rows[row_key(planned)] = planned
    return Prepared(batch, list(rows), run.converters.submit(_jobs(run, rows)))


def _jobs(run: Run, rows: Mapping[Key, Planned]) -> list[Job]:
    found = {row: links.candidates(planned.record.body) for row, planned in rows.items()}
    for row, planned in rows.items():
        if found[row]:
            found[row].add(_page(planned))
    questions, answers = known_among(run.source, found.values())
    return [
        _job(run, planned, sorted(found[row] & questions), sorted(found[row] & answers))
        for row, planned in rows.items()
    ]


def known_among(source: str, groups: Iterable[set[str]]) -> tuple[set[str], set[str]]:
    """Which of these numbers are ids of questions, and of answers, of this source."""
    numbers = set().union(*groups)
    return stage.known_ids(source, sorted(numbers)) if numbers else (set(), set())


def _page(planned: Planned) -> str:
    """The question on whose page the post stood."""
    record = planned.record
    return record.external_id if isinstance(record, Question) else record.question_id


def _job(run: Run, planned: Planned, questions: list[str], answers: list[str]) -> Job:
    record = planned.record
    is_question = isinstance(record, Question)
    return Job(
        html=record.body,
        comes_as_markdown=record.is_markdown,
        title=record.title if isinstance(record, Question) else "",
        is_question=is_question,
        comments=_comments(planned.comments),
        known_questions=questions,
        known_answers=answers,
        hosts=run.site.hosts,
        here=_page(planned),
        wants_language=isinstance(record, Question) and not (record.language or run.language),
    )


def _comments(packed: str) -> list[tuple[str, str, str]]:
    if not packed:
        return []
    return [(clean_name(each["author_name"]), each["written_at"][:10], each["text"]) for each in json.loads(packed)]
