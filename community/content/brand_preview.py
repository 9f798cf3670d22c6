"""A small picture of a page in a brand's colours, as SVG made on the server. Plain values in, text out."""

from base64 import b64encode
from dataclasses import dataclass

from django.utils.html import escape

from community.content.colours import DARK_GROUND, LIGHT_GROUND, accents, contrast

WIDTH, HEIGHT = 400, 210
LOGO_HEIGHT = 26
LOGO_MOST = 170


@dataclass(frozen=True)
class _Theme:
    """Colours of static/css/site.css."""

    canvas: str
    surface: str
    line: str
    text: str
    muted: str


_THEMES = {
    "light": _Theme("#f6f7f9", "#ffffff", "#dfe4ea", "#1b2430", "#556170"),
    "dark": _Theme("#11151b", "#181d25", "#2b333e", "#e3e8ee", "#9ca8b6"),
}
THEMES = tuple(_THEMES)


def draw_preview(
    theme: str, *, accent: str, name: str, words: tuple[str, str, str], logo: tuple[bytes, int, int] | None = None
) -> str:
    """The top of a page with a question, its link and a button, in "light" or "dark".

    `words`: the question's title, the line under it, the button. `logo`: a PNG with its width and height in pixels.
    """
    look, found = _THEMES[theme], accents(accent)
    colour, ink = (found.light, found.light_ink) if theme == "light" else (found.dark, found.dark_ink)
    title, line, button = map(escape, words)
    measured = f"{colour} · {contrast(colour, LIGHT_GROUND if theme == 'light' else DARK_GROUND):.1f}:1"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'font-family="system-ui, sans-serif" font-size="14">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{look.canvas}"/>'
        f'<rect width="{WIDTH}" height="48" fill="{look.surface}"/>'
        f'<rect y="48" width="{WIDTH}" height="1" fill="{look.line}"/>'
        f"{_name(name, logo, look)}"
        f'<rect x="288" y="9" width="96" height="30" rx="8" fill="{colour}"/>'
        f'<text x="336" y="29" fill="{ink}" font-weight="600" text-anchor="middle" font-size="13">{button}</text>'
        f'<rect x="16" y="66" width="368" height="84" rx="10" fill="{look.surface}" stroke="{look.line}"/>'
        f'<text x="32" y="98" fill="{colour}" font-size="16" font-weight="600">{title}</text>'
        f'<text x="32" y="126" fill="{look.muted}">{line}</text>'
        f'<rect x="16" y="170" width="22" height="22" rx="6" fill="{colour}"/>'
        f'<text x="48" y="186" fill="{look.text}">{measured}</text>'
        "</svg>"
    )


def _name(name: str, logo: tuple[bytes, int, int] | None, look: _Theme) -> str:
    if logo is None:
        return f'<text x="16" y="30" fill="{look.text}" font-size="17" font-weight="700">{escape(name[:26])}</text>'
    data, width, height = logo
    shown = min(LOGO_MOST, width * LOGO_HEIGHT / height)
    picture = b64encode(data).decode()
    return (
        f'<image x="16" y="{24 - LOGO_HEIGHT / 2}" width="{shown:.0f}" height="{LOGO_HEIGHT}" '
        f'preserveAspectRatio="xMinYMid" href="data:image/png;base64,{picture}"/>'
    )
