"""Many press at once at the desk, again and again: exactly one wins, one ticket is made, nothing is sent twice.

Small by themselves (a few rounds), 200 rounds each with PEERDESK_TRIALS=full.
"""

import os
import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from community import clock
from community.integrity import violations
from community.models import Thread, User
from support.actions import assigning, escalating, messages, replies
from support.actions.tickets import open_ticket
from support.defaults import make_defaults
from support.integrity import INVARIANTS
from support.models import AgentSeat, Channel, Escalation, Queue, Switch, Ticket, TicketEvent, TicketMessage
from tests.factories import agent, board, moderator, person, thread
from tests.support.desk import queue, switch_on, team, ticket

pytestmark = [pytest.mark.trial, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

ROUNDS = 200 if os.environ.get("PEERDESK_TRIALS") == "full" else 6


@pytest.fixture(autouse=True)
def defaults() -> None:
    """What the migrations left was flushed by the test before."""
    make_defaults()


class Crowd:
    """People who press at the same moment, each with a connection of their own."""

    def __init__(self, acts: Sequence[Callable[[int], object]], rounds: int = ROUNDS) -> None:
        self.acts, self.rounds = acts, rounds
        self.start = threading.Barrier(len(acts))
        self.outcomes: list[list[Any]] = [[None] * len(acts) for _round in range(rounds)]

    def go(self) -> list[list[Any]]:
        """What each returned, or was told no with, round by round."""
        threads = [threading.Thread(target=self._press, args=(at,), daemon=True) for at in range(len(self.acts))]
        for each in threads:
            each.start()
        for each in threads:
            each.join(timeout=600)
        assert not any(each.is_alive() for each in threads)
        return self.outcomes

    def _press(self, at: int) -> None:
        try:
            for number in range(self.rounds):
                self.start.wait(timeout=120)
                try:
                    self.outcomes[number][at] = self.acts[at](number)
                except Exception as refused:
                    self.outcomes[number][at] = refused
        finally:
            connection.close()


def again(who: User) -> User:
    """The person as their own request would find them."""
    return User.objects.with_standing().get(pk=who.pk)


def test_of_eight_agents_who_claim_one_ticket_exactly_one_has_it() -> None:
    agents = [agent() for _number in range(8)]
    requester = person()
    rows = [ticket(requester) for _round in range(ROUNDS)]

    def claimer(who: User) -> Callable[[int], object]:
        return lambda number: assigning.claim(actor=again(who), ticket_id=rows[number].pk)

    for row, outcome in zip(rows, Crowd([claimer(each) for each in agents]).go(), strict=True):
        won = [at for at, got in enumerate(outcome) if isinstance(got, Ticket)]
        assert len(won) == 1
        lost = [got for at, got in enumerate(outcome) if at not in won]
        assert all(isinstance(got, assigning.Taken) for got in lost), lost
        row.refresh_from_db()
        assert row.assignee == agents[won[0]]
        assert all(agents[won[0]].display_name in str(got) for got in lost)
    assert TicketEvent.objects.filter(kind="claimed").count() == ROUNDS
    assert list(violations(INVARIANTS)) == []


def test_of_two_moderators_who_escalate_one_question_both_get_the_same_ticket() -> None:
    people, where, asker = (moderator(), moderator()), board(), person()
    rows = [thread(asker, where) for _round in range(ROUNDS)]

    def escalator(who: User) -> Callable[[int], object]:
        return lambda number: escalating.escalate_thread(
            actor=again(who), thread_id=rows[number].pk, way=Escalation.Way.STAFF, reason="unanswered"
        )

    for outcome in Crowd([escalator(each) for each in people]).go():
        assert all(isinstance(got, tuple) for got in outcome), outcome
        assert len({made.pk for made, _is_new in outcome}) == 1
        assert sorted(is_new for _made, is_new in outcome) == [False, True]
    assert (Ticket.objects.count(), Escalation.objects.count()) == (ROUNDS, ROUNDS)
    assert Thread.objects.filter(escalated_at__isnull=False).count() == ROUNDS
    assert list(violations(INVARIANTS)) == []


def test_a_form_sent_three_times_at_once_opens_one_ticket_and_a_word_stands_once() -> None:
    who = person()
    asked, standing = [thread() for _round in range(ROUNDS)], ticket(who)

    def send(number: int) -> object:
        sent = {"requester": who, "subject": "It hums", "body": f"All night, {number}.", "channel": Channel.FORM}
        made, _new = open_ticket(actor=again(who), **sent, key=f"form-{number}")
        named, _new = open_ticket(actor=again(who), **sent, thread=asked[number])
        said = messages.write(actor=again(who), ticket_id=standing.pk, body="Hello?", key=f"word-{number}")
        return made.pk, named.pk, said.pk

    for outcome in Crowd([send] * 3).go():
        assert len(set(outcome)) == 1, outcome
    assert Ticket.objects.count() == 2 * ROUNDS + 1
    assert standing.messages.count() == ROUNDS + 1
    assert list(violations(INVARIANTS)) == []


def test_a_reply_leaves_once_whoever_lets_it_or_takes_it_back() -> None:
    staff, requester = agent(), person()
    rows = [ticket(requester) for _round in range(ROUNDS)]
    for row in rows:
        replies.send(actor=staff, ticket_id=row.pk, body="Hold it for ten seconds.")

    def leave(number: int) -> object:
        with clock.at(clock.now() + timedelta(seconds=30 + number)):
            return replies.let_leave()

    def take_back(number: int) -> object:
        return replies.take_back(actor=again(staff), ticket_id=rows[number].pk)

    Crowd([leave, leave, take_back]).go()
    left = TicketMessage.objects.filter(is_staff=True)
    assert left.count() == left.values("ticket").distinct().count()
    drafted = {each.ticket_id for each in staff.ticket_drafts.all()}
    assert drafted.isdisjoint(left.values_list("ticket", flat=True))
    assert len(drafted) + left.count() == ROUNDS
    assert list(violations(INVARIANTS)) == []


def test_two_workers_who_hand_out_at_once_give_nobody_more_than_they_carry() -> None:
    switch_on(Switch.ROTATION)
    agents = [agent() for _number in range(3)]
    line = queue(handing=Queue.Handing.IN_TURN, team=team(*agents))
    for each in agents:
        AgentSeat.objects.create(person=each, capacity=ROUNDS // 3)
    requester = person()
    rows = [ticket(requester, queue=line) for _round in range(ROUNDS + 3)]
    Crowd([lambda _number: assigning.hand_out()] * 2, rounds=2).go()
    given = [Ticket.objects.get(pk=row.pk).assignee for row in rows]
    assert [given.count(each) for each in agents] == [ROUNDS // 3] * 3
    assert list(violations(INVARIANTS)) == []
