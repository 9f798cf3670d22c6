"""What the INCOMING_ settings mean: where mail for the site arrives, and whose word about its senders counts."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

#: Where demo and development take mail: a name that leads nowhere but to this machine.
_OWN_ADDRESS = "*@lists.localhost"
#: Under which the mail server of demo and development vouches for whoever speaks to it: nobody else can.
OWN_AUTHSERV = "peerdesk.localhost"
_ADDRESS = re.compile(r"[a-z0-9._+-]{0,14}\*@[a-z0-9](?:[a-z0-9.-]{0,180}[a-z0-9])?", re.ASCII)
_AUTHSERV = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,180}[A-Za-z0-9])?", re.ASCII)


_THIS_MACHINE = {"localhost", "127.0.0.1", "::1"}
_IMAP_EXAMPLE = "imaps://user:password@mail.example.com/INBOX"
#: What a name, a password or a folder may not hold: it would end the command in which it is sent.
_UNFIT = re.compile("[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Imap:
    """A mailbox whose mails are for the site. Its password shows nowhere."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str
    #: "tls" from the first byte on, "starttls", or "plain" (on this machine alone)
    encryption: str


class Incoming(NamedTuple):
    """`address` is "" where nothing is taken in."""

    address: str
    authserv: str
    port: int
    imap: Imap | None
    #: (user, password) that a mail service's webhooks sign in with
    webhook_secret: str


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
    if production and authserv.lower() == OWN_AUTHSERV:
        raise ImproperlyConfigured(
            f"INCOMING_AUTHSERV is {OWN_AUTHSERV}, under which development believes everybody; it must be the name "
            "under which your mail host writes Authentication-Results. See docs/mail.md."
        )
    if address and not authserv:
        raise ImproperlyConfigured(
            "INCOMING_ADDRESS is set and INCOMING_AUTHSERV is not: without the word of the own mail host anybody could "
            "write under anybody's name. See docs/mail.md."
        )
    port = given.get("INCOMING_PORT") or "2525"
    if not re.fullmatch(r"\d{1,5}", port, re.ASCII) or int(port) > 65535:
        raise ImproperlyConfigured(f"INCOMING_PORT is {port[:20]!r}; it must be a port, or 0 for none.")
    return Incoming(
        address,
        authserv,
        0 if production else int(port),
        _mailbox(given.get("INCOMING_IMAP", "").strip(), takes_mail=bool(address)),
        _webhook_secret(given.get("INCOMING_WEBHOOK_SECRET", "").strip(), takes_mail=bool(address)),
    )


def _mailbox(url: str, *, takes_mail: bool) -> Imap | None:
    """The mailbox to be fetched from. No sentence repeats the password."""
    if not url:
        return None
    if not takes_mail:
        raise ImproperlyConfigured("INCOMING_IMAP is set and INCOMING_ADDRESS is not: see docs/mail.md.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ImproperlyConfigured(
            "INCOMING_IMAP has a port that is no number, or a character that must be written as %XX; "
            f"it looks like {_IMAP_EXAMPLE}."
        ) from None
    if parts.scheme not in {"imap", "imaps"} or not parts.hostname:
        raise ImproperlyConfigured(f"INCOMING_IMAP must begin with imaps:// or imap:// and a host, as {_IMAP_EXAMPLE}.")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    folder = unquote(parts.path.strip("/")) or "INBOX"
    if not user or not password:
        raise ImproperlyConfigured(f"INCOMING_IMAP names no user or no password; it looks like {_IMAP_EXAMPLE}.")
    if any(_UNFIT.search(text) for text in (user, password, folder)) or not folder.isascii():
        raise ImproperlyConfigured("INCOMING_IMAP holds a character that no mailbox can have in its name or password.")
    if parts.query or parts.fragment:
        raise ImproperlyConfigured("INCOMING_IMAP holds ? or #; write them as %3F and %23.")
    encryption = "tls" if parts.scheme == "imaps" else "plain" if parts.hostname in _THIS_MACHINE else "starttls"
    return Imap(parts.hostname, port or (993 if encryption == "tls" else 143), user, password, folder, encryption)


def _webhook_secret(told: str, *, takes_mail: bool) -> str:
    """`user:password`, as anymail's WEBHOOK_SECRET; webhooks are there only with it."""
    if not told:
        return ""
    if not takes_mail:
        raise ImproperlyConfigured("INCOMING_WEBHOOK_SECRET is set and INCOMING_ADDRESS is not: see docs/mail.md.")
    user, colon, password = told.partition(":")
    if not (user and colon and len(password) >= 16 and told.isascii() and told.isprintable()) or "," in told:
        raise ImproperlyConfigured(
            "INCOMING_WEBHOOK_SECRET must be user:password with a password of at least 16 plain characters."
        )
    if find_spec("anymail") is None:  # an extra, not in the lock
        raise ImproperlyConfigured(
            "INCOMING_WEBHOOK_SECRET is set, and anymail is not installed: pip install django-anymail."
        )
    return told
