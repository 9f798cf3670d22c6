"""What every page knows: the brand, and for those signed in the number of unread notifications."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from community.models import Brand, Notification, User
from community.reading.prepared import NOBODY, Prepared, Shape, number

_BRAND = Shape(Brand, {field.attname for field in Brand._meta.concrete_fields})
_brand = Prepared(lambda _reader: Brand.objects.filter(pk=1).values_list(*_BRAND.columns), places=0)
_unread = Prepared(
    lambda _reader: Notification.objects.filter(recipient_id=number(0), read_at__isnull=True).values_list("pk")[:100],
    places=1,
)


def find_brand() -> Brand:
    """The brand's one row, made if it is not there yet."""
    row = next(iter(_brand.rows(NOBODY)), None)
    return _BRAND.make(row) if row is not None else Brand.objects.get_or_create(pk=1)[0]


#: The demo's one-click logins: (name for signing in, word on the button).
DEMO_ROLES = [
    ("customer", _("Customer")),
    ("helper", _("Helper")),
    ("moderator", _("Moderator")),
    ("agent", _("Support agent")),
    ("admin", _("Administrator")),
]


def site(request: HttpRequest) -> dict[str, Any]:
    """`brand`, and `unread_count` (read from the database only where a template uses it)."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {
        "brand": SimpleLazyObject(find_brand),
        "is_demo": settings.DEMO,
        "has_outbox": not settings.PRODUCTION,
    }
    if settings.DEMO:
        context["demo_roles"] = DEMO_ROLES
    if isinstance(user, User) or getattr(user, "is_authenticated", False):
        pk = user.pk  # type: ignore[union-attr]
        context["unread_count"] = SimpleLazyObject(lambda: len(_unread.rows(NOBODY, pk)))
    return context
