"""One generation of the index, as its writer has it: made from the whole database, then kept in step with it."""

import logging
import re
import time
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from community import clock
from community.models.changes import KEEP_CHANGES
from community.search import analysis, documents
from community.search.documents import Boards, ThreadRow
from community.search.folder import POSITION, TANTIVY, Current, Folder, open_index, read_json, write_json
from community.snapshots import Position, new_rows, present

logger = logging.getLogger(__name__)

CHANGES = "community_changerow"
#: So many change rows are read at once.
BATCH = 5000
COMMIT_SECONDS = 1.0
#: What Tantivy collects before it writes a part of the index, in bytes: while following, and while building.
HEAP, BUILDING_HEAP = 20_000_000, 300_000_000
#: A position that old may have missed change rows that are no longer kept; a day is for clocks that disagree.
TOO_OLD = KEEP_CHANGES.total_seconds() - 86_400
#: The position is written this often even when nothing happens, so that it does not grow old; in seconds.
REMEMBER_SECONDS = 60.0
SNAPSHOT = re.compile(r"[0-9]{1,19}:[0-9]{1,19}:[0-9,]*")
#: (threads done, threads there are)
Tell = Callable[[int, int], None]


class Unusable(Exception):
    """This generation cannot go on (the text says why): a new one must be built."""


class Stopped(Exception):
    """Building was ended before its time: the process stops, or the right to write was lost."""


class Kept(NamedTuple):
    """What position.json holds."""

    position: Position
    boards: Boards
    #: seconds since 1970
    as_of: float

    @classmethod
    def of(cls, content: dict[str, Any]) -> "Kept":
        """Unusable when it is not what was written: then nobody knows what is in the index."""
        try:
            snapshot, reading, xid, row = content["position"]
            if not SNAPSHOT.fullmatch(snapshot) or (reading and not SNAPSHOT.fullmatch(reading)):
                raise ValueError(snapshot)
            boards = {int(pk): [str(fact) for fact in facts] for pk, facts in content["boards"].items()}
            return cls(Position(snapshot, reading, int(xid), int(row)), boards, float(content["as_of"]))
        except (KeyError, TypeError, ValueError, AttributeError):
            raise Unusable("how far the index has read is not readable") from None

    def write(self, folder: Folder, name: str) -> None:
        write_json(folder.generation(name) / POSITION, self._asdict())


class Generation:
    """A generation and its writer. One process at a time (Folder.lock); errors of Tantivy's are ValueErrors.

    The schema needs the integer fields `id` and `board_id`, indexed: documents are replaced and dropped by them.
    """

    def __init__(self, folder: Folder, name: str, position: Position, boards: Boards, *, is_new: bool = False) -> None:
        self.folder, self.name, self.position, self.boards = folder, name, position, boards
        self.index = open_index(folder.generation(name), is_new=is_new)
        # One thread, so that a commit makes one part and not several; more would only wait for what Python reads.
        self.writer = self.index.writer(BUILDING_HEAP if is_new else HEAP, 1)
        self._is_dirty = False
        self._committed = time.monotonic()
        self._remembered = 0.0

    @classmethod
    def open(cls, folder: Folder) -> "Generation":
        """The generation that answers. Unusable (or a ValueError of Tantivy's) when it cannot be gone on with."""
        current = folder.current()
        if current is None:
            raise Unusable("there is no index yet")
        if not current.is_of_this_code:
            raise Unusable("the index was made by another version")
        if current.database != documents.identity():
            raise Unusable("the index was made from another database")
        if not folder.has(current.generation):
            raise Unusable("the index's files are gone")
        kept = Kept.of(read_json(folder.generation(current.generation) / POSITION) or {})
        if clock.wall().timestamp() - kept.as_of > TOO_OLD:
            raise Unusable("the index was left alone for too long")
        if kept.position.newest > present().newest:
            raise Unusable("the index is ahead of the database")
        return cls(folder, current.generation, kept.position, kept.boards)

    def close(self) -> None:
        """Let go of the writer; what was not committed is done again by the next one."""
        del self.writer

    # Keeping in step --------------------------------------------------------------------------------------------------
    def step(self) -> bool:
        """Take in the next changes; returns whether there may be more. Commits about once a second."""
        rows, position = new_rows(self.position, CHANGES, "thread_id, board_id", batch=BATCH)
        if position.newest < self.position.newest:
            raise Unusable("the database has gone back in time")
        self._replace({thread for thread, _board in rows if thread is not None})
        if any(thread is None for thread, _board in rows):
            self._follow_boards()
        self.position = position
        is_behind = len(rows) == BATCH
        if not is_behind or time.monotonic() - self._committed > COMMIT_SECONDS:
            self.commit()
        return is_behind

    def _replace(self, thread_ids: Iterable[int]) -> None:
        ids = sorted(thread_ids)
        for start in range(0, len(ids), documents.PORTION):
            portion = ids[start : start + documents.PORTION]
            for thread_id in portion:
                self.writer.delete_documents_by_term("id", thread_id)
            self.add(documents.threads_of(portion))
            self._is_dirty = True

    def _follow_boards(self) -> None:
        """A change that names no thread: boards may have opened or closed, or be called otherwise."""
        boards = documents.public_boards()
        for board_id in self.boards.keys() - boards.keys():
            self.writer.delete_documents_by_term("board_id", board_id)
            self._is_dirty = True
        for board_id, facts in boards.items():
            if self.boards.get(board_id) != facts:
                last = 0
                while rows := documents.threads_of_board_after(board_id, last):
                    last = rows[-1].id
                    self._replace(row.id for row in rows)
        self.boards = boards

    def add(self, rows: Iterable[ThreadRow]) -> None:
        document, add = analysis.document, self.writer.add_document
        for row in rows:
            try:
                found = document(row)
            except Exception:
                # One thread that cannot be taken apart must not take the others' search away.
                logger.exception("Thread %s cannot be made a document of the search index.", row.id)
                continue
            add(found)

    def commit(self) -> None:
        """Let readers see what was taken in, then remember how far that is: a kill in between does it again."""
        self._committed = time.monotonic()
        if self._is_dirty:
            self.writer.commit()
            self._is_dirty = False
        elif self._committed - self._remembered < REMEMBER_SECONDS:
            return
        self.remember()

    def remember(self) -> None:
        Kept(self.position, self.boards, clock.wall().timestamp()).write(self.folder, self.name)
        self._remembered = time.monotonic()


def build(
    folder: Folder, *, tell: Tell, may_go_on: Callable[[], bool], meanwhile: Callable[[], None], answers: str = ""
) -> None:
    """Make a new generation of the whole database and let it answer.

    `may_go_on` is asked and `meanwhile` called after each portion; Stopped when it says no. What was made is dropped
    when anything goes wrong; until the end the one before answers.
    """
    folder.sweep(now=True)
    name = folder.new_generation()
    try:
        database, position = documents.identity(), present()
        total = documents.count_threads()
        made = Generation(folder, name, position, documents.public_boards(), is_new=True)
        try:
            done = 0
            tell(done, total)
            for rows in documents.all_threads():
                made.add(rows)
                done += len(rows)
                tell(done, max(total, done))
                meanwhile()
                if not may_go_on():
                    raise Stopped
            made.writer.commit()
            while made.step():
                if not may_go_on():
                    raise Stopped
            made.commit()
            made.remember()
        finally:
            made.close()
        folder.switch(Current(name, analysis.VERSION, TANTIVY, database, answers))
    except BaseException:
        folder.drop(name)
        raise
