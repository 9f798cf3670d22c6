"""Read-only times: every writing request is refused here and nowhere else, calmly, and nothing that was typed is lost.

Two things bring such a time: somebody's order (`manage.py read_only on`, or the admin), and a database that takes no
writes (a standby, or one in recovery). The worker rests by itself while the first lasts (`care/standing.py`).
"""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from community.care.standing import is_read_only
from community.context_processors import find_brand

#: Seconds after which to try again.
RETRY_AFTER = 300
READING = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
#: By the address's name: what still goes through. It stores nothing of people's, or lets an administrator in, who alone
#: passes `AccountAdapter.pre_login`.
OPEN = frozenset(
    {
        "preview",
        "account_login",
        "account_logout",
        "account_request_login_code",
        "account_confirm_login_code",
        "account_reauthenticate",
        "mfa_login_webauthn",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "admin:community_sitestate_read_only",
    }
)
#: More than this (characters) is not shown again.
MOST_TYPED = 200_000
_KEPT_BACK = ("csrfmiddlewaretoken", "password", "code", "key")


class ReadOnlyMiddleware:
    """Asks, before anything that may write is done, whether writing rests."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method in READING or not is_read_only():
            return None
        match = request.resolver_match
        return None if match is not None and match.view_name in OPEN else refuse_for_now(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return refuse_for_now(request) if takes_no_writes(exception) else None


def takes_no_writes(error: BaseException) -> bool:
    """Whether a statement was refused because the database as a whole only reads (SQLSTATE 25006)."""
    if not isinstance(error, Error | psycopg.Error):
        return False
    return "25006" in (getattr(error, "sqlstate", None), getattr(error.__cause__, "sqlstate", None))


def refuse_for_now(request: HttpRequest) -> HttpResponse:
    """503: why, that nothing was lost, and what was typed, ready to be sent again."""
    brand = find_brand()
    told = brand.read_only_words or _("Writing rests for a while.")
    template = "community/refused_fragment.html" if getattr(request, "htmx", False) else "community/read_only.html"
    typed = list(_typed(request))
    context = {"message": told, "told": told, "typed": typed, "here": request.get_full_path()}
    response = render(request, template, context, status=503)
    response["Retry-After"] = str(RETRY_AFTER)
    response["Cache-Control"] = "no-store"
    return response


def _typed(request: HttpRequest) -> Iterator[tuple[str, str, bool]]:
    """The fields of a form of ours: name, value, and whether it is a text worth showing. None of the sign-in's."""
    match = request.resolver_match
    if request.method != "POST" or request.FILES or match is None or match.namespace:
        return
    if (match.url_name or "").startswith(("account_", "mfa_", "usersessions_")):
        return
    fields = [(name, value) for name, values in request.POST.lists() for value in values]
    if sum(len(value) for _name, value in fields) > MOST_TYPED:
        return
    for name, value in fields:
        if not name.startswith(_KEPT_BACK):
            yield name, value, name in ("title", "body", "words") and bool(value.strip())
