"""Mail that came in, for tests: rows as they are kept, each part with a word found nowhere else."""

from typing import Any

from community import clock
from community.models import IncomingMail, IncomingRaw, User


def mail_words(name: str) -> set[str]:
    """The words of this mail: of what was written, of what was cut, of its subject and its sender."""
    word = name.replace("-", "")
    return {f"zq{word}{part}" for part in ("kept", "cut", "subject", "sender")}


def held_mail(name: str, person: User | None, **fields: Any) -> IncomingMail:
    """A mail that waits for a look, with the message itself."""
    word = name.replace("-", "")
    row = {
        "received_at": clock.now(),
        "door": IncomingMail.Door.PIPE,
        "once": f"{name}-once",
        "person": person,
        "subject": f"Re: zq{word}subject",
        "kept": f"It is zq{word}kept now.",
        "cut": f"> zq{word}cut",
        "sender": f"zq{word}sender@elsewhere.example",
        "verdict": "none",
        "end": IncomingMail.End.HELD,
        "reason": IncomingMail.Reason.SENDER,
    } | fields
    made = IncomingMail.objects.create(**row)
    if made.end == IncomingMail.End.HELD:
        head = f"From: {row['sender']}\r\nTo: support@example.com\r\nSubject: {row['subject']}\r\n"
        text = f"Message-ID: <{name}@elsewhere.example>\r\n\r\n{row['kept']}\r\n{row['cut']}\r\n"
        IncomingRaw.objects.create(mail=made, data=(head + text).encode())
    return made
