"""From the tables where facts live to the plain rows that cases are derived from (support/deflection/facts.py).

What is read never changes once it was recorded, or says when it did: so a ledger that is derived again tomorrow finds
today's facts as they are. Where a table keeps only how things stand, the acts are read instead: who joined and who was
helped from the events, when an issue was fixed and opened again from what was said about it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Exists, Min, Model, OuterRef, Q, QuerySet, Subquery

from community.models import (
    FormSession,
    KnownIssueThread,
    KnownIssueUpdate,
    Merge,
    MovedAnswer,
    PersonAlias,
    Regrouping,
    Solution,
    SuggestionEvent,
    Thread,
    ThreadEvent,
)
from community.models.solutions import Withdrawal
from support.deflection import facts as f
from support.models import (
    Channel,
    Entitlement,
    Escalation,
    Intent,
    OutsideContact,
    PersonStanding,
    RightsChange,
    Status,
    SupportPeriod,
    Survey,
    Ticket,
    TicketEvent,
    TicketRegrouping,
    View,
)
from support.models.contacts import ContactChannel

Event = ThreadEvent.Kind
What = RightsChange.What
_Row = TypeVar("_Row", bound=Model)
#: Rows that travel at once.
_BATCH = 5000
#: An agent's word that a ticket is about something else, and the word that takes it back.
UNRELATED = (TicketEvent.Kind.UNRELATED, TicketEvent.Kind.RELATED)
#: By which door a ticket came, as costs and contacts outside call it.
CHANNELS = {
    Channel.FORM: ContactChannel.FORM,
    Channel.MAIL: ContactChannel.EMAIL,
    Channel.THREAD: ContactChannel.FORM,
    Channel.STAFF: ContactChannel.OTHER,
}


@dataclass(frozen=True)
class Scope:
    """Whose facts: these keys, the accounts among them, and every thread that their facts are about."""

    keys: list[str]
    people: list[int]
    threads: list[int]


def key_of(person_id: int | None) -> str:
    return f"u:{person_id}" if person_id else ""


def load(persons: Collection[str] | None = None) -> f.Facts:
    """All facts of these persons (with every key of theirs) and of all threads in them; None: of everybody.

    What belongs to others may be among them: whoever derives asks only for the cases of `persons`.
    """
    scope = None if persons is None else _scope(set(persons))
    facts = f.Facts()
    _load_people(facts, scope)
    _load_threads(facts, scope)
    _load_reuse(facts, scope)
    _load_contacts(facts, scope)
    _load_rights(facts, scope)
    return facts


# Who and what ---------------------------------------------------------------------------------------------------------
def closure(keys: Collection[str]) -> set[str]:
    """These keys, and every other key of the persons behind them."""
    owners = set(PersonAlias.objects.filter(visitor_key__in=keys).values_list("person_id", flat=True))
    owners |= set(_ids(keys))
    visitors = PersonAlias.objects.filter(person__in=owners).values_list("visitor_key", flat=True)
    return {*keys, *visitors, *map(key_of, owners)}


def _ids(keys: Iterable[str]) -> list[int]:
    return [int(key[2:]) for key in keys if key.startswith("u:")]


def _scope(persons: set[str]) -> Scope:
    keys = sorted(closure(persons))
    people = sorted(_ids(keys))
    own = [
        Thread.objects.filter(asker__in=people).values_list("pk"),
        ThreadEvent.objects.filter(actor__in=people, kind__in=(Event.ME_TOO, Event.HELPED)).values_list("thread_id"),
        ThreadEvent.objects.filter(
            Exists(Merge.objects.filter(thread=OuterRef("thread_id"))), actor__in=people, kind=Event.ANSWERED
        ).values_list("thread_id"),
        SuggestionEvent.objects.filter(session__person_key__in=keys).values_list("thread_id"),
        View.objects.filter(person_key__in=keys).values_list("thread_id"),
        Survey.objects.filter(person_key__in=keys).values_list("thread_id"),
        Intent.objects.filter(person_key__in=keys).values_list("thread_id"),
        Ticket.objects.filter(requester__in=people, thread__isnull=False).values_list("thread_id"),
    ]
    threads = {pk for rows in own for (pk,) in rows.order_by().distinct()}
    return Scope(keys, people, sorted(_with_originals(threads)))


def _with_originals(threads: set[int]) -> set[int]:
    """Also the questions they were ever merged into, and those that answers came from or went to."""
    fresh, known = set(threads), set(threads)
    while fresh:
        above = set(Merge.objects.filter(thread__in=fresh).values_list("original_id", flat=True))
        above |= set(Regrouping.objects.filter(target__in=fresh).values_list("thread_id", flat=True))
        above |= set(Regrouping.objects.filter(thread__in=fresh).values_list("target_id", flat=True))
        fresh = above - known
        known |= fresh
    return known


def _of(rows: QuerySet[_Row], **within: Collection[Any] | None) -> QuerySet[_Row]:
    """Those rows that are within what is asked for; None: all."""
    return rows.order_by().filter(**{f"{name}__in": wanted for name, wanted in within.items() if wanted is not None})


def _rows(rows: QuerySet[Any], *columns: Any) -> Iterator[tuple[Any, ...]]:
    return iter(rows.values_list(*columns).iterator(chunk_size=_BATCH))


# People ---------------------------------------------------------------------------------------------------------------
def _load_people(facts: f.Facts, scope: Scope | None) -> None:
    keys, people = (scope.keys, scope.people) if scope else (None, None)
    aliases = _of(PersonAlias.objects.all(), visitor_key=keys)
    facts.aliases = [
        f.Aliased(visitor, key_of(person), at)
        for visitor, person, at in _rows(aliases, "visitor_key", "person_id", "recorded_at")
    ]
    standings = _of(PersonStanding.objects.all(), person=people)
    facts.standings = [
        f.Standing(key_of(person), *rest)
        for person, *rest in _rows(standings, "person_id", "kind", "from_at", "until_at", "recorded_at")
    ]


# Threads --------------------------------------------------------------------------------------------------------------
def _load_threads(facts: f.Facts, scope: Scope | None) -> None:
    threads = scope.threads if scope else None
    asked = _of(Thread.objects.all(), pk=threads)
    facts.asked = [
        f.Asked(pk, board, kind, key_of(asker), role, at, imported)
        for pk, board, kind, asker, role, at, imported in _rows(
            asked, "pk", "board_id", "kind", "asker_id", "asker_role", "asked_at", "is_imported"
        )
    ]
    _load_moves(facts, _of(ThreadEvent.objects.all(), thread=threads))
    facts.merged = [
        f.Merged(*row)
        for row in _rows(_of(Merge.objects.all(), thread=threads), "thread_id", "original_id", "merged_at", "undone_at")
    ]
    moved = _of(MovedAnswer.objects.filter(copy__isnull=False), regrouping__thread=threads)
    facts.copied = [f.Copied(*row) for row in _rows(moved, "original_id", "copy_id")]
    facts.acceptances = list(_acceptances(_of(Solution.objects.all(), thread=threads)))
    facts.known_issues = list(_known_issues(_of(KnownIssueThread.objects.all(), thread=threads)))


def _load_moves(facts: f.Facts, events: QuerySet[ThreadEvent]) -> None:
    """Where it stood, whether it was in sight, and that an answer did not solve it."""
    moved = events.filter(kind=Event.MOVED, from_board__isnull=False)
    facts.moved = [f.Moved(*row) for row in _rows(moved, "thread_id", "from_board_id", "recorded_at")]
    hidden = events.filter(kind__in=(Event.HIDDEN, Event.RESTORED))
    facts.hidden = [
        f.Hidden(thread, answer, kind == Event.RESTORED, at)
        for thread, answer, kind, at in _rows(hidden, "thread_id", "answer_id", "kind", "recorded_at")
    ]
    said_no = events.filter(kind=Event.NOT_SOLVED, actor__isnull=False, answer__isnull=False)
    facts.said_no = [
        f.SaidNo(thread, answer, key_of(actor), at)
        for thread, answer, actor, at in _rows(said_no, "thread_id", "answer_id", "actor_id", "recorded_at")
    ]


_SOLUTION = (
    *("pk", "thread_id", "answer_id", "accepted_by_id", "accepted_by_role", "accepted_by_asker", "resolution_class"),
    *("answer__author_id", "answer_author_role", "accepted_at", "recorded_at", "withdrawn_at", "withdrawal"),
)


def _acceptances(solutions: QuerySet[Solution]) -> Iterator[f.Acceptance]:
    """Each solution with the one its acceptance began with: what was out of force and came back is the same one.

    It comes back with the moment and the person of the first; where its answer moved to another question, there.
    """
    stood = {copy: original for original, copy in _moved_answers()}
    last: dict[tuple[int, datetime, int | None], int] = {}
    found: dict[int, f.Acceptance] = {}
    for row in solutions.order_by("pk").values_list(*_SOLUTION).iterator(chunk_size=_BATCH):
        pk, thread, answer, by, role, by_asker, outcome, author, author_role, at, recorded, ended, why = row
        known = (_first(answer, stood), at, by)
        before = last.get(known)
        chain = pk
        if before is not None:
            earlier = found[before]
            if earlier.withdrawal in (Withdrawal.HIDDEN, Withdrawal.MERGED) or earlier.thread != thread:
                chain = earlier.chain
                # what ends at the original is noted at the duplicate too, when they part: there it had been merged
                if earlier.withdrawal == Withdrawal.TAKEN_BACK and earlier.thread != thread:
                    found[earlier.id] = earlier._replace(withdrawal=Withdrawal.MERGED)
        last[known] = pk
        found[pk] = f.Acceptance(
            *(pk, chain, thread, answer, key_of(by), role, by_asker, outcome, key_of(author), author_role),
            *(at, recorded, ended, why),
        )
    yield from found.values()


def _moved_answers() -> Iterator[tuple[int, int]]:
    """(where it stood, where it stands), of those that were ever accepted; they are few."""
    solved = Solution.objects.filter(answer=OuterRef("copy"))
    rows = MovedAnswer.objects.filter(Exists(solved)).values_list("original_id", "copy_id")
    return ((original, copy) for original, copy in rows if copy is not None)


def _first(answer: int, stood: dict[int, int]) -> int:
    seen = {answer}
    while (before := stood.get(answer)) is not None and before not in seen:
        seen.add(before)
        answer = before
    return answer


def _known_issues(links: QuerySet[KnownIssueThread]) -> Iterator[f.KnownIssueOf]:
    """While a question was part of an issue that was neither fixed nor taken back."""
    issues: dict[int, list[tuple[datetime, datetime | None]]] = {}
    rows = list(links.values_list("thread_id", "issue_id", "linked_at", "unlinked_at", "issue__withdrawn_at"))
    said = KnownIssueUpdate.objects.filter(issue__in={row[1] for row in rows}).order_by("pk")
    fixes: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    for issue, at, is_fix in said.values_list("issue_id", "said_at", "is_fix"):
        fixes[issue].append((at, is_fix))
    for thread, issue, since, until, withdrawn in rows:
        if issue not in issues:
            issues[issue] = list(_while_not_fixed(fixes[issue]))
        ends = [each for each in (until, withdrawn) if each is not None]
        for begins, fixed in issues[issue]:
            end = min([*ends, *([fixed] if fixed else [])], default=None)
            start = max(since, begins)
            if end is None or end > start:
                yield f.KnownIssueOf(thread, start, end)


_EVER = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


def _while_not_fixed(said: Iterable[tuple[datetime, bool]]) -> Iterator[tuple[datetime, datetime | None]]:
    """Fixed from one word on, until another follows: that one says that it was not."""
    begins: datetime | None = _EVER
    for at, is_fix in said:
        if is_fix and begins is not None:
            yield begins, at
            begins = None
        elif not is_fix and begins is None:
            begins = at
    if begins is not None:
        yield begins, None


# Reuse ----------------------------------------------------------------------------------------------------------------
def _load_reuse(facts: f.Facts, scope: Scope | None) -> None:
    keys, people = (scope.keys, scope.people) if scope else (None, None)
    acts = _of(ThreadEvent.objects.filter(actor__isnull=False), actor=people)
    joined = acts.filter(kind__in=(Event.ME_TOO, Event.ME_TOO_WITHDRAWN))
    facts.joined = [
        f.JoinedIn(key_of(actor), thread, kind == Event.ME_TOO_WITHDRAWN, at, recorded)
        for actor, thread, kind, at, recorded in _rows(
            joined, "actor_id", "thread_id", "kind", "occurred_at", "recorded_at"
        )
    ]
    answered = acts.filter(kind=Event.ANSWERED).values("thread_id", "actor_id")
    facts.answered = [
        f.Answered(thread, key_of(actor), at, recorded)
        for thread, actor, at, recorded in _rows(
            answered.annotate(at=Min("occurred_at"), learned=Min("recorded_at")),
            *("thread_id", "actor_id", "at", "learned"),
        )
    ]
    helped = acts.filter(kind=Event.HELPED, answer__isnull=False)
    facts.helped = [
        f.WasHelped(pk, key_of(actor), role, thread, answer, key_of(author), author_role, at, recorded)
        for pk, actor, role, thread, answer, author, author_role, at, recorded in _rows(
            helped,
            *("pk", "actor_id", "actor_role", "thread_id", "answer_id", "answer__author_id", "answer__author_role"),
            *("occurred_at", "recorded_at"),
        )
    ]
    _load_forms(facts, keys)
    _load_readers(facts, keys)


def _load_forms(facts: f.Facts, keys: Collection[str] | None) -> None:
    facts.forms = [
        f.FormOpened(*row)
        for row in _rows(
            _of(FormSession.objects.all(), person_key=keys),
            *("pk", "person_key", "role", "surface", "experiment_id", "arm", "opened_at", "recorded_at"),
            *("submitted_at", "is_simulated"),
        )
    ]
    facts.suggested = [
        f.Suggested(*row)
        for row in _rows(
            _of(SuggestionEvent.objects.all(), session__person_key=keys),
            *("pk", "session_id", "thread_id", "kind", "role", "occurred_at", "recorded_at", "stops", "stops_at"),
        )
    ]


def _load_readers(facts: f.Facts, keys: Collection[str] | None) -> None:
    facts.viewed = [
        f.Viewed(*row)
        for row in _rows(
            _of(View.objects.all(), person_key=keys),
            *("pk", "person_key", "role", "thread_id", "occurred_at", "recorded_at", "is_simulated"),
        )
    ]
    facts.surveyed = [
        f.Surveyed(*row)
        for row in _rows(
            _of(Survey.objects.all(), person_key=keys),
            *("pk", "person_key", "role", "thread_id", "occurred_at", "recorded_at", "shown_at", "is_solved"),
            *("instead", "answered_at", "answer_recorded_at", "is_simulated"),
        )
    ]
    answered = Intent.objects.filter(answer_recorded_at__isnull=False)
    facts.intended = [
        f.Intended(*row)
        for row in _rows(_of(answered, person_key=keys), "person_key", "thread_id", "instead", "answer_recorded_at")
    ]


# Contacts -------------------------------------------------------------------------------------------------------------
def _load_contacts(facts: f.Facts, scope: Scope | None) -> None:
    people, threads = (scope.people, scope.threads) if scope else (None, None)
    split_off = TicketRegrouping.objects.filter(kind=TicketRegrouping.Kind.SPLIT, target=OuterRef("pk"))
    tickets = _of(Ticket.objects.exclude(Exists(split_off)), requester=people)
    facts.tickets = list(_tickets(tickets, people))
    escalations = Escalation.objects.order_by()
    if scope is not None:
        escalations = escalations.filter(Q(thread__in=threads) | Q(ticket__requester__in=people))
    facts.escalated = [
        f.Escalated(thread, key_of(requester), key_of(by), at, at, ticket)
        for thread, requester, by, at, ticket in _rows(
            escalations, "thread_id", "ticket__requester_id", "escalated_by_id", "escalated_at", "ticket_id"
        )
    ]
    contacts = _of(OutsideContact.objects.all(), person_key=scope.keys if scope else None)
    facts.contacted = [
        f.Contacted(person, bool(person_hash), channel, at, recorded)
        for person, person_hash, channel, at, recorded in _rows(
            contacts, "person_key", "person_hash", "channel", "occurred_at", "recorded_at"
        )
    ]


def _tickets(tickets: QuerySet[Ticket], people: Collection[int] | None) -> Iterator[f.TicketOpened]:
    said = _of(TicketEvent.objects.all(), ticket__requester=people)
    done: dict[int, datetime] = {}
    for ticket, at in _rows(
        said.filter(kind__in=(TicketEvent.Kind.RESOLVED, TicketEvent.Kind.CLOSED)), "ticket_id", "recorded_at"
    ):
        done[ticket] = min(at, done.get(ticket, at))
    unrelated: dict[int, list[tuple[datetime, bool]]] = defaultdict(list)
    for ticket, kind, at in _rows(said.filter(kind__in=UNRELATED), "ticket_id", "kind", "recorded_at"):
        unrelated[ticket].append((at, kind == TicketEvent.Kind.UNRELATED))
    opened = TicketEvent.objects.filter(ticket=OuterRef("pk"), kind=TicketEvent.Kind.OPENED)
    columns = ("pk", "requester_id", "thread_id", "board_id", "channel", "opened_at", "resolved_at", "closed_at")
    rows = tickets.annotate(learned=Subquery(opened.values("recorded_at")[:1]))
    for pk, requester, thread, board, channel, at, resolved, closed, status, into, simulated, learned in _rows(
        rows, *columns, "status", "merged_into_id", "is_simulated", "learned"
    ):
        # what was brought in already done has no such event
        if pk not in done and status in (Status.RESOLVED, Status.CLOSED):
            done[pk] = resolved or closed
        yield f.TicketOpened(
            *(pk, key_of(requester), thread, board, CHANNELS[channel], at, learned or at, done.get(pk), into),
            *(tuple(sorted(unrelated[pk])), simulated),
        )


# Rights ---------------------------------------------------------------------------------------------------------------
def _load_rights(facts: f.Facts, scope: Scope | None) -> None:
    """On every board: whether anybody is named there decides about those who are not."""
    known: dict[tuple[str, int], list[RightsChange]] = defaultdict(list)
    for change in RightsChange.objects.order_by("pk"):
        known[change.what, change.row_id].append(change)
    facts.supported = [
        f.Period(board, "", starts, ends)
        for pk, board, starts, ends in _rows(SupportPeriod.objects.order_by(), "pk", "board_id", "starts_at", "ends_at")
        if (What.PERIOD, pk) not in known
    ]
    facts.entitled = [
        f.Period(board, key_of(person), starts, ends)
        for pk, board, person, starts, ends in _rows(
            Entitlement.objects.order_by(), "pk", "board_id", "person_id", "starts_at", "ends_at"
        )
        if (What.ENTITLEMENT, pk) not in known
    ]
    for (what, _row), changes in known.items():
        rows = facts.supported if what == What.PERIOD else facts.entitled
        for change, after in zip(changes, [*changes[1:], None], strict=True):
            moments = (change.starts_at, change.ends_at, change.recorded_at, after.recorded_at if after else None)
            rows.append(f.Period(change.board_id, change.person_key, *moments))
