"""An empty database after each test that commits.

Django's own way is TRUNCATE of every table, which writes a new file for each table and each index, and Django's signal
after migrations, which asks for each right there is: over a second for a test that made ten rows. Here only tables that
hold something are emptied, row by row, and what a fresh site has is made again by the site's own `make_all_defaults`.
"""

from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.test import TransactionTestCase

from community.defaults import make_all_defaults

#: Django writes these from the models, so no test has anything to do with them.
FROM_THE_MODELS = {"django_content_type", "auth_permission", "django_migrations"}
#: Rows deleted one by one stay in the file until it is vacuumed: worth it for more than this many bytes.
LARGE = 1_000_000


def _emptied() -> list[str]:
    """The tables that held something; whoever still writes at this moment is waited for, as TRUNCATE would."""
    tables = sorted(set(connection.introspection.django_table_names(only_existing=True)) - FROM_THE_MODELS)
    names = [connection.ops.quote_name(table) for table in tables]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(names)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(
            " UNION ALL ".join(f"SELECT {at} WHERE EXISTS (SELECT FROM {name})" for at, name in enumerate(names))
        )
        filled = [names[at] for (at,) in cursor.fetchall()]
        # Neither references nor the rules that rows stay for ever hold in the role of a replica.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in filled:
            cursor.execute(f"DELETE FROM {name}")
    return filled


def _vacuum_the_large(tables: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM unnest(%s::text[]) AS name WHERE pg_relation_size(name::regclass) > %s", [tables, LARGE]
        )
        if large := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"VACUUM {', '.join(large)}")


def empty() -> None:
    """Leave the database as a fresh site has it. A role that is no superuser takes Django's slow way."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        (mighty,) = cursor.fetchone()
    if not mighty:
        call_command("flush", verbosity=0, interactive=False)
        return
    _vacuum_the_large(_emptied())
    make_all_defaults()


def empty_after_each_test() -> None:
    """From now on Django's tests that commit leave the database this way."""

    def _fixture_teardown(_test: Any) -> None:
        empty()

    TransactionTestCase._fixture_teardown = _fixture_teardown  # type: ignore[attr-defined]
