"""The mail server of demo and development: a real SMTP conversation, on this machine alone, that ends in the outbox.

Each process that sends a mail has a server of its own, on a free port, from its first mail on. So mails leave in
development as they do in production, and what is wrong with one shows there.
"""

import asyncio
import os
import socket
import threading
from collections.abc import Sequence
from hmac import compare_digest
from secrets import token_hex
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend

from community.mails.outbox import store

_USER = "site"
_HOST = "127.0.0.1"


class _Handler:
    """What the server does with what it is told (aiosmtpd calls these by their names)."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def is_known(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        """Only this process knows the word: nobody else on this machine writes into the outbox."""
        right = isinstance(given, LoginPassword) and compare_digest(given.password, self._secret)
        return AuthResult(success=right, handled=False)  # "handled" would mean: it has been answered already

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, options: Sequence[str]
    ) -> str:
        if not session.authenticated:
            return "530 5.7.0 This server is for the site alone"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 2.1.0 Ok"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        try:
            store(envelope.original_content or b"")
        except OSError:
            return "452 4.3.1 The outbox cannot be written"
        return "250 2.0.0 In the outbox"


class _Server:
    """Listens from the moment it is made; its thread ends with the process."""

    def __init__(self) -> None:
        self.secret = token_hex(16)
        self.pid = os.getpid()
        self._handler = _Handler(self.secret)
        self._listening = socket.create_server((_HOST, 0), backlog=128)
        self.port: int = self._listening.getsockname()[1]
        threading.Thread(target=self._run, name="mail-server", daemon=True).start()

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        loop.run_until_complete(loop.create_server(lambda: self._conversation(loop), sock=self._listening))
        loop.run_forever()

    def _conversation(self, loop: asyncio.AbstractEventLoop) -> SMTP:
        return SMTP(
            self._handler,
            hostname="localhost",
            ident="outbox",
            authenticator=self._handler.is_known,
            auth_require_tls=False,
            loop=loop,
        )

    def let_go(self) -> None:
        """In a forked process: the thread stayed behind, so nobody would answer at this copy of the door."""
        self._listening.close()


_lock = threading.Lock()
_servers: list[_Server] = []


def _server() -> _Server:
    """This process's server, started if it has none."""
    with _lock:
        if not _servers or _servers[-1].pid != os.getpid():
            _servers.append(_Server())
        return _servers[-1]


def _after_fork() -> None:
    global _lock  # another thread may have held it at that moment, and is not here to let go
    _lock = threading.Lock()
    for server in _servers:
        server.let_go()


os.register_at_fork(after_in_child=_after_fork)


class LocalServerBackend(EmailBackend):
    """Django's SMTP backend, led to this process's own server whatever the settings say about hosts."""

    def __init__(self, fail_silently: bool = False, **_others: Any) -> None:
        super().__init__(
            host=_HOST,
            port=0,
            username=_USER,
            password="-",  # noqa: S106 - the server's own takes its place
            use_tls=False,
            use_ssl=False,
            timeout=20,
            fail_silently=fail_silently,
        )

    def open(self) -> bool | None:
        """Connect; OSError where nobody can listen on this machine's loopback."""
        if self.connection is None:
            server = _server()
            self.port, self.password = server.port, server.secret
        return super().open()

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        return super().send_messages(email_messages) or 0
