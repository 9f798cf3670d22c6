"""Mails between customers and staff, written when they leave: from what their reader may see at that moment.

No rhythm, pause or choice keeps them away: somebody wrote to somebody. Their keys are made in fanout.py.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.mail import EmailMessage
from django.utils import timezone
from django.utils.translation import gettext as _

from community.accounts.preferences import speaking_to, zone_of
from community.incoming.addresses import reply_address
from community.incoming.commands import ACCEPT, LEAVE, word_for
from community.mails.letters import Button, Choice, Heading, Letter, Part, Why, Words, compose
from community.mails.outbox import KIND_HEADER
from community.mails.sending import site_address
from community.mails.suspending import is_suspended
from community.models import Mail, Thread, User
from community.notices.headers import hung_below, message_id
from community.notices.saying import absolute
from support.models import Status, Ticket, TicketAttachment, TicketEvent, TicketMessage, TicketRating
from support.notices.notifiables import BECAUSE, told_own
from support.notices.rating import rating_address
from support.notices.saying import (
    OWN_WORDS,
    first_words,
    message_post,
    name_of,
    subject_of,
    told_files,
    what_is_next,
)

Kind = TicketEvent.Kind


@dataclass(frozen=True)
class Facts:
    """What a mail to a customer is written from. `reader` has asked, or is in copy."""

    event: TicketEvent
    reader: User
    ticket: Ticket
    message: TicketMessage | None = None
    files: int = 0
    #: the other ticket of a merge, where the reader sees it
    other: Ticket | None = None
    #: the question it came from, where the reader sees it
    thread: Thread | None = None
    #: the addresses by which one says how it went, with what they say
    ratings: tuple[Button, ...] = field(default=())

    @property
    def is_mine(self) -> bool:
        return self.ticket.requester_id == self.reader.pk

    @property
    def said(self) -> str:
        """What happened, in a sentence."""
        return told_own(self.event, self.reader)


def write_to_customer(mail: Mail) -> EmailMessage | Mail.Outcome:
    """The message, in its reader's language and time zone; or why there is none."""
    reader = User.objects.with_standing().get(pk=mail.recipient_id)
    address = EmailAddress.objects.filter(user=reader, primary=True, verified=True).first()
    if not reader.is_active or reader.anonymised_at or reader.is_imported or address is None:
        return Mail.Outcome.GONE
    if is_suspended(reader):
        return Mail.Outcome.SUSPENDED
    facts = _facts_of(mail, reader)
    if facts is None:
        return Mail.Outcome.EMPTY
    # Who never chose a language is answered in the one they wrote in.
    language = facts.ticket.language or settings.LANGUAGE_CODE
    with speaking_to(reader, language), timezone.override(zone_of(reader.time_zone)):
        headers = {
            KIND_HEADER: mail.kind,
            "Message-ID": message_id(mail.pk),
            **hung_below(f"ticket-{facts.ticket.pk}"),
        }
        actor = facts.event.actor
        sender = actor.display_name if actor is not None and actor.pk != reader.pk else ""
        return compose(
            letter_of(facts),
            to=address.email,
            site_address=site_address(),
            headers=headers,
            sender=sender,
            reply_to=reply_address(reader, "k", facts.ticket.pk),
        )


# What it is about -----------------------------------------------------------------------------------------------------
def _facts_of(mail: Mail, reader: User) -> Facts | None:
    """What to tell; None where it is out of the reader's sight by now, or no longer so."""
    what, number = mail.key.split(":")[:2]
    column = {"reply": "message_id", "opened": "ticket_id"}.get(what, "pk")
    kinds = (Kind.REPLIED, Kind.WROTE) if what == "reply" else (Kind(what),)
    events = TicketEvent.objects.filter(**{column: int(number)}, kind__in=kinds).order_by("pk")
    event = events.select_related("actor", "message__author", "other").first()
    if event is None:
        return None
    # A message may stand in another ticket by now.
    ticket_id = event.message.ticket_id if event.message else event.ticket_id
    seen = Ticket.objects.of_customer(reader).select_related("queue", "requester")
    ticket = seen.filter(pk=ticket_id).first()
    if ticket is None or _is_past(event, ticket):
        return None
    message = event.message
    return Facts(
        event=event,
        reader=reader,
        ticket=ticket,
        message=message,
        files=TicketAttachment.objects.filter(message=message).count() if message else 0,
        other=seen.filter(pk=event.other_id).first() if event.other_id else None,
        thread=Thread.objects.visible_to(reader).filter(pk=ticket.thread_id).first() if ticket.thread_id else None,
        ratings=_ratings(ticket, reader),
    )


