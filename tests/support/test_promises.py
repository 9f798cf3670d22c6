"""What customers are promised: when it runs, rests, is met, broken and dropped, and how the ticket tells of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction

from community import clock
from community.integrity import violations
from support.actions.promises import keep, keep_all, tell_due
from support.actions.record import record_ticket_event
from support.integrity import INVARIANTS
from support.models import (
    Channel,
    ClosedDay,
    Priority,
    Queue,
    SlaClock,
    SlaPolicy,
    SlaTarget,
    Status,
    Ticket,
    TicketEvent,
)
from tests.factories import person

pytestmark = pytest.mark.django_db
Kind = TicketEvent.Kind

DUE = "A ticket is due when the first of its running promises is"
#: A Monday, the desk (nine to five) is open; promised are 4 h, 8 h and 40 h.
MONDAY = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of June 2026; the 1st, 8th and 15th are Mondays."""
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


@contextmanager
def locked(ticket: Ticket, moment: datetime) -> Iterator[Ticket]:
    """What an action does: it holds the ticket, changes it, and lets its promises be kept."""
    with clock.at(moment), transaction.atomic():
        held = Ticket.objects.select_for_update(no_key=True).get(pk=ticket.pk)
        yield held
        keep(ticket=held)
    ticket.refresh_from_db()


def opened(moment: datetime = MONDAY, **fields: Any) -> Ticket:
    fields = {"queue": Queue.objects.get(is_default=True), "channel": Channel.FORM, "subject": "Red light"} | fields
    with clock.at(moment), transaction.atomic():
        made = Ticket.objects.create(requester=person(), customer_waits_since=moment, opened_at=moment, **fields)
        record_ticket_event(Kind.OPENED, actor=made.requester, ticket=made)
        keep(ticket=made)
    return made


def happens(ticket: Ticket, moment: datetime, kind: TicketEvent.Kind, **changes: Any) -> None:
    with locked(ticket, moment) as held:
        record_ticket_event(kind, actor=None, ticket=held, **changes)


def replied(ticket: Ticket, moment: datetime, status: Status = Status.WAITING) -> None:
    first = ticket.first_replied_at or moment
    happens(ticket, moment, Kind.REPLIED, customer_waits_since=None, first_replied_at=first, status=status)


def wrote(ticket: Ticket, moment: datetime) -> None:
    happens(ticket, moment, Kind.WROTE, customer_waits_since=moment, status=Status.OPEN)


def resolved(ticket: Ticket, moment: datetime) -> None:
    happens(ticket, moment, Kind.RESOLVED, status=Status.RESOLVED, resolved_at=moment)


def of(ticket: Ticket, kind: str) -> SlaClock:
    return SlaClock.objects.get(ticket=ticket, kind=kind)


def told(ticket: Ticket) -> list[tuple[str, str]]:
    events = ticket.events.filter(kind__in=[Kind.WARNED, Kind.BREACHED]).order_by("id")
    return list(events.values_list("kind", "promise"))


def turn(moment: datetime) -> int:
    """One turn of the worker."""
    with clock.at(moment):
        return tell_due()


def test_a_new_ticket_is_promised_a_first_reply_and_a_solution() -> None:
    ticket = opened()
    assert ticket.due_at == at(1, 14)
    assert of(ticket, "first_reply").due_at == at(1, 14)
    assert of(ticket, "solution").due_at == at(8, 10)


def test_what_comes_at_night_is_promised_from_the_morning_on() -> None:
    assert opened(at(5, 23)).due_at == at(8, 13)


def test_a_reply_meets_the_promise_and_everything_rests_while_we_wait() -> None:
    ticket = opened()
    replied(ticket, at(1, 12))
    assert of(ticket, "first_reply").met_at == at(1, 12)
    assert of(ticket, "solution").used == 2 * 3600
    assert ticket.due_at is None


def test_a_customer_who_writes_again_is_promised_the_next_reply_and_the_solution_runs_on() -> None:
    ticket = opened()
    replied(ticket, at(1, 12))
    wrote(ticket, at(3, 16))
    assert ticket.due_at == of(ticket, "next_reply").due_at == at(4, 16)
    # two of forty hours are used, one more today, and four days of eight
    assert of(ticket, "solution").due_at == at(10, 14)
    replied(ticket, at(4, 9))
    assert of(ticket, "next_reply").met_at == at(4, 9)


def test_writing_twice_does_not_move_what_was_promised() -> None:
    ticket = opened()
    wrote(ticket, at(1, 11))
    assert ticket.due_at == at(1, 14)
    replied(ticket, at(1, 12))
    wrote(ticket, at(1, 13))
    due = ticket.due_at
    wrote(ticket, at(1, 15))
    assert ticket.due_at == due


def test_on_hold_the_solution_rests_but_a_customer_who_waits_is_not_put_off() -> None:
    ticket = opened()
    happens(ticket, at(1, 11), Kind.HELD, status=Status.ON_HOLD, held_until=at(9, 9))
    assert ticket.due_at == at(1, 14)
    assert of(ticket, "solution").due_at is None


