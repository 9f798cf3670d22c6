"""When a ticket is due, in words: the same on every page, in the reader's language and zone."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from community.reading.standing import span
from support.models import Status, Ticket

#: From here on it is told in minutes, and looks as if it wanted somebody.
SOON = timedelta(minutes=90)


@dataclass(frozen=True)
class Due:
    """The words, how they look (tone: danger, warning, neutral), and the moment itself. Empty words: nothing is due."""

    words: str
    tone: str = "neutral"
    at: datetime | None = None

    def __str__(self) -> str:
        return self.words

    @property
    def is_late(self) -> bool:
        return self.tone == "danger"


def due_words(ticket: Ticket | datetime | None, now: datetime) -> Due:
    """What to say of a ticket, or of a moment at which something is due. Asks nothing of the database."""
    if not isinstance(ticket, Ticket):
        return _of_moment(ticket, now) if ticket else Due("")
    if ticket.due_at is not None:
        return _of_moment(ticket.due_at, now)
    if ticket.status == Status.WAITING:
        return Due(_("rests until the customer writes"))
    if ticket.status == Status.ON_HOLD and ticket.held_until is not None:
        return Due(_("on hold until %(day)s") % {"day": _day(ticket.held_until)}, at=ticket.held_until)
    return Due("")


def _of_moment(due: datetime, now: datetime) -> Due:
    if due <= now:
        late = (now - due) // timedelta(minutes=1)
        return Due(_("%(time)s late") % {"time": span(late)} if late else _("due now"), "danger", due)
    if due - now < SOON:
        left = max((due - now) // timedelta(minutes=1), 1)
        return Due(_("in %(time)s") % {"time": span(left)}, "warning", due)
    return Due(_when(due, now), at=due)


def _when(due: datetime, now: datetime) -> str:
    """The day as people call it, and the time."""
    days = (localtime(due).date() - localtime(now).date()).days
    said = {"time": date_format(localtime(due), "TIME_FORMAT"), "weekday": date_format(localtime(due), "l")}
    if days == 0:
        return _("today at %(time)s") % said
    if days == 1:
        return _("tomorrow at %(time)s") % said
    return _("%(weekday)s at %(time)s") % said if days < 7 else _day(due)


def _day(moment: datetime) -> str:
    return date_format(localtime(moment), "DATE_FORMAT")
