"""Forgetting what is kept no longer, by the table of care/kept.py: for the hourly sweep, the dry run and the admin."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, Min

from community import clock
from community.care.kept import Kind, Rows, table
from community.models import Keeping

#: Rows that go in one short transaction, and in one sweep of one kind: what is left goes an hour later.
BATCH = 1000
MOST_IN_A_SWEEP = 50_000


@dataclass(frozen=True)
class Found:
    """What would go of one kind: how many rows, and since when the oldest of them is there."""

    kind: Kind
    days: int
    count: int
    oldest: datetime | None


def chosen_days() -> dict[str, int]:
    """How long each kind is kept on this site: what administrators chose, within what is possible."""
    kept = dict(Keeping.objects.values_list("kind", "days"))
    return {kind.name: min(max(kept.get(kind.name, kind.days), kind.least), kind.most) for kind in table()}


def overdue(kind: Kind, days: int) -> Rows:
    """The rows of this kind that are older than so many days and held by nothing."""
    now = clock.wall() if kind.is_by_the_wall else clock.now()
    return kind.old(now - timedelta(days=days))


def look() -> Iterator[Found]:
    """What the next sweep would take, kind by kind. Writes nothing."""
    chosen = chosen_days()
    for kind in table():
        rows = overdue(kind, chosen[kind.name])
        facts = rows.order_by().aggregate(count=Count("pk"), oldest=Min(kind.age))
        yield Found(kind, chosen[kind.name], facts["count"], facts["oldest"])


def sweep_all() -> dict[str, int]:
    """Take what is overdue, in batches, each a short transaction of its own; how many rows went of each kind."""
    chosen = chosen_days()
    return {kind.name: sweep(kind, chosen[kind.name]) for kind in table()}


def sweep(kind: Kind, days: int) -> int:
    """One kind's, at most MOST_IN_A_SWEEP rows."""
    if kind.sweep is not None:
        return kind.sweep(timedelta(days=days))
    gone = 0
    while gone < MOST_IN_A_SWEEP:
        with transaction.atomic():
            ids = list(overdue(kind, days).order_by("pk").values_list("pk", flat=True)[:BATCH])
            rows = overdue(kind, days).model._default_manager.filter(pk__in=ids)
            if kind.blank is None:
                rows.delete()
            else:
                rows.update(**kind.blank)
        gone += len(ids)
        if len(ids) < BATCH:
            break
    return gone
