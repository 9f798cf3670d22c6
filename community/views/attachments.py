"""Files: taken in, and served to those who may see the post they belong to."""

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import quote

from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.actions import attachments
from community.errors import Refused, waiting
from community.models import Attachment
from community.views.gates import SeeOther, member_of, member_post, way_back

SANDBOX = "default-src 'none'; sandbox"
#: How long a browser may keep a file that everybody may see; others are never kept.
KEEP = "private, max-age=600"


def markdown_for(attachment: Attachment) -> str:
    """What the composer puts into the text: the picture, or a link to the file."""
    words = attachment.name.translate({ord(mark): "\\" + mark for mark in "[]\\*_`"})
    return f"{'!' if attachment.kind == Attachment.Kind.IMAGE else ''}[{words}]({attachment.get_absolute_url()})"


@member_post
def add_attachment(request: HttpRequest) -> HttpResponse:
    """Store one file (field "file"): JSON for the composer's script, a redirect with a message for a plain form."""
    return take_upload(request, attachments.add_attachment, markdown_for, reverse("ask"))


def take_upload(request: HttpRequest, add: Callable[..., Any], told_of: Callable[[Any], str], way: str) -> HttpResponse:
    """Answer an upload that the action `add` stores.

    `told_of` says what the composer puts into the text for it ("": it stands beside), `way` leads back where a plain
    form does not say where it came from.
    """
    wants_json = request.accepts("application/json") and not request.accepts("text/html")
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Refused(_("Please choose a file first."))
        made = add(actor=member_of(request), upload=upload)
    except Refused as refused:
        if not wants_json:
            raise
        return JsonResponse({"error": str(refused.message)}, status=refused.status, headers=waiting(refused))
    if wants_json:
        named = {"id": made.pk, "name": made.name, "url": made.get_absolute_url(), "markdown": told_of(made)}
        return JsonResponse(named, status=201)
    text = told_of(made)
    told = _("The file is stored. Put this into your text: %(text)s") % {"text": text} if text else _("It is stored.")
    messages.success(request, told)
    return SeeOther(way_back(request, way))


@require_safe
def attachment(request: HttpRequest, attachment_id: int, name: str) -> FileResponse:
    """One file: pictures in the page, text files as downloads; 404 for whoever may not see its post."""
    found = Attachment.objects.visible_to(request.user).filter(pk=attachment_id, name=name).first()
    if found is None:
        raise Http404
    is_public = Attachment.objects.visible_to(AnonymousUser()).filter(pk=found.pk).exists()
    return serve_file(found, is_public=is_public)


class Stored(Protocol):
    """A file as we keep it, of whatever it belongs to."""

    name: str
    kind: str
    content_type: str
    size: int

    @property
    def file(self) -> Any: ...


def serve_file(found: Stored, *, is_public: bool) -> FileResponse:
    """The file's bytes to somebody who may have it, so that nothing in it can do anything in our pages' name.

    What is not for everybody is kept nowhere on its way. 404 where the disk has lost it.
    """
    try:
        contents = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(contents, content_type=found.content_type)
    kind = "inline" if found.kind == Attachment.Kind.IMAGE else "attachment"
    response.headers["Content-Disposition"] = f"{kind}; filename*=UTF-8''{quote(found.name, safe='')}"
    response.headers["Content-Length"] = str(found.size)
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = KEEP if is_public else "private, no-store"
    return response
