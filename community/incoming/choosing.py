"""Which address of ours a message was written to, and the keys by which each message is taken in once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.crypto import salted_hmac

from community.content.text import key
from community.incoming.addresses import Address, BoardAddress, BounceAddress, ReplyAddress, read_address
from community.incoming.records import Parsed, Verdict
from community.models import IncomingMail

_SALT = "community.incoming.once"
#: Nobody is written to at more addresses of ours with one message; what stands behind these is not looked at.
_MOST = 20


@dataclass(frozen=True)
class Chosen:
    """The address that counts, and in one word, what it is: "" for none of ours."""

    address: Address | None = None
    word: str = ""


def choose(
    parsed: Parsed, recipients: Sequence[str], *, is_theirs: Callable[[ReplyAddress], bool] = lambda _address: False
) -> Chosen:
    """The address of ours that this message is for.

    What the mail host delivered it to comes before what its headers say, and among those Delivered-To before To and
    Cc; a reply address before a bounce's, and that before a board's. A reply address that `is_theirs`, the sender's
    own, counts before all others wherever it stands: who answers all writes to one thing of theirs, not to a board
    besides, nor under the name of somebody else whose address stood beside.
    """
    tiers = [_ours(tier) for tier in (recipients, parsed.delivered_to, parsed.to)]
    replies = [each for tier in tiers for each in tier if isinstance(each, ReplyAddress)]
    for reply in replies[:_MOST]:
        if is_theirs(reply):
            return Chosen(reply, word_of(reply))
    first = next((tier for tier in tiers if tier), [])
    for kind in (ReplyAddress, BounceAddress, BoardAddress):
        for each in first:
            if isinstance(each, kind):
                return Chosen(each, word_of(each))
    return Chosen()


def _ours(addresses: Iterable[str]) -> list[Address]:
    found = (read_address(address) for address in addresses)
    return list(dict.fromkeys(each for each in found if each is not None))


def word_of(address: Address) -> str:
    """An address in one word, the same for each way of writing it."""
    if isinstance(address, ReplyAddress):
        return f"{address.person_id}-{address.letter}{address.number}-{address.token}"
    return address.name if isinstance(address, BoardAddress) else f"x{address.mail_id}-{address.token}"


def once_of(parsed: Parsed, raw: bytes, word: str) -> str:
    """The same for each delivery of one message of one sender to one address.

    What is proved of the sender is part of it: a message under a forged name keeps out none of whoever has that name.
    """
    return _hashed("proved" if parsed.verdict == Verdict.PASS else "unproved", parsed.sender, word, _named(parsed, raw))


def post_key_of(parsed: Parsed, raw: bytes, what: str) -> str:
    """What the page's forms have as their one-time key: a message becomes one post, however often it is let in."""
    return _hashed("post", parsed.sender, what, _named(parsed, raw))


def post_key_of_row(mail: IncomingMail) -> str:
    """The same from what is kept of a message; "" where it had no Message-ID, or that is not kept any more."""
    if not mail.message_id:
        return ""
    return _hashed("post", mail.sender, f"{mail.target_kind}{mail.target_id}", mail.message_id)


def _named(parsed: Parsed, raw: bytes) -> str:
    return parsed.message_id or sha256(raw).hexdigest()


def _hashed(kind: str, sender: str, word: str, name: str) -> str:
    return salted_hmac(_SALT, "\n".join([kind, key(sender), word, name]), algorithm="sha256").hexdigest()
