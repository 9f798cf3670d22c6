"""The brand's colours, as a stylesheet of its own: no page may hold a style."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from community.content.colours import accents
from community.context_processors import find_brand


@require_safe
def stylesheet(request: HttpRequest, version: int) -> HttpResponse:
    """The four colours all others come from. Each version has its own address, so it may be kept for ever."""
    brand = find_brand()
    found = accents(brand.accent)
    css = (
        f":root {{ --accent-light: {found.light}; --accent-ink-light: {found.light_ink}; "
        f"--accent-dark: {found.dark}; --accent-ink-dark: {found.dark_ink}; }}\n"
    )
    response = HttpResponse(css, content_type="text/css")
    kept = "public, max-age=31536000, immutable" if version == brand.version else "no-cache"
    response["Cache-Control"] = kept
    return response
