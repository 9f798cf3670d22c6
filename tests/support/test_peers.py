"""Peers go on while staff look; what they solve ends the ticket with one press."""

import pytest

from community.actions import solutions
from community.actions.answers import answer
from community.errors import NotThere, Refused
from support.actions import replies
from support.actions.peers import close_as_solved, follow_solutions
from support.models import Escalation
from support.reading.escalated import drafted_closing, escalated_of
from tests.factories import agent, moderator, person, reply
from tests.support import desk
from tests.support.escalations import escalated, fresh, question

pytestmark = pytest.mark.django_db(transaction=True)


def solve(ticket, author=None):
    solutions.accept(actor=ticket.requester, answer_id=reply(ticket.thread, author).pk)


def test_the_desk_learns_that_peers_solved_it_once() -> None:
    ticket, other = escalated(), escalated()
    solve(ticket)
    solve(other, agent())
    follow_solutions()
    follow_solutions()
    assert desk.story(ticket).count("solved_by_peers") == 1
    assert "solved_by_peers" not in desk.story(other)


def test_the_ticket_ends_with_the_words_that_were_drafted() -> None:
    staff, ticket = agent(), escalated(question(asker=person("anna", display_name="Anna", language="de")))
    solve(ticket, person("ben", display_name="Ben"))
    about = escalated_of(staff, ticket)
    words = drafted_closing(ticket, about, "https://community.example")
    assert about.is_solved_by_peers
    assert not about.waits
    assert f"https://community.example{about.solution['url']}" in words
    assert "Anna" in words and "Ben" in words
    pending = close_as_solved(actor=staff, ticket_id=ticket.pk, body=words)
    with desk.clock.at(pending.leaves_at):
        replies.let_leave()
    assert fresh(ticket).status == "resolved"
    assert Escalation.objects.get().ended_how == "peers"
    assert fresh(ticket.thread).escalated_at is None


def test_what_is_not_solved_by_peers_is_not_closed_as_such() -> None:
    staff, ticket = agent(), escalated()
    with pytest.raises(Refused):
        close_as_solved(actor=staff, ticket_id=ticket.pk, body="Solved!")
    said = answer(actor=staff, thread_id=ticket.thread_id, body="Like this.")
    solutions.accept(actor=ticket.requester, answer_id=said.pk)
    with pytest.raises(Refused):
        close_as_solved(actor=staff, ticket_id=ticket.pk, body="Solved!")
    for who in (ticket.requester, moderator()):
        with pytest.raises(NotThere):
            close_as_solved(actor=who, ticket_id=ticket.pk, body="Solved!")
