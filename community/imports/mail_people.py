"""Who wrote a mail of a list, also where the list wrote its own address over theirs."""

import re
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from django.utils.crypto import salted_hmac

from community.content.text import key
from community.incoming.records import Parsed

_SALT = "community.imports.mail_people"
#: how lists say it: "Anna via hardware-users", "Anna über hardware-users", "'Anna' via group"
_VIA = re.compile(
    r"\A\s*[\"']?(.{1,200}?)[\"']?\s+(?:via|über|par|vía|tramite|przez|pelo|le)\s+(\S.{0,199})\Z", re.I | re.S
)
_ORIGINAL = ("x-original-from", "x-original-sender", "x-google-original-from")
_HEAD = 64 * 1024
_ADDRESS = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,250}")


@dataclass(frozen=True)
class Writer:
    """`author_id` is the same for all mails of one address (or, without one, of one name on this list)."""

    name: str
    address: str
    author_id: str


def writer_of(parsed: Parsed, raw: bytes) -> Writer:
    """The true author. Where the list stands in From it is who the list says it was, else who the answers go to."""
    lists = {key(address) for address in (*parsed.to, *parsed.delivered_to)}
    name, address = parsed.sender_name.strip(), parsed.sender.strip()
    via = _VIA.match(" ".join(name.split()))
    if via is None and key(address) not in lists:
        return _made(name, address)
    original_name, original = _original(raw)
    plain = " ".join(via[1].split()) if via else name
    for given_name, given in ((original_name, original), (parsed.reply_to_name, parsed.reply_to)):
        if given and key(given) != key(address) and (key(given) not in lists or given == original):
            return _made(_without_via(given_name) or plain, given)
    return _made(plain, "" if via else address)


def _without_via(name: str) -> str:
    one_line = " ".join(name.split())
    found = _VIA.match(one_line)
    return (found[1] if found else one_line).strip("\"' ")


def _made(name: str, address: str) -> Writer:
    address = address if _ADDRESS.fullmatch(address) and len(address) <= 254 else ""
    name = name.replace("\x00", "")[:200]
    # The address itself is kept in its own column, where it is forgotten in time; this one stays.
    told = f"address {key(address)}" if address else f"name {key(name)}" if key(name) else ""
    author_id = salted_hmac(_SALT, told, algorithm="sha256").hexdigest()[:40] if told else ""
    return Writer(name or address, address, author_id)


def _original(raw: bytes) -> tuple[str, str]:
    """What the list noted of From before it wrote itself there."""
    head = raw[:_HEAD]
    if b"-original-" not in head.lower():
        return "", ""
    headers = BytesHeaderParser().parsebytes(re.split(rb"\r?\n\r?\n", head, maxsplit=1)[0])
    for header in _ORIGINAL:
        for name, address in getaddresses([str(value) for value in headers.get_all(header, [])]):
            if _ADDRESS.fullmatch(address):
                return _decoded(name), address
    return "", ""


def _decoded(name: str) -> str:
    try:
        return str(make_header(decode_header(name)))
    except (LookupError, ValueError):
        return name
