"""A part's content as its sender had it: what was done to it for the way is undone, as far as it was done right."""

import binascii
import re

from community.incoming.charsets import clean, decode
from community.incoming.fields import lenient_base64
from community.incoming.mime import Part

#: Of a text, before it is decoded: more than anybody writes, and than is cut in time.
MAX_TEXT = 2_000_000
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_STUFFED = re.compile(r"(>*)( ?)(.*)", re.DOTALL)


def content(raw: bytes, part: Part) -> bytes:
    """The bytes of a part."""
    how = part.first("content-transfer-encoding").partition(";")[0].strip().strip('"').lower()
    data = raw[part.start : part.end]
    if how == "base64":
        return lenient_base64(data)
    if how == "quoted-printable":
        return binascii.a2b_qp(data)
    if how in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        begun = _UU_BEGIN.search(data)
        return uudecoded(data[begun.end() if begun else 0 :])[0]
    return data


def text(raw: bytes, part: Part, left_out: list[str]) -> str:
    """The text of a part, clean, with its lines joined where the sender's program had only wrapped them."""
    data = content(raw, part)
    if len(data) > MAX_TEXT:
        left_out.append(f"what follows the first {MAX_TEXT // 1_000_000} MB of its text")
        data = data[:MAX_TEXT]
    told = part.content_type.parameters
    read = clean(decode(data, told.get("charset", "")))
    if part.content_type.value == "text/plain" and told.get("format", "").lower() == "flowed":
        return unflowed(read, deletes_space=told.get("delsp", "").lower() == "yes")
    return read


def unflowed(text: str, *, deletes_space: bool) -> str:
    """Lines that end with a space go on in the next one (RFC 3676), if that is quoted as deep; "-- " is a signature."""
    lines: list[str] = []
    pending: list[str] = []
    depth_pending = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:]
        if words.startswith(" "):
            words = words[1:]
        if pending and depth != depth_pending:
            lines.append(_quoted(depth_pending, pending))
            pending = []
        is_mark = words == "-- "
        if is_mark and pending:
            lines.append(_quoted(depth_pending, pending))
            pending = []
        if words.endswith(" ") and not is_mark:
            pending.append(words[:-1] if deletes_space else words)
            depth_pending = depth
        else:
            lines.append(_quoted(depth, [*pending, words]))
            pending = []
    if pending:
        lines.append(_quoted(depth_pending, pending))
    return "\n".join(lines)


def _quoted(depth: int, words: list[str]) -> str:
    told = "".join(words)
    return f"{'>' * depth} {told}" if depth else told


def uudecoded(data: bytes) -> tuple[bytes, int]:
    """What uuencoded lines hold, and how many bytes of `data` they are, with the line "end"."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        stop = data.find(b"\n", at, at + 200) + 1 or min(len(data), at + 200)
        line = data[at:stop].rstrip(b"\r\n")
        if line.strip() == b"end":
            return b"".join(found), stop
        try:
            found.append(binascii.a2b_uu(line))
        except binascii.Error:
            # Some encoders count wrongly; the line's own first character says how much is meant.
            wanted = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            try:
                found.append(binascii.a2b_uu(line[:wanted]))
            except binascii.Error:
                return b"".join(found), at
        at = stop
    return b"".join(found), at


def uu_files(data: bytes, most: int) -> tuple[bytes, list[tuple[str, bytes]]]:
    """Files that stand in a text, as they did before MIME: the text without them, and the files."""
    kept: list[bytes] = []
    files: list[tuple[str, bytes]] = []
    at = 0
    while len(files) < most and (begun := _UU_BEGIN.search(data, at)):
        held, length = uudecoded(data[begun.end() :])
        is_closed = data[begun.end() + max(0, length - 6) : begun.end() + length].strip().endswith(b"end")
        kept.append(data[at : begun.start() if is_closed else begun.end()])
        if is_closed:
            files.append((begun[1].decode("utf-8", "replace"), held))
        at = begun.end() + (length if is_closed else 0)
    return b"".join([*kept, data[at:]]), files
