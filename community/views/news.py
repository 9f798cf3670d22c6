"""What open pages ask by themselves: what is new in a thread, and how much in the inbox is unread.

Both answer 304 as long as nothing has changed; nothing is rendered for that, and nothing written ever.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community import permissions
from community.context_processors import ask_unread, unread_of
from community.errors import NotAllowed
from community.reading import addresses, news, posts, thread_page
from community.reading.news import News, Shown
from community.reading.page_cache import has_it
from community.reading.prepared import run
from community.reading.standing import sentence_of
from community.views.gates import reader_of, slow_down
from community.views.threads import badges_of, how_many, make_posts


@require_safe
def thread_news(request: HttpRequest, thread_id: int) -> HttpResponse:
    """304, or a fragment of what changed since the page was rendered; for members with the inbox's badge."""
    user, shown = reader_of(request), news.read_shown(request.GET)
    if (late := slow_down(request, "news")) is not None:
        return late
    now = news.look(user, thread_id, shown, also=ask_unread(user))
    unread = unread_of(user, now.also)
    etag = now.etag(user, unread)
    if has_it(request, etag):
        return _sent(HttpResponse(status=304), etag)
    context = _context(user, thread_id, shown, now) | {"unread_count": unread}
    return _sent(render(request, "community/thread_news.html", context), etag)


@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """The badge of the inbox as it is now."""
    user = reader_of(request)
    if not permissions.is_member(user):
        raise NotAllowed(_("Sign in to read your inbox."))
    if (late := slow_down(request, "news")) is not None:
        return late
    count = unread_of(user, [run(each) for each in ask_unread(user)])
    etag = f'"{user.pk}-{get_language()}-{count}"'
    if has_it(request, etag):
        return _sent(HttpResponse(status=304), etag)
    return _sent(render(request, "ui/unread.html", {"unread": count}), etag)


def _sent(response: HttpResponse, etag: str) -> HttpResponse:
    """It may be kept by the one who asked, and is asked for every time."""
    response["ETag"], response["Cache-Control"] = etag, "private, no-cache"
    if response.status_code == 304:
        del response["Content-Type"]
    return response


def _context(user: permissions.Anyone, thread_id: int, shown: Shown, now: News) -> dict[str, Any]:
    """What the fragment shows: new answers as the page would, where the thread stands, which posts are still there."""
    opened = thread_page.open_since(user, thread_id, shown.since)
    thread, new = opened.thread, opened.answers
    made = make_posts(user, opened, new if shown.tail else ())
    first = new[0].answer.position if new else 0
    return {
        "thread": vars(thread),
        "new_count": len(new),
        "answers": posts.in_runs(made.answers[said.answer.pk] for said in new) if shown.tail else [],
        "how_many": how_many(thread),
        "since": new[-1].answer.position if new else max(shown.since, thread.last_position),
        "seen": now.seen_word,
        "first_url": addresses.of_id("answer", thread.pk, first) if new and not shown.tail else "",
        "is_paged": thread_page.page_count(thread) > 1,
        "badges": badges_of(thread),
        "standing": sentence_of(thread, opened.solved),
        "sort": "oldest",  # in place: nothing on the page points to where a solution is pinned
        "may": vars(made.may),
        **made.solution,
    }
