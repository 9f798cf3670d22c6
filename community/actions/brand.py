"""The brand: whose place this is, what it looks like, and whether its mails arrive."""

import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from community import clock, permissions
from community.actions.record import record_audit, record_change
from community.content.brand_images import draw_icon, draw_logo, is_lost_on
from community.content.images import BadImage
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, Refused
from community.mails.kinds import write_mail
from community.mails.sending import leave_now
from community.models import Brand, BrandLink, User

FIELDS = (
    *("name", "tagline", "welcome", "accent", "support_url", "support_address"),
    *("reply_address", "mail_footer", "counting", "flags_to_hide"),
)
#: What may be sent as a picture: its name -> the column of its file.
IMAGES = {"logo": "logo_file", "dark_logo": "dark_logo_file", "icon": "icon_file"}
#: What a logo stands on at the top of the page, in the dark theme (static/css/site.css).
DARK_SURFACE = "#181d25"
FOLDER = "brand"

Images = Mapping[str, bytes | None]
Links = Sequence[tuple[str, str]]


def update_brand(*, actor: User, images: Images | None = None, links: Links | None = None, **fields: str) -> Brand:
    """Change what the brand says of itself; every page looks different from then on. Unnamed fields stay.

    `images`: logo, dark_logo, icon -> a file as it was sent, None takes it away. `links`: all of them, as (words,
    address), in their order. Refused, with nothing written, when one of them cannot be taken.
    """
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators change the brand."))
    return write_brand(actor=actor, images=images, links=links, **fields)


@transaction.atomic
def write_brand(
    *, actor: User | None, images: Images | None = None, links: Links | None = None, **fields: str
) -> Brand:
    """As `update_brand`, for whoever runs `manage.py setup` (actor None)."""
    brand = _locked()
    try:
        cleaned = {name: clean_text(str(value)).strip() for name, value in fields.items() if name in FIELDS}
    except BadText as error:
        raise Refused(str(error)) from error
    changed = [name for name, value in cleaned.items() if str(getattr(brand, name)) != value]
    for name in changed:
        setattr(brand, name, cleaned[name])
    new_links = None if links is None else _checked_links(brand, links)
    changed += _draw(brand, images or {})
    if not changed and new_links is None and brand.set_up_at is not None:
        return brand
    brand.set_up_at = brand.set_up_at or clock.now()
    try:
        brand.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    brand.save(update_fields=[*changed, "set_up_at"])
    if new_links is not None:
        brand.links.all().delete()
        BrandLink.objects.bulk_create(new_links)
    Brand.objects.filter(pk=1).update(version=F("version") + 1)
    record_audit("changed", actor=actor, target=brand)
    record_change()
    if images:
        transaction.on_commit(sweep_brand_files)
    return Brand.objects.get(pk=1)


def _locked() -> Brand:
    Brand.objects.get_or_create(pk=1)
    return Brand.objects.select_for_update().get(pk=1)


def _checked_links(brand: Brand, links: Links) -> list[BrandLink] | None:
    """The rows to be; None when they are as they were. Refused in the words of what is wrong."""
    if len(links) > BrandLink.MOST:
        told = ngettext("There is room for %(most)d link.", "There is room for %(most)d links.", BrandLink.MOST)
        raise Refused(told % {"most": BrandLink.MOST})
    made = []
    for position, (label, url) in enumerate(links):
        try:
            row = BrandLink(brand=brand, position=position)
            row.label, row.url = clean_text(label).strip(), clean_text(url).strip()
            row.clean_fields()
        except BadText as error:
            raise Refused(str(error)) from error
        except ValidationError as error:
            raise Refused(f"{label[:40]}: {' '.join(error.messages)}") from error
        made.append(row)
    as_they_are = list(brand.links.values_list("label", "url"))
    return None if [(row.label, row.url) for row in made] == as_they_are else made


def _draw(brand: Brand, images: Images) -> list[str]:
    """Draw and store what was sent; the columns that changed. Files nobody names any more are swept after commit."""
    changed = []
    for name, data in images.items():
        column = IMAGES[name]
        if data is None:
            changed += _place(brand, name, "", 0, 0) if getattr(brand, column) else []
            continue
        try:
            image = draw_icon(data) if name == "icon" else draw_logo(data)
        except BadImage as error:
            raise Refused(str(error)) from error
        stored = _storage().save(f"{FOLDER}/{secrets.token_hex(16)}.png", ContentFile(image.data))
        changed += _place(brand, name, stored, image.width, image.height)
        if name == "logo":
            brand.logo_is_dark = is_lost_on(image.data, DARK_SURFACE)
            changed.append("logo_is_dark")
    return changed


def _place(brand: Brand, name: str, stored: str, width: int, height: int) -> list[str]:
    """Write down where a picture is, and how large."""
    values: dict[str, Any] = {IMAGES[name]: stored}
    if name != "icon":
        values |= {f"{name}_width": width, f"{name}_height": height}
    for column, value in values.items():
        setattr(brand, column, value)
    return list(values)


def _storage() -> Storage:
    storage: Storage = Brand._meta.get_field("logo_file").storage
    return storage


@transaction.atomic
def sweep_brand_files() -> int:
    """Delete the pictures the brand no longer shows, and those of changes that never came about; how many went.

    Under the brand's lock: whoever draws a new one holds it until their row names the file.
    """
    brand, swept = _locked(), 0
    named = {getattr(brand, column).name for column in IMAGES.values()}
    with suppress(FileNotFoundError):
        for file in _storage().listdir(FOLDER)[1]:
            if f"{FOLDER}/{file}" not in named:
                _storage().delete(f"{FOLDER}/{file}")
                swept += 1
    return swept


def send_test_mail(*, actor: User, site_address: str = "") -> str:
    """Send a real mail to the administrator who asks, and note that it worked; returns the address.

    Refused with the mail server's own words when it does not take it.
    """
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators test the mail."))
    return write_test_mail(actor=actor, address=actor.email, site_address=site_address)


def write_test_mail(*, actor: User | None, address: str, site_address: str = "http://127.0.0.1:8000") -> str:
    """As `send_test_mail`, to any address, for whoever runs `manage.py setup` (actor None)."""
    if not address:
        raise Refused(_("Your account has no e-mail address."))
    brand, _made = Brand.objects.get_or_create(pk=1)
    message = write_mail("test", to=address, site_address=(settings.SITE_URL or site_address).rstrip("/"), context={})
    receipt = leave_now(message)
    if receipt.outcome != "sent":
        raise Refused(_("The mail server did not take the mail: %(error)s") % {"error": receipt.words})
    with transaction.atomic():
        Brand.objects.filter(pk=1).update(mail_tested_at=clock.now())
        record_audit("tested_mail", actor=actor, target=brand)
    return address
