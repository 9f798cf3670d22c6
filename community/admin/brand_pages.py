"""What the brand's owner looks at: the colours on a small picture of a page, and every mail the site sends."""

from typing import Any

from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.content.brand_preview import THEMES, draw_preview
from community.context_processors import find_brand
from community.mails.kinds import KINDS, sample
from community.mails.letters import as_html, as_text
from community.mails.sending import from_address
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
        letter = sample(kind, site_address=_site(request))
        text = as_text(letter, find_brand(), _site(request))
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Mails"),
        "kinds": [(name, each.title) for name, each in KINDS.items()],
        "languages": settings.LANGUAGES,
        "kind": kind,
        "language": language,
        "subject": letter.subject,
        "sender": from_address(),
        "text": text,
        "themes": [("light", _("Light")), ("dark", _("Dark"))],
    }
    return render(request, "admin/brand_mails.html", context)


@require_safe
def mail_frame(request: HttpRequest) -> HttpResponse:
    """The HTML of one kind, for the frame in the page above; `?theme=` light or dark."""
    kind, language = _wanted(request)
    with translation.override(language):
        html = as_html(sample(kind, site_address=_site(request)), find_brand(), _site(request))
    return framed(html, theme=request.GET.get("theme", ""))


def _wanted(request: HttpRequest) -> tuple[str, str]:
    """Which kind, in which language; the first kind and one's own language where nothing is said."""
    kind = request.GET.get("kind") or next(iter(KINDS))
    language = request.GET.get("language") or translation.get_language() or settings.LANGUAGE_CODE
    if kind not in KINDS or language not in dict(settings.LANGUAGES):
        raise Http404
    return kind, language


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
