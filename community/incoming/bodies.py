"""Which of a message's parts are what its author wrote, and which are files; what is neither is left out, and told."""

import hashlib
import html
import re
import struct
from dataclasses import dataclass, field

from community.content.textfiles import safe_file_name
from community.incoming.charsets import one_line
from community.incoming.fields import words
from community.incoming.mime import Part
from community.incoming.records import MailFile
from community.incoming.transfer import content, text

MAX_FILES = 10
#: Smaller pictures within a text are logos of signatures, and marks that tell the sender who reads.
_TINY_IMAGE = 2_048
_TINY_SIDE = 4
#: Parts that are about the others and hold nothing themselves.
_SILENT = {
    *("application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"),
    *("message/delivery-status", "message/disposition-notification", "message/feedback-report", "text/rfc822-headers"),
    *("application/pgp-keys", "text/x-vcard", "text/vcard", "text/directory", "text/x-amp-html", "text/watch-html"),
}
_ENCRYPTED = "an encrypted message, which nobody here can read"
_OUTLOOK = "winmail.dat, in which Outlook hides files from everybody else"
_PGP_MESSAGE = re.compile(r"\s*-----BEGIN PGP MESSAGE-----")
_PGP_SIGNED = re.compile(
    r"\s*-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]{1,40}: [^\n]*\n)*+\n(.*?)\n?-----BEGIN PGP SIGNATURE-----\n",
    re.DOTALL,
)
_TAG = re.compile(r"<(/?)([a-z-]{1,20})>", re.IGNORECASE)


@dataclass
class Body:
    """What was written, piece by piece, as text and as HTML where it came as either; and the files."""

    #: of each piece its text and its HTML, either "" where it has none
    pieces: list[tuple[str, str]] = field(default_factory=list)
    files: list[MailFile] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)

    @property
    def plain(self) -> str:
        """All of it as text; "" where a part is there only as HTML."""
        if any(not plain and formatted for plain, formatted in self.pieces):
            return ""
        return "\n".join(plain for plain, _ in self.pieces if plain)

    @property
    def formatted(self) -> str:
        """All of it as HTML; "" where none of it is."""
        if not any(formatted for _, formatted in self.pieces):
            return ""
        return "\n".join(formatted or _as_html(plain) for plain, formatted in self.pieces)

    def without(self, told: str) -> None:
        if told not in self.left_out and len(self.left_out) < 20:
            self.left_out.append(told)


def body_of(raw: bytes, top: Part) -> Body:
    """What a message holds."""
    body = Body()
    _gather(raw, top, body)
    return body


def _gather(raw: bytes, part: Part, body: Body) -> None:
    kind = part.content_type.value
    if kind == "multipart/encrypted" or (kind == "application/pkcs7-mime" and _is_sealed(part)):
        body.without(_ENCRYPTED)
    elif kind == "multipart/alternative":
        _choose(raw, part, body)
    elif kind.startswith("multipart/"):
        # A signed message is its first part, and a report its words; what stands behind is for programs.
        for each in part.parts[:1] if kind in {"multipart/signed", "multipart/report"} else part.parts:
            _gather(raw, each, body)
    elif kind in _SILENT:
        return
    elif kind in {"application/ms-tnef", "application/vnd.ms-tnef"}:
        body.without(_OUTLOOK)
    elif _is_body(part):
        body.pieces.append(_written(raw, part, body))
    else:
        _file(raw, part, body)


def _is_sealed(part: Part) -> bool:
    return part.content_type.parameters.get("smime-type", "").lower() != "certs-only"


def _is_body(part: Part) -> bool:
    if part.content_type.value not in {"text/plain", "text/html", "text/enriched", "text/richtext"}:
        return False
    return part.disposition.value != "attachment" and not _file_name(part)


def _choose(raw: bytes, part: Part, body: Body) -> None:
    """Of the same thing told several ways: its text and its HTML side by side. What else belongs to them follows."""
    plain, formatted = "", ""
    others: list[Part] = []
    waiting = list(reversed(part.parts))
    while waiting:
        each = waiting.pop()
        if each.content_type.value in {"multipart/related", "multipart/mixed", "multipart/alternative"}:
            waiting.extend(reversed(each.parts))
        elif _is_body(each):
            told, shown = _written(raw, each, body)
            plain, formatted = plain or told, formatted or shown
        else:
            others.append(each)
    body.pieces.append((plain, formatted))
    for each in others:
        _gather(raw, each, body)


def _written(raw: bytes, part: Part, body: Body) -> tuple[str, str]:
    told, files = text(raw, part, body.left_out)
    for name, data in files:
        _keep(MailFile(safe_file_name(one_line(name, 300)), "application/octet-stream", data), body)
    kind = part.content_type.value
    if kind == "text/html":
        return "", told
    if kind != "text/plain":
        return _TAG.sub("", told.replace("<<", "<")), ""
    if _PGP_MESSAGE.match(told):
        body.without(_ENCRYPTED)
        return "", ""
    if signed := _PGP_SIGNED.match(told):
        return re.sub(r"^- ", "", signed[1], flags=re.MULTILINE), ""
    return told, ""


def _as_html(plain: str) -> str:
    return f"<div>{html.escape(plain).replace(chr(10), '<br>')}</div>" if plain else ""


def _file_name(part: Part) -> str:
    return part.disposition.parameters.get("filename", "") or part.content_type.parameters.get("name", "")


def _file(raw: bytes, part: Part, body: Body) -> None:
    if part.end <= part.start:
        return
    kind = part.content_type.value
    name = safe_file_name(one_line(words(_file_name(part)), 300) or _usual_name(raw, part))
    if name.lower() == "winmail.dat":
        body.without(_OUTLOOK)
        return
    data = content(raw, part)
    content_id = part.first("content-id").strip().strip("<>")[:200]
    if kind.startswith("image/") and part.disposition.value != "attachment" and _is_ornament(data):
        body.without("small pictures, such as a signature has")
    else:
        _keep(MailFile(name, kind, data, one_line(content_id, 200)), body)


def _keep(file: MailFile, body: Body) -> None:
    mark = hashlib.sha256(file.data).digest()
    if not file.data:
        body.without(f"an empty file ({file.name})")
    elif mark in body.seen:
        body.without(f"a file that came twice ({file.name})")
    elif len(body.files) >= MAX_FILES:
        body.without(f"more than {MAX_FILES} files")
    else:
        body.seen.add(mark)
        body.files.append(file)


def _usual_name(raw: bytes, part: Part) -> str:
    kind, _, ending = part.content_type.value.partition("/")
    if part.content_type.value == "message/rfc822":
        return "message.eml"
    return f"{kind}.{'txt' if ending == 'plain' else ending}"


def _is_ornament(data: bytes) -> bool:
    return len(data) < _TINY_IMAGE or min(_size(data)) <= _TINY_SIDE


def _size(data: bytes) -> tuple[int, int]:
    """How wide and high a PNG or GIF says it is; large where it does not say."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return struct.unpack("!II", data[16:24])
    if data.startswith((b"GIF87a", b"GIF89a")) and len(data) >= 10:
        return struct.unpack("<HH", data[6:10])
    return (_TINY_IMAGE, _TINY_IMAGE)
