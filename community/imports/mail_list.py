"""Reads a mail list's archive: every message of an mbox file becomes a question, an answer, or a reason why neither.

Each message is taken apart once, in the process that takes live mail apart too, and laid down in a temporary file; what
is kept in memory of it is what it answers, its subject and its date. Then the conversations are put together, and the
records come out.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, Protocol

from community.content.text import BadText, clean_text, key
from community.imports.mail_people import writer_of
from community.imports.mail_threads import By, Conversations, Earlier, Node, arrange
from community.imports.mbox import Message, messages
from community.imports.records import EARLIEST, Answer, Note, Origin, Question, Record, Rejected, SourceError
from community.imports.subjects import is_reply, subject_key, tag_of, title_of
from community.incoming.records import Automatic, Parsed, Unreadable

Read = Callable[[bytes], Parsed]
#: A tag in brackets that stands before so many of the subjects is the list's.
_SHARE = 0.5
_FEWEST = 4
_LINKS = 200
#: A clock that runs ahead of the archive's by more than this is not believed.
_AHEAD = timedelta(days=2)

_AUTOMATIC = {
    Automatic.AUTO_SUBMITTED: "automatic: a program wrote it",
    Automatic.BOUNCE: "automatic: a mail that came back",
    Automatic.AWAY: "automatic: an away note",
}
_TOLD = {
    By.REFERENCE: "mails in the thread of the mail they answer",
    By.SUBJECT: "replies that name no mail of the archive: in a thread by their subject",
    By.ORPHAN: "replies that name no mail of the archive: begin a thread under their subject",
    By.NEW: "mails that answer nothing: begin a thread",
}


class Known(Protocol):
    """What was imported of this list before."""

    def roots(self, ids: Sequence[str]) -> Mapping[str, str]:
        """For those of these ids that are here: the id of the question they are part of."""
        ...

    def conversations(self, since: datetime, until: datetime) -> Sequence[tuple[str, str, datetime]]:
        """(id of the question, its title, its last post) of what was said in this time."""
        ...


@dataclass(slots=True)
class _Entry:
    """What is remembered of one message."""

    origin: Origin
    message_id: str
    node: Node
    subject: str
    place: str
    reason: str = ""


class Archive:
    """The temporary file, gone with the process: what was read of each message, and the files that came with them."""

    def __init__(self) -> None:
        self._file = TemporaryFile()  # noqa: SIM115 - lives as long as this

    def put(self, data: bytes) -> str:
        at = self._file.seek(0, 2)
        self._file.write(data)
        return f"{at}:{len(data)}"

    def get(self, place: str) -> bytes:
        at, size = place.split(":")
        self._file.seek(int(at))
        return self._file.read(int(size))

    def close(self) -> None:
        self._file.close()


def read(path: Path, *, read_message: Read, known: Known, archive: Archive, now: datetime) -> Iterator[Record]:
    """Every message as a question or an answer, or why it is none; what was told of them; raises SourceError last."""
    reading = _Reading(read_message, archive, now)
    problem = None
    try:
        for message in messages(path):
            yield from reading.take(message)
    except SourceError as error:
        problem = error
    yield from reading.records(known)
    if problem is not None:
        raise problem


@dataclass
class _Reading:
    read_message: Read
    archive: Archive
    now: datetime
    entries: list[_Entry] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    lists: set[str] = field(default_factory=set)
    tags: Counter[str] = field(default_factory=Counter)
    left_out: int = 0
    pictures: set[bytes] = field(default_factory=set)
    repeated: int = 0
    before: datetime | None = None

    def take(self, message: Message) -> Iterator[Rejected]:
        """Read one message; yields why it becomes no post where that is certain already."""
        try:
            if message.is_too_large:
                raise Unreadable("it is larger than what is taken")
            parsed = self.read_message(message.raw)
        except Unreadable as error:
            yield Rejected(message.origin, "post", "", f"unreadable: {error}")
            return
        own = _own_id(parsed, message.raw)
        if own in self.seen:
            yield Rejected(message.origin, "post", parsed.message_id, "duplicate: this Message-ID came before")
            return
        moment = self._moment(parsed, message)
        if moment is None:
            yield Rejected(message.origin, "post", parsed.message_id, "it has no date, and nothing before it has one")
            return
        self.seen.add(own)
        self._remember(message, parsed, own, moment)

    def _moment(self, parsed: Parsed, message: Message) -> datetime | None:
        """Its own date, else that of the line before it, else that of the message before it."""
        for moment in (parsed.sent_at, message.came_at, self.before):
            if moment is not None and EARLIEST <= moment <= self.now + timedelta(days=1):
                self.before = moment
                return moment
        return None

    def _remember(self, message: Message, parsed: Parsed, own: str, moment: datetime) -> None:
        reason = _AUTOMATIC.get(parsed.automatic, "") if parsed.automatic else ""
        body, problem = _body(parsed)
        reason = reason or problem
        writer = writer_of(parsed, message.raw)
        self.left_out += len(parsed.left_out)
        files = [] if reason else list(self._files(parsed))
        kept = {"body": body, "whole": _whole(parsed), "files": files, "name": writer.name}
        kept |= {"address": writer.address, "author": writer.author_id}
        links = [_hashed(link) for link in (*parsed.in_reply_to, *reversed(parsed.references))]
        node = Node(own, tuple(dict.fromkeys(links))[:_LINKS], moment)
        if name := _list_name(parsed):
            self.lists.add(name)
        self.tags[tag_of(parsed.subject)] += 1
        place = self.archive.put(json.dumps(kept).encode())
        self.entries.append(_Entry(message.origin, parsed.message_id, node, parsed.subject, place, reason))

    def _files(self, parsed: Parsed) -> Iterator[tuple[str, str]]:
        """The files of a mail. A picture that came before is a quoted one, or the logo of a signature."""
        for file in parsed.files:
            digest = hashlib.sha256(file.data).digest()[:16]
            if file.content_type.startswith("image/") and digest in self.pictures:
                self.repeated += 1
                continue
            self.pictures.add(digest)
            yield file.name, self.archive.put(file.data)

    def records(self, known: Known) -> Iterator[Record]:
        """Put the conversations together and say what each message is in them."""
        if not self.entries:
            return
        tags = self._tags()
        for entry in self.entries:
            node = entry.node
            node.subject, node.says_reply = subject_key(entry.subject, tags), is_reply(entry.subject, tags)
            node.is_left_out = bool(entry.reason)
        self._keep_lone_quotes()
        found = self._arranged(known, tags)
        for entry in self.entries:
            if entry.reason:
                yield Rejected(entry.origin, "post", entry.message_id, entry.reason)
            else:
                yield self._record(entry, found, tags)
        for by, text in _TOLD.items():
            if found.by[by]:
                yield Note(text, found.by[by])
        if self.repeated:
            yield Note("pictures left out: an earlier mail brought them", self.repeated)
        if self.left_out:
            yield Note("parts of mails that were left out: too large, or too many", self.left_out)

    def _keep_lone_quotes(self) -> None:
        """A mail without words of its own hands something on: what it quotes is what it says."""
        for entry in self.entries:
            if entry.reason == _EMPTY and self._kept(entry)["whole"]:
                entry.reason, entry.node.is_left_out = "", False

    def _kept(self, entry: _Entry) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.archive.get(entry.place))
        return found

    def _tags(self) -> frozenset[str]:
        """What the list calls itself before each subject."""
        tag, count = max(((t, n) for t, n in self.tags.items() if t), key=lambda row: row[1], default=("", 0))
        common = {tag} if count >= max(_FEWEST, _SHARE * len(self.entries)) else set()
        return frozenset(self.lists | common)

    def _arranged(self, known: Known, tags: frozenset[str]) -> Conversations:
        nodes = [entry.node for entry in self.entries]
        wanted = {own for node in nodes for own in (node.own, *node.links)}
        roots = known.roots(sorted(wanted))
        span = (min(node.at for node in nodes) - timedelta(days=60), max(node.at for node in nodes))
        rows = known.conversations(*span)
        earlier = [Earlier(root, subject_key(title, tags), last) for root, title, last in rows if root not in self.seen]
        return arrange(nodes, roots, earlier)

    def _record(self, entry: _Entry, found: Conversations, tags: frozenset[str]) -> Question | Answer:
        kept, node = self._kept(entry), entry.node
        root = found.root[node.own]
        files = [(str(name), str(place)) for name, place in kept["files"]]
        if root == node.own:
            return Question(
                origin=entry.origin,
                external_id=node.own,
                author_id=kept["author"],
                author_name=kept["name"],
                author_address=kept["address"],
                title=title_of(entry.subject, tags),
                body=kept["body"] or kept["whole"],
                asked_at=node.at,
                is_markdown=True,
                files=files,
            )
        began, at = found.began_at.get(root), node.at
        return Answer(
            origin=entry.origin,
            external_id=node.own,
            question_id=root,
            author_id=kept["author"],
            author_name=kept["name"],
            author_address=kept["address"],
            body=kept["body"] or kept["whole"],
            # Clocks differ: no answer is older than its question.
            answered_at=began if began is not None and at < began < at + _AHEAD else at,
            is_markdown=True,
            files=files,
        )


_EMPTY = "nothing was written in it"


def _hashed(message_id: str) -> str:
    # A hash, because a Message-ID may name a person's machine.
    return hashlib.sha256(message_id.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _own_id(parsed: Parsed, raw: bytes) -> str:
    return _hashed(parsed.message_id) if parsed.message_id else hashlib.sha256(raw).hexdigest()[:40]


def _list_name(parsed: Parsed) -> str:
    """`hardware-users` of List-Id <hardware-users.lists.example.com>."""
    return key(parsed.list_id.strip("<> ").split(".")[0])[:60] if parsed.list_id else ""


def _body(parsed: Parsed) -> tuple[str, str]:
    """(what was written, why there is nothing)"""
    try:
        body = clean_text(parsed.cut.kept).strip("\n").rstrip()
    except BadText as error:
        return "", f"unreadable: {error}"
    if body.strip():
        return body, ""
    if parsed.files:
        return ", ".join(file.name or "file" for file in parsed.files), ""
    return "", _EMPTY


def _whole(parsed: Parsed) -> str:
    """What a mail without words of its own quotes."""
    if parsed.cut.kept.strip():
        return ""
    try:
        return clean_text(parsed.cut.text).strip()
    except BadText:
        return ""
