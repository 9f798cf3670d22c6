"""What a macro does beside its words: priority, queue and tags."""

from django.db import transaction

from community.actions.record import MAX_ID
from community.models import User
from support.actions import sorting
from support.models import Macro, Priority


@transaction.atomic
def do_also(*, actor: User, ticket_id: int, macro_id: int) -> None:
    """Set what the macro sets; a macro that is gone, or not this person's, sets nothing.

    The queue comes last: behind it the ticket may be another team's.
    """
    found = Macro.objects.visible_to(actor).filter(pk=macro_id if 0 < macro_id <= MAX_ID else 0)
    for macro in found:
        if macro.sets_priority in Priority.values:
            sorting.set_priority(actor=actor, ticket_id=ticket_id, priority=Priority(macro.sets_priority))
        if tags := [str(tag) for tag in macro.adds_tags]:
            sorting.retag(actor=actor, ticket_id=ticket_id, add=tags)
        if macro.sets_queue_id is not None:
            sorting.set_queue(actor=actor, ticket_id=ticket_id, queue_id=macro.sets_queue_id)
