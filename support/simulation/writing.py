"""Writes a made-up community into the tables where facts live, many rows at once; never a row of the ledger.

What is written is what the actions would have left (tests/support/simulation/ holds the two against each other). Rows
are numbered after those that are there, so nobody else may write meanwhile.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django.db import connection, transaction

from community.actions.counters import recount_answers, recount_threads
from community.models import (
    Answer,
    Board,
    FormSession,
)
from support.models import (
    ContactImport,
    Escalation,
    OutsideContact,
    Queue,
    Ticket,
    TicketEvent,
)
from support.simulation.copying import copy
from support.simulation.world import AGENT, CUSTOMER
from support.simulation.writing_reuse import ReuseWriter
from support.simulation.writing_threads import ThreadsWriter

#: By which door tickets come, as the tickets call it.
DOORS = {"form": "form", "email": "mail", "thread": "thread"}
TICKET_EVENT = ("ticket_id", "kind", "actor_id", "actor_role", "status", "priority", "occurred_at", "recorded_at")


class Writer(ThreadsWriter, ReuseWriter):
    """One world, once. `write` returns how many facts it wrote."""

    @transaction.atomic
    def write(self) -> int:
        self._people()
        self._boards()
        self._threads()
        self._reuse()
        self._experiment()
        self._forms()
        self._readers()
        self._prompts()
        self._tickets()
        self._contacts()
        numbers = [self.thread(each.thread) for each in self.facts.asked]
        recount_threads(numbers)
        recount_answers([self.number(Answer, each.answer) for each in self.facts.helped])
        return self.world.count()

    # Contacts --------------------------------------------------------------------------------------------------------
    def _tickets(self) -> None:
        queue = Queue.objects.get(is_default=True).pk
        forms = {ticket: form for form, ticket in self.world.form_tickets.items()}
        copy(
            Ticket,
            (
                "id", "subject", "requester_id", "queue_id", "board_id", "thread_id", "channel", "form_session_id",
                "status", "is_simulated", "opened_at", "resolved_at", "last_activity_at",
            ),
            (
                (
                    self.number(Ticket, t.id), self.subject_of(t.id), self.person_id(t.person), queue,
                    t.board and self.number(Board, t.board), t.thread and self.thread(t.thread), DOORS[t.channel],
                    self.number(FormSession, forms[t.id]) if t.id in forms else None,
                    "resolved" if t.done_at else "new", t.is_simulated, t.at, t.done_at, t.done_at or t.at,
                )
                for t in self.facts.tickets
            ),
        )  # fmt: skip
        copy(TicketEvent, TICKET_EVENT, self._ticket_events())
        named = {t.id: t for t in self.facts.tickets}
        copy(
            Escalation,
            (
                "thread_id", "ticket_id", "way", "reason", "escalated_by_id", "role", "escalated_at", "ended_at",
                "ended_how", "is_simulated",
            ),
            (
                (
                    self.thread(e.thread), self.number(Ticket, e.ticket), "staff", "unsolved",
                    self.person_id(e.by), AGENT, e.at, named[e.ticket].done_at,
                    "resolved" if named[e.ticket].done_at else "", True,
                )
                for e in self.facts.escalated
            ),
        )  # fmt: skip

    def _ticket_events(self) -> Iterator[tuple[Any, ...]]:
        agent = self.agent_id()
        for t in self.facts.tickets:
            ticket, who = self.number(Ticket, t.id), self.person_id(t.person)
            yield (ticket, TicketEvent.Kind.OPENED, who, CUSTOMER, "new", "normal", t.at, t.recorded_at)
            for at, _is_unrelated in t.unrelated:
                yield (ticket, TicketEvent.Kind.UNRELATED, agent, "agent", "new", "normal", at, at)
            if t.done_at is not None:
                yield (ticket, TicketEvent.Kind.RESOLVED, agent, "agent", "resolved", "normal", t.done_at, t.done_at)

    def _contacts(self) -> None:
        if not self.facts.contacted:
            return
        brought = ContactImport.objects.create(
            source="made up", brought_at=self.world.end, new=len(self.facts.contacted)
        )
        copy(
            OutsideContact,
            (
                "brought_id", "source", "external_id", "channel", "person_hash", "person_key", "is_simulated",
                "occurred_at", "recorded_at",
            ),
            (
                (
                    brought.pk, "made up", f"{brought.pk}-{place}", c.channel,
                    sha256(f"{c.person}{place}".encode()).hexdigest() if c.is_linkable else "",
                    self.person(c.person) if c.person else "", True, c.at, c.recorded_at,
                )
                for place, c in enumerate(self.facts.contacted)
            ),
        )  # fmt: skip


def analyze() -> None:
    """Let the database count what it has, so that it plans well."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
