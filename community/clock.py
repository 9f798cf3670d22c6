"""The one clock. Actions read `now()`; import, simulator, demo and tests set it with `at()`."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_fixed: ContextVar[datetime | None] = ContextVar("peerdesk_clock", default=None)


def now() -> datetime:
    """The present moment in UTC, or the moment set by `at`."""
    return _fixed.get() or datetime.now(UTC)


def is_set() -> bool:
    """Whether `at` says what time it is."""
    return _fixed.get() is not None


def wall() -> datetime:
    """The real moment in UTC whatever `at` says: for how long the machine itself keeps something, never for facts."""
    return datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment` (must carry a time zone; ValueError otherwise)."""
    if moment.tzinfo is None:
        raise ValueError("The clock needs a moment with a time zone.")
    token = _fixed.set(moment)
    try:
        yield
    finally:
        _fixed.reset(token)
