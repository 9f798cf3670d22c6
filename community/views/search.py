"""Searching: the page, and threads like another one."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from community.content.queries import MAX_LENGTH, says_nothing
from community.content.text import key
from community.errors import Refused
from community.forms.search import SearchForm
from community.models import Thread
from community.permissions import Anyone
from community.reading import figures
from community.reading import search as searching
from community.reading.lists import boards_for, word_of
from community.reading.narrowing import EVERYTHING
from community.reading.suggestions import similar
from community.views.gates import reader_of
from community.views.search_ways import ORDER_WORDS, Search, chips_of, lately_of, orders_of, wider_of

TAGS_SHOWN = 20


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What is going wrong? Threads that have these words; without words, what to do."""
    user = reader_of(request)
    form = SearchForm(request.GET, viewer=user, boards=boards_for(user))
    words, is_cut = _words_of(request)
    order = request.GET.get("sort", "")
    asked = Search(words, form.narrowing(), order if order in searching.ORDERS else searching.LIKELY)
    found, after = _found(user, asked, request)
    context = {"asked": asked, "words": words, "found": found, "form": form, "most": searching.MOST_FOUND}
    context |= {"chips": chips_of(asked), "notes": _notes(asked, form, is_cut, after), "zone": _zone(user)}
    context |= {"plain_url": replace(asked, narrowing=EVERYTHING).address(), "lately": lately_of(asked)}
    if found.is_empty_query:
        context |= {"solved": figures.solved_lately(user), "tags": figures.popular_tags(user)[:TAGS_SHOWN]}
    else:
        form.tell_counts({name: count for name, count in found.counts.items() if name not in asked.narrowing.words()})
        context |= _rows(found) | _ways_on(asked, found, after or "")
    return render(request, "community/search.html", context)


def _words_of(request: HttpRequest) -> tuple[str, bool]:
    """The words, on one line, and whether there were more than are looked for."""
    given = request.GET.get("q", "")
    line = " ".join(given[: MAX_LENGTH * 2].split())
    return line[:MAX_LENGTH].rstrip(), len(line) > MAX_LENGTH or bool(given[MAX_LENGTH * 2 :].strip())


def _found(user: Anyone, asked: Search, request: HttpRequest) -> tuple[searching.Found, str | None]:
    """A page of results and the cursor it begins after; None for one that is none of ours, and then the first page."""

    def find(after: str) -> searching.Found:
        return searching.find(viewer=user, words=asked.words, narrowing=asked.narrowing, order=asked.order, after=after)

    try:
        after = word_of(request.GET, "after")
        return find(after), after
    except Refused:
        return find(""), None


def _notes(asked: Search, form: SearchForm, is_cut: bool, after: str | None) -> list[str]:
    """What one should know about how this was searched, each with what to do about it."""
    notes = []
    if is_cut:
        told = _("Only the first %(count)d characters were searched. A few words find more than many.")
        notes.append(told % {"count": MAX_LENGTH})
    if form.errors:
        notes.append(_("A filter could not be understood and was left out: see “Filters”."))
    if after is None:
        notes.append(_("The address named a place in the results that there is not. This is their beginning."))
    if says_nothing(key(asked.words)):
        notes.append(_("These words stand in almost every question. Add what it is about: a product or a message."))
    return notes


def _zone(user: Anyone) -> str:
    """The time zone of the days, where the reader did not choose it."""
    return "" if getattr(user, "time_zone", "") else timezone.get_current_timezone_name() or settings.TIME_ZONE


def _rows(found: searching.Found) -> dict[str, Any]:
    """The rows, those with all the words apart from the others."""
    return {
        "full": [row for row in found.rows if row.is_full],
        "loose": [row for row in found.rows if not row.is_full],
    }


def _ways_on(asked: Search, found: searching.Found, after: str) -> dict[str, Any]:
    """Where the page leads: to more results, back, to other orders, to wider searches, and to asking."""
    return {
        "ask_words": asked.ask_words(),
        "next_url": asked.address(after=found.next_cursor) if found.next_cursor else "",
        "first_url": asked.address() if after else "",
        "orders": orders_of(asked),
        "order_hint": ORDER_WORDS[asked.order][1],
        "wider": [{"label": label, "url": each.address(), "count": None} for label, each in wider_of(asked)],
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
    alike = similar(thread=thread, viewer=user)
    is_part = request.GET.get("part") == "list"
    if is_part and not alike:
        return HttpResponse(status=204)
    template = "community/similar_list.html" if is_part else "community/similar.html"
    return render(request, template, {"thread": thread, "alike": alike})
