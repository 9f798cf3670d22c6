"""What cannot be read, and what an action refuses: each told in one place, as a page or as a fragment for htmx."""

import logging
import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.core.exceptions import BadRequest, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, DataError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from community.context_processors import find_brand
from community.errors import Refused, waiting

logger = logging.getLogger(__name__)

#: NUL and lone surrogates: PostgreSQL stores neither, and no keyboard sends them.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_REPLACED = "�"


class ReadableInputMiddleware:
    """Refuses requests whose address, cookies or form no database could store, before anybody works with them.

    This is the one place: fields and actions clean what may be cleaned, this stops what may not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._refusal(request) or self.get_response(request)

    def _refusal(self, request: HttpRequest) -> HttpResponse | None:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdigit() and len(length) < 19):
            return _told(_("The form did not arrive whole."))
        if int(length) > settings.MAX_REQUEST_SIZE:
            return _told(_("This is more than can be sent at once."), status=413)
        try:
            texts = [request.path_info, *request.COOKIES.values(), *_texts(request.GET), *_texts(request.POST)]
        except RequestDataTooBig:
            return _told(_("This is more than can be sent at once."), status=413)
        except (TooManyFieldsSent, TooManyFilesSent):
            return _told(_("There are too many fields or files in this form."))
        except (BadRequest, MultiPartParserError, UnreadablePostError):
            return _told(_("The form did not arrive whole."))
        if any((not text.isascii() and _UNSTORABLE.search(text)) or "\x00" in text for text in texts):
            return _told(_("There is a character in it that cannot be stored."))
        if any(_REPLACED in text for text in texts) and not _is_utf8(request):
            return _told(_("The text is not in UTF-8."))
        return None


def _texts(fields: Any) -> Iterable[str]:
    for name, values in fields.lists():
        yield name
        yield from values


def _is_utf8(request: HttpRequest) -> bool:
    """Whether a replacement character was typed as such, or stands for bytes that were no text.

    Of a multipart form the bytes are gone by now; there it is taken as typed.
    """
    sent = [request.META.get("QUERY_STRING", "").encode("latin-1", "replace")]
    if request.content_type == "application/x-www-form-urlencoded":
        sent.append(request.body)
    try:
        for raw in sent:
            unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return False
    return True


def _told(reason: str, *, status: int = 400) -> HttpResponse:
    """A page that needs neither session nor person: those may be what could not be read."""
    try:
        brand = find_brand()
    except DatabaseError:
        brand = None
    context = {"reason": reason, "status": status, "brand": brand}
    return HttpResponse(render_to_string("400.html", context), status=status)


class RefusalMiddleware:
    """Turns `Refused` raised by an action into its status and a page that says why; a verb that is read is told too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not (isinstance(response, HttpResponseNotAllowed) and request.method == "GET"):
            return response
        page = render(request, "405.html", status=response.status_code)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, DataError | UnicodeEncodeError):
            # A net under the forms: the database refused a value that nobody checked. Nothing was written.
            logger.warning("A value was refused by the database: %s", request.path, exc_info=exception)
            return _told(_("There is something in it that cannot be stored."))
        if not isinstance(exception, Refused):
            return None
        template = "404.html" if exception.status == 404 else "community/refused.html"
        if getattr(request, "htmx", False):
            template = "community/refused_fragment.html"
        return refusal_page(request, exception, template)


def refusal_page(request: HttpRequest, refused: Refused, template: str = "community/refused.html") -> HttpResponse:
    """What was refused, told as a page; beyond a limit also when to try again."""
    context = {
        "message": refused.message,
        "status": refused.status,
        "again_at": getattr(refused, "again_at", None),
        "back_url": _page_before(request),
    }
    page = render(request, template, context, status=refused.status)
    for name, value in waiting(refused).items():
        page[name] = value
    return page


def _page_before(request: HttpRequest) -> str:
    """The page of ours whose form this was; empty for what was not sent by one."""
    before = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, require_https=request.is_secure())
    return before if request.method == "POST" and ours and len(before) < 2000 else ""
