"""What of somebody's own posts waits for a look before it shows. Nobody else is ever told of it."""

from dataclasses import dataclass
from datetime import datetime

from community.content.suspicion import TOLD, Reason
from community.models import Answer, Review, Thread, User

#: More wait only in a flood; what is older shows once the newer ones are decided.
MOST = 50


@dataclass(frozen=True)
class Waiting:
    """One post, since when it waits, and why in words for its author."""

    thread: Thread
    answer: Answer | None
    since: datetime
    reasons: list[str]

    @property
    def html(self) -> str:
        return self.answer.body_html if self.answer else self.thread.body_html


def waiting_of(person: User) -> list[Waiting]:
    """This person's posts that wait, the newest first. One query."""
    reviews = Review.objects.waiting().filter(kind=Review.Kind.HELD, person=person)
    rows = reviews.select_related("thread__board", "answer").order_by("-opened_at", "-pk")[:MOST]
    return [
        Waiting(
            thread=row.thread,
            answer=row.answer,
            since=row.opened_at,
            reasons=[str(TOLD[Reason(word)]) for word in row.reasons if word in Reason._value2member_map_],
        )
        for row in rows
        if row.thread is not None
    ]


def count_waiting(person: User) -> int:
    """How many of this person's posts wait. One query."""
    return Review.objects.waiting().filter(kind=Review.Kind.HELD, person=person).count()
