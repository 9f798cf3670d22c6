"""One change to many tickets, looked at before it is made: the preview makes it and takes it back."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from community.errors import NotThere, Refused
from community.models import User
from support.actions import assigning, moves, sorting
from support.models import Priority, Status, Ticket

#: One press changes no more.
MOST = 100


@dataclass(frozen=True)
class Change:
    """What is to become of each; only what is given changes."""

    assignee: User | None = None
    releases: bool = False
    queue_id: int | None = None
    priority: Priority | None = None
    adds_tags: tuple[str, ...] = ()
    removes_tags: tuple[str, ...] = ()
    status: Status | None = None
    held_until: datetime | None = None
    reason: str = ""


@dataclass
class Result:
    """Which tickets change, which are as wanted already, and which cannot, with the sentence that says why."""

    changed: list[Ticket] = field(default_factory=list)
    same: list[Ticket] = field(default_factory=list)
    refused: list[tuple[Ticket, str]] = field(default_factory=list)


def preview(*, actor: User, ticket_ids: Sequence[int], change: Change) -> Result:
    """What `apply` would do now. Nothing is left of it."""
    with transaction.atomic():
        result = _go_through(actor, ticket_ids, change)
        transaction.set_rollback(True)
    # Read anew: what was changed and taken back must not be shown as if it were so.
    standing = Ticket.objects.in_bulk([each.pk for each in (*result.changed, *result.same)])
    result.changed = [standing[each.pk] for each in result.changed]
    result.same = [standing[each.pk] for each in result.same]
    return result


@transaction.atomic
def apply(*, actor: User, ticket_ids: Sequence[int], change: Change) -> Result:
    """Make the change wherever it can be made; the rest stays as it was, and says why.

    Refused for more than MOST at once; tickets the actor does not work on are not there.
    """
    return _go_through(actor, ticket_ids, change)


def _go_through(actor: User, ticket_ids: Sequence[int], change: Change) -> Result:
    if len(set(ticket_ids)) > MOST:
        raise Refused(_("At most %(most)d tickets at once, please.") % {"most": MOST})
    # In the order of their questions, then their own: whoever changes many at once waits for the others in one line.
    seen = Ticket.objects.worked_by(actor).filter(pk__in=ticket_ids).order_by("thread_id", "pk")
    result = Result()
    for ticket in seen:
        try:
            with transaction.atomic():
                for step in _steps(actor, ticket.pk, change):
                    step()
        except NotThere:
            # Somewhere on the way it went to another team, which was what was wanted.
            result.changed.append(ticket)
            continue
        except Refused as refused:
            result.refused.append((ticket, str(refused.message)))
            continue
        now = Ticket.objects.values_list("version", flat=True).get(pk=ticket.pk)
        (result.same if now == ticket.version else result.changed).append(ticket)
    return result


def _steps(actor: User, ticket_id: int, change: Change) -> list[Callable[[], object]]:
    """The actions, the one that may take the ticket out of sight at the end."""
    who: dict[str, Any] = {"actor": actor, "ticket_id": ticket_id, "reason": change.reason}
    steps: list[Callable[[], object]] = []
    if change.priority is not None:
        priority = change.priority
        steps.append(lambda: sorting.set_priority(**who, priority=priority))
    if change.adds_tags or change.removes_tags:
        steps.append(lambda: sorting.retag(**who, add=change.adds_tags, remove=change.removes_tags))
    if change.status is not None:
        status = change.status
        steps.append(lambda: moves.move(**who, to=status, held_until=change.held_until))
    if change.assignee is not None:
        to = change.assignee
        steps.append(lambda: assigning.assign(**who, to=to))
    if change.releases:
        steps.append(lambda: assigning.release(**who))
    if change.queue_id is not None:
        queue_id = change.queue_id
        steps.append(lambda: sorting.set_queue(**who, queue_id=queue_id))
    return steps
