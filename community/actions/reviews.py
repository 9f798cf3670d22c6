"""What waits for somebody's decision: opened by whoever finds it, closed when its post was dealt with elsewhere.

What can be decided, and the deciding itself, are in settling.py: every act that a choice leads to may open a review,
so this module knows none of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Q, Value
from django.db.models.functions import Greatest, Least

from community import clock, permissions
from community.errors import Refused
from community.models import Answer, Flag, Notification, Review, Thread, User

#: the kind of notice that tells how a flag ended; its number is the review's
NOTICE = "review"
#: the heaviest there is; more people and worse grounds add up to no more
HEAVIEST = 1000
#: kinds of which a post has several open at once: each is another person's word
_OF_SEVERAL = (Review.Kind.APPEAL, Review.Kind.REPORTED)


class ChangedSince(Refused):
    """The post is no longer the version that whoever decides has read."""

    status = 409


class AlreadySettled(Refused):
    """Somebody else was quicker; `review` says who, and what they decided."""

    status = 409

    def __init__(self, message: object, review: Review) -> None:
        super().__init__(message)
        self.review = review


@dataclass(frozen=True)
class Case:
    """What an act of settling.py is given: the review as it was settled, its post (the thread is locked), and why.

    `ground` is a word of Ground or "", `words` what the person is told beside it.
    """

    actor: User
    review: Review
    thread: Thread | None
    answer: Answer | None
    ground: str = ""
    words: str = ""


def open_review(
    *,
    kind: str,
    thread: Thread | None,
    answer: Answer | None = None,
    person: User | None,
    reasons: Sequence[str],
    weight: int = 0,
) -> Review:
    """Put something before the eyes of those who decide; the one that is open already hears the new reasons.

    The caller holds the thread's lock. A report or an appeal is always a review of its own. `weight` is added to what
    the open one weighs.
    """
    found = None
    if kind not in _OF_SEVERAL:
        found = Review.objects.filter(kind=kind, thread=thread, answer=answer, settled_at__isnull=True).first()
    if found is None:
        return Review.objects.create(
            kind=kind,
            thread=thread,
            answer=answer,
            person=person,
            reasons=list(dict.fromkeys(reasons)),
            weight=min(weight, HEAVIEST),
            opened_at=clock.now(),
        )
    found.reasons = list(dict.fromkeys([*found.reasons, *reasons]))
    found.weight = min(found.weight + weight, HEAVIEST)
    found.save(update_fields=["reasons", "weight"])
    return found


def add_weight(review: Review, weight: int) -> None:
    """Make a review heavier (or lighter, below zero), within what there is."""
    heavier = Least(Greatest(F("weight") + Value(weight), Value(0)), Value(HEAVIEST))
    Review.objects.filter(pk=review.pk).update(weight=heavier)


def close_reviews(
    *, actor: User, thread: Thread, answer: Answer | None = None, kinds: Iterable[str], outcome: str
) -> None:
    """The post was dealt with elsewhere: what waits about it is settled with it, but not in the actor's own case.

    The caller holds the thread's lock.
    """
    for review in Review.objects.waiting().filter(thread=thread, answer=answer, kind__in=list(kinds)):
        if permissions.can_settle(actor, review):
            mark_settled(review, actor=actor, outcome=outcome)


def mark_settled(review: Review, *, actor: User | None, outcome: str) -> bool:
    """Whether it was this call that settled it: one conditional UPDATE, so of two people one is first.

    `actor` None: it went by itself, because the last flag was taken back.
    """
    now = clock.now()
    facts = {"settled_at": now, "settled_by": actor, "outcome": outcome}
    if not Review.objects.filter(pk=review.pk, settled_at__isnull=True).update(**facts):
        return False
    review.settled_at, review.settled_by, review.outcome = now, actor, outcome
    if review.kind == Review.Kind.FLAGGED:
        _tell_flaggers(review)
    return True


def _tell_flaggers(review: Review) -> None:
    """A calm line in the inbox of each who flagged it, once: what came of it. It comes by no mail."""
    now = clock.now()
    told = (
        Notification(event_kind=NOTICE, event_id=review.pk, recipient_id=person, reason="flagged", created_at=now)
        for person in review.flags.filter(withdrawn_at__isnull=True)
        .filter(~Q(person=review.settled_by_id), person__is_active=True, person__anonymised_at__isnull=True)
        .values_list("person_id", flat=True)
    )
    Notification.objects.bulk_create(told, ignore_conflicts=True)


def flags_of(review: Review) -> "list[Flag]":
    """The flags this review is about that nobody took back, with who raised them. One query."""
    return list(review.flags.filter(withdrawn_at__isnull=True).select_related("person").order_by("pk"))
