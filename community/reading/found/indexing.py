"""What search engines may keep: the one rule, as a question about a thread and as a set of threads.

The page's own word (its robots meta) and the sitemap both ask here, so they cannot disagree. A page is for search
engines only if everybody may see it and if it is worth finding: nobody is helped by being led to a question that has
waited a month for an answer.
"""

from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import OuterRef, Subquery

from community.models import Board, Tag, TaggedThread, Thread
from community.models.threads import SOLVABLE, ThreadQuerySet
from community.reading.lists import listed

#: A question nobody has answered for so long is not worth finding; from that very moment on.
UNANSWERED_FOR = timedelta(days=30)
#: A tag with fewer threads that everybody sees is a thin page.
THIN_TAG = 3
EVERYBODY = AnonymousUser()


def is_public(board: Board) -> bool:
    """Whether everybody may see this board."""
    return board.audience == Board.Audience.PUBLIC


def is_seen_by_everybody(thread: Thread) -> bool:
    """Whether visitors see this thread (its board must be loaded): the twin of `visible_to` for nobody."""
    return thread.hidden_at is None and is_public(thread.board)


def _waits(thread: Thread) -> bool:
    """Whether nobody has answered. An asker who solved it alone has answered; an idea needs no answer."""
    return thread.peer_answer_count == 0 and thread.solved_at is None and thread.kind in SOLVABLE


def is_indexable(thread: Thread, now: datetime) -> bool:
    """Whether search engines may keep this thread's page at this moment."""
    if not is_seen_by_everybody(thread) or thread.merged_into_id is not None:
        return False
    return not _waits(thread) or now < thread.asked_at + UNANSWERED_FOR


def until_when(thread: Thread, now: datetime) -> datetime | None:
    """When the clock alone will change `is_indexable`; None where it will not."""
    end = thread.asked_at + UNANSWERED_FOR
    return end if is_indexable(thread, now) and _waits(thread) and now < end else None


def indexable_threads(now: datetime) -> ThreadQuerySet:
    """Every thread of which `is_indexable` is true."""
    return listed(EVERYBODY).exclude(
        peer_answer_count=0, solved_at__isnull=True, kind__in=SOLVABLE, asked_at__lte=now - UNANSWERED_FOR
    )


def indexable_tags() -> Any:
    """Tags that at least three threads seen by everybody carry."""
    carried = TaggedThread.objects.filter(tag=OuterRef("pk"), content_object__in=listed(EVERYBODY).values("pk"))
    enough = carried.order_by().values("pk")[THIN_TAG - 1 : THIN_TAG]
    return Tag.objects.annotate(enough=Subquery(enough)).filter(enough__isnull=False)
