"""What follows every change of a ticket: the last thing an action does, inside its transaction."""

from datetime import datetime

from community import clock
from support.actions import promises
from support.models import Ticket
from support.reading.hours import business_moment


def settle(ticket: Ticket) -> None:
    """The ticket's promises and its due time follow its facts. The caller holds its lock."""
    promises.keep(ticket=ticket)


def return_moment(ticket: Ticket) -> datetime | None:
    """When a ticket that is somebody's goes back to its queue unless they answer; None: never."""
    after = ticket.queue.returns_after
    return None if after is None else business_moment(ticket.queue, clock.now(), after)
