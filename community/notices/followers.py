"""Following append-only rows (events) from a position in the database: each row exactly once (see snapshots.py)."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from community.models import Follower
from community.snapshots import NOTHING, Position, new_rows


def follow(name: str, table: str, columns: str, handle: Callable[[list[tuple[Any, ...]]], None], *, batch: int) -> int:
    """Hand the next rows (at most `batch`, tuples of `columns`) to `handle`; returns how many (0: all read).

    One transaction: what `handle` writes and how far we have read are one. Two workers at once: the second gets 0.
    `table` needs columns `xid` and `id` with an index on them; `table` and `columns` are our own constants.
    """
    Follower.objects.get_or_create(name=name)
    with transaction.atomic():
        follower = Follower.objects.select_for_update(skip_locked=True).filter(name=name).first()
        if follower is None:
            return 0
        rows, position = new_rows(position_of(follower), table, columns, batch=batch)
        if rows:
            handle(rows)
        follower.snapshot, follower.reading, follower.xid, follower.row = position
        follower.save(update_fields=["snapshot", "reading", "xid", "row"])
    return len(rows)


def position_of(follower: Follower | None) -> Position:
    """How far this follower has read; one that never read has everything before it."""
    if follower is None:
        return Position()
    return Position(follower.snapshot or NOTHING, follower.reading, follower.xid, follower.row)
