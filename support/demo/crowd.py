"""The demo's many customers, who never write a word in the community: they read, and open the form for staff.

There are hundreds, so they are made up by the simulator and written at once, as facts like any others, each of them
marked as made up. What they come to is derived, as everywhere.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Any

from django.db.models import F
from django.db.models.functions import Least

from community.actions.asking_budget import QUIET
from community.models import Board, Consent, Experiment, Prompt, Thread, User
from community.models.prompts import Instrument
from support.demo.crowd_words import FIRST_NAMES, MATTERS, SOURCES, TICKET_RATINGS, Matter
from support.ledger.facts import load
from support.models import ContactImport, Ticket, TicketEvent, TicketMessage, TicketRating
from support.simulation.copying import copy, highest
from support.simulation.forms import Forms
from support.simulation.habits import Habits
from support.simulation.living import Life
from support.simulation.shelf import Shelf
from support.simulation.world import CUSTOMER, Trial, World
from support.simulation.writing import TICKET_EVENT, Writer

HABITS = Habits(
    days=84, form_contact=0.5, form_opens=0.8, form_solved=0.75, viewer_contact=0.25, viewer_solved=0.55,
    answers_survey=0.4, visitors=0.8, signs_in=0.02, outside=0.4, unlinkable=0.2,
)  # fmt: skip
OPENERS, READERS, CALLS = 600, 2600, 520
#: Of those who are asked how their ticket went, so many answer.
RATES = 0.36
PROMPT = (
    *("id", "person_key", "instrument", "outcome", "stood_in_way_id", "is_simulated", "occurred_at", "recorded_at"),
)
REPLY, CLOSES = timedelta(hours=3), timedelta(days=3)


def live_as_a_crowd(*, seed: int, language: str, agent_id: int, experiment: Experiment, now: datetime) -> World:
    """Twelve weeks of readers, forms and calls around the questions there are; returns what was written."""
    life = Life(seed, HABITS, now - timedelta(days=HABITS.days), members_from=highest(User))
    assert experiment.starts_at is not None and experiment.stops_at is not None
    life.world.experiment = Trial(
        experiment.pk, experiment.salt, float(experiment.holdout), experiment.starts_at, experiment.stops_at
    )
    shelf = Shelf(load())
    Forms(life, shelf).live(OPENERS)
    for _each in range(READERS):
        person = life.browser() if life.chance(HABITS.visitors) else life.member()
        life.read(person, shelf, life.start, life.random.randint(1, HABITS.visits))
    for _each in range(CALLS):
        life.call("", life.between(life.start, now), is_linkable=not life.chance(HABITS.background_unlinkable))
    _forget_what_is_to_come(life.world, now)
    _Crowd(life.world, language, agent_id, now).write()
    return life.world


def _forget_what_is_to_come(world: World, now: datetime) -> None:
    """Nothing happens later than now; what was begun lately is done by now."""
    facts, lately = world.facts, now - timedelta(minutes=30)
    facts.viewed = [each for each in facts.viewed if each.recorded_at < lately]
    facts.surveyed = [each for each in facts.surveyed if each.recorded_at < lately]
    facts.aliases = [each for each in facts.aliases if each.recorded_at < lately]
    facts.contacted = [each for each in facts.contacted if each.recorded_at < lately]
    facts.tickets = [
        each._replace(done_at=min(each.done_at or now, now - timedelta(minutes=5)))
        for each in facts.tickets
        if each.at < now - timedelta(hours=6)
    ]


class _Crowd(Writer):
    """Writes beside the boards, questions and staff there are."""

    def __init__(self, world: World, language: str, agent_id: int, now: datetime) -> None:
        super().__init__(world)
        self._base |= {Thread: 0, Board: 0, Experiment: 0}
        self.names, self.matters = FIRST_NAMES[language], MATTERS[language]
        self.source, self.agent, self.now = SOURCES[language]["calls"], agent_id, now
        self.scores, self.chance = cycle(TICKET_RATINGS[language]), Random(world.seed)  # noqa: S311 - no secret

    def write(self) -> int:
        self._people()
        self._agree()
        self._forms()
        self._readers()
        self._prompts()
        self._tickets()
        self._talk()
        self._rate()
        self._contacts()
        ContactImport.objects.filter(brought_at=self.world.end).update(source=self.source, brought_at=self.now)
        return self.world.count()

    def _agree(self) -> None:
        """All of them may be counted: whoever may not leaves no fact that could be made up."""
        agreed = ((self.person_id(each), True, self.world.start) for each in self.world.members())
        copy(Consent, ("person_id", "is_given", "said_at"), agreed)

    def name_of(self, number: int) -> tuple[str, str]:
        first = self.names[number % len(self.names)]
        return f"{first.lower()}-{number}", f"{first} {chr(65 + number // len(self.names) % 26)}."

    def subject_of(self, ticket: int) -> str:
        return self._matter(ticket).subject

    def agent_id(self) -> int:
        return self.agent

    def _matter(self, ticket: int) -> Matter:
        return self.matters[ticket * 7 % len(self.matters)]

    def _talk(self) -> None:
        """What was written, staff's answer, and that it was closed some days later."""
        rows: list[tuple[Any, ...]] = []
        events: list[tuple[Any, ...]] = []
        for t in self.facts.tickets:
            ticket, matter, done = self.number(Ticket, t.id), self._matter(t.id), t.done_at
            assert done is not None
            replied = min(t.at + REPLY, done)
            for place, (who, role, text, at) in enumerate(
                ((self.person_id(t.person), CUSTOMER, matter.text, t.at), (self.agent, "agent", matter.reply, replied)),
                1,
            ):
                rows.append((ticket, place, who, role, place == 2, text, f"<p>{text}</p>", at))
            events.append((ticket, TicketEvent.Kind.REPLIED, self.agent, "agent", "open", "normal", replied, replied))
            if done + CLOSES < self.now:
                closed = done + CLOSES
                events.append((ticket, TicketEvent.Kind.CLOSED, None, "customer", "closed", "normal", closed, closed))
        columns = ("ticket_id", "position", "author_id", "author_role", "is_staff", "body", "body_html", "sent_at")
        copy(TicketMessage, columns, rows)
        copy(TicketEvent, TICKET_EVENT, events)
        ours = Ticket.objects.filter(pk__in=[self.number(Ticket, t.id) for t in self.facts.tickets])
        ours.update(last_position=2, first_replied_at=Least(F("opened_at") + REPLY, F("resolved_at")))
        ours.filter(resolved_at__lt=self.now - CLOSES).update(status="closed", closed_at=F("resolved_at") + CLOSES)

    def _rate(self) -> None:
        """Who wrote to staff is asked how it went when it is solved, as far as the asking budget lets."""
        asked, number = self._asked_already(), highest(Prompt)
        prompts: list[tuple[Any, ...]] = []
        ratings: list[tuple[Any, ...]] = []
        events: list[tuple[Any, ...]] = []
        for t in sorted(self.facts.tickets, key=lambda t: (t.done_at, t.id)):
            ticket, person, at, number = self.number(Ticket, t.id), self.person_id(t.person), t.done_at, number + 1
            assert at is not None
            near = next((pk for pk, other in asked[t.person] if abs(other - at) < QUIET), None)
            outcome = Prompt.Outcome.SKIPPED if near else Prompt.Outcome.ASKED
            prompts.append((number, f"u:{person}", Instrument.CSAT, outcome, near, True, at, at))
            score, words, said_at = None, "", None
            if near is None:
                asked[t.person].append((number, at))
                said_at = at + timedelta(minutes=self.chance.randint(4, 40 * 60))
                if self.chance.random() < RATES and said_at < self.now:
                    score, words = next(self.scores)
                    status = "resolved"
                    events.append(
                        (ticket, TicketEvent.Kind.RATED, person, CUSTOMER, status, "normal", said_at, said_at)
                    )
            ratings.append((ticket, None if near else at, score, words, said_at if score else None))
        copy(Prompt, PROMPT, prompts)
        copy(TicketRating, ("ticket_id", "asked_at", "score", "words", "rated_at"), ratings)
        copy(TicketEvent, TICKET_EVENT, events)

    def _asked_already(self) -> dict[str, list[tuple[int, datetime]]]:
        """Whoever of the crowd was asked as a reader, by the account they have (or have later): which prompt, when."""
        accounts = {each.visitor: each.person for each in self.facts.aliases}
        keys = {self.person(each.person): accounts.get(each.person, each.person) for each in self.facts.surveyed}
        found = defaultdict[str, list[tuple[int, datetime]]](list)
        rows = Prompt.objects.filter(outcome=Prompt.Outcome.ASKED, person_key__in=list(keys))
        for number, key, at in rows.values_list("pk", "person_key", "occurred_at"):
            found[keys[key]].append((number, at))
        return found
