"""Files of contacts and of baselines, read line by line: what each line says, or why it cannot be read.

Pure: text in, values out, no database and no clock. Nothing of a line is kept beyond what these values hold: no
address leaves here but as its SHA-256.

A contact's file is CSV in UTF-8; its first line names the columns, in any order: `time` (ISO 8601; UTC where no zone is
given), `channel` (phone, email, chat, form, other), `id` (what the contact is called in that system), and who it was:
`email`, or `email_sha256` (64 hexadecimal digits: SHA-256 of the address without spaces around it, in lower case, in
UTF-8), or neither. A baseline's has `month` (2026-05), `contacts`, `customers`, and perhaps `channel`.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from community.content.text import BadText, clean_text
from support.models.contacts import ContactChannel

LONGEST_ID = 100
MOST = 2**31 - 1
_HASH = re.compile(r"[0-9a-f]{64}")
_MONTH = re.compile(r"(\d{4})-(\d{2})(-01)?")
_COUNT = re.compile(r"\d{1,10}")
#: Longer than any line of such a file; whatever is longer is another kind of file.
_LONGEST_CELL = 2_000


class BadFile(ValueError):
    """Not a file of this kind; `str(error)` says why."""


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be read, and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class Contact:
    """One contact. `address_hash` is the SHA-256 of the address, "" where nobody can say who it was."""

    line: int
    occurred_at: datetime
    channel: str
    external_id: str
    address_hash: str = ""


@dataclass(frozen=True)
class BaselineLine:
    """One month's contacts and customers; `channel` "" is all of them."""

    line: int
    month: date
    channel: str
    contacts: int
    customers: int


def address_hash(address: str) -> str:
    """SHA-256 of an address as it is written in a file by whoever does not want to hand the address out."""
    return sha256(address.strip().lower().encode()).hexdigest()


def read_contacts(lines: Iterable[str]) -> Iterator[Contact | BadLine]:
    """Each line of a file of contacts. Raises BadFile where the columns are missing or the file breaks off."""
    return _read(lines, ("time", "channel", "id"), _contact)


def read_baselines(lines: Iterable[str]) -> Iterator[BaselineLine | BadLine]:
    """Each line of a file of baselines. Raises BadFile as `read_contacts`."""
    return _read(lines, ("month", "contacts", "customers"), _baseline)


def _read(lines: Iterable[str], needed: tuple[str, ...], read: Any) -> Iterator[Any]:
    rows = csv.reader(lines, strict=True)
    try:
        names = [name.strip().strip("\ufeff").lower() for name in next(rows, [])]
        if missing := [name for name in needed if name not in names]:
            raise BadFile(
                _("The first line must name the columns; missing: %(names)s.") % {"names": ", ".join(missing)}
            )
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield _line(rows.line_num, names, cells, read)
    except (csv.Error, UnicodeDecodeError) as error:
        told = _("The file cannot be read after line %(line)d: %(why)s")
        raise BadFile(told % {"line": rows.line_num, "why": error}) from error


def _line(number: int, names: list[str], cells: list[str], read: Any) -> Any:
    if len(cells) != len(names):
        return BadLine(number, _("It has another number of columns than the first line."))
    if any(len(cell) > _LONGEST_CELL for cell in cells):
        return BadLine(number, _("It is too long."))
    try:
        cleaned = {name: clean_text(cell).strip() for name, cell in zip(names, cells, strict=True)}
        return read(number, cleaned)
    except (BadText, _BadValue) as error:
        return BadLine(number, str(error))


class _BadValue(ValueError):
    """What a line says cannot be."""


def _contact(line: int, cells: Mapping[str, str]) -> Contact:
    return Contact(
        line=line,
        occurred_at=_moment(cells["time"]),
        channel=_channel(cells["channel"]),
        external_id=_external_id(cells["id"]),
        address_hash=_who(cells.get("email", ""), cells.get("email_sha256", "").lower()),
    )


def _baseline(line: int, cells: Mapping[str, str]) -> BaselineLine:
    found = _MONTH.fullmatch(cells["month"])
    try:
        month = date(int(found[1]), int(found[2]), 1) if found else None
    except ValueError:
        month = None
    if month is None:
        raise _BadValue(_("The month is not one like 2026-05."))
    channel = cells.get("channel", "")
    contacts, customers = _count(cells["contacts"]), _count(cells["customers"])
    if customers == 0:
        raise _BadValue(_("There is no month without customers."))
    return BaselineLine(line, month, _channel(channel) if channel else "", contacts, customers)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _BadValue(_("The time is not one like 2026-05-31T14:05:00Z.")) from None


def _channel(text: str) -> str:
    if text.lower() not in ContactChannel.values:
        raise _BadValue(_("The channel is none of %(names)s.") % {"names": ", ".join(ContactChannel.values)})
    return text.lower()


def _external_id(text: str) -> str:
    if not text:
        raise _BadValue(_("It has no id: read in again, it could not be recognised."))
    if len(text) > LONGEST_ID:
        raise _BadValue(_("Its id has more than %(most)d characters.") % {"most": LONGEST_ID})
    if "@" in text:
        # an address must not come in by the back door: ids are kept as they are, and nothing could forget it
        raise _BadValue(_("Its id is an address. Put addresses into the column email."))
    return text


def _who(address: str, given: str) -> str:
    if given and not _HASH.fullmatch(given):
        raise _BadValue(_("email_sha256 is not 64 hexadecimal digits."))
    if address and "@" not in address:
        raise _BadValue(_("The e-mail address is not one."))
    hashed = address_hash(address) if address else ""
    if hashed and given and hashed != given:
        raise _BadValue(_("The address and its hash are two persons'."))
    return given or hashed


def _count(text: str) -> int:
    if not _COUNT.fullmatch(text) or int(text) > MOST:
        raise _BadValue(_("The numbers must be whole, without separators."))
    return int(text)
