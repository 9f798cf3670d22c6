"""Searching: the page, and threads like another one."""

from dataclasses import replace
from typing import Any

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
from community.models import Board, Thread
from community.permissions import Anyone
from community.reading import figures
from community.reading import search as searching
from community.reading.lists import boards_for, word_of
from community.reading.narrowing import EVERYTHING, Narrowing
from community.reading.suggestions import similar
from community.views.gates import reader_of
from community.views.search_ways import ORDER_WORDS, Search, chips_of, lately_of, orders_of, shorter_of, wider_of

TAGS_SHOWN = 20
#: So many other searches are tried for who found nothing.
MOST_COUNTED = 5


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """What is going wrong? Threads that have these words; without words, what to do."""
    user = reader_of(request)
    boards = boards_for(user)
    form = SearchForm(request.GET, viewer=user, boards=boards)
    words, is_cut = _words_of(request)
    asked = _asked(request, words, form.narrowing())
    found, after = _found(request, user, asked, boards)
    context = {"asked": asked, "words": words, "found": found, "form": form, "most": searching.MOST_FOUND}
    context |= {"chips": chips_of(asked), "notes": _notes(asked, form, is_cut, after), "zone": _zone(user)}
    context |= {"plain_url": replace(asked, narrowing=EVERYTHING).address(), "lately": lately_of(asked)}
    if found.told.is_empty:
        context |= {"solved": figures.solved_lately(user), "tags": figures.popular_tags(user)[:TAGS_SHOWN]}
    else:
        form.tell_counts({name: count for name, count in found.counts.items() if name not in asked.narrowing.words()})
        context |= _rows(found) | _ways_on(asked, found, after or "") | _other_words(asked, found)
    if not (found.count or found.told.is_empty):
        context["wider"] = _wider(user, asked, boards)
    return render(request, "community/search.html", context)


def _words_of(request: HttpRequest) -> tuple[str, bool]:
    """The words, on one line, and whether there were more than are looked for."""
    given = request.GET.get("q", "")
    line = " ".join(given[: MAX_LENGTH * 2].split())
    return line[:MAX_LENGTH].rstrip(), len(line) > MAX_LENGTH or bool(given[MAX_LENGTH * 2 :].strip())


def _asked(request: HttpRequest, words: str, narrowing: Narrowing) -> Search:
    order = request.GET.get("sort", "")
    return Search(
        words=words,
        narrowing=narrowing,
        order=order if order in searching.ORDERS else searching.LIKELY,
        as_typed=bool(words) and request.GET.get("exact") == words,
    )


def _found(
    request: HttpRequest, user: Anyone, asked: Search, boards: list[Board]
) -> tuple[searching.Found, str | None]:
    """A page of results and the cursor it begins after; None for one that is none of ours, and then the first page."""

    def find(after: str) -> searching.Found:
        return searching.find(
            viewer=user,
            words=asked.words,
            narrowing=asked.narrowing,
            order=asked.order,
            as_typed=asked.as_typed,
            after=after,
            boards=boards,
        )

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
    return "" if getattr(user, "time_zone", "") else timezone.get_current_timezone_name()


def _rows(found: searching.Found) -> dict[str, Any]:
    """The rows, those with all the words apart from the others."""
    return {
        "full": [row for row in found.rows if row.is_full],
        "loose": [row for row in found.rows if not row.is_full],
    }


def _ways_on(asked: Search, found: searching.Found, after: str) -> dict[str, Any]:
    """Where the page leads: to more results, back, to other orders, and to asking."""
    return {
        "ask_words": asked.ask_words(),
        "next_url": asked.address(after=found.next_cursor) if found.next_cursor else "",
        "first_url": asked.address() if after else "",
        "orders": orders_of(asked),
        "order_hint": ORDER_WORDS[asked.order][1],
    }


def _other_words(asked: Search, found: searching.Found) -> dict[str, str]:
    """Where other words were searched too: the way to those that were typed alone, and back; and to what is meant."""
    meant = found.told.did_you_mean
    return {
        "typed_url": replace(asked, as_typed=True).address() if found.told.corrected or found.told.also else "",
        "meant_url": replace(asked, words=meant).address() if meant else "",
        "similar_url": replace(asked, as_typed=False).address() if asked.as_typed else "",
    }


def _wider(user: Anyone, asked: Search, boards: list[Board]) -> list[dict[str, Any]]:
    """Searches that ask for less, with the number of their results where that is cheap to know: then none without."""
    fewer = wider_of(asked)
    ways = [*fewer, *shorter_of(asked)][:MOST_COUNTED]
    searches = [(way.words, way.narrowing) for _label, way in ways]
    counts = searching.count_each(viewer=user, searches=searches, boards=boards)
    if counts is None:
        return [{"label": label, "url": way.address(), "count": None} for label, way in fewer]
    told = zip(ways, counts, strict=True)
    found = [{"label": label, "url": way.address(), "count": count} for (label, way), count in told if count]
    if found or not asked.narrowing.words():
        return found
    # Nothing has all the words, wherever one looks: without filters there may be what has some of them.
    everywhere = replace(asked, narrowing=EVERYTHING)
    return [{"label": _("Without any filter"), "url": everywhere.address(), "count": None}]


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
