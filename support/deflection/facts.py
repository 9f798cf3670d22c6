"""What happened, as plain rows: all that the ledger is derived from.

Persons are keys (`u:<id>` or `a:<hash>`) as they were recorded; threads, boards, answers are ids. Every moment is a
`datetime` with a zone. `at` is when it happened, `recorded_at` when we learned of it: the fold looks at nothing before
its `recorded_at`. Roles are snapshots of the highest role then (community/roles.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Definition:
    """Parameters of one version (support.models.Definition), in force for cases from `valid_from` on."""

    id: int
    name: str
    valid_from: datetime
    no_ticket: timedelta = timedelta(days=7)
    window: timedelta = timedelta(days=30)
    episode: timedelta = timedelta(hours=24)
    viewer_cases: int = 2


class Aliased(NamedTuple):
    """This visitor turned out to be this account."""

    visitor: str
    person: str
    recorded_at: datetime


class Asked(NamedTuple):
    """A thread as it was asked. `board` is where it stands now; `Moved` says where it stood before."""

    thread: int
    board: int
    kind: str
    asker: str
    asker_role: str
    at: datetime
    is_imported: bool


class Moved(NamedTuple):
    """A thread left this board."""

    thread: int
    from_board: int
    recorded_at: datetime


class Hidden(NamedTuple):
    """A thread (answer None) or one answer went out of sight, or came back (`is_back`)."""

    thread: int
    answer: int | None
    is_back: bool
    recorded_at: datetime


class Copied(NamedTuple):
    """An answer moved to another thread, where `copy` stands for it (or stood: they are one answer ever after)."""

    answer: int
    copy: int


class Merged(NamedTuple):
    """A thread was marked as a duplicate of another; taken back at `until`."""

    thread: int
    original: int
    recorded_at: datetime
    until: datetime | None


class Acceptance(NamedTuple):
    """One `Solution`. Several of one `chain` (accepted again after hiding, merging, moving) are one acceptance.

    `chain` is the id of the first of them. `by` is whoever accepted; the class was snapshotted then. `withdrawal` says
    why it is no longer in force (community.models.solutions.Withdrawal), "" while it is.
    """

    id: int
    chain: int
    thread: int
    answer: int
    by: str
    by_role: str
    by_asker: bool
    resolution_class: str
    author: str
    author_role: str
    at: datetime
    recorded_at: datetime
    withdrawn_at: datetime | None
    withdrawal: str


class Answered(NamedTuple):
    """Somebody answered in a thread: the first of their answers there."""

    thread: int
    author: str
    at: datetime
    recorded_at: datetime


class SaidNo(NamedTuple):
    """The asker said of this answer that it did not solve it."""

    thread: int
    answer: int
    by: str
    recorded_at: datetime


class JoinedIn(NamedTuple):
    """ "I have this problem too" (`is_back`: taken back)."""

    person: str
    thread: int
    is_back: bool
    at: datetime
    recorded_at: datetime


class WasHelped(NamedTuple):
    """ "This solved it for me": one `Helped` row."""

    id: int
    person: str
    role: str
    thread: int
    answer: int
    author: str
    author_role: str
    at: datetime
    recorded_at: datetime


class FormOpened(NamedTuple):
    """A form stood before somebody: `surface` is "ask" or "ticket"; left without being sent while `sent_at` is None."""

    id: int
    person: str
    role: str
    surface: str
    experiment: int | None
    arm: str
    at: datetime
    recorded_at: datetime
    sent_at: datetime | None
    is_simulated: bool


class Suggested(NamedTuple):
    """What happened to one suggestion: `kind` as SuggestionEvent.Kind. `stops`: "stop here" was said, at `stops_at`."""

    id: int
    form: int
    thread: int
    kind: str
    role: str
    at: datetime
    recorded_at: datetime
    stops: bool | None
    stops_at: datetime | None


class Viewed(NamedTuple):
    """A solution stood on somebody's screen for ten seconds."""

    id: int
    person: str
    role: str
    thread: int
    at: datetime
    recorded_at: datetime
    is_simulated: bool


class Surveyed(NamedTuple):
    """A reader was drawn; perhaps shown the survey; perhaps answered."""

    id: int
    person: str
    role: str
    thread: int
    at: datetime
    recorded_at: datetime
    shown_at: datetime | None
    is_solved: bool | None
    instead: str
    answered_at: datetime | None
    answer_recorded_at: datetime | None
    is_simulated: bool


