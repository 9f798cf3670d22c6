"""What the tests of solutions share: people who are trusted, and a question whose asker fell silent."""

from datetime import UTC, datetime, timedelta

from community import clock
from community.actions import solutions
from community.models import Solution, Thread, User
from tests.factories import person, reply, thread

MAY = datetime(2026, 5, 1, 12, tzinfo=UTC)


def trusted() -> User:
    """A member who has solved three questions of others."""
    member = person()
    with clock.at(MAY - timedelta(days=100)):
        for _ in range(3):
            anna = person()
            solutions.accept(actor=anna, answer_id=reply(thread(anna), member).pk)
    return member


def fresh(row: Thread) -> Thread:
    return Thread.objects.get(pk=row.pk)


def current(question: Thread) -> Solution | None:
    return solutions.current_solution(question)


def silent_question(asker: User | None = None) -> Thread:
    """Asked in May; everything in these tests then happens eight days later."""
    with clock.at(MAY):
        return thread(asker or person())
