"""Addresses of ours: for each person and thing they may reply to, for each board, for each mail that comes back.

A reply address is `<person>-<letter><number>-<token>`: whose it is, what a mail to it answers (the letter is one of
settings.MAIL_TARGETS), and 128 bits of an HMAC over person, thing and generation under the site's key, in base32,
because mail programs and servers change the case of addresses. Nobody makes one without the key, and it is no use
without the sender's own address beside it. A new generation (`User.reply_generation`), and a new password, address or
second factor (`User.renewals`), ends all addresses from before.
"""

import base64
import re
from dataclasses import dataclass
from hmac import compare_digest

from django.conf import settings
from django.utils.crypto import salted_hmac

from community.models import Board, Mail, User
from community.models.boards import MAIL_NAME_PATTERN

_SALT = "community.incoming.addresses"
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_REPLY = re.compile(r"([0-9a-z]{1,12})-([a-z])([0-9a-z]{1,12})-([a-z2-7]{26})", re.ASCII)
_NAME = re.compile(MAIL_NAME_PATTERN, re.ASCII)
#: Names no board can take: what mail hosts keep for themselves (RFC 2142), and what looks like ours.
RESERVED = frozenset({"postmaster", "abuse", "mailer-daemon", "noreply", "no-reply", "hostmaster", "root", "bounces"})


@dataclass(frozen=True)
class ReplyAddress:
    """Whose address it says it is, and what for. Nothing of it is proved until `is_genuine` says so."""

    person_id: int
    letter: str
    number: int
    token: str


@dataclass(frozen=True)
class BoardAddress:
    """A board's own address."""

    name: str


@dataclass(frozen=True)
class BounceAddress:
    """Where a mail of ours comes back to: the number of its row."""

    mail_id: int
    token: str


Address = ReplyAddress | BoardAddress | BounceAddress


def takes_mail() -> bool:
    """Whether the site takes mail in at all."""
    return bool(settings.INCOMING_ADDRESS)


def reply_address(person: User, letter: str, number: int) -> str:
    """Where this person replies to this thing; "" where the site takes no mail in."""
    token = _token(person.pk, letter, number, _generation(person))
    return _written(f"{_base36(person.pk)}-{letter}{_base36(number)}-{token}")


def board_address(board: Board) -> str:
    """Where one writes to this board; "" where it has no address."""
    return _written(board.mail_name) if board.mail_name else ""


def bounce_address(mail: Mail) -> str:
    """Where this mail comes back to when it cannot be delivered; "" where the site takes no mail in."""
    return _written(f"0-x{_base36(mail.pk)}-{_token(0, 'x', mail.pk, '')}")


def read_address(address: str) -> Address | None:
    """What an address of ours stands for, whatever its case; None for one that is not ours."""
    pattern = settings.INCOMING_ADDRESS
    if not pattern or len(address) > 320 or not address.isascii():
        return None
    before, after = pattern.split("*")
    told = address.strip().lower()
    if not (told.startswith(before) and told.endswith(after) and len(told) > len(before) + len(after)):
        return None
    own = told[len(before) : len(told) - len(after)]
    if found := _REPLY.fullmatch(own):
        person, letter, number, token = found[1], found[2], found[3], found[4]
        if letter == "x" and person == "0":
            return BounceAddress(int(number, 36), token)
        return ReplyAddress(int(person, 36), letter, int(number, 36), token)
    return BoardAddress(own) if _NAME.fullmatch(own) and own not in RESERVED else None


def is_genuine(address: ReplyAddress, person: User) -> bool:
    """Whether we made this address for this person, and it is still in force."""
    if person.pk != address.person_id:
        return False
    return compare_digest(address.token, _token(person.pk, address.letter, address.number, _generation(person)))


def was_genuine(address: ReplyAddress, person: User) -> bool:
    """Whether we made it for this person once, in one of the last generations: it is old, not made up."""
    now, renewed = person.reply_generation, person.renewals
    told = [
        f"{made}.{counted}"
        for made in range(max(0, now - 5), now + 1)
        for counted in range(max(0, renewed - 20), renewed + 1)
    ]
    return any(compare_digest(address.token, _token(person.pk, address.letter, address.number, each)) for each in told)


def is_genuine_bounce(address: BounceAddress) -> bool:
    """Whether we made this address for that mail."""
    return compare_digest(address.token, _token(0, "x", address.mail_id, ""))


def _generation(person: User) -> str:
    return f"{person.reply_generation}.{person.renewals}"


def _token(person_id: int, letter: str, number: int, generation: str) -> str:
    made = salted_hmac(_SALT, f"{person_id} {letter} {number} {generation}", algorithm="sha256").digest()[:16]
    return base64.b32encode(made).decode().rstrip("=").lower()


def _written(own: str) -> str:
    return settings.INCOMING_ADDRESS.replace("*", own) if settings.INCOMING_ADDRESS else ""


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits or "0"
