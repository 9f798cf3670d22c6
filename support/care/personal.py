"""What of the desk is a person's own: for the archive of one's data, and for when they leave."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from community.models import User
from community.personal.kinds import Beyond, Whose, keys_of
from support.models import (
    AssistedReuse,
    Carried,
    DeflectionCase,
    DeflectionEntry,
    EscalationWords,
    Intent,
    OutsideContact,
    RightsChange,
    Survey,
    SurveyWords,
    Ticket,
    TicketAttachment,
    TicketMessage,
    TicketRating,
    TicketValue,
    View,
    ViewerCase,
)


def _always(_row: Any, _person: int) -> bool:
    return True


def _never(_row: Any, _person: int) -> bool:
    """Words of staff at their work are about their customers: they leave with nobody's archive."""
    return False


def _is(name: str) -> Whose:
    return lambda row, person: bool(getattr(row, f"{name}_id") == person)


def _is_of_ticket(row: Any, person: int) -> bool:
    return bool(row.ticket.requester_id == person)


def _message(row: Any, person: int) -> bool:
    """What customers write is theirs, what staff write to them was told to them."""
    return _is_of_ticket(row, person) or (row.author_id == person and not row.is_staff)


def _file(row: Any, person: int) -> bool:
    """As their message; a file of a note is never a customer's."""
    if row.note_id is not None:
        return False
    if row.message_id is None:
        return bool(row.uploader_id == person and row.ticket_id is None)
    return _message(row.message, person)


WORDS: dict[str, Whose] = {
    "support.agentseat": _is("person"),
    "support.assistedreuse": _always,
    "support.baseline": _is("brought_by"),
    "support.carried": _is_of_ticket,
    "support.channelcoverage": _is("declared_by"),
    "support.contactimport": _is("brought_by"),
    "support.costinput": _is("entered_by"),
    "support.definition": _is("planned_by"),
    "support.deflectioncase": _always,
    "support.deflectionentry": _always,
    "support.escalationrun": _always,
    "support.escalationwords": lambda row, person: row.escalation.escalated_by_id == person,
    "support.intent": _always,
    "support.macro": _is("owner"),
    "support.outsidecontact": _always,
    "support.pendingreply": _never,
    "support.programmecost": _is("entered_by"),
    "support.rightschange": _always,
    "support.savedview": _is("owner"),
    "support.solvedrating": _is("person"),
    "support.survey": _always,
    "support.surveywords": _always,
    "support.ticket": _is("requester"),
    "support.ticketattachment": _file,
    "support.ticketdraft": _never,
    "support.ticketevent": _always,
    "support.ticketmessage": _message,
    "support.ticketnote": _never,
    "support.ticketrating": _is_of_ticket,
    "support.ticketregrouping": _never,
    "support.ticketvalue": _is_of_ticket,
    "support.view": _always,
    "support.viewercase": _always,
}
TITLES: dict[str, str | Promise] = {
    "support.assistedreuse": _("What staff’s answers solved for you, as it was counted"),
    "support.carried": _("What your tickets took along from your questions"),
    "support.deflectioncase": _("What the community solved for you, as it was counted"),
    "support.deflectionentry": _("How that count stood, step by step"),
    "support.entitlement": _("Your right to support"),
    "support.intent": _("What you would have done instead of coming here"),
    "support.outsidecontact": _("When you reached support by another way"),
    "support.rightschange": _("Since when you had a right to support"),
    "support.personstanding": _("Why your account is not counted"),
    "support.solvedrating": _("How you said your question went"),
    "support.survey": _("When you were asked whether a solution solved it"),
    "support.surveywords": _("What you said about a solution"),
    "support.ticket": _("Your tickets"),
    "support.ticketattachment": _("Files of your tickets"),
    "support.ticketcc": _("Tickets you are in copy of"),
    "support.ticketevent": _("What happened to tickets, step by step"),
    "support.ticketmessage": _("What you and staff wrote to each other"),
    "support.ticketrating": _("How you said it went"),
    "support.ticketvalue": _("Private details you gave"),
    "support.view": _("Solutions you had on your screen, as they were counted"),
    "support.viewercase": _("Solutions you read, as they are counted"),
}
UNLINKED: dict[str, str] = {
    "support.ticketpresence.person": "who has a page open this very minute; gone a minute later",
}


