"""What a thread's page needs so that its reader can be counted and asked (static/js/reading.js).

Of visitors' pages it is the same for everybody, so that they can be kept; whatever is one's own comes with the answer
to what the page tells.
"""

from datetime import timedelta
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from community import clock
from community.permissions import is_member, is_staff
from community.reading import addresses
from support.actions.intents import OFFERED_FOR
from support.actions.solved_ratings import ASKED_FOR

register = template.Library()


@register.simple_tag(takes_context=True)
def reading_mark(context: Any) -> SafeString:
    """An element that names the thread and where to tell; nothing where nothing is counted. Asks no query."""
    thread, user = context["thread"], context.get("user")
    if thread["hidden_at"] or thread["merged_into_id"] or not context["solvable"]:
        return SafeString("")
    if not context["may"]["member"]:
        return _mark(thread["id"]) if context["solution"] else SafeString("")
    if not is_member(user) or is_staff(user):
        return SafeString("")
    more: list[tuple[str, str]] = [("came-for", addresses.of_id("came_for", thread["id"]))]
    if thread["asker_id"] == user.pk:
        if _is_fresh(thread["asked_at"], OFFERED_FOR):
            more.append(("asked", ""))
        if thread["solved_at"] and _is_fresh(thread["solved_at"], ASKED_FOR):
            more.append(("went", addresses.of_id("went", thread["id"])))
    return _mark(thread["id"], format_html_join("", ' data-{}="{}"', more))


@register.simple_tag(takes_context=True)
def went_mark(context: Any) -> SafeString:
    """After a mail's "Yes, solved", for an asker who is signed in here: how it went may be asked in this place."""
    thread, user = context["thread"], context.get("user")
    if not is_member(user) or is_staff(user) or thread.asker_id != user.pk:
        return SafeString("")
    form = format_html(
        '<form id="act" hidden><input type="hidden" name="csrfmiddlewaretoken" value="{}"></form>',
        context["csrf_token"],
    )
    return form + format_html(
        '<div hidden data-reading data-here data-went="{}"></div>', reverse("went", args=[thread.pk])
    )


def _mark(thread_id: int, more: str = "") -> SafeString:
    seen = reverse("reading_seen")
    return format_html('<div hidden data-reading data-thread="{}" data-seen="{}"{}></div>', thread_id, seen, more)


def _is_fresh(since: Any, length: timedelta) -> bool:
    return clock.now() - since < length
