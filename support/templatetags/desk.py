"""How tickets look in lists and on pages: badges of status and priority, and when something is due."""

from functools import lru_cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from community import clock
from community.content.excerpts import plain_of
from community.content.text import excerpt
from community.templatetags.ui import badge, icon
from support import macros
from support.models import Channel, Priority, Status, Ticket
from support.reading.desk_list import CHANNEL_ICON, PRIORITY_LOOK, STATUS_LOOK
from support.reading.due import due_words

register = template.Library()
#: So much of a message is read for its line in a list, and so much stands there.
MOST_READ, LINE = 2_000, 160


@lru_cache(maxsize=128)
def _status(status: str, _language: str | None) -> SafeString:
    picture, tone = STATUS_LOOK[status]
    return badge(f"ticket_{status}", str(Status(status).label), tone, picture)


@register.simple_tag
def ticket_status(status: str) -> SafeString:
    """Icon, words and tone of a ticket's status."""
    return _status(status, get_language())


@lru_cache(maxsize=64)
def _priority(priority: str, _language: str | None) -> SafeString:
    picture, tone = PRIORITY_LOOK[priority]
    return badge(f"priority_{priority}", str(Priority(priority).label), tone, picture)


@register.simple_tag
def ticket_priority(priority: str) -> SafeString:
    """The priority where it is not the usual one."""
    return SafeString("") if priority == Priority.NORMAL else _priority(priority, get_language())


@register.simple_tag
def ticket_channel(channel: str) -> SafeString:
    """By which door it came, as an icon with its words."""
    return icon(CHANNEL_ICON.get(channel, "message"), str(Channel(channel).label))


@register.simple_tag
def due(ticket: Ticket) -> SafeString:
    """When the next promise ends, or what it rests for; nothing where nothing is promised."""
    said = due_words(ticket, clock.now())
    if not said.words or said.at is None:  # that it waits for the customer says its status
        return SafeString("")
    return format_html('<span class="badge tone-{}">{}{}</span>', said.tone, icon("clock"), said.words)


@register.filter
def first_words(html: str | None) -> str:
    """The beginning of what was said, as plain words on one line."""
    return excerpt(" ".join(plain_of((html or "")[:MOST_READ]).split()), LINE)


@register.filter
def with_marks(text: str) -> list[macros.Piece]:
    """The text in runs, what would be sent unfilled marked."""
    return macros.pieces(text)
