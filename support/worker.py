"""What the worker does for the desk at each of its turns, every two seconds. Each step is safe to run twice."""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from django.db import DatabaseError

from support.actions import assigning, moves, replies, tallies
from support.actions.peers import follow_solutions
from support.actions.promises import tell_due
from support.notices.fanout import tell_all

logger = logging.getLogger(__name__)
_HOURLY = timedelta(minutes=75)
#: Periodic jobs of support/tasks.py, for the watchdog.
EXPECTED: Mapping[str, timedelta] = {
    "support.policies": _HOURLY,
    "support.sweep": _HOURLY,
    "support.weekly": _HOURLY,
    # every ten minutes; a year derived for the first time takes some of them
    "support.ledger": timedelta(minutes=30),
    "support.figures": timedelta(minutes=45),
}


#: Replies whose seconds are over leave first; then what is due happens, and people are told of it.
STEPS: tuple[Callable[[], object], ...] = (
    replies.let_leave,
    tell_due,
    follow_solutions,
    moves.wake_due,
    moves.close_due,
    assigning.give_back_unanswered,
    assigning.hand_out,
    tell_all,
    tallies.fold,
)


def step() -> None:
    """Each of STEPS; one that fails is tried again at the next turn, and stops none of the others."""
    for each in STEPS:
        try:
            each()
        except DatabaseError:
            raise
        except Exception:
            logger.warning("%s.%s did not work; tried again.", each.__module__, each.__qualname__, exc_info=True)
