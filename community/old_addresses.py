"""Bookmarks and search engines know the addresses of the site an import came from: they are led to the new ones.

Asked only when nothing here has the address, and answered only to those who may see what it leads to.
"""

import re
from collections.abc import Callable
from urllib.parse import quote

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils.cache import patch_cache_control, patch_vary_headers

from community.models import Answer, Board, OldAddress, Thread, User

MAX_PATH = 500

# What an old site puts around the part that says which: languages in front, words for search engines behind.
_LOCALE = re.compile(r"^/[A-Za-z]{2,3}(?:-[A-Za-z]{2,8})?(?=/(?:questions|user)/)")
_TAGGED = re.compile(r"/questions/tagged/([^/]{1,200})\Z")
_QUESTION = re.compile(r"/(?:questions|q)/([\w.-]{1,60})(?:/.*)?\Z", re.ASCII)
_ANSWER_BELOW = re.compile(r"/questions/[\w.-]{1,60}/[^/]+/(\d{1,18})\Z", re.ASCII)
_ANSWER = re.compile(r"/a/([\w.-]{1,60})(?:/.*)?\Z", re.ASCII)
_PERSON = re.compile(r"/(users|user)/([^/]{1,150})(?:/.*)?\Z")


def stored_paths(path: str) -> list[str]:
    """The forms under which an import may have stored what `path` names, the most exact one first."""
    if len(path) > MAX_PATH or "\x00" in path:
        return []
    path = _LOCALE.sub("", path).rstrip("/")
    if match := _TAGGED.match(path):
        return [path]
    if match := _QUESTION.match(path):
        below = _ANSWER_BELOW.match(path)
        return [*([f"/a/{below[1]}"] if below else []), f"/questions/{match[1]}"]
    if match := _ANSWER.match(path):
        return [f"/a/{match[1]}"]
    if match := _PERSON.match(path):
        return [f"/{match[1]}/{match[2]}"]
    return [path] if path else []


def new_address(path: str, user: User | AnonymousUser) -> str | None:
    """Where the thing at the old `path` is now, None where there is none or this person may not see it."""
    wanted = stored_paths(path)
    found = {row.path: row for row in OldAddress.objects.filter(path__in=wanted).select_related("tag")}
    for stored in wanted:
        if stored in found and (target := _target(found[stored], user)):
            return target.get_absolute_url()
    return None


def _target(row: OldAddress, user: User | AnonymousUser) -> "Thread | Answer | User | Board | None":
    if row.thread_id:
        return Thread.objects.visible_to(user).filter(pk=row.thread_id).first()
    if row.answer_id:
        return Answer.objects.visible_to(user).filter(pk=row.answer_id).first()
    if row.person_id:
        return User.objects.visible_to(user).filter(pk=row.person_id).first()
    if row.board_id:
        return Board.objects.visible_to(user).filter(pk=row.board_id).first()
    return row.tag


class OldAddressMiddleware:
    """Answers 301 in the place of a 404 where the address is one of the old site's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 404 or request.resolver_match is not None or request.method not in ("GET", "HEAD"):
            return response
        address = new_address(request.path_info, request.user)
        if address is None:
            return response
        moved = HttpResponsePermanentRedirect(quote(address, safe="/~%#?=&-._"))
        # The address tells the title: what one person may see must not come to the next from a shared cache.
        patch_vary_headers(moved, ["Cookie"])
        patch_cache_control(moved, private=True, max_age=3600)
        return moved
