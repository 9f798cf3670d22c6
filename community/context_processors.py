"""What every page knows: the brand, and for those signed in the number of unread notifications."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from community.models import Brand, Notification, User
from community.prepared import NOBODY, Prepared, Shape, number

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


def site(request: HttpRequest) -> dict[str, Any]:
    """`brand`, and `unread_count` (read from the database only where a template uses it)."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {"brand": SimpleLazyObject(find_brand)}
    if isinstance(user, User) or getattr(user, "is_authenticated", False):
        pk = user.pk  # type: ignore[union-attr]
        context["unread_count"] = SimpleLazyObject(lambda: len(_unread.rows(NOBODY, pk)))
    return context
