"""Folding the tallies of tickets (models/tallies.py): what came since the last time becomes one row of each sort."""

from django.db import connection, transaction

from support.models import TicketTally
from support.models.tallies import SORTED_BY

#: Whoever folds does so alone; any number that nobody else uses.
_LINE = 7_316_022
_FOLD = """
    WITH gone AS (DELETE FROM support_tickettally WHERE NOT is_base RETURNING {sorts}, count),
    sums AS (SELECT {sorts}, sum(count) AS n FROM gone GROUP BY {sorts} HAVING sum(count) <> 0)
    INSERT INTO support_tickettally AS base ({sorts}, count, is_base) SELECT {sorts}, n, TRUE FROM sums
    ON CONFLICT ({sorts}) WHERE is_base DO UPDATE SET count = base.count + EXCLUDED.count
""".format(sorts=", ".join(SORTED_BY))  # noqa: S608 - our own words


@transaction.atomic
def fold() -> bool:
    """Sum up what came since the last time; the worker calls it at each turn. False while somebody else does."""
    if not TicketTally.objects.filter(is_base=False).exists():
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LINE])
        if not cursor.fetchone()[0]:
            return False
        cursor.execute(_FOLD)
        cursor.execute("DELETE FROM support_tickettally WHERE is_base AND count = 0")
    return True
