"""A mail's HTML in a frame of its own: no script, no origin, and no style but the ones it came with."""

import re
from base64 import b64encode
from hashlib import sha256

from django.http import HttpResponse

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)
#: The brand's own pictures, from whichever of this site's names the mail was written.
_OWN = re.compile(r'src="https?://[^/"]+(/brand-)')
_DARK = "@media (prefers-color-scheme: dark)"


def framed(html: str, *, theme: str = "") -> HttpResponse:
    """The document, for a sandboxed frame in a page of ours; `theme` light or dark fixes what the reader has."""
    html = html.replace("\r\n", "\n")  # as a browser reads it before it takes the hash of the style
    if theme in ("light", "dark"):
        html = html.replace(_DARK, "@media all" if theme == "dark" else "@media not all")
        html = html.replace('content="light dark"', f'content="{theme}"').replace(": light dark;", f": {theme};")
    html = _OWN.sub(r'src="\1', html)
    hashes = [f"'sha256-{b64encode(sha256(css.encode()).digest()).decode()}'" for css in _STYLE.findall(html)]
    rules = [
        "sandbox allow-popups allow-popups-to-escape-sandbox",
        "default-src 'none'",
        "img-src 'self'",
        "style-src " + " ".join(hashes or ["'none'"]),
        "frame-ancestors 'self'",
        "base-uri 'none'",
    ]
    response = HttpResponse(html)
    response["Content-Security-Policy"] = "; ".join(rules)
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cache-Control"] = "private, no-store"
    return response
