"""Everybody can read every colour pair of the interface, in both themes (WCAG 2.2, AA)."""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parent.parent / "static/css/site.css").read_text()
TONES = ("neutral", "info", "success", "warning", "danger", "violet")
CODE = ("keyword", "string", "comment", "number", "name", "error")
BLOCKS = {
    "light": r"@layer tokens \{\s*:root \{(.*?)\}",
    "dark": r':root\[data-theme="dark"\] \{(.*?)\}',
    "dark by the system": r':root:not\(\[data-theme="light"\]\) \{(.*?)\}',
}
Colour = tuple[float, float, float]

TEXT_PAIRS = [
    *((ink, ground) for ink in ("text", "muted") for ground in ("canvas", "surface", "sunken")),
    *(("accent", ground) for ground in ("canvas", "surface")),
    ("accent-ink", "accent"),
    ("text", "neutral-bg"),
    ("muted", "neutral-bg"),
    *((f"{tone}-text", f"{tone}-bg") for tone in TONES),
    *(("text", f"{tone}-bg") for tone in TONES),
    *((f"{tone}-text", "surface") for tone in TONES),
    *((f"code-{kind}", "sunken") for kind in CODE),
]


def declarations(theme: str) -> dict[str, str]:
    """The custom properties of one block, as written."""
    match = re.search(BLOCKS[theme], CSS, re.DOTALL)
    assert match, f"no tokens found for {theme}"
    return dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", match[1]))


def tokens(theme: str) -> dict[str, str]:
    return declarations("light") if theme == "light" else declarations("light") | declarations(theme)


def colour(name: str, theme: str) -> Colour:
    """A token's colour as red, green and blue from 0 to 1, references followed."""
    value = tokens(theme)[name].strip()
    while reference := re.fullmatch(r"var\(--([a-z0-9-]+)\)", value):
        value = tokens(theme)[reference[1]].strip()
    assert re.fullmatch(r"#[0-9a-f]{6}", value), f"--{name} is {value}"
    return (int(value[1:3], 16) / 255, int(value[3:5], 16) / 255, int(value[5:7], 16) / 255)


def mix(first: Colour, share: float, second: Colour) -> Colour:
    """What color-mix(in srgb, first share, second) gives."""
    red, green, blue = (a * share + b * (1 - share) for a, b in zip(first, second, strict=True))
    return (red, green, blue)


def luminance(value: Colour) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in value)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: Colour, second: Colour) -> float:
    """From 1 (the same) to 21 (black on white)."""
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read_on_its_ground(ink: str, ground: str, theme: str) -> None:
    assert contrast(colour(ink, theme), colour(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    ("line", "ground"), [("line-strong", "surface"), ("line-strong", "canvas"), ("accent", "canvas")]
)
def test_edges_of_controls_and_the_focus_ring_can_be_seen(line: str, ground: str, theme: str) -> None:
    assert contrast(colour(line, theme), colour(ground, theme)) >= 3


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("hue", range(8))
def test_initials_can_be_read_on_every_avatar(hue: int, theme: str) -> None:
    own = colour(f"hue-{hue}", theme)
    shares = re.search(
        r"\.avatar \{[^}]*var\(--hue\) (\d+)%, var\(--surface\)[^}]*var\(--hue\) (\d+)%, var\(--text\)", CSS
    )
    assert shares, "the avatar's colours are mixed differently now"
    ground = mix(own, int(shares[1]) / 100, colour("surface", theme))
    ink = mix(own, int(shares[2]) / 100, colour("text", theme))
    assert contrast(ink, ground) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_pressed_button_and_a_mention_can_be_read(theme: str) -> None:
    accent = colour("accent", theme)
    assert contrast(accent, mix(accent, 0.10, colour("surface", theme))) >= 4.5


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_primary_button_can_be_read_under_the_pointer(theme: str) -> None:
    hovered = mix(colour("accent", theme), 0.86, colour("text", theme))
    assert contrast(colour("accent-ink", theme), hovered) >= 4.5


def test_the_dark_theme_is_the_same_by_choice_and_by_the_system() -> None:
    assert declarations("dark") == declarations("dark by the system")
