"""What is told by mail to those who work on a ticket: what happened, the customer's words, one way to the desk."""

from django.utils.translation import gettext as _

from community.mails.letters import Heading, Part, Words
from community.models import Notification, User
from community.notices.notifiables import Shown
from community.notices.saying import Said, read_on
from community.notices.wording import Writer
from support.models import Status, TicketEvent, TicketMessage
from support.notices.notifiables import AT_WORK, OWN, kind_of
from support.notices.saying import first_words, message_post, name_of, subject_of


def write_work(row: Notification, shown: Shown, reader: User) -> Said:
    """The mail of one notice. `show` has asked whether the reader may see it. Two queries."""
    related = ("ticket__queue", "ticket__requester", "message__author")
    event = TicketEvent.objects.select_related(*related).get(pk=row.event_id)
    message = event.message or _last_word(event)
    return say_work(shown, event, message)


def say_work(shown: Shown, event: TicketEvent, message: TicketMessage | None) -> Said:
    """The same from what is known."""
    ticket = event.ticket
    told = _("“%(subject)s”, asked by %(customer)s, in the queue %(queue)s.")
    named = {"subject": subject_of(ticket), "customer": name_of(ticket.requester), "queue": ticket.queue.name}
    parts: list[Part] = [Heading(shown.sentence), Words(told % named)]
    if message is not None:
        parts.append(message_post(message, ticket))
    parts.append(read_on(shown, _("Open it at the desk")))
    words = first_words(message) if message else shown.sentence
    if ticket.status == Status.CLOSED:
        return Said(tuple(parts), words, shown.actor)
    told = _("What you reply is sent to the customer. To write to colleagues, leave a note at the desk.")
    return Said(tuple(parts), words, shown.actor, ("k", ticket.pk), (told,))


def _last_word(event: TicketEvent) -> TicketMessage | None:
    """What the customer's side said last, for news that bring no words of their own."""
    said = TicketMessage.objects.filter(ticket=event.ticket_id, is_staff=False)
    return said.select_related("author").order_by("position").last()


def _say_own(row: Notification, shown: Shown, reader: User) -> Said:
    """A customer's mails are of another kind (letters.py); should a notice of theirs ever come by mail, so it reads."""
    parts = (Heading(shown.sentence), Words(shown.title), read_on(shown, _("Open your ticket")))
    return Said(parts, shown.sentence, shown.actor)


#: By `Shown.kind`.
WRITERS: dict[str, Writer] = {
    **{kind_of(kind, is_own=False): write_work for kind in AT_WORK},
    **{kind_of(kind, is_own=True): _say_own for kind in OWN},
}
