"""The staging table: the source put in order on disk, so that a file in any order needs no memory.

Answers come sorted by no question, votes and comments in files of their own. All of it goes into a temporary table
(gone with the connection, also after `kill -9`), and comes back as threads: a question,
its answers by date, its solution.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from community.imports.records import (
    Answer,
    Comment,
    Duplicate,
    Note,
    Origin,
    Person,
    Question,
    Record,
    Rejected,
    Vote,
    packed,
    unpacked,
)

COPIED_AT_ONCE = 1000
#: A batch is one transaction: about this many posts, and never more than so many characters or rows.
BATCH_ROWS = 500
BATCH_CHARACTERS = 3_000_000

PERSON, QUESTION, ANSWER, SOLUTION, COMMENT, VOTE, DUPLICATE = range(7)

_CREATE = """
DROP TABLE IF EXISTS import_stage, import_tally, import_comments;
CREATE TEMPORARY TABLE import_stage (
    seq bigserial PRIMARY KEY, kind smallint NOT NULL, external_id text NOT NULL, parent_id text NOT NULL,
    at timestamptz, file text NOT NULL, line bigint NOT NULL, payload text NOT NULL, extra text NOT NULL DEFAULT ''
)
"""
_COPY = "COPY import_stage (kind, external_id, parent_id, at, file, line, payload, extra) FROM STDIN"

# What belongs to a post in the order of its dates, gathered once.
_GATHER = f"""
CREATE INDEX ON import_stage (kind, external_id);
CREATE INDEX ON import_stage (parent_id) WHERE kind = {ANSWER};
CREATE TEMPORARY TABLE import_tally AS
    SELECT parent_id AS post_id, count(*) FILTER (WHERE payload = '') AS helpful,
           max(at) FILTER (WHERE payload <> '') AS accepted_at
    FROM import_stage WHERE kind = {VOTE} GROUP BY parent_id;
CREATE TEMPORARY TABLE import_comments AS
    SELECT c.parent_id AS post_id, json_agg(json_build_object(
        'author_name', coalesce(nullif(c.payload::json ->> 'author_name', ''), p.payload::json ->> 'name', ''),
        'written_at', c.payload::json ->> 'written_at',
        'text', c.payload::json ->> 'text') ORDER BY c.at, c.seq)::text AS comments
    FROM import_stage c
    LEFT JOIN import_stage p ON p.kind = {PERSON} AND p.external_id = c.payload::json ->> 'author_id'
    WHERE c.kind = {COMMENT} GROUP BY c.parent_id;
ANALYZE import_stage; ANALYZE import_tally; ANALYZE import_comments;
"""  # noqa: S608 - put together from our own constants

_DUPLICATED = f"""
DELETE FROM import_stage USING (
    SELECT seq, row_number() OVER (PARTITION BY kind, external_id ORDER BY seq) AS n FROM import_stage
    WHERE kind IN ({PERSON}, {QUESTION}, {ANSWER})
) numbered
WHERE numbered.seq = import_stage.seq AND numbered.n > 1
RETURNING import_stage.kind, external_id, file, line, 'the id stands in an earlier row already'
"""  # noqa: S608 - put together from our own constants
_HOMELESS = f"""
DELETE FROM import_stage a WHERE a.kind = {ANSWER}
    AND NOT EXISTS (SELECT FROM import_stage q WHERE q.kind = {QUESTION} AND q.external_id = a.parent_id)
    AND NOT EXISTS (SELECT FROM community_importeditem i
                    WHERE i.source = %s AND i.kind = 'question' AND i.external_id = a.parent_id)
RETURNING a.kind, a.external_id, a.file, a.line, 'there is no such question, or it was rejected: ' || a.parent_id
"""  # noqa: S608 - put together from our own constants
_UNSOLVED = f"""
DELETE FROM import_stage s WHERE s.kind = {SOLUTION}
    AND NOT EXISTS (SELECT FROM import_stage a WHERE a.kind = {ANSWER}
                    AND a.external_id = s.payload AND a.parent_id = s.external_id)
    AND NOT EXISTS (SELECT FROM community_importeditem i JOIN community_importeditem q
                    ON q.thread_id = i.thread_id AND q.source = i.source AND q.kind = 'question'
                    WHERE i.source = %s AND i.kind = 'answer' AND i.external_id = s.payload
                    AND q.external_id = s.external_id)
