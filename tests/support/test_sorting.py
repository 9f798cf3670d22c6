"""Queues, priorities, tags and copies: who may, what follows, and what one press does to many tickets."""

from datetime import timedelta

import pytest

from community import clock
from community.errors import NotAllowed, NotThere, Refused
from community.models import AuditEntry
from support.actions import bulk, sorting
from support.actions.bulk import Change
from support.models import Priority, Status, Ticket
from tests.factories import agent, moderator, person
from tests.support.desk import at_status, fresh, queue, story, team, ticket, write

pytestmark = pytest.mark.django_db


def test_a_ticket_goes_to_another_queue_and_its_agent_keeps_it_where_they_may():
    one, other = agent(), agent()
    line, theirs = queue(), queue(team=team(other))
    made = ticket()
    Ticket.objects.filter(pk=made.pk).update(assignee=one, assigned_at=clock.now())
    sorting.set_queue(actor=one, ticket_id=made.pk, queue_id=line.pk)
    assert (fresh(made).queue, fresh(made).assignee) == (line, one)
    sorting.set_queue(actor=one, ticket_id=made.pk, queue_id=theirs.pk, reason="It is about invoices.")
    assert (fresh(made).queue, fresh(made).assignee) == (theirs, None)
    with pytest.raises(NotThere):
        sorting.set_queue(actor=one, ticket_id=made.pk, queue_id=line.pk)
    assert AuditEntry.objects.filter(verb="moved_ticket").count() == 2


def test_archived_queues_take_nothing():
    made, gone = ticket(), queue(archived_at=clock.now())
    with pytest.raises(Refused):
        sorting.set_queue(actor=agent(), ticket_id=made.pk, queue_id=gone.pk)


def test_tags_are_the_same_whoever_writes_them():
    staff, made = agent(), ticket()
    sorting.retag(actor=staff, ticket_id=made.pk, tags=["Warranty", " warranty ", "Übersee"])
    assert sorted(each.name for each in made.tags.all()) == ["Warranty", "Übersee"]
    sorting.retag(actor=staff, ticket_id=made.pk, add=["WARRANTY", "vip"], remove=["übersee"])
    assert sorted(each.name for each in made.tags.all()) == ["Warranty", "vip"]
    told = story(made)
    sorting.retag(actor=staff, ticket_id=made.pk, tags=["vip", "warranty"])
    assert story(made) == told
    for bad in (["x" * 41], ["a\x00"], [f"t{number}" for number in range(21)]):
        with pytest.raises(Refused):
            sorting.retag(actor=staff, ticket_id=made.pk, tags=bad)


def test_who_is_in_copy_reads_along_writes_and_decides_nothing():
    made, friend = ticket(), person()
    sorting.add_copy(actor=made.requester, ticket_id=made.pk, person=friend)
    sorting.add_copy(actor=made.requester, ticket_id=made.pk, person=friend)
    assert made.ccs.count() == 1
    assert write(made, actor=friend).author == friend
    with pytest.raises(NotAllowed):
        sorting.add_copy(actor=friend, ticket_id=made.pk, person=person())
    sorting.remove_copy(actor=friend, ticket_id=made.pk, person=friend)
    with pytest.raises(NotThere):
        write(made, actor=friend)


def test_copies_are_for_people_with_an_account_and_not_for_who_asked():
    made = ticket()
    for nobody in (made.requester, person(is_active=False)):
        with pytest.raises(Refused):
            sorting.add_copy(actor=agent(), ticket_id=made.pk, person=nobody)


def test_a_preview_says_exactly_what_one_press_does_and_leaves_nothing():
    staff = agent()
    fine, closed = ticket(), at_status(Status.CLOSED, staff)
    urgent = ticket(priority=Priority.URGENT)
    foreign = ticket(queue=queue(team=team(agent())))
    ids = [fine.pk, closed.pk, urgent.pk, foreign.pk, 10**20]
    change = Change(priority=Priority.URGENT, status=Status.RESOLVED, adds_tags=("recall",))
    before = list(Ticket.objects.order_by("pk").values())
    seen = bulk.preview(actor=staff, ticket_ids=ids, change=change)
    assert list(Ticket.objects.order_by("pk").values()) == before
    assert ([each.pk for each in seen.changed], [each.pk for each, _why in seen.refused]) == (
        [fine.pk, urgent.pk],
        [closed.pk],
    )
    assert seen.changed[0].priority == "normal"
    done = bulk.apply(actor=staff, ticket_ids=ids, change=change)
    assert (done.changed, done.same, done.refused) == (seen.changed, seen.same, seen.refused)
    assert {fresh(fine).status, fresh(urgent).status} == {"resolved"}
    assert fresh(closed).priority == "normal"
    assert not foreign.tags.exists()
    again = bulk.apply(actor=staff, ticket_ids=ids, change=change)
    assert [each.pk for each in again.same] == [fine.pk, urgent.pk]


def test_many_go_to_another_team_at_once():
    staff, theirs = agent(), queue(team=team(agent()))
    rows = [ticket() for _number in range(3)]
    done = bulk.apply(actor=staff, ticket_ids=[each.pk for each in rows], change=Change(queue_id=theirs.pk))
    assert len(done.changed) == 3
    assert {fresh(each).queue for each in rows} == {theirs}


def test_a_press_has_its_bounds():
    with pytest.raises(Refused):
        bulk.apply(actor=agent(), ticket_ids=list(range(1, 102)), change=Change(priority=Priority.LOW))
    made = ticket()
    nothing = bulk.apply(actor=moderator(), ticket_ids=[made.pk], change=Change(priority=Priority.LOW))
    assert (nothing.changed, nothing.same, nothing.refused) == ([], [], [])
    held = Change(status=Status.ON_HOLD, held_until=clock.now() - timedelta(days=1))
    assert len(bulk.apply(actor=agent(), ticket_ids=[made.pk], change=held).refused) == 1
