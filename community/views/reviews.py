"""What waits for a decision: the page, deciding one or several, taking the last back, and who is looking."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import permissions
from community.actions import looking, settling
from community.actions.brake import current_brake
from community.actions.reviews import AlreadySettled, ChangedSince
from community.context_processors import count_waiting
from community.converters import parse_id
from community.errors import Refused
from community.forms.fields import demand, read_ids
from community.forms.moderation import SettleForm
from community.incoming.addresses import takes_mail
from community.reading.private_notes import count_unread
from community.reading.waiting import AT, DONE, grounds, last_settled, waiting_page, who_is_looking
from community.views.gates import lead_to, member_of, staff_post, way_back


def parts_of(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    """The parts of the moderators' page: what waits, what else there is, what was done."""
    page = reverse("moderation")
    waits = {"label": _("What waits"), "url": page, "current": current == "waiting"}
    told = {"label": _("Told to staff"), "url": reverse("private_notes"), "current": current == "notes"}
    told["count"] = count_unread(member_of(request)) or None
    mail = [{"label": _("Mail"), "url": reverse("incoming"), "current": False}] if takes_mail() else []
    if not permissions.can_moderate(request.user):
        return [waits, told, *mail]
    return [
        {**waits, "count": count_waiting(request.user) or None},
        told,
        *mail,
        {"label": _("Look around"), "url": f"{page}?list=", "current": current == "around"},
        {"label": _("What was done"), "url": reverse("audit_log"), "current": current == "log"},
    ]


def waiting(request: HttpRequest) -> HttpResponse:
    """The queue: what waits for this person's decision, and what they decided last."""
    user = member_of(request)
    items, cursor = waiting_page(user, request.GET)
    after = request.GET.get("after", "")
    context = {
        "parts": parts_of(request, "waiting"),
        "brake": current_brake(),
        "may_brake": permissions.can_moderate(user),
        "items": items,
        "decided": last_settled(user, request.GET),
        "has_focus": any(item.has_focus for item in items),
        "grounds": grounds(),
        "here": f"{request.path}?{urlencode({'after': after})}&" if after else f"{request.path}?",
        "older_url": f"?after={cursor}" if cursor else "",
        "newer_url": request.path if after else "",
    }
    return render(request, "community/waiting.html", context)


@staff_post
def settle(request: HttpRequest, review_id: int) -> HttpResponse:
    """Decide one; the next is under the keys. Whoever comes second is told who decided what."""
    fields = demand(SettleForm(request.POST))
    try:
        settling.settle(actor=member_of(request), review_id=review_id, **fields)
    except (AlreadySettled, ChangedSince) as late:
        messages.warning(request, str(late.message))
        return lead_to(request, way_back(request, reverse("moderation")))
    return lead_to(request, way_back(request, f"{reverse('moderation')}?{DONE}={review_id}"))


@staff_post
def undo_settled(request: HttpRequest, review_id: int) -> HttpResponse:
    """Take one's last decision back; it waits again."""
    settling.undo(actor=member_of(request), review_id=review_id)
    return lead_to(request, way_back(request, f"{reverse('moderation')}?{AT}={review_id}#review-{review_id}"))


@staff_post
def settle_several(request: HttpRequest) -> HttpResponse:
    """Decide all that were ticked in the same way; what cannot be decided so stays, and that is told."""
    fields = demand(SettleForm(request.POST))
    del fields["version"]
    if fields["choice"] == "stand":  # words for an author must not travel with a choice that tells none
        fields |= {"ground": "", "words": ""}
    ids = read_ids(request.POST.getlist("review"))
    if not ids:
        raise Refused(_("Please tick what you want to decide."))
    read = {pk: parse_id(request.POST.get(f"read_{pk}", "")) or 0 for pk in ids if f"read_{pk}" in request.POST}
    done, kept = settling.settle_several(actor=member_of(request), ids=ids, versions=read, **fields)
    if done:
        text = ngettext("%(count)d thing is decided.", "%(count)d things are decided.", done) % {"count": done}
        messages.success(request, text)
    for reason in kept:
        messages.warning(request, reason)
    return lead_to(request, way_back(request, reverse("moderation")))


@staff_post
def look(request: HttpRequest) -> HttpResponse:
    """One's own sign of looking (`at`), and who else looks at those on the page (`on`, repeated)."""
    user = member_of(request)
    at = request.POST.get("at", "")
    if at:
        looking.look_at(actor=user, review_id=parse_id(at))
    seen = who_is_looking(user, read_ids(request.POST.getlist("on")))
    return JsonResponse({str(pk): words for pk, words in seen.items()})
