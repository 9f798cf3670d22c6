"""The desk's places in the top of every page, and where drafts are kept."""

from collections.abc import Callable

from django.urls import reverse
from django.utils.translation import gettext as _

from community.errors import NotThere
from community.models import User
from community.permissions import Anyone
from community.templatetags.frame import Place
from support import permissions
from support.models import Ticket


def places_of(user: User) -> tuple[Place, ...]:
    """One's own questions and tickets; the desk for those who work there. Asks nothing of the database."""
    own = Place(_("Your questions and tickets"), reverse("my_cases"), "message")
    if not permissions.can_work_at_desk(user):
        return (own,)
    return (Place(_("Desk"), reverse("desk"), "inbox", is_foremost=True), own)


def place_of(ticket_id: int) -> str:
    """The place of the draft of a customer's next words on this ticket."""
    return f"case:{ticket_id}"


def _case(user: Anyone, ticket_id: int) -> str:
    if not Ticket.objects.of_customer(user).filter(pk=ticket_id).exists():
        raise NotThere(_("There is no such ticket."))
    return reverse("ticket", args=[ticket_id])


#: The word of the place -> the page it is written on, for whoever may open that (settings.DRAFT_PLACES).
DRAFT_PLACES: dict[str, Callable[[Anyone, int], str]] = {"case": _case}
