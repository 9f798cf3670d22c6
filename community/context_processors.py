"""What every page knows: the brand, and for those signed in the number of unread notifications."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from community.models import Brand, Notification, User


def site(request: HttpRequest) -> dict[str, Any]:
    """`brand`, and `unread_count` (read from the database only where a template uses it)."""
    user = getattr(request, "user", None)
    context: dict[str, Any] = {"brand": SimpleLazyObject(lambda: Brand.objects.get_or_create(pk=1)[0])}
    if isinstance(user, User) or getattr(user, "is_authenticated", False):
        context["unread_count"] = SimpleLazyObject(
            lambda: Notification.objects.filter(recipient_id=user.pk, read_at__isnull=True)[:100].count()  # type: ignore[union-attr]
        )
    return context
