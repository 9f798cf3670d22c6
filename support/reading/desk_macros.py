"""A macro for one ticket: its words with everything filled in, and what it also does."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from community.actions.record import MAX_ID
from community.errors import NotThere
from community.models import User
from support import macros
from support.models import Macro, Priority, Status, Switch, Ticket
from support.reading.desk_list import Around


@dataclass(frozen=True)
class Chosen:
    """A macro, filled for a ticket."""

    macro: Macro
    text: str
    unknown: tuple[str, ...]
    #: Status that goes with the reply; "" leaves it
    then: str
    #: what it also sets, in words
    also: tuple[str, ...]


def find(user: User, macro_id: int) -> Macro:
    """The macro; NotThere for one this person does not have."""
    found = Macro.objects.visible_to(user).select_related("sets_queue")
    for macro in found.filter(pk=macro_id if 0 < macro_id <= MAX_ID else 0):
        return macro
    raise NotThere("")


def choose(user: User, ticket: Ticket, macro_id: int, *, brand: str, root: str) -> Chosen:
    """The macro filled for this ticket. `root` is where the site stands, for addresses in mails. One statement."""
    macro = find(user, macro_id)
    filled = macros.fill(macro.text, values(user, ticket, brand=brand, root=root))
    also = []
    if macro.sets_priority in Priority.values:
        also.append(str(Priority(macro.sets_priority).label))
    if macro.sets_queue is not None:
        also.append(macro.sets_queue.name)
    also += [str(tag) for tag in macro.adds_tags]
    then = macro.sets_status if macro.sets_status in Status.values else ""
    return Chosen(macro, filled.text, filled.unknown, then, tuple(also))


def values(user: User, ticket: Ticket, *, brand: str, root: str) -> dict[str, str]:
    """What a macro's variables stand for here (support/macros.py names them)."""
    thread = ticket.thread
    return {
        "customer": str(ticket.requester),
        "agent": str(user),
        "subject": ticket.subject,
        "number": str(ticket.pk),
        "board": str(ticket.board) if ticket.board else "",
        "version": ticket.product_version,
        "question": root + reverse("thread_short", args=[thread.pk]) if thread else "",
        "brand": brand,
    }


def offers(desk: Around) -> list[dict[str, Any]]:
    """The macros to choose from, where macros are switched on."""
    return desk.macros if desk.has(Switch.MACROS) else []
