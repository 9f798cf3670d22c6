"""A double click, a form sent again: what was written stands once."""

import pytest

from support.actions import messages, notes
from support.actions.tickets import open_ticket
from support.models import Channel, Status, Ticket
from tests.factories import agent, person
from tests.support.desk import at_status, ticket

pytestmark = pytest.mark.django_db


def test_the_same_form_opens_one_ticket():
    who = person()
    sent = {"actor": who, "requester": who, "subject": "It hums", "body": "All night.", "channel": Channel.FORM}
    one, is_new = open_ticket(**sent, key="form-1")
    again, is_new_again = open_ticket(**sent, key="form-1")
    assert (again.pk, is_new, is_new_again) == (one.pk, True, False)
    other, _new = open_ticket(**sent, key="form-2")
    assert other.pk != one.pk
    stranger = person()
    theirs, _new = open_ticket(**(sent | {"actor": stranger, "requester": stranger}), key="form-1")
    assert theirs.requester == stranger


def test_the_same_word_is_written_once_even_when_it_begins_a_new_ticket():
    made = ticket()
    one = messages.write(actor=made.requester, ticket_id=made.pk, body="Hello?", key="k")
    assert messages.write(actor=made.requester, ticket_id=made.pk, body="Hello?", key="k") == one
    closed = at_status(Status.CLOSED, agent())
    first = messages.write(actor=closed.requester, ticket_id=closed.pk, body="Again.", key="k")
    assert messages.write(actor=closed.requester, ticket_id=closed.pk, body="Again.", key="k") == first
    assert Ticket.objects.filter(requester=closed.requester).count() == 2


def test_the_same_note_is_left_once():
    made, staff = ticket(), agent()
    assert notes.note(actor=staff, ticket_id=made.pk, body="Call back.") == notes.note(
        actor=staff, ticket_id=made.pk, body="Call back."
    )
    assert made.notes.count() == 1
