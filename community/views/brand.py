"""The brand's own files: its colours as a stylesheet (no page may hold a style), its logo and icons, its manifest.

Their addresses hold the brand's version, so what is there may be kept for ever; an old address shows what is so now.
"""

from functools import lru_cache

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from community.content.brand_images import ICON_SIZES, scale_icon
from community.content.colours import accents
from community.context_processors import find_brand
from community.models import Brand

SANDBOX = "default-src 'none'; sandbox"
#: Behind everything, and behind the top of the page (static/css/site.css).
CANVAS = "#f6f7f9"
_BUBBLE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="{accent}" d="M8 4h16a5 5 0 0 1 5 5v10a5 '
    '5 0 0 1-5 5h-8.5L9 29v-5H8a5 5 0 0 1-5-5V9a5 5 0 0 1 5-5z"/><path fill="none" stroke="{ink}" stroke-width="3" '
    'stroke-linecap="round" stroke-linejoin="round" d="m10.5 14.300 3.800 3.800 7.400-8"/></svg>'
)


@require_safe
def stylesheet(request: HttpRequest, version: int) -> HttpResponse:
    """The four colours all others come from."""
    brand = find_brand()
    found = accents(brand.accent)
    css = (
        f":root {{ --accent-light: {found.light}; --accent-ink-light: {found.light_ink}; "
        f"--accent-dark: {found.dark}; --accent-ink-dark: {found.dark_ink}; }}\n"
    )
    return _kept(HttpResponse(css, content_type="text/css"), brand, version)


@require_safe
def brand_file(request: HttpRequest, version: int, name: str) -> HttpResponse:
    """A logo, an icon or the manifest; 404 where this brand has none of that name."""
    brand = find_brand()
    if name == "site.webmanifest":
        return _kept(_manifest(brand), brand, version)
    if name == "icon.svg":
        found = accents(brand.accent)
        drawn = _BUBBLE.format(accent=found.light, ink=found.light_ink)
        return _kept(_picture(drawn.encode(), "image/svg+xml"), brand, version)
    try:
        data = _drawn(brand, name)
    except OSError as error:
        raise Http404 from error
    if data is None:
        raise Http404
    return _kept(_picture(data, "image/png"), brand, version)


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers and feed readers look without being told."""
    brand = find_brand()
    response = HttpResponseRedirect(brand.favicon_url or static("img/favicon.svg"))
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _drawn(brand: Brand, name: str) -> bytes | None:
    if name == "logo.png" and brand.logo_file:
        return _read(brand.logo_file.name)
    if name == "logo-dark.png" and brand.dark_logo_file:
        return _read(brand.dark_logo_file.name)
    sizes = {f"icon-{size}.png": size for size in ICON_SIZES}
    if name in sizes and brand.icon_file:
        return _icon(brand.icon_file.name, sizes[name])
    return None


def _read(stored: str) -> bytes:
    with Brand._meta.get_field("logo_file").storage.open(stored) as file:
        data: bytes = file.read()
    return data


@lru_cache(maxsize=16)
def _icon(stored: str, size: int) -> bytes:
    """Scaled once in this process: a file of this name never changes."""
    return scale_icon(_read(stored), size)


def _manifest(brand: Brand) -> HttpResponse:
    if brand.icon_file:
        icons = [
            {"src": brand.address_of(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png"}
            for size in (192, 512)
        ]
    else:
        icons = [{"src": brand.address_of("icon.svg"), "sizes": "any", "type": "image/svg+xml"}]
    manifest = {
        "id": "/",
        "name": brand.name,
        "short_name": brand.name,
        "description": brand.tagline or brand.name,
        "lang": settings.LANGUAGE_CODE,
        "start_url": reverse("home"),
        "scope": reverse("home"),
        "display": "minimal-ui",
        "theme_color": accents(brand.accent).light,
        "background_color": CANVAS,
        "icons": icons,
    }
    return JsonResponse(manifest, content_type="application/manifest+json")


def _picture(data: bytes, content_type: str) -> HttpResponse:
    """A picture that may stand in a mail, which a reader opens on somebody else's site."""
    response = HttpResponse(data, content_type=content_type)
    response["Content-Security-Policy"] = SANDBOX
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _kept(response: HttpResponse, brand: Brand, version: int) -> HttpResponse:
    kept = "public, max-age=31536000, immutable" if version == brand.version else "no-cache"
    response["Cache-Control"] = kept
    return response
