"""A message taken apart: from bytes to plain values, within limits. Runs in a process that can be killed (child.py)."""

from community.incoming.records import Parsed


def read(raw: bytes, *, authserv: str = "", own_domains: tuple[str, ...] = ()) -> Parsed:
    """Take a message apart. Raises Unreadable.

    `authserv` is whose Authentication-Results count (settings.INCOMING_AUTHSERV); mails that `own_domains` say they
    sent are loops.
    """
    raise NotImplementedError
