"""What mails about tickets are put together from. Nothing here, nor anywhere in this package, reads internal notes."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community.content.mail_html import Names, for_mail
from community.content.plain import beginning
from community.content.text import excerpt
from community.mails.letters import Post, Words, isolated
from community.mails.sending import site_address
from community.models import User
from community.notices.saying import FIRST_WORDS, WHOLE, day_of
from support.models import Status, Ticket, TicketMessage

#: Characters of one's own words, by which one knows them again.
OWN_WORDS = 600


def name_of(person: User | None) -> str:
    """The name as it may stand in a sentence."""
    return isolated(person.display_name) if person and person.display_name else _("Somebody")


def subject_of(ticket: Ticket) -> str:
    """The subject as it may stand in a sentence."""
    return isolated(ticket.subject)


def first_words(message: TicketMessage) -> str:
    """How it begins."""
    return excerpt(beginning(message.body_html, FIRST_WORDS * 6), FIRST_WORDS)


def message_post(message: TicketMessage, ticket: Ticket, most: int = WHOLE) -> Post:
    """A message as a mail brings it; of pictures and files only that they are there."""
    names = Names(picture=_("Picture"), file=_("File"))
    made = for_mail(message.body_html, site_address=site_address(), names=names, most=most, shows_files=False)
    author = message.author.display_name or _("Somebody")
    return Post(author, message.sent_at, made.html, made.text, ticket.language)


def told_files(count: int) -> Words:
    """That files are with it: whoever a mail is forwarded to learns no more of them."""
    told = ngettext("%(count)d file is with it, on the site.", "%(count)d files are with it, on the site.", count)
    return Words(told % {"count": count})


def what_is_next(ticket: Ticket) -> str:
    """What its customer can count on, as the ticket is now."""
    if ticket.status == Status.WAITING:
        return _("Now we wait for you. Write back on the page of your ticket, whenever you know more.")
    if ticket.status == Status.ON_HOLD and ticket.held_until is not None:
        told = _("We come back to it on %(day)s at the latest. If something changes before, write on its page.")
        return told % {"day": day_of(ticket.held_until)}
    if ticket.status == Status.RESOLVED:
        if ticket.queue.reopens and ticket.closes_at is not None:
            told = _(
                "For us this is solved. If it is not for you, say so on its page by %(day)s, and it is open again."
            )
            return told % {"day": day_of(ticket.closes_at)}
        return _("For us this is solved. If it is not for you, say so on its page, and we look at it anew.")
    if ticket.status == Status.CLOSED:
        return _("This is closed now. If there is more to say, write on its page: that begins a new ticket.")
    return _("We go on working on it. There is nothing you have to do.")
