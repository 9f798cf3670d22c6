"""Reads questions and answers from two CSV files (gzip read directly), row by row."""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, cast

from community.imports.records import (
    MAX_PERSON_ID,
    Answer,
    BadRow,
    Origin,
    Question,
    Record,
    Rejected,
    SourceError,
    count_field,
    id_field,
    moment_field,
    needed_moment,
    text_field,
    yes_field,
)

#: A row longer than this is a quotation that never ends; the rest of the file would be read into memory as its text.
MAX_ROW = 8_000_000

QUESTION_COLUMNS = ("id", "created", "title", "content", "creator")
ANSWER_COLUMNS = ("id", "question_id", "created", "content", "creator")

Row = dict[str, str]


def read(questions: Path, answers: Path, *, now: datetime) -> Iterator[Record]:
    """Every question and answer, or why a row is none. Raises SourceError when a file breaks off or is no such file."""
    yield from _records(questions, "question", QUESTION_COLUMNS, lambda row, at: _question(row, at, now))
    yield from _records(answers, "answer", ANSWER_COLUMNS, lambda row, at: _answer(row, at, now))


def _records(path: Path, kind: str, needed: tuple[str, ...], make: Callable[[Row, Origin], Record]) -> Iterator[Record]:
    for origin, row, problem in _rows(path, needed):
        try:
            if problem:
                raise BadRow(problem)
            yield make(row, origin)
        except BadRow as error:
            yield Rejected(origin, kind, row.get("id", ""), str(error))


class _Lines:
    """The lines of a file, counted, with a bound on what one row may take."""

    def __init__(self, file: io.TextIOWrapper, name: str) -> None:
        self.file, self.name = file, name
        self.number = 0
        self.taken = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self.file.readline(MAX_ROW)
        self.taken += len(line)
        if self.taken >= MAX_ROW:
            raise SourceError(f"{self.name}: a row is longer than {MAX_ROW:,} characters: a quotation that never ends?")
        if not line:
            raise StopIteration
        self.number += 1
        return line


def _rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[Origin, Row, str]]:
    """(where, row, what is wrong with its shape) for each row below the header."""
    csv.field_size_limit(MAX_ROW)
    first = 1
    try:
        with _opened(path) as raw, io.TextIOWrapper(raw, "utf-8-sig", errors="surrogateescape", newline="") as file:
            lines = _Lines(file, path.name)
            reader = csv.reader(lines)
            header = [name.strip().lower() for name in next(reader, [])]
            if missing := [name for name in needed if name not in header]:
                raise SourceError(f"{path.name}: the first line names no column {', '.join(missing)}.")
            while True:
                first, lines.taken = lines.number + 1, 0
                cells = next(reader, None)
                if cells is None:
                    return
                if not cells:
                    continue
                problem = "" if len(cells) == len(header) else f"has {len(cells)} columns, the first line {len(header)}"
                yield Origin(path.name, first), dict(zip(header, cells, strict=False)), problem
    except SourceError as error:
        raise SourceError(f"{error} (line {first})") from error
    except (EOFError, zlib.error, gzip.BadGzipFile, csv.Error) as error:
        raise SourceError(f"{path.name}: breaks off after line {first}: {error}") from error
    except OSError as error:
        raise SourceError(f"{path.name}: cannot be read: {error.strerror or error}") from error


def _opened(path: Path) -> BinaryIO:
    raw = path.open("rb")
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw


def _question(row: Row, origin: Origin, now: datetime) -> Question:
    external_id = id_field(row, "id")
    asked_at = needed_moment(row, "created", now=now)
    updated_at = moment_field(row, "updated", now=now) or asked_at
    title, body = text_field(row, "title"), text_field(row, "content")
    if not title.strip() and not body.strip():
        raise BadRow("title and content are empty")
    solution = id_field(row, "solution") if (row.get("solution") or "").strip() else ""
    return Question(
        origin=origin,
        external_id=external_id,
        author_id=text_field(row, "creator", most=MAX_PERSON_ID).strip(),
        author_name=text_field(row, "creator_name", most=1000) or text_field(row, "creator"),
        author_address=text_field(row, "creator_email", most=254),
        title=title,
        body=body,
        asked_at=asked_at,
        edited_at=moment_field(row, "edited", now=now),
        board=text_field(row, "product", most=200).strip(),
        tags=_tags(row),
        language=_language(text_field(row, "locale", most=60)),
        views=count_field(row, "views"),
        me_too=count_field(row, "num_votes"),
        hidden=yes_field(row, "is_spam"),
        locked_at=updated_at if yes_field(row, "is_locked") else None,
        archived_at=updated_at if yes_field(row, "is_archived") else None,
        solution=solution,
        solved_by=text_field(row, "solved_by", most=MAX_PERSON_ID).strip() or None,
        solved_at=moment_field(row, "solved", now=now),
    )


def _answer(row: Row, origin: Origin, now: datetime) -> Answer:
    external_id = id_field(row, "id")
    question_id = id_field(row, "question_id")
    answered_at = needed_moment(row, "created", now=now)
    updated_at = moment_field(row, "updated", now=now)
    body = text_field(row, "content")
    if not body.strip():
        raise BadRow("content is empty")
    return Answer(
        origin=origin,
        external_id=external_id,
        question_id=question_id,
        author_id=text_field(row, "creator", most=MAX_PERSON_ID).strip(),
        author_name=text_field(row, "creator_name", most=1000) or text_field(row, "creator"),
        author_address=text_field(row, "creator_email", most=254),
        body=body,
        answered_at=answered_at,
        edited_at=updated_at if updated_at and updated_at > answered_at else None,
        helpful=count_field(row, "num_helpful"),
        hidden=yes_field(row, "is_spam"),
    )


def _tags(row: Row) -> list[str]:
    """The topic and the tags: `privacy_1` is how the old site told two pages of one name apart."""
    words = [text_field(row, "topic", most=2000), *text_field(row, "tags", most=10_000).split(";")]
    tidied = (re.sub(r"_\d+\Z", "", " ".join(word.split())) for word in words)
    product = (row.get("product") or "").strip().lower()
    return list(dict.fromkeys(word for word in tidied if word and word.lower() != product))


def _language(locale: str) -> str:
    """`en-US` is English: the community's languages are languages, not regions."""
    match = re.match(r"[A-Za-z]{2,3}(?=[-_]|\Z)", locale.strip())
    return match.group().lower() if match else ""
