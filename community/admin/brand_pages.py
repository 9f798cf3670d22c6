"""What the brand's owner looks at: the colours on a small picture of a page, and every mail the site sends."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from community.admin import mail_samples
from community.admin.mail_samples import write_sample
from community.content.brand_preview import THEMES, draw_preview
from community.context_processors import find_brand
from community.errors import Refused
from community.mails.kinds import KINDS
from community.mails.letters import as_html, as_text, compose, sender_line
from community.mails.sending import send_now
from community.models import Brand
from community.views.mail_frame import framed


@require_safe
def preview(request: HttpRequest, theme: str) -> HttpResponse:
    """A picture of a page in `?accent=` (else the brand's own colour)."""
    if theme not in THEMES:
        raise Http404
    brand = find_brand()
    accent = request.GET.get("accent", "")
    if not _is_colour(accent):
        accent = brand.accent
    words = (_("The red light is on"), _("Solved · 4 answers"), _("Ask"))
    drawn = draw_preview(theme, accent=accent, name=brand.name, words=words, logo=_logo(brand, theme))
    response = HttpResponse(drawn, content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-cache"
    return response


@csp_update({"frame-src": [SELF]})
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """One kind of mail with made-up facts: as HTML in light and dark, and as text."""
    kind, language = _wanted(request)
    with translation.override(language):
        letter, sender, can_reply = write_sample(kind, site_address=_site(request))
        text = as_text(letter, find_brand(), _site(request), can_reply=can_reply)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Mails"),
        "groups": mail_samples.titles(),
        "languages": settings.LANGUAGES,
        "kind": kind,
        "language": language,
        "subject": letter.subject,
        "sender": sender_line(sender),
        "preheader": letter.preheader,
        "address": getattr(request.user, "email", ""),
        "text": text,
        "themes": [("light", _("Light")), ("dark", _("Dark"))],
    }
    return render(request, "admin/brand_mails.html", context)


@require_safe
def mail_frame(request: HttpRequest) -> HttpResponse:
    """The HTML of one kind, for the frame in the page above; `?theme=` light or dark."""
    kind, language = _wanted(request)
    with translation.override(language):
        letter, _sender, can_reply = write_sample(kind, site_address=_site(request))
        html = as_html(letter, find_brand(), _site(request), can_reply=can_reply)
    return framed(html, theme=request.GET.get("theme", ""))


@require_POST
def send_sample(request: HttpRequest) -> HttpResponse:
    """The mail that is shown, to the administrator who looks at it: as their own program opens it."""
    kind, language = _wanted(request)
    address = getattr(request.user, "email", "")
    try:
        if not address:
            raise Refused(_("Your account has no e-mail address."))
        with translation.override(language):
            letter, sender, _can_reply = write_sample(kind, site_address=_site(request))
            message = compose(letter, to=address, site_address=_site(request), sender=sender)
        send_now(message)
    except Refused as refused:
        messages.error(request, str(refused.message))
    else:
        messages.success(request, _("The mail server took a mail to %(address)s.") % {"address": address})
    return HttpResponseRedirect(f"{reverse('admin:community_brand_mails')}?{urlencode(_named(kind, language))}")


def _wanted(request: HttpRequest) -> tuple[str, str]:
    """Which kind, in which language; the first kind and one's own language where nothing is said."""
    said = request.POST if request.method == "POST" else request.GET
    kind = said.get("kind") or next(iter(KINDS))
    language = said.get("language") or translation.get_language() or settings.LANGUAGE_CODE
    if kind not in mail_samples.names() or language not in dict(settings.LANGUAGES):
        raise Http404
    return kind, language


def _named(kind: str, language: str) -> dict[str, str]:
    return {"kind": kind, "language": language}


def _site(request: HttpRequest) -> str:
    return request.build_absolute_uri("/").rstrip("/")


def _is_colour(text: str) -> bool:
    return len(text) == 7 and text[0] == "#" and set(text[1:].lower()) <= set("0123456789abcdef")


def _logo(brand: Brand, theme: str) -> tuple[bytes, int, int] | None:
    file, width, height = brand.logo_file, brand.logo_width, brand.logo_height
    if theme == "dark" and brand.dark_logo_file:
        file, width, height = brand.dark_logo_file, brand.dark_logo_width, brand.dark_logo_height
    if not file:
        return None
    try:
        with file.storage.open(file.name) as opened:
            return opened.read(), width, height
    except OSError:
        return None
