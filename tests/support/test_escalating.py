"""A question comes to staff, with all that belongs to it, once."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from community import clock
from community.actions import measuring, moderation, private_notes, solutions
from community.actions.erasure import erase
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import AuditEntry, Notification, Thread, ThreadEvent
from community.notices.fanout import fan_out_all
from support.actions import escalating
from support.actions.tickets import open_ticket
from support.models import BoardDesk, Carried, Channel, Escalation, EscalationRun, Queue, Ticket, TicketValue
from tests.factories import admin, agent, board, moderator, person, reply, thread
from tests.support.escalations import escalated, fresh, question, serial_field

pytestmark = pytest.mark.django_db

STAFF, ASKER, POLICY = Escalation.Way.STAFF, Escalation.Way.ASKER, Escalation.Way.POLICY


def hand_over(by, asked, **fields):
    fields.setdefault("reason", "unsolved")
    return escalating.escalate_thread(actor=by, thread_id=asked.pk, way=fields.pop("way", STAFF), **fields)


def call(by, asked, **fields):
    fields = {"reason": "unsolved", "words": "", "values": None, "shares": True} | fields
    return escalating.ask_staff(actor=by, thread_id=asked.pk, **fields)


@pytest.mark.parametrize("who", [moderator, agent, admin])
def test_staff_hand_a_question_over_with_a_reason(who) -> None:
    asked, boss = question(product_version="2.1", tags=["light", "router"]), who()
    ticket, is_new = hand_over(boss, asked, reason="defect", words="Third one this week.")
    assert is_new
    assert (ticket.requester, ticket.thread, ticket.board, ticket.channel) == (
        asked.asker,
        asked,
        asked.board,
        Channel.THREAD,
    )
    assert (ticket.subject, ticket.product_version) == (asked.title, "2.1")
    act = Escalation.objects.get()
    assert (act.way, act.reason, act.escalated_by, act.ended_at) == ("staff", "defect", boss, None)
    assert act.said.text == "Third one this week."
    assert fresh(asked).escalated_at is not None
    assert AuditEntry.objects.filter(verb="escalated", actor=boss, object_id=asked.pk).exists()
    assert list(violations()) == []


def test_what_was_tried_and_read_goes_along_as_it_was() -> None:
    asker, known = person(), thread(title="A red light at night")
    own = {"person_key": f"u:{asker.pk}", "token": measuring.new_token()}
    measuring.open_form(**own, surface="ask")
    measuring.record_shown(**own, thread_ids=[known.pk, thread().pk])
    measuring.record_opened(**own, thread_id=known.pk)
    asked = question(asker=asker, tags=["light"])
    measuring.record_submitted(**own, thread=asked)
    first = reply(asked, body="Another idea.")
    reply(asked, asker, "Neither helped.")
    moderation.hide_answer(actor=moderator(), answer_id=reply(asked, body="Buy this!").pk)
    ticket = escalated(asked)
    took = Carried.objects.get(ticket=ticket)
    assert (took.title, took.body, took.tags) == (asked.title, asked.body, ["light"])
    assert took.tried[-1] == first.pk
    assert len(took.tried) == 2
    assert took.read == [known.pk]


def test_whoever_presses_second_lands_on_the_first_ticket() -> None:
    asked, boss = question(), moderator()
    ticket, _new = hand_over(boss, asked)
    again, is_new = hand_over(agent(), asked, reason="safety", words="Look!")
    assert (again, is_new) == (ticket, False)
    assert Escalation.objects.count() == Ticket.objects.count() == 1
    assert ThreadEvent.objects.filter(thread=asked, kind="escalated").count() == 1


def test_a_ticket_the_asker_wrote_about_it_already_is_the_one() -> None:
    asked = question()
    mine, _new = open_ticket(
        actor=asked.asker,
        requester=asked.asker,
        subject="My router",
        body="Please look.",
        channel=Channel.FORM,
        thread=asked,
    )
    ticket, is_new = hand_over(agent(), asked)
    assert (ticket.pk, is_new) == (mine.pk, True)
    assert fresh(asked).escalated_at is not None


def test_others_with_the_same_problem_have_tickets_of_their_own() -> None:
    asked, other = question(), person()
    ticket = escalated(asked)
    own, is_new = open_ticket(
        actor=other, requester=other, subject="", body="Mine too.", channel=Channel.FORM, thread=asked
    )
    assert is_new and own.pk != ticket.pk and own.thread == asked
    assert Escalation.objects.count() == 1


def test_the_database_holds_one_open_escalation_of_a_question() -> None:
    ticket = escalated()
    act = Escalation.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.create(
            thread=act.thread, ticket=ticket, way="staff", reason="other", escalated_by=act.escalated_by, role="agent"
        )


def test_customers_hand_nothing_over_and_nobody_what_is_out_of_sight() -> None:
    asked = question()
    for who in (asked.asker, person(), moderator(second_factor=False)):
        with pytest.raises(NotAllowed):
            hand_over(who, asked)
    moderation.lock(actor=moderator(), thread_id=asked.pk)
    with pytest.raises(NotAllowed):
        hand_over(agent(), asked)
    hidden = question()
    moderation.hide_thread(actor=moderator(), thread_id=hidden.pk)
    with pytest.raises(NotThere):
        hand_over(agent(), hidden)
    with pytest.raises(NotAllowed):
        hand_over(moderator(), hidden)
    with pytest.raises(NotAllowed):
        hand_over(agent(), thread(kind="idea"))
    assert not Ticket.objects.exists()


def test_nobody_is_handed_over_who_could_not_read_an_answer() -> None:
    asked = question()
    erase(actor=asked.asker, person_id=asked.asker.pk)
    with pytest.raises(Refused):
        hand_over(agent(), asked)
    assert fresh(asked).escalated_at is None


def test_a_policy_is_nobody_and_names_its_run() -> None:
    asked, run = question(), EscalationRun.objects.create(is_dry=False)
    _ticket, is_new = hand_over(None, asked, way=POLICY, reason="unanswered", run=run)
    act = Escalation.objects.get()
    assert is_new
    assert (act.way, act.escalated_by, act.run) == ("policy", None, run)
    assert not AuditEntry.objects.filter(verb="escalated").exists()
    with pytest.raises(NotAllowed):
        hand_over(None, question(), way=STAFF)


@pytest.mark.parametrize("wrong", ["", "no such", "\x00"])
def test_a_reason_is_one_we_know(wrong: str) -> None:
    with pytest.raises(Refused):
        hand_over(agent(), question(), reason=wrong)


@pytest.mark.parametrize("words", ["a\x00b", "\ud800", "x" * 2_001])
def test_words_that_cannot_be_kept_are_told(words: str) -> None:
    with pytest.raises(Refused):
        hand_over(agent(), question(), words=words)


# The asker --------------------------------------------------------------------------------------------------------
def test_an_asker_calls_staff_after_saying_that_it_is_not_solved() -> None:
    asked = question()
    with pytest.raises(NotAllowed):
        call(asked.asker, asked)
    answer = reply(asked)
    solutions.say_not_solved(actor=asked.asker, answer_id=answer.pk)
    ticket, is_new = call(asked.asker, asked, words="It smells burnt.")
    assert is_new
    assert ticket.messages.get().body == "It smells burnt."
    assert Escalation.objects.get().way == ASKER
    assert list(violations()) == []


def test_an_asker_calls_staff_once_the_boards_hours_are_over() -> None:
    asked = question()
    BoardDesk.objects.create(board=asked.board, queue=Queue.objects.get(), asker_waits=3)
    with clock.at(asked.asked_at + timedelta(hours=2, minutes=59)), pytest.raises(NotAllowed):
        call(asked.asker, asked)
    with clock.at(asked.asked_at + timedelta(hours=3)):
        assert call(asked.asker, asked)[1]


def test_nobody_calls_staff_for_somebody_else_or_for_what_is_solved() -> None:
    asked = question()
    with clock.at(clock.now() + timedelta(days=3)):
        for who in (person(), agent()):
            with pytest.raises(NotAllowed):
                call(who, asked)
        solutions.accept(actor=asked.asker, answer_id=reply(asked).pk)
        with pytest.raises(NotAllowed):
            call(asked.asker, fresh(asked))


def test_without_a_yes_nothing_is_shared() -> None:
    asked = question()
    with clock.at(clock.now() + timedelta(days=3)), pytest.raises(Refused):
        call(asked.asker, asked, shares=False)
    assert not Ticket.objects.exists()


def test_private_details_live_on_the_ticket_alone() -> None:
    asked, field = question(), serial_field()
    other = serial_field(board=board(), label="Of another product")
    with clock.at(clock.now() + timedelta(days=3)):
        ticket, _new = call(asked.asker, asked, values={field.pk: " NW-2041 ", other.pk: "no"})
    assert [(each.field, each.value) for each in TicketValue.objects.filter(ticket=ticket)] == [(field, "NW-2041")]
    assert "NW-2041" not in "".join(fresh(asked).answers.values_list("body", flat=True)) + fresh(asked).body


def test_what_an_asker_adds_later_goes_to_the_ticket_there_is() -> None:
    asked, field = question(), serial_field()
    ticket = escalated(asked)
    with clock.at(clock.now() + timedelta(days=3)):
        same, is_new = call(asked.asker, asked, words="And it hums.", values={field.pk: "NW-1"})
    assert (same.pk, is_new) == (ticket.pk, False)
    assert ticket.messages.get().body == "And it hums."
    assert ticket.values.get().value == "NW-1"
    assert Escalation.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_asker_is_told_that_staff_look_unless_they_called_them() -> None:
    by_staff, called = question(), question()
    escalated(by_staff)
    with clock.at(clock.now() + timedelta(days=3)):
        call(called.asker, called)
        fan_out_all()
    told = Notification.objects.filter(
        event_id__in=ThreadEvent.objects.filter(kind="escalated").values("pk"), event_kind="thread_event"
    )
    assert by_staff.asker_id in told.values_list("recipient", flat=True)
    assert called.asker_id not in told.values_list("recipient", flat=True)


# Given back -------------------------------------------------------------------------------------------------------
def test_a_question_given_back_is_the_communitys_again() -> None:
    asked, boss = question(), agent()
    ticket = escalated(asked, boss)
    closed = escalating.give_back(actor=boss, ticket_id=ticket.pk, reason="Anybody can know this.")
    act = Escalation.objects.get()
    assert (closed.status, act.ended_how) == ("closed", "gave_back")
    assert fresh(asked).escalated_at is None
    assert ticket.events.filter(kind="gave_back", actor=boss).count() == 1
    assert AuditEntry.objects.get(verb="gave_back").note.text == "Anybody can know this."
    with pytest.raises(Refused):
        escalating.give_back(actor=boss, ticket_id=ticket.pk)
    again, is_new = hand_over(moderator(), asked)
    assert is_new and again.pk != ticket.pk
    assert list(violations()) == []


def test_only_those_who_work_on_it_give_it_back() -> None:
    asked = question()
    ticket = escalated(asked)
    for who in (asked.asker, moderator(), person()):
        with pytest.raises(NotThere):
            escalating.give_back(actor=who, ticket_id=ticket.pk)
    assert Thread.objects.get(pk=asked.pk).escalated_at is not None


def test_what_was_told_privately_is_left_where_it_is_taken_back() -> None:
    asked = question()
    note = private_notes.write(actor=asked.asker, thread=asked, text="NW-2041")
    escalated(asked)
    private_notes.take_back(actor=asked.asker, note_id=note.pk)
    assert "NW-2041" not in str(Carried.objects.values_list())
