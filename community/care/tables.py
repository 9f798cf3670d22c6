"""Which tables a backup holds, and how their rows are written so that they are the same on every server.

Rows are written by COPY, in the order of their keys, as text that no server's settings change. Why not pg_dump: its
programs may be missing, or older than the server, and its files hold the server's own words, so that neither a row nor
a table could be compared after a restore. What is written here is data alone: the tables themselves come from the
migrations, and fit every PostgreSQL that Peerdesk runs on.

Transaction numbers mean nothing on another server. So a row that followers read (models/changes.py) is written with the
followers that have *not* seen it, as 1 and 2^n for the n-th of them by name, and a follower without its position;
`positions.py` makes both into numbers of the new server. This form is the same before and after.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction

from community.care.others import others
from community.models import Follower
from community.notices.followers import position_of

#: What a machine or a moment needs and nobody else: who is signed in, limits, running jobs, what caches were told of,
#: whether the site is closed, and the words of questions, which each server takes apart in its own way (restore.py).
#: People sign in again after a restore, for a session ended since must stay ended.
LEFT_OUT = frozenset(
    {
        "django_migrations",
        "django_session",
        "usersessions_usersession",
        "community_rate_limit",
        "community_limitcount",
        "community_changerow",
        "community_jobrun",
        "community_sitestate",
        "community_threadwords",
        "procrastinate_jobs",
        "procrastinate_events",
        "procrastinate_workers",
        "procrastinate_periodic_defers",
    }
)
FOLLOWERS = Follower._meta.db_table
#: Rows that followers read in the order of their transactions.
FOLLOWED = frozenset({"community_threadevent"})
_SNAPSHOT = re.compile(r"[0-9:,]*")
#: A follower without its position.
_NOWHERE = {"snapshot": "''", "reading": "''", "xid": "0", "row": "0"}

_TABLES = """
    SELECT c.relname, array_agg(a.attname::text ORDER BY a.attname)
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY c.relname ORDER BY c.relname
"""
# The columns of the primary key; texts in an order that is the same on every server.
_KEYS = """
    SELECT c.relname, array_agg(
        quote_ident(a.attname) || CASE WHEN t.typcategory = 'S' THEN ' COLLATE "C"' ELSE '' END ORDER BY k.place)
    FROM pg_constraint p JOIN pg_class c ON c.oid = p.conrelid
    CROSS JOIN LATERAL unnest(p.conkey) WITH ORDINALITY k (attnum, place)
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum JOIN pg_type t ON t.oid = a.atttypid
    WHERE p.contype = 'p' AND c.relnamespace = current_schema()::regnamespace GROUP BY c.relname
"""
_SEQUENCES = """
    SELECT sequencename::text, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences
    WHERE schemaname = current_schema() ORDER BY sequencename
"""
#: What decides how values are written.
_PLAIN = (
    "SET LOCAL TimeZone = 'UTC'; SET LOCAL DateStyle = 'ISO, YMD'; SET LOCAL IntervalStyle = 'postgres';"
    " SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'; SET LOCAL client_encoding = 'UTF8';"
    " SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"
)


@dataclass(frozen=True)
class Table:
    """One table: its columns by name (but for those the database makes from others), and what sorts its rows."""

    name: str
    columns: tuple[str, ...]
    order: tuple[str, ...]


def is_ours(name: str) -> bool:
    """Whether a table is Django's or an installed app's; somebody may keep another in the same database."""
    return name.startswith(("django_", *(f"{app.label}_" for app in apps.get_app_configs())))


def tables() -> list[Table]:
    """What a backup of this database holds, by name."""
    with connection.cursor() as cursor:
        cursor.execute(_KEYS)
        keys = {name: tuple(key) for name, key in cursor.fetchall()}
        cursor.execute(_TABLES)
        found = [(name, tuple(columns)) for name, columns in cursor.fetchall()]
    return [
        Table(name, columns, keys.get(name, tuple(map(_quoted, columns))))
        for name, columns in found
        if is_ours(name) and name not in LEFT_OUT
    ]


def sequences() -> dict[str, tuple[int, bool]]:
    """By name: the last number, and whether it was given out. Asked after the rows, so that none is beyond it."""
    with connection.cursor() as cursor:
        cursor.execute(_SEQUENCES)
        return {name: (value, is_called) for name, value, is_called in cursor.fetchall()}


@contextmanager
def plain_snapshot() -> Iterator[None]:
    """A transaction that sees one moment, writes nothing, and gives every value as any other server would."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        plainly()
        yield


def plainly() -> None:
    """For the rest of this transaction: values are written the same on every server, and no time limit holds."""
    with connection.cursor() as cursor:
        cursor.execute(_PLAIN)


def rows_of(table: Table) -> Iterator[memoryview | bytes]:
    """The table's rows as lines of COPY's text form, ordered by the key."""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({_select(table)}) TO STDOUT") as lines:
        yield from lines


def _select(table: Table) -> str:
    columns = ", ".join(_expression(table.name, column) for column in table.columns)
    return f"SELECT {columns} FROM {_quoted(table.name)} ORDER BY {', '.join(table.order)}"  # noqa: S608 - the catalogue's names


def _expression(table: str, column: str) -> str:
    if table == FOLLOWERS and column in _NOWHERE:
        return _NOWHERE[column]
    if table in followed() and column == "xid":
        return _unseen()
    return _quoted(column)


def followed() -> frozenset[str]:
    """`FOLLOWED` of every app."""
    return FOLLOWED.union(*(care.followed for care in others()))


def followers() -> list[Follower]:
    """All of them, in the same order on every server."""
    return sorted(Follower.objects.all(), key=lambda follower: follower.name)


def _unseen() -> str:
    """In SQL: who has not seen this row, as 1 and a sum of 2^n. (Of 1, a follower that never ran has not heard.)"""
    parts = ["1"]
    for number, follower in enumerate(followers()):
        at = position_of(follower)
        if not _SNAPSHOT.fullmatch(at.snapshot + at.reading):
            raise ValueError(f"The position of the follower {follower.name} cannot be read.")
        seen = f"pg_visible_in_snapshot(xid::text::xid8, '{at.snapshot}')"
        if at.reading:
            now = f"pg_visible_in_snapshot(xid::text::xid8, '{at.reading}') AND (xid, id) <= ({at.xid}, {at.row})"
            seen = f"({seen} OR ({now}))"
        parts.append(f"CASE WHEN {seen} THEN 0 ELSE {2**number} END")
    return " + ".join(parts)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