RETURNING s.kind, s.external_id, s.file, s.line, 'the accepted answer is none of this question''s: ' || s.payload
"""  # noqa: S608 - put together from our own constants
# A solution without its question: the question's row was refused already.
_ORPHANS = f"""
DELETE FROM import_stage s WHERE s.kind = {SOLUTION}
    AND NOT EXISTS (SELECT FROM import_stage q WHERE q.seq = s.seq - 1 AND q.kind = {QUESTION})
"""  # noqa: S608 - put together from our own constants

_PLAN = f"""
SELECT s.kind, s.external_id, s.parent_id, s.file, s.line, s.payload, s.extra, t.helpful,
       coalesce(t.accepted_at, s.at), c.comments
FROM import_stage s
LEFT JOIN import_stage q ON q.kind = {QUESTION} AND q.external_id = s.parent_id
LEFT JOIN import_tally t ON t.post_id = CASE WHEN s.kind = {SOLUTION} THEN s.payload ELSE s.external_id END
LEFT JOIN import_comments c ON c.post_id = s.external_id AND s.kind <> {SOLUTION}
WHERE s.kind IN ({QUESTION}, {ANSWER}, {SOLUTION})
ORDER BY q.seq NULLS LAST, s.parent_id, s.kind, s.at, length(s.external_id), s.external_id
"""  # noqa: S608 - put together from our own constants


@dataclass(slots=True)
class Planned:
    """One question or answer with everything that came in other files; or a question's solution."""

    record: Question | Answer
    helpful: int = 0
    comments: str = ""


@dataclass(slots=True)
class PlannedSolution:
    """`accepted_by`: "asker", "person:<id>" for somebody else, or empty where the source does not say."""

    question_id: str
    answer_id: str
    accepted_by: str
    accepted_at: datetime | None


@dataclass(slots=True)
class Batch:
    """What one transaction writes. A long thread's answers may go on in the next one."""

    questions: list[Planned] = field(default_factory=list)
    answers: list[Planned] = field(default_factory=list)
    solutions: list[PlannedSolution] = field(default_factory=list)
    characters: int = 0

    def __len__(self) -> int:
        return len(self.questions) + len(self.answers)


