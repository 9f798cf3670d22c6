"""A brand's own face: its name, logo, icons, links and colour, set by its owner and shown on every page."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image as Pillow

from community.actions.brand import sweep_brand_files, update_brand, write_brand
from community.admin.brand import told_adjustments
from community.content.brand_images import ICON_SIZES, LOGO_BOX, MAX_BYTES, draw_icon, draw_logo
from community.content.colours import accents
from community.content.images import BadImage
from community.demo.scenes import SCENES
from community.errors import NotAllowed, Refused
from community.models import AuditEntry, Brand, BrandLink, ChangeRow
from tests.community.accounts import brand_form
from tests.factories import admin, agent, moderator, person, thread
from tests.test_contrast import declarations

pytestmark = pytest.mark.django_db

INK, SNOW, CLEAR = (27, 36, 48, 255), (255, 255, 255, 255), (0, 0, 0, 0)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def png(size: tuple[int, int] = (400, 100), colour: tuple[int, ...] = INK, margin: int = 0) -> bytes:
    """A picture of one colour, within clear margins."""
    made = Pillow.new("RGBA", (size[0] + 2 * margin, size[1] + 2 * margin), CLEAR)
    made.paste(colour, (margin, margin, margin + size[0], margin + size[1]))
    out = io.BytesIO()
    made.save(out, "PNG")
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few hundred bytes that says it has ten thousand million pixels."""
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 6, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def opened(response: Any) -> Pillow.Image:
    assert response.status_code == 200
    return Pillow.open(io.BytesIO(response.content))


def files(media: Path) -> list[str]:
    return sorted(path.name for path in media.rglob("*.png"))


def text(response: Any) -> str:
    return response.content.decode()


# The logo -------------------------------------------------------------------------------------------------------------
def test_a_logo_stands_at_the_top_of_every_page_with_its_size_and_the_name_for_those_who_hear_it(
    client: Client,
) -> None:
    brand = write_brand(actor=None, name="Nordwave", images={"logo": png(margin=40)})
    page = text(client.get("/boards/"))
    assert f'src="/brand-{brand.version}-logo.png" width="192" height="48" alt="Nordwave"' in page, "no margins left"
    assert "<span>Nordwave</span>" not in page.partition("<main")[0], "the logo says it already"
    answer = client.get(f"/brand-{brand.version}-logo.png")
    assert opened(answer).size == (384, 96)
    assert answer["Content-Type"] == "image/png" and "immutable" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_new_logo_has_a_new_address_and_an_old_address_is_not_kept_for_ever(client: Client) -> None:
    first = write_brand(actor=None, name="Nordwave", images={"logo": png()})
    second = write_brand(actor=None, images={"logo": png((300, 100))})
    assert first.logos[0].url != second.logos[0].url
    assert opened(client.get(first.logos[0].url)).width == 288, "a mail of last year shows today's logo"
    assert "immutable" not in client.get(first.logos[0].url)["Cache-Control"]


def test_a_second_logo_takes_over_in_the_dark(client: Client) -> None:
    brand = write_brand(actor=None, name="Nordwave", images={"logo": png(), "dark_logo": png((200, 50), SNOW)})
    page = text(client.get("/boards/"))
    assert f'class="only-light" loading="lazy" src="/brand-{brand.version}-logo.png"' in page
    assert f'class="only-dark" loading="lazy" src="/brand-{brand.version}-logo-dark.png" width="100"' in page
    assert "on-light" not in page


def test_a_logo_that_would_vanish_in_the_dark_gets_a_light_ground_there(client: Client) -> None:
    write_brand(actor=None, name="Nordwave", images={"logo": png(colour=INK)})
    assert 'class="on-light"' in text(client.get("/boards/"))
    write_brand(actor=None, images={"logo": png(colour=(230, 120, 20, 255))})
    assert 'class="on-light"' not in text(client.get("/boards/"))


def test_a_large_logo_is_made_no_larger_than_it_is_shown() -> None:
    made = draw_logo(png((2400, 400)))
    assert made.width <= LOGO_BOX[0] and made.height <= LOGO_BOX[1]


