"""How many people an answer has helped: the one home of that count. Counted from rows, never estimated.

An answer has helped everybody who said "this solved it for me" of it, and the asker whose acceptance of it stands. Each
person counts once for an answer, and the author never.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Case, Count, Exists, F, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import ngettext

from community.models import Answer, Helped, Solution, User
from community.reading.prepared import NOBODY, Prepared, number

Anyone = User | AnonymousUser


def _said(**of: Any) -> QuerySet[Helped]:
    """Those who said that an answer solved it for them."""
    return Helped.objects.filter(**of).exclude(person_id=F("answer__author_id"))


def _accepted(**of: Any) -> QuerySet[Solution]:
    """Acceptances in force, by the askers themselves, of somebody else's answer."""
    standing = Solution.objects.filter(withdrawn_at__isnull=True, accepted_by_asker=True, **of)
    return standing.exclude(thread__asker_id=F("answer__author_id"))


def people_helped(answer_ids: Iterable[int]) -> dict[int, int]:
    """Answer id -> how many people it has helped, in one query. (That the answers may be seen is the caller's.)"""
    ids = list(answer_ids)
    return dict(_of_one.rows(NOBODY, ids[0]) if len(ids) == 1 else _counted(ids))


def _counted(answer_ids: list[int]) -> QuerySet[Answer, Any]:
    said = _said(answer=OuterRef("pk")).order_by().values("answer_id").annotate(count=Count("pk")).values("count")
    also_said = Helped.objects.filter(answer_id=OuterRef("answer_id"), person_id=OuterRef("thread__asker_id"))
    asker = _accepted(answer=OuterRef("pk")).filter(~Exists(also_said))
    people = Coalesce(Subquery(said), 0) + Case(When(Exists(asker), then=1), default=Value(0))
    return Answer.objects.filter(pk__in=answer_ids).annotate(people=people).values_list("pk", "people")


#: For a mail of thanks, of which a good answer brings many.
_of_one = Prepared(lambda _reader: _counted([number(0)]), places=1)


def people_helped_by(person: User, viewer: Anyone) -> int:
    """How many different people this person's answers have helped, of those answers that the viewer may see."""
    answers = Answer.objects.visible_to(viewer).filter(author=person).order_by().values("pk")
    said = _said(answer__in=answers).order_by().values_list("person_id")
    return said.union(_accepted(answer__in=answers).order_by().values_list("thread__asker_id")).count()


def helped_between(author: User, since: datetime, until: datetime, *, most: int) -> list[tuple[int, int]]:
    """(answer id, person id) of everybody who said within this time (the end included) that an answer of this author
    solved it for them, the latest first, at most so many. (That the answers may be seen is the caller's.)
    """
    said = _said(answer__author=author, helped_at__gt=since, helped_at__lte=until)
    return list(said.order_by("-helped_at", "-pk").values_list("answer_id", "person_id")[:most])


def accepted_between(author: User, since: datetime, until: datetime, *, most: int) -> list[tuple[int, int]]:
    """(answer id, asker's id) of the acceptances that stand and were given within this time, as above."""
    given = _accepted(answer__author=author, accepted_at__gt=since, accepted_at__lte=until)
    return list(given.order_by("-accepted_at", "-pk").values_list("answer_id", "thread__asker_id")[:most])


def solved_for(count: int) -> str:
    """What a helper reads of one answer."""
    words = ngettext(
        "Your answer has now solved it for %(count)d person",
        "Your answer has now solved it for %(count)d people",
        count,
    )
    return words % {"count": count}
