"""What the desk adds to a question's page: for visitors, whose pages are kept, nothing; for members one query."""

from typing import Any

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from community.models import Thread, User
from community.permissions import is_member, is_staff
from support import permissions
from support.forms.escalating import EscalateForm
from support.models import Ticket
from support.reading.calling import call_of, may_ever_call

register = template.Library()

#: What of a question is asked here, as the page's context has it.
_FACTS = (
    *("id", "kind", "asker_id", "asked_at", "closed_at", "hidden_at", "locked_at", "merged_into_id"),
    *("solved_at", "outdated_at", "escalated_at"),
)


def _here(context: Any) -> tuple[User, Thread] | None:
    """The member who reads, and the question; None for visitors."""
    user = context.get("user")
    if not context["may"]["member"] or not is_member(user):
        return None
    return user, Thread(**{name: context["thread"][name] for name in _FACTS})


@register.simple_tag(takes_context=True)
def staff_below(context: Any) -> SafeString:
    """Below the answers: for the asker the way to staff, or to the ticket; for others, with staff at it, their own."""
    here = _here(context)
    if here is None:
        return SafeString("")
    user, thread = here
    if thread.asker_id != user.pk:
        if thread.escalated_at is None or not permissions.can_ask_along(user, thread):
            return SafeString("")
        return _render(context, "support/thread/ask_along.html", url=f"{reverse('contact')}?thread={thread.pk}")
    if thread.escalated_at is not None:
        own = Ticket.objects.visible_to(user).filter(thread=thread, requester=user).order_by("-pk").first()
        return _render(context, "support/thread/with_staff.html", url=own.get_absolute_url()) if own else SafeString("")
    call = call_of(user, thread) if may_ever_call(user, thread) else None
    if call is None:
        return SafeString("")
    return _render(context, "support/thread/call_staff.html", call=call, url=reverse("ask_staff", args=[thread.pk]))


@register.simple_tag(takes_context=True)
def staff_beside(context: Any) -> SafeString:
    """Beside the question, for staff: hand it over, or the way to its ticket for those who work on it."""
    here = _here(context)
    if here is None or not is_staff(here[0]):
        return SafeString("")
    user, thread = here
    if thread.escalated_at is None:
        if not permissions.can_escalate(user, thread):
            return SafeString("")
        url = reverse("escalate_thread", args=[thread.pk])
        return _render(context, "support/thread/hand_over.html", url=url, form=EscalateForm(auto_id="hand-over-%s"))
    url = reverse("escalate_thread", args=[thread.pk]) if permissions.can_work_at_desk(user) else ""
    return _render(context, "support/thread/at_desk.html", url=url, since=thread.escalated_at)


def _render(context: Any, name: str, **about: Any) -> SafeString:
    words = render_to_string(name, about | {"csrf_token": context.get("csrf_token", "")})
    return mark_safe(words)  # noqa: S308 - a template's own output
