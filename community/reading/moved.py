"""Where an answer stands that moved: for permalinks, notices and whatever else knows it by its old place.

`Answer.moved_to` names the row that stands. Where that one became a question of its own, its MovedAnswer names it.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import JSONObject

from community.models import Answer, Hiding, MovedAnswer, Regrouping, Thread, User

Anyone = User | AnonymousUser
Standing = Answer | Thread
#: More notes than these say nothing more.
MOST_NOTES = 5


def splits_of(user: Any) -> ArraySubquery:
    """For a query of threads: the splits in force from and to each, as id, source and target, newest first.

    The other question is one that this reader may see.
    """

    def seen(which: str) -> Exists:
        return Exists(Thread.objects.visible_to(user).filter(pk=OuterRef(which)))

    splits = Regrouping.objects.filter(kind=Regrouping.Kind.SPLIT, undone_at__isnull=True)
    here = Q(seen("target_id"), thread_id=OuterRef("pk")) | Q(seen("thread_id"), target_id=OuterRef("pk"))
    row = JSONObject(id="id", source="thread_id", target="target_id")
    return ArraySubquery(splits.filter(here).order_by("-pk").values(data=row)[:MOST_NOTES])


def stand_now(rows: Iterable[Answer], reader: Anyone) -> dict[int, Standing]:
    """Tombstone's id -> the answer (or question) it leads to, with thread and board, where this reader sees it.

    Two queries at most, none where nothing moved.
    """
    ends = {row.pk: row.moved_to_id or row.pk for row in rows if row.hidden_for == Hiding.MOVED}
    if not ends:
        return {}
    answers = Answer.objects.visible_to(reader).filter(pk__in=ends.values())
    found: dict[int, Standing] = {
        answer.pk: answer
        for answer in answers.select_related("author", "thread", "thread__board", "thread__asker").defer("thread__body")
    }
    if missing := set(ends.values()) - found.keys():
        became = MovedAnswer.objects.filter(original__in=missing, copy=None, regrouping__undone_at=None)
        leads = dict(became.values_list("original_id", "regrouping__target"))
        questions = Thread.objects.visible_to(reader).select_related("board", "asker").in_bulk(list(leads.values()))
        found |= {pk: questions[target] for pk, target in leads.items() if target in questions}
    return {pk: found[end] for pk, end in ends.items() if end in found}


def stands_now(row: Answer, reader: Anyone) -> Standing | None:
    """What this tombstone leads to, None for a row that stands and where the reader may not see it."""
    return stand_now([row], reader).get(row.pk)


def question_was(thread_id: int, reader: Anyone) -> Answer | None:
    """The answer that a question is again, since the split that made it was taken back."""
    undone = MovedAnswer.objects.filter(
        regrouping__target=thread_id, regrouping__made_target=True, regrouping__undone_at__isnull=False, copy=None
    )
    original = undone.select_related("original").first()
    if original is None or not Thread.objects.filter(pk=thread_id, hidden_for=Hiding.MOVED).exists():
        return None
    stands = stands_now(original.original, reader)
    if isinstance(stands, Answer):
        return stands
    return Answer.objects.visible_to(reader).filter(pk=original.original_id).select_related("thread").first()
