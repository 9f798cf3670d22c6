"""Many rows at once: written by COPY, compared with what is stored, added up."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

#: Everything that is derived; emptied together.
DERIVED = (
    *("support_deflectionentry", "support_currententry", "support_deflectioncase", "support_ledgertally"),
    *("support_viewercase", "support_viewertally", "support_assistedreuse"),
)
LEDGER_SORTS = "day, board_id, kind, status, reason, known, channel, is_entitled, definition_id, is_simulated"
VIEWER_SORTS = "day, board_id, is_simulated"


def copy(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """Write many rows in one statement; statement triggers see them together."""
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as lines,
    ):
        for row in rows:
            lines.write_row(row)


@contextmanager
def laid_out(table: str, columns: str, rows: Iterable[tuple[Any, ...]]) -> Iterator[str]:
    """These rows in a table of this transaction alone, with the columns of `table`; gives its name."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMPORARY TABLE wanted ON COMMIT DROP AS SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608
        copy("wanted", columns, rows)
        cursor.execute("ANALYZE wanted")
        yield "wanted"
        cursor.execute("DROP TABLE wanted")


def empty() -> None:
    """Nothing is derived any more. What waits to be checked at the end of the transaction is checked first."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"TRUNCATE {', '.join(DERIVED)}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def differences(stored: str, columns: str, rows: Iterable[tuple[Any, ...]], most: int) -> tuple[int, list[str]]:
    """How many rows of `rows` are not among `stored` (a query of these columns) or the other way round, and some."""
    parts = {
        "missing": f"TABLE wanted EXCEPT ALL ({stored})",
        "not derived": f"({stored}) EXCEPT ALL TABLE wanted",
    }
    count, told = 0, []
    with laid_out(f"({stored}) AS stored", columns, rows), connection.cursor() as cursor:
        for name, query in parts.items():
            cursor.execute(f"SELECT d::text, count(*) OVER () FROM ({query}) d ORDER BY 1 LIMIT %s", [most])  # noqa: S608
            found: Sequence[tuple[str, int]] = cursor.fetchall()
            count += found[0][1] if found else 0
            told += [f"{name}: {row}" for row, _whole in found]
    return count, told


def fold_tallies() -> None:
    """What was added up becomes one row of each sort. The ledger's lock is held."""
    with connection.cursor() as cursor:
        cursor.execute(_fold("support_ledgertally", LEDGER_SORTS, "count"))
        cursor.execute(_fold("support_viewertally", VIEWER_SORTS, "cases", "shown", "answered"))


def _fold(table: str, sorts: str, *counts: str) -> str:
    """Of every sort that stands in several rows, or adds up to nothing, one row or none."""
    names = [each.strip() for each in sorts.split(",")]
    some = " OR ".join(f"sum({each}) <> 0" for each in counts)
    return f"""
        WITH many AS (
            SELECT {sorts} FROM {table} GROUP BY {sorts} HAVING count(*) > 1 OR NOT ({some})
        ), gone AS (
            DELETE FROM {table} t USING many WHERE {" AND ".join(f"t.{each} = many.{each}" for each in names)}
            RETURNING {", ".join(f"t.{each}" for each in (*names, *counts))}
        )
        INSERT INTO {table} ({sorts}, {", ".join(counts)})
        SELECT {sorts}, {", ".join(f"sum({each})" for each in counts)} FROM gone GROUP BY {sorts} HAVING {some}
    """  # noqa: S608 - our own words
