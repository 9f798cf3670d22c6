"""One row that may be a case, looked at alone: what voids it, whose it is, whether they would have called.

What sets the four kinds apart is in `kinds.py`; that two rows are one case, `counting.py` says. Throughout `now` is the
moment until which facts are known, and `at` is t_e.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property
from typing import NamedTuple

from support.deflection import facts
from support.deflection.facts import Definition
from support.deflection.people import Person
from support.deflection.threads import Threads

CUSTOMER = "customer"
PEER = "peer"
ASKED_FOR_HELP = ("question", "problem")
#: What means "contact support", each a channel of its own.
CONTACTS = ("phone", "email", "chat")
#: The channel of whoever would have sent the ticket form.
FORM = "form"
#: A ticket form that somebody opened so shortly before says that they would have contacted support, by that form.
CAME_FROM = timedelta(minutes=30)
CONTACT, NO, UNKNOWN = "contact", "no", "unknown"
#: It is no customer's, or not about what is supported: whatever else happened, it is nothing that counts.
NEVER_COUNTED = (
    "staff_person",
    "bot",
    "test",
    "spam_or_deleted",
    "not_question",
    "unsupported_product",
    "answer_removed_or_flagged_wrong",
)


class State(NamedTuple):
    """How a case stands, looked at alone; `reason` is "" where nothing voids it."""

    reason: str
    person: str
    thread: int
    board: int
    known: str
    channel: str
    is_entitled: bool


class Evidence:
    """One row. `recorded_at` is when we learned of it: never before it happened."""

    kind = ""
    #: the form of F: whoever leaves a form leaves it once
    form_id = 0

    def __init__(
        self,
        person: Person,
        threads: Threads,
        definition: Definition,
        row: tuple[int, str, str, int, datetime, datetime],
        is_simulated: bool,
    ) -> None:
        self.owner = person
        self.threads = threads
        self.definition = definition
        self.id, self.key, self.role, self.thread, self.at, recorded_at = row
        self.recorded_at = max(self.at, recorded_at)
        #: t_e + N: until then, inclusive, no ticket
        self.ends_at = self.at + definition.no_ticket
        who = person.who(self.key, self.recorded_at)
        self.is_simulated = is_simulated or person.stands("simulated", who, self.at, self.recorded_at)

    @cached_property
    def families(self) -> frozenset[int]:
        """Of all threads it ever was about: only what is about one of the same may be the same."""
        return frozenset(self.threads.family(each) for each in self.threads_of())

    @cached_property
    def _contacts(self) -> list[facts.Contacted]:
        return self.owner.contacts_between(self.at, self.ends_at)

    @cached_property
    def _escalations(self) -> list[facts.Escalated]:
        return [each for each in self.owner.escalated if each.at <= self.ends_at and self.is_kin(each.thread)]

    @cached_property
    def _tickets(self) -> list[facts.TicketOpened]:
        return list(self._tickets_that_matter())

    def _tickets_that_matter(self) -> Iterator[facts.TicketOpened]:
        """Those that may void it, whatever comes to be known."""
        for each in self.owner.tickets.values():
            if each.at > self.ends_at:
                continue
            is_in_window = each.at > self.at
            was_open = each.done_at is None or each.done_at > self.at
            if is_in_window or was_open or (each.thread is not None and self.is_kin(each.thread)):
                yield each

    def is_kin(self, thread: int) -> bool:
        """Whether the thread may come to be the same one."""
        return self.threads.family(thread) in self.families

    # What the kinds say ----------------------------------------------------------------------------------------------
    def where(self, now: datetime) -> int:
        """The thread it is about, as it was recorded or taken along since."""
        return self.thread

    def use(self, now: datetime) -> str:
        """ "case", "assisted" (staff's doing), or "" where it confirms nothing."""
        raise NotImplementedError

    def threads_of(self) -> Iterable[int]:
        """All threads it ever was about."""
        return (self.thread,)

    def asked_in(self, now: datetime) -> int:
        """The thread that must be a customer's question."""
        return self.thread

    def is_theirs(self, person: str, thread: int, now: datetime) -> bool:
        """(d): they asked it, or answered it, themselves."""
        return False

    def taken_back(self, now: datetime) -> str:
        """The reason from `unaccepted` on that holds, or ""."""
        return ""

    def stated(self, person: str, thread: int, now: datetime) -> tuple[str, str]:
        """Whether they would have contacted support, and by which channel."""
        raise NotImplementedError

    def own_moments(self) -> Iterator[datetime]:
        """When something was learned that this kind hangs on."""
        return iter(())

    # What holds for all -----------------------------------------------------------------------------------------------
    def state(self, now: datetime, *, was_case: bool) -> State | None:
        """How it stands; None where it is no case. What was one once (`was_case`) stays one, void."""
        use = self.use(now)
        if use != "case" and not was_case:
            return None
        person = self.owner.who(self.key, now)
        thread = self.threads.canonical(self.where(now), now)
        if thread not in self.threads.asked:
            return None
        board = self.threads.board(thread, self.at)
        known, channel = self.stated(person, thread, now)
        return State(
            self._reason(person, thread, board, now, is_case=use == "case"),
            person,
            thread,
            board,
            known,
            channel,
            self.threads.is_entitled(person, board, self.at, now),
        )

    def _reason(self, person: str, thread: int, board: int, now: datetime, *, is_case: bool) -> str:
        return (
            self.never_counted(person, thread, board, now)
            or self._contacted(person, thread, now)
            or ("" if is_case else "unaccepted")
            or self.taken_back(now)
            or ("duplicate" if self.is_theirs(person, thread, now) else "")
        )

    def never_counted(self, person: str, thread: int, board: int, now: datetime) -> str:
        """The first reasons, which say that it is nothing to count."""
        asked = self.threads.asked[self.asked_in(now)]
        owner, threads, at = self.owner, self.threads, self.at
        if self.role != CUSTOMER or asked.asker_role != CUSTOMER:
            return "staff_person"
        if owner.stands("service", person, at, now) or owner.is_flood(person, at, now):
            return "bot"
        if owner.stands("test", person, at, now):
            return "test"
        if threads.is_hidden(self.where(now), now) or threads.is_hidden(thread, now):
            return "spam_or_deleted"
        if asked.kind not in ASKED_FOR_HELP:
            return "not_question"
        return "" if threads.is_supported(board, at, now) else "unsupported_product"

    def _contacted(self, person: str, thread: int, now: datetime) -> str:
        """ "escalated", "recontact", or ""."""
        who, canonical = self.owner.who, self.threads.canonical
        tickets = [
            each
            for each in self._tickets
            if each.recorded_at <= now and who(each.person, now) == person and not is_unrelated(each, now)
        ]
        for ticket in tickets:
            names_it = ticket.thread is not None and canonical(ticket.thread, now) == thread
            if names_it or (ticket.at <= self.at and (ticket.done_at is None or ticket.done_at > self.at)):
                return "escalated"
        for each in self._escalations:
            if (
                each.recorded_at <= now
                and person in (who(each.requester, now), who(each.by, now))
                and canonical(each.thread, now) == thread
                and not self._is_unrelated(each, now)
            ):
                return "escalated"
        if any(ticket.at > self.at for ticket in tickets):
            return "recontact"
        contacts = (each for each in self._contacts if each.recorded_at <= now)
        return "recontact" if any(who(each.person, now) == person for each in contacts) else ""

    def _is_unrelated(self, escalated: facts.Escalated, now: datetime) -> bool:
        ticket = self.owner.tickets.get(escalated.ticket)
        return ticket is not None and is_unrelated(ticket, now)

    # Intent -----------------------------------------------------------------------------------------------------------
    def said_before(self, person: str, thread: int, now: datetime) -> str:
        """What they tapped for the thread, first; "" where they did not."""
        for each in self.owner.intended:
            if each.recorded_at > now:
                break
            if (
                each.instead
                and self.owner.who(each.person, now) == person
                and self.threads.canonical(each.thread, now) == thread
            ):
                return each.instead
        return ""

    def came_from_ticket_form(self, person: str, at: datetime, now: datetime) -> bool:
        forms = self.owner.ticket_forms_between(at - CAME_FROM, at)
        return any(each.recorded_at <= now and self.owner.who(each.person, now) == person for each in forms)

    # When anything of it may change ----------------------------------------------------------------------------------
    def moments(self, until: datetime) -> list[datetime]:
        """Every moment at which it may stand otherwise than before, from its own recording on, in order."""
        found = {self.recorded_at, *self._moments()}
        return sorted(each for each in found if self.recorded_at <= each <= until)

    def _moments(self) -> Iterator[datetime]:
        owner, threads = self.owner, self.threads
        yield from owner.aliases.values()
        yield from (each.recorded_at for each in owner.standings)
        yield from owner.flood_known(self.key, self.at)
        yield from threads.changes(self.thread)
        for ticket in self._tickets:
            yield ticket.recorded_at
            yield from (at for at, _is_so in ticket.unrelated)
            if ticket.thread is not None:
                yield from threads.merges(ticket.thread)
        for contact in self._contacts:
            yield contact.recorded_at
        for escalated in self._escalations:
            yield escalated.recorded_at
            yield from threads.merges(escalated.thread)
            if (own := owner.tickets.get(escalated.ticket)) is not None:
                yield from (at for at, _is_so in own.unrelated)
        for intended in owner.intended:
            if self.is_kin(intended.thread):
                yield intended.recorded_at
                yield from threads.merges(intended.thread)
        for thread in threads.onward(self.thread):
            if thread in threads.asked:
                board = threads.board(thread, self.at)
                for key in {self.key, owner.account}:
                    yield from threads.entered(board, key)
        yield from self.own_moments()


def is_unrelated(ticket: facts.TicketOpened, now: datetime) -> bool:
    """Whether the last word of staff, as far as it is known, is that the ticket is about something else."""
    said = [each for each in ticket.unrelated if each[0] <= now]
    return bool(said) and max(said)[1]


def answered_by(instead: str) -> tuple[str, str]:
    """What an answer means: contact support (by which channel), or not."""
    return (CONTACT, instead) if instead in CONTACTS else (NO, "")
