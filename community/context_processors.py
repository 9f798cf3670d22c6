"""What every page knows: the brand, and for those signed in the number of unread notifications."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from community.models import Brand, Notification, User

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
        "brand": SimpleLazyObject(lambda: Brand.objects.get_or_create(pk=1)[0]),
        "is_demo": settings.DEMO,
        "has_outbox": not settings.PRODUCTION,
    }
    if settings.DEMO:
        context["demo_roles"] = DEMO_ROLES
    if isinstance(user, User) or getattr(user, "is_authenticated", False):
        context["unread_count"] = SimpleLazyObject(
            lambda: Notification.objects.filter(recipient_id=user.pk, read_at__isnull=True)[:100].count()  # type: ignore[union-attr]
        )
    return context
