"""The pure fold: facts in, the ledger out (docs/deflection.md). It reads no clock and no database.

A person's rows depend on nobody else's. Each stands as it does from the moment of one fact on until that of the next:
at each such moment what was learned then counts together, then it is asked which rows are one case, then matures what
has its N days behind it. What comes to be known later only adds entries.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime

from support.deflection.counting import VIEWER_TIME, Row, duplicates
from support.deflection.evidence import NEVER_COUNTED, Evidence, State
from support.deflection.facts import Assisted, Case, Definition, Entry, Facts, Folded, Viewer
from support.deflection.kinds import evidence_of
from support.deflection.people import Person, people
from support.deflection.readers import viewers
from support.deflection.threads import Threads

PENDING, CREDITED, VOID = "pending", "credited", "void"


def fold(facts: Facts, definitions: Sequence[Definition], until: datetime) -> Folded:
    """What the facts recorded until `until` come to. Cases are in the order in which they were recorded.

    Raises ValueError where there is no definition.
    """
    if not definitions:
        raise ValueError("Without a definition nothing can be counted.")
    definition_at = _finder(definitions)
    threads = Threads(facts, until)
    cases: list[Case] = []
    seen: list[Viewer] = []
    assisted: list[Assisted] = []
    for person in people(facts, until):
        folded = _Person(person, threads, definition_at, until)
        cases.extend(folded.cases())
        assisted.extend(folded.assisted())
        seen.extend(folded.viewers())
    cases.sort(key=lambda each: (each.recorded_at, each.kind, each.source_id))
    assisted.sort(key=lambda each: (each.at, each.kind, each.source_id))
    seen.sort(key=lambda each: (each.at, each.person, each.thread))
    return Folded(until, cases, seen, assisted)


def _finder(definitions: Iterable[Definition]) -> Callable[[datetime], Definition]:
    """Which version is in force at a moment: before the first one, the first."""
    versions = sorted(definitions, key=lambda each: each.valid_from)
    begins = [each.valid_from for each in versions]
    return lambda at: versions[max(bisect_right(begins, at) - 1, 0)]


class _Track:
    """One row on its way through time: how it stands, and the entries so far."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.state: State | None = None
        self.entries: list[Entry] = []

    @property
    def row(self) -> Row:
        each, state = self.evidence, self.state
        assert state is not None
        return Row(each.kind, each.at, each.id, state.person, state.thread, state.board, each.form_id, each.definition)

    @property
    def holds_a_place(self) -> bool:
        return self.state is not None and not self.state.reason

    def post(self, status: str, reason: str, now: datetime) -> None:
        """The next entry, where anything is other than in the last one."""
        state = self.state
        assert state is not None
        entry = Entry(
            seq=len(self.entries) + 1,
            status=status,
            reason=reason,
            person=state.person,
            thread=state.thread,
            board=state.board,
            definition=self.evidence.definition.id,
            known=state.known,
            channel=state.channel,
            is_entitled=state.is_entitled,
            as_of=now,
        )
        if not self.entries or _differs(entry, self.entries[-1]):
            self.entries.append(entry)


def _differs(entry: Entry, last: Entry) -> bool:
    return (
        entry.status != last.status
        or entry.reason != last.reason
        or entry.person != last.person
        or entry.thread != last.thread
        or entry.board != last.board
        or entry.known != last.known
        or entry.channel != last.channel
        or entry.is_entitled != last.is_entitled
    )


