"""How migrations change tables beside a site that serves (docs/install.md): quickly, and so that the old code goes on.

A migration holds each table it changes for itself until its end, and whoever holds one of them and waits for another
would wait for ever. So `manage.py migrate` takes all tables before it changes the first: for a moment, again and again,
until it has them all. People wait meanwhile and are answered then.

Django takes the default of a new column away once its rows have one; then the old code, which does not name the column,
could add no row any more. Here it stays.
"""

import time
from typing import Any

from django.db import OperationalError
from django.db.backends.postgresql import schema

#: Less than PostgreSQL waits before it ends one of two that wait for each other (a second): that one is us.
LOCK_MILLISECONDS = 200
#: So often at most, with a pause in which people are answered, in seconds.
TRIES, PAUSE = 600, 0.1
#: No lock within the time; or two waited for each other.
_TRY_AGAIN = ("55P03", "40P01")
_TABLES = """
    SELECT string_agg(quote_ident(relname), ', ' ORDER BY relname) FROM pg_class
    WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname ~ '^(community|support)_'
"""


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    #: set by `manage.py migrate`
    takes_all_tables = False
    _adds_field = False

    def __enter__(self) -> Any:
        entered = super().__enter__()
        if self.takes_all_tables and self.atomic_migration:
            self._take_all_tables()
        return entered

    def _take_all_tables(self) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(_TABLES)
            (names,) = cursor.fetchone()
            if not names:
                return
            cursor.execute(f"SET LOCAL lock_timeout = {LOCK_MILLISECONDS}")
            for tried in range(TRIES):
                cursor.execute("SAVEPOINT before_tables")
                try:
                    cursor.execute(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE")
                    break
                except OperationalError as error:
                    if getattr(error.__cause__, "sqlstate", "") not in _TRY_AGAIN or tried + 1 == TRIES:
                        raise
                    cursor.execute("ROLLBACK TO SAVEPOINT before_tables")  # lets go of those it had
                    time.sleep(PAUSE)
            cursor.execute("SET LOCAL lock_timeout = 0")

    def add_field(self, model: Any, field: Any) -> None:
        self._adds_field = True
        try:
            super().add_field(model, field)
        finally:
            self._adds_field = False

    def skip_default_on_alter(self, field: Any) -> bool:
        """Django asks this before it takes the default of a column away that it has just added."""
        return self._adds_field or super().skip_default_on_alter(field)
