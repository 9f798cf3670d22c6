"""A community for the ledger's tests: people who ask, answer and accept through the actions, the clock moved."""

from datetime import UTC, datetime, timedelta
from typing import Any

from community import clock
from community.actions import solutions
from community.models import Thread, User
from support.actions.intents import answer_intent, offer_intent
from support.actions.ledger import advance
from support.models import DeflectionCase
from tests.factories import person, reply, thread

MAY = datetime(2026, 5, 4, 10, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
WEEK = 7 * DAY


def solved(at: datetime = MAY, **fields: Any) -> Thread:
    """A problem that a peer answered an hour later, and whose asker accepted that after another one."""
    with clock.at(at - 2 * HOUR):
        asked = thread(**fields)
    with clock.at(at - HOUR):
        given = reply(asked)
    with clock.at(at):
        solutions.accept(actor=asked.asker, answer_id=given.pk)
    return asked


def intended(member: User, asked: Thread, instead: str, *, at: datetime, moment: str = "asked") -> None:
    """They tapped what they would have done instead."""
    own = {"person_key": f"u:{member.pk}", "thread_id": asked.pk}
    with clock.at(at):
        assert offer_intent(**own, moment=moment) is not None
        answer_intent(**own, instead=instead)


def advanced(at: datetime) -> int:
    """The ledger, derived at this moment."""
    with clock.at(at):
        return advance()


def told() -> list[list[str]]:
    """Of every case in the order of its making: how it stood, one after another."""
    rows = DeflectionCase.objects.order_by("pk").prefetch_related("entries")
    entries = (sorted(case.entries.all(), key=lambda entry: entry.seq) for case in rows)
    return [[each.reason or each.status for each in case] for case in entries]


def newcomer() -> str:
    """The key of somebody who is not signed in."""
    return f"a:{person().pk:064x}"
