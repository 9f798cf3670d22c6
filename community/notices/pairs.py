"""Pairs of questions that may be one, noted for the moderators when a question is asked: the worker's second task.

Follows the event rows as the fan-out does. A pair is unique, so that noting it twice is noting it once, and one that
was dismissed stays dismissed. Questions of public boards are compared with all that everybody may see, those of other
boards with their own board only: no pair tells of a question that does not stand beside it anyway.
"""

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser

from community import clock
from community.models import Board, DuplicateHint, Thread, ThreadEvent
from community.models.threads import SOLVABLE
from community.notices.followers import follow
from community.reading.suggestions import likeliest
from community.reading.words import best, read_query
from community.search.likeness import LEAST, likeness, words_for
from community.search.query import Narrow

FOLLOWER = "duplicate pairs"
BATCH = 100
#: So old a question is not compared any more.
FRESH = timedelta(days=14)
#: So many of the likeliest are compared word by word.
CANDIDATES = 10
EVERYBODY = AnonymousUser()


def find_pairs() -> int:
    """Note the pairs of the next batch of events; returns how many events were read (0: all done)."""
    return follow(FOLLOWER, "community_threadevent", "kind, thread_id, is_imported", _note, batch=BATCH)


def find_all_pairs() -> int:
    """Everything there is to compare, in batches; returns how many events were read."""
    total = 0
    while read := find_pairs():
        total += read
    return total


def _note(events: list[tuple[Any, ...]]) -> None:
    asked = [thread_id for kind, thread_id, is_imported in events if kind == ThreadEvent.Kind.ASKED and not is_imported]
    if not asked:
        return
    fresh = Thread.objects.listed().filter(pk__in=asked, asked_at__gt=clock.now() - FRESH, kind__in=SOLVABLE)
    in_order = fresh.select_related("board").order_by("pk")
    hints = [hint for thread in in_order if (hint := likeliest_pair(thread)) is not None]
    DuplicateHint.objects.bulk_create(hints, ignore_conflicts=True)


def likeliest_pair(thread: Thread) -> DuplicateHint | None:
    """The older question most like this one, not saved; None where none is much like it. The board must be loaded."""
    older = Thread.objects.listed().filter(
        pk__in=_candidates(thread), asked_at__lte=thread.asked_at, kind__in=SOLVABLE, pk__lt=thread.pk
    )
    words = words_for(thread.title, thread.body, thread.language)
    found = [
        (likeness(words, words_for(title, body, language or thread.language)), pk)
        for pk, title, body, language in older.values_list("pk", "title", "body", "language")
    ]
    most, other_id = max(found, default=(0, 0))
    if most < LEAST:
        return None
    return DuplicateHint(thread=thread, other_id=other_id, likeness=most, found_at=clock.now())


def _candidates(thread: Thread) -> list[int]:
    """Questions like this one, found by the index, or by the database on a board that is not for everybody."""
    if thread.board.audience == Board.Audience.PUBLIC:
        narrow = Narrow(without=thread.pk, until=thread.asked_at)
        matches = likeliest(viewer=EVERYBODY, title=thread.title, body=thread.body, narrow=narrow, limit=CANDIDATES)
        return [match.id for match in matches]
    own_board = Thread.objects.listed().filter(board=thread.board, pk__lt=thread.pk)
    return [each.id for each in best(own_board, read_query(thread.title, is_sentence=True), most=CANDIDATES)]
