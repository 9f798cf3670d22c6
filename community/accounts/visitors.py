"""Who may be counted, and by what key: `person_key_of(request)`.

A member is counted as `u:<id>`, a visitor as `a:<hash of a cookie>`. The cookie is our own, random, lives a year, and
is set by a POST alone: after a yes (the site asks), or with the first thing worth counting (the site counts without
asking). Nobody is counted who said no, whose browser asks not to be tracked, or on a site that counts nothing.

Whoever signs in with the cookie is recognised (`recognise`). It goes whenever a sign-in ends, so that the next person
at the same computer is somebody else, and when its owner no longer wants it.
"""

import re
import secrets
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from community import permissions
from community.actions.measuring import recognise_visitor, say_consent, welcome_visitor, withdraw_visitor
from community.context_processors import find_brand
from community.models import Brand, Consent, User, Visitor

COOKIE, NO_COOKIE = settings.VISITOR_COOKIE_NAME, f"{settings.VISITOR_COOKIE_NAME}_no"
A_YEAR = 365 * 24 * 3600
#: 32 random bytes as text.
_VALUE = re.compile(r"[A-Za-z0-9_-]{43}")


def person_key_of(request: HttpRequest) -> str:
    """The key of this person in the facts, "" when they may not be counted. Asked once per request.

    Where the site counts without asking, a POST gives a visitor their cookie; a GET writes and sets nothing.
    """
    known: str | None = getattr(request, "_person_key", None)
    if known is None:
        known = _key_of(request)
        request._person_key = known  # type: ignore[attr-defined]
    return known


def _key_of(request: HttpRequest) -> str:
    mode = mode_for(request)
    user = request.user
    if mode == Brand.Counting.OFF or (said := said_so_far(request)) is False:
        return ""
    is_counted = said or mode == Brand.Counting.ON
    if user.is_authenticated:
        return f"u:{user.pk}" if is_counted and permissions.is_member(user) else ""
    if not is_counted:
        return ""
    if (visitor := _visitor(request)) is not None:
        return visitor.key
    return _begin(request, agreed=False) if request.method == "POST" else ""


def mode_of_site(request: HttpRequest) -> str:
    """Whether the site counts, asks or does neither. Read once per request."""
    mode: str | None = getattr(request, "_counting", None)
    if mode is None:
        mode = request._counting = find_brand().counting  # type: ignore[attr-defined]
    return mode


def mode_for(request: HttpRequest) -> str:
    """The same for this browser: nothing is counted of one that asks not to be tracked."""
    return Brand.Counting.OFF if wants_no_tracking(request) else mode_of_site(request)


def wants_no_tracking(request: HttpRequest) -> bool:
    """Whether the browser says so for its owner (Global Privacy Control, or the older Do Not Track)."""
    return "1" in (request.headers.get("Sec-GPC", ""), request.headers.get("DNT", ""))


def _cookie_key(request: HttpRequest) -> str:
    value = request.COOKIES.get(COOKIE, "")
    return f"a:{sha256(value.encode()).hexdigest()}" if _VALUE.fullmatch(value) else ""


def _visitor(request: HttpRequest) -> Visitor | None:
    """The visitor with this cookie, as long as they have not withdrawn. Asked once per request."""
    if "_visitor" not in request.__dict__:
        key = _cookie_key(request)
        request._visitor = Visitor.objects.filter(key=key).first() if key else None  # type: ignore[attr-defined]
    found: Visitor | None = request._visitor  # type: ignore[attr-defined]
    return found


def _begin(request: HttpRequest, *, agreed: bool) -> str:
    """A new visitor: the cookie's value leaves with the answer, its hash is what we keep."""
    value = secrets.token_urlsafe(32)
    key = f"a:{sha256(value.encode()).hexdigest()}"
    welcome_visitor(key=key, agreed=agreed)
    request._visitor_cookie = value  # type: ignore[attr-defined]
    return key


