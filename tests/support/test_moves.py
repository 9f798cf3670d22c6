"""Every move of the table, every refusal, and what a customer's word does to each status."""

from datetime import timedelta

import pytest

from community import clock
from community.errors import NotAllowed, NotThere, Refused
from community.models import AuditEntry
from support.actions import moves, sorting
from support.models import MOVES, Status, Ticket
from tests.factories import agent, moderator, person, thread
from tests.support.desk import NOON, at_status, fresh, queue, reply, story, ticket, write

pytestmark = pytest.mark.django_db
PAIRS = [(start, to) for start in Status for to in Status if start != to]


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


@pytest.mark.parametrize(("start", "to"), PAIRS)
def test_a_ticket_goes_where_the_table_lets_it_and_nowhere_else(start, to):
    staff = agent()
    made = at_status(start, staff)
    assert made.status == start
    until = NOON + timedelta(hours=2) if to == Status.ON_HOLD else None
    told = story(made)
    if to in MOVES[start]:
        moves.move(actor=staff, ticket_id=made.pk, to=to, held_until=until, reason="because")
        assert fresh(made).status == to
        assert len(story(made)) == len(told) + 1
        assert AuditEntry.objects.filter(object_kind="ticket", object_id=made.pk, verb=f"ticket_{to}").exists()
    else:
        with pytest.raises(Refused):
            moves.move(actor=staff, ticket_id=made.pk, to=to, held_until=until)
        assert (fresh(made).status, story(made)) == (start, told)


@pytest.mark.parametrize("start", [Status.WAITING, Status.ON_HOLD, Status.NEW, Status.OPEN])
def test_the_customers_word_opens_what_waits_and_wakes_what_rests(start):
    made = at_status(start, agent())
    with clock.at(NOON + timedelta(minutes=5)):
        write(made)
    made = fresh(made)
    assert made.status == (Status.NEW if start == Status.NEW else Status.OPEN)
    assert made.customer_waits_since is not None
    assert made.held_until is None


def test_a_resolved_ticket_opens_again_by_its_customers_word():
    made = at_status(Status.RESOLVED, agent())
    landed = write(made, "It is back.").ticket
    made = fresh(made)
    assert (landed.pk, made.status, made.reopened_count, made.resolved_at) == (made.pk, "open", 1, None)
    assert story(made)[-2:] == ["reopened", "wrote"]


def test_where_the_queue_says_so_a_new_ticket_goes_on_from_the_resolved_one():
    staff, line = agent(), queue(reopens=False)
    made = ticket(queue=line)
    reply(made, staff, then_status=Status.RESOLVED)
    landed = write(made, "It is back.").ticket
    assert landed.pk != made.pk
    assert (landed.requester, landed.queue, landed.subject) == (made.requester, line, made.subject)
    assert landed.events.get(kind="opened").other == made
    assert fresh(made).status == Status.RESOLVED


def test_somebody_in_copy_of_a_resolved_ticket_writes_into_no_other_of_its_customer():
    staff, anna, ben = agent(), person(), person()
    asked = thread(anna)
    first = ticket(anna, thread=asked)
    sorting.add_copy(actor=staff, ticket_id=first.pk, person=ben)
    reply(first, staff, then_status=Status.RESOLVED)
    second = ticket(anna, thread=asked, subject="It is back", body="With the other cable too.")
    assert second.pk != first.pk
    with pytest.raises(NotThere):
        write(first, "Me too!", actor=ben)
    assert second.messages.count() == 1
    assert write(first, "It is me.", actor=anna).ticket == second


def test_what_comes_after_closing_is_a_new_ticket():
    made = at_status(Status.CLOSED, agent())
    assert write(made).ticket.pk != made.pk
    assert fresh(made).status == Status.CLOSED


def test_on_hold_asks_for_a_moment_to_come():
    staff, made = agent(), ticket()
    for until in (NOON, NOON - timedelta(days=1), NOON + timedelta(days=400)):
        with pytest.raises(Refused):
            moves.hold(actor=staff, ticket_id=made.pk, until=until)


def test_what_rests_wakes_by_itself_once():
    made = at_status(Status.ON_HOLD, agent())
    assert moves.wake_due() == 0
    with clock.at(NOON + timedelta(hours=1)):
        assert moves.wake_due() == 1
        assert moves.wake_due() == 0
    assert (fresh(made).status, story(made)[-1]) == ("open", "woken")


def test_what_was_resolved_closes_by_itself_after_its_queues_days():
    made = at_status(Status.RESOLVED, agent())
    assert made.resolved_at is not None
    end = made.resolved_at + timedelta(days=7)
    with clock.at(end - timedelta(seconds=1)):
        assert moves.close_due() == 0
    with clock.at(end):
        assert moves.close_due() == 1
    assert (fresh(made).status, fresh(made).resolved_at, fresh(made).closed_at) == ("closed", made.resolved_at, end)


def test_customers_say_themselves_that_it_is_solved_and_that_it_is_not():
    made = at_status(Status.WAITING, agent())
    moves.resolve(actor=made.requester, ticket_id=made.pk)
    assert fresh(made).status == Status.RESOLVED
    moves.reopen(actor=made.requester, ticket_id=made.pk)
    made = fresh(made)
    assert (made.status, made.customer_waits_since) == ("open", NOON)
    assert not AuditEntry.objects.filter(object_kind="ticket", actor=made.requester).exists()


def test_nobody_else_moves_it():
    made = at_status(Status.RESOLVED, agent())
    for stranger in (person(), moderator(), agent(second_factor=False)):
        with pytest.raises(NotThere):
            moves.reopen(actor=stranger, ticket_id=made.pk)
        with pytest.raises(NotThere):
            moves.close(actor=stranger, ticket_id=made.pk)
    made.ccs.create(person=(copied := person()), added_by=made.requester)
    with pytest.raises(NotAllowed):
        moves.reopen(actor=copied, ticket_id=made.pk)


def test_thanks_needs_no_reply_and_leaves_the_ticket_resolved():
    staff = agent()
    made = at_status(Status.RESOLVED, staff)
    write(made, "Thanks!")
    moves.no_reply_needed(actor=staff, ticket_id=made.pk)
    made = fresh(made)
    assert (made.status, made.customer_waits_since) == ("resolved", None)
    assert story(made)[-1] == "no_reply"


def test_what_was_still_open_waits_for_its_customer_then():
    staff = agent()
    made = at_status(Status.WAITING, staff)
    write(made, "I will look tonight.")
    moves.no_reply_needed(actor=staff, ticket_id=made.pk)
    assert fresh(made).status == Status.WAITING


def test_a_resolved_one_stays_resolved_while_a_newer_one_about_the_same_question_is_open():
    asked, staff, who = thread(), agent(), person()
    first = ticket(who, thread=asked)
    reply(first, staff, then_status=Status.RESOLVED)
    second = ticket(who, thread=asked)
    with pytest.raises(Refused):
        moves.reopen(actor=staff, ticket_id=first.pk)
    with pytest.raises(Refused):
        moves.move(actor=staff, ticket_id=first.pk, to=Status.OPEN)
    assert write(first).ticket == second
    assert Ticket.objects.undone().count() == 1
