"""The reject file: each row that was not imported, where it stands and why."""

import csv
from collections import Counter
from pathlib import Path
from typing import TextIO

from community.imports.records import Rejected

COLUMNS = ("file", "line", "kind", "id", "reason")


class Rejects:
    """Opens its file with the first rejected row: no file, nothing rejected."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.by_reason: Counter[tuple[str, str]] = Counter()
        self.by_kind: Counter[str] = Counter()
        self._file: TextIO | None = None

    def add(self, rejected: Rejected) -> None:
        """Write one row down. The text itself is not repeated: the line number finds it."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", errors="backslashreplace", newline="")
            csv.writer(self._file).writerow(COLUMNS)
        origin = rejected.origin
        row = (origin.file, origin.line, rejected.kind, _plain(rejected.external_id), rejected.reason)
        csv.writer(self._file).writerow(row)
        self._file.flush()
        self.by_reason[rejected.kind, rejected.reason] += 1
        self.by_kind[rejected.kind] += 1

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


def _plain(external_id: str) -> str:
    """The id as far as it can be shown: a hostile one must not act as a spreadsheet's formula."""
    shown = "".join(c for c in external_id[:80] if c.isprintable())
    return f"'{shown}" if shown[:1] in ("=", "+", "-", "@") else shown
