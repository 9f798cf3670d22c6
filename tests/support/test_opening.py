"""A ticket begins: by its customer, by staff, from a question; the second press lands on the first one's ticket."""

import pytest

from community.errors import NotAllowed, NotThere, Refused
from support.actions.tickets import open_ticket
from support.models import BoardDesk, Channel, PrivateField, Ticket
from tests.factories import agent, board, moderator, person, thread
from tests.support.desk import queue, story, ticket, write

pytestmark = pytest.mark.django_db


def test_a_customer_writes_and_waits_in_the_boards_queue():
    where, line = board(), queue()
    BoardDesk.objects.create(board=where, queue=line)
    made = ticket(board=where)
    assert (made.queue, made.status, made.channel) == (line, "new", "form")
    assert made.customer_waits_since == made.opened_at
    assert [(each.position, each.is_staff, each.body) for each in made.messages.all()] == [
        (1, False, "Nothing happens when I press the button.")
    ]
    assert story(made) == ["opened"]


def test_without_a_board_it_waits_where_everything_does():
    assert ticket().queue.is_default


def test_a_second_press_about_the_same_question_lands_on_the_same_ticket_and_loses_no_word():
    asked, who = thread(), person()
    first = ticket(who, thread=asked, body="I have it too.")
    again, is_new = open_ticket(
        actor=who, requester=who, subject="", body="And it smells.", channel=Channel.FORM, thread=asked
    )
    assert (again.pk, is_new) == (first.pk, False)
    assert [each.body for each in first.messages.order_by("position")] == ["I have it too.", "And it smells."]
    open_ticket(actor=who, requester=who, subject="", body="And it smells.", channel=Channel.FORM, thread=asked)
    assert first.messages.count() == 2
    other = ticket(thread=asked)
    assert other.pk != first.pk


def test_what_a_question_says_needs_no_first_message():
    asked = thread(product_version="2.0")
    made, _new = open_ticket(
        actor=moderator(), requester=asked.asker, subject="", body="", channel=Channel.THREAD, thread=asked
    )
    assert (made.subject, made.board, made.last_position) == (asked.title, asked.board, 0)
    assert made.product_version == "2.0"


def test_moderators_open_none_but_from_questions():
    with pytest.raises(NotAllowed):
        open_ticket(actor=moderator(), requester=person(), subject="x", body="y", channel=Channel.STAFF)


def test_nobody_opens_one_in_anothers_name():
    with pytest.raises(NotAllowed):
        open_ticket(actor=person(), requester=person(), subject="x", body="y", channel=Channel.FORM)


def test_agents_do_and_are_on_record():
    from_phone, _new = open_ticket(
        actor=agent(), requester=person(), subject="Called", body="She says it rattles.", channel=Channel.STAFF
    )
    assert from_phone.customer_waits_since is not None


def test_a_question_out_of_sight_cannot_be_named():
    hidden = thread()
    type(hidden).objects.filter(pk=hidden.pk).update(hidden_at=hidden.asked_at)
    with pytest.raises(NotThere):
        ticket(thread=hidden)


@pytest.mark.parametrize("subject", ["", "  ", "x" * 201, "a\x00b"])
def test_a_subject_is_one_line_of_text(subject):
    with pytest.raises(Refused):
        ticket(subject=subject)
    assert not Ticket.objects.exists()


def test_private_details_are_kept_where_they_are_asked_for():
    mine, elsewhere = board(), board()
    serial = PrivateField.objects.create(board=mine, label="Serial number", kind="serial")
    foreign = PrivateField.objects.create(board=elsewhere, label="Account", kind="account")
    made = ticket(board=mine, values={serial.pk: " SN 12 34 ", foreign.pk: "x", 10**20: "y"})
    assert [(each.field, each.value) for each in made.values.all()] == [(serial, "SN 12 34")]


def test_who_is_not_concerned_does_not_write():
    made = ticket()
    for stranger in (person(), moderator(), agent()):
        with pytest.raises(NotThere):
            write(made, actor=stranger)
