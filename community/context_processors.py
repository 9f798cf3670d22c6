"""What every page knows: the brand, and for those signed in the number of unread notifications."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils.functional import LazyObject, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from community.models import Brand, BrandLink, Notification, User
from community.reading.prepared import NOBODY, Ask, Prepared, Shape, number

_BRAND = Shape(Brand, {field.attname for field in Brand._meta.concrete_fields})
_LINKS = ArraySubquery(
    BrandLink.objects.filter(brand=OuterRef("pk"))
    .order_by("position")
    .values(link=JSONObject(label="label", url="url"))
)
#: The brand's row and, in the same answer, the links at the foot of the page.
_brand = Prepared(
    lambda _reader: Brand.objects.filter(pk=1).annotate(found=_LINKS).values_list(*_BRAND.columns, "found"), places=0
)
_unread = Prepared(
    lambda _reader: Notification.objects.filter(recipient_id=number(0), read_at__isnull=True).values_list("pk")[:100],
    places=1,
)


def ask_frame(user: User | AnonymousUser) -> list[Ask]:
    """What the frame of a page asks: for views that ask it together with their own (see `keep_frame`)."""
    return [_brand.ask(NOBODY), *([_unread.ask(NOBODY, user.pk)] if isinstance(user, User) else [])]


def ask_unread(user: User | AnonymousUser) -> list[Ask]:
    """How many notifications somebody has not read, for views that tell it (see `unread_of`)."""
    return [_unread.ask(NOBODY, user.pk)] if isinstance(user, User) else []


def unread_of(user: User | AnonymousUser, rows: Sequence[list[Any]]) -> int:
    """The number in what `ask_frame` or `ask_unread` brought, at most 100; none for a visitor."""
    return len(rows[-1]) if isinstance(user, User) and rows else 0


def keep_frame(request: HttpRequest, rows: Sequence[list[Any]]) -> None:
    """Keep what `ask_frame` brought, so that the page does not ask again."""
    request.frame = rows  # type: ignore[attr-defined]


def _brand_of(rows: list[Any]) -> Brand:
    """The brand's one row, made if it is not there yet."""
    if not rows:
        return Brand.objects.get_or_create(pk=1)[0]
    *columns, links = rows[0]
    brand: Brand = _BRAND.make(columns)
    brand.footer_links = links
    return brand


def find_brand() -> Brand:
    """The brand as it is now."""
    return _brand_of(_brand.rows(NOBODY))


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
    frame = getattr(request, "frame", None)
    context: dict[str, Any] = {
        "brand": _brand_of(frame[0]) if frame else SimpleLazyObject(find_brand),
        "is_demo": settings.DEMO,
        "has_outbox": not settings.PRODUCTION,
    }
    if settings.DEMO:
        context["demo_roles"] = DEMO_ROLES
    if hasattr(request, "user"):
        # The person themselves: behind request.user each of the many things a page asks is asked three times over.
        context["user"] = user = get_user(request) if isinstance(request.user, LazyObject) else request.user
        if isinstance(user, User):
            pk = user.pk
            context["unread_count"] = (
                len(frame[1]) if frame else SimpleLazyObject(lambda: len(_unread.rows(NOBODY, pk)))
            )
    return context
