"""The inbox: what happened that concerns me, and why I am told."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.actions import notices
from community.converters import parse_id
from community.errors import NotThere, Refused
from community.models import Notification
from community.notices.inbox import read_inbox
from community.notices.notifiables import show
from community.notices.stop_page import just_stopped
from community.reading import cursors
from community.reading.held import count_waiting
from community.views.gates import done, lead_to, member_of, member_post

ORDER = "inbox"
PER_PAGE = 30


@login_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Newest first, all of it or (`show=unread`) what is unread; what is out of sight by now is left out."""
    person = member_of(request)
    wanted = request.GET.get("show", "")
    if wanted not in {"", "unread"}:
        raise Refused(_("There is no such list."))
    rows = Notification.objects.filter(recipient=person).order_by("-pk")
    if wanted:
        rows = rows.filter(read_at__isnull=True)
    if after := request.GET.get("after", ""):
        rows = rows.filter(pk__lt=cursors.decode(ORDER, after)[0])
    page = list(rows[: PER_PAGE + 1])
    here = f"{reverse('inbox')}?show={wanted}" if wanted else reverse("inbox")
    older = ""
    if len(page) > PER_PAGE:
        page = page[:PER_PAGE]
        older = f"{here}{'&' if wanted else '?'}after={cursors.encode(ORDER, page[-1].pk, 0)}"
    context = {
        "days": read_inbox(page, person),
        "wanted": wanted,
        "here": here,
        "older_url": older,
        "newer_url": here if after else "",
        "waiting": count_waiting(person),
        "stopped": just_stopped(person, request.GET.get("stopped", "")),
    }
    return render(request, "community/inbox.html", context)


@member_post
def mark_read(request: HttpRequest) -> HttpResponse:
    """Mark the named notifications (`id`, repeated) as read, or all of them."""
    named = [parse_id(text) for text in request.POST.getlist("id")]
    notices.mark_read(actor=member_of(request), ids=named or None)
    return done(request, reverse("inbox"), "" if named else _("Everything is read."))


@member_post
def open_notification(request: HttpRequest, notification_id: int) -> HttpResponse:
    """Go to what a notification is about, and have it read, with those (`id`, repeated) shown in the same line."""
    person = member_of(request)
    row = Notification.objects.filter(recipient=person, pk=notification_id).first()
    found = show([row], person) if row else []
    if not found:
        raise NotThere(_("There is no such notification."))
    alike = [parse_id(text) for text in request.POST.getlist("id")]
    notices.mark_read(actor=person, ids=[notification_id, *alike])
    return lead_to(request, found[0][1].url)
