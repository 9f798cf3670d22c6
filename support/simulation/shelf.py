"""What readers find: threads with a solution in force, some read far more than others."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from random import Random

from support.deflection.facts import Facts

Span = tuple[datetime, datetime | None]


class Shelf:
    """Made from the facts about questions, once all of them are known."""

    def __init__(self, facts: Facts) -> None:
        self._solved: dict[int, list[Span]] = defaultdict(list)
        self._by_peer: dict[int, list[Span]] = defaultdict(list)
        self._known: dict[int, list[Span]] = defaultdict(list)
        for each in facts.acceptances:
            span = (each.recorded_at, each.withdrawn_at)
            self._solved[each.thread].append(span)
            if each.resolution_class == "peer":
                self._by_peer[each.thread].append(span)
        for issue in facts.known_issues:
            self._known[issue.thread].append((issue.from_at, issue.until_at))
        self._order = sorted(self._solved, key=lambda thread: self._solved[thread][0][0])

    def pick(self, random: Random, at: datetime) -> int | None:
        """One with a solution in force at this moment."""
        for _try in range(4):
            thread = self._order[int(len(self._order) * random.random() ** 2)] if self._order else 0
            if _holds(self._solved.get(thread, ()), at):
                return thread
        return None

    def is_by_peer(self, thread: int, at: datetime) -> bool:
        """Whether a peer solved it, and no known issue did."""
        return _holds(self._by_peer[thread], at) and not _holds(self._known[thread], at)


def _holds(spans: Iterable[Span], at: datetime) -> bool:
    return any(since < at and (until is None or at < until) for since, until in spans)
