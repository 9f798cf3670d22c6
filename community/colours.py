"""Colours derived from a brand's one colour so that everybody can read them. Plain arithmetic, no database.

Contrast is WCAG 2.2's, from 1 (the same colour) to 21 (black on white).
"""

from dataclasses import dataclass

Colour = tuple[float, float, float]

BLACK: Colour = (0.0, 0.0, 0.0)
WHITE: Colour = (1.0, 1.0, 1.0)
#: The darkest ground of the light theme and the lightest of the dark one that links stand on (site.css).
LIGHT_GROUND = "#edf0f4"
DARK_GROUND = "#242b35"
#: AA asks for 4.5; the rest is for pressed buttons, whose ground has a tenth of the accent in it.
ENOUGH = 5.0
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
    light = _towards(colour, BLACK, _read(LIGHT_GROUND))
    dark = _towards(colour, WHITE, _read(DARK_GROUND))
    return Accents(
        light=_write(light), light_ink="#ffffff", dark=_write(dark), dark_ink=_write(_mix(dark, BLACK, 0.88))
    )


def contrast(first: str, second: str) -> float:
    """How well one is read on the other, whichever is the ground."""
    return _contrast(_read(first), _read(second))


def _towards(colour: Colour, end: Colour, ground: Colour) -> Colour:
    """The first colour on the way to `end` that is read on `ground`, as it is after rounding."""
    mixed = (_read(_write(_mix(colour, end, step / STEPS))) for step in range(STEPS + 1))
    return next((each for each in mixed if _contrast(each, ground) >= ENOUGH), end)


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
