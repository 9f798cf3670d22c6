"""Whatever people and staff do, in whatever order: the ledger is what the facts say, and nobody counts twice.

Acts go through the actions; what they refuse did not happen. The ledger is derived after some of them, and at the end
everything is derived again and compared row by row.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from community import clock
from community.actions import (
    answers,
    duplicates,
    erasure,
    measuring,
    moderation,
    regrouping,
    solutions,
    thanks,
    threads,
)
from community.errors import Refused
from community.integrity import violations
from community.models import Answer, Merge, Thread, User
from community.roles import Role
from support.actions import contact_imports, escalating, inputs, intents, readers, relating, setup, tickets
from support.actions.ledger import advance, rebuild
from support.contact_files import Contact
from support.ledger.invariants import INVARIANTS
from support.models import Channel, Escalation, Instead, Ticket
from tests.factories import admin, agent, board, moderator, person
from tests.support.reading_people import everybody_is_drawn

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Town:
    """Six customers, two browsers, staff, two boards, and whatever comes of them."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.now = START
        with clock.at(START - HOUR):
            everybody_is_drawn()
            self.people = [person() for _each in range(6)]
            self.agent, self.moderator, self.admin = agent(), moderator(), admin()
            self.boards = [board(), board()]
            self.browsers = [f"a:{digit * 64}" for digit in "78"]
            for key in self.browsers:
                measuring.welcome_visitor(key=key, agreed=True)

    # Whom and what it is about ----------------------------------------------------------------------------------------
    def who(self) -> User:
        return User.objects.with_standing().get(pk=self.random.choice(self.people).pk)

    def key(self) -> str:
        return self.random.choice([*self.browsers, *(f"u:{each.pk}" for each in self.people)])

    def thread(self) -> Thread:
        return self.random.choice(list(Thread.objects.order_by("pk")))

    def solved(self) -> Thread:
        """One that is solved, where there is any."""
        found = list(Thread.objects.filter(solved_at__isnull=False).order_by("pk"))
        return self.random.choice(found) if found else self.thread()

    def answer(self) -> Answer:
        return self.random.choice(list(Answer.objects.order_by("pk")))

    # What they do -----------------------------------------------------------------------------------------------------
    def ask(self) -> None:
        threads.ask(
            actor=self.who(), board_id=self.random.choice(self.boards).pk, kind="problem", title="It hums", body="Why?"
        )

    def give(self) -> None:
        by_staff = self.random.random() < 0.1
        answers.answer(actor=self.agent if by_staff else self.who(), thread_id=self.thread().pk, body="Turn it around.")

    def accept(self) -> None:
        given = self.answer()
        solutions.accept(actor=User.objects.with_standing().get(pk=given.thread.asker_id), answer_id=given.pk)

    def withdraw(self) -> None:
        asked = self.thread()
        solutions.withdraw(actor=User.objects.with_standing().get(pk=asked.asker_id), thread_id=asked.pk)

    def not_yet(self) -> None:
        given = self.answer()
        solutions.say_not_solved(actor=User.objects.with_standing().get(pk=given.thread.asker_id), answer_id=given.pk)

    def hide(self) -> None:
        given = self.answer()
        (moderation.restore_answer if given.hidden_at else moderation.hide_answer)(
            actor=self.moderator, answer_id=given.pk
        )

    def hide_all(self) -> None:
        asked = self.thread()
        (moderation.restore_thread if asked.hidden_at else moderation.hide_thread)(
            actor=self.moderator, thread_id=asked.pk
        )

    def move(self) -> None:
        moderation.move(actor=self.moderator, thread_id=self.thread().pk, board_id=self.random.choice(self.boards).pk)

    def merge(self) -> None:
        with_answers = self.random.random() < 0.5
        duplicates.mark_duplicate(
            actor=self.moderator, thread_id=self.thread().pk, original_id=self.thread().pk, with_answers=with_answers
        )

    def unmerge(self) -> None:
        merges = list(Merge.objects.filter(undone_at=None).order_by("pk"))
        if merges:
            duplicates.unmark_duplicate(actor=self.moderator, thread_id=self.random.choice(merges).thread_id)

    def split(self) -> None:
        given = self.answer()
        regrouping.split(
            actor=self.moderator, thread_id=given.thread_id, answer_ids=[given.pk], target_id=self.thread().pk
        )

    def join(self) -> None:
        thanks.join(actor=self.who(), thread_id=self.thread().pk)

    def leave(self) -> None:
        thanks.leave(actor=self.who(), thread_id=self.thread().pk)

    def helped(self) -> None:
        who, solution = self.who(), solutions.current_solution(self.solved())
        given = solution.answer if solution is not None else self.answer()
        if self.random.random() < 0.6:
            # a moment before, and after the ledger was last derived
            with clock.at(self.now - timedelta(seconds=20)):
                thanks.join(actor=who, thread_id=given.thread_id)
        thanks.say_helped(actor=who, answer_id=given.pk)

    def intend(self) -> None:
        key, asked, moment = self.key(), self.thread(), self.random.choice(["asked", "helped"])
        if intents.offer_intent(person_key=key, thread_id=asked.pk, moment=moment) is not None:
            instead = self.random.choice(Instead.values)
            intents.answer_intent(person_key=key, thread_id=asked.pk, instead=instead)

    def look(self) -> None:
        """A beacon, perhaps of a while ago, perhaps sent twice."""
        late = self.random.choice([timedelta(0), HOUR, 30 * HOUR])
        seen = readers.Seen(self.key(), self.solved().pk, Role.CUSTOMER, max(self.now - late, START))
        for _sent in range(self.random.choice([1, 1, 2])):
            readers.record_views([seen])

    def survey(self) -> None:
        key, asked = self.key(), self.solved()
        readers.record_views([readers.Seen(key, asked.pk, Role.CUSTOMER, self.now)])
        drawn = readers.draw_survey(person_key=key, thread_id=asked.pk)
        if drawn is not None:
            readers.show_survey(person_key=key, token=drawn.token)
            solved, instead = self.random.random() < 0.8, self.random.choice(["phone", "email", "search"])
            readers.answer_survey(person_key=key, token=drawn.token, solved=solved, instead=instead)

    def suggestion(self) -> None:
        """A form of tickets: what was suggested is opened and solves it; sometimes it is sent all the same."""
        key, asked, token = self.key(), self.solved(), uuid4()
        measuring.open_form(person_key=key, token=token, surface="ticket")
        measuring.record_shown(person_key=key, token=token, thread_ids=[asked.pk])
        measuring.record_opened(person_key=key, token=token, thread_id=asked.pk)
        measuring.record_answer(person_key=key, token=token, thread_id=asked.pk, solved=True, stops=True)
        if self.random.random() < 0.3:
            measuring.record_sent(person_key=key, token=token)

    def alias(self) -> None:
        measuring.recognise_visitor(actor=self.who(), key=self.random.choice(self.browsers))

    def ticket(self) -> None:
        about = self.thread() if self.random.random() < 0.4 else None
        who = self.who()
        tickets.open_ticket(
            actor=self.agent, requester=who, subject="Help", body="Please.", channel=Channel.STAFF, thread=about
        )

    def unrelated(self) -> None:
        rows = list(Ticket.objects.order_by("pk"))
        if rows:
            act = self.random.choice([relating.mark_unrelated, relating.mark_related])
            act(actor=self.agent, ticket_id=self.random.choice(rows).pk, reason="An invoice.")

    def escalate(self) -> None:
        escalating.escalate_thread(
            actor=self.moderator, thread_id=self.thread().pk, way=Escalation.Way.STAFF, reason="unsolved"
        )

    def call(self) -> None:
        line = Contact(1, self.now, "phone", f"c{self.random.randint(1, 10**6)}", f"{self.random.randint(1, 9):064x}")
        contact_imports.import_contacts(actor=self.admin, source="Calls", contacts=[line])

    def period(self) -> None:
        setup.store_support_period(
            actor=self.admin, board=self.random.choice(self.boards), starts_at=self.now - 48 * HOUR,
            ends_at=self.random.choice([None, self.now + 240 * HOUR]),
        )  # fmt: skip

    def entitle(self) -> None:
        setup.store_entitlement(
            actor=self.admin, person=self.who(), board=self.random.choice(self.boards), starts_at=self.now - 48 * HOUR
        )

    def stand(self) -> None:
        kind = self.random.choice(["service", "test"])
        inputs.say_standing(actor=self.admin, person_id=self.who().pk, kind=kind, reason="Ours.")

    def leave_for_good(self) -> None:
        if self.random.random() < 0.1:
            who = self.who()
            erasure.erase(actor=who, person_id=who.pk)