# Saying yes and no ----------------------------------------------------------------------------------------------------
def said_so_far(request: HttpRequest) -> bool | None:
    """What this person said about being counted: yes, no, or nothing yet."""
    no = False if request.COOKIES.get(NO_COOKIE) else None
    if request.user.is_authenticated:
        said = Consent.objects.filter(person_id=request.user.pk).values_list("is_given", flat=True).first()
        return no if said is None else said
    if no is not None:
        return no
    visitor = _visitor(request)
    return True if visitor is not None and visitor.consented_at is not None else None


def should_ask(request: HttpRequest, mode: str = "") -> bool:
    """Whether to put the question: the site asks, the browser has not answered for its owner, and nothing was said.

    `mode` is the brand's, where the page has read it already.
    """
    if mode:
        request._counting = mode  # type: ignore[attr-defined]
    return mode_for(request) == Brand.Counting.ASK and said_so_far(request) is None


def agree(request: HttpRequest) -> None:
    """This person may be counted from now on. Does nothing where nobody is counted."""
    if mode_for(request) == Brand.Counting.OFF:
        return
    request._forget_no = bool(request.COOKIES.get(NO_COOKIE))  # type: ignore[attr-defined]
    if isinstance(request.user, User):
        say_consent(actor=request.user, is_given=True)
    elif (visitor := _visitor(request)) is None or visitor.consented_at is None:
        _begin(request, agreed=True)


def decline(request: HttpRequest) -> None:
    """This person is not counted (any more): the key goes. What is remembered is the no, without any id."""
    if isinstance(request.user, User):
        say_consent(actor=request.user, is_given=False)
    if key := _cookie_key(request):
        withdraw_visitor(key=key)
    request._visitor_cookie = ""  # type: ignore[attr-defined]
    request._say_no = True  # type: ignore[attr-defined]


# Signing in and out ---------------------------------------------------------------------------------------------------
def recognise(request: HttpRequest, person: User) -> None:
    """Called by every way of signing in: a visitor who was counted is this person; anybody else's cookie goes."""
    key = _cookie_key(request)
    if not key or mode_for(request) == Brand.Counting.OFF:
        return
    is_somebody_elses = getattr(request, "_began_as", None) not in (None, person.pk)
    if is_somebody_elses or not recognise_visitor(actor=person, key=key):
        request._visitor_cookie = ""  # type: ignore[attr-defined]


class VisitorMiddleware:
    """Sends the cookie that a request led to, and takes it away from whoever was signed in and is not any more."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if COOKIE in request.COOKIES and settings.SESSION_COOKIE_NAME in request.COOKIES:
            return self._watched(request)
        response = self.get_response(request)
        if "_visitor_cookie" in request.__dict__ or "_say_no" in request.__dict__ or "_forget_no" in request.__dict__:
            _send(request, response)
        return response

    def _watched(self, request: HttpRequest) -> HttpResponse:
        """Whoever was signed in when the request began, and is somebody else (or nobody) when it ends, has left."""
        request._began_as = began_as = request.user.pk  # type: ignore[attr-defined]
        has_ended = began_as is None and not request.session.session_key
        response = self.get_response(request)
        if has_ended or (began_as is not None and request.user.pk != began_as):
            request.__dict__.setdefault("_visitor_cookie", "")
        _send(request, response)
        return response


def _send(request: HttpRequest, response: HttpResponse) -> None:
    """Set or delete what this request decided."""
    options: dict[str, Any] = {"httponly": True, "samesite": "Lax", "secure": settings.SESSION_COOKIE_SECURE}
    value = getattr(request, "_visitor_cookie", None)
    if value:
        response.set_cookie(COOKIE, value, max_age=A_YEAR, **options)
    elif value is not None:
        response.delete_cookie(COOKIE, samesite="Lax")
    if getattr(request, "_say_no", False):
        response.set_cookie(NO_COOKIE, "1", max_age=A_YEAR, **options)
    elif getattr(request, "_forget_no", False):
        response.delete_cookie(NO_COOKIE, samesite="Lax")
