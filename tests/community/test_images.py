import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import PngImagePlugin

from community.content.images import MAX_BYTES, MAX_PIXELS, MAX_SIDE, BadImage, reencode


def saved(picture: Pillow.Image, kind: str, **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Pillow.Image:
    picture = Pillow.open(io.BytesIO(data))
    picture.load()
    return picture


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def with_chunks(png: bytes, *chunks: bytes) -> bytes:
    """`png` with more chunks right behind its header."""
    return png[:33] + b"".join(chunks) + png[33:]


def picture(mode="RGB", size=(40, 30)) -> Pillow.Image:
    made = Pillow.new("RGB", size, (250, 10, 10))
    made.paste((10, 10, 250), (0, 0, size[0] // 2, size[1]))
    return made.convert(mode)


@pytest.mark.parametrize(
    ("kind", "content_type", "extension"),
    [
        ("PNG", "image/png", "png"),
        ("JPEG", "image/jpeg", "jpg"),
        ("WEBP", "image/webp", "webp"),
        ("GIF", "image/png", "png"),
    ],
)
def test_every_kind_of_picture_comes_back_as_it_looked(kind, content_type, extension):
    made = reencode(saved(picture(), kind))
    assert (made.content_type, made.extension, made.width, made.height) == (content_type, extension, 40, 30)
    shown = opened(made.data).convert("RGB")
    assert shown.size == (40, 30)
    for at, wanted in (((5, 15), (10, 10, 250)), ((35, 15), (250, 10, 10))):
        assert all(abs(a - b) < 30 for a, b in zip(shown.getpixel(at), wanted, strict=True))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_where_and_with_what_a_photo_was_taken_stays_with_its_owner(kind):
    exif = Pillow.Exif()
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825)[1] = "N-SecretPlace"
    options = {"exif": exif, "icc_profile": b"SecretProfile" * 20, "xmp": b"<x>SecretXmp</x>"}
    if kind == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", "SecretComment")
        options["pnginfo"].add_text("Zipped", "SecretComment" * 100, zip=True)
    elif kind == "JPEG":
        options["comment"] = b"SecretComment"
    source = saved(picture(), kind, **options)
    assert b"Secret" in source
    made = reencode(source)
    assert b"Secret" not in made.data
    assert not opened(made.data).getexif() and "icc_profile" not in opened(made.data).info


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_photo_taken_sideways_is_shown_upright(orientation, kind):
    exif = Pillow.Exif()
    exif[0x0112] = orientation
    upright = picture()
    upright.paste((10, 250, 10), (0, 0, 10, 10))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # what the camera did to the picture
    stored = upright.transpose(Pillow.Transpose(back[orientation])) if orientation in back else upright
    made = opened(reencode(saved(stored, kind, exif=exif)).data)
    assert made.size == (40, 30)
    assert made.getpixel((4, 4))[1] > 200 and made.getpixel((36, 4))[0] > 200 and made.getpixel((4, 26))[2] > 200


def test_a_large_picture_is_scaled_to_what_a_page_shows():
    made = reencode(saved(Pillow.new("RGB", (5000, 1000)), "JPEG"))
    assert (made.width, made.height) == (MAX_SIDE, 512)
    made = reencode(saved(Pillow.new("L", (1000, 4000)), "PNG"))
    assert (made.width, made.height) == (640, MAX_SIDE)


def test_transparency_stays_transparent():
    palette = Pillow.new("P", (10, 10), 1)
    palette.putpalette([255, 0, 0, 0, 255, 0] + [0] * 762)
    palette.paste(0, (0, 0, 5, 10))
    for source in (saved(palette, "PNG", transparency=0), saved(palette, "GIF", transparency=0)):
        shown = opened(reencode(source).data)
        assert shown.getpixel((2, 2))[3] == 0 and shown.getpixel((8, 8)) == (0, 255, 0, 255)
    half = Pillow.new("LA", (10, 10), (100, 128))
    assert opened(reencode(saved(half, "PNG")).data).getpixel((1, 1)) == (100, 100, 100, 128)
    assert opened(reencode(saved(half.convert("RGBA"), "WEBP", lossless=True)).data).getpixel((1, 1))[3] == 128


def test_a_picture_for_print_is_shown_in_the_colours_of_a_screen():
    made = opened(reencode(saved(picture("CMYK"), "JPEG")).data)
    assert made.mode == "RGB" and made.getpixel((35, 15))[0] > 200 and made.getpixel((35, 15))[1] < 60


def test_sixteen_bits_of_grey_keep_their_shades():
    deep = Pillow.new("I;16", (2, 1))
    deep.putpixel((0, 0), 0x4000)
    deep.putpixel((1, 0), 0xC000)
    shown = opened(reencode(saved(deep, "PNG")).data)
    assert shown.mode == "L" and [shown.getpixel((x, 0)) for x in (0, 1)] == [0x40, 0xC0]


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA"])
def test_every_mode_of_png_is_read(mode):
    assert reencode(saved(picture(mode), "PNG")).width == 40


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_picture_is_kept(kind):
    frames = [Pillow.new("RGB", (20, 20), colour) for colour in ("red", "blue", "green")]
    options = {"lossless": True} if kind == "WEBP" else {}
    animated = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=100, **options)
    made = opened(reencode(animated).data)
    assert getattr(made, "n_frames", 1) == 1
    red, green, blue = made.convert("RGB").getpixel((10, 10))
    assert red > 240 and green < 15 and blue < 15


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<?xml version='1.0'?><svg/>",
        b"<html><body>hello",
        b"%PDF-1.7",
        b"BM" + b"\x00" * 100,
        b"II*\x00" + b"\x00" * 100,
        b"RIFF\x00\x00\x00\x00WAVE",
        b"\x00\x00\x00\x1cftypavif",
    ],
)
def test_anything_but_a_picture_is_refused_with_a_sentence(data):
    with pytest.raises(BadImage, match="PNG, JPEG, WebP or GIF"):
        reencode(data)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_cut_off_on_its_way_is_told_to_be_incomplete(kind):
    noise = Pillow.effect_noise((64, 64), 80).convert("RGB")
    data = saved(noise, kind)
    for length in (6, 12, 20, 30, len(data) // 2, len(data) * 9 // 10):
        with pytest.raises(BadImage, match=r"damaged or incomplete|PNG, JPEG"):
            reencode(data[:length])


def test_what_hides_before_in_or_behind_a_picture_is_gone():
    payload = b"<script>alert(document.cookie)</script>PK\x03\x04"
    for source in (
        saved(picture(), "PNG") + payload,
        saved(picture(), "JPEG") + payload,
        saved(picture(), "GIF", comment=payload),
        with_chunks(saved(picture(), "PNG"), chunk(b"teXt", payload), chunk(b"tEXt", b"a\x00" + payload)),
        saved(picture(), "JPEG", comment=payload),
    ):
        assert payload in source
        made = reencode(source)
        assert b"script" not in made.data and b"PK\x03\x04" not in made.data


def test_a_small_file_that_unpacks_to_a_wall_of_pixels_is_refused_before_it_is_unpacked():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    png = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )
    gif = b"GIF89a" + struct.pack("<HH", 60_000, 60_000) + b"\x00\x00\x00;"
    webp = (
        b"RIFF"
        + struct.pack("<I", 22)
        + b"WEBPVP8X"
        + struct.pack("<I", 10)
        + b"\x00" * 4
        + b"\xff\x3f\x00\xff\x3f\x00"
    )
    jpeg = bytearray(saved(picture(), "JPEG"))
    at = jpeg.index(b"\xff\xc0")
    jpeg[at + 5 : at + 9] = struct.pack(">HH", 60_000, 60_000)
    jpeg_warned = bytearray(jpeg)
    jpeg_warned[at + 5 : at + 9] = struct.pack(">HH", 10_000, 10_000)
    frame = b"," + struct.pack("<HHHH", 0, 0, 8_000, 8_000) + b"\x80" + b"\x00" * 6 + b"\x02\x02L\x01\x00;"
    gif_frame = b"GIF89a" + struct.pack("<HH", 10, 10) + b"\x00\x00\x00" + frame
    for data in (png, gif, gif_frame, webp, bytes(jpeg), bytes(jpeg_warned)):
        with pytest.raises(BadImage, match="too many pixels"):
            reencode(data)


