"""Who has a ticket open right now, and who writes at it: so that two agents do not do the same."""

from datetime import timedelta

from django.utils.translation import gettext as _

from community import clock
from community.errors import NotThere
from community.models import User
from support.models import Ticket, TicketPresence

#: Who was not heard of for so long is gone.
GONE_AFTER = timedelta(minutes=1)


def look(*, actor: User, ticket_id: int, types: bool = False) -> list[tuple[User, bool]]:
    """Say that one looks at it, or writes; returns who else does, and whether they write. NotThere as everywhere."""
    if not Ticket.objects.worked_by(actor).filter(pk=ticket_id).exists():
        raise NotThere(_("There is no such ticket."))
    now = clock.now()
    seen = {"seen_at": now} | ({"typed_at": now} if types else {})
    TicketPresence.objects.update_or_create(ticket_id=ticket_id, person=actor, defaults=seen)
    return others(actor=actor, ticket_id=ticket_id)


def others(*, actor: User, ticket_id: int) -> list[tuple[User, bool]]:
    """Who else looks at it, and whether they write; the caller has asked whether the actor may know."""
    fresh = clock.now() - GONE_AFTER
    there = TicketPresence.objects.filter(ticket=ticket_id, seen_at__gt=fresh).exclude(person=actor)
    return [
        (each.person, each.typed_at is not None and each.typed_at > fresh)
        for each in there.select_related("person").order_by("pk")[:20]
    ]


def leave(*, actor: User, ticket_id: int) -> None:
    """One has closed it."""
    TicketPresence.objects.filter(ticket=ticket_id, person=actor).delete()


def sweep() -> int:
    """Forget who is long gone; returns how many."""
    return TicketPresence.objects.filter(seen_at__lt=clock.now() - timedelta(hours=1)).delete()[0]
