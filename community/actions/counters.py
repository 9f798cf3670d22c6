"""The one definition of every cached number, as UPDATEs with subqueries. `recount` repairs with the same ones."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from community.models import Answer, Helped, KnownIssuePerson, MeToo, Solution, Thread, ThreadEvent, Vote


def _count(rows: QuerySet[Any], group: str) -> Coalesce:
    """How many of `rows` share the outer row's `group`, 0 for none."""
    return Coalesce(Subquery(rows.order_by().values(group).annotate(n=Count("pk")).values("n")), 0)


def thread_numbers() -> dict[str, Any]:
    """Every cached number of Thread as an expression over the raw rows."""
    visible = Answer.objects.filter(thread=OuterRef("pk"), hidden_at__isnull=True)
    peers = visible.exclude(author=OuterRef("asker_id"))
    last_answered = visible.order_by().values("thread").annotate(at=Max("answered_at")).values("at")
    # by time: an answer that waited for a look keeps its place, and is given when it shows
    last_author = Subquery(visible.order_by("-answered_at", "-position").values("author_id")[:1])
    # what the asker says without an answer: more in the question, or that it is not solved yet
    spoke = ThreadEvent.objects.filter(
        thread=OuterRef("pk"),
        kind__in=(ThreadEvent.Kind.INFO_GIVEN, ThreadEvent.Kind.NOT_SOLVED),
        occurred_at__gt=Coalesce(Subquery(_latest_answer_of_event()), OuterRef("asked_at")),
    )
    return {
        "last_position": Coalesce(
            Subquery(
                Answer.objects.filter(thread=OuterRef("pk"))
                .order_by()
                .values("thread")
                .annotate(n=Max("position"))
                .values("n")
            ),
            0,
        ),
        "answer_count": _count(visible, "thread"),
        "peer_answer_count": _count(peers, "thread"),
        "asker_spoke_last": Coalesce(
            ExpressionWrapper(Q(asker_id=last_author) | Exists(spoke), output_field=BooleanField()), False
        ),
        "first_answered_at": Subquery(peers.order_by("answered_at").values("answered_at")[:1]),
        "last_activity_at": Greatest(F("asked_at"), Coalesce(Subquery(last_answered), F("asked_at"))),
        "me_too_count": F("imported_me_too") + _count(MeToo.objects.filter(thread=OuterRef("pk")), "thread"),
        "solved_at": Subquery(
            Solution.objects.filter(thread=OuterRef("pk"), withdrawn_at__isnull=True).values("accepted_at")[:1]
        ),
    }


def _latest_answer_of_event() -> QuerySet[Any]:
    """When the last visible answer of an event's thread was given."""
    return (
        Answer.objects.filter(thread=OuterRef("thread"), hidden_at__isnull=True)
        .order_by()
        .values("thread")
        .annotate(at=Max("answered_at"))
        .values("at")
    )


def answer_numbers() -> dict[str, Any]:
    """Every cached number of Answer as an expression over the raw rows."""
    return {
        "helpful_count": F("imported_helpful") + _count(Vote.objects.filter(answer=OuterRef("pk")), "answer"),
        "helped_count": _count(Helped.objects.filter(answer=OuterRef("pk")), "answer"),
    }


def issue_numbers() -> dict[str, Any]:
    """Every cached number of KnownIssue as an expression over the raw rows."""
    return {"person_count": _count(KnownIssuePerson.objects.filter(issue=OuterRef("pk")), "issue")}


def recount_threads(ids: Sequence[int]) -> int:
    """Set the cached numbers of these threads from the rows in one UPDATE. Callers hold the threads' locks."""
    return Thread.objects.filter(pk__in=ids).update(**thread_numbers())


def recount_answers(ids: Sequence[int]) -> int:
    """Set the cached numbers of these answers from the rows in one UPDATE. Callers hold the answers' locks."""
    return Answer.objects.filter(pk__in=ids).update(**answer_numbers())
