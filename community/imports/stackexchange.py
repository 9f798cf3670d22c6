"""Reads a Stack Exchange data dump (the folder with Posts.xml), row by row."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from xml.parsers import expat

from community.imports.records import (
    Answer,
    BadRow,
    Comment,
    Duplicate,
    Origin,
    Person,
    Question,
    Record,
    Rejected,
    SourceError,
    Vote,
    count_field,
    id_field,
    moment_field,
    needed_moment,
    text_field,
)

MAX_LINE = 8_000_000
UPVOTE, ACCEPTED = "2", "1"
QUESTION, ANSWER = "1", "2"
DUPLICATE = "3"

Row = dict[str, str]


def read(directory: Path, *, now: datetime) -> Iterator[Record]:
    """Everything of a dump that has a place here. Raises SourceError for files that break off or are refused."""
    if not (directory / "Posts.xml").is_file():
        raise SourceError(f"{directory}: there is no Posts.xml in it.")
    problems = []
    readers: list[tuple[str, str, Callable[[Row, Origin, datetime], Record | None]]] = [
        ("Users.xml", "person", _person),
        ("Posts.xml", "post", _post),
        ("Comments.xml", "comment", _comment),
        ("Votes.xml", "vote", _vote),
        ("PostLinks.xml", "link", _link),
    ]
    for name, kind, make in readers:
        if not (directory / name).is_file():
            continue
        try:
            for origin, row in _rows(directory / name):
                yield from _made(row, origin, kind, make, now)
        except SourceError as error:
            problems.append(str(error))
    if problems:
        raise SourceError(" ".join(problems))


def _made(
    row: Row | str, origin: Origin, kind: str, make: Callable[[Row, Origin, datetime], Record | None], now: datetime
) -> Iterator[Record]:
    if isinstance(row, str):
        yield Rejected(origin, kind, "", row)
        return
    try:
        record = make(row, origin, now)
        if record is not None:
            yield record
    except BadRow as error:
        kinds = {QUESTION: "question", ANSWER: "answer"}
        yield Rejected(origin, kinds.get(row.get("PostTypeId", ""), kind), row.get("Id", ""), str(error))


class _Parser:
    """One well-formed stretch of a file: collects the attributes of each <row>. Declares no entities, refuses those
    who do: a document type is where "billion laughs" and foreign files come from, and a dump has none."""

    def __init__(self, root: str = "") -> None:
        self.found: list[tuple[int, Row]] = []
        self.root = root
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        if root:
            self.parser.Parse(f"<{root}>")

    def _start(self, name: str, attributes: Row) -> None:
        if name == "row":
            self.found.append((self.parser.CurrentLineNumber, attributes))
        elif not self.root:
            self.root = name

    def _refuse(self, *_args: object) -> None:
        raise SourceError("declares a document type or entities, which no dump does; it was refused")

    def feed(self, line: bytes, last: bool = False) -> list[tuple[int, Row]]:
        self.found = []
        self.parser.Parse(line, last)
        return self.found


def _rows(path: Path) -> Iterator[tuple[Origin, Row | str]]:
    """Each <row>, or in its place what is wrong with it; the rest of the file goes on at the next line."""
    parser, offset, number = _Parser(), 0, 0
    try:
        with path.open("rb") as file:
            while line := file.readline(MAX_LINE):
                number += 1
                if len(line) >= MAX_LINE:
                    raise SourceError(f"is longer than {MAX_LINE:,} bytes in one line")
                try:
                    found = parser.feed(line)
                except expat.ExpatError as error:
                    if not parser.root:
                        raise SourceError("is not XML") from error
                    # A quotation left open is noticed only in the line below, which is itself in order.
                    parser, found, bad = _resumed(parser, line, number)
                    offset = number - 1 if bad < number else number
                    yield Origin(path.name, bad), f"is not well-formed XML: {expat.ErrorString(error.code)}"
                for at, row in found:
                    yield Origin(path.name, offset + at), row
            try:
                parser.feed(b"", last=True)
            except expat.ExpatError as error:
                raise SourceError("the file breaks off; what came before was read") from error
    except SourceError as error:
        raise SourceError(f"{path.name}, line {number}: {error}.") from error
    except OSError as error:
        raise SourceError(f"{path.name}: cannot be read: {error.strerror or error}.") from error


def _resumed(broken: _Parser, line: bytes, number: int) -> tuple[_Parser, list[tuple[int, Row]], int]:
    """A fresh parser to go on with, what the line gave, and which line is to blame."""
    try:
        parser = _Parser(broken.root)
        return parser, parser.feed(line), number - 1
    except expat.ExpatError:
        return _Parser(broken.root), broken.found, number


def _person(row: Row, origin: Origin, now: datetime) -> Person:
    return Person(
        origin=origin,
        external_id=_person_id(row, "Id"),
        name=text_field(row, "DisplayName", most=1000),
        joined_at=moment_field(row, "CreationDate", now=now),
    )


def _person_id(row: Row, name: str) -> str:
    """People have numbers; -1 is the site itself."""
    value = row.get(name, "").strip()
    if not re.fullmatch(r"-?\d{1,18}", value, re.ASCII):
        raise BadRow(f"{name} is not a number")
    return value


def _author(row: Row, id_name: str, name_name: str) -> tuple[str, str]:
    author_id = _person_id(row, id_name) if row.get(id_name) else ""
    return author_id, text_field(row, name_name, most=1000)


def _post(row: Row, origin: Origin, now: datetime) -> Record | None:
    kind = row.get("PostTypeId", "")
    if kind == QUESTION:
        return _question(row, origin, now)
    if kind == ANSWER:
        return _answer(row, origin, now)
    return None  # the tags' own wiki pages and the like


def _question(row: Row, origin: Origin, now: datetime) -> Question:
    author_id, author_name = _author(row, "OwnerUserId", "OwnerDisplayName")
    title, body = text_field(row, "Title"), text_field(row, "Body")
    if not title.strip() and not body.strip():
        raise BadRow("Title and Body are empty")
    return Question(
        origin=origin,
        external_id=id_field(row, "Id"),
        author_id=author_id,
        author_name=author_name,
        title=title,
        body=body,
        asked_at=needed_moment(row, "CreationDate", now=now),
        edited_at=moment_field(row, "LastEditDate", now=now),
        tags=re.findall(r"[^<>|]+", text_field(row, "Tags", most=1000)),
        views=count_field(row, "ViewCount"),
        closed_at=moment_field(row, "ClosedDate", now=now),
        solution=id_field(row, "AcceptedAnswerId") if row.get("AcceptedAnswerId") else "",
        solved_by=author_id,  # there only the asker accepts
    )


def _answer(row: Row, origin: Origin, now: datetime) -> Answer:
    author_id, author_name = _author(row, "OwnerUserId", "OwnerDisplayName")
    body = text_field(row, "Body")
    if not body.strip():
        raise BadRow("Body is empty")
    return Answer(
        origin=origin,
        external_id=id_field(row, "Id"),
        question_id=id_field(row, "ParentId"),
        author_id=author_id,
        author_name=author_name,
        body=body,
        answered_at=needed_moment(row, "CreationDate", now=now),
        edited_at=moment_field(row, "LastEditDate", now=now),
    )


def _comment(row: Row, origin: Origin, now: datetime) -> Comment:
    author_id, author_name = _author(row, "UserId", "UserDisplayName")
    text = text_field(row, "Text", most=10_000).strip()
    if not text:
        raise BadRow("Text is empty")
    return Comment(
        origin=origin,
        external_id=id_field(row, "Id"),
        post_id=id_field(row, "PostId"),
        author_id=author_id,
        author_name=author_name,
        text=text,
        written_at=needed_moment(row, "CreationDate", now=now),
    )


def _vote(row: Row, origin: Origin, now: datetime) -> Vote | None:
    if row.get("VoteTypeId") not in (UPVOTE, ACCEPTED):
        return None
    return Vote(
        origin=origin,
        external_id=id_field(row, "Id"),
        post_id=id_field(row, "PostId"),
        accepts=row["VoteTypeId"] == ACCEPTED,
        voted_at=needed_moment(row, "CreationDate", now=now),
    )


def _link(row: Row, origin: Origin, now: datetime) -> Duplicate | None:
    if row.get("LinkTypeId") != DUPLICATE:
        return None
    return Duplicate(
        origin=origin,
        external_id=id_field(row, "Id"),
        question_id=id_field(row, "PostId"),
        earlier_id=id_field(row, "RelatedPostId"),
    )
