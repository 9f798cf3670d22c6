"""Uploaded images, drawn anew: what leaves here was encoded by us, carries no metadata and is no bigger than shown."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import UnidentifiedImageError

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2560  # pixels of the longer side, after scaling
# Every scan of a progressive JPEG costs a pass over all its pixels and can be a dozen bytes long; cameras write ten.
MAX_JPEG_SCANS = 60
_ORIENTATION = 0x0112


class BadImage(ValueError):
    """The file is not an image we take. `str(error)` is a translated sentence for the person who sent it."""


@dataclass(frozen=True, slots=True)
class Image:
    """A re-encoded image. Sizes in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int
    extension: str  # without the dot


def reencode(data: bytes) -> Image:
    """Return `data` (PNG, JPEG, WebP or GIF, whatever its file name says) as a new image. Raises BadImage.

    Turned upright, at most MAX_SIDE pixels wide and high, without metadata; of an animation, the first picture.
    Photographs stay JPEG, WebP stays WebP, the rest becomes PNG. At most MAX_BYTES and MAX_PIXELS are accepted, both
    checked before a pixel is decoded.
    """
    if len(data) > MAX_BYTES:
        raise BadImage(_("The image is larger than %(megabytes)s MB.") % {"megabytes": MAX_BYTES // 1024 // 1024})
    kind = _kind(data)
    if kind == "PNG":
        data = _only_pixels(data)
    elif kind == "JPEG" and data.count(b"\xff\xda") > MAX_JPEG_SCANS:
        raise BadImage(_BROKEN)
    _refuse_too_many_pixels(*_declared_size(kind, data))
    try:
        picture = _decoded(kind, data)
    except BadImage:
        raise
    except Exception as error:
        # Pillow's decoders raise whatever a broken file makes them stumble over: OSError, SyntaxError, ValueError,
        # struct.error, EOFError, IndexError, OverflowError, zlib.error ... All of them mean the same to the sender.
        raise BadImage(_BROKEN) from error
    return _encoded(kind, picture)


_UNKNOWN = _("This is not an image that can be shown. Please send a PNG, JPEG, WebP or GIF file.")
_BROKEN = _("The image is damaged or incomplete and could not be read.")


def _kind(data: bytes) -> str:
    """The format by the file's own first bytes: names and types sent along are claims."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    raise BadImage(_UNKNOWN)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The chunks of a PNG, as (type, whole chunk with length and checksum)."""
    at = 8
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        if end > len(data):
            return
        yield data[at + 4 : at + 8], data[at:end]
        at = end


def _only_pixels(data: bytes) -> bytes:
    """Drop all of a PNG that is not the still picture: texts and profiles that unpack to gigabytes, animation frames,
    and whatever another program would find behind the end."""
    kept = b"".join(
        chunk for kind, chunk in _chunks(data) if kind in (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND", b"eXIf")
    )
    return data[:8] + kept


def _declared_size(kind: str, data: bytes) -> tuple[int, int]:
    """Width and height by the header alone. Pillow's WebP reader reserves the canvas before one can ask it."""
    try:
        if kind == "PNG":
            return struct.unpack(">II", data[16:24])
        if kind == "GIF":
            return struct.unpack("<HH", data[6:10])
        if kind == "WEBP":
            return _webp_size(data)
    except struct.error as error:
        raise BadImage(_BROKEN) from error
    return 1, 1  # JPEG: its reader only looks at the header when it opens a file


def _webp_size(data: bytes) -> tuple[int, int]:
    first = data[12:16]
    if first == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if first == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if first == b"VP8 ":
        width, height = struct.unpack("<HH", data[26:30])
        return width & 0x3FFF, height & 0x3FFF
    raise BadImage(_BROKEN)


def _refuse_too_many_pixels(width: int, height: int) -> None:
    if width <= 0 or height <= 0:
        raise BadImage(_BROKEN)
    if width * height > MAX_PIXELS:
        raise BadImage(
            _("The image has too many pixels: %(width)s x %(height)s, at most %(megapixels)s million are possible.")
            % {"width": width, "height": height, "megapixels": MAX_PIXELS // 1_000_000}
        )


def _decoded(kind: str, data: bytes) -> Pillow.Image:
    try:
        picture: Pillow.Image = Pillow.open(BytesIO(data), formats=[kind])
    except (UnidentifiedImageError, SyntaxError) as error:
        raise BadImage(_BROKEN) from error
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise BadImage(_("The image has too many pixels.")) from error
    _refuse_too_many_pixels(*picture.size)
    orientation = _orientation(picture)
    if kind == "JPEG":
        # Decodes at a half, a quarter or an eighth where that is still enough: less memory, less time.
        picture.draft(None, (MAX_SIDE, MAX_SIDE))
    picture.load()
    picture = _in_plain_colours(picture)
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Pillow.Resampling.LANCZOS)
    if orientation in _TURNS:
        picture = picture.transpose(_TURNS[orientation])
    # A fresh image carries none of what the decoder noted beside the pixels.
    return Pillow.frombytes(picture.mode, picture.size, picture.tobytes())


_TURNS = {
    2: Pillow.Transpose.FLIP_LEFT_RIGHT,
    3: Pillow.Transpose.ROTATE_180,
    4: Pillow.Transpose.FLIP_TOP_BOTTOM,
    5: Pillow.Transpose.TRANSPOSE,
    6: Pillow.Transpose.ROTATE_270,
    7: Pillow.Transpose.TRANSVERSE,
    8: Pillow.Transpose.ROTATE_90,
}


def _orientation(picture: Pillow.Image) -> int:
    try:
        value = picture.getexif().get(_ORIENTATION, 1)
    except Exception:  # unreadable metadata is no reason to refuse a readable picture
        return 1
    return value if isinstance(value, int) else 1


def _in_plain_colours(picture: Pillow.Image) -> Pillow.Image:
    """Grey, RGB, or RGBA, with eight bits per channel."""
    if picture.mode.startswith("I") or picture.mode == "F":
        # Sixteen bits of grey: converting directly would clip everything above 255 to white.
        return picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        lowest, _highest = picture.getchannel("A").getextrema()
        return picture if lowest != 255 else picture.convert("RGB")
    return picture if picture.mode in ("L", "RGB") else picture.convert("RGB" if picture.mode != "1" else "L")


def _encoded(kind: str, picture: Pillow.Image) -> Image:
    out = BytesIO()
    if kind == "JPEG":
        picture.save(out, "JPEG", quality=85, optimize=True, progressive=True)
        content_type, extension = "image/jpeg", "jpg"
    elif kind == "WEBP":
        picture.save(out, "WEBP", quality=85, method=4)
        content_type, extension = "image/webp", "webp"
    else:
        picture.save(out, "PNG")
        content_type, extension = "image/png", "png"
    return Image(out.getvalue(), content_type, picture.width, picture.height, extension)
