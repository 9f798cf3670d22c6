"""How messages and what was read of them cross between processes: JSON with its length before it, files behind it."""

import json
import struct
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from community.incoming.records import Automatic, Bounce, Cut, CutKind, MailFile, Parsed, Piece, Unreadable, Verdict

_LENGTHS = struct.Struct("!II")
#: What a frame may hold: a message and more. A longer one is no frame.
_MOST = 64_000_000


def frame(told: dict[str, Any], data: bytes | list[bytes] = b"") -> list[bytes]:
    """The bytes to write, in pieces: nothing large is copied."""
    line = json.dumps(told, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    pieces = [data] if isinstance(data, bytes) else data
    return [_LENGTHS.pack(len(line), sum(map(len, pieces))), line, *pieces]


def unframe(receive: Callable[[int], bytes]) -> tuple[dict[str, Any], bytes]:
    """The next frame; `receive(n)` gives exactly n bytes or raises EOFError."""
    line, data = _LENGTHS.unpack(receive(_LENGTHS.size))
    if line > _MOST or data > _MOST:
        raise EOFError
    told = json.loads(receive(line))
    return told, receive(data)


def parsed_frame(parsed: Parsed) -> list[bytes]:
    """What was read, as a frame."""
    files = parsed.files
    told: dict[str, Any] = {
        **{name: getattr(parsed, name) for name in _PLAIN},
        "sent_at": parsed.sent_at.isoformat() if parsed.sent_at else None,
        "bounce": asdict(parsed.bounce) if parsed.bounce else None,
        "cut": [parsed.cut.kept, [[piece.kind, piece.text] for piece in parsed.cut.pieces]],
        "files": [[file.name, file.content_type, file.content_id, len(file.data)] for file in files],
    }
    return frame({"parsed": told}, [file.data for file in files])


def unreadable_frame(error: Unreadable, *, ends: bool = False) -> list[bytes]:
    """That it cannot be read. `ends`: nor can anything else by this process."""
    return frame({"unreadable": str(error), "reason": error.reason, "ends": ends})


def parsed_from(told: dict[str, Any], data: bytes) -> Parsed:
    """What was read, from a frame. Raises Unreadable where it says so."""
    if "unreadable" in told:
        raise Unreadable(told["unreadable"], told["reason"])
    held = told["parsed"]
    files, at = [], 0
    for name, content_type, content_id, length in held["files"]:
        files.append(MailFile(name, content_type, data[at : at + length], content_id))
        at += length
    kept, pieces = held["cut"]
    plain: dict[str, Any] = {name: tuple(held[name]) if isinstance(held[name], list) else held[name] for name in _PLAIN}
    plain["automatic"] = Automatic(held["automatic"]) if held["automatic"] else None
    plain["verdict"] = Verdict(held["verdict"])
    return Parsed(
        **plain,
        sent_at=datetime.fromisoformat(held["sent_at"]) if held["sent_at"] else None,
        bounce=Bounce(**held["bounce"]) if held["bounce"] else None,
        cut=Cut(kept, tuple(Piece(CutKind(kind), text) for kind, text in pieces)),
        files=tuple(files),
    )


_PLAIN = (
    *("message_id", "in_reply_to", "references", "subject", "sender", "sender_name", "reply_to", "reply_to_name"),
    *("delivered_to", "to", "list_id", "automatic", "verdict", "left_out"),
)