def _of_tickets(model: type[Any], *more: str) -> Callable[[User], QuerySet[Any]]:
    """Rows of one's own tickets."""
    return lambda person: model.objects.filter(ticket__requester=person).select_related("ticket", *more)


def _by_key(model: type[Any], name: str = "person_key", *more: str) -> Beyond:
    """Rows that name the person by a key: as a member, or as the visitor they were before."""
    return Beyond(model, lambda person: model.objects.filter(**{f"{name}__in": keys_of(person)}).select_related(*more))


def _entries(person: User) -> QuerySet[DeflectionEntry]:
    keys = keys_of(person)
    return DeflectionEntry.objects.filter(Q(person_key__in=keys) | Q(case__person_key__in=keys))


def _messages(person: User) -> QuerySet[TicketMessage]:
    own = Q(ticket__requester=person) | Q(author=person)
    return TicketMessage.objects.filter(own).select_related("ticket")


def files_of(person: User) -> QuerySet[TicketAttachment]:
    """What the person sent, and what staff sent them."""
    sent = Q(message__ticket__requester=person) | Q(message__author=person, message__is_staff=False)
    loose = Q(uploader=person, ticket__isnull=True)
    return TicketAttachment.objects.filter(sent | loose).select_related("message__ticket")


BEYOND: tuple[Beyond, ...] = (
    Beyond(TicketMessage, _messages),
    Beyond(TicketAttachment, files_of),
    Beyond(TicketValue, _of_tickets(TicketValue)),
    Beyond(TicketRating, _of_tickets(TicketRating)),
    Beyond(Carried, _of_tickets(Carried)),
    Beyond(EscalationWords, lambda person: EscalationWords.objects.filter(escalation__escalated_by=person)),
    *(
        _by_key(model)
        for model in (
            *(AssistedReuse, DeflectionCase, Intent, OutsideContact),
            *(RightsChange, Survey, View, ViewerCase),
        )
    ),
    _by_key(SurveyWords, "survey__person_key"),
    Beyond(DeflectionEntry, _entries),
)
#: Columns that name nobody.
NO_WORDS: dict[str, str] = {
    "support.assistedreuse": "keys",
    "support.baseline": "where administrators have their numbers from; nothing of it changes",
    "support.calendar": "the desk's own words",
    "support.channelcoverage": "how administrators know; nothing of it changes",
    "support.closedday": "the desk's own words",
    "support.computedfigures": "numbers",
    "support.contactimport": "the name of another system",
    "support.costinput": "where administrators have their numbers from, append-only",
    "support.currententry": "keys",
    "support.definition": "what is counted, approved as it stands",
    "support.deflectioncase": "keys, append-only",
    "support.deflectionentry": "keys, append-only",
    "support.escalationpolicy": "codes of languages",
    "support.escalationrun": "counts",
    "support.deskstate": "names of switches",
    "support.intent": "keys, append-only",
    "support.ledgertally": "counts",
    "support.lockedmonth": "counts",
    "support.macro.adds_tags": "words that many share",
    "support.outsidecontact": "keyed hashes and another system's numbers, append-only",
    "support.privatefield": "the desk's own words",
    "support.programmecost": "where administrators have their numbers from; nothing of it changes",
    "support.queue": "the desk's own words",
    "support.rightschange": "keys, append-only",
    "support.savedview.filters": "names of filters and numbers",
    "support.slapolicy": "the desk's own words",
    "support.survey": "keys, append-only",
    "support.team": "the desk's own words",
    "support.ticketevent": "ids and enums, append-only",
    "support.ticketregrouping": "ids and enums",
    "support.ticketmessage.key": "random",
    "support.tickettag": "words that many share",
    "support.tickettally": "counts",
    "support.view": "keys, append-only",
    "support.viewercase": "keys",
    "support.weeklyreport": "numbers, ids, and stems of words that several people wrote",
}


def took_part(row: Any, person: int) -> bool:
    """Whether the row stands in a ticket in which this person asked, wrote, or works."""
    ticket_id = row.pk if isinstance(row, Ticket) else getattr(row, "ticket_id", None)
    if ticket_id is None:
        return False
    theirs = Q(requester=person) | Q(messages__author=person) | Q(notes__author=person) | Q(assignee=person)
    return Ticket.objects.filter(theirs, pk=ticket_id).exists()
