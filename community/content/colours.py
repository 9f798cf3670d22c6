"""Colours derived from a brand's one colour so that everybody can read them. Plain arithmetic, no database.

Contrast is WCAG 2.2's, from 1 (the same colour) to 21 (black on white).
"""

from collections.abc import Iterator
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass

Colour = tuple[float, float, float]

BLACK: Colour = (0.0, 0.0, 0.0)
#: The darkest ground of the light theme and the lightest of the dark one that links stand on (site.css).
LIGHT_GROUND = "#edf0f4"
DARK_GROUND = "#242b35"
#: AA asks for 4.5; the rest is for pressed buttons, whose ground has a tenth of the accent in it.
ENOUGH = 5.0
#: The most saturation of a lightened accent.
CALM = 0.6
STEPS = 100


@dataclass(frozen=True)
class Accents:
    """The four colours a brand's stylesheet sets, as #rrggbb: the accent in both themes, and what is written on it."""

    light: str
    light_ink: str
    dark: str
    dark_ink: str


def accents(chosen: str) -> Accents:
    """The brand's colour (#rrggbb), darkened or lightened no further than its readers need."""
    colour = _read(chosen)
    light = _first_read_on(_read(LIGHT_GROUND), (_mix(colour, BLACK, step / STEPS) for step in range(STEPS + 1)))
    dark = _first_read_on(_read(DARK_GROUND), _lighter(colour))
    ink = _mix(dark, BLACK, 0.88)
    return Accents(light=_write(light), light_ink="#ffffff", dark=_write(dark), dark_ink=_write(ink))


@dataclass(frozen=True)
class Adjusted:
    """A chosen colour that could not be read in one theme ("light" or "dark"), and what is used there instead."""

    theme: str
    chosen: str
    chosen_contrast: float
    used: str
    used_contrast: float


def adjustments(chosen: str) -> list[Adjusted]:
    """What `accents` had to change, measured against the ground that is hardest to read on."""
    found = accents(chosen)
    themes = (("light", found.light, LIGHT_GROUND), ("dark", found.dark, DARK_GROUND))
    return [
        Adjusted(theme, chosen.lower(), contrast(chosen, ground), used, contrast(used, ground))
        for theme, used, ground in themes
        if used != chosen.lower()
    ]


def contrast(first: str, second: str) -> float:
    """How well one is read on the other, whichever is the ground."""
    return _contrast(_read(first), _read(second))


def _first_read_on(ground: Colour, colours: Iterator[Colour]) -> Colour:
    """The first that is read on `ground`, as it is after rounding; the last of them always is."""
    rounded = (_read(_write(each)) for each in colours)
    return next(each for each in rounded if _contrast(each, ground) >= ENOUGH)


def _lighter(colour: Colour) -> Iterator[Colour]:
    """From the colour up to white, in its own hue; never so strong that it glows on a dark page."""
    hue, lightness, saturation = rgb_to_hls(*colour)
    yield colour
    for step in range(1, STEPS + 1):
        yield hls_to_rgb(hue, lightness + (1 - lightness) * step / STEPS, min(saturation, CALM))


def _read(text: str) -> Colour:
    return (int(text[1:3], 16) / 255, int(text[3:5], 16) / 255, int(text[5:7], 16) / 255)


def _write(colour: Colour) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def _mix(first: Colour, second: Colour, share: float) -> Colour:
    """`share` of the second."""
    red, green, blue = (a + (b - a) * share for a, b in zip(first, second, strict=True))
    return (red, green, blue)


def _luminance(colour: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(first: Colour, second: Colour) -> float:
    darker, lighter = sorted((_luminance(first), _luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)
