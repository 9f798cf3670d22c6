"""What was erased or purged for good, remembered outside the database: a restored backup must forget it again.

The file DATA_DIR/forgotten.jsonl holds ids and times only, one JSON object a line, and is only ever appended to. It is
written once the erasure is committed; should the machine die in between, `catch_up` finds in the database what the file
does not know yet (asked by the hourly sweep and by every backup). Keep a copy of the file where the backups are.
"""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction

from community import clock
from community.models import Purge, User

PERSON = "person"
FILE = "forgotten.jsonl"


@dataclass(frozen=True)
class Forgotten:
    """One line: what kind of thing, its id, and when it was forgotten (by the real clock)."""

    kind: str
    id: int
    at: datetime


def path() -> Path:
    """Where this site's file is."""
    return Path(settings.DATA_DIR) / FILE


def remember_erasure(person_id: int) -> None:
    """Note that this account was erased, once the present transaction is committed."""
    _remember(PERSON, person_id)


def remember_purge(kind: str, id: int) -> None:
    """Note that this thread or answer (`kind`: "thread", "answer") was purged, once the transaction is committed."""
    _remember(kind, id)


def _remember(kind: str, id: int) -> None:
    transaction.on_commit(partial(_append, [Forgotten(kind, id, clock.wall())]))


def _append(lines: list[Forgotten]) -> None:
    """One write, and on the disk before anybody is told that it is done."""
    text = "".join(json.dumps({"at": one.at.isoformat(), "kind": one.kind, "id": one.id}) + "\n" for one in lines)
    path().parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path(), os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
    try:
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            text = "\n" + text  # the line before was cut short
        os.write(descriptor, text.encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def entries(file: Path | None = None) -> Iterator[Forgotten]:
    """Every line that can be read, in the order written. A line cut short by a power cut is passed over."""
    try:
        lines = (file or path()).read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return
    for line in lines:
        try:
            told = json.loads(line)
            yield Forgotten(str(told["kind"]), int(told["id"]), datetime.fromisoformat(told["at"]))
        except (ValueError, KeyError, TypeError):
            continue


def _erased_people() -> set[int]:
    return set(User.objects.filter(anonymised_at__isnull=False).values_list("pk", flat=True))


def _purged(of: str) -> set[int]:
    """The ids of purged answers, or of purged questions."""
    done = Purge.objects.filter(confirmed_at__isnull=False, answer__isnull=of == "thread")
    return set(done.values_list(of, flat=True))


#: What the database itself says was forgotten, by kind.
IN_THE_DATABASE: dict[str, Callable[[], set[int]]] = {
    PERSON: _erased_people,
    "thread": partial(_purged, "thread"),
    "answer": partial(_purged, "answer"),
}


def catch_up() -> int:
    """Append what the database says was forgotten and the file does not know; returns how many lines that were."""
    known: dict[str, set[int]] = {}
    for one in entries():
        known.setdefault(one.kind, set()).add(one.id)
    now = clock.wall()
    missing = [
        Forgotten(kind, id, now)
        for kind, asked in IN_THE_DATABASE.items()
        for id in sorted(asked() - known.get(kind, set()))
    ]
    if missing:
        _append(missing)
    return len(missing)
