"""A message's parts: where each begins and ends, and what stands above it. Nothing is decoded here, nothing copied.

The standard library's parser calls itself for each level, holds every line against every open boundary, and fails on
what hostile people send. This one passes over a level once, to a depth that no mail program reaches, and says what it
left out. Lines end with a newline and with nothing else, as for the mail host, so that both see the same headers.
"""

import re
from dataclasses import dataclass, field

from community.incoming.fields import Value, parameters
from community.incoming.records import Unreadable

#: Ten thousand addresses in Cc are 400 KB; no honest message has twice that above its text.
MAX_HEAD = 1_000_000
#: A mail that went through ten hosts and three filters has about 150.
MAX_FIELDS = 5_000
#: Forwarded newsletters within signed reports reach seven.
MAX_DEPTH = 20
MAX_PARTS = 1_000
#: Lines that begin like a boundary and may be none: more are somebody's joke.
MAX_LOOKED_AT = 20_000
#: Of one part, as opposed to the message.
MAX_PART_HEAD = 65_536

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
#: What mailboxes put before a message, and pipes leave there; "From :" is a field.
_MBOX_LINE = re.compile(rb">?From [^:\s]")
_END = re.compile(rb"\r?\n\r?\n")
_AFTER_BOUNDARY = re.compile(rb"(--)?[ \t]*+\r?(?:\n|\Z)")


@dataclass
class Part:
    """One part: its header fields (names in lower case), and where its content stands in the message."""

    fields: list[tuple[str, str]]
    start: int
    end: int
    parts: "list[Part]" = field(default_factory=list)
    #: "text/plain", and what stands behind it
    content_type: Value = field(default_factory=lambda: Value("text/plain", {}))
    disposition: Value = field(default_factory=lambda: Value("", {}))

    def first(self, name: str) -> str:
        """The first field of this name; "" for none."""
        return next((value for told, value in self.fields if told == name), "")

    def all(self, name: str) -> list[str]:
        return [value for told, value in self.fields if told == name]


def take_apart(raw: bytes, left_out: list[str]) -> Part:
    """The tree of parts. What is too deep or too much is named in `left_out`. Raises Unreadable."""
    start = 0
    if _MBOX_LINE.match(raw):
        start = raw.find(b"\n") + 1
    fields, body = _head(raw, start, len(raw))
    top = _described(Part(fields, body, len(raw)), "text/plain")
    _Walk(raw, left_out).into(top, 1)
    return top


class _Walk:
    def __init__(self, raw: bytes, left_out: list[str]) -> None:
        self.raw, self.left_out, self.parts, self.looked_at = raw, left_out, 0, 0

    def into(self, part: Part, depth: int) -> None:
        if not part.content_type.value.startswith("multipart/"):
            return
        if depth > MAX_DEPTH:
            self._without(f"parts that are nested more than {MAX_DEPTH} deep")
            part.content_type = Value("application/octet-stream", {})
            part.end = part.start
            return
        usual = "message/rfc822" if part.content_type.value == "multipart/digest" else "text/plain"
        for start, end in self._between(part):
            if self.parts >= MAX_PARTS:
                self._without(f"more than {MAX_PARTS} parts")
                break
            self.parts += 1
            fields, body = _part_head(self.raw, start, end)
            made = _described(Part(fields, body, max(body, end)), usual)
            part.parts.append(made)
            self.into(made, depth + 1)
        if not part.parts and part.end > part.start:
            # The boundary it names is not there: whoever reads it sees a text, and so do we.
            part.content_type = Value("text/plain", part.content_type.parameters)

    def _between(self, part: Part) -> list[tuple[int, int]]:
        """Where the parts stand between their boundaries. One that is never closed ends with what holds it."""
        boundary = part.content_type.parameters.get("boundary", "").rstrip()[:200]
        mark = b"--" + boundary.encode("utf-8", "replace")
        found: list[tuple[int, int]] = []
        begun = -1
        at = part.start if self.raw.startswith(mark, part.start) else self._next(mark, part.start, part.end)
        while boundary and at >= 0 and self.looked_at < MAX_LOOKED_AT:
            self.looked_at += 1
            if after := _AFTER_BOUNDARY.match(self.raw, at + len(mark), part.end):
                if begun >= 0:
                    found.append((begun, self._line_before(at, begun)))
                begun = -1 if after[1] else after.end()
                if after[1] or len(found) > MAX_PARTS:
                    break
            at = self._next(mark, at, part.end)
        if begun >= 0:
            found.append((begun, part.end))
        return found

    def _next(self, mark: bytes, after: int, end: int) -> int:
        at = self.raw.find(b"\n" + mark, after, end)
        return at + 1 if at >= 0 else -1

    def _line_before(self, at: int, begun: int) -> int:
        at -= 1
        return max(begun, at - 1 if self.raw[at - 1 : at] == b"\r" else at)

    def _without(self, told: str) -> None:
        if told not in self.left_out:
            self.left_out.append(told)


def _head(raw: bytes, start: int, end: int) -> tuple[list[tuple[str, str]], int]:
    """The fields from `start` on, and where the content begins. What is no field ends them. Raises Unreadable."""
    fields: list[tuple[str, list[bytes]]] = []
    at, limit = start, start + MAX_HEAD
    while at < end:
        if at > limit:
            raise Unreadable(f"Its header is longer than {MAX_HEAD:,} bytes.")
        # A line without an end is not looked for through the whole message.
        stop = raw.find(b"\n", at, min(end, limit + 1)) + 1 or (end if end <= limit else limit + 1)
        line = raw[at:stop]
        if line in {b"\r\n", b"\n"}:
            return _told(fields), stop
        if line[:1] in {b" ", b"\t"}:
            if fields:
                fields[-1][1].append(line)
        elif name := _FIELD.match(line):
            if len(fields) >= MAX_FIELDS:
                raise Unreadable(f"It has more than {MAX_FIELDS:,} header fields.")
            fields.append((name[1].decode("ascii").lower(), [line[name.end() :]]))
        else:
            return _told(fields), at
        at = stop
    return _told(fields), end


def _part_head(raw: bytes, start: int, end: int) -> tuple[list[tuple[str, str]], int]:
    """The same for a part, where what is too long is passed over."""
    if raw.startswith((b"\n", b"\r\n"), start, end):
        return [], min(end, raw.find(b"\n", start) + 1)
    try:
        return _head(raw, start, min(end, start + MAX_PART_HEAD))
    except Unreadable:
        ended = _END.search(raw, start, end)
        return [], ended.end() if ended else end


def _told(fields: list[tuple[str, list[bytes]]]) -> list[tuple[str, str]]:
    return [(name, _text(b"".join(lines))) for name, lines in fields]


def _text(value: bytes) -> str:
    """One field as one line. Eight-bit headers are UTF-8 nowadays, and were Latin before."""
    try:
        told = value.decode("utf-8")
    except UnicodeDecodeError:
        told = value.decode("cp1252", "replace")
    return told.replace("\r", " ").replace("\n", "").strip(" \t")


def _described(part: Part, usual: str) -> Part:
    told = parameters(part.first("content-type"))
    part.content_type = told if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,100}", told.value) else Value(usual, {})
    part.disposition = parameters(part.first("content-disposition"))
    return part
