"""One thread: its pages, its short address, and the permalinks of its answers."""

from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import clock
from community.context_processors import ask_frame, keep_frame
from community.errors import NotThere
from community.models import Answer, Board, Solution, Thread, User
from community.models.threads import SOLVABLE
from community.reading import addresses, heads, indexing, posts, structured, thread_page
from community.reading.rows import badges, state_kind, tag_links
from community.reading.thread_page import May, Opened, Place
from community.views.answer_box import answer_box
from community.views.gates import reader_of

Anyone = User | AnonymousUser

#: After so long a solution may be for another time: "me too" is offered a new question linked to this one.
LATE = timedelta(days=180)
SORT_WORDS = {
    "solution": gettext_lazy("Solution"),
    "helpful": gettext_lazy("Helpful"),
    "oldest": gettext_lazy("Oldest"),
    "newest": gettext_lazy("Newest"),
}


@never_cache
@require_safe
def thread_short(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The address without words, for mails and chats. The words may change, so nobody should keep the answer."""
    thread = Thread.objects.visible_to(reader_of(request)).only("id", "title").filter(pk=thread_id).first()
    if thread is None:
        raise NotThere(_("There is no such question."))
    return redirect(_with_query(thread.get_absolute_url(), request), permanent=True)


@never_cache
@require_safe
def answer(request: HttpRequest, thread_id: int, position: int) -> HttpResponse:
    """An answer's permalink: the page it stands on, at its place."""
    thread = Thread.objects.visible_to(reader_of(request)).only("id", "title").filter(pk=thread_id).first()
    found = (
        Answer.objects.of_seen_thread(thread, reader_of(request)).filter(position=position).first() if thread else None
    )
    if thread is None or found is None:
        raise NotThere(_("There is no such answer."))
    pinned = Solution.objects.filter(answer=found, withdrawn_at__isnull=True).exists()
    page = 1 if pinned else thread_page.page_of_position(position)
    return redirect(f"{thread.get_absolute_url()}{Place().query(page)}#a{position}")


@require_safe
def thread(request: HttpRequest, thread_id: int, slug: str) -> HttpResponse:
    """A page of a thread. A wrong or old slug leads to the right address."""
    user, place = reader_of(request), thread_page.read_place(request.GET)
    opened = thread_page.open_page(user, thread_id, place, also=ask_frame(user))
    found = opened.thread
    address = addresses.thread_address(found.pk, found.title)
    if request.path != address:
        response = redirect(_with_query(address, request), permanent=True)
        response["Cache-Control"] = "no-cache"
        return response
    keep_frame(request, opened.also)
    request.page_concerns = (found.pk, found.board_id)  # type: ignore[attr-defined]
    context = page_context(user, opened, place)
    context["head"] = _head(request, user, opened, place)
    if isinstance(user, User) and context["may"]["answer"]:
        context["answer_box"] = answer_box(request, user, found)
    return render(request, "community/thread_detail.html", context)


def _head(request: HttpRequest, user: Anyone, opened: Opened, place: Place) -> heads.Head:
    """What the page tells search engines: one address for each page whatever its order, and its words as data.

    The data is for visitors only, because no search engine ever signs in.
    """
    found, now = opened.thread, clock.now()
    request.holds_until = indexing.until_when(found, now)  # type: ignore[attr-defined]
    address, at = addresses.thread_address(found.pk, found.title), Place(page=place.page)
    last = 1 if place.sort == thread_page.HELPFUL else thread_page.page_count(found)
    is_seen = not isinstance(user, User) and indexing.is_seen_by_everybody(found)
    return heads.Head(
        path=address + at.query(at.page),
        title=found.title,
        description=heads.description_of(found.body_html, f"{found.title} · {found.board.name}"),
        indexed=indexing.is_indexable(found, now),
        kind="article",
        language=found.language,
        previous=address + at.query(at.page - 1) if at.page > 1 else "",
        next=address + at.query(at.page + 1) if at.page < last else "",
        data=structured.thread_data(heads.site_root(request), opened, place) if is_seen else "",
    )


def _with_query(address: str, request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return f"{address}?{query}" if query else address


def page_context(user: Anyone, opened: Opened, place: Place) -> dict[str, Any]:
    """Everything the template shows of one page of a thread."""
    thread, solved = opened.thread, opened.solved
    solution = solved.solution if solved else None
    pinned = solved.said if solved and place.sort == "solution" and place.is_first else None
    on_page = {said.answer.pk: said for said in (*opened.answers, *([pinned] if pinned else []))}
    may = thread_page.what_may(user, thread, solution)
    files, mine = thread_page.read_around(user, thread, list(on_page))
    ways = _ways(thread, place, opened.next_after)
    reading = posts.Reading(user, thread, may=may, mine=mine, solution=solution, sign_in_url=ways["sign_in_url"])
    made = {pk: reading.answer(said.answer, said.author, files.get(pk, ())) for pk, said in on_page.items()}
    return {
        **_about(user, thread, may),
        "tags": tag_links(opened.tags),
        **ways,
        "question": reading.question(files.get(None, ())),
        "answers": [made[said.answer.pk] for said in opened.answers],
        "pinned": made[pinned.answer.pk] if pinned else None,
        "solution": posts.solution_line(solution) if solution else None,
        "accept_solution_url": addresses.of_id("accept_answer", solved.said.answer.pk) if solved else "",
        "solution_url": addresses.of_id("answer", thread.pk, solved.said.answer.position) if solved else "",
        "may": vars(may),
        "mine": vars(mine),
    }


def _about(user: Anyone, thread: Thread, may: May) -> dict[str, Any]:
    """The head of the page: where the thread stands, and the verbs on the thread as a whole."""
    late = may.join and thread.solved_at is not None and clock.now() - thread.solved_at > LATE
    solvable = thread.kind in SOLVABLE
    marks = {
        "outdated": thread.outdated_at,
        "escalated": thread.escalated_at,
        "locked": thread.locked_at,
        "hidden": thread.hidden_at,
    }
    kinds = [state_kind(thread.state, thread.kind), *([thread.kind] if solvable else [])]
    kinds += [mark for mark, moment in marks.items() if moment is not None]
    return {
        "thread": vars(thread),
        "board": {"name": thread.board.name, "url": addresses.of_word("board", thread.board.slug)},
        "badges": badges(tuple(kinds), get_language() or ""),
        "solvable": solvable,
        "urls": _verbs(thread.pk) if may.member else {},
        "late": late,
        "ask_linked_url": f"{reverse('ask')}?linked_from={thread.pk}" if late else "",
        "boards_to_move_to": Board.objects.visible_to(user).exclude(pk=thread.board_id) if may.moderate else (),
    }


def _verbs(pk: int) -> dict[str, str]:
    """The addresses of what can be done to the thread as a whole."""
    verbs = ("join", "leave", "hide", "restore", "lock", "unlock", "close", "reopen", "move")
    return {verb: addresses.of_id(f"{verb}_thread", pk) for verb in verbs} | {
        "withdraw": addresses.of_id("withdraw_solution", pk),
        "outdated": addresses.of_id("report_outdated", pk),
        "request_info": addresses.of_id("request_info", pk),
    }


def _ways(thread: Thread, place: Place, next_after: str) -> dict[str, Any]:
    """Other pages and other orders of the same thread."""
    address = addresses.thread_address(thread.pk, thread.title)
    query = Place(sort=place.sort).query()
    return {
        "address": address,
        "is_first": place.is_first,
        "sort": place.sort,
        "sorts": _sorts(address, place.sort, get_language() or ""),
        "page": place.page,
        "last_page": 1 if place.sort == thread_page.HELPFUL else thread_page.page_count(thread),
        "page_prefix": f"{query}&page=" if query else "?page=",
        "first_page_url": f"{address}{query}",
        "more_url": f"?sort=helpful&after={next_after}#answers" if next_after else "",
        "sign_in_url": f"{reverse('account_login')}?{urlencode({'next': address})}",
    }


@lru_cache(maxsize=4096)
def _sorts(address: str, chosen: str, _language: str) -> SafeString:
    """Links to the same answers in other orders."""
    return format_html_join(
        "",
        '<a href="{}#answers" rel="nofollow"{}>{}</a>',
        (
            (Place(sort=sort).query() or address, mark_safe(' aria-current="true"') if sort == chosen else "", label)
            for sort, label in SORT_WORDS.items()
        ),
    )
