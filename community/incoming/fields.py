"""What header fields say: words in other charsets, parameters, addresses, dates. Linear in their length; never raises.

Addresses are read before anything in them is decoded, so that no name can become an address. What is read is what is
compared: one spelling, in lower case, or none at all.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from community.content.text import key
from community.incoming.charsets import decode, one_line

#: Of a field that is decoded: a subject, a name. More is not looked at.
MAX_DECODED = 20_000
_MOST_PARAMETERS = 100

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bqBQ])\?([^?\s]*+)\?=")
_PARAMETER = re.compile(r';\s*+([^\s=;"]{1,80})\s*+=\s*+(?:"((?:[^"\\]|\\.)*+)"?|([^;]*+))')
_CONTINUED = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class Value(NamedTuple):
    """A field with parameters: `text/plain; charset=utf-8`. Names and value in lower case."""

    value: str
    parameters: dict[str, str]


class Mailbox(NamedTuple):
    """One person in an address field; `address` is "" where it is none that can be told without doubt."""

    name: str
    address: str


def words(value: str) -> str:
    """A field with its words in other charsets (RFC 2047) decoded."""
    value = value[:MAX_DECODED]
    told: list[str] = []
    data, charset, at = b"", "", 0
    for word in _WORD.finditer(value):
        between = value[at : word.start()]
        named = word[1].partition("*")[0].lower()
        if data and (between.strip() or named != charset):
            told.append(decode(data, charset))
            data = b""
        # Blanks between two such words are not meant; mail programs cut letters in two, so these are joined first.
        if between.strip() or at == 0:
            told.append(between)
        data, charset, at = data + _word_bytes(word), named, word.end()
    if data:
        told.append(decode(data, charset))
    return "".join([*told, value[at:]])


def _word_bytes(word: re.Match[str]) -> bytes:
    if word[2] in "qQ":
        return binascii.a2b_qp(word[3].encode("utf-8", "replace"), header=True)
    return lenient_base64(word[3].encode("utf-8", "replace"))


def lenient_base64(data: bytes) -> bytes:
    """What of it is base64, decoded; padding in the middle or none at the end does not hurt."""
    padding = data.find(b"=")
    if padding < 0 or not data[padding:].strip(b"=\r\n\t "):
        with suppress(binascii.Error):
            return binascii.a2b_base64(data)
    data = data.translate(None, delete=_NOT_BASE64)
    if data.count(b"=") > 1_000:
        data = data.replace(b"=", b"")
    told = []
    for block in data.replace(b"=", b" ").split() if b"=" in data.rstrip(b"=") else [data.rstrip(b"=")]:
        kept = block if len(block) % 4 != 1 else block[:-1]
        told.append(base64.b64decode(kept + b"=" * (-len(kept) % 4)))
    return b"".join(told)


_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))


def parameters(value: str) -> Value:
    """A value and its parameters, whichever way they are written: quoted, in pieces, in another charset (RFC 2231)."""
    value = value[:MAX_DECODED]
    main, _, _ = value.partition(";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, found in enumerate(_PARAMETER.finditer(value, len(main))):
        if count >= _MOST_PARAMETERS:
            break
        told = _ESCAPED.sub(r"\1", found[2]) if found[2] is not None else found[3].strip()
        if not (named := _CONTINUED.fullmatch(found[1].lower())):
            continue
        if named[2] is None and named[3] is None:
            plain.setdefault(named[1], told)
        else:
            pieces.setdefault(named[1], {}).setdefault(int(named[2] or 0), (told, bool(named[3])))
    return Value(main.strip().lower(), plain | {name: _joined(found) for name, found in pieces.items()})


def _joined(pieces: dict[int, tuple[str, bool]]) -> str:
    data, charset = b"", "utf-8"
    for number in sorted(pieces):
        told, is_encoded = pieces[number]
        if is_encoded and number == 0 and told.count("'") >= 2:
            charset, _, told = told.split("'", 2)
        data += unquote_to_bytes(told) if is_encoded else told.encode("utf-8", "replace")
    return decode(data, charset)


# Addresses

_ADDRESS_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"|[<>,;:()]|\\.|[^<>,;:()"\\]++|.', re.DOTALL)
_COMMENT_TOKEN = re.compile(r"[()]|\\.|[^()\\]++|.", re.DOTALL)
_LOCAL = re.compile(r"[^\x00-\x20\x7f-\xa0\"(),:;<>@\[\\\].]+(?:\.[^\x00-\x20\x7f-\xa0\"(),:;<>@\[\\\].]+)*+")
_QUOTED_LOCAL = re.compile(r'"((?:[^"\\]|\\.)*+)"@([^@]*+)', re.DOTALL)
_DOMAIN = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?\.)*+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


def mailboxes(value: str, most: int) -> list[Mailbox]:
    """The people in an address field, at most so many. Members of a group count like others."""
    found: list[Mailbox] = []
    for pieces in _apart(value, groups=True):
        if len(found) >= most:
            break
        if any(token.strip() for token, _ in pieces):
            found.append(_mailbox(pieces))
    return found


def only_mailbox(values: list[str]) -> Mailbox:
    """The one person whom the one field names; nobody where there are several, or a group, or any doubt."""
    if len(values) != 1 or len(values[0]) > MAX_DECODED:
        return Mailbox("", "")
    found = [_mailbox(pieces) for pieces in _apart(values[0], groups=False) if any(told.strip() for told, _ in pieces)]
    return found[0] if len(found) == 1 and found[0].address else Mailbox("", "")


def _apart(value: str, *, groups: bool) -> Iterator[list[tuple[str, bool]]]:
    """The tokens of each mailbox: its text, and whether it is a comment."""
    pieces: list[tuple[str, bool]] = []
    at, depth, comment = 0, 0, ""
    in_angle = False
    while at < len(value):
        match = (_COMMENT_TOKEN if depth else _ADDRESS_TOKEN).match(value, at)
        piece = match[0] if match else value[at]
        at += len(piece)
        if depth:
            depth += (piece == "(") - (piece == ")")
            if depth:
                comment += piece if len(comment) < 500 else ""
            else:
                pieces.append((comment, True))
        elif piece == "(":
            depth, comment = 1, ""
        elif piece in ",;" and not in_angle:
            yield pieces
            pieces = []
        elif piece == ":" and groups and not in_angle:
            # What stood before it is the name of a group, which is nobody.
            pieces = []
        else:
            in_angle = piece == "<" or (in_angle and piece != ">")
            pieces.append((piece, False))
    yield pieces


def _mailbox(pieces: list[tuple[str, bool]]) -> Mailbox:
    tokens = [token for token, is_comment in pieces if not is_comment]
    comments = [token for token, is_comment in pieces if is_comment]
    if "<" not in tokens:
        return _named(" ".join(comments), "".join(tokens))
    opened = tokens.index("<")
    behind = tokens[tokens.index(">") + 1 :] if tokens.count(">") == 1 else [">"]
    if ":" in tokens or tokens.count("<") != 1 or any(token.strip() for token in behind):
        return Mailbox("", "")
    name = "".join(_ESCAPED.sub(r"\1", t[1:-1]) if t[:1] == '"' and len(t) > 1 else t for t in tokens[:opened])
    return _named(name, "".join(tokens[opened + 1 : tokens.index(">")]))


def _named(name: str, address: str) -> Mailbox:
    """A name that holds an address would be shown beside another one: it is no name."""
    told = one_line(words(name), 120)
    return Mailbox("" if "@" in told or "＠" in told else told, read_address(address))


def read_address(told: str) -> str:
    """An address in the one spelling in which it is compared; "" for what is none, or could be read as another."""
    told = told.strip(" \t")
    if len(told) > 320:
        return ""
    if quoted := _QUOTED_LOCAL.fullmatch(told):
        local, domain = _ESCAPED.sub(r"\1", quoted[1]), quoted[2]
    else:
        local, _, domain = told.rpartition("@")
    domain = ascii_domain(domain)
    if not domain or len(local) > 64 or "=?" in local or not _LOCAL.fullmatch(local):
        return ""
    address = f"{local}@{domain}".lower()
    # What looks the same has the same key; an address that is not its own key looks like another one.
    return address if key(address) == address else ""


def ascii_domain(domain: str) -> str:
    """A domain as DNS has it, in lower case; "" for what is none."""
    domain = domain.strip().lower()
    if not domain.isascii():
        if len(domain) > 200:
            return ""
        try:
            domain = domain.encode("idna").decode("ascii").lower()
        except (UnicodeError, ValueError):
            return ""
    return domain if len(domain) <= 253 and _DOMAIN.fullmatch(domain) else ""


# Names of messages, dates

_MESSAGE_ID = re.compile(r"<[!-;=?-~]{1,250}>")
_BARE_ID = re.compile(r"[!-;=?-~]{1,200}@[!-;=?-~]{1,50}")
#: Clocks that are wrong by a time zone or a day are common; those that are further off say nothing.
_AHEAD = timedelta(days=2)
#: The standard library takes the year 0001 for 2001.
_YEAR_NOUGHT = re.compile(r"[A-Za-z]{3}[ -]0\d\d\d\b")


def message_ids(values: list[str], most: int) -> tuple[str, ...]:
    """The names of messages in a field, each once: the first and the last ones where there are too many."""
    found = list(dict.fromkeys(_MESSAGE_ID.findall(" ".join(values)[:200_000])))
    return tuple(found if len(found) <= most else [found[0], *found[1 - most :]])


def message_id(values: list[str]) -> str:
    """The message's own name; "" where it has none that may be one."""
    if not values:
        return ""
    told = values[0].strip()
    if _BARE_ID.fullmatch(told):
        told = f"<{told}>"
    found = _MESSAGE_ID.match(told)
    return found[0] if found else ""


def date(value: str, now: datetime) -> datetime | None:
    """When it says it was sent, in UTC; None for what cannot be."""
    if _YEAR_NOUGHT.search(value[:200]):
        return None
    try:
        told = parsedate_to_datetime(value[:200])
        told = told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)
    except Exception:  # the standard library raises whatever it comes upon
        return None
    return told if told.year >= 1971 and told <= now + _AHEAD else None
