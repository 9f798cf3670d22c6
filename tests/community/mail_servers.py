"""Mail servers for tests: real conversations on loopback with one that refuses, delays, or hangs up as it is told."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.smtp import SMTP


class MailServer:
    """What it does is set from outside; what it took is in `taken`."""

    def __init__(self) -> None:
        #: (recipient, mail) in the order in which they came
        self.taken: list[tuple[str, Message]] = []
        #: answers at RCPT and DATA, by recipient; without one the mail is taken
        self.at_rcpt: dict[str, str] = {}
        self.at_data: dict[str, str] = {}
        #: answer at MAIL FROM, for every mail
        self.at_mail = ""
        #: recipients at whose mail it hangs up without a word, or stays silent
        self.hangs_up_at: set[str] = set()
        self.silent_at: set[str] = set()
        #: it ends each conversation after so many mails, as many servers do; with 421, or without a word
        self.mails_a_conversation = 0
        self.says_goodbye = True
        self.conversations = 0
        self.released = asyncio.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(30)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self.released.set)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._listening.close()

    def _run(self) -> None:
        self._loop.run_until_complete(self._loop.create_server(self._conversation, sock=self._listening))
        self._loop.call_soon(self._ready.set)
        self._loop.run_forever()

    def _conversation(self) -> SMTP:
        self.conversations += 1
        return SMTP(_Conversation(self), hostname="mail.test", loop=self._loop)


class _Conversation:
    """aiosmtpd asks these by their names."""

    def __init__(self, server: MailServer) -> None:
        self.server, self.mails = server, 0

    async def handle_MAIL(self, smtp: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        most = self.server.mails_a_conversation
        if most and self.mails >= most:
            if self.server.says_goodbye:
                smtp.transport.write(b"421 4.7.0 Enough for now\r\n")
            smtp.transport.close()
            return ""
        self.mails += 1
        if self.server.at_mail:
            return self.server.at_mail
        envelope.mail_from = address
        return "250 Ok"

    async def handle_RCPT(self, _smtp: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if answer := self.server.at_rcpt.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 Ok"

    async def handle_DATA(self, smtp: Any, _session: Any, envelope: Any) -> str:
        address = envelope.rcpt_tos[0]
        if address in self.server.hangs_up_at:
            smtp.transport.abort()
            return ""
        if address in self.server.silent_at:
            await self.server.released.wait()
        if answer := self.server.at_data.get(address):
            return answer
        self.server.taken.append((address, message_from_bytes(envelope.content)))
        return "250 2.0.0 Ok"


@contextmanager
def a_mail_server(settings: Any) -> Iterator[MailServer]:
    """A server that the site sends its mails through while it lasts."""
    server = MailServer()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", server.port, 5
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    try:
        yield server
    finally:
        server.stop()