def fill(records: Iterable[Record]) -> Iterator[Rejected | Note | str]:
    """Stage every record; yields what is rejected or to be told, and the kind of each row staged (for the counts)."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)
    rows: list[tuple[Any, ...]] = []
    try:
        for record in records:
            if isinstance(record, Rejected | Note):
                yield record
                continue
            rows.extend(_staged(record))
            yield _KINDS[type(record)]
            if len(rows) >= COPIED_AT_ONCE:
                _copy(rows)
                rows.clear()
    finally:
        _copy(rows)


_KINDS: dict[type, str] = {
    Person: "person",
    Question: "question",
    Answer: "answer",
    Comment: "comment",
    Vote: "vote",
    Duplicate: "link",
}


def _copy(rows: Sequence[tuple[Any, ...]]) -> None:
    # Its own small transaction: a long one would hold up everybody who follows the change rows.
    with transaction.atomic(), connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)


def _staged(record: Person | Question | Answer | Comment | Vote | Duplicate) -> Iterator[tuple[Any, ...]]:
    origin = (record.origin.file, record.origin.line)
    if isinstance(record, Question):
        own = record.external_id
        yield (QUESTION, own, own, record.asked_at, *origin, packed(record), "")
        if record.solution:
            yield (SOLUTION, own, own, record.solved_at, *origin, record.solution, _acceptor(record))
    elif isinstance(record, Answer):
        yield (ANSWER, record.external_id, record.question_id, record.answered_at, *origin, packed(record), "")
    elif isinstance(record, Person):
        yield (PERSON, record.external_id, "", record.joined_at, *origin, packed(record), "")
    elif isinstance(record, Comment):
        yield (COMMENT, record.external_id, record.post_id, record.written_at, *origin, packed(record), "")
    elif isinstance(record, Vote):
        mark = "accepts" if record.accepts else ""
        yield (VOTE, record.external_id, record.post_id, record.voted_at, *origin, mark, "")
    elif isinstance(record, Duplicate):
        yield (DUPLICATE, record.question_id, record.earlier_id, None, *origin, "", "")


def _acceptor(question: Question) -> str:
    if question.solved_by is None:
        return ""
    return "asker" if question.solved_by == question.author_id else f"person:{question.solved_by}"


def settle(source: str) -> Iterator[Rejected]:
    """Take out what cannot be imported as a whole: ids given twice, answers and solutions without their post."""
    names = {PERSON: "person", QUESTION: "question", ANSWER: "answer", SOLUTION: "solution"}
    with connection.cursor() as cursor:
        cursor.execute(_GATHER)
        for statement, values in ((_DUPLICATED, None), (_ORPHANS, None), (_HOMELESS, [source]), (_UNSOLVED, [source])):
            cursor.execute(statement, values)
            for kind, external_id, file, line, reason in cursor.fetchall() if statement != _ORPHANS else ():
                yield Rejected(Origin(file, line), names[kind], external_id, reason)


def people(size: int = 500) -> Iterator[list[Person]]:
    """The people the source lists, in its order."""
    seq = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT seq, file, line, payload FROM import_stage WHERE kind = %s AND seq > %s ORDER BY seq LIMIT %s",
                [PERSON, seq, size],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        seq = rows[-1][0]
        yield [unpacked(Person, Origin(file, line), payload) for _seq, file, line, payload in rows]


def batches() -> Iterator[Batch]:
    """The threads in the order of the questions' file, cut into batches, at a question where that is possible."""
    batch = Batch()
    with connection.chunked_cursor() as cursor:
        cursor.execute(_PLAN)
        while rows := cursor.fetchmany(200):
            for kind, external_id, _parent, file, line, payload, extra, helpful, at, comments in rows:
                full = len(batch) >= BATCH_ROWS and kind == QUESTION
                if batch and (full or len(batch) >= 4 * BATCH_ROWS or batch.characters > BATCH_CHARACTERS):
                    yield batch
                    batch = Batch()
                batch.characters += len(payload) + len(comments or "")
                if kind == SOLUTION:
                    batch.solutions.append(PlannedSolution(external_id, payload, extra, at))
                    continue
                origin = Origin(file, line)
                made: Question | Answer
                if kind == QUESTION:
                    made = unpacked(Question, origin, payload)
                    batch.questions.append(Planned(made, helpful or 0, comments or ""))
                else:
                    made = unpacked(Answer, origin, payload)
                    batch.answers.append(Planned(made, helpful or made.helpful, comments or ""))
    if batch or batch.solutions:
        yield batch


def known_ids(source: str, ids: Sequence[str]) -> tuple[set[str], set[str]]:
    """Which of these ids are questions, and which are answers, of this source: in the files or imported before."""
    found: dict[str, set[str]] = {"question": set(), "answer": set()}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT CASE kind WHEN {QUESTION} THEN 'question' ELSE 'answer' END, external_id FROM import_stage
                WHERE kind IN ({QUESTION}, {ANSWER}) AND external_id = ANY (%s)
                UNION SELECT kind, external_id FROM community_importeditem
                WHERE source = %s AND kind IN ('question', 'answer') AND external_id = ANY (%s)""",  # noqa: S608
            [list(ids), source, list(ids)],
        )
        for kind, external_id in cursor.fetchall():
            found[kind].add(external_id)
    return found["question"], found["answer"]


def duplicates(source: str) -> list[tuple[int, int]]:
    """(thread, earlier thread) for the questions closed as asked before."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT DISTINCT ON (q.thread_id) q.thread_id, e.thread_id FROM import_stage s
                JOIN community_importeditem q ON q.source = %s AND q.kind = 'question' AND q.external_id = s.external_id
                JOIN community_importeditem e ON e.source = %s AND e.kind = 'question' AND e.external_id = s.parent_id
                WHERE s.kind = {DUPLICATE} AND q.thread_id <> e.thread_id ORDER BY q.thread_id, s.seq""",  # noqa: S608
            [source, source],
        )
        return cursor.fetchall()


def drop() -> None:
    """Give the staging tables back."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS import_stage, import_tally, import_comments")
