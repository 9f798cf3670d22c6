"""The ledger against what the facts come to: row by row, in the database."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from support.deflection.facts import Case, Folded
from support.ledger.posting import ASSISTED, CASE, ENTRY, VIEWER, assisted_rows, case_row, entry_row, viewer_rows
from support.ledger.tables import differences

#: So many rows of each sort are told; all are counted.
_TOLD = 5
_ENTRIES = f"kind, source_id, {ENTRY.removeprefix('case_id, ')}"
_STORED_ENTRIES = f"""
    SELECT c.kind, c.source_id, {", ".join(f"e.{each}" for each in ENTRY.removeprefix("case_id, ").split(", "))}
    FROM support_deflectionentry e JOIN support_deflectioncase c ON c.id = e.case_id
"""  # noqa: S608 - our own words


@dataclass
class Compared:
    """Rows that were derived, by their sort; how many differ from what is stored, and some of them in words."""

    derived: dict[str, int] = field(default_factory=dict)
    differing: int = 0
    told: list[str] = field(default_factory=list)

    def hold(self, name: str, derived: int, stored: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
        self.derived[name] = derived
        count, told = differences(stored, columns, rows, _TOLD)
        self.differing += count
        self.told += [f"{name}, {each}" for each in told]


def compare(folded: Folded) -> Compared:
    """Cases, entries, readers, assisted reuse, and the tallies, which must add up to them."""
    found = Compared()
    cases = folded.cases
    stored = f"SELECT {CASE} FROM support_deflectioncase"  # noqa: S608 - our own words, here and below
    found.hold("cases", len(cases), stored, CASE, map(case_row, cases))
    found.hold("entries", sum(len(each.entries) for each in cases), _STORED_ENTRIES, _ENTRIES, _entries(cases))
    stored = f"SELECT {VIEWER} FROM support_viewercase"  # noqa: S608
    found.hold("readers", len(folded.viewers), stored, VIEWER, viewer_rows(folded.viewers))
    stored = f"SELECT {ASSISTED} FROM support_assistedreuse"  # noqa: S608
    found.hold("assisted reuse", len(folded.assisted), stored, ASSISTED, assisted_rows(folded.assisted))
    return found


def _entries(cases: Iterable[Case]) -> Iterator[tuple[Any, ...]]:
    for case in cases:
        for entry in case.entries:
            yield (case.kind, case.source_id, *entry_row(entry))
