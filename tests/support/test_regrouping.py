"""Merged, split, and taken back exactly; nobody reads by it what was not meant for them."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from community import clock
from community.errors import NotThere, Refused
from support.actions import files, messages, moves, regrouping, replies, sorting
from support.models import Status, Ticket, TicketMessage
from tests.factories import agent, person, thread
from tests.support.desk import NOON, at_status, fresh, queue, reply, story, team, ticket, write

pytestmark = pytest.mark.django_db
#: what grows with whatever happens
GROWS = ("version", "last_activity_at")


@pytest.fixture(autouse=True)
def noon():
    with clock.at(NOON):
        yield


def facts(*rows: Ticket) -> list[dict[str, Any]]:
    kept = Ticket.objects.filter(pk__in=[row.pk for row in rows]).order_by("pk").values()
    return [{name: value for name, value in row.items() if name not in GROWS} for row in kept]


def places() -> list[tuple[int, int, str]]:
    return list(TicketMessage.objects.order_by("ticket", "position").values_list("ticket", "position", "body"))


def conversation(of: Ticket, staff: Any) -> Ticket:
    write(of, "First.")
    reply(of, staff, "Second.")
    write(of, "Third.")
    return fresh(of)


@pytest.mark.parametrize(
    ("start", "goal"),
    [
        (Status.NEW, Status.ON_HOLD),
        (Status.OPEN, Status.NEW),
        (Status.WAITING, Status.WAITING),
        (Status.ON_HOLD, Status.OPEN),
        (Status.RESOLVED, Status.WAITING),
    ],
)
def test_a_merge_taken_back_leaves_everything_as_it_was(start, goal):
    staff, who = agent(), person()
    one, two = at_status(start, staff, who), at_status(goal, staff, who)
    before, stood = facts(one, two), places()
    done = regrouping.merge(actor=staff, ticket_id=one.pk, into_id=two.pk, reason="Twice the same.")
    assert (fresh(one).status, fresh(one).merged_into) == ("closed", two)
    assert one.messages.count() == 0
    assert [position for _ticket, position, _body in places()] == list(range(1, len(stood) + 1))
    regrouping.undo(actor=staff, regrouping_id=done.pk)
    assert (facts(one, two), places()) == (before, stood)
    told = story(one)
    regrouping.undo(actor=staff, regrouping_id=done.pk)
    assert story(one) == told


def test_who_waited_in_the_one_waits_in_the_other():
    staff, who = agent(), person()
    one = ticket(who)
    with clock.at(NOON + timedelta(hours=1)):
        two = at_status(Status.WAITING, staff, who)
        regrouping.merge(actor=staff, ticket_id=one.pk, into_id=two.pk)
    assert (fresh(two).status, fresh(two).customer_waits_since) == ("open", NOON)


def test_what_is_written_to_a_merged_ticket_arrives_where_it_went_and_stays_there():
    staff, who = agent(), person()
    one, two, three = ticket(who), ticket(who), ticket(who)
    regrouping.merge(actor=staff, ticket_id=one.pk, into_id=two.pk)
    later = regrouping.merge(actor=staff, ticket_id=two.pk, into_id=three.pk)
    assert write(one, "Where did it go?").ticket == three
    regrouping.undo(actor=staff, regrouping_id=later.pk)
    assert [each.body for each in three.messages.order_by("position")][1:] == ["Where did it go?"]
    assert two.messages.count() == 2
    assert fresh(three).last_position == 2


def test_only_what_moved_last_is_taken_back_first():
    staff, who = agent(), person()
    one, two, three = ticket(who), ticket(who), ticket(who)
    first = regrouping.merge(actor=staff, ticket_id=one.pk, into_id=two.pk)
    second = regrouping.merge(actor=staff, ticket_id=two.pk, into_id=three.pk)
    with pytest.raises(Refused):
        regrouping.undo(actor=staff, regrouping_id=first.pk)
    regrouping.undo(actor=staff, regrouping_id=second.pk)
    regrouping.undo(actor=staff, regrouping_id=first.pk)
    assert [each.messages.count() for each in (one, two, three)] == [1, 1, 1]


def test_no_merge_shows_anybody_what_was_not_meant_for_them():
    staff, who, friend = agent(), person(), person()
    one, two = ticket(who), ticket(who)
    with pytest.raises(Refused):
        regrouping.merge(actor=staff, ticket_id=one.pk, into_id=ticket().pk)
    sorting.add_copy(actor=staff, ticket_id=two.pk, person=friend)
    with pytest.raises(Refused):
        regrouping.merge(actor=staff, ticket_id=one.pk, into_id=two.pk)
    elsewhere = ticket(who, queue=queue(team=team(agent())))
    with pytest.raises(NotThere):
        regrouping.merge(actor=staff, ticket_id=one.pk, into_id=elsewhere.pk)


def test_what_is_done_or_about_to_change_is_not_merged():
    staff, who = agent(), person()
    one, two = ticket(who), at_status(Status.RESOLVED, staff, who)
    for source, target in ((one, two), (one, one), (at_status(Status.CLOSED, staff, who), one)):
        with pytest.raises(Refused):
            regrouping.merge(actor=staff, ticket_id=source.pk, into_id=target.pk)
    three = ticket(who)
    replies.send(actor=staff, ticket_id=three.pk, body="On its way.")
    with pytest.raises(Refused):
        regrouping.merge(actor=staff, ticket_id=one.pk, into_id=three.pk)


def test_a_merge_is_not_taken_back_beside_a_newer_ticket_of_the_same_question():
    staff, who, asked = agent(), person(), thread()
    one, two = ticket(who, thread=asked), ticket(who)
    done = regrouping.merge(actor=staff, ticket_id=one.pk, into_id=two.pk)
    ticket(who, thread=asked)
    with pytest.raises(Refused):
        regrouping.undo(actor=staff, regrouping_id=done.pk)
    assert fresh(one).merged_into == two


def test_files_go_where_their_message_goes_and_come_back(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    staff, who = agent(), person()
    one, two = ticket(who), ticket(who)
    log = files.add(actor=who, upload=SimpleUploadedFile("log.txt", b"all is well"))
    messages.write(actor=who, ticket_id=one.pk, body="Here.", files=[log.pk])
    done = regrouping.merge(actor=staff, ticket_id=one.pk, into_id=two.pk)
    log.refresh_from_db()
    assert log.ticket == two
    regrouping.undo(actor=staff, regrouping_id=done.pk)
    log.refresh_from_db()
    assert log.ticket == one


@pytest.mark.parametrize("chosen", [[1], [2, 4], [4], [1, 2, 3]])
def test_a_split_taken_back_leaves_every_message_where_it_stood(chosen):
    staff = agent()
    made = conversation(ticket(), staff)
    before, stood = facts(made), places()
    ids = list(made.messages.filter(position__in=chosen).values_list("pk", flat=True))
    done = regrouping.split(actor=staff, ticket_id=made.pk, message_ids=ids, subject="Another matter")
    target = fresh(done.target)
    assert (target.requester, target.queue, target.subject) == (made.requester, made.queue, "Another matter")
    assert list(target.messages.order_by("position").values_list("position", flat=True)) == list(
        range(1, len(chosen) + 1)
    )
    assert fresh(made).last_position == 4 - len(chosen)
    regrouping.undo(actor=staff, regrouping_id=done.pk)
    assert (facts(made), places()) == (before, stood)
    assert (fresh(target).status, fresh(target).merged_into) == ("closed", made)


def test_what_was_written_since_a_split_comes_along_when_it_is_taken_back():
    staff = agent()
    made = conversation(ticket(), staff)
    done = regrouping.split(actor=staff, ticket_id=made.pk, message_ids=[made.messages.get(position=2).pk])
    write(done.target, "About this one.")
    write(made, "About that one.")
    regrouping.undo(actor=staff, regrouping_id=done.pk)
    assert [each.body for each in made.messages.order_by("position")][1:] == [
        *("First.", "Second.", "Third.", "About that one.", "About this one.")
    ]


def test_a_split_takes_some_and_leaves_some():
    staff = agent()
    made = conversation(ticket(), staff)
    everything = list(made.messages.values_list("pk", flat=True))
    for ids in ([], everything, [ticket().messages.get().pk]):
        with pytest.raises(Refused):
            regrouping.split(actor=staff, ticket_id=made.pk, message_ids=ids)
    moves.close(actor=staff, ticket_id=made.pk)
    with pytest.raises(Refused):
        regrouping.split(actor=staff, ticket_id=made.pk, message_ids=everything[:1])