def _is_past(event: TicketEvent, ticket: Ticket) -> bool:
    """Whether it was taken back, or overtaken, before the mail left."""
    if event.kind == Kind.RESOLVED:
        return ticket.is_undone
    if event.kind in (Kind.REOPENED, Kind.CLOSED):
        return ticket.is_undone == (event.kind == Kind.CLOSED)
    if event.kind == Kind.MERGED:
        return ticket.merged_into_id is None or ticket.merged_into_id != event.other_id
    return event.message is not None and not event.message.body_html


def _ratings(ticket: Ticket, reader: User) -> tuple[Button, ...]:
    """Where the requester was asked how it went and has not said so yet. One query."""
    if ticket.requester_id != reader.pk or ticket.status != Status.RESOLVED:
        return ()
    waits = TicketRating.objects.filter(ticket=ticket, asked_at__isnull=False, score__isnull=True)
    return rating_buttons(lambda score: rating_address(ticket, score)) if waits.exists() else ()


def rating_buttons(address: Callable[[int], str]) -> tuple[Button, ...]:
    """One for each way it may have gone, from the best to the worst; `address` is where a score leads."""
    return tuple(Button(str(score.label), address(score)) for score in reversed(TicketRating.Score))


# In words -------------------------------------------------------------------------------------------------------------
def letter_of(facts: Facts) -> Letter:
    """The letter, in the language and time zone that are active."""
    kind, ticket = Kind(facts.event.kind), facts.ticket
    parts = _PARTS[kind](facts)
    message = facts.message
    is_own_word = message is not None and message.author_id == facts.reader.pk
    preheader = first_words(message) if message is not None and not is_own_word else _words_of(parts)
    subject = ticket.subject if kind == Kind.OPENED else f"Re: {ticket.subject}"
    return Letter(subject, tuple(parts), preheader, Why(_reason(facts), "", "", "", _by_word(facts)))


def _by_word(facts: Facts) -> tuple[str, ...]:
    """Which words alone do something in a reply: the requester's that it is solved, to leave for who is in copy."""
    if not facts.is_mine:
        return (_("Reply with the one word “%(word)s” to read along no more.") % {"word": word_for(LEAVE)},)
    if facts.ticket.is_undone:
        return (_("Reply with the one word “%(word)s” when it is solved.") % {"word": word_for(ACCEPT)},)
    return ()


def _reason(facts: Facts) -> str:
    """Why they get it: what they did, or somebody for them."""
    if not facts.is_mine:
        return str(BECAUSE["in_copy"][1])
    if facts.ticket.channel == Ticket.Channel.THREAD:
        return _("You get this because our staff look at a question of yours.")
    if facts.ticket.channel == Ticket.Channel.STAFF:
        return _("You get this because our staff opened this for you.")
    return str(BECAUSE["requested"][1])


def _words_of(parts: list[Part]) -> str:
    return next((part.text for part in parts if isinstance(part, Words)), "")


def _way(ticket: Ticket, label: str) -> Button:
    return Button(label, absolute(ticket.get_absolute_url()))


