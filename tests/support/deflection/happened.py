"""What people did, told in one line each, as the facts that the ledger is derived from.

Threads are numbers, people their keys. Everybody is a customer unless said otherwise; days are those of May.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from support.deflection import facts
from support.deflection.facts import Case, Definition, Entry, Facts, Folded
from support.deflection.fold import fold

FIRST = Definition(1, "def-1", datetime(2020, 1, 1, tzinfo=UTC))
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=each) for each in (1, 60, 3600, 86400))
A_MOMENT = timedelta(microseconds=1)
PEER = "u:900"
STAFF = "u:999"


def may(day: float) -> datetime:
    """Noon of that day in May; what lies beyond goes on into June."""
    return datetime(2026, 5, 1, 12, tzinfo=UTC) + timedelta(days=day - 1)


def visitor(number: int) -> str:
    return f"a:{number:064x}"


class Happened:
    """Facts as they come. Every method returns what later ones refer to."""

    def __init__(self) -> None:
        self.facts = Facts()
        self._ids = count(1)

    def asks(self, person: str, at: datetime, **other: Any) -> int:
        thread = other.pop("thread", None) or next(self._ids)
        said = other.pop("instead", "")
        row = {"board": 1, "kind": "question", "asker_role": "customer", "is_imported": False, **other}
        self.facts.asked.append(facts.Asked(thread=thread, asker=person, at=at, **row))
        if said:
            self.would(person, thread, said, at)
        return thread

    def would(self, person: str, thread: int, instead: str, at: datetime) -> None:
        self.facts.intended.append(facts.Intended(person, thread, instead, at))

    def accepts(self, person: str, thread: int, at: datetime, **other: Any) -> facts.Acceptance:
        """The asker accepts a peer's answer; `again`: what is accepted again with its snapshot."""
        id = next(self._ids)
        again: facts.Acceptance | None = other.pop("again", None)
        row: dict[str, Any] = {
            "answer": again.answer if again else 100_000 + id,
            "by_role": "customer",
            "by_asker": True,
            "resolution_class": "peer",
            "author": PEER,
            "author_role": "customer",
            "recorded_at": at,
            "withdrawn_at": None,
            "withdrawal": "",
            **other,
        }
        chain, began = (again.chain, again.at) if again else (id, at)
        accepted = facts.Acceptance(id=id, chain=chain, thread=thread, by=person, at=began, **row)
        self.facts.acceptances.append(accepted)
        return accepted

    def ends(self, accepted: facts.Acceptance, why: str, at: datetime) -> None:
        """The solution goes out of force."""
        place = next(i for i, each in enumerate(self.facts.acceptances) if each.id == accepted.id)
        self.facts.acceptances[place] = self.facts.acceptances[place]._replace(withdrawn_at=at, withdrawal=why)

    def hides(self, thread: int, at: datetime, answer: int | None = None) -> None:
        self.facts.hidden.append(facts.Hidden(thread, answer, False, at))

    def restores(self, thread: int, at: datetime, answer: int | None = None) -> None:
        self.facts.hidden.append(facts.Hidden(thread, answer, True, at))

    def merges(self, thread: int, into: int, at: datetime, until: datetime | None = None) -> None:
        self.facts.merged.append(facts.Merged(thread, into, at, until))

    def says_no(self, person: str, thread: int, answer: int, at: datetime) -> None:
        self.facts.said_no.append(facts.SaidNo(thread, answer, person, at))

    def joins(self, person: str, thread: int, at: datetime, *, is_back: bool = False) -> None:
        self.facts.joined.append(facts.JoinedIn(person, thread, is_back, at, at))

    def helped(self, person: str, thread: int, at: datetime, **other: Any) -> int:
        """ "This solved it for me", of the thread's latest solution unless another answer is named."""
        id = next(self._ids)
        solutions = [] if "answer" in other else [each for each in self.facts.acceptances if each.thread == thread]
        answer = solutions[-1].answer if solutions else 1
        row = {"role": "customer", "answer": answer, "author": PEER, "author_role": "customer", "recorded_at": at}
        self.facts.helped.append(facts.WasHelped(id=id, person=person, thread=thread, at=at, **{**row, **other}))
        return id

    def opens_form(self, person: str, at: datetime, **other: Any) -> int:
        id = next(self._ids)
        row = {
            "role": "customer",
            "surface": "ticket",
            "experiment": None,
            "arm": "",
            "recorded_at": at,
            "sent_at": None,
            "is_simulated": False,
        }
        self.facts.forms.append(facts.FormOpened(id=id, person=person, at=at, **{**row, **other}))
        return id

    def sends_form(self, form: int, at: datetime) -> None:
        place = next(i for i, each in enumerate(self.facts.forms) if each.id == form)
        self.facts.forms[place] = self.facts.forms[place]._replace(sent_at=at)

    def suggestion(self, form: int, thread: int, kind: str, at: datetime, **other: Any) -> int:
        id = next(self._ids)
        row = {"role": "customer", "recorded_at": at, "stops": None, "stops_at": None, **other}
        self.facts.suggested.append(facts.Suggested(id=id, form=form, thread=thread, kind=kind, at=at, **row))
        return id

    def stops(self, form: int, thread: int, at: datetime) -> int:
        """A suggestion was opened, and a minute later it had solved it: stop here."""
        self.suggestion(form, thread, "opened", at - MINUTE)
        return self.suggestion(form, thread, "solved", at, stops=True, stops_at=at)

    def views(self, person: str, thread: int, at: datetime, **other: Any) -> int:
        id = next(self._ids)
        row = {"role": "customer", "recorded_at": at, "is_simulated": False, **other}
        self.facts.viewed.append(facts.Viewed(id=id, person=person, thread=thread, at=at, **row))
        return id

    def survey(self, person: str, thread: int, at: datetime, answer: tuple[bool, str] | None = None, **o: Any) -> int:
        """A reader is shown the survey and, where there is an `answer`, gives it a minute later."""
        id = next(self._ids)
        row: dict[str, Any] = {"role": "customer", "recorded_at": at, "shown_at": at, "is_simulated": False}
        row |= {"is_solved": None, "instead": "", "answered_at": None, "answer_recorded_at": None}
        if answer:
            row |= {"is_solved": answer[0], "instead": answer[1]}
            row |= {"answered_at": at + MINUTE, "answer_recorded_at": at + MINUTE}
        self.facts.surveyed.append(facts.Surveyed(id=id, person=person, thread=thread, at=at, **{**row, **o}))
        return id

    def opens_ticket(self, person: str, at: datetime, **other: Any) -> int:
        id = next(self._ids)
        row = {
            "thread": None,
            "board": 1,
            "channel": "email",
            "recorded_at": at,
            "done_at": None,
            "merged_into": None,
            "unrelated": (),
            "is_simulated": False,
        }
        self.facts.tickets.append(facts.TicketOpened(id=id, person=person, at=at, **{**row, **other}))
        return id

    def escalates(self, thread: int, requester: str, at: datetime, by: str = STAFF, ticket: int = 0) -> None:
        self.facts.escalated.append(facts.Escalated(thread, requester, by, at, at, ticket))

    def calls(self, person: str, at: datetime, recorded_at: datetime | None = None) -> None:
        self.facts.contacted.append(facts.Contacted(person, bool(person), "phone", at, recorded_at or at))

    def is_also(self, key: str, person: str, at: datetime) -> None:
        self.facts.aliases.append(facts.Aliased(key, person, at))

    def stands(self, person: str, kind: str, at: datetime, recorded_at: datetime | None = None) -> None:
        self.facts.standings.append(facts.Standing(person, kind, at, None, recorded_at or at))


