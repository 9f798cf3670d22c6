"""How many tickets there are of each sort: exact at any moment, whatever happens to them."""

from itertools import product

import pytest
from django.db.models import Q

from support.actions import assigning, moves, sorting, tallies
from support.models import UNDONE, Priority, Status, Ticket, TicketTally
from support.reading.tallies import count_tickets
from tests.factories import admin, agent, board, moderator
from tests.support.desk import fresh, queue, reply, team, ticket

pytestmark = pytest.mark.django_db
CONDITIONS = {
    "undone": Q(status__in=UNDONE),
    "free": Q(assignee_id__isnull=True, status__in=UNDONE),
    "urgent": Q(priority=Priority.URGENT),
    "all": Q(),
}


def agree(*people):
    """Whoever asks, the tally says what counting says."""
    for who, (name, condition) in product(people, CONDITIONS.items()):
        counted = Ticket.objects.worked_by(who).filter(condition).count()
        assert count_tickets(who, {name: condition}) == {name: counted}


def test_the_count_follows_whatever_happens_to_tickets():
    one, two, boss = agent(), agent(), admin()
    theirs, where = queue(team=team(two)), board()
    people = (one, two, boss, moderator())
    rows = [ticket(board=where), ticket(), ticket(queue=theirs), ticket(priority=Priority.URGENT)]
    agree(*people)
    assigning.claim(actor=one, ticket_id=rows[0].pk)
    assigning.assign(actor=two, ticket_id=rows[2].pk, to=one)
    agree(*people)
    tallies.fold()
    agree(*people)
    sorting.set_priority(actor=one, ticket_id=rows[0].pk, priority=Priority.URGENT)
    sorting.set_queue(actor=boss, ticket_id=rows[1].pk, queue_id=theirs.pk)
    reply(rows[3], one, then_status=Status.RESOLVED)
    moves.close(actor=one, ticket_id=rows[3].pk)
    agree(*people)
    tallies.fold()
    agree(*people)
    assert count_tickets(boss, CONDITIONS) == {"undone": 3, "free": 1, "urgent": 2, "all": 4}


def test_folding_leaves_one_row_of_each_sort_and_none_of_nothing():
    rows = [ticket() for _number in range(3)]
    tallies.fold()
    assert TicketTally.objects.get().count == 3
    staff = agent()
    for each in rows:
        assigning.claim(actor=staff, ticket_id=each.pk)
    tallies.fold()
    assert [(each.count, each.assignee_id) for each in TicketTally.objects.all()] == [(3, staff.pk)]


def test_what_is_not_counted_adds_nothing():
    made, staff = ticket(), agent()
    tallies.fold()
    sorting.retag(actor=staff, ticket_id=made.pk, tags=["vip"])
    assert fresh(made).version > made.version
    assert not TicketTally.objects.filter(is_base=False).exists()
