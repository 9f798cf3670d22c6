"""The brand: whose place this is, and whether its mails arrive."""

from smtplib import SMTPException, SMTPResponseException
from typing import Any

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from community import clock, permissions
from community.accounts.mail import from_address
from community.actions.record import record_audit, record_change
from community.content.text import BadText, clean_text
from community.errors import NotAllowed, Refused
from community.models import Brand, User

FIELDS = ("name", "tagline", "welcome", "accent", "support_url", "reply_address")


def update_brand(*, actor: User, **fields: str) -> Brand:
    """Change what the brand says of itself; every page looks different from then on. Unnamed fields stay."""
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators change the brand."))
    return write_brand(actor=actor, **fields)


@transaction.atomic
def write_brand(*, actor: User | None, **fields: str) -> Brand:
    """As `update_brand`, for whoever runs `manage.py setup` (actor None)."""
    Brand.objects.get_or_create(pk=1)
    brand = Brand.objects.select_for_update().get(pk=1)
    try:
        cleaned = {name: clean_text(value).strip() for name, value in fields.items() if name in FIELDS}
    except BadText as error:
        raise Refused(str(error)) from error
    changed = {name: value for name, value in cleaned.items() if getattr(brand, name) != value}
    if not changed and brand.set_up_at is not None:
        return brand
    for name, value in changed.items():
        setattr(brand, name, value)
    brand.set_up_at = brand.set_up_at or clock.now()
    try:
        brand.full_clean()
    except ValidationError as error:
        raise Refused(" ".join(error.messages)) from error
    brand.save(update_fields=[*changed, "set_up_at"])
    Brand.objects.filter(pk=1).update(version=F("version") + 1)
    record_audit("changed", actor=actor, target=brand)
    record_change()
    brand.refresh_from_db()
    return brand


def send_test_mail(*, actor: User) -> str:
    """Send a real mail to the administrator who asks, and note that it worked; returns the address.

    Refused with the mail server's own words when it does not take it.
    """
    if not permissions.can_open_admin(actor):
        raise NotAllowed(_("Only administrators test the mail."))
    return write_test_mail(actor=actor, address=actor.email)


def write_test_mail(*, actor: User | None, address: str) -> str:
    """As `send_test_mail`, to any address, for whoever runs `manage.py setup` (actor None)."""
    if not address:
        raise Refused(_("Your account has no e-mail address."))
    brand, _made = Brand.objects.get_or_create(pk=1)
    message = EmailMessage(
        _("%(brand)s can send mail") % {"brand": brand.name},
        _("If you read this, sign-in codes and news from %(brand)s arrive too.") % {"brand": brand.name},
        from_address(),
        [address],
    )
    try:
        message.send()
    except (OSError, SMTPException) as error:
        raise Refused(_("The mail server did not take the mail: %(error)s") % {"error": _in_words(error)}) from error
    with transaction.atomic():
        Brand.objects.filter(pk=1).update(mail_tested_at=clock.now())
        record_audit("tested_mail", actor=actor, target=brand)
    return address


def _in_words(error: Any) -> str:
    if isinstance(error, SMTPResponseException):
        words = error.smtp_error
        return f"{error.smtp_code} {words.decode(errors='replace') if isinstance(words, bytes) else words}"
    return str(error) or type(error).__name__
