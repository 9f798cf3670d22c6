"""Serves the demo: checks the address first, then runs Django's threaded development server on it.

Used by `manage.py demo`: call `check_address` before the long work (a taken port should be told at once), `serve` last.
"""

import errno
import os
import socket
from dataclasses import dataclass

from django.core.management import call_command

LAST_PORT = 65535


class AddressError(Exception):
    """The demo cannot be served there; the text is one sentence for the person at the keyboard."""


@dataclass(frozen=True)
class Address:
    """Where to listen: `host` a name or number, `port` from 1 to 65535."""

    host: str
    port: int

    @property
    def bracketed(self) -> str:
        """The host as it stands in an address: IPv6 numbers in brackets."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def url(self) -> str:
        """What to type into the browser; a server that listens everywhere is found on this machine's loopback."""
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.bracketed)  # noqa: S104 - only compared
        return f"http://{shown}:{self.port}/"


def parse_port(text: str) -> int:
    """Return the port number in `text`; AddressError when it is none from 1 to 65535."""
    cleaned = text.strip()
    if not (cleaned.isascii() and cleaned.isdigit() and len(cleaned) <= 5 and 1 <= int(cleaned) <= LAST_PORT):
        raise AddressError(f"PORT is {text[:40]!r}; it must be a number from 1 to {LAST_PORT}.")
    return int(cleaned)


def check_address(host: str, port: str) -> Address:
    """Return the address if the demo can listen there now; AddressError with one sentence if not."""
    address = Address(host.strip().strip("[]") or "127.0.0.1", parse_port(port))
    try:
        family, kind, _protocol, _name, target = socket.getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise AddressError(f"HOST is {host[:60]!r}, which is no address of this machine; leave it out.") from None
    try:
        # Listening on everything hides, on some systems, that somebody listens on the loopback alone: so ask there too.
        _try_to_listen(family, kind, target)
        if _somebody_answers(address):
            raise OSError(errno.EADDRINUSE, "in use")
    except OSError as error:
        raise AddressError(_why_not(error, address)) from None
    return address


def serve(address: Address) -> None:
    """Serve the site there until Ctrl-C, without the reloader: nobody edits code in a demo."""
    # A demo is no production, and says so in its own words; Django's would be the last that a newcomer reads.
    os.environ.setdefault("DJANGO_RUNSERVER_HIDE_WARNING", "true")
    call_command("runserver", f"{address.bracketed}:{address.port}", use_reloader=False, use_ipv6=":" in address.host)


def _try_to_listen(family: int, kind: int, target: tuple) -> None:
    with socket.socket(family, kind) as trial:
        # As the server itself does; without it a port closed a minute ago would look taken.
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        trial.bind(target)
        trial.listen(1)


def _somebody_answers(address: Address) -> bool:
    loopback = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(address.host, address.host)  # noqa: S104 - only compared
    try:
        socket.create_connection((loopback, address.port), timeout=1).close()
    except OSError:
        return False
    return True


def _why_not(error: OSError, address: Address) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {address.port} is taken; try: make demo PORT={_free_port_after(address)}"
    if error.errno == errno.EACCES:
        return f"Port {address.port} needs administrator's rights; try: make demo PORT=8000"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"HOST is {address.host!r}, which is no address of this machine; leave it out."
    return f"Nobody can listen on {address.bracketed}:{address.port} here: {error.strerror}."


def _free_port_after(address: Address) -> int:
    """The next port that is free right now, of the hundred after this one (else simply the next)."""
    following = address.port + 1 if address.port < LAST_PORT else 8000
    for port in range(following, min(following + 100, LAST_PORT + 1)):
        candidate = Address(address.host, port)
        try:
            family, kind, _protocol, _name, target = socket.getaddrinfo(address.host, port, type=socket.SOCK_STREAM)[0]
            _try_to_listen(family, kind, target)
        except OSError:
            continue
        if not _somebody_answers(candidate):
            return port
    return following
