"""What the INCOMING_ settings mean: where mail for the site arrives, and whose word about its senders counts."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from django.core.exceptions import ImproperlyConfigured

#: Where demo and development take mail: a name that leads nowhere but to this machine.
_OWN_ADDRESS = "*@lists.localhost"
#: Under which the mail server of demo and development vouches for whoever speaks to it: nobody else can.
OWN_AUTHSERV = "peerdesk.localhost"
_ADDRESS = re.compile(r"[a-z0-9._+-]{0,14}\*@[a-z0-9](?:[a-z0-9.-]{0,180}[a-z0-9])?", re.ASCII)
_AUTHSERV = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,180}[A-Za-z0-9])?", re.ASCII)


class Incoming(NamedTuple):
    """`address` is "" where nothing is taken in."""

    address: str
    authserv: str
    port: int


def incoming_settings(given: Mapping[str, str], *, production: bool) -> Incoming:
    """The settings from the environment; ImproperlyConfigured with one sentence when they make no sense."""
    address = given.get("INCOMING_ADDRESS", "" if production else _OWN_ADDRESS).strip().lower()
    authserv = given.get("INCOMING_AUTHSERV", "" if production else OWN_AUTHSERV).strip()
    if address and not _ADDRESS.fullmatch(address):
        raise ImproperlyConfigured(
            "INCOMING_ADDRESS must be an address with one * at the end of its first part, before which at most 14 "
            "characters stand: reply+*@help.example.com or *@lists.example.com."
        )
    if authserv and not _AUTHSERV.fullmatch(authserv):
        raise ImproperlyConfigured("INCOMING_AUTHSERV must be a name like mx.example.com.")
    if address and not authserv:
        raise ImproperlyConfigured(
            "INCOMING_ADDRESS is set and INCOMING_AUTHSERV is not: without the word of the own mail host anybody could "
            "write under anybody's name. See docs/mail.md."
        )
    port = given.get("INCOMING_PORT") or "2525"
    if not re.fullmatch(r"\d{1,5}", port, re.ASCII) or int(port) > 65535:
        raise ImproperlyConfigured(f"INCOMING_PORT is {port[:20]!r}; it must be a port, or 0 for none.")
    return Incoming(address, authserv, 0 if production else int(port))
