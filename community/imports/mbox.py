"""An mbox file as messages, one after the other: bytes and where they stand. Nothing of a message is understood here.

A message begins at a line "From ... <date>" that follows an empty line. Writers protect such lines inside messages by a
">" before them (mboxo, mboxrd: one is taken away again); those that forget to are told apart by the date at the end.
"""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_tz
from pathlib import Path
from typing import BinaryIO, cast

from community.imports.records import Origin, SourceError

#: No mail host carries more; what is larger is told and passed over without being kept in memory.
MAX_MESSAGE = 50 * 1024 * 1024
#: A line is read in pieces of this size: a file may be one line.
_PIECE = 1024 * 1024

_ENVELOPE = re.compile(
    rb"From \S.{0,400}?(?P<date>(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +)?"
    rb"(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +\d{1,2}"
    rb"|\d{1,2} +(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))"
    rb"[ \d:A-Za-z+-]{0,30}\d{4}[ \d:A-Za-z+-]{0,12})\r?\n?"
)
_QUOTED = re.compile(rb"(?m)^>(>*From )")


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it stands in the file. `raw` is empty for one that is too large."""

    origin: Origin
    raw: bytes
    #: of the line before it: when it came, where that line says so
    came_at: datetime | None = None
    is_too_large: bool = False


def messages(path: Path) -> Iterator[Message]:
    """Every message of the file (also packed by gzip). Raises SourceError where it breaks off or is no mbox."""
    found = _Found(path.name)
    try:
        with _opened(path) as file:
            yield from _split(file, found)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise SourceError(f"{path.name}: breaks off after line {found.line}: {error}") from error
    except OSError as error:
        raise SourceError(f"{path.name}: cannot be read: {error.strerror or error}") from error


@dataclass(slots=True)
class _Found:
    """How far the file was read, and the message that is being put together."""

    name: str
    line: int = 0
    first: int = 0
    came_at: datetime | None = None
    size: int = 0
    pieces: list[bytes] | None = None

    def begin(self, envelope: bytes) -> None:
        self.first, self.came_at, self.size, self.pieces = self.line, _moment(envelope), 0, []

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.pieces is None:
            return
        if self.size <= MAX_MESSAGE:
            self.pieces.append(piece)
        else:
            self.pieces.clear()

    def message(self) -> Message:
        origin = Origin(self.name, self.first)
        if self.size > MAX_MESSAGE:
            return Message(origin, b"", self.came_at, is_too_large=True)
        return Message(origin, _QUOTED.sub(rb"\1", b"".join(self.pieces or ())), self.came_at)


def _split(file: BinaryIO, found: _Found) -> Iterator[Message]:
    # Whether the piece begins a line, and whether the line before it is empty.
    begins, after_empty = True, True
    while piece := file.readline(_PIECE):
        found.line += begins
        if begins and after_empty and piece.startswith(b"From ") and (envelope := _ENVELOPE.fullmatch(piece)):
            if found.pieces is not None:
                yield found.message()
            found.begin(envelope["date"])
        elif found.pieces is not None:
            found.add(piece)
        elif piece.strip() and found.line > 1:
            raise SourceError(
                f"{found.name}: is no mbox: line {found.line} should begin with “From ” and end with a date."
            )
        elif piece.strip() and not piece.startswith(b"\xef\xbb\xbf"):
            raise SourceError(
                f"{found.name}: is no mbox: its first line should begin with “From ” and end with a date."
            )
        after_empty = begins and not piece.rstrip(b"\r\n")
        begins = piece.endswith(b"\n")
    if found.pieces is not None:
        yield found.message()


def _moment(text: bytes) -> datetime | None:
    """What the line before a message says, by whatever program wrote it; None where that is no time."""
    parsed = parsedate_tz(text.decode("ascii", "replace"))
    try:
        if parsed is None:
            return None
        moment = datetime(*parsed[:6], tzinfo=UTC)
        return datetime.fromtimestamp(moment.timestamp() - (parsed[9] or 0), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _opened(path: Path) -> BinaryIO:
    raw = path.open("rb")
    packed = raw.read(2) == b"\x1f\x8b"
    raw.seek(0)
    return cast(BinaryIO, io.BufferedReader(cast(io.RawIOBase, gzip.GzipFile(fileobj=raw)))) if packed else raw
