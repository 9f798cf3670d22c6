"""A database for the measurements alone, beside the configured one."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection


def _exists(name: str) -> bool:
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


def _administer(statement: str, *names: str) -> None:
    with connection._nodb_cursor() as cursor:
        cursor.execute(statement.format(*(connection.ops.quote_name(name) for name in names)))


@contextmanager
def bench_database(size: int | str, *, keep: bool, fresh: bool) -> Iterator[tuple[str, bool]]:
    """Let this process use the measurements' database; gives its name and whether it has to be filled.

    One is kept per size (or name). It carries its name only once it is filled (the caller's `filled`), so that a run
    that was interrupted leaves nothing half made behind.
    """
    usual = str(connection.settings_dict["NAME"])
    name = f"{usual}_bench_{size}"
    making = f"{name}_making"
    if fresh:
        _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
    to_fill = not _exists(name)
    if to_fill:
        _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", making)
        _administer("CREATE DATABASE {}", making)
    connection.close()
    connection.settings_dict["NAME"] = making if to_fill else name
    try:
        call_command("migrate", verbosity=0, interactive=False)
        yield name, to_fill
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", making)
        if not keep:
            _administer("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def filled(name: str) -> None:
    """The data are complete: from now on the database carries its name, and another run may reuse it."""
    making = str(connection.settings_dict["NAME"])
    connection.close()
    _administer("ALTER DATABASE {} RENAME TO {}", making, name)
    connection.settings_dict["NAME"] = name
