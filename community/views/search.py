"""Searching: the page, and threads like another one."""

from dataclasses import replace
from typing import Any, TypedDict
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from community.content.queries import MAX_LENGTH
from community.models import Board, Thread
from community.reading import figures
from community.reading import search as searching
from community.reading.lists import Filters, boards_for, read_filters, word_of
from community.reading.rows import thread_rows
from community.views.gates import reader_of

#: What the search page narrows by. Lists about oneself are not among it.
NARROWING = ("board", "tag", "kind", "state")
TAGS_SHOWN = 20
STATES = ("solved", "responded", "new", "needs_info", "needs_attention", "closed")


class Link(TypedDict):
    """A way to change what is searched for."""

    label: str | Promise
    url: str
    current: bool


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What is going wrong? Threads that have these words; without words, what to do."""
    user = reader_of(request)
    words = " ".join(request.GET.get("q", "")[: MAX_LENGTH * 2].split())[:MAX_LENGTH]
    filters = read_filters(user=user, given={name: request.GET[name] for name in NARROWING if name in request.GET})
    after = word_of(request.GET, "after")
    found = searching.find(viewer=user, words=words, filters=filters, after=after)
    context: dict[str, Any] = {"words": words, "found": found, "most": searching.MOST_FOUND}
    if found.is_empty_query:
        context |= {"solved": figures.solved_lately(user), "tags": figures.popular_tags(user)[:TAGS_SHOWN]}
    else:
        context |= _rows(found)
        context |= {"chips": _chips(words, filters), "narrower": _narrower(words, filters, boards_for(user))}
        context |= _ways_on(words, filters, after=after, next_cursor=found.next_cursor)
    return render(request, "community/search.html", context)


def _rows(found: searching.Found) -> dict[str, Any]:
    """The rows, those with all the words apart from the others."""
    rows = thread_rows(hit.cell for hit in found.rows)
    hits = [(hit.is_full, {**row, "hit": hit}) for row, hit in zip(rows, found.rows, strict=True)]
    return {"full": [row for is_full, row in hits if is_full], "loose": [row for is_full, row in hits if not is_full]}


def _ways_on(words: str, filters: Filters, *, after: str, next_cursor: str) -> dict[str, str]:
    """Where the page leads: to more results, back, to everything, and to asking with the words kept."""
    return {
        "ask_words": urlencode({"title": words[:200], **({"board": filters.board.slug} if filters.board else {})}),
        "next_url": _address(words, filters, after=next_cursor) if next_cursor else "",
        "first_url": _address(words, filters) if after else "",
        "all_url": _address(words, Filters()) if filters != Filters() else "",
    }


def _address(words: str, filters: Filters, *, after: str = "") -> str:
    """The search for these words, narrowed so."""
    return "?" + urlencode({"q": words, **filters.words(), **({"after": after} if after else {})})


def _chips(words: str, filters: Filters) -> list[Link]:
    """What narrows the search, each with the address that takes it away."""
    chosen: list[tuple[str | Promise, Filters]] = []
    if filters.board:
        chosen.append((filters.board.name, replace(filters, board=None)))
    if filters.tag:
        chosen.append((filters.tag.name, replace(filters, tag=None)))
    if filters.kind:
        chosen.append((Thread.Kind(filters.kind).label, replace(filters, kind="")))
    if filters.state:
        chosen.append((Thread.State(filters.state).label, replace(filters, state="")))
    return [Link(label=label, url=_address(words, without), current=True) for label, without in chosen]


def _narrower(words: str, filters: Filters, boards: list[Board]) -> dict[str, list[Link]]:
    """Ways to narrow the search further."""

    def link(label: str | Promise, **change: Any) -> Link:
        to = replace(filters, **change)
        return Link(label=label, url=_address(words, to), current=to == filters)

    return {
        "states": [link(Thread.State(state).label, state=state) for state in STATES],
        "kinds": [link(label, kind=kind) for kind, label in Thread.Kind.choices],
        "boards": [link(each.name, board=each) for each in boards],
    }


@vary_on_headers("Cookie", "Accept-Language")
@cache_control(private=True, max_age=60)
@require_safe
def similar_threads(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Threads like this one: a page, or with ?part=list what stands beside the thread (204 where there is none).

    The thread's own page is kept for visitors and must not tell of others: they are asked for when they are shown.
    """
    user = reader_of(request)
    thread = get_object_or_404(Thread.objects.visible_to(user), pk=thread_id)
    alike = searching.similar(thread=thread, viewer=user)
    is_part = request.GET.get("part") == "list"
    if is_part and not alike:
        return HttpResponse(status=204)
    template = "community/similar_list.html" if is_part else "community/similar.html"
    return render(request, template, {"thread": thread, "alike": alike})