def _opened(facts: Facts) -> list[Part]:
    ticket, message = facts.ticket, facts.message
    if facts.event.actor_id != ticket.requester_id:
        parts: list[Part] = [Heading(facts.said)]
        if message is not None:
            parts.append(message_post(message, ticket))
        next_step = _("Everything about it stands on its page. You can write there whenever you know more.")
        return [*parts, Words(next_step), _way(ticket, _("Open your ticket"))]
    if facts.thread is not None and ticket.channel == Ticket.Channel.THREAD:
        told = _("Our staff look at your question “%(subject)s” now. Others can go on answering it, too.")
    else:
        told = _("Your message “%(subject)s” has arrived. A person from our team reads it.")
    parts = [Heading(_("We have your message")), Words(told % {"subject": subject_of(ticket)})]
    if message is not None:
        parts.append(message_post(message, ticket, OWN_WORDS))
    if facts.files:
        parts.append(told_files(facts.files))
    next_step = _("You get our answer by mail and on this page. Until then there is nothing you have to do.")
    return [*parts, Words(next_step), _way(ticket, _("Open your ticket"))]


def _message(facts: Facts) -> list[Part]:
    ticket, message = facts.ticket, facts.message
    parts: list[Part] = [Heading(facts.said)]
    if message is not None:
        parts.append(message_post(message, ticket))
    if facts.files:
        parts.append(told_files(facts.files))
    if facts.event.kind == Kind.REPLIED and facts.is_mine:
        parts += [Words(what_is_next(ticket)), *_how_it_went(facts)]
    label = _("Read it on the site, or write back")
    return [*parts, _way(ticket, label)]


def _ended(facts: Facts) -> list[Part]:
    """Resolved, open again or closed: without a word of staff's beside it."""
    ticket = facts.ticket
    parts: list[Part] = [Heading(facts.said), Words(_("“%(subject)s”") % {"subject": subject_of(ticket)})]
    if facts.is_mine:
        parts += [Words(what_is_next(ticket)), *_how_it_went(facts)]
    return [*parts, _way(ticket, _("Open your ticket"))]


def _how_it_went(facts: Facts) -> list[Part]:
    if not facts.ratings or facts.ticket.status != Status.RESOLVED:
        return []
    return [Choice(_("How did we do?"), facts.ratings, is_even=True)]


def _merged(facts: Facts) -> list[Part]:
    other = facts.other or facts.ticket
    told = _("“%(subject)s” is part of “%(other)s” now: it was about the same. Everything that was written is there.")
    named = {"subject": subject_of(facts.ticket), "other": subject_of(other)}
    return [Heading(facts.said), Words(told % named), _way(other, _("Open your ticket"))]


def _copied(facts: Facts) -> list[Part]:
    told = _("You can read “%(subject)s” from now on, and write there. What becomes of it decides %(customer)s.")
    named = {"subject": subject_of(facts.ticket), "customer": name_of(facts.ticket.requester)}
    return [Heading(facts.said), Words(told % named), _way(facts.ticket, _("Read it on the site"))]


def _gave_back(facts: Facts) -> list[Part]:
    told = _(
        "Our staff looked at “%(subject)s” and think that the community helps best here. Your question is open as "
        "before, and you are told of every answer."
    )
    parts: list[Part] = [Heading(facts.said), Words(told % {"subject": subject_of(facts.ticket)})]
    if facts.thread is not None:
        return [*parts, Button(_("Open the question"), absolute(facts.thread.get_absolute_url()))]
    return [*parts, _way(facts.ticket, _("Open your ticket"))]


_PARTS: dict[Kind, Callable[[Facts], list[Part]]] = {
    Kind.OPENED: _opened,
    Kind.REPLIED: _message,
    Kind.WROTE: _message,
    Kind.RESOLVED: _ended,
    Kind.REOPENED: _ended,
    Kind.CLOSED: _ended,
    Kind.MERGED: _merged,
    Kind.COPIED: _copied,
    Kind.GAVE_BACK: _gave_back,
}

#: By how the mail's key begins.
OWN_WRITERS: dict[str, Callable[[Mail], EmailMessage | Mail.Outcome]] = dict.fromkeys(
    ("reply", "opened", "resolved", "reopened", "closed", "merged", "copied", "gave_back"), write_to_customer
)
