"""Who comes in by which door: verbs take POST from members only, and lead back to where the person was."""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.middleware import get_user
from django.contrib.auth.views import redirect_to_login
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from community import permissions
from community.accounts.client_address import client_address
from community.actions.limits import keep_pace
from community.errors import NotAllowed, TooOften, waiting
from community.models import Answer, User

View = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """303: what was posted is done, look there."""

    status_code = 303


def is_htmx(request: HttpRequest) -> bool:
    """Whether a script asks for a fragment in place of a page."""
    return bool(getattr(request, "htmx", False))


def member_of(request: HttpRequest) -> User:
    """The person signed in; the gates below have made sure of it."""
    return cast(User, request.user)


def reader_of(request: HttpRequest) -> permissions.Anyone:
    """Whoever reads, as the real object: a page asks it hundreds of things, and request.user asks back each time."""
    return get_user(request)


def own_address(request: HttpRequest, address: str) -> bool:
    """Whether the address leads to this site and nowhere else."""
    return len(address) < 2000 and url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )


def from_our_own_page(request: HttpRequest) -> bool:
    """Whether the browser says that one of our pages sent this form.

    Stands in for the token: cached pages hold none.
    """
    origin = request.headers.get("Origin", "")
    return request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin" and (
        urlsplit(origin).netloc == request.get_host()
    )


def way_back(request: HttpRequest, default: str) -> str:
    """Where the form says it came from, if that is ours; else `default`."""
    wanted = request.POST.get("next", "")
    return wanted if wanted and own_address(request, wanted) else default


def done(request: HttpRequest, default: str, message: str = "") -> HttpResponse:
    """The verb is done: say so, and lead back."""
    if message:
        messages.success(request, message)
    return lead_to(request, way_back(request, default))


def lead_to(request: HttpRequest, address: str) -> HttpResponse:
    """A redirect that browsers and htmx both follow."""
    return HttpResponseClientRedirect(address) if is_htmx(request) else SeeOther(address)


def sign_in_first(request: HttpRequest, default: str) -> HttpResponse:
    """To the sign-in page, and from there to `default` (or the form's own `next`): a verb is never an address."""
    to_login = redirect_to_login(way_back(request, default), settings.LOGIN_URL)
    return HttpResponseClientRedirect(to_login.url) if is_htmx(request) else SeeOther(to_login.url)


def member_post(view: View) -> View:
    """POST only, members only: others sign in first and land on the question the verb is about."""

    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.is_member(request.user):
            return sign_in_first(request, _page_of(request, kwargs))
        return view(request, *args, **kwargs)

    return guarded


def moderator_post(view: View) -> View:
    """POST only, moderators only."""

    @member_post
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.can_moderate(request.user):
            raise NotAllowed(_("Only moderators can do this."))
        return view(request, *args, **kwargs)

    return guarded


def staff_post(view: View) -> View:
    """POST only, staff only: for what waits for a decision. Whether they may decide it, the action asks."""

    @member_post
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.can_open_queue(request.user):
            raise NotAllowed(_("Only moderators can do this."))
        return view(request, *args, **kwargs)

    return guarded


def pace(request: HttpRequest, what: str) -> None:
    """Count what a page asks many times a minute; TooOften beyond the limit.

    Members are counted one by one, visitors by where they come from.
    """
    user = reader_of(request)
    if isinstance(user, User) and permissions.is_member(user):
        keep_pace(what=what, actor=user)
    else:
        keep_pace(what=what, address=client_address(request))


def moderator_page(view: View) -> View:
    """A page for moderators only, with what is posted there: others sign in first, or are refused.

    Nobody keeps a copy of it.
    """

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.is_member(request.user):
            return SeeOther(redirect_to_login(request.get_full_path(), settings.LOGIN_URL).url)
        if not permissions.can_moderate(request.user):
            raise NotAllowed(_("Only moderators can do this."))
        return view(request, *args, **kwargs)

    return guarded


def staff_page(view: View) -> View:
    """As `moderator_page`, for all staff."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.is_member(request.user):
            return SeeOther(redirect_to_login(request.get_full_path(), settings.LOGIN_URL).url)
        if not permissions.is_staff(request.user):
            raise NotAllowed(_("Only staff can do this."))
        return view(request, *args, **kwargs)

    return guarded


def slow_down(request: HttpRequest, what: str) -> HttpResponse | None:
    """As `pace`, for what only scripts ask: a bare 429 for one that lost its patience."""
    try:
        pace(request, what)
    except TooOften as refused:
        return HttpResponse(status=refused.status, headers=waiting(refused))
    return None


def with_wait(response: HttpResponse, form: Form) -> HttpResponse:
    """The page with a form whose act was too often says when to try again, for scripts too."""
    if (again_at := getattr(form, "again_at", None)) is not None:
        for name, value in waiting(TooOften("", again_at)).items():
            response[name] = value
    return response


def _page_of(request: HttpRequest, kwargs: dict[str, Any]) -> str:
    """The question a verb's address is about, as far as this person may know of it."""
    if "issue_id" in kwargs:
        return reverse("known_issue", args=[kwargs["issue_id"]])
    if "thread_id" in kwargs:
        return reverse("thread_short", args=[kwargs["thread_id"]])
    answer = Answer.objects.visible_to(request.user).filter(pk=kwargs.get("answer_id") or 0).first()
    return answer.get_absolute_url() if answer else reverse("home")
