"""The mail server of demo and development for mails to the site: on this machine alone, and never in production.

Any mail program here can be pointed at it: so a notice that left for the outbox is answered, and the answer stands on
the page. It speaks as a mail server of a real site does; what it cannot take now is to be brought again.
"""

import asyncio
import logging
import os
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

from aiosmtpd.smtp import SMTP, Envelope, Session
from django.conf import settings
from django.db import connection

from community.incoming.doors import NotNow, bring
from community.incoming.records import MAX_MESSAGE
from community.incoming.vouching import vouched
from community.models import IncomingMail

logger = logging.getLogger(__name__)

HOST = "127.0.0.1"
#: From the port in the settings on, so many are tried.
_TRIED = 100


class _Handler:
    """What the server does with what it is told (aiosmtpd calls these by their names)."""

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        domain = settings.INCOMING_ADDRESS.rpartition("@")[2]
        if not domain or address.rpartition("@")[2].lower() != domain:
            return "550 5.1.2 No mail is taken here for that domain"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: "_Conversation", _session: Session, envelope: Envelope) -> str:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            server.workers, _take, envelope.original_content or b"", list(envelope.rcpt_tos), envelope.mail_from or ""
        )


def _take(content: bytes, recipients: list[str], sender: str) -> str:
    """In a thread of its own, with its own connection to the database; the answer to DATA."""
    try:
        raw = vouched(content, settings.INCOMING_AUTHSERV)
        row = bring(raw=raw, door=IncomingMail.Door.SMTP, recipients=recipients, envelope_sender=sender)
    except NotNow as error:
        return f"451 4.3.0 {error}"
    except Exception:
        logger.exception("A mail could not be taken in.")
        return "451 4.3.0 It could not be taken in; the log says why"
    finally:
        connection.close()
    return f"250 2.0.0 Taken as {row.pk}: {row.end}, {row.reason}"


class _Conversation(SMTP):
    """One conversation. A browser that a page elsewhere sends here speaks HTTP: it is hung up on at its first word."""

    line_length_limit = 1_000_000

    def __init__(self, workers: ThreadPoolExecutor, loop: asyncio.AbstractEventLoop) -> None:
        self.workers = workers
        super().__init__(
            _Handler(),
            data_size_limit=MAX_MESSAGE,
            hostname="localhost",
            ident="peerdesk",
            enable_SMTPUTF8=True,
            loop=loop,
        )

    async def _hang_up(self, _argument: str | None) -> None:
        await self.push("421 4.7.0 This is no web server")
        if self.transport is not None:
            self.transport.close()

    smtp_GET = smtp_POST = smtp_PUT = smtp_HEAD = smtp_OPTIONS = smtp_CONNECT = smtp_PATCH = smtp_DELETE = _hang_up


class Server:
    """Listens from the moment it is made, on the port asked for or the next that is free; OSError where none is."""

    def __init__(self, port: int) -> None:
        self.pid = os.getpid()
        self._listening = _listen(port)
        self.port: int = self._listening.getsockname()[1]
        self._workers = ThreadPoolExecutor(4, thread_name_prefix="incoming-mail")
        self._loop = asyncio.new_event_loop()
        self._stopping = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="incoming-mail-server", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self._serve())

    async def _serve(self) -> None:
        made = self._loop.create_server(lambda: _Conversation(self._workers, self._loop), sock=self._listening)
        server = await made
        await self._stopping.wait()  # no stopped loop: somebody may stop a server that is only beginning
        server.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(5)
        self._workers.shutdown()
        self._listening.close()


def _listen(port: int) -> socket.socket:
    for each in range(port, min(port + _TRIED, 65536)) if port else [0]:
        try:
            return socket.create_server((HOST, each), backlog=32)
        except OSError:
            continue
    raise OSError(f"no port is free from {port} on")


_lock = threading.Lock()
_servers: list[Server] = []


def is_offered() -> bool:
    """Whether this site takes mail in by its own server at all."""
    return bool(settings.INCOMING_ADDRESS and settings.INCOMING_PORT and not settings.PRODUCTION)


def server(port: int = 0) -> Server:
    """This process's server, started if it has none."""
    with _lock:
        if not _servers or _servers[-1].pid != os.getpid():
            _servers.append(Server(port))
        return _servers[-1]


def start_in_background() -> str:
    """Called where the site is served (demo, runserver): a sentence that says where mails are taken; "" for nowhere."""
    if not is_offered():
        return ""
    try:
        port = server(settings.INCOMING_PORT).port
    except OSError as error:
        return f"Mail to {settings.INCOMING_ADDRESS} is taken nowhere: {error}."
    return (
        f"Mail to {settings.INCOMING_ADDRESS} is taken by SMTP on {HOST}, port {port}; whoever writes from this "
        "machine is believed to be who they say."
    )