def test_resolving_meets_the_solution_and_reopening_takes_it_up_where_it_stood() -> None:
    ticket = opened()
    replied(ticket, at(1, 12), Status.OPEN)
    resolved(ticket, at(1, 15))
    assert of(ticket, "solution").met_at == at(1, 15) and ticket.due_at is None
    happens(ticket, at(3, 9), Kind.REOPENED, status=Status.OPEN, resolved_at=None, customer_waits_since=at(3, 9))
    again = of(ticket, "solution")
    assert (again.met_at, again.used, again.began_at) == (None, 5 * 3600, MONDAY)
    # three of forty hours are left for the next Tuesday: five were used on Monday, 32 are on four days
    assert again.due_at == at(9, 12)


def test_needs_no_reply_drops_what_nobody_waits_for() -> None:
    ticket = opened()
    happens(ticket, at(1, 11), Kind.NO_REPLY, customer_waits_since=None)
    first = of(ticket, "first_reply")
    assert first.dropped_at == at(1, 11) and first.met_at is None
    wrote(ticket, at(2, 9))
    assert ticket.due_at == at(2, 13)


def test_closed_without_a_word_breaks_nothing_and_an_undone_merge_goes_on() -> None:
    ticket, other = opened(), opened()
    happens(
        ticket,
        at(1, 11),
        Kind.MERGED,
        status=Status.CLOSED,
        resolved_at=at(1, 11),
        closed_at=at(1, 11),
        merged_into=other,
    )
    assert ticket.due_at is None and of(ticket, "solution").dropped_at == at(1, 11)
    happens(ticket, at(1, 12), Kind.UNMERGED, status=Status.NEW, resolved_at=None, closed_at=None, merged_into=None)
    assert of(ticket, "first_reply").due_at == ticket.due_at == at(1, 15)


def test_somebody_is_warned_once_and_told_once_that_it_was_broken() -> None:
    ticket = opened()
    assert turn(at(1, 12)) == 0
    assert turn(at(1, 13)) == 1 and turn(at(1, 13, 30)) == 0
    assert turn(at(1, 14)) == 1 and turn(at(1, 15)) == 0
    assert told(ticket) == [("warned", "first_reply"), ("breached", "first_reply")]
    assert of(ticket, "first_reply").breached_at == at(1, 14)
    ticket.refresh_from_db()
    assert ticket.last_activity_at == MONDAY, "what a clock says is nobody's activity"
    replied(ticket, at(1, 16))
    late = of(ticket, "first_reply")
    assert (late.met_at, late.breached_at) == (at(1, 16), at(1, 14))


def test_a_promise_that_ran_out_while_no_worker_ran_is_broken_all_the_same() -> None:
    ticket = opened()
    replied(ticket, at(1, 15))
    assert told(ticket) == [("breached", "first_reply")]


def test_another_priority_and_another_queue_promise_something_else() -> None:
    policy = SlaPolicy.objects.get()
    SlaTarget.objects.create(policy=policy, priority=Priority.URGENT, first_reply=60, solution=None)
    ticket = opened()
    happens(ticket, at(1, 11), Kind.PRIORITISED, priority=Priority.URGENT)
    assert ticket.due_at == at(1, 11)
    assert of(ticket, "solution").dropped_at == at(1, 11)
    happens(ticket, at(1, 11), Kind.PRIORITISED, priority=Priority.LOW)
    assert ticket.due_at == at(1, 14), "a priority without promises of its own is promised what normal ones are"
    happens(ticket, at(1, 12), Kind.MOVED, queue_id=Queue.objects.create(name="No promise").pk)
    assert ticket.due_at is None


def test_doing_it_again_changes_nothing() -> None:
    ticket = opened()
    before = list(SlaClock.objects.order_by("id").values())
    for minute in range(3):
        with locked(ticket, at(1, 11, minute)):
            pass
    assert list(SlaClock.objects.order_by("id").values()) == before


def test_keeping_promises_costs_few_statements(django_assert_num_queries) -> None:
    ticket = opened()
    with locked(ticket, at(1, 11)) as held, django_assert_num_queries(2):
        keep(ticket=held)


def test_a_day_that_is_closed_moves_what_is_open_once_it_is_kept_anew() -> None:
    ticket = opened(at(1, 15))
    queue = ticket.queue
    assert ticket.due_at == at(2, 11)
    ClosedDay.objects.create(calendar=SlaPolicy.objects.get().calendar, day=at(2, 0).date())
    with clock.at(at(1, 16)):
        assert keep_all(queue_ids=[queue.pk]) is None
    ticket.refresh_from_db()
    assert ticket.due_at == at(3, 11)


def test_many_tickets_are_kept_anew_a_few_at_a_time() -> None:
    tickets = [opened() for _number in range(3)]
    queue = tickets[0].queue_id
    assert keep_all(queue_ids=[queue], most=2) == tickets[1].pk
    assert keep_all(queue_ids=[queue], after=tickets[1].pk, most=2) is None


def test_whatever_happened_every_ticket_is_due_with_the_first_of_its_promises() -> None:
    for number in range(3):
        ticket = opened(MONDAY + timedelta(hours=number))
        replied(ticket, at(2, 12))
        wrote(ticket, at(2, 13))
    turn(at(20, 12))
    resolved(ticket, at(21, 9))
    assert list(violations({DUE: INVARIANTS[DUE]})) == []
