"""What one reader watches around some questions: asked once for why they are told, and whether they still want it."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import F, Q

from community.models import Tag, TaggedThread, Thread, User, Watch
from community.reading.prepared import NOBODY, Prepared, number


class Held(NamedTuple):
    """One watch, as far as notices ask for it."""

    thread_id: int | None
    board_id: int | None
    reason: str
    rhythm: str
    muted_at: datetime | None
    watched_at: datetime
    is_list: bool = False


#: For one question, as in most mails.
_of_one_question = Prepared(
    lambda _reader: Watch.objects.filter(
        Q(thread_id=number(1)) | Q(board_id=number(2)), person_id=number(0)
    ).values_list(*Held._fields),
    places=3,
)


class Watching:
    """The reader's watches of these questions, of their boards and of their tags. A query; two where tags are asked."""

    def __init__(self, threads: Iterable[Thread], reader: User) -> None:
        self._reader = reader
        self._threads = {thread.pk: thread for thread in threads}
        #: thread id or board id -> the watch of it
        self.threads, self.boards = dict[int, Held](), dict[int, Held]()
        for held in map(Held._make, self._rows()):
            if held.board_id:
                self.boards[held.board_id] = held
            elif held.thread_id:
                self.threads[held.thread_id] = held

    def _rows(self) -> Iterable[tuple[Any, ...]]:
        if not self._threads:
            return []
        if len(self._threads) == 1:
            (thread,) = self._threads.values()
            return _of_one_question.rows(NOBODY, self._reader.pk, thread.pk, thread.board_id)
        boards = {thread.board_id for thread in self._threads.values()}
        named = Q(thread__in=list(self._threads)) | Q(board__in=boards)
        return Watch.objects.filter(named, person=self._reader).values_list(*Held._fields)

    @cached_property
    def tags(self) -> dict[int, list[tuple[Tag, Held]]]:
        """Thread id -> the tags it carries that the reader watches, by name."""
        watched = Watch.objects.filter(person=self._reader, tag__isnull=False)
        carried = TaggedThread.objects.filter(content_object__in=list(self._threads), tag__watches__in=watched)
        dated = carried.annotate(since=F("tag__watches__watched_at"), rhythm=F("tag__watches__rhythm"))
        found: dict[int, list[tuple[Tag, Held]]] = {}
        for tagged in dated.select_related("tag").order_by("tag__name"):
            held = Held(None, None, Watch.Reason.CHOSEN, tagged.rhythm, None, tagged.since)
            found.setdefault(tagged.content_object_id, []).append((tagged.tag, held))
        return found
