"""Following append-only rows (events, changes) in the order they are committed, each exactly once.

Ids and sequence numbers are taken before commit, and a follower that trusted them would skip those who commit late.
So a follower remembers a *snapshot*: what was committed when it last looked. What is new is what that snapshot did not
see and the present one does. Nobody's long transaction holds it up, and a late committer is simply new later.
"""

from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from community.models import Follower

#: A snapshot in which nothing has been committed yet.
NOTHING = "1:1:"


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
        rows = _new_rows(follower, table, columns, batch)
        if rows:
            handle([row[3:] for row in rows])
        seen_by = rows[0][0] if rows else ""
        if len(rows) == batch:  # there may be more: stay with this snapshot until its last row is read
            follower.reading, follower.xid, follower.row = seen_by, rows[-1][1], rows[-1][2]
        elif rows or follower.reading:
            follower.snapshot, follower.reading = follower.reading or seen_by, ""
            follower.xid = follower.row = 0
        follower.save(update_fields=["snapshot", "reading", "xid", "row"])
    return len(rows)


def _new_rows(follower: Follower, table: str, columns: str, batch: int) -> list[tuple[Any, ...]]:
    """Rows the follower's snapshot did not see and the one it is reading (else the present one) does."""
    names = ", ".join(f"e.{column.strip()}" for column in columns.split(","))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH look AS MATERIALIZED (
                SELECT %s::pg_snapshot AS seen, coalesce(nullif(%s, '')::pg_snapshot, pg_current_snapshot()) AS present
            )
            SELECT look.present::text, e.xid, e.id, {names}
            FROM look, {table} e
            WHERE e.xid >= %s AND (e.xid, e.id) > (%s, %s)
              AND NOT pg_visible_in_snapshot(e.xid::text::xid8, look.seen)
              AND pg_visible_in_snapshot(e.xid::text::xid8, look.present)
            ORDER BY e.xid, e.id LIMIT %s
            """,  # noqa: S608 - our own constants
            [
                follower.snapshot or NOTHING,
                follower.reading,
                int((follower.snapshot or NOTHING).split(":", 1)[0]),
                follower.xid,
                follower.row,
                batch,
            ],
        )
        return cursor.fetchall()
