"""What the community is told of how it ended at staff's; and nothing of what is one customer's alone."""

import pytest

from community.actions import duplicates, moderation, private_notes, purges, solutions
from community.actions.private_data import Way
from community.errors import NotAllowed, NotThere, Refused
from community.integrity import violations
from community.models import Answer, AuditEntry, Hiding
from support.actions import drafts, ending, messages, moves, notes, outcomes
from support.actions.outcomes import PrivateWords
from support.models import Escalation, Outcome, TicketCc, TicketDraft, TicketValue
from tests.factories import agent, board, moderator, person, thread
from tests.support import desk
from tests.support.escalations import escalated, fresh, question, serial_field

pytestmark = pytest.mark.django_db

HOW = "The update had switched the light to red. Set it back under Settings."


@pytest.fixture
def staff():
    return agent()


@pytest.fixture
def ticket(staff):
    return escalated(by=staff)


def publish(who, ticket, body=HOW, **fields):
    return outcomes.publish(actor=who, ticket_id=ticket.pk, body=body, **fields)


def places(who, ticket, body):
    return [hit.text for hit in outcomes.check(actor=who, ticket_id=ticket.pk, body=body)]


def test_an_outcome_is_an_official_answer_and_lets_the_ticket_end(staff, ticket) -> None:
    with pytest.raises(Refused, match="The community still waits"):
        ending.before_resolving(ticket=ticket)
    drafts.save(actor=staff, ticket_id=ticket.pk, kind=TicketDraft.Kind.OUTCOME, body="The upd")
    made = publish(staff, ticket)
    answer = Answer.objects.get(pk=made.outcome.answer_id)
    assert made.is_shown
    assert (answer.thread, answer.author, answer.body) == (ticket.thread, staff, HOW)
    assert answer.official_at is not None
    assert desk.story(ticket)[-1] == "published"
    assert AuditEntry.objects.filter(verb="published_outcome", actor=staff, object_id=ticket.pk).exists()
    assert not TicketDraft.objects.exists()
    ending.before_resolving(ticket=ticket)
    assert list(violations()) == []


def test_pressing_twice_publishes_once(staff, ticket) -> None:
    first = publish(staff, ticket, key="k")
    assert publish(staff, ticket, key="k").outcome == first.outcome
    assert Outcome.objects.count() == 1
    assert desk.story(ticket).count("published") == 1


def test_every_private_thing_of_the_ticket_is_found_in_whatever_spacing(staff) -> None:
    asked = question(asker=person("annaberg", email="anna.b@posteo.example", display_name="Anna Berg"))
    ticket = escalated(asked, staff)
    TicketValue.objects.create(ticket=ticket, field=serial_field(), value="NW-2041-XK77")
    TicketCc.objects.create(ticket=ticket, person=person("otto", display_name="Otto Kraft"), added_by=staff)
    private_notes.write(actor=asked.asker, thread=asked, text="Order 77-1234\nsome other words")
    messages.write(actor=asked.asker, ticket_id=ticket.pk, body="Call me: +49 30 9876543, please.")
    notes.note(actor=staff, ticket_id=ticket.pk, body="Her card is 4012 8888 8888 1881.")
    text = (
        "We sent Anna another one (nw2041 xk77), order 77 1234, and told Kraft."
        " Write to anna.b@posteo.example or +49309876543, paid with 4012-8888-8888-1881."
    )
    assert places(staff, ticket, text) == [
        "Anna",
        "nw2041 xk77",
        "order 77 1234",
        "Kraft",
        "anna.b@posteo.example",
        "+49309876543",
        "4012-8888-8888-1881",
    ]


def test_what_merely_looks_private_is_found_too(staff) -> None:
    asked = question(on=board(private_patterns="NW-####"))
    ticket = escalated(asked, staff)
    found = outcomes.check(actor=staff, ticket_id=ticket.pk, body="Like NW-1234 of eve@posteo.de.")
    assert [(hit.text, hit.what) for hit in found] == [
        ("NW-1234", "a serial number"),
        ("eve@posteo.de", "an e-mail address"),
    ]


def test_a_name_in_an_address_hides_nothing_of_the_address(staff) -> None:
    ticket = escalated(question(asker=person("erik", display_name="Erik")), staff)
    found = outcomes.check(actor=staff, ticket_id=ticket.pk, body="Ask erik.b@posteo.de, not Erik.")
    assert [(hit.text, hit.what) for hit in found] == [
        ("erik.b@posteo.de", "an e-mail address"),
        ("Erik", "a name of the customer"),
    ]


def test_nothing_is_published_until_each_place_was_decided(staff, ticket) -> None:
    TicketValue.objects.create(ticket=ticket, field=serial_field(), value="NW-2041")
    text = "It was NW-2041 again, see also NW 2041 and 1.2.3."
    with pytest.raises(PrivateWords) as first:
        publish(staff, ticket, text)
    one, two = first.value.hits
    assert first.value.undecided == [one.digest, two.digest]
    with pytest.raises(PrivateWords) as second:
        publish(staff, ticket, text, decided={one.digest: Way.OUT})
    assert second.value.undecided == [two.digest]
    assert not Outcome.objects.exists()
    made = publish(staff, ticket, text, decided={one.digest: Way.OUT, two.digest: Way.PUBLIC})
    answer = Answer.objects.get(pk=made.outcome.answer_id)
    assert answer.body == "It was [left out] again, see also NW 2041 and 1.2.3."
    told = AuditEntry.objects.get(verb="published_outcome").note.text
    assert told.startswith("1 place") and "2041" not in told


