"""What is known of threads at a moment: where each leads to, whether it is in sight, who had solved it by when.

Two moments go with most questions: `at`, of which something is asked, and `now`, until which facts are known.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby

from support.deflection.facts import Acceptance, Asked, Facts, KnownIssueOf, Merged, Moved, Period


class Threads:
    """All facts of threads, found by thread. Those recorded after `until` are none."""

    def __init__(self, facts: Facts, until: datetime) -> None:
        self.asked: dict[int, Asked] = {each.thread: each for each in facts.asked}
        self._merges: dict[int, list[Merged]] = defaultdict(list)
        for merged in facts.merged:
            if merged.recorded_at <= until:
                self._merges[merged.thread].append(merged)
        for merges in self._merges.values():
            merges.sort(key=lambda each: (each.recorded_at, each.until or _NEVER, each.original))
        # even what is recorded later says where a thread stood before
        self._moves: dict[int, list[Moved]] = defaultdict(list)
        for moved in facts.moved:
            self._moves[moved.thread].append(moved)
        for moves in self._moves.values():
            moves.sort(key=lambda each: (each.recorded_at, each.from_board))
        self._originals = {each.copy: each.answer for each in facts.copied}
        self._hidden: dict[tuple[str, int], list[tuple[datetime, bool]]] = defaultdict(list)
        for hidden in facts.hidden:
            if hidden.recorded_at <= until:
                self._hidden[self._post(hidden.thread, hidden.answer)].append((hidden.recorded_at, hidden.is_back))
        for turns in self._hidden.values():
            turns.sort()
        self._solutions: dict[int, list[Acceptance]] = defaultdict(list)
        for accepted in facts.acceptances:
            if accepted.recorded_at <= until:
                self._solutions[accepted.thread].append(accepted)
        for solutions in self._solutions.values():
            solutions.sort(key=lambda each: (each.recorded_at, each.id), reverse=True)
        self._known: dict[int, list[KnownIssueOf]] = defaultdict(list)
        for known in facts.known_issues:
            self._known[known.thread].append(known)
        self._supported = _Periods(facts.supported)
        self._entitled = _Periods(facts.entitled)
        self._families = self._find_families()

    def _find_families(self) -> dict[int, int]:
        """A name for every set of threads that ever were merged, by thread; a thread without one is its own."""
        parents: dict[int, int] = {}

        def top(thread: int) -> int:
            while (parent := parents.get(thread, thread)) != thread:
                parents[thread] = parents.get(parent, parent)
                thread = parent
            return thread

        for merges in self._merges.values():
            for merged in merges:
                parents.setdefault(merged.thread, merged.thread)
                parents.setdefault(merged.original, merged.original)
                parents[top(merged.thread)] = top(merged.original)
        return {thread: top(thread) for thread in parents}

    def family(self, thread: int) -> int:
        """A name that the thread shares with all those it was ever merged with, directly or not."""
        return self._families.get(thread, thread)

    # Where a thread leads to ------------------------------------------------------------------------------------------
    def canonical(self, thread: int, now: datetime) -> int:
        """The thread that this one was merged into, or itself."""
        if thread not in self._merges:
            return thread
        seen = {thread}
        while (onward := self._original(thread, now)) is not None and onward not in seen:
            seen.add(onward)
            thread = onward
        return thread

    def _original(self, thread: int, now: datetime) -> int | None:
        for merged in reversed(self._merges.get(thread, ())):
            if merged.recorded_at <= now and (merged.until is None or merged.until > now):
                return merged.original
        return None

    def is_merged(self, thread: int, now: datetime) -> bool:
        return self._original(thread, now) is not None

    def onward(self, thread: int) -> tuple[int, ...]:
        """The thread and all that it ever led to."""
        if thread not in self._merges:
            return (thread,)
        seen = {thread: None}
        new = [thread]
        while new:
            for merged in self._merges.get(new.pop(), ()):
                if merged.original not in seen:
                    seen[merged.original] = None
                    new.append(merged.original)
        return tuple(seen)

    def merges(self, thread: int) -> Iterator[datetime]:
        """When the thread began to lead elsewhere."""
        if thread in self._merges:
            for each in self.onward(thread):
                for merged in self._merges.get(each, ()):
                    yield merged.recorded_at
                    if merged.until is not None:
                        yield merged.until

    def changes(self, thread: int) -> Iterator[datetime]:
        """When anything about the thread changed that a case of it may hang on: merged, hidden, back, accepted late."""
        yield from self.merges(thread)
        for each in self.onward(thread):
            for at, _is_back in self._hidden.get(("thread", each), ()):
                yield at
            for accepted in self._solutions.get(each, ()):
                yield accepted.recorded_at

    def answer_changes(self, thread: int) -> Iterator[datetime]:
        """When answers that were the thread's solution went out of sight or came back."""
        for answer in {each.answer for each in self._solutions.get(thread, ())}:
            yield from self.hidings(answer)

    def hidings(self, answer: int) -> Iterator[datetime]:
        return (at for at, _is_back in self._hidden.get(self._post(0, answer), ()))

    # What it is like --------------------------------------------------------------------------------------------------
    def board(self, thread: int, at: datetime) -> int:
        """The board on which it stood."""
        for moved in self._moves.get(thread, ()):
            if moved.recorded_at > at:
                return moved.from_board
        return self.asked[thread].board

    def is_hidden(self, thread: int, now: datetime, answer: int | None = None) -> bool:
        """Whether the thread, or one answer of it, is out of sight."""
        turns = self._hidden.get(self._post(thread, answer))
        if not turns:
            return False
        last = bisect_right(turns, (now, True)) - 1
        return last >= 0 and not turns[last][1]

    def _post(self, thread: int, answer: int | None) -> tuple[str, int]:
        """What is hidden: the thread, or the answer wherever it moved."""
        if answer is None:
            return "thread", thread
        seen = {answer}
        while (before := self._originals.get(answer)) is not None and before not in seen:
            seen.add(before)
            answer = before
        return "answer", answer

    def solution(self, thread: int, at: datetime, now: datetime) -> Acceptance | None:
        """The solution in force `at` that moment: the thread's own, else that of the thread it leads to."""
        onward = self.canonical(thread, now)
        for each in (thread,) if onward == thread else (thread, onward):
            for accepted in self._solutions.get(each, ()):
                if (
                    accepted.recorded_at <= now
                    and began(accepted) <= at
                    and (accepted.withdrawn_at is None or accepted.withdrawn_at > at)
                ):
                    return accepted
        return None

    def is_known_issue(self, thread: int, at: datetime) -> bool:
        return thread in self._known and any(
            each.from_at <= at and (each.until_at is None or each.until_at > at) for each in self._known[thread]
        )

    # Boards -----------------------------------------------------------------------------------------------------------
    def is_supported(self, board: int, at: datetime, now: datetime) -> bool:
        return self._supported.helps("", board, at, now)

    def is_entitled(self, person: str, board: int, at: datetime, now: datetime) -> bool:
        return self._entitled.helps(person, board, at, now)

    def entered(self, board: int, person: str) -> Iterator[datetime]:
        """When it was entered, changed or taken away that the board is supported, the person entitled on it."""
        yield from self._supported.entered(board, "")
        yield from self._entitled.entered(board, person)


