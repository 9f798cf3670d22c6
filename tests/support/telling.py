"""Mails and notices about tickets, as the worker makes them and a mail server takes them."""

from email.message import EmailMessage
from typing import Any

from allauth.account.models import EmailAddress

from community.models import Notification, User
from community.notices.notifiables import show
from support.notices.fanout import KIND, tell_all
from tests.factories import agent
from tests.mailing import told, words_of


def tell() -> int:
    """Everything that happened is told, and the mails that are due leave; how many were dealt with."""
    tell_all()
    return told()


def reachable_agent(name: str, **fields: Any) -> User:
    """An agent with a confirmed address."""
    made = agent(name, **fields)
    EmailAddress.objects.create(user=made, email=made.email, verified=True, primary=True)
    return made


def told_to(reader: User) -> list[str]:
    """The sentences about tickets in this person's inbox, oldest first."""
    rows = Notification.objects.filter(recipient=reader, event_kind=KIND).order_by("pk")
    return [shown.sentence for _row, shown in show(rows, reader)]


def subjects(mails: list[EmailMessage]) -> list[str]:
    return [str(mail["Subject"]) for mail in mails]


def text_of(mails: list[EmailMessage]) -> str:
    """All their words together."""
    return "\n".join(words_of(mail) for mail in mails)
