"""Up to which moment everything is known: no fact that somebody is still writing can come to lie before it.

A fact's `recorded_at` is taken inside the transaction that writes it, so it is no earlier than that transaction's
beginning. Whoever derives what was recorded before the oldest running transaction began, misses nothing: later ones
record later moments. Machines' clocks differ a little; the margin is for that.
"""

from datetime import datetime, timedelta

from django.db import connection

from community import clock

#: How far the clocks of web servers, workers and the database may be apart.
MARGIN = timedelta(minutes=1)
_OLDEST = """
    SELECT clock_timestamp() - min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
      AND xact_start IS NOT NULL
"""
#: The smallest step of time.
_TICK = timedelta(microseconds=1)


def horizon() -> datetime:
    """Everything recorded until then is committed. Ask before anything else is read.

    What is recorded at this very moment is not before it: more may be recorded at the same one. Where the clock was
    set (tests, imports, demo) there is one machine and no margin.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OLDEST)
        (running,) = cursor.fetchone()
    behind = max(running or timedelta(0), timedelta(0))
    return clock.now() - max(behind + (timedelta(0) if clock.is_set() else MARGIN), _TICK)
