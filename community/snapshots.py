"""Reading append-only rows (events, changes) in the order they are committed: what followers have in common.

Ids and sequence numbers are taken before commit, and a follower that trusted them would skip those who commit late.
So a follower remembers a *snapshot*: what was committed when it last looked. What is new is what that snapshot did not
see and the present one does. Nobody's long transaction holds it up, and a late committer is simply new later.
"""

from typing import Any, NamedTuple

from django.db import connection

#: A snapshot in which nothing has been committed yet.
NOTHING = "1:1:"


class Position(NamedTuple):
    """How far a follower has read: everything `snapshot` saw is done.

    While a long stretch is read in batches, `reading` is the snapshot at its end, (xid, row) the last row handed out.
    """

    snapshot: str = NOTHING
    reading: str = ""
    xid: int = 0
    row: int = 0

    @property
    def oldest(self) -> int:
        """The oldest transaction that may not have been seen."""
        return int(self.snapshot.split(":", 1)[0])

    @property
    def newest(self) -> int:
        """The first transaction that this position knows nothing of."""
        return int((self.reading or self.snapshot).split(":", 2)[1])


def present() -> Position:
    """Here and now: everything committed so far is done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return Position(cursor.fetchone()[0])


def new_rows(position: Position, table: str, columns: str, *, batch: int) -> tuple[list[tuple[Any, ...]], Position]:
    """The next rows after `position`, at most `batch` (tuples of `columns`), and the position behind them.

    `table` needs columns `xid` and `id` with an index on them; `table` and `columns` are our own constants.
    """
    names = ", ".join(f"e.{column.strip()}" for column in columns.split(","))
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            WITH look AS MATERIALIZED (
                SELECT %s::pg_snapshot AS seen, coalesce(nullif(%s, '')::pg_snapshot, pg_current_snapshot()) AS present
            )
            SELECT look.present::text, e.* FROM look LEFT JOIN LATERAL (
                SELECT e.xid AS of_xid, e.id AS of_id, {names} FROM {table} e
                WHERE e.xid >= %s AND (e.xid, e.id) > (%s, %s)
                  AND NOT pg_visible_in_snapshot(e.xid::text::xid8, look.seen)
                  AND pg_visible_in_snapshot(e.xid::text::xid8, look.present)
                ORDER BY e.xid, e.id LIMIT %s
            ) e ON true ORDER BY e.of_xid, e.of_id
            """,  # noqa: S608 - our own constants
            [position.snapshot, position.reading, position.oldest, position.xid, position.row, batch],
        )
        found = cursor.fetchall()
    seen_by = found[0][0]
    rows = [row for row in found if row[1] is not None]
    if len(rows) == batch:  # there may be more: stay with this snapshot until its last row is read
        behind = position._replace(reading=seen_by, xid=rows[-1][1], row=rows[-1][2])
    else:
        behind = Position(seen_by)
    return [row[3:] for row in rows], behind


def count_new(position: Position, table: str, *, most: int) -> int:
    """How many rows wait behind `position`, counted up to `most`."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT count(*) FROM (
                SELECT 1 FROM {table} WHERE xid >= %s AND (xid, id) > (%s, %s)
                  AND NOT pg_visible_in_snapshot(xid::text::xid8, %s::pg_snapshot) LIMIT %s
            ) AS waiting
            """,  # noqa: S608 - our own constants
            [position.oldest, position.xid, position.row, position.snapshot, most],
        )
        return int(cursor.fetchone()[0])
