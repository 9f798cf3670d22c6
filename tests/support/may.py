"""May of docs/deflection.md, "Check by hand", lived through the actions with the clock moved.

Customers U*, P*, M*; staff X. Every ticket is linkable. Costs as there: e-mail $4, phone $8.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from community import clock
from community.actions import duplicates, solutions, thanks
from community.models import Thread, User
from support.actions import inputs, intents
from support.actions.definitions import approve_definition
from support.actions.figures import compute_figures
from support.actions.ledger import advance
from support.models import Definition, Instead, Intent
from support.models.contacts import ContactChannel
from support.reading.figures import Figures, Wanted, figures
from tests.factories import admin, agent, board, moderator, person, reply, thread
from tests.support.desk import ticket
from tests.support.escalations import escalated

FIRST, LAST = date(2026, 5, 1), date(2026, 5, 31)
MONTH = Wanted(FIRST, LAST)
HOUR = timedelta(hours=1)


def may(day: int, hour: int = 12) -> datetime:
    return datetime(2026, 5, 1, hour, tzinfo=UTC) + timedelta(days=day - 1)


def at(day: int, act: Callable[..., Any], hour: int = 12, **given: Any) -> Any:
    """The act, done on this day of May."""
    with clock.at(may(day, hour)):
        return act(**given)


class May:
    """Its people, and its threads by name."""

    def __init__(self) -> None:
        self.board = board("Routers")
        self.people: dict[str, User] = {}
        self.threads: dict[str, Thread] = {}
        self.boss, self.staff, self.moderator = admin(), agent(), moderator()

    def who(self, name: str) -> User:
        if name not in self.people:
            self.people[name] = person(f"may-{name}")
        return self.people[name]

    def asked(self, name: str, by: User, day: int, instead: str = "") -> Thread:
        """They ask at ten, and say what they would have done otherwise."""
        self.threads[name] = made = at(day, thread, 10, asker=by, on=self.board, title=f"{name} shows a red light")
        if instead:
            self.says(by, made, Intent.Moment.ASKED, day, 10, instead)
        return made

    def says(self, who: User, about: Thread, moment: str, day: int, hour: int, instead: str) -> None:
        key = f"u:{who.pk}"
        at(day, intents.offer_intent, hour, person_key=key, thread_id=about.pk, moment=moment)
        assert at(day, intents.answer_intent, hour, person_key=key, thread_id=about.pk, instead=instead)

    def solved(self, name: str, asker: User, helper: User, day: int, by: User | None = None, **fields: Any) -> Thread:
        """Asked at ten, answered at eleven, accepted at noon."""
        made = self.asked(name, asker, fields.pop("asked_on", day), **fields)
        answer = at(day, reply, 11, to=made, author=helper)
        at(day, solutions.accept, actor=by or asker, answer_id=answer.pk)
        return made

    def happens(self) -> "May":
        who = self.who
        t1 = self.solved("T1", who("U1"), who("P1"), 3, asked_on=1, instead=Instead.EMAIL)
        self.solved("T2", who("U2"), self.staff, 3)
        self.solved("T3", who("U3"), who("P1"), 4)
        at(9, ticket, requester=who("U3"))
        self.solved("T4", who("U4"), who("P2"), 13, by=self.moderator, asked_on=4)
        t5 = self.solved("T5", who("U5"), who("P1"), 5)
        at(7, solutions.withdraw, actor=who("U5"), thread_id=t5.pk)
        self._escalated(who("U6"), who("P1"))
        t7 = self.solved("T7", who("U1"), who("P1"), 20)
        at(20, duplicates.mark_duplicate, 13, actor=self.moderator, thread_id=t7.pk, original_id=t1.pk)
        self.solved("T8", who("U8"), who("P3"), 29)
        self.solved("T9", self.staff, who("P1"), 10)
        self.solved("T10", who("U10"), who("U10"), 11)
        self.solved("T11", who("U11"), who("P2"), 12)
        t12 = self.asked("T12", who("U12"), 12)
        at(12, reply, 10, to=t12, author=self.staff)
        answer = at(12, reply, 11, to=t12, author=who("P4"))
        at(12, solutions.accept, actor=who("U12"), answer_id=answer.pk)
        self._have_it_too(t1)
        return self

    def _escalated(self, asker: User, helper: User) -> None:
        asked = self.asked("T6", asker, 5)
        at(6, escalated, asked=asked, by=self.staff)
        answer = at(8, reply, 11, to=asked, author=helper)
        at(8, solutions.accept, actor=asker, answer_id=answer.pk)

    def _have_it_too(self, t1: Thread) -> None:
        for name in ("M1", "M2", "M3"):
            at(2, thanks.join, actor=self.who(name), thread_id=t1.pk)
        solution = solutions.current_solution(t1)
        assert solution is not None
        for name in ("M1", "M3"):
            at(4, thanks.say_helped, actor=self.who(name), answer_id=solution.answer_id)
        self.says(self.who("M1"), t1, Intent.Moment.HELPED, 4, 12, Instead.PHONE)
        at(5, ticket, requester=self.who("M3"))

    # What an administrator enters -------------------------------------------------------------------------------------
    def approved(self) -> None:
        at(1, approve_definition, actor=self.boss, definition_id=Definition.objects.get().pk)

    def priced(self, **prices: tuple[str, str]) -> None:
        for channel, (low, typical) in (prices or {"email": ("4", "11.50"), "phone": ("8", "20.25")}).items():
            given = {"channel": channel, "low": Decimal(low), "typical": Decimal(typical)}
            at(1, inputs.enter_cost, actor=self.boss, currency="USD", valid_from=FIRST, source="Finance", **given)

    def covered(self, *without: str, until: date = LAST) -> None:
        for channel in ContactChannel.values:
            if channel not in without:
                days = {"from_day": FIRST, "until_day": until}
                at(32, inputs.declare_coverage, actor=self.boss, channel=channel, note="The CRM's export", **days)

    def paid(self, amount: str = "31", **fields: Any) -> None:
        given = {"kind": "platform", "from_day": FIRST, "until_day": LAST, "currency": "USD", "source": "Invoice"}
        at(1, inputs.enter_programme_cost, actor=self.boss, amount=Decimal(amount), **(given | fields))


def run(day: int = 32, wanted: Wanted = MONTH, computed: bool = False) -> Figures:
    """The figures as they are at noon of this day of May (32: 1 June)."""
    with clock.at(may(day)):
        advance()
        if computed:
            compute_figures()
        return figures(wanted)
