"""What every page knows: the brand, and for those signed in the number of unread notifications."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.utils.functional import LazyObject, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from community.models import Brand, BrandLink, IncomingMail, Notification, Review, SiteState, User
from community.reading.prepared import NOBODY, Ask, Prepared, Shape, number, together
from community.roles import STAFF

_BRAND = Shape(Brand, {field.attname for field in Brand._meta.concrete_fields})
_LINKS = ArraySubquery(
    BrandLink.objects.filter(brand=OuterRef("pk"))
    .order_by("position")
    .values(link=JSONObject(label="label", url="url"))
)
_READ_ONLY = Subquery(SiteState.objects.filter(pk=1, read_only_at__isnull=False).values("read_only_words"))
#: The brand's row and, in the same answer, the links at the foot of the page and why nobody may write now (or null).
_brand = Prepared(
    lambda _reader: (
        Brand.objects.filter(pk=1)
        .annotate(found=_LINKS, read_only=_READ_ONLY)
        .values_list(*_BRAND.columns, "found", "read_only")
    ),
    places=0,
)
_unread = Prepared(
    lambda _reader: Notification.objects.filter(recipient_id=number(0), read_at__isnull=True).values_list("pk")[:100],
    places=1,
)


def _given(reader: User) -> User:
    """The reader with the number that will be given: whose tickets these are depends on who it is."""
    reader.pk = number(0)
    return reader


#: For those who decide: what they have not read, what waits for their decision, and the mail that is held for them,
#: each at most 100, in one question.
_both = Prepared(
    lambda reader: User.objects.filter(pk=number(0)).values_list(
        ArraySubquery(
            Notification.objects.filter(recipient=OuterRef("pk"), read_at__isnull=True).order_by().values("pk")[:100]
        ),
        ArraySubquery(Review.objects.visible_to(reader).waiting().order_by().values("pk")[:100]),
        ArraySubquery(
            IncomingMail.objects.visible_to(_given(reader))
            .filter(end=IncomingMail.End.HELD)
            .order_by()
            .values("pk")[:100]
        ),
    ),
    places=1,
)


def _decides(user: User) -> bool:
    return bool(user.effective_roles & STAFF)


def ask_frame(user: User | AnonymousUser) -> list[Ask]:
    """What the frame of a page asks: for views that ask it together with their own (see `keep_frame`)."""
    return [_brand.ask(NOBODY), *ask_unread(user)]


def count_waiting(user: User | AnonymousUser) -> int:
    """How many things wait for a decision that this person may see, at most 100; 0 for all but staff, unasked."""
    if not isinstance(user, User) or not _decides(user):
        return 0
    return Review.objects.visible_to(user).waiting().order_by()[:100].count()


def ask_unread(user: User | AnonymousUser) -> list[Ask]:
    """How many notifications somebody has not read, for views that tell it (see `unread_of`)."""
    if not isinstance(user, User):
        return []
    return [_both.ask(user, user.pk) if _decides(user) else _unread.ask(NOBODY, user.pk)]


def unread_of(user: User | AnonymousUser, rows: Sequence[list[Any]]) -> int:
    """The number in what `ask_frame` or `ask_unread` brought, at most 100; none for a visitor."""
    if not isinstance(user, User) or not rows:
        return 0
    return len(rows[-1][0][0]) if _decides(user) else len(rows[-1])


def keep_frame(request: HttpRequest, rows: Sequence[list[Any]]) -> None:
    """Keep what `ask_frame` brought, so that the page does not ask again."""
    request.frame = rows  # type: ignore[attr-defined]


def _brand_of(rows: list[Any]) -> Brand:
    """The brand's one row, made if it is not there yet."""
    if not rows:
        return Brand.objects.get_or_create(pk=1)[0]
    *columns, links, read_only = rows[0]
    brand: Brand = _BRAND.make(columns)
    brand.footer_links = links
    brand.is_read_only, brand.read_only_words = read_only is not None, read_only or ""
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
            # For staff both numbers come with one question, the first time a template uses either.
            asked = cache(lambda: frame or together(*ask_unread(user)))
            context["unread_count"] = SimpleLazyObject(lambda: unread_of(user, asked()))
            if _decides(user):
                context["waiting_count"] = SimpleLazyObject(lambda: len(asked()[-1][0][1]))
                context["held_mail_count"] = SimpleLazyObject(lambda: len(asked()[-1][0][2]))
    return context
