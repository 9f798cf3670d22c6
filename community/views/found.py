"""What search engines ask for by name: robots.txt and the sitemap."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse
from django.views.decorators.http import require_safe

from community import clock
from community.reading.found import sitemaps
from community.reading.found.heads import site_root

#: Verbs, and pages of nobody's business: nothing there could ever be found. Pages that say "noindex" themselves are not
#: named, because a search engine that may not read a page does not learn that it should forget it.
ROBOTS = """User-agent: *
Allow: {0}threads/feed/
Allow: {0}threads/*/answers/
Disallow: {0}threads/*/
Disallow: {0}answers/
Disallow: {0}preview/
Disallow: {0}private-data/look/
Disallow: {0}staff/
Disallow: {0}purges/
Disallow: {0}drafts/
Disallow: {0}attachments/add/
Disallow: {0}inbox/
Disallow: {0}incoming/
Disallow: {0}watches/
Disallow: {0}waiting/
Disallow: {0}settings/notices/switch/
Disallow: {0}settings/notices/reply-addresses/
Disallow: {0}mail-lists/
Disallow: {0}settings/data/
Disallow: {0}settings/mail/
Disallow: {0}people/*/claim/
Disallow: {0}desk/
Disallow: {0}suggestions/
Disallow: {0}forms/
Disallow: {0}known-issues/*/join/
Disallow: {0}known-issues/*/leave/
Disallow: {0}known-issues/*/unlink/
Disallow: {0}known-issues/*/tell/
Disallow: {0}known-issues/*/withdraw/
Disallow: {0}moderation/pairs/
Disallow: {0}decisions/
Disallow: {0}moderation/reviews/
Disallow: {0}moderation/moves/
Disallow: {0}moderation/bulk/
Disallow: {0}people/*/ban/
Disallow: {0}moderation/brake/
Disallow: {0}desk/
Disallow: {0}my/
Disallow: {0}rating/
Disallow: {0}reading/
Disallow: {0}outbox/*/reply/
Disallow: {0}demo/

Sitemap: {1}
"""


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Where robots need not go, and where the sitemap is."""
    text = ROBOTS.format(get_script_prefix(), site_root(request) + reverse("sitemap"))
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The index of all chunks."""
    return _xml(sitemaps.write(site_root(request), sitemaps.index(clock.now()), is_index=True))


@require_safe
def sitemap_places(request: HttpRequest) -> HttpResponse:
    """The start page, the lists and the boards."""
    return _xml(sitemaps.write(site_root(request), sitemaps.places()))


@require_safe
def sitemap_threads(request: HttpRequest, chunk: int) -> HttpResponse:
    """The threads of one range of ids; 404 where there is none."""
    return _chunk(request, sitemaps.threads_of(chunk, clock.now()))


@require_safe
def sitemap_tags(request: HttpRequest, chunk: int) -> HttpResponse:
    """The tags of one range of ids; 404 where there is none."""
    return _chunk(request, sitemaps.tags_of(chunk))


def _chunk(request: HttpRequest, found: list[sitemaps.Place]) -> HttpResponse:
    if not found:
        raise Http404
    return _xml(sitemaps.write(site_root(request), found))


def _xml(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="application/xml; charset=utf-8")
