"""A brand chooses one colour; everybody can read what is made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from community.actions.brand import write_brand
from community.content.colours import accents, contrast
from community.models import Brand
from tests.test_contrast import colour

AA = 4.5


def hexed(name: str, theme: str) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour(name, theme))


@given(st.integers(0, 0xFFFFFF))
def test_whatever_colour_a_brand_chooses_can_be_read_in_both_themes(number: int) -> None:
    found = accents(f"#{number:06x}")
    for theme, accent, ink in (("light", found.light, found.light_ink), ("dark", found.dark, found.dark_ink)):
        for ground in ("canvas", "surface", "sunken", "neutral-bg"):
            assert contrast(accent, hexed(ground, theme)) >= AA, (theme, ground)
        assert contrast(ink, accent) >= AA


def test_a_colour_that_can_be_read_already_stays_the_brands_own() -> None:
    assert accents("#0f6b6b").light == "#0f6b6b"
    assert accents("#ffd24d").dark == "#ffd24d"


@pytest.mark.django_db
def test_every_page_shows_the_brands_colour_and_a_new_colour_has_a_new_address(client) -> None:
    assert "/brand-" not in client.get("/boards/").content.decode(), "nobody has said whose place this is"
    first = write_brand(actor=None, name="Nordwave", accent="#0f6b6b")
    assert f'<link rel="stylesheet" href="{first.stylesheet_url}">' in client.get("/boards/").content.decode()
    answer = client.get(first.stylesheet_url)
    assert answer["Content-Type"].startswith("text/css") and "--accent-light: #0f6b6b;" in answer.content.decode()
    assert "immutable" in answer["Cache-Control"]

    write_brand(actor=None, accent="#7a1fa2")
    second = Brand.objects.get()
    assert second.stylesheet_url != first.stylesheet_url
    assert "--accent-light: #7a1fa2;" in client.get(second.stylesheet_url).content.decode()
    assert "immutable" not in client.get(first.stylesheet_url)["Cache-Control"], "an old address is not kept for ever"
