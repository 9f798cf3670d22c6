"""Whether the site is open: read-only for a while, or closed after a restore. Without a row that says so, it is."""

from dataclasses import dataclass
from datetime import datetime

from community.models import SiteState
from community.reading.prepared import NOBODY, Prepared

_state = Prepared(
    lambda _reader: SiteState.objects.filter(pk=1).values_list("read_only_at", "closed_at", "restored_from"), places=0
)


@dataclass(frozen=True)
class Standing:
    """Since when nobody may write; since when nothing leaves; of which moment the backup was that was restored."""

    read_only_at: datetime | None = None
    closed_at: datetime | None = None
    restored_from: datetime | None = None

    @property
    def rests(self) -> bool:
        """Whether the worker rests: no notice is made, no mail leaves, no periodic job runs."""
        return self.read_only_at is not None or self.closed_at is not None


def standing() -> Standing:
    """How it is now: one short question to the database."""
    rows = _state.rows(NOBODY)
    return Standing(*rows[0]) if rows else Standing()


def is_read_only() -> bool:
    """Whether writing rests by order. (A database that takes no writes says so itself.)"""
    return standing().read_only_at is not None
