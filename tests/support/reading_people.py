"""People who come to read, for tests: what they look at and say, through the actions."""

from datetime import UTC, datetime
from typing import Any

from community import clock
from community.actions import solutions, thanks
from community.models import Thread, User
from community.roles import Role
from support.actions import readers
from support.actions.readers import Seen
from support.models import Definition
from tests import factories

A_VISITOR, ANOTHER = "a:" + "7" * 64, "a:" + "8" * 64


def key_of(member: User) -> str:
    return f"u:{member.pk}"


def peer_solved(asker: User | None = None, helper: User | None = None, **fields: Any) -> Thread:
    """A thread whose asker accepted another customer's answer."""
    asker = asker or factories.person()
    thread = factories.thread(asker, **fields)
    answer = factories.reply(thread, helper)
    solutions.accept(actor=asker, answer_id=answer.pk)
    return Thread.objects.get(pk=thread.pk)


def solved_for(member: User, thread: Thread) -> None:
    """The member has the same problem, and the solution helped."""
    thanks.join(actor=member, thread_id=thread.pk)
    solution = solutions.current_solution(thread)
    assert solution is not None
    thanks.say_helped(actor=member, answer_id=solution.answer_id)


def everybody_is_drawn(**parameters: Any) -> Definition:
    """A definition in force from long ago under which chance draws every reader."""
    now = clock.now()
    return Definition.objects.create(
        planned_at=now,
        approved_at=now,
        approved_by=factories.admin(),
        **{"name": "everybody", "valid_from": datetime(2001, 1, 1, tzinfo=UTC), "survey_rate": 1, **parameters},
    )


def nobody_is_drawn() -> Definition:
    """Chance draws no reader, until `everybody_is_drawn`: what one of ten would be shown is not told of anybody."""
    return everybody_is_drawn(name="nobody", valid_from=datetime(2000, 6, 1, tzinfo=UTC), survey_rate=0)


def seen(key: str, thread: Thread, role: str = Role.CUSTOMER, **fields: Any) -> Seen:
    return Seen(key, thread.pk, role, fields.pop("at", clock.now()), **fields)


def answered(key: str, thread: Thread, *, solved: bool = True, instead: str = "phone") -> None:
    """They looked, were drawn, and answered at once (`everybody_is_drawn`)."""
    readers.record_views([seen(key, thread)])
    survey = readers.draw_survey(person_key=key, thread_id=thread.pk)
    assert survey is not None
    readers.show_survey(person_key=key, token=survey.token)
    assert readers.answer_survey(person_key=key, token=survey.token, solved=solved, instead=instead)
