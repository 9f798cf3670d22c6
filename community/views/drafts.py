"""Drafts and previews: what is being written, kept and shown while it is written."""

import re
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from community.actions import drafts
from community.actions.compose import compose_body
from community.errors import NotThere
from community.models import Draft, Thread
from community.views.gates import SeeOther, is_htmx, pace, way_back
from community.views.writing import sheet_of, writer_of

PLACE = re.compile(r"answer:([0-9]{1,18})")
FIELDS = ("board", "kind", "product_version", "linked_from", "form_token", "looked", "thread")


def _page_of(request: HttpRequest, place: str) -> str:
    """The page a draft is written on; NotThere for a place that is none, or out of sight."""
    if place in (drafts.ASK, drafts.CONTACT):
        return reverse(place)
    for path in settings.DRAFT_PLACES:
        for begins, page_of in import_string(path).items():
            kind, colon, number = place.partition(":")
            if kind == begins and colon and number.isascii() and number.isdigit() and len(number) < 19:
                return str(page_of(request.user, int(number)))
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
    pace(request, "draft")
    writer = writer_of(request, make_key=True)
    if "aside" in request.POST:
        drafts.swap_drafts(**writer, place=place)
        return SeeOther(way_back(request, page))
    if "discard" in request.POST:
        drafts.drop_draft(**writer, place=place)
        return SeeOther(way_back(request, page))
    by_script = is_htmx(request)
    if "staff" in request.POST:
        return _to_staff(request, writer, place)
    try:
        # Without a script nobody could be asked which of the two to keep: both are.
        draft = _save(request, writer, place, beside=not by_script or "beside" in request.POST)
    except drafts.WrittenElsewhere:
        return render(request, "community/draft_elsewhere.html", status=409)
    if by_script:
        return render(request, "community/draft_saved.html", {"draft": draft})
    messages.success(request, _("Your draft is saved.") if draft else _("There was nothing to save."))
    return SeeOther(way_back(request, page))


def _to_staff(request: HttpRequest, writer: dict[str, Any], place: str) -> HttpResponse:
    """A matter for staff alone: what was written is kept, and the way to them is shown."""
    _save(request, writer, place, beside=True)
    board = request.POST.get("board", "")[:60]
    return SeeOther(f"{reverse('contact')}?{urlencode({'own': '1', **({'board': board} if board else {})})}")


def _save(request: HttpRequest, writer: dict[str, Any], place: str, *, beside: bool) -> Draft | None:
    sent = request.POST
    choices = {name: sent.get(name, "") for name in FIELDS}
    choices["tags"] = ", ".join(sent.getlist("tags"))
    choices["attachments"] = ",".join(sent.getlist("attachments"))
    return drafts.save_draft(
        **writer,
        place=place,
        title=sent.get("title", ""),
        body=sent.get("body", ""),
        choices=choices,
        sheet=sheet_of(request),
        beside=beside,
    )


@require_POST
@never_cache
def preview(request: HttpRequest) -> HttpResponse:
    """The text as it will look: a fragment. Nothing is written."""
    pace(request, "preview")
    body = request.POST.get("body", "")
    html = compose_body(body).html if body.strip() else ""
    return render(request, "community/preview.html", {"html": html})