class Ledger:
    """What the facts come to, asked for by evidence."""

    def __init__(self, happened: Happened, until: datetime, definitions: Iterable[Definition] = (FIRST,)) -> None:
        self.folded: Folded = fold(happened.facts, tuple(definitions), until)
        self.cases: Mapping[tuple[str, int], Case] = self.folded.by_source()

    def case(self, kind: str, source: int | facts.Acceptance) -> Case:
        return self.cases[kind, source if isinstance(source, int) else source.id]

    def entry(self, kind: str, source: int | facts.Acceptance) -> Entry:
        return self.case(kind, source).entries[-1]

    def says(self, kind: str, source: int | facts.Acceptance) -> str:
        """ "credited", "pending", or the reason for which it is void; "none" where it is no case."""
        name = source if isinstance(source, int) else source.id
        if (kind, name) not in self.cases:
            return "none"
        entry = self.cases[kind, name].entries[-1]
        return entry.reason or entry.status

    def history(self, kind: str, source: int | facts.Acceptance) -> list[str]:
        return [each.reason or each.status for each in self.case(kind, source).entries]


def alone(happened: Happened) -> facts.Acceptance:
    """The plainest case there is: somebody asks on 2 May, and accepts a peer's answer on the 3rd."""
    thread = happened.asks("u:1", may(2))
    return happened.accepts("u:1", thread, may(3))
