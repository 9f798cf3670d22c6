"""Where allauth counts and keeps used codes: Django's cache in the database, made to hold where it is used as a lock.

allauth counts under a lock that is a key it could add to the cache. Django's own cache adds in two steps, and of two
that find the same key too old both succeed; and it throws living keys away when there are many. Neither happens here.
"""

import base64
import pickle
from datetime import UTC, datetime
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import DatabaseCache
from django.db import connections, router


class CountCache(DatabaseCache):
    """The same table and the same rules, but for these two."""

    _table: str

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: Any = None) -> bool:
        """Set the key unless it is there; True for exactly one of many who try at once."""
        key = self.make_and_validate_key(key, version=version)
        until = self.get_backend_timeout(timeout)
        expires = datetime.max.replace(tzinfo=UTC) if until is None else datetime.fromtimestamp(until, UTC)
        packed = base64.b64encode(pickle.dumps(value, self.pickle_protocol)).decode("latin1")
        database = connections[router.db_for_write(self.cache_model_class)]
        table = database.ops.quote_name(self._table)
        with database.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO {table} AS c (cache_key, value, expires) VALUES (%s, %s, %s)"  # noqa: S608 - our own table
                " ON CONFLICT (cache_key) DO UPDATE SET value = EXCLUDED.value, expires = EXCLUDED.expires"
                " WHERE c.expires < now()",
                [key, packed, expires],
            )
            return bool(cursor.rowcount)

    def _cull(self, db: str, cursor: Any, now: Any, num: int) -> None:
        """Make room by what is over, never by what still counts."""
        table = connections[db].ops.quote_name(self._table)
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608 - our own table
