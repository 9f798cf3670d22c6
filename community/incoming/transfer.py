"""A part's content as its sender had it: what was done to it for the way is undone, as far as it was done right."""

import binascii
import re

from community.incoming.charsets import clean, decode
from community.incoming.fields import lenient_base64
from community.incoming.mime import Part

#: Of a text, before it is decoded: more than anybody writes, and than is cut in time.
MAX_TEXT = 2_000_000
#: A reply has hundreds, below which ten years of quotes may hang.
MAX_LINES = 25_000
_UU_BEGIN = re.compile(rb"^begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n", re.MULTILINE)
_META = re.compile(rb"<meta[^>]{0,100}charset\s{0,5}=\s{0,5}[\"']?([\w.:-]{1,40})", re.IGNORECASE | re.ASCII)
#: Files in a text that are looked for; each may be as long as the text.
_MOST_BEGUN = 20


def content(raw: bytes, part: Part, most: int | None = None) -> bytes:
    """The bytes of a part; with `most`, only of so many as it was sent."""
    how = part.first("content-transfer-encoding").partition(";")[0].strip().strip('"').lower()
    data = raw[part.start : part.end if most is None else min(part.end, part.start + most)]
    if how == "base64":
        return lenient_base64(data)
    if how == "quoted-printable":
        return binascii.a2b_qp(data)
    if how in {"x-uuencode", "uuencode", "x-uue", "uue"}:
        begun = _UU_BEGIN.search(data)
        return uudecoded(data, begun.end() if begun else 0)[0]
    return data


def text(raw: bytes, part: Part, left_out: list[str]) -> tuple[str, list[tuple[str, bytes]]]:
    """The text of a part, clean, with its lines joined where the sender's program had only wrapped them; and the files
    that stand in it, as they did before MIME."""
    # Encoded text is up to three times as long as what it says, and a little more.
    data = content(raw, part, 4 * MAX_TEXT)
    told, is_plain = part.content_type.parameters, part.content_type.value == "text/plain"
    data, files = uu_files(data) if is_plain else (data, [])
    if len(data) > MAX_TEXT or part.end - part.start > 4 * MAX_TEXT:
        left_out.append(f"what follows the first {MAX_TEXT // 1_000_000} MB of its text")
        data = data[:MAX_TEXT]
    read = clean(decode(data, told.get("charset", "") or _charset_within(data, is_plain)))
    if is_plain and read.count("\n") > MAX_LINES:
        left_out.append(f"what follows the first {MAX_LINES:,} lines of its text")
        read = "\n".join(read.split("\n", MAX_LINES)[:MAX_LINES])
    if is_plain and told.get("format", "").lower() == "flowed":
        return unflowed(read, deletes_space=told.get("delsp", "").lower() == "yes"), files
    return read, files


def _charset_within(data: bytes, is_plain: bool) -> str:
    """What the HTML itself says, where its header does not."""
    found = None if is_plain else _META.search(data, 0, 4_000)
    return found[1].decode("ascii") if found else ""


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


def uudecoded(data: bytes, at: int = 0) -> tuple[bytes, int, bool]:
    """What uuencoded lines hold from `at` on, where they end, and whether the line "end" stood there."""
    found: list[bytes] = []
    while at < len(data):
        stop = data.find(b"\n", at, at + 200) + 1 or min(len(data), at + 200)
        line = data[at:stop].rstrip(b"\r\n")
        if line.strip() == b"end":
            return b"".join(found), stop, True
        # Some encoders count wrongly; the line's own first character says how much is meant.
        wanted = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
        try:
            found.append(binascii.a2b_uu(line[: wanted + 1] if len(line) > wanted + 4 else line))
        except binascii.Error:
            break
        at = stop
    return b"".join(found), at, False


def uu_files(data: bytes) -> tuple[bytes, list[tuple[str, bytes]]]:
    """The text without the files that stand in it, and the files."""
    kept: list[bytes] = []
    files: list[tuple[str, bytes]] = []
    at = start = 0
    for _attempt in range(_MOST_BEGUN):
        if not (begun := _UU_BEGIN.search(data, at)):
            break
        held, at, is_closed = uudecoded(data, begun.end())
        if is_closed:
            kept.append(data[start : begun.start()])
            files.append((begun[1].decode("utf-8", "replace"), held))
            start = at
    return b"".join([*kept, data[start:]]), files
