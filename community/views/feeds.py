"""Atom feeds of the lists: of all threads, of a board, of a tag, each narrowed by state, kind or a named list."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.context_processors import find_brand
from community.models import Board, Tag
from community.reading import addresses
from community.reading.found import feeds
from community.reading.found.heads import site_root
from community.reading.found.indexing import EVERYBODY
from community.reading.lists import SignInNeeded, board_of, read_filters, tag_of
from community.reading.page_cache import etag_of, has_it


@require_safe
def threads_feed(request: HttpRequest) -> HttpResponse:
    """All threads that everybody may see, narrowed as the address says."""
    return _feed(request, reverse("threads"), _("Questions"))


@require_safe
def board_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """A board's threads. A board that not everybody may see has no feed, whoever asks."""
    found = board_of(EVERYBODY, slug)
    request.page_concerns = (found.pk,)  # type: ignore[attr-defined]
    return _feed(request, addresses.of_word("board", found.slug), found.name, board=found)


@require_safe
def tag_feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The threads that carry a tag."""
    found = tag_of(EVERYBODY, slug)
    return _feed(request, addresses.of_word("tag", found.slug), found.name, tag=found)


def _feed(
    request: HttpRequest, path: str, title: str, *, board: Board | None = None, tag: Tag | None = None
) -> HttpResponse:
    try:
        filters = read_filters(user=EVERYBODY, given=request.GET, board=board, tag=tag)
    except SignInNeeded:
        raise Http404 from None
    own = tuple(name for name, thing in (("board", board), ("tag", tag)) if thing)
    query = filters.query(without=own)
    about: dict[str, Any] = {"root": site_root(request), "language": get_language() or "", "filters": filters}
    about |= {"path": path + query, "feed_path": request.path + query, "title": f"{title} · {find_brand().name}"}
    content = feeds.write_feed(**about)
    response = HttpResponse(content, content_type=feeds.Feed.content_type, headers={"X-Robots-Tag": "noindex"})
    # By content, not by time: what was hidden since has to leave every reader's copy, and it makes no feed younger.
    response["ETag"] = etag_of(content)
    if has_it(request, response["ETag"]):
        return HttpResponse(status=304, headers={"ETag": response["ETag"]})
    return response
