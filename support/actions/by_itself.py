"""What happens by itself, to one ticket after the other: one that cannot be done stops none of those behind it."""

import logging
from collections.abc import Callable, Iterable

from django.db import InterfaceError, OperationalError

logger = logging.getLogger(__name__)
#: What the worker does at one turn, of each kind.
AT_ONCE = 100


def one_by_one(act: Callable[[int], bool], ids: Iterable[int]) -> int:
    """How many of these it did something to; `act` is one transaction each. Only a lost database ends the turn."""
    done = 0
    for row_id in ids:
        try:
            done += act(row_id)
        except (OperationalError, InterfaceError):
            raise
        except Exception:
            logger.warning("%s did not work for %d; tried again.", act.__qualname__, row_id, exc_info=True)
    return done