def test_a_decision_about_other_words_decides_nothing(staff, ticket) -> None:
    TicketValue.objects.create(ticket=ticket, field=serial_field(), value="NW-2041")
    (hit,) = outcomes.check(actor=staff, ticket_id=ticket.pk, body="It was NW-2041.")
    with pytest.raises(PrivateWords):
        publish(staff, ticket, "It was NW 20 41.", decided={hit.digest: Way.PUBLIC})


@pytest.mark.parametrize("why", Outcome.Withheld.values)
def test_a_reason_not_to_publish_lets_the_ticket_end_too(staff, ticket, why) -> None:
    outcomes.withhold(actor=staff, ticket_id=ticket.pk, why=why, words="Her invoice.")
    outcomes.withhold(actor=staff, ticket_id=ticket.pk, why=why)
    assert Outcome.objects.get().withheld_for == why
    assert AuditEntry.objects.get(verb="withheld_outcome").note.text == "Her invoice."
    assert desk.story(ticket).count("withheld") == 1
    ending.before_resolving(ticket=ticket)


@pytest.mark.parametrize("why", ["", "because", "\x00"])
def test_a_reason_is_one_there_is(staff, ticket, why) -> None:
    with pytest.raises(Refused):
        outcomes.withhold(actor=staff, ticket_id=ticket.pk, why=why)


def test_only_those_who_work_on_the_ticket_speak_for_it(ticket) -> None:
    other_team = agent()
    ticket.queue = desk.queue(team=desk.team(agent()))
    ticket.save(update_fields=["queue"])
    for who in (moderator(), person(), other_team):
        with pytest.raises(NotThere):
            publish(who, ticket)
        with pytest.raises(NotThere):
            outcomes.check(actor=who, ticket_id=ticket.pk, body=HOW)
    with pytest.raises(NotAllowed):
        publish(ticket.requester, ticket)
    assert not Outcome.objects.exists()


def test_a_ticket_about_no_question_has_no_outcome(staff) -> None:
    with pytest.raises(Refused):
        publish(staff, desk.ticket())


def test_where_two_read_official_words_the_outcome_waits_and_the_ticket_may_end(staff) -> None:
    ticket = escalated(question(on=board(approves_official=True)), staff)
    made = publish(staff, ticket)
    assert not made.is_shown
    assert Answer.objects.get(pk=made.outcome.answer_id).hidden_for == Hiding.APPROVAL
    ending.before_resolving(ticket=ticket)


def test_of_a_merged_question_the_outcome_stands_where_it_leads(staff, ticket) -> None:
    root = thread(title="Red light since the update")
    duplicates.mark_duplicate(actor=moderator(), thread_id=ticket.thread_id, original_id=root.pk)
    made = publish(staff, ticket)
    assert Answer.objects.get(pk=made.outcome.answer_id).thread == root
    assert made.outcome.thread_id == ticket.thread_id
    ending.before_resolving(ticket=ticket)


def test_a_hidden_question_needs_no_word(staff, ticket) -> None:
    moderation.hide_thread(actor=moderator(), thread_id=ticket.thread_id)
    ending.before_resolving(ticket=ticket)
    with pytest.raises(NotThere):
        publish(staff, ticket)


def test_a_question_that_is_destroyed_lets_its_ticket_end(staff, ticket) -> None:
    wish = purges.ask(actor=moderator(), thread_id=ticket.thread_id, ground="private")
    purges.confirm(actor=moderator(), purge_id=wish.pk)
    moves.resolve(actor=staff, ticket_id=ticket.pk)
    assert Escalation.objects.get().ended_how == "resolved"
    assert list(violations()) == []


def test_the_end_of_a_ticket_frees_its_question(staff, ticket) -> None:
    publish(staff, ticket)
    moves.resolve(actor=staff, ticket_id=ticket.pk)
    assert Escalation.objects.get().ended_how == "resolved"
    assert fresh(ticket.thread).escalated_at is None
    assert list(violations()) == []


def test_a_new_escalation_needs_a_word_of_its_own(staff, ticket) -> None:
    outcomes.withhold(actor=staff, ticket_id=ticket.pk, why="nothing")
    ending.end(actor=staff, ticket=ticket, how=Escalation.End.RESOLVED)
    again = escalated(ticket.thread, staff)
    assert again.pk == ticket.pk  # it was not done yet
    with pytest.raises(Refused):
        ending.before_resolving(ticket=again)
    outcomes.withhold(actor=staff, ticket_id=ticket.pk, why="nothing")
    assert Outcome.objects.count() == 2
    ending.before_resolving(ticket=again)


def test_what_the_community_solved_meanwhile_needs_no_word_of_ours(staff, ticket) -> None:
    answer = ticket.thread.answers.get()
    solutions.accept(actor=ticket.requester, answer_id=answer.pk)
    ending.before_resolving(ticket=ticket)
    ending.end(actor=staff, ticket=ticket, how=Escalation.End.RESOLVED)
    assert Escalation.objects.get().ended_how == "peers"


def test_what_staff_published_is_not_the_communitys_merit(staff, ticket) -> None:
    publish(staff, ticket)
    solutions.accept(actor=ticket.requester, answer_id=ticket.thread.answers.order_by("position").first().pk)
    ending.end(actor=staff, ticket=ticket, how=Escalation.End.RESOLVED)
    assert Escalation.objects.get().ended_how == "resolved"