class _Person:
    """One person's cases, assisted reuse and viewer cases."""

    def __init__(
        self, person: Person, threads: Threads, definition_at: Callable[[datetime], Definition], until: datetime
    ) -> None:
        self.person, self.threads, self.definition_at, self.until = person, threads, definition_at, until
        rows = evidence_of(person, threads, definition_at) if person.has_evidence else []
        self.tracks = [_Track(each) for each in rows if each.recorded_at <= until]
        for together in _together(self.tracks):
            _run(together, until)

    def cases(self) -> Iterator[Case]:
        for each in self.tracks:
            if each.entries:
                of = each.evidence
                yield Case(
                    of.kind, of.id, of.key, of.thread, of.at, of.recorded_at, of.is_simulated, tuple(each.entries)
                )

    def assisted(self) -> Iterator[Assisted]:
        """Reuse through staff that never was a case, each person and thread once within W."""
        found = []
        for each in self.tracks:
            of = each.evidence
            if each.entries or of.use(self.until) != "assisted":
                continue
            state = of.state(self.until, was_case=True)
            if state is None or state.reason in (*NEVER_COUNTED, "duplicate"):
                continue
            each.state = state
            found.append(each)
        twice = duplicates([each.row for each in found])
        for place, each in enumerate(found):
            if place not in twice:
                of, row = each.evidence, each.row
                yield Assisted(of.kind, of.id, row.person, row.thread, row.board, of.at, of.is_simulated)

    def viewers(self) -> Iterable[Viewer]:
        if not self.person.viewed and not self.person.surveyed:
            return ()
        others = [each for each in self.tracks if each.entries and each.evidence.kind != "V"]
        return viewers(
            self.person,
            self.threads,
            self.definition_at,
            self.until,
            standing=[each.row for each in others if each.entries[-1].status != VOID],
            counted=[
                each.evidence.id
                for each in self.tracks
                if each.evidence.kind == "V" and each.entries and each.entries[-1].reason != "duplicate"
            ],
        )


def _together(tracks: list[_Track]) -> Iterable[list[_Track]]:
    """The rows in groups that cannot be one case with a row of another group."""
    if len(tracks) < 2:
        return [tracks] if tracks else []
    parents = list(range(len(tracks)))

    def top(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    def join(place: int, name: Hashable) -> None:
        parents[top(place)] = top(first.setdefault(name, place))

    first: dict[Hashable, int] = {}
    reach = max(VIEWER_TIME, *(each.evidence.definition.episode for each in tracks))
    last: tuple[int, datetime] | None = None
    for place in sorted(range(len(tracks)), key=lambda each: tracks[each].evidence.at):
        of = tracks[place].evidence
        for family in of.families:
            join(place, family)
        if of.kind == "D":
            continue
        if of.form_id:
            join(place, ("form", of.form_id))
        if last is not None and of.at - last[1] <= reach:
            parents[top(place)] = top(last[0])
        last = place, of.at
    groups: dict[int, list[_Track]] = defaultdict(list)
    for place, each in enumerate(tracks):
        groups[top(place)].append(each)
    return groups.values()


def _run(tracks: list[_Track], until: datetime) -> None:
    """Post the entries of these rows, moment by moment."""
    moments: dict[datetime, list[_Track]] = defaultdict(list)
    for each in tracks:
        for now in each.evidence.moments(until):
            moments[now].append(each)
        if each.evidence.ends_at < until:
            moments.setdefault(max(each.evidence.ends_at, each.evidence.recorded_at), [])
    for now in sorted(moments):
        for each in moments[now]:
            each.state = each.evidence.state(now, was_case=bool(each.entries))
        _settle([each for each in tracks if each.state is not None], now, until)


def _settle(tracks: list[_Track], now: datetime, until: datetime) -> None:
    """How each stands by what is known now; then what matures."""
    holding = [each for each in tracks if each.holds_a_place]
    twice = {id(holding[place]) for place in duplicates([each.row for each in holding])}
    for each in tracks:
        assert each.state is not None
        ends_at = each.evidence.ends_at
        if each.state.reason:
            each.post(VOID, each.state.reason, now)
        elif id(each) in twice:
            each.post(VOID, "duplicate", now)
        elif each.entries and now > ends_at:
            each.post(CREDITED, "", now)
        else:
            each.post(PENDING, "", now)
            if ends_at <= now and ends_at < until:
                each.post(CREDITED, "", now)
