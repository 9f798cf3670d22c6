"""Cursors: where the next page of a list begins, as an opaque and signed word in the address.

A cursor names two whole numbers: the sort key of the last row shown, and what tells equal keys apart. The signature
makes a cursor somebody invented or altered a told error, and never a query nobody thought of.
"""

import binascii
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from community.errors import Refused

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NUMBERS = struct.Struct(">qq")
_SIGNATURE = 5  # bytes
_LENGTH = 28  # characters of base64 for 21 bytes


def _sign(order: str, numbers: bytes) -> bytes:
    return salted_hmac("community.reading.cursors", order.encode() + numbers, algorithm="sha256").digest()[:_SIGNATURE]


def encode(order: str, first: int, second: int) -> str:
    """The cursor after the row with these two numbers in the list sorted by `order` (a word of ours)."""
    numbers = _NUMBERS.pack(first, second)
    return urlsafe_b64encode(numbers + _sign(order, numbers)).decode()


def decode(order: str, cursor: str) -> tuple[int, int]:
    """The two numbers of a cursor made by `encode` for the same order; Refused for any other text."""
    try:
        raw = urlsafe_b64decode(cursor) if len(cursor) == _LENGTH and cursor.isascii() else b""
    except (binascii.Error, ValueError):
        raw = b""
    numbers, signature = raw[: _NUMBERS.size], raw[_NUMBERS.size :]
    if len(numbers) != _NUMBERS.size or not constant_time_compare(_sign(order, numbers), signature):
        raise Refused(_("This address does not name a place in the list. Start again from its first page."))
    first, second = _NUMBERS.unpack(numbers)
    return first, second


def encode_moment(order: str, moment: datetime, row: int) -> str:
    """The cursor after a row sorted by time (aware datetime) and id."""
    return encode(order, (moment - EPOCH) // timedelta(microseconds=1), row)


def decode_moment(order: str, cursor: str) -> tuple[datetime, int]:
    """The time (aware, UTC) and id in a cursor; Refused for any other text."""
    micros, row = decode(order, cursor)
    return EPOCH + timedelta(microseconds=micros), row
