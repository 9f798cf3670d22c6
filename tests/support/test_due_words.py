"""When a ticket is due, as an agent reads it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone, translation

from support.models import Status, Ticket
from support.reading.due import due_words

#: A Wednesday.
NOW = datetime(2026, 6, 3, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("later", "words", "tone"),
    [
        (timedelta(minutes=-3), "3 minutes late", "danger"),
        (timedelta(hours=-5), "5 hours late", "danger"),
        (timedelta(days=-3), "3 days late", "danger"),
        (timedelta(), "due now", "danger"),
        (timedelta(seconds=20), "in 1 minute", "warning"),
        (timedelta(minutes=45, seconds=50), "in 45 minutes", "warning"),
        (timedelta(hours=6), "today at 4 p.m.", "neutral"),
        (timedelta(hours=20), "tomorrow at 6 a.m.", "neutral"),
        (timedelta(days=5), "Monday at 10 a.m.", "neutral"),
        (timedelta(days=9), "June 12, 2026", "neutral"),
    ],
)
def test_a_moment_is_told_as_people_say_it(later: timedelta, words: str, tone: str) -> None:
    with translation.override("en"):
        due = due_words(NOW + later, NOW)
    assert (str(due), due.tone, due.is_late) == (words, tone, tone == "danger")


def test_what_is_due_tonight_here_is_due_tomorrow_for_somebody_further_east() -> None:
    with translation.override("en"), timezone.override("Asia/Tokyo"):
        assert str(due_words(NOW + timedelta(hours=6), NOW)) == "tomorrow at 1 a.m."


def test_what_rests_says_why() -> None:
    held = Ticket(status=Status.ON_HOLD, held_until=NOW + timedelta(days=9))
    with translation.override("en"):
        assert str(due_words(Ticket(status=Status.WAITING), NOW)) == "rests until the customer writes"
        assert str(due_words(held, NOW)) == "on hold until June 12, 2026"
        assert str(due_words(Ticket(status=Status.RESOLVED), NOW)) == str(due_words(None, NOW)) == ""
        assert str(due_words(Ticket(status=Status.OPEN, due_at=NOW), NOW)) == "due now"