OFTEN = ["ask", "give", "accept", "accept", "helped", "look", "survey", "suggestion", "ticket", "intend"]
ACTS = [name for name, each in vars(Town).items() if isinstance(each, Callable) and not name.startswith("_")]  # type: ignore[arg-type]
ACTS = [name for name in ACTS if name not in {"who", "key", "thread", "solved", "answer"}]
steps = st.lists(st.tuples(st.sampled_from([*ACTS, *OFTEN]), st.sampled_from([0, 1, 5, 30, 200])), max_size=30)


@pytest.mark.django_db
@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), steps=steps)
def test_the_ledger_is_what_the_facts_say(seed: int, steps: list[tuple[str, int]]) -> None:
    with transaction.atomic():
        town = Town(seed)
        first = [(name, 1) for name in ("ask", "give", "accept", "ask", "give", "accept", "look")]
        for number, (name, hours) in enumerate([*first, *steps]):
            town.now += timedelta(hours=hours, minutes=1)
            with clock.at(town.now):
                try:
                    with transaction.atomic():
                        getattr(town, name)()
                except Refused:
                    pass
            if number % 3 == 0:
                with clock.at(town.now + timedelta(seconds=30)):
                    advance()
        for days in (1, 40):
            with clock.at(town.now + timedelta(days=days)):
                advance()
                found = rebuild(check=True)
                assert (found.differing, found.told) == (0, [])
        assert list(violations(INVARIANTS)) == []
        transaction.set_rollback(True)
