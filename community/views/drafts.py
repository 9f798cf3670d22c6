"""Drafts and previews: what is being written, kept and shown while it is written."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from community.actions import drafts
from community.actions.compose import compose_body
from community.errors import NotThere
from community.models import Thread
from community.views.gates import SeeOther, is_htmx, way_back
from community.views.writing import writer_of

PLACE = re.compile(r"answer:([0-9]{1,18})")
FIELDS = ("board", "kind", "product_version", "linked_from")


def _page_of(request: HttpRequest, place: str) -> str:
    """The page a draft is written on; NotThere for a place that is none, or out of sight."""
    if place == drafts.ASK:
        return reverse("ask")
    match = PLACE.fullmatch(place)
    if match is None:
        raise NotThere(_("There is no such place to write."))
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=int(match[1]))
    return reverse("answer_thread", args=[thread.pk])


@require_POST
@never_cache
def save_draft(request: HttpRequest) -> HttpResponse:
    """Keep the form as it stands: the script every few seconds, the button without one. Or set it aside, or drop it."""
    place = request.POST.get("place", "")
    page = _page_of(request, place)
    writer = writer_of(request, make_key=True)
    if "aside" in request.POST:
        drafts.swap_drafts(**writer, place=place)
        return SeeOther(way_back(request, page))
    if "discard" in request.POST:
        drafts.drop_draft(**writer, place=place)
        return SeeOther(way_back(request, page))
    choices = {name: request.POST.get(name, "") for name in FIELDS}
    choices["tags"] = ", ".join(request.POST.getlist("tags"))
    choices["attachments"] = ",".join(request.POST.getlist("attachments"))
    title, body = request.POST.get("title", ""), request.POST.get("body", "")
    draft = drafts.save_draft(**writer, place=place, title=title, body=body, choices=choices)
    if is_htmx(request):
        return render(request, "community/draft_saved.html", {"draft": draft})
    messages.success(request, _("Your draft is saved.") if draft else _("There was nothing to save."))
    return SeeOther(way_back(request, page))


@require_POST
@never_cache
def preview(request: HttpRequest) -> HttpResponse:
    """The text as it will look: a fragment. Nothing is written."""
    body = request.POST.get("body", "")
    html = compose_body(body).html if body.strip() else ""
    return render(request, "community/preview.html", {"html": html})
