"""The events that notifications are about, with all that is told of them: one message to the database, ready-made.

A mail is one notification, and ten thousand of them are written from one answer: Django would write the same SQL anew
for each, at three times the cost of running it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from community.models import Answer, Board, Hiding, Thread, ThreadEvent, User
from community.reading.moved import stand_now
from community.reading.prepared import Prepared, Shape, numbers, padded

#: So many at a time.
_MANY = 100


def _all_but(model: Any, *names: str) -> set[str]:
    return {field.attname for field in model._meta.concrete_fields} - set(names)


#: What is said of people: no more than their names.
_NAMES = {"id", "username", "username_key", "display_name", "anonymised_at", "is_imported"}
_EVENT = Shape(ThreadEvent, _all_but(ThreadEvent, "xid"))
# What people wrote comes as HTML; the sources stay where they are.
_THREAD = Shape(Thread, _all_but(Thread, "body"), prefix="thread__")
_BOARD = Shape(Board, _all_but(Board), prefix="thread__board__")
_ASKER = Shape(User, _NAMES, prefix="thread__asker__")
_ANSWER = Shape(Answer, _all_but(Answer, "body"), prefix="answer__")
_AUTHOR = Shape(User, _NAMES, prefix="answer__author__")
_ACTOR = Shape(User, _NAMES, prefix="actor__")
_SHAPES = (_EVENT, _THREAD, _BOARD, _ASKER, _ANSWER, _AUTHOR, _ACTOR)
_COLUMNS = [column for shape in _SHAPES for column in shape.columns]


def _seen(reader: Any, ids: Sequence[int]) -> QuerySet[ThreadEvent, Any]:
    """Those of threads and answers this reader may see now.

    Of a merge, the original is asked about elsewhere; of an answer that moved, the place where it stands.
    """
    thread = Exists(Thread.objects.visible_to(reader).filter(pk=OuterRef("thread_id")))
    answer = Exists(Answer.objects.visible_to(reader).filter(pk=OuterRef("answer_id")))
    events = ThreadEvent.objects.filter(pk__in=ids).order_by("pk")
    moved = Exists(Answer.objects.filter(pk=OuterRef("answer_id"), hidden_for=Hiding.MOVED))
    events = events.filter(Q(kind=ThreadEvent.Kind.MERGED) | Q(thread) & (Q(answer__isnull=True) | Q(answer)) | moved)
    return events.values_list(*_COLUMNS)


_one = Prepared(lambda reader: _seen(reader, numbers(0, 1)), places=1)
_many = Prepared(lambda reader: _seen(reader, numbers(0, _MANY)), places=_MANY)


def seen_events(ids: Iterable[int], reader: User) -> list[ThreadEvent]:
    """The events with thread, board, answer and people, of those that this reader may see; merges in any case.

    One query for each hundred, and two where answers have moved.
    """
    wanted = list(ids)
    if len(wanted) == 1:
        return _where_they_stand([_made(row) for row in _one.rows(reader, wanted[0])], reader)
    rows: list[Any] = []
    for start in range(0, len(wanted), _MANY):
        rows += _many.rows(reader, *padded(wanted[start : start + _MANY], _MANY))
    return _where_they_stand([_made(row) for row in rows], reader)


def _where_they_stand(events: list[ThreadEvent], reader: User) -> list[ThreadEvent]:
    """Events of answers that moved are about them where they stand; those out of the reader's sight are left out."""
    gone = [event.answer for event in events if event.answer and event.answer.hidden_for == Hiding.MOVED]
    if not gone:
        return events
    stand, kept = stand_now(gone, reader), []
    for event in events:
        if event.answer is None or event.answer.hidden_for != Hiding.MOVED:
            kept.append(event)
        elif (place := stand.get(event.answer.pk)) is not None:
            # The instances are for reading: nothing of this is ever saved.
            event.answer, event.thread = (place, place.thread) if isinstance(place, Answer) else (None, place)
            kept.append(event)
    return kept


def _made(row: Sequence[Any]) -> ThreadEvent:
    """The event, with everything it leads to."""
    at, parts = 0, list[Any]()
    for shape in _SHAPES:
        values = row[at : at + len(shape.columns)]
        at += len(shape.columns)
        # The place of the id: nobody did it, or it is about no answer.
        parts.append(shape.make(values) if values[shape.names.index("id")] is not None else None)
    event, thread, thread.board, thread.asker, answer, author, actor = parts
    if answer is not None:
        answer.author, answer.thread = author, thread
    event.thread, event.answer, event.actor = thread, answer, actor
    found: ThreadEvent = event
    return found
