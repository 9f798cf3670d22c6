"""Writing down what is said of support periods and entitlements, for the ledger. Called in the transaction that changes
them."""

from collections.abc import Iterable

from django.db.models import QuerySet

from community import clock
from support.models import Entitlement, RightsChange, SupportPeriod

What = RightsChange.What


def remember(row: SupportPeriod | Entitlement, *, before: SupportPeriod | Entitlement | None = None) -> None:
    """This row was entered, or is otherwise than `before`."""
    if before is not None and not _of(row).exists():
        _write(before, is_old=True)
    _write(row)


def remember_ended(rows: Iterable[Entitlement]) -> None:
    """These rows are about to go, for their person leaves: the right they had until now stays a fact."""
    for row in rows:
        if not _of(row).exists():
            _write(row, is_old=True)
        now = clock.now()
        row.ends_at = now if row.ends_at is None else min(row.ends_at, now)
        _write(row)


def _of(row: SupportPeriod | Entitlement) -> QuerySet[RightsChange]:
    return RightsChange.objects.filter(what=_what(row), row_id=row.pk)


def _what(row: SupportPeriod | Entitlement) -> What:
    return What.ENTITLEMENT if isinstance(row, Entitlement) else What.PERIOD


def _write(row: SupportPeriod | Entitlement, *, is_old: bool = False) -> None:
    RightsChange.objects.create(
        what=_what(row),
        row_id=row.pk,
        board_id=row.board_id,
        person_key=f"u:{row.person_id}" if isinstance(row, Entitlement) else "",
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        recorded_at=None if is_old else clock.now(),
    )