def test_the_demos_logos_are_a_small_part_of_a_first_visit() -> None:
    for scene in SCENES.values():
        for name in ("logo", "dark_logo"):
            assert len(draw_logo(scene.images[name] or b"").data) < 7_000


def test_a_logo_taken_away_leaves_the_name(client: Client) -> None:
    brand = write_brand(actor=None, name="Nordwave", images={"logo": png()})
    write_brand(actor=None, images={"logo": None})
    assert "<span>Nordwave</span>" in text(client.get("/boards/"))
    assert client.get(brand.logos[0].url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_replaced_and_failed_pictures_leave_no_file_behind(media: Path) -> None:
    write_brand(actor=None, name="Nordwave", images={"logo": png(), "icon": png((128, 128))})
    assert len(files(media)) == 2
    write_brand(actor=None, images={"logo": png((300, 100))})
    assert len(files(media)) == 2
    with pytest.raises(Refused):
        write_brand(actor=None, images={"logo": png((320, 100)), "icon": SVG})
    sweep_brand_files()
    brand = Brand.objects.get()
    assert [f"brand/{name}" for name in files(media)] == sorted([brand.logo_file.name, brand.icon_file.name])
    write_brand(actor=None, images={"logo": None, "icon": None})
    assert files(media) == []


# Pictures that mean no good -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("draw", [draw_logo, draw_icon])
@pytest.mark.parametrize(
    ("data", "told"),
    [
        (SVG, "PNG, JPEG, WebP or GIF"),
        (b"<html>hello</html>", "PNG, JPEG, WebP or GIF"),
        (b"", "PNG, JPEG, WebP or GIF"),
        (bomb(), "too many pixels"),
        (png()[:60], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * MAX_BYTES, "larger than 4 MB"),
    ],
    ids=["svg with a script", "a page", "nothing", "bomb", "half", "too large"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(draw: Any, data: bytes, told: str) -> None:
    with pytest.raises(BadImage, match=told):
        draw(data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (png((10, 10), CLEAR), "nothing to be seen"),
        (png((100, 8)), "only 8 pixels high"),
        (png((1200, 30)), "too long and thin"),
        (png((30, 100)), "too long and thin"),
    ],
    ids=["clear", "low", "long", "high"],
)
def test_a_logo_that_nobody_could_see_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(BadImage, match=told):
        draw_logo(data)


def test_a_picture_is_drawn_anew_and_brings_nothing_else_along(client: Client) -> None:
    hidden = png()[:-12] + png()[-12:] + b"<script>alert(1)</script>"
    brand = write_brand(actor=None, name="Nordwave", images={"logo": hidden})
    assert b"script" not in client.get(brand.logos[0].url).content


# Icons and the manifest -----------------------------------------------------------------------------------------------
def test_a_favicon_of_any_shape_becomes_square_icons_of_every_size(client: Client) -> None:
    brand = write_brand(actor=None, name="Nordwave", images={"icon": png((200, 100), (220, 30, 30, 255))})
    for size in ICON_SIZES:
        assert opened(client.get(f"/brand-{brand.version}-icon-{size}.png")).size == (size, size)
    touch = opened(client.get(brand.touch_icon_url)).convert("RGBA")
    assert touch.getchannel("A").getextrema() == (255, 255), "a phone would show black where it is clear"
    page = text(client.get("/boards/"))
    for address in (brand.favicon_url, brand.touch_icon_url, brand.manifest_url):
        assert f'href="{address}"' in page
    assert client.get("/favicon.ico")["Location"] == brand.favicon_url


def test_the_manifest_says_the_brands_name_and_colour(client: Client) -> None:
    brand = write_brand(actor=None, name="Nordwave", accent="#0f6b6b", images={"icon": png((128, 128))})
    answer = client.get(brand.manifest_url)
    found = answer.json()
    assert answer["Content-Type"] == "application/manifest+json" and "immutable" in answer["Cache-Control"]
    assert (found["name"], found["theme_color"]) == ("Nordwave", "#0f6b6b")
    for icon in found["icons"]:
        assert opened(client.get(icon["src"])).size == tuple(map(int, icon["sizes"].split("x")))


def test_without_a_favicon_the_tab_shows_the_brands_colour(client: Client) -> None:
    brand = write_brand(actor=None, name="Nordwave", accent="#7a1fa2")
    assert "#7a1fa2" in text(client.get(brand.favicon_url))
    assert client.get(brand.manifest_url).json()["icons"][0]["src"] == brand.favicon_url


@pytest.mark.parametrize("name", ["icon-33.png", "logo.png", "..%2f..%2fsecret_key", "x", "logo_file", "icon-512.png"])
def test_a_file_the_brand_does_not_have_is_not_there(client: Client, name: str) -> None:
    assert client.get(f"/brand-1-{name}").status_code == 404


# Links at the foot of the page ----------------------------------------------------------------------------------------
def test_the_brands_links_stand_at_the_foot_of_every_page_in_their_order(client: Client) -> None:
    links = [
        ("Shop", "https://shop.example/"),
        ("Write to us", "mailto:help@nordwave.example"),
        ("Imprint", "http://x.example"),
    ]
    write_brand(actor=None, name="Nordwave", links=links)
    page = text(client.get("/boards/"))
    places = [page.index(f'<a href="{url}">{label}</a>') for label, url in links]
    assert places == sorted(places)
    write_brand(actor=None, links=[])
    assert "shop.example" not in text(client.get("/boards/"))


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "/settings/",
        "https://",
        "ftp://x.example",
        "mailto:x",
        "https://x.example/a b",
        "https://x.example/\nX",
        "java\nscript:alert(1)",
        "http:\\\\evil.example",
        "",
    ],
)
def test_a_link_leads_to_a_page_or_an_address_and_nowhere_else(url: str) -> None:
    with pytest.raises(Refused):
        write_brand(actor=None, name="Changed", links=[("Imprint", url)])
    assert Brand.objects.get_or_create(pk=1)[0].name != "Changed"


