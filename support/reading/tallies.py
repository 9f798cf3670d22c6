"""How many tickets there are of each sort (models/tallies.py), exactly, whatever their number."""

from django.db.models import Q, Sum

from community.models import User
from support.models import TicketTally


def count_tickets(user: User, conditions: dict[str, Q]) -> dict[str, int]:
    """How many of the tickets this person works on meet each condition, exactly, in one statement.

    Conditions are on status, priority, channel, queue_id, assignee_id and board_id alone.
    """
    asked = {f"n{at}": Sum("count", filter=condition, default=0) for at, condition in enumerate(conditions.values())}
    found = TicketTally.objects.worked_by(user).aggregate(**asked) if asked else {}
    return {name: int(found[f"n{at}"]) for at, name in enumerate(conditions)}
