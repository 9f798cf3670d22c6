"""Taken, given, handed out in turn, and given back when nobody answered."""

from datetime import timedelta

import pytest

from community import clock
from community.errors import NotThere, Refused
from support.actions import assigning, moves, replies
from support.models import Absence, AgentSeat, Queue, Status, Switch
from tests.factories import agent, moderator, person
from tests.support.desk import NOON, at_status, fresh, queue, story, switch_on, team, ticket, write

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def test_who_takes_it_first_has_it_and_the_other_is_told_who():
    one, two, made = agent(), agent(), ticket()
    assert assigning.claim(actor=one, ticket_id=made.pk).status == "open"
    with pytest.raises(assigning.Taken) as told:
        assigning.claim(actor=two, ticket_id=made.pk)
    assert one.display_name in str(told.value)
    assigning.claim(actor=one, ticket_id=made.pk)
    assert (fresh(made).assignee, story(made)) == (one, ["opened", "claimed"])


def test_only_agents_who_work_on_it_take_it():
    made = ticket(queue=queue(team=team(agent())))
    for stranger in (agent(), moderator(), made.requester, agent(second_factor=False)):
        with pytest.raises(NotThere):
            assigning.claim(actor=stranger, ticket_id=made.pk)
    staff = agent()
    with pytest.raises(Refused):
        assigning.claim(actor=staff, ticket_id=at_status(Status.CLOSED, staff).pk)


def test_a_ticket_given_to_somebody_of_another_team_is_seen_by_them():
    mine, other = agent(), agent()
    made = ticket(queue=queue(team=team(mine)))
    assigning.assign(actor=mine, ticket_id=made.pk, to=other, reason="You know this best.")
    assigning.release(actor=other, ticket_id=made.pk)
    with pytest.raises(NotThere):
        assigning.release(actor=other, ticket_id=made.pk)
    with pytest.raises(Refused):
        assigning.assign(actor=mine, ticket_id=made.pk, to=person())
    assert story(made) == ["opened", "assigned", "released"]


def in_turn(*agents, **fields) -> Queue:
    switch_on(Switch.ROTATION)
    return queue(handing=Queue.Handing.IN_TURN, team=team(*agents), **fields)


def owners(rows):
    return [fresh(each).assignee for each in rows]


def test_tickets_are_handed_out_in_turn():
    agents = [agent() for _number in range(3)]
    line = in_turn(*agents)
    rows = [ticket(queue=line) for _number in range(7)]
    assert assigning.hand_out() == 7
    assert sorted(owners(rows).count(each) for each in agents) == [2, 2, 3]
    assert assigning.hand_out() == 0


def test_nobody_gets_more_than_they_carry_nor_anything_while_away_or_out_of_turn():
    full, away, proud, free = (agent() for _number in range(4))
    AgentSeat.objects.create(person=full, capacity=1)
    AgentSeat.objects.create(person=proud, takes_turns=False)
    AgentSeat.objects.create(person=free, capacity=2)
    Absence.objects.create(person=away, starts_at=NOON - timedelta(days=1), said_by=away)
    Absence.objects.create(person=free, starts_at=NOON - timedelta(days=2), ends_at=NOON, said_by=free)
    rows = [ticket(queue=in_turn(full, away, proud, free)) for _number in range(1)]
    line = rows[0].queue
    rows += [ticket(queue=line) for _number in range(4)]
    assert assigning.hand_out() == 3
    assert (owners(rows).count(full), owners(rows).count(free), owners(rows).count(None)) == (1, 2, 2)
    moves.move(actor=full, ticket_id=next(each.pk for each in rows if fresh(each).assignee == full), to=Status.WAITING)
    assert assigning.hand_out() == 1


def test_without_the_switch_or_in_other_queues_agents_take_them_themselves():
    line = in_turn(agent())
    switch_on()
    ticket(queue=line)
    assert assigning.hand_out() == 0
    switch_on(Switch.ROTATION)
    Queue.objects.filter(pk=line.pk).update(handing=Queue.Handing.BY_HAND)
    assert assigning.hand_out() == 0


def test_an_unanswered_ticket_goes_back_and_to_somebody_else():
    one, two = agent(), agent()
    line = in_turn(one, two, returns_after=60)
    made = ticket(queue=line)
    assigning.claim(actor=one, ticket_id=made.pk)
    AgentSeat.objects.create(person=two, last_given_at=NOON)
    with clock.at(NOON + timedelta(minutes=59)):
        assert assigning.give_back_unanswered() == 0
    with clock.at(NOON + timedelta(minutes=60)):
        assert assigning.give_back_unanswered() == 1
        assert assigning.give_back_unanswered() == 0
        assert fresh(made).assignee is None
        assigning.hand_out()
    assert fresh(made).assignee == two
    assert story(made) == ["opened", "claimed", "returned", "assigned"]


def test_a_reply_stops_the_timer_and_the_customers_next_word_starts_it():
    staff = agent()
    made = ticket(queue=queue(returns_after=60))
    assigning.claim(actor=staff, ticket_id=made.pk)
    with clock.at(NOON + timedelta(minutes=59, seconds=55)):
        replies.send(actor=staff, ticket_id=made.pk, body="Just in time.")
    with clock.at(NOON + timedelta(minutes=60)):
        assert assigning.give_back_unanswered() == 0
    with clock.at(NOON + timedelta(minutes=61)):
        replies.let_leave()
        assert fresh(made).returns_at is None
        write(made)
    assert fresh(made).returns_at == NOON + timedelta(minutes=121)


def test_what_waits_for_somebody_away_goes_back_at_once():
    staff = agent()
    made = ticket(queue=queue(returns_after=600))
    assigning.claim(actor=staff, ticket_id=made.pk)
    Absence.objects.create(person=staff, starts_at=NOON, said_by=staff)
    assert assigning.give_back_unanswered() == 1
    assert fresh(made).assignee is None
