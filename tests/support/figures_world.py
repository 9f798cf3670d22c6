"""A community of May whose figures can be counted on one's fingers: docs/deflection.md, "Check by hand", in small.

Everything happens through the actions, the clock moved; the ledger is derived from that.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from community import clock
from community.actions import solutions, thanks
from community.models import Thread, User
from support.actions import contacting, inputs, intents
from support.actions.definitions import approve_definition
from support.actions.ledger import advance
from support.models import ContactChannel, Definition, Intent
from tests.factories import admin, person, reply, thread

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
#: A day of June on which all of May has matured.
JUNE = datetime(2026, 6, 20, 9, tzinfo=UTC)
MAY = (date(2026, 5, 1), date(2026, 5, 31))
OF_MAY = "from_day=2026-05-01&until_day=2026-05-31"


def may(day: int, hour: int = 10) -> datetime:
    return datetime(2026, 5, day, hour, tzinfo=UTC)


@dataclass
class May:
    """U1 would have written an e-mail, M1 would have called, U2 did not say; U3 came to support after all."""

    boss: User
    helper: User
    first: Thread
    second: Thread
    third: Thread


def solved(at: datetime, helper: User, instead: str = "", **fields: Any) -> Thread:
    """Asked an hour before, answered, accepted at this moment; `instead` is what the asker said in one tap."""
    with clock.at(at - HOUR):
        asked = thread(**fields)
        key = f"u:{asked.asker_id}"
        if instead:
            assert intents.offer_intent(person_key=key, thread_id=asked.pk, moment=Intent.Moment.ASKED)
            assert intents.answer_intent(person_key=key, thread_id=asked.pk, instead=instead)
        given = reply(asked, helper)
    with clock.at(at):
        solutions.accept(actor=asked.asker, answer_id=given.pk)
    return asked


def solved_too(at: datetime, question: Thread, instead: str) -> User:
    """Somebody with the same problem, whom the answer helped; they would have done this instead."""
    other, solution = person(), solutions.current_solution(question)
    assert solution is not None
    key = f"u:{other.pk}"
    with clock.at(at - HOUR):
        thanks.join(actor=other, thread_id=question.pk)
    with clock.at(at):
        thanks.say_helped(actor=other, answer_id=solution.answer_id)
        assert intents.offer_intent(person_key=key, thread_id=question.pk, moment=Intent.Moment.HELPED)
        assert intents.answer_intent(person_key=key, thread_id=question.pk, instead=instead)
    return other


def live_may() -> May:
    """What happened in May, and the ledger of it as of June."""
    helper = person("pat")
    first = solved(may(3), helper, "email", title="The router reboots every night")
    solved_too(may(4), first, "phone")
    second = solved(may(12), helper, title="The light stays red")
    third = solved(may(14), helper, title="No picture on the second screen")
    with clock.at(may(16)):
        contacting.write_to_staff(
            actor=third.asker, subject="Still no picture", body="It went dark again.", board=third.board
        )
        thread(title="Nobody has answered this one yet")
    with clock.at(JUNE):
        boss = admin("boss")
        advance()
    return May(boss, helper, first, second, third)


def enter_costs(boss: User) -> None:
    """All that money needs: an approved definition, costs of every channel, covered channels, a programme's cost."""
    lows = {"phone": 8, "email": 4, "chat": 3, "form": 4, "other": 4}
    with clock.at(JUNE):
        approve_definition(actor=boss, definition_id=Definition.objects.earliest("valid_from").pk)
        for channel in ContactChannel.values:
            low = Decimal(lows[channel])
            inputs.enter_cost(
                actor=boss,
                channel=channel,
                low=low,
                typical=2 * low,
                currency="USD",
                valid_from=date(2026, 1, 1),
                source="Finance, 2026",
            )
            inputs.declare_coverage(
                actor=boss, channel=channel, from_day=MAY[0], until_day=MAY[1], note="All of them come in here."
            )
        inputs.enter_programme_cost(
            actor=boss,
            kind="platform",
            from_day=MAY[0],
            until_day=MAY[1],
            amount=Decimal("10.00"),
            currency="USD",
            source="Contract",
        )
