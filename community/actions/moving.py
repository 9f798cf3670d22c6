"""Answers that move to another thread and back. Whoever calls holds both threads' locks, and has asked who may.

Positions are never reused, and events and solutions name an answer of their own thread for ever: so the row that was
written stays where it is, as a tombstone without a word, and another row with its text stands in the target. There is
one text at any time, so what redacts, edits or destroys it needs to know nothing of this. What people did to the answer
goes with it. `Answer.moved_to` names the row that stands, never another tombstone.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.utils.translation import gettext as _

from community import clock
from community.errors import Refused
from community.models import Answer, Hiding, MovedAnswer, Regrouping, Thread

#: What an answer says and how it stands; a tombstone has none of it.
_WORDS = (
    *("body", "body_html", "renderer_version", "version", "edited_at", "hidden_at", "hidden_for"),
    *("official_at", "official_by_id"),
)
_THANKS = ("helpful_count", "imported_helpful", "helped_count")
#: Rows that belong to an answer and to nothing else.
_OWN = ("community_vote", "community_helped")
#: Rows that name thread and answer, and which of them (x) go along to where it stands (m).
_NAMING = {
    "community_attachment": "",
    "community_revision": "",
    "community_oldaddress": "",
    "community_importeditem": "",
    "community_incomingmail": "",
    # who marked another answer there keeps that mark
    "community_solutionmark": """NOT EXISTS (SELECT 1 FROM community_solutionmark o
                                             WHERE o.thread_id = m.to_thread AND o.person_id = x.person_id)""",
}
#: Rows about a post, be it an answer or a question: what waits for a decision, and what hid it.
_ABOUT = {
    "community_flag": "",
    "community_postprint": "",
    "community_review": "x.settled_at IS NULL",
    "community_purge": "x.confirmed_at IS NULL AND x.withdrawn_at IS NULL",
    "community_illegalreport": "",
    "community_bulkitem": "EXISTS (SELECT 1 FROM community_bulkact b WHERE b.id = x.act_id AND b.undone_at IS NULL)",
}


def lock_answers(ids: Iterable[int]) -> list[Answer]:
    """These rows, locked in the order of their ids: whoever votes for one of them waits."""
    return list(Answer.objects.filter(pk__in=list(ids)).select_for_update(no_key=True).order_by("pk"))


def move(regrouping: Regrouping, answers: Sequence[Answer]) -> list[Answer]:
    """Let these answers (locked) stand at the end of the target, in the order they were given."""
    target, now = regrouping.target, clock.now()
    ordered = sorted(answers, key=lambda each: (each.answered_at, each.position, each.pk))
    copies = [_copy(each, target, target.last_position + number) for number, each in enumerate(ordered, 1)]
    Answer.objects.bulk_create(copies)
    target.last_position += len(copies)
    for original, copy in zip(ordered, copies, strict=True):
        _bury(original, copy, now)
        point_to(original, copy)
    Answer.objects.bulk_update(ordered, [*_names((*_WORDS, *_THANKS)), "moved_to"])
    MovedAnswer.objects.bulk_create(
        MovedAnswer(regrouping=regrouping, original=original, copy=copy)
        for original, copy in zip(ordered, copies, strict=True)
    )
    follow([(each.pk, copy.pk, target.pk) for each, copy in zip(ordered, copies, strict=True)])
    return copies


def move_back(regrouping: Regrouping) -> list[Answer]:
    """Let them stand where they stood, as they are by now. Refused when one has moved on from there."""
    moved = list(regrouping.moved.exclude(copy=None).order_by("original_id"))
    rows = {row.pk: row for row in lock_answers([pk for each in moved for pk in (each.original_id, each.copy_id or 0)])}
    pairs = [(rows[each.original_id], rows[each.copy_id or 0]) for each in moved]
    if any(copy.hidden_for == Hiding.MOVED for _original, copy in pairs):
        raise Refused(_("Some of these answers have moved on since. Take that move back first."))
    now = clock.now()
    for original, copy in pairs:
        for name in (*_WORDS, *_THANKS):
            setattr(original, name, getattr(copy, name))
        original.moved_to = None
        _bury(copy, original, now)
    changed = [*_names((*_WORDS, *_THANKS)), "moved_to"]
    # The one that stood gives its words up first.
    Answer.objects.bulk_update([copy for _original, copy in pairs], changed)
    Answer.objects.bulk_update([original for original, _copy in pairs], changed)
    for original, copy in pairs:
        point_to(copy, original)
    follow([(copy.pk, original.pk, original.thread_id) for original, copy in pairs])
    return [original for original, _copy in pairs]


def _names(columns: Iterable[str]) -> list[str]:
    return [name.removesuffix("_id") for name in columns]


def _copy(original: Answer, target: Thread, position: int) -> Answer:
    kept = ("author_id", "author_role", "is_imported", "answered_at", *_WORDS, *_THANKS)
    return Answer(thread=target, position=position, **{name: getattr(original, name) for name in kept})


def _bury(row: Answer, stands: Answer | None, now: datetime, columns: Iterable[str] = (*_WORDS, *_THANKS)) -> None:
    """Leave a tombstone; `stands` is None for what became a question."""
    fresh = Answer()
    for name in columns:
        setattr(row, name, getattr(fresh, name))
    row.body = row.body_html = ""
    row.hidden_at, row.hidden_for, row.moved_to = now, Hiding.MOVED, stands


def point_to(row: Answer, stands: Answer) -> None:
    """Tombstones that led to `row` lead to where it stands now."""
    Answer.objects.filter(moved_to=row).update(moved_to=stands)


def bury_as_question(original: Answer, regrouping: Regrouping) -> None:
    """The answer (locked) has become the question of the target: its files and earlier texts are the question's.

    Votes and thanks were for an answer: they wait at the tombstone, and are counted there.
    """
    _bury(original, None, clock.now(), _WORDS)
    original.save(update_fields=[*_names(_WORDS), "moved_to"])
    MovedAnswer.objects.create(regrouping=regrouping, original=original, copy=None)
    original.attachments.update(thread=regrouping.target, answer=None)
    original.revisions.update(thread=regrouping.target, answer=None)
    _rename(original.thread_id, original.pk, regrouping.target_id, None)


def raise_from_question(original: Answer, question: Thread) -> None:
    """What had become a question (its thread locked) stands as an answer again, with the question's present text."""
    changed = _WORDS[:7]
    for name in changed:
        setattr(original, name, getattr(question, name))
    original.moved_to = None
    original.save(update_fields=[*changed, "moved_to"])
    question.attachments.filter(answer=None).update(thread=original.thread_id, answer=original)
    question.revisions.filter(answer=None).update(thread=original.thread_id, answer=original, title="")
    _rename(question.pk, None, original.thread_id, original.pk)


