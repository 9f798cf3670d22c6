"""Whether anything was written: the database's own count of touched rows, and the contents of every table."""

from collections.abc import Iterable

from django.db import connection


def tables(exempt: Iterable[str] = ()) -> list[str]:
    """Every table of the site but Django's record of migrations and those named."""
    left_out = {"django_migrations", *exempt}
    return sorted(name for name in connection.introspection.table_names() if name not in left_out)


def rows_touched(exempt: Iterable[str] = ()) -> int:
    """Rows inserted, changed or deleted in this transaction so far, those taken back included."""
    with connection.cursor() as cursor:
        cursor.execute(
            # The view of these counts reads the indexes' as well, for each table; this asks for no more than is needed.
            "SELECT coalesce(sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)"
            " + pg_stat_get_xact_tuples_deleted(oid)), 0) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> ALL(%s)",
            [list(exempt)],
        )
        return int(cursor.fetchone()[0])


def contents(names: Iterable[str]) -> dict[str, str]:
    """A hash of all rows of each table: equal before and after means that nothing is different."""
    names = list(names)
    if not names:
        return {}
    each = (
        f"SELECT '{name}', count(*) || md5(coalesce(string_agg(t::text, '' ORDER BY t::text), ''))"
        f" FROM {connection.ops.quote_name(name)} t"
        for name in names
    )
    with connection.cursor() as cursor:  # in one query, which is prepared once: it is asked thousands of times
        cursor.execute(" UNION ALL ".join(each))
        return dict(cursor.fetchall())


def counts(names: Iterable[str]) -> dict[str, int]:
    """How many rows each table has, in one query."""
    names = list(names)
    with connection.cursor() as cursor:
        cursor.execute(
            " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {connection.ops.quote_name(name)}" for name in names)
        )
        return dict(cursor.fetchall())