def test_there_is_room_for_eight_links_and_no_more() -> None:
    links = [(f"Link {each}", "https://x.example/") for each in range(BrandLink.MOST + 1)]
    write_brand(actor=None, name="Nordwave", links=links[:-1])
    with pytest.raises(Refused, match="room for 8 links"):
        write_brand(actor=None, links=links)


def test_links_and_logo_cost_a_page_no_question_of_their_own(client: Client) -> None:
    question = thread().get_absolute_url()
    addresses = ["/boards/", "/threads/", question]

    def asked() -> list[int]:
        counts = []
        for address in addresses:
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
        return counts

    write_brand(actor=None, name="Nordwave")
    before = asked()
    links = [(f"Link {each}", "https://x.example/") for each in range(8)]
    write_brand(actor=None, links=links, images={"logo": png(), "dark_logo": png(colour=SNOW), "icon": png((64, 64))})
    assert asked() == before


# Who may, and what stays ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("make", [person, moderator, agent])
def test_nobody_but_an_administrator_changes_the_brand(make: Any, media: Path) -> None:
    with pytest.raises(NotAllowed):
        update_brand(actor=make(), name="Mine", images={"logo": png()}, links=[("Mine", "https://x.example/")])
    assert files(media) == [] and not BrandLink.objects.exists()


def test_each_change_moves_the_version_and_leaves_a_trace_and_none_does_not() -> None:
    ada = admin("ada")
    before = update_brand(actor=ada, name="Nordwave").version
    changes: list[dict[str, Any]] = [
        {"images": {"logo": png()}},
        {"links": [("Shop", "https://shop.example/")]},
        {"mail_footer": "Nordwave AB, Kiruna"},
        {"links": []},
    ]
    for done, change in enumerate(changes, 1):
        assert update_brand(actor=ada, **change).version == before + done
        assert AuditEntry.objects.filter(object_kind="brand", actor=ada).count() == done + 1
        assert ChangeRow.objects.filter(thread_id=None, board_id=None).count() == done + 1
    assert update_brand(actor=ada, links=[], mail_footer="Nordwave AB, Kiruna").version == before + len(changes)


