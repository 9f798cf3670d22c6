"""What an import did, counted: a bar or a line while it runs, and a table at its end."""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from typing import TextIO

from tqdm import tqdm

OUTCOMES = ("read", "imported", "updated", "unchanged", "kept", "rejected")
HEADINGS = ("", "read", "imported", "updated", "unchanged", "kept local", "rejected")
KINDS = {
    "person": "people",
    "question": "questions",
    "answer": "answers",
    "solution": "solutions",
    "comment": "comments",
    "vote": "votes",
    "link": "links",
    "post": "posts",
}
EVERY_SECONDS = 5


class Counts:
    """Rows by kind and outcome, and what was left out of texts."""

    def __init__(self) -> None:
        self.rows: Counter[tuple[str, str]] = Counter()
        self.notes: Counter[str] = Counter()

    def add(self, kind: str, outcome: str, n: int = 1) -> None:
        self.rows[kind, outcome] += n

    def merge(self, other: "Counts") -> None:
        """Take over what one batch counted, once it is written."""
        self.rows.update(other.rows)
        self.notes.update(other.notes)

    def as_json(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for (kind, outcome), n in sorted(self.rows.items()):
            found.setdefault(kind, {})[outcome] = n
        return {**found, "notes": dict(sorted(self.notes.items()))}

    def table(self) -> Iterable[str]:
        """The summary, one line a kind."""
        yield "".join(f"{heading:>12}" for heading in HEADINGS)
        for kind, name in KINDS.items():
            row = [self.rows[kind, outcome] for outcome in OUTCOMES]
            if any(row):
                yield f"{name:>12}" + "".join(f"{n:>12,}" for n in row)
        for note, n in sorted(self.notes.items()):
            yield f"  {n:,} {note}"


class Progress:
    """A bar where somebody watches, else a line every few seconds."""

    def __init__(self, title: str, total: int | None, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stderr
        self.title, self.total, self.done = title, total, 0
        self.told = time.monotonic()
        watched = self.stream.isatty()
        self.bar = tqdm(desc=title, total=total, unit=" rows", file=self.stream) if watched else None

    def advance(self, n: int = 1) -> None:
        self.done += n
        if self.bar is not None:
            self.bar.update(n)
        elif time.monotonic() - self.told >= EVERY_SECONDS:
            self.told = time.monotonic()
            self.stream.write(f"{self.title}: {self.done:,}" + (f" of {self.total:,}\n" if self.total else "\n"))
            self.stream.flush()

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