def test_forty_megapixels_are_the_limit():
    header = struct.pack(">IIBBBBB", MAX_PIXELS // 4000 + 1, 4000, 1, 0, 0, 0, 0)
    with pytest.raises(BadImage, match="10001 x 4000, at most 40 million"):
        reencode(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header))
    assert reencode(saved(Pillow.new("1", (MAX_PIXELS // 4000, 4000)), "PNG")).width == MAX_SIDE


def test_profiles_and_texts_that_unpack_to_gigabytes_are_never_unpacked():
    bomb = zlib.compress(b"\x00" * 50_000_000, 9)
    png = with_chunks(
        saved(picture(), "PNG"),
        chunk(b"iCCP", b"p\x00\x00" + bomb),
        chunk(b"zTXt", b"k\x00\x00" + bomb),
        chunk(b"iTXt", b"k\x00\x01\x00\x00\x00" + bomb),
    )
    assert reencode(png).width == 40


def test_a_photo_made_of_a_thousand_scans_is_refused():
    data = saved(picture(), "JPEG", progressive=True)
    at = data.index(b"\xff\xda")
    with pytest.raises(BadImage, match="damaged"):
        reencode(data[:at] + data[at:-2] * 200 + data[-2:])


def test_a_file_over_ten_megabytes_is_refused():
    with pytest.raises(BadImage, match="larger than 10 MB"):
        reencode(b"\xff\xd8\xff" + b"\x00" * MAX_BYTES)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_broken_metadata_does_not_cost_a_good_picture():
    assert reencode(saved(picture(), "JPEG", exif=b"Exif\x00\x00MM\x00*\xff\xff\xff\xff\xff\xff")).width == 40
    assert reencode(with_chunks(saved(picture(), "PNG"), chunk(b"eXIf", b"\xff" * 50))).width == 40


SOURCES = [saved(picture(), kind) for kind in ("PNG", "JPEG", "WEBP", "GIF")]


@settings(deadline=None)
@given(
    st.sampled_from(SOURCES), st.lists(st.tuples(st.integers(0, 700), st.binary(min_size=1, max_size=4)), max_size=6)
)
def test_a_file_changed_anywhere_is_a_picture_or_a_told_error(source, changes):
    data = bytearray(source)
    for at, new in changes:
        data[at % len(data) : at % len(data) + len(new)] = new
    try:
        made = reencode(bytes(data))
    except BadImage as error:
        assert str(error)
    else:
        assert opened(made.data).size == (made.width, made.height)
