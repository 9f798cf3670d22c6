"""A mail server for tests: a real SMTP conversation on loopback, and what arrived."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from allauth.account.models import EmailAddress

from community.models import User
from community.notices.delivering import deliver_all
from community.notices.fanout import fan_out_all
from community.notices.gathering import gather_all
from tests.factories import person


class MailHost:
    """Takes mails as aiosmtpd hands them over; `arrived` has them in order. `replies` may refuse: address -> answer.

    `senders` are the envelopes' senders, in the same order: where a mail host sends back what it cannot deliver.
    """

    def __init__(self) -> None:
        self.arrived: list[EmailMessage] = []
        self.senders: list[str] = []
        self.replies: dict[str, str] = {}
        self._lock = threading.Lock()

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.replies:
            return self.replies[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        parsed = message_from_bytes(envelope.content, policy=policy.default)
        with self._lock:
            self.arrived.append(parsed)
            self.senders.append(envelope.mail_from)
        return "250 OK"

    def to(self, who: User) -> list[EmailMessage]:
        """What arrived for this person, in order."""
        return [mail for mail in self.arrived if mail["To"] == who.email]


def free_port() -> int:
    """A port of this machine where nobody listens (aiosmtpd cannot choose one itself)."""
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


@contextmanager
def mail_host(settings: Any) -> Iterator[MailHost]:
    """The site's mail server for the test. `settings` is pytest-django's fixture."""
    host = MailHost()
    controller = Controller(host, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        yield host
    finally:
        controller.stop()


def reachable(name: str = "", *roles: str, **fields: Any) -> User:
    """A member with a confirmed address."""
    who = person(name, *roles, **fields)
    EmailAddress.objects.create(user=who, email=who.email, verified=True, primary=True)
    return who


def told() -> int:
    """Everything that happened becomes notices and mails, as the worker does it; how many mails were dealt with."""
    fan_out_all()
    gather_all()
    return deliver_all()


def words_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(preferencelist=("plain",))
    assert part is not None
    return str(part.get_content())
