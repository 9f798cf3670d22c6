"""A brand's pictures: what is sent is drawn anew (content/images.py), then cut to what pages and mails show.

Always PNG: every browser, telephone and mail program shows it.
"""

from collections.abc import Iterator
from io import BytesIO

from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import ImageChops, ImageStat

from community.content.colours import contrast
from community.content.images import BadImage, Image, reencode

MAX_BYTES = 4 * 1024 * 1024
#: Pixels a logo is drawn in, at most: twice its size in a mail, more than twice that at the top of a page.
LOGO_BOX = (480, 96)
LOGO_LEAST_HEIGHT = 24  # pixels
MOST_WIDE = 10  # times as wide as high
ICON_SIDE = 512
ICON_LEAST_SIDE = 64
ICON_SIZES = (32, 180, 192, 512)
#: The one that telephones put on their start screen, where see-through becomes black.
TOUCH_ICON = 180
TOUCH_MARGIN = 16
WHITE = (255, 255, 255, 255)
#: Less contrast to the page than this, and a part of a logo is as good as gone; more than HALF of it, and all is.
SEEN = 1.8
HALF = 0.5
#: Of 255, on average: colours nearer than this are the same to the eye.
CLOSE = 4.0
CLEAR = 32  # of 255: what is more see-through than this is not there


def draw_logo(data: bytes) -> Image:
    """A logo for the top of the page: its clear margins cut off, no larger than LOGO_BOX. Raises BadImage."""
    picture = _read(data)
    box = picture.getchannel("A").point(lambda alpha: 255 if alpha >= CLEAR else 0).getbbox()
    if box is None:
        raise BadImage(_("There is nothing to be seen in this picture."))
    picture = picture.crop(box)
    if picture.height < LOGO_LEAST_HEIGHT:
        told = _("This logo is only %(height)s pixels high; it needs at least %(least)s to be sharp.")
        raise BadImage(told % {"height": picture.height, "least": LOGO_LEAST_HEIGHT})
    if picture.width > MOST_WIDE * picture.height or picture.height > 2 * picture.width:
        raise BadImage(_("This logo is too long and thin for the top of a page."))
    picture.thumbnail(LOGO_BOX, Pillow.Resampling.LANCZOS)
    return _png(_in_few_colours(picture))


def draw_icon(data: bytes) -> Image:
    """A square icon of ICON_SIDE pixels; what is not square gets clear margins. Raises BadImage."""
    picture = _read(data)
    side = max(picture.size)
    if min(picture.size) < ICON_LEAST_SIDE:
        told = _("This icon is smaller than %(least)s x %(least)s pixels; 512 x 512 is best.")
        raise BadImage(told % {"least": ICON_LEAST_SIDE})
    square = Pillow.new("RGBA", (side, side), (0, 0, 0, 0))
    square.paste(picture, ((side - picture.width) // 2, (side - picture.height) // 2))
    return _png(square.resize((ICON_SIDE, ICON_SIDE), Pillow.Resampling.LANCZOS))


def scale_icon(data: bytes, size: int) -> bytes:
    """The PNG of one of ICON_SIZES, from what `draw_icon` made."""
    picture = Pillow.open(BytesIO(data), formats=["PNG"]).convert("RGBA")
    if size != TOUCH_ICON:
        return _png(picture.resize((size, size), Pillow.Resampling.LANCZOS)).data
    ground = Pillow.new("RGBA", (size, size), WHITE)
    is_whole = picture.getchannel("A").getextrema()[0] == 255
    margin = 0 if is_whole else TOUCH_MARGIN
    small = picture.resize((size - 2 * margin, size - 2 * margin), Pillow.Resampling.LANCZOS)
    ground.alpha_composite(small, (margin, margin))
    return _png(ground.convert("RGB")).data


def is_lost_on(data: bytes, ground: str) -> bool:
    """Whether most of a logo (from `draw_logo`) could hardly be told from this ground (#rrggbb)."""
    picture = Pillow.open(BytesIO(data), formats=["PNG"]).convert("RGBA")
    picture.thumbnail((80, 80))
    inks = list(_inks(picture))
    lost = sum(1 for ink in inks if contrast(ink, ground) < SEEN)
    return lost > HALF * len(inks)


def _inks(picture: Pillow.Image) -> Iterator[str]:
    """The colours of a picture's solid pixels, as #rrggbb."""
    raw = picture.tobytes()
    for at in range(0, len(raw), 4):
        if raw[at + 3] >= 128:
            yield f"#{raw[at : at + 3].hex()}"


def _in_few_colours(picture: Pillow.Image) -> Pillow.Image:
    """With a palette, a quarter of the bytes on every first visit; as it is where one would see the difference."""
    few = picture.quantize(256, method=Pillow.Quantize.FASTOCTREE, dither=Pillow.Dither.NONE)
    far = ImageStat.Stat(ImageChops.difference(picture.convert("RGBa"), few.convert("RGBA").convert("RGBa")))
    return few if max(far.rms) < CLOSE else picture


def _read(data: bytes) -> Pillow.Image:
    if len(data) > MAX_BYTES:
        raise BadImage(_("The image is larger than %(megabytes)s MB.") % {"megabytes": MAX_BYTES // 1024 // 1024})
    return Pillow.open(BytesIO(reencode(data).data)).convert("RGBA")


def _png(picture: Pillow.Image) -> Image:
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return Image(out.getvalue(), "image/png", picture.width, picture.height, "png")
