"""Telling helpers how many people an answer has solved it for, at a few steps: each step once, however often it is met.

The first few are told one by one, with their names (fanout.py); after `NAMED` people only these steps are told, so
that a good answer does not fill its author's inbox.
"""

from collections.abc import Iterable

from community import clock
from community.models import Answer, Notification, Thread, Topic, User, Watch
from community.notices.topics import waiting
from community.reading.people_helped import people_helped

#: The kind of these notifications. Their number is the answer's and the step's place together (`number_of`).
KIND = "solved_for"
STEPS = (5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000)
#: So many are told by name before the steps begin.
NAMED = STEPS[0] - 1
#: What may change how many people an answer has helped.
EVENTS = ("helped", "accepted")
_PLACES = 100


def number_of(answer_id: int, place: int) -> int:
    """The number that stands for one step of one answer."""
    return answer_id * _PLACES + place


def read_number(number: int) -> tuple[int, int]:
    """The answer's id, and how many people the step stands for."""
    return number // _PLACES, STEPS[number % _PLACES]


def tell_steps(answer_ids: Iterable[int]) -> None:
    """Write a notice for each of these answers that has reached a step its author was not told of, nor a higher one."""
    reached = {
        pk: max(place for place, step in enumerate(STEPS) if step <= count)
        for pk, count in people_helped(answer_ids).items()
        if count >= STEPS[0]
    }
    if not reached:
        return
    rows = []
    for answer in Answer.objects.filter(pk__in=reached).select_related("author"):
        number = number_of(answer.pk, reached[answer.pk])
        told = Notification.objects.filter(
            event_kind=KIND, event_id__gte=number, event_id__lt=number_of(answer.pk + 1, 0)
        )
        if _hears(answer.author, answer) and not told.exists():
            rows.append(
                Notification(
                    event_kind=KIND,
                    event_id=number,
                    recipient=answer.author,
                    reason="answered",
                    created_at=clock.now(),
                    **waiting(answer.author, Topic.THANKS),
                )
            )
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def _hears(author: User, answer: Answer) -> bool:
    """Whether the author is somebody to tell, sees the answer and has not muted its thread."""
    if not author.is_active or author.is_imported or author.anonymised_at is not None:
        return False
    if Watch.objects.filter(thread_id=answer.thread_id, person=author, muted_at__isnull=False).exists():
        return False
    return Thread.objects.visible_to(author).filter(pk=answer.thread_id).exists() and answer.hidden_at is None
