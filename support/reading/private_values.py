"""What is known of one ticket that must not reach the community: what was asked privately, names, addresses, notes."""

from collections.abc import Iterable, Iterator

from allauth.account.models import EmailAddress
from django.db.models import Q
from django.utils.translation import gettext as _

from community.content.private_data import WORDS, find_private
from community.models import PrivateNote, User
from support.models import Ticket, TicketCc, TicketMessage, TicketNote, TicketValue
from support.private_words import FEWEST_LETTERS, Known

#: Of the newest words of a ticket so many are looked through, and so many of its notes.
MOST_READ = 200
#: A line of a private note that is longer than this is a sentence, no detail.
LONGEST_DETAIL = 60


def known_of(ticket: Ticket) -> list[Known]:
    """Everything a public outcome of this ticket is compared with. Six queries, whatever its length."""
    own = Q(ticket=ticket) | Q(ticket__merged_into=ticket)
    values = TicketValue.objects.filter(own).values_list("value", "field__label")
    known = [Known(value, label) for value, label in values]
    people = _people_of(ticket)
    known += _names(people)
    known += [Known(address, _("an e-mail address of the customer")) for address in _addresses(people)]
    known += _told_privately(ticket)
    known += _recognised(_texts(own))
    return known


def _people_of(ticket: Ticket) -> list[User]:
    """Whose matter it is, and who is in copy."""
    copied = TicketCc.objects.filter(ticket=ticket).values("person")
    return list(User.objects.filter(Q(pk=ticket.requester_id) | Q(pk__in=copied)))


def _names(people: Iterable[User]) -> Iterator[Known]:
    what = _("a name of the customer")
    for person in people:
        words = (person.display_name, person.username or "", *person.display_name.split())
        yield from (Known(word, what) for word in dict.fromkeys(words) if len(word) >= FEWEST_LETTERS)


def _addresses(people: list[User]) -> list[str]:
    confirmed = EmailAddress.objects.filter(user__in=people).values_list("email", flat=True)
    return list(dict.fromkeys(address for address in (*(each.email for each in people), *confirmed) if address))


def _told_privately(ticket: Ticket) -> Iterator[Known]:
    """The details among what the customer told staff alone beside the question."""
    if ticket.thread_id is None:
        return
    notes = PrivateNote.objects.filter(thread=ticket.thread_id, author=ticket.requester_id).order_by("-pk")
    for text in notes.values_list("text", flat=True)[:MOST_READ]:
        lines = (line.strip() for line in text.splitlines())
        yield from (Known(line, _("told to staff privately")) for line in lines if 0 < len(line) <= LONGEST_DETAIL)


def _texts(own: Q) -> Iterator[str]:
    yield from TicketMessage.objects.filter(own).order_by("-pk").values_list("body", flat=True)[:MOST_READ]
    yield from TicketNote.objects.filter(own).order_by("-pk").values_list("body", flat=True)[:MOST_READ]


def _recognised(texts: Iterable[str]) -> Iterator[Known]:
    """What looks private wherever it was written in the ticket: there it stands with its words, here perhaps alone."""
    for text in texts:
        yield from (Known(found.text, str(WORDS[found.kind])) for found in find_private(text))
