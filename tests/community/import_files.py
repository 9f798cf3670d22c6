"""Small sources for the tests of the import, written here: a CSV forum and a Stack Exchange dump."""

import csv
import gzip
from io import StringIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from django.core.management import call_command

QUESTION_FIELDS = [
    *("id", "created", "updated", "locale", "product", "topic", "tags", "title", "content", "creator", "creator_email"),
    *("is_solved", "solution", "solved_by", "is_spam", "is_locked", "is_archived", "num_votes", "views"),
]
ANSWER_FIELDS = ["id", "question_id", "created", "updated", "content", "creator", "is_spam", "num_helpful"]

QUESTION = {
    "created": "2023-01-01 02:21:46 +0000",
    "updated": "2023-01-02 02:21:46 +0000",
    "locale": "en-US",
    "product": "router",
    "topic": "setup",
    "tags": "wifi;light_1;",
    "title": "A red light",
    "content": "<p>It is <strong>red</strong>.</p>",
    "creator": "Ann",
}
ANSWER = {"created": "2023-01-01 03:00:00 +0000", "content": "<p>Hold the button.</p>", "creator": "Ben"}


def question(number: int | str, **fields: Any) -> dict[str, Any]:
    return {"id": str(number), **QUESTION, **fields}


def answer(number: int | str, to: int | str, **fields: Any) -> dict[str, Any]:
    return {"id": str(number), "question_id": str(to), **ANSWER, **fields}


class Forum:
    """Two CSV files in a folder, and the command that imports them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.questions, self.answers = folder / "questions.csv", folder / "answers.csv"
        self.rejects = folder / "rejected.csv"

    def write(self, questions: list[dict[str, Any]], answers: list[dict[str, Any]], *, packed: bool = False) -> None:
        if packed:
            self.questions, self.answers = self.folder / "questions.csv.gz", self.folder / "answers.csv.gz"
        for path, fields, rows in (
            (self.questions, QUESTION_FIELDS, questions),
            (self.answers, ANSWER_FIELDS, answers),
        ):
            text = StringIO(newline="")
            writer = csv.DictWriter(text, fields)
            writer.writeheader()
            writer.writerows(rows)
            data = text.getvalue().encode()
            path.write_bytes(gzip.compress(data) if packed else data)

    def load(self, *options: str) -> str:
        """Run the command; returns what it printed."""
        out = StringIO()
        arguments = ["--reject", str(self.rejects), "--site", "old.example.com", *options]
        call_command("import_threads", str(self.questions), str(self.answers), *arguments, stdout=out)
        return out.getvalue()

    def rejected(self) -> list[tuple[str, int, str]]:
        """(file, line, reason) of every rejected row."""
        if not self.rejects.exists():
            return []
        with self.rejects.open(newline="", encoding="utf-8") as file:
            return [(row["file"], int(row["line"]), row["reason"]) for row in csv.DictReader(file)]


def dump(folder: Path, **files: list[dict[str, Any]]) -> Path:
    """A Stack Exchange dump: dump(folder, Posts=[{...}], Users=[{...}])."""
    folder.mkdir(exist_ok=True)
    for name, rows in files.items():
        lines = [
            "  <row " + " ".join(f"{key}={quoteattr(str(value))}" for key, value in row.items()) + " />" for row in rows
        ]
        root = name.lower()
        text = "\n".join(['\ufeff<?xml version="1.0" encoding="utf-8"?>', f"<{root}>", *lines, f"</{root}>", ""])
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    return folder
