"""Who comes in at the desk: agents and administrators, and nobody else learns whether a ticket is there."""

from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from community.errors import NotAllowed
from community.permissions import is_member
from community.views.gates import SeeOther, View, member_post
from support import permissions


def desk_page(view: View) -> View:
    """A page of the desk: others sign in first, or are refused. Nobody keeps a copy of it."""

    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not is_member(request.user):
            return SeeOther(redirect_to_login(request.get_full_path(), settings.LOGIN_URL).url)
        _must_work_here(request)
        return view(request, *args, **kwargs)

    return guarded


def desk_post(view: View) -> View:
    """A verb of the desk: POST only, by those who work there. Whether they work on this ticket, the action asks."""

    @member_post
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        _must_work_here(request)
        return view(request, *args, **kwargs)

    return guarded


def _must_work_here(request: HttpRequest) -> None:
    if not permissions.can_work_at_desk(request.user):
        raise NotAllowed(_("Only our support team works here."))