class _Periods:
    """Rows of one sort (support/reading/entitled.py): where a board has none, everything and everybody is let in."""

    def __init__(self, periods: Iterable[Period]) -> None:
        self._rows: dict[tuple[int, str], list[Period]] = defaultdict(list)
        steps: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
        for each in periods:
            self._rows[each.board, each.person].append(each)
            steps[each.board].append((each.recorded_at or _EVER, 1))
            if each.gone_at is not None:
                steps[each.board].append((each.gone_at, -1))
        #: by board: the moments at which its first row came or its last one went, in order, and whether it has any
        self._has_any = {board: _turns(each) for board, each in steps.items()}

    def helps(self, person: str, board: int, at: datetime, now: datetime) -> bool:
        turns = self._has_any.get(board)
        if turns is None or not (passed := bisect_right(turns, (now, True))) or not turns[passed - 1][1]:
            return True
        return any(_is_entered(each, now) and _holds(each, at) for each in self._rows.get((board, person), ()))

    def entered(self, board: int, person: str) -> Iterator[datetime]:
        for at, _has_any in self._has_any.get(board, ()):
            yield at
        for each in self._rows.get((board, person), ()):
            yield from (at for at in (each.recorded_at, each.gone_at) if at is not None)


_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _turns(steps: list[tuple[datetime, int]]) -> list[tuple[datetime, bool]]:
    """When the count of rows left zero and came back to it."""
    turns: list[tuple[datetime, bool]] = []
    count = 0
    for at, together in groupby(sorted(steps), key=lambda each: each[0]):
        count += sum(step for _at, step in together)
        if not turns or turns[-1][1] != bool(count):
            turns.append((at, bool(count)))
    return turns


def began(accepted: Acceptance) -> datetime:
    """Since when it is in force: one that is accepted again, since then."""
    return accepted.at if accepted.id == accepted.chain else accepted.recorded_at


def _is_entered(period: Period, now: datetime) -> bool:
    return (period.recorded_at is None or period.recorded_at <= now) and (
        period.gone_at is None or period.gone_at > now
    )


def _holds(period: Period, at: datetime) -> bool:
    return period.from_at <= at and (period.until_at is None or period.until_at > at)
