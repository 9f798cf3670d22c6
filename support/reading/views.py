"""The lists an agent works through: what an address or a saved view may ask for, and how many tickets are in each.

A `Filters` is plain values. It is read from an address or from `SavedView.filters`, says itself as an address, and is
a condition on tickets. What it does not know it leaves out, so that an old saved view never breaks a page.
"""

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Value
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from community import clock
from community.content.text import BadText, clean_text
from community.models import User
from support.models import UNDONE, Channel, DeskState, Priority, Status, TaggedTicket, Ticket
from support.reading.tallies import count_tickets

#: What a view may ask for by status, in the order in which it is offered.
STATES: dict[str, tuple[str | Promise, tuple[Status, ...]]] = {
    "todo": (_("Waits for us"), (Status.NEW, Status.OPEN)),
    "new": (pgettext_lazy("state of a ticket", "New"), (Status.NEW,)),
    "waiting": (_("Waits for the customer"), (Status.WAITING,)),
    "on_hold": (pgettext_lazy("state of a ticket", "On hold"), (Status.ON_HOLD,)),
    "resting": (_("Waits for the customer, or on hold"), (Status.WAITING, Status.ON_HOLD)),
    "undone": (_("Everything that is not done"), UNDONE),
    "done": (_("Resolved and closed"), (Status.RESOLVED, Status.CLOSED)),
}
#: Whose.
ME, NOBODY = "me", "nobody"
#: How a list is sorted: by what is due first, or by what happened last.
DUE, LATEST = "due", "latest"
SORTS: dict[str, str | Promise] = {DUE: _("Due first"), LATEST: _("Latest first")}
LATE, TODAY = "late", "soon"
DUES: dict[str, str | Promise] = {LATE: _("Overdue"), TODAY: _("Due within four hours")}
SOON = timedelta(hours=4)
_LONGEST = 200


@dataclass(frozen=True)
class Filters:
    """What a list shows; "" and None leave a matter open."""

    state: str = "todo"
    #: "me", "nobody" or an agent's id
    assignee: str = ""
    queue: int | None = None
    priority: str = ""
    channel: str = ""
    board: int | None = None
    tag: str = ""
    due: str = ""
    sort: str = ""

    @property
    def statuses(self) -> tuple[Status, ...]:
        return STATES[self.state][1]

    @property
    def order(self) -> str:
        """How it is sorted: what waits for us by what is due, all else by what happened last."""
        return self.sort or (DUE if self.state in ("todo", "new", "undone") else LATEST)

    @property
    def is_tallied(self) -> bool:
        """Whether it asks only for what is counted all the time."""
        return not self.tag and not self.due

    def facts(self, user: User) -> Q:
        """The condition on the ticket's own columns (and on those of a tally of the same names)."""
        found = Q(status__in=self.statuses)
        if self.assignee == ME:
            found &= Q(assignee_id=user.pk)
        elif self.assignee == NOBODY:
            found &= Q(assignee_id__isnull=True)
        elif self.assignee:
            found &= Q(assignee_id=int(self.assignee))
        for name in ("priority", "channel"):
            if value := getattr(self, name):
                found &= Q(**{name: value})
        if self.queue:
            found &= Q(queue_id=self.queue)
        return found & Q(board_id=self.board) if self.board else found

    def condition(self, user: User) -> Q:
        """The whole condition on tickets."""
        found, now = self.facts(user), clock.now()
        if self.due == LATE:
            found &= Q(due_at__lt=now)
        elif self.due == TODAY:
            found &= Q(due_at__lt=now + SOON)
        if self.tag:
            found &= Q(Exists(TaggedTicket.objects.filter(content_object=OuterRef("pk"), tag__slug=self.tag)))
        return found

    def words(self) -> dict[str, Any]:
        """What differs from an empty one, as an address or a saved view holds it."""
        empty = Filters()
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(empty, field.name)
        }

    def query(self, **changes: Any) -> str:
        """Its address's query string, with these things changed."""
        words = replace(self, **changes).words()
        return f"?{urlencode(words)}" if words else "?"


#: What each word of an address may be.
_KNOWN: dict[str, Mapping[str, Any] | Sequence[str]] = {
    "state": STATES,
    "priority": Priority.values,
    "channel": Channel.values,
    "due": DUES,
    "sort": SORTS,
}


def read_filters(given: Mapping[str, Any]) -> Filters:
    """The filters in an address or a saved view; what makes no sense is left out."""
    values: dict[str, Any] = {}
    for name, known in _KNOWN.items():
        word = given.get(name)
        if isinstance(word, str) and word in known:
            values[name] = word
    for name in ("queue", "board"):
        if number := _number(given.get(name)):
            values[name] = number
    who = given.get("assignee")
    if who in (ME, NOBODY):
        values["assignee"] = who
    elif number := _number(who):
        values["assignee"] = str(number)
    tag = given.get("tag")
    if isinstance(tag, str) and tag and len(tag) <= _LONGEST:
        with contextlib.suppress(BadText):
            values["tag"] = clean_text(tag)
    return Filters(**values)


def _number(value: Any) -> int | None:
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) or None if text.isascii() and text.isdigit() and len(text) <= 18 else None


#: The lists every desk has, in their order.
BUILT_IN: dict[str, tuple[str | Promise, str, Filters]] = {
    "todo": (_("Waits for us"), "inbox", Filters()),
    "mine": (_("Yours"), "user", Filters(assignee=ME)),
    "free": (_("Nobody’s yet"), "star", Filters(assignee=NOBODY)),
    "resting": (_("Waits for the customer"), "clock", Filters(state="resting")),
    "done": (_("Done"), "check-circle", Filters(state="done")),
}


def count(user: User, lists: Mapping[str, Filters]) -> dict[str, int]:
    """How many tickets this person works on are in each, exactly, however many there are. At most two statements."""
    told = count_tickets(user, {name: each.facts(user) for name, each in lists.items() if each.is_tallied})
    others = {name: each for name, each in lists.items() if not each.is_tallied}
    if others:
        counts = {f"n{at}": _counted(user, each) for at, each in enumerate(others.values())}
        found = dict(DeskState.objects.filter(pk=1).values(**counts).first() or {})
        told |= {name: int(str(found.get(f"n{at}") or 0)) for at, name in enumerate(others)}
    return told


def _counted(user: User, filters: Filters) -> Subquery:
    """The number of what no tally knows, by the index of the list itself."""
    found = Ticket.objects.worked_by(user).filter(filters.condition(user)).order_by()
    return Subquery(found.annotate(one=Value(1)).values("one").annotate(many=Count("pk")).values("many"))
