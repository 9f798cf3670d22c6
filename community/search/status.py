"""How the index is: for the admin's start page and `manage.py search_index status`."""

from dataclasses import dataclass

from django.db import connection

from community import clock
from community.search.documents import count_threads
from community.search.folder import POSITION, Folder, Readers, read_json
from community.search.generations import CHANGES, Kept, Unusable
from community.snapshots import Position, count_new

#: Nobody needs to know more exactly how far it is behind.
MOST_BEHIND = 10_000

_OLDEST = f"""
    SELECT extract(epoch FROM clock_timestamp() - min(recorded_at)) FROM (
        SELECT recorded_at FROM {CHANGES} WHERE xid >= %s AND (xid, id) > (%s, %s)
          AND NOT pg_visible_in_snapshot(xid::text::xid8, %s::pg_snapshot) ORDER BY xid, id LIMIT 100
    ) AS waiting
"""  # noqa: S608 - our own constants


@dataclass(frozen=True)
class Building:
    """A new index is being made: threads done, threads there are, why, and since when (seconds since 1970)."""

    done: int
    total: int
    reason: str
    started: float


@dataclass(frozen=True)
class Status:
    """How the index of this machine is. `is_ready`: it answers, maybe while a new one is being made."""

    is_ready: bool
    generation: str
    documents: int
    #: threads that everybody may see, for comparison
    threads: int
    #: of the whole folder, in bytes
    size: int
    #: changes not yet in it (at most MOST_BEHIND are counted), and for how long the first of them waits, in seconds
    behind: int
    behind_seconds: float
    #: the process that writes; None when there is none
    holder: int | None
    building: Building | None
    #: what went wrong last, if it still does
    trouble: str


def status() -> Status:
    """Ask the folder and the database; DatabaseError when that does not answer."""
    folder, reader = Folder.of_settings(), Readers().open()  # as it is now, not a moment ago
    holder, current = folder.holder(), folder.current()
    behind, seconds = _behind(folder, current.generation) if current is not None and reader is not None else (0, 0.0)
    return Status(
        is_ready=reader is not None,
        generation=reader.generation if reader else "",
        documents=reader.searcher.num_docs if reader else 0,
        threads=count_threads(),
        size=folder.size(),
        behind=behind,
        behind_seconds=seconds,
        holder=holder,
        building=_building(folder) if holder is not None else None,
        trouble=str((folder.read("trouble") or {}).get("text", "")),
    )


def _building(folder: Folder) -> Building | None:
    about = folder.read("progress")
    if about is None:
        return None
    try:
        return Building(int(about["done"]), int(about["total"]), str(about["reason"]), float(about["started"]))
    except (KeyError, TypeError, ValueError):
        return None


def _behind(folder: Folder, generation: str) -> tuple[int, float]:
    try:
        position = Kept.of(read_json(folder.generation(generation) / POSITION) or {}).position
    except Unusable:
        position = Position()
    waiting = count_new(position, CHANGES, most=MOST_BEHIND)
    if not waiting:
        return 0, 0.0
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST, [position.oldest, position.xid, position.row, position.snapshot])
        return waiting, max(float(cursor.fetchone()[0] or 0), 0.0)


def seconds_since(moment: float) -> float:
    """How long ago that was (seconds since 1970), by the real clock."""
    return max(clock.wall().timestamp() - moment, 0.0)
