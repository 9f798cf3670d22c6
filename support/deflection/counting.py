"""That several rows of one person are one case: de-duplication (a), (b), (c) of docs/deflection.md.

Greedy in the order (kind, t_e, id): a row joins if one that was kept lies within reach of it.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from support.deflection.facts import Definition

#: Strongest first.
KINDS = "DFMV"
#: At most `viewer_cases` in so long.
VIEWER_TIME = timedelta(days=30)


class Row(NamedTuple):
    """What decides whether a row is another one's."""

    kind: str
    at: datetime
    id: int
    person: str
    thread: int
    board: int
    form: int
    definition: Definition

    @property
    def order(self) -> tuple[int, datetime, int]:
        return KINDS.index(self.kind), self.at, self.id


def duplicates(rows: Sequence[Row]) -> set[int]:
    """Which of `rows` (their places in it) are counted by another one already."""
    if len(rows) < 2:
        return set()
    kept = Kept()
    joined = set()
    for place in sorted(range(len(rows)), key=lambda each: rows[each].order):
        if kept.has(rows[place]):
            joined.add(place)
        else:
            kept.keep(rows[place])
    return joined


class Kept:
    """The rows that count so far."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, list[Row]] = defaultdict(list)

    def keep(self, row: Row) -> None:
        for key in _keys(row):
            self._rows[key].append(row)

    def has(self, row: Row) -> bool:
        """Whether the row is one of those, or one too many."""
        return self.one_with(row) is not None or self.is_too_many(row)

    def one_with(self, row: Row) -> Row | None:
        """The row that this one is counted with."""
        window, episode = row.definition.window, row.definition.episode
        for other in self._rows.get(("thread", row.person, row.thread), ()):
            # whoever was helped in a thread was helped there once: later taps say it again
            if abs(other.at - row.at) <= window or other.kind == row.kind == "M":
                return other
        # D is kept by its thread alone, and comes before all others
        for other in self._rows.get(("board", row.person, row.board), ()):
            if abs(other.at - row.at) <= episode:
                return other
        if row.form:
            return next(iter(self._rows.get(("form", row.form), ())), None)
        return None

    def is_too_many(self, row: Row) -> bool:
        """(c): whether it would be one viewer case more in some 30 days than a person may have."""
        if row.kind != "V":
            return False
        around = [
            each.at for each in self._rows.get(("reader", row.person), ()) if abs(each.at - row.at) <= VIEWER_TIME
        ]
        most = row.definition.viewer_cases
        if len(around) < most:
            return False
        moments = sorted([*around, row.at])
        return any(last - first <= VIEWER_TIME for first, last in zip(moments, moments[most:], strict=False))


def _keys(row: Row) -> Iterable[Hashable]:
    yield "thread", row.person, row.thread
    if row.kind != "D":
        yield "board", row.person, row.board
    if row.kind == "V":
        yield "reader", row.person
    if row.form:
        yield "form", row.form
