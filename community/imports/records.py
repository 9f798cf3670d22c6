"""What a reader hands over: plain records, one per row of the source, and the checks every field passes."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

#: Longer source texts are refused: nobody wrote them by hand, and they are what a broken export looks like.
MAX_SOURCE_BODY = 500_000
MAX_COUNT = 2_147_483_647
MAX_PERSON_ID = 150
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)

_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,59}", re.ASCII)
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?)?\s*(Z|UTC|[+-]\d\d:?\d\d)?", re.ASCII
)
_BROKEN_BYTES = re.compile("[\udc80-\udcff]")
_SURROGATES = re.compile("[\ud800-\udfff]")


class BadRow(ValueError):
    """This row cannot be imported; `str(error)` is the reason for the reject file. The others go on."""


class SourceError(Exception):
    """A file ends early or is not what it should be; what was read before counts. `str(error)` says where."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row stands: file and line (of its beginning, from 1)."""

    file: str
    line: int


@dataclass(slots=True)
class Rejected:
    """A row that was not imported."""

    origin: Origin
    kind: str
    external_id: str
    reason: str


@dataclass(slots=True)
class Person:
    origin: Origin
    external_id: str
    name: str
    address: str = ""
    joined_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be counted and told at the end, in words."""

    text: str
    count: int = 1


@dataclass(slots=True)
class Question:
    """`body` is HTML, or Markdown where `is_markdown`; `files` are (name, what `Options.open_file` takes).

    An empty `author_id` is somebody the source no longer knows.
    """

    origin: Origin
    external_id: str
    author_id: str
    author_name: str
    title: str
    body: str
    asked_at: datetime
    author_address: str = ""
    edited_at: datetime | None = None
    board: str = ""
    tags: list[str] = field(default_factory=list)
    language: str = ""
    views: int = 0
    me_too: int = 0
    hidden: bool = False
    locked_at: datetime | None = None
    closed_at: datetime | None = None
    archived_at: datetime | None = None
    #: the accepted answer; `solved_by` is the person who accepted it, None where the source does not say
    solution: str = ""
    solved_by: str | None = None
    solved_at: datetime | None = None
    is_markdown: bool = False
    files: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Answer:
    """`body` is HTML, or Markdown where `is_markdown`; `files` as a question's."""

    origin: Origin
    external_id: str
    question_id: str
    author_id: str
    author_name: str
    body: str
    answered_at: datetime
    author_address: str = ""
    edited_at: datetime | None = None
    helpful: int = 0
    hidden: bool = False
    is_markdown: bool = False
    files: list[tuple[str, str]] = field(default_factory=list)


@dataclass(slots=True)
class Comment:
    """A remark below a post; `text` is the source's own light Markdown."""

    origin: Origin
    external_id: str
    post_id: str
    author_id: str
    author_name: str
    text: str
    written_at: datetime


@dataclass(slots=True)
class Vote:
    """One vote for a post: helpful, or the asker's acceptance (which tells when)."""

    origin: Origin
    external_id: str
    post_id: str
    accepts: bool
    voted_at: datetime


@dataclass(slots=True)
class Duplicate:
    """`question_id` was closed as asked before: as `earlier_id`."""

    origin: Origin
    external_id: str
    question_id: str
    earlier_id: str


Record = Person | Question | Answer | Comment | Vote | Duplicate | Rejected | Note


def packed(record: Record) -> str:
    """The record as JSON, without its origin."""
    values = {f.name: getattr(record, f.name) for f in fields(record) if f.name != "origin"}
    return json.dumps(values, default=datetime.isoformat, ensure_ascii=False)


T = TypeVar("T", Person, Question, Answer)

_MOMENTS = {
    f.name for kind in (Person, Question, Answer, Comment, Vote) for f in fields(kind) if f.name.endswith("_at")
}


def unpacked(kind: type[T], origin: Origin, text: str) -> T:
    """The record that `packed` made the text of."""
    values = json.loads(text)
    for name in _MOMENTS & values.keys():
        if values[name]:
            values[name] = datetime.fromisoformat(values[name])
    return kind(origin=origin, **values)


# ---------------------------------------------------------------------------------------------------- checks


def text_field(row: Mapping[str, Any], name: str, *, most: int = MAX_SOURCE_BODY) -> str:
    """A text that can be stored; BadRow for NUL, broken UTF-8 and what is too long."""
    value = row.get(name) or ""
    if len(value) > most:
        raise BadRow(f"{name} has {len(value):,} characters, at most {most:,} are possible")
    if "\x00" in value:
        raise BadRow(f"{name} contains NUL")
    if not value.isascii():
        if _BROKEN_BYTES.search(value):
            raise BadRow(f"{name} is not valid UTF-8")
        if _SURROGATES.search(value):
            raise BadRow(f"{name} contains half a character (a lone surrogate)")
    return value


def id_field(row: Mapping[str, Any], name: str) -> str:
    """An id: letters, digits, dot, dash, underscore, at most 60; BadRow otherwise."""
    value = (row.get(name) or "").strip()
    if not value:
        raise BadRow(f"{name} is missing")
    if not _ID.fullmatch(value):
        raise BadRow(f"{name} is not an id (letters, digits, . _ - only, at most 60)")
    return value


def count_field(row: Mapping[str, Any], name: str) -> int:
    """A number of votes, views...: empty is 0, below 0 is 0; BadRow for what is no number or too large."""
    value = (row.get(name) or "").strip()
    if not value:
        return 0
    if len(value) > 20 or not re.fullmatch(r"-?\d+", value, re.ASCII):
        raise BadRow(f"{name} is not a whole number")
    if int(value) > MAX_COUNT:
        raise BadRow(f"{name} is too large a number")
    return max(int(value), 0)


def yes_field(row: Mapping[str, Any], name: str) -> bool:
    """true or false (also 1/0, yes/no; empty is false); BadRow otherwise."""
    value = (row.get(name) or "").strip().lower()
    if value in {"true", "1", "yes", "t"}:
        return True
    if value in {"", "false", "0", "no", "f"}:
        return False
    raise BadRow(f"{name} is neither true nor false")


def moment_field(row: Mapping[str, Any], name: str, *, now: datetime) -> datetime | None:
    """A date and time (ISO 8601, UTC where no zone is given), None when empty; BadRow otherwise."""
    value = (row.get(name) or "").strip()
    if not value:
        return None
    match = _MOMENT.fullmatch(value[:60])
    if not match:
        raise BadRow(f"{name} is not a date")
    day, time, fraction, zone = match.groups()
    try:
        moment = datetime.fromisoformat(f"{day}T{time or '00:00'}")
        moment = moment.replace(microsecond=int((fraction or "0").ljust(6, "0")[:6]))
        if zone in (None, "Z", "UTC"):
            moment = moment.replace(tzinfo=UTC)
        else:
            moment = datetime.strptime(f"{moment.isoformat()}{zone}", _format_of(moment)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadRow(f"{name} is not a date") from error
    if not EARLIEST <= moment <= now + timedelta(days=1):
        raise BadRow(f"{name} is before 1970 or in the future")
    return moment


def _format_of(moment: datetime) -> str:
    return "%Y-%m-%dT%H:%M:%S.%f%z" if moment.microsecond else "%Y-%m-%dT%H:%M:%S%z"


def needed_moment(row: Mapping[str, Any], name: str, *, now: datetime) -> datetime:
    """Like moment_field, and BadRow when it is missing."""
    moment = moment_field(row, name, now=now)
    if moment is None:
        raise BadRow(f"{name} is missing")
    return moment
