"""Whether a ticket has to do with what its customer had solved in the community: an agent's word, with its reason.

Any ticket of a person whose question a peer had just solved voids that case (docs/deflection.md, "recontact"). One that
is about something else does not, once an agent who works on it says so and why; and it can be taken back.
"""

from django.db import transaction
from django.utils.translation import gettext as _

from community.actions.record import record_audit
from community.models import User
from support.actions.inputs import words
from support.actions.record import lock_work, record_ticket_event
from support.models import Ticket, TicketEvent

Kind = TicketEvent.Kind
SAID = (Kind.UNRELATED, Kind.RELATED)


@transaction.atomic
def mark_unrelated(*, actor: User, ticket_id: int, reason: str) -> Ticket:
    """The ticket is about something else than what peers solved. Those who work on it; said twice is said once.

    Refused without a reason: it is what an audit will ask for.
    """
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if is_unrelated(ticket):
        return ticket
    note = words(reason, _("Say why it is about something else."))
    record_ticket_event(Kind.UNRELATED, actor=actor, ticket=ticket)
    record_audit("marked_unrelated", actor=actor, target=ticket, note=note)
    return ticket


@transaction.atomic
def mark_related(*, actor: User, ticket_id: int, reason: str) -> Ticket:
    """Take that back: the ticket counts as a contact again. Of one that was never marked, nothing happens."""
    ticket = lock_work(actor=actor, ticket_id=ticket_id)
    if not is_unrelated(ticket):
        return ticket
    note = words(reason, _("Say why it is taken back."))
    record_ticket_event(Kind.RELATED, actor=actor, ticket=ticket)
    record_audit("marked_related", actor=actor, target=ticket, note=note)
    return ticket


def is_unrelated(ticket: Ticket) -> bool:
    """What was said of it last."""
    said = TicketEvent.objects.filter(ticket=ticket, kind__in=SAID).order_by("-pk").values_list("kind", flat=True)
    return said.first() == Kind.UNRELATED
