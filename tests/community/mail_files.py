"""Mbox files for the tests of their import, written here: invented people on an invented list."""

import gzip
from collections.abc import Sequence
from io import StringIO
from pathlib import Path

from django.core.management import call_command

LIST = "routers@lists.example.com"


def mail(
    number: int | str,
    *,
    to: int | str = "",
    references: Sequence[int | str] = (),
    subject: str = "A red light",
    sender: str = "Anna <anna@example.com>",
    at: str = "Mon, 02 Jan 2023 10:00:00 +0000",
    body: str = "Words.",
    headers: Sequence[str] = (),
) -> bytes:
    """One message: mail(2, to=1) answers mail(1)."""
    lines = [f"From: {sender}", f"To: {LIST}", f"Subject: {subject}"]
    lines += [f"Date: {at}"] if at else []
    lines += [f"Message-ID: <{number}@example.com>"] if number else []
    lines += [f"In-Reply-To: <{to}@example.com>"] if to else []
    lines += ["References: " + " ".join(f"<{each}@example.com>" for each in references)] if references else []
    return "\n".join([*lines, *headers, "", body, ""]).encode()


def mbox(*messages: bytes, at: str = "Mon Jan  2 10:00:00 2023") -> bytes:
    """Messages behind each other, as a list's program writes them."""
    return b"".join(f"From anna@example.com {at}\n".encode() + message + b"\n" for message in messages)


class MailList:
    """An mbox file in a folder, and the command that imports it."""

    def __init__(self, folder: Path) -> None:
        self.file, self.rejects = folder / "routers.mbox", folder / "rejected.csv"

    def write(self, *messages: bytes, packed: bool = False) -> None:
        self.put(mbox(*messages), packed=packed)

    def put(self, data: bytes, *, packed: bool = False) -> None:
        self.file.write_bytes(gzip.compress(data) if packed else data)

    def load(self, *options: str) -> str:
        """Run the command; returns what it printed."""
        out = StringIO()
        self.rejects.unlink(missing_ok=True)
        call_command("import_mbox", str(self.file), "--reject", str(self.rejects), *options, stdout=out)
        return out.getvalue()

    def rejected(self) -> list[str]:
        """Line, id and reason of every message that was turned away."""
        lines = self.rejects.read_text().splitlines()[1:] if self.rejects.exists() else []
        return [line.split(",", 1)[1] for line in lines]