class Intended(NamedTuple):
    """What somebody would have done instead, in one tap (support.models.reuse.Instead)."""

    person: str
    thread: int
    instead: str
    recorded_at: datetime


class TicketOpened(NamedTuple):
    """A ticket of a person, however it came to be. Merged ones count once, split off ones not at all.

    `done_at`: it was resolved or closed first then (None: never yet). `unrelated` are the moments at which agents said
    that it is about something else (True) or took that back (False).
    """

    id: int
    person: str
    thread: int | None
    board: int | None
    channel: str
    at: datetime
    recorded_at: datetime
    done_at: datetime | None
    merged_into: int | None
    unrelated: tuple[tuple[datetime, bool], ...]
    is_simulated: bool


class Escalated(NamedTuple):
    """A thread became a ticket (`ticket`, 0 where nobody says which): for its requester, perhaps by another person.

    `by` is "" where it happened by itself.
    """

    thread: int
    requester: str
    by: str
    at: datetime
    recorded_at: datetime
    ticket: int = 0


class Contacted(NamedTuple):
    """A contact outside; `person` "" where it could be linked to nobody of ours."""

    person: str
    is_linkable: bool
    channel: str
    at: datetime
    recorded_at: datetime


class Standing(NamedTuple):
    """A service's, a test's or a made-up account ("service", "test", "simulated"), from and until."""

    person: str
    kind: str
    from_at: datetime
    until_at: datetime | None
    recorded_at: datetime


class Period(NamedTuple):
    """A board is supported (person ""), or a person entitled on it, from and until (None: without end).

    `recorded_at` is when that was entered and `gone_at` when it was changed or taken away (None: before everything
    else; never).
    """

    board: int
    person: str
    from_at: datetime
    until_at: datetime | None
    recorded_at: datetime | None = None
    gone_at: datetime | None = None


class KnownIssueOf(NamedTuple):
    """A thread was part of a known issue: reuse of it is staff's doing."""

    thread: int
    from_at: datetime
    until_at: datetime | None


@dataclass(slots=True)
class Facts:
    """All of it, in any order. For one person's ledger all facts of all their keys, and all facts of the threads in
    them, must be there; others may be."""

    aliases: list[Aliased] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    moved: list[Moved] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    copied: list[Copied] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    acceptances: list[Acceptance] = field(default_factory=list)
    answered: list[Answered] = field(default_factory=list)
    said_no: list[SaidNo] = field(default_factory=list)
    joined: list[JoinedIn] = field(default_factory=list)
    helped: list[WasHelped] = field(default_factory=list)
    forms: list[FormOpened] = field(default_factory=list)
    suggested: list[Suggested] = field(default_factory=list)
    viewed: list[Viewed] = field(default_factory=list)
    surveyed: list[Surveyed] = field(default_factory=list)
    intended: list[Intended] = field(default_factory=list)
    tickets: list[TicketOpened] = field(default_factory=list)
    escalated: list[Escalated] = field(default_factory=list)
    contacted: list[Contacted] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    supported: list[Period] = field(default_factory=list)
    entitled: list[Period] = field(default_factory=list)
    known_issues: list[KnownIssueOf] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the ledger: how a case stands from `as_of` on (support.models.DeflectionEntry)."""

    seq: int
    status: str
    reason: str
    person: str
    thread: int
    board: int
    definition: int
    known: str
    channel: str
    is_entitled: bool
    as_of: datetime


@dataclass(frozen=True, slots=True)
class Case:
    """One person, one thread, one piece of evidence, and its entries in order (support.models.DeflectionCase)."""

    kind: str
    source_id: int
    person: str
    thread: int
    at: datetime
    recorded_at: datetime
    is_simulated: bool
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Viewer:
    """An eligible viewer case (E_v), as it is counted when everything until the horizon is known."""

    person: str
    thread: int
    board: int
    at: datetime
    is_shown: bool
    is_answered: bool
    is_simulated: bool


@dataclass(frozen=True, slots=True)
class Assisted:
    """Reuse through a staff answer or a known issue: no case."""

    kind: str
    source_id: int
    person: str
    thread: int
    board: int
    at: datetime
    is_simulated: bool


@dataclass(frozen=True, slots=True)
class Folded:
    """What the facts recorded until `until` come to."""

    until: datetime
    cases: Sequence[Case]
    viewers: Sequence[Viewer]
    assisted: Sequence[Assisted]

    def by_source(self) -> Mapping[tuple[str, int], Case]:
        return {(each.kind, each.source_id): each for each in self.cases}