# The admin's form -----------------------------------------------------------------------------------------------------
def test_the_owner_sets_pictures_links_and_words_in_one_form(client: Client) -> None:
    client.force_login(admin())
    sent = brand_form(("Shop", "https://shop.example/"), ("Imprint", "https://x.example/"), name="Nordwave")
    sent |= {"logo": SimpleUploadedFile("logo.png", png()), "mail_footer": "Nordwave AB, Kiruna"}
    answer = client.post("/admin/community/brand/1/change/", sent)
    assert answer.status_code == 302, text(answer)
    brand = Brand.objects.get()
    assert (brand.name, brand.mail_footer, len(brand.logos)) == ("Nordwave", "Nordwave AB, Kiruna", 1)
    assert [link["label"] for link in brand.footer_links] == ["Shop", "Imprint"]

    form = text(client.get("/admin/community/brand/1/change/"))
    assert brand.logos[0].url in form and "preview-light.svg" in form and "preview-dark.svg" in form
    client.post(
        "/admin/community/brand/1/change/", brand_form(("Imprint", "https://x.example/")) | {"logo-clear": "on"}
    )
    brand = Brand.objects.get()
    assert brand.logos == () and [link["label"] for link in brand.footer_links] == ["Imprint"]


def test_a_picture_or_link_that_cannot_be_taken_is_told_at_its_field(client: Client) -> None:
    client.force_login(admin())
    for form in (
        brand_form(name="Changed") | {"logo": SimpleUploadedFile("logo.svg", SVG)},
        brand_form(name="Changed") | {"icon": SimpleUploadedFile("icon.png", bomb())},
        brand_form(("Shop", "javascript:alert(1)"), name="Changed"),
    ):
        answer = client.post("/admin/community/brand/1/change/", form)
        assert answer.status_code == 200 and 'class="errorlist"' in text(answer)
    assert Brand.objects.get().name != "Changed"


def test_a_colour_that_cannot_be_read_is_adjusted_and_the_owner_told_how_and_why(client: Client) -> None:
    client.force_login(admin())
    page = text(
        client.post("/admin/community/brand/1/change/", brand_form(name="Velora", accent="#ffee00"), follow=True)
    )
    used = accents("#ffee00").light
    assert f"#ffee00 would be hard to read in the light theme (1.1:1, where 5:1 is needed). There we use {used}" in page
    assert "hard to read in the dark theme" not in page
    assert f"--accent-light: {used};" in text(client.get(Brand.objects.get().stylesheet_url))
    assert told_adjustments("#0f6b6b") and "dark theme" in told_adjustments("#0f6b6b")[0]


def test_the_preview_shows_the_colour_that_is_being_chosen(client: Client) -> None:
    client.force_login(admin())
    drawn = client.get("/admin/community/brand/preview-light.svg", {"accent": "#ffee00"})
    assert drawn["Content-Type"] == "image/svg+xml" and accents("#ffee00").light in text(drawn)
    assert Brand.objects.get_or_create(pk=1)[0].accent in text(
        client.get("/admin/community/brand/preview-light.svg", {"accent": '"/><script>'})
    )
    assert client.get("/admin/community/brand/preview-blue.svg").status_code == 404


@pytest.mark.parametrize("page", ["preview-light.svg", "mails/", "mails/frame/", "1/change/"])
def test_only_administrators_see_the_brands_workshop(client: Client, page: str) -> None:
    for make in (person, moderator, agent):
        client.force_login(make())
        assert client.get(f"/admin/community/brand/{page}", follow=True).status_code == 403


def test_the_colour_nobody_chose_is_the_one_in_the_stylesheet() -> None:
    found, light = accents(Brand().accent), declarations("light")
    chosen = (light["accent-light"], light["accent-ink-light"], light["accent-dark"], light["accent-ink-dark"])
    assert chosen == (found.light, found.light_ink, found.dark, found.dark_ink)