def _rename(thread_id: int, answer_id: int | None, to_thread: int, to_answer: int | None) -> None:
    """What waits for a decision about a post, and what hid it, names it where it stands."""
    with connection.cursor() as cursor:
        for table, only in _ABOUT.items():
            cursor.execute(
                f"""
                UPDATE {table} x SET thread_id = %s, answer_id = %s
                WHERE x.thread_id = %s AND x.answer_id IS NOT DISTINCT FROM %s {f"AND {only}" if only else ""}
                """,  # noqa: S608 - put together from our own constants
                [to_thread, to_answer, thread_id, answer_id],
            )


def follow(moves: Sequence[tuple[int, int, int]]) -> None:
    """Let everything that belongs to an answer follow it: (row it stood in, row it stands in, that one's thread)."""
    if not moves:
        return
    columns = [list(column) for column in zip(*moves, strict=True)]
    with connection.cursor() as cursor:
        for table, only in [*dict.fromkeys(_OWN, "").items(), *_NAMING.items(), *_ABOUT.items()]:
            # Some name no thread beside an answer (an old address that leads to it).
            thread = (
                "" if table in _OWN else ", thread_id = CASE WHEN x.thread_id IS NULL THEN NULL ELSE m.to_thread END"
            )
            cursor.execute(
                f"""
                UPDATE {table} x SET answer_id = m.new{thread}
                FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS m (old, new, to_thread)
                WHERE x.answer_id = m.old {f"AND {only}" if only else ""}
                """,  # noqa: S608 - put together from our own constants
                columns,
            )
