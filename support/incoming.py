"""What of support can be written to by mail: tickets, by their customers and by those who work on them."""

import re
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from community.errors import NotThere, Refused
from community.incoming.commands import ACCEPT, LEAVE
from community.incoming.records import Letter, MailFile, Reached
from community.incoming.targets import Target
from community.models import User
from support import permissions
from support.actions import files, messages, moves, replies, sorting
from support.actions.writing import said_before
from support.models import Ticket, TicketAttachment, TicketMessage

#: A picture in its place in the text: files of tickets stand below the words.
_IN_PLACE = re.compile(r"!\[[^\]\n]{0,300}\]\(cid:[^)\s]{0,300}\)")


class Tickets:
    """A ticket: what its customer's side replies stands in it, what those reply who work on it goes to the customer.

    Whoever is both writes as the customer: their mails were the customer's. Nothing that comes by mail is a note.
    """

    label = gettext_lazy("A ticket")

    def reviewed_by(self, user: Any) -> Q:
        """Mail to a ticket is the business of those who work on that ticket. Moderators see none."""
        if not permissions.can_work_at_desk(user):
            return Q(pk__in=[])
        return Q(target_id__in=Ticket.objects.worked_by(user).order_by().values("pk"))

    def title_of(self, number: int, person: User) -> str | None:
        return Ticket.objects.visible_to(person).filter(pk=number).values_list("subject", flat=True).first()

    def address_of(self, number: int) -> str:
        """Where those see it who work on it."""
        return reverse("desk_ticket", args=[number])

    def consequence_of(self, number: int, person: User | None) -> str:
        """What letting such a mail in does, in a sentence."""
        ticket = Ticket.objects.filter(pk=number).first()
        if ticket is None or person is None:
            return ""
        named = {"name": person.display_name}
        if permissions.can_write(person, ticket):
            return _("It stands in the ticket as a message of %(name)s’s, as if sent from the ticket’s page.") % named
        return _("It goes to the customer as a reply of %(name)s’s.") % named

    @transaction.atomic
    def take(self, *, actor: User, number: int, letter: Letter) -> Reached:
        """NotThere for whoever has no part in the ticket any more; else what the page would say."""
        ticket = Ticket.objects.visible_to(actor).filter(pk=number).first()
        if ticket is None:
            raise NotThere(_("There is no such ticket."))
        is_customer = permissions.can_write(actor, ticket)
        if letter.command:
            return _obey(actor, ticket, letter.command, is_customer=is_customer)
        return (_say if is_customer else _reply)(actor, ticket, letter)


def _say(actor: User, ticket: Ticket, letter: Letter) -> Reached:
    """The customer's side writes: it opens again what rested, or begins what goes on from a closed ticket."""
    with _Stored(actor, letter) as stored:
        said = messages.write(
            actor=actor,
            ticket_id=ticket.pk,
            body=stored.body,
            files=stored.ids,
            key=letter.once,
            via=TicketMessage.Via.MAIL,
        )
    return Reached(f"{reverse('ticket', args=[said.ticket_id])}#m{said.position}")


def _reply(actor: User, ticket: Ticket, letter: Letter) -> Reached:
    """Somebody who works on it replies to the customer, and waits for them: what the page does by default."""
    if not permissions.can_work_on(actor, ticket):
        raise NotThere(_("There is no such ticket."))
    reached = Reached(reverse("desk_ticket", args=[ticket.pk]))
    if said_before(author=actor, key=letter.once) is not None:
        return reached
    with _Stored(actor, letter) as stored:
        replies.send(
            actor=actor,
            ticket_id=ticket.pk,
            body=stored.body,
            files=stored.ids,
            key=letter.once,
            via=TicketMessage.Via.MAIL,
        )
    return reached


# Words that do something ----------------------------------------------------------------------------------------------
def _obey(actor: User, ticket: Ticket, command: str, *, is_customer: bool) -> Reached:
    """A word for the wrong ears does nothing, and nobody reads it: a customer is not sent a bare "leave"."""
    if is_customer and command == ACCEPT:
        return _solved(actor, ticket)
    if is_customer and command == LEAVE:
        return _leave(actor, ticket)
    raise Refused(_("This word does nothing here. To write to the customer, write a sentence."))


def _solved(actor: User, ticket: Ticket) -> Reached:
    if not permissions.is_requester(actor, ticket):
        raise Refused(_("Only whoever asked can say that it is solved."))
    solved = moves.resolve(actor=actor, ticket_id=messages.end_of(ticket.pk))
    return Reached(solved.get_absolute_url(), was_command=True)


def _leave(actor: User, ticket: Ticket) -> Reached:
    if permissions.is_requester(actor, ticket):
        raise Refused(_("It is your own ticket: as long as somebody writes to you there, it comes by mail."))
    for number in {ticket.pk, messages.end_of(ticket.pk)}:
        if Ticket.objects.of_customer(actor).filter(pk=number).exists():
            sorting.remove_copy(actor=actor, ticket_id=number, person=actor)
    return Reached(reverse("my_cases"), was_command=True)


# Files ----------------------------------------------------------------------------------------------------------------
class _Stored:
    """The letter with its files stored by the page's own rules; where it is refused after all, they are gone again.

    A file that the page would not take is named below the words: both sides see that it is missing.
    """

    def __init__(self, actor: User, letter: Letter) -> None:
        self.made: list[TicketAttachment] = []
        left_out: list[str] = []
        for each in letter.files:
            try:
                self.made.append(files.add(actor=actor, upload=_upload(each)))
            except Refused as refused:
                left_out.append(f"{_shown(each.name)}: {refused.message}")
        self.body = _told(_IN_PLACE.sub("", letter.body).strip(), [each.name for each in self.made], left_out)

    @property
    def ids(self) -> list[int]:
        return [each.pk for each in self.made]

    def __enter__(self) -> "_Stored":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_error: object) -> None:
        if kind is not None:
            for each in self.made:
                each.file.delete(save=False)


def _upload(file: MailFile) -> SimpleUploadedFile:
    return SimpleUploadedFile(file.name or _("File"), file.data, file.content_type or "application/octet-stream")


def _shown(name: str) -> str:
    """A file's name as it may stand in Markdown without becoming any."""
    return f"`{' '.join(name.replace('`', ' ').split())[:100]}`" if name.strip("` \t\r\n") else _("File")


def _told(body: str, taken: Sequence[str], left_out: Sequence[str]) -> str:
    """The words; of a mail that is a picture and nothing else, what the picture is called."""
    lines = [body or ", ".join(_shown(name) for name in taken)]
    if left_out:
        lines += [_("(Files that could not be taken along:)"), "\n".join(f"- {each}" for each in left_out)]
    return "\n\n".join(line for line in lines if line)


TARGETS: dict[str, Target] = {"k": Tickets()}
