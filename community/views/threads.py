"""One thread: its pages, its short address, and the permalinks of its answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import clock, permissions
from community.context_processors import ask_frame, keep_frame, unread_of
from community.errors import Gone, NotThere
from community.models import Answer, Board, Hiding, Solution, Thread, User
from community.reading import addresses, duplicates, moved, news, posts, private_notes, thread_page
from community.reading.found import heads, indexing, structured
from community.reading.helping import who_helps
from community.reading.people_helped import people_helped
from community.reading.regrouping import Move, moves_in
from community.reading.rows import badges, state_kind, tag_links
from community.reading.standing import sentence_of
from community.reading.thread_page import May, Mine, Opened, Place, Said
from community.views.answer_box import answer_box, ask_draft_of_answer
from community.views.gates import reader_of
from community.views.known_issues import issue_notice

Anyone = User | AnonymousUser

#: After so long a solution may be for another time: "me too" is offered a new question linked to this one.
LATE = timedelta(days=180)
SORT_WORDS = {
    "solution": gettext_lazy("Solution first"),
    "helpful": gettext_lazy("Most helpful"),
    "oldest": gettext_lazy("Oldest"),
    "newest": gettext_lazy("Newest"),
}


@never_cache
@require_safe
def thread_short(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The address without words, for mails and chats. The words may change, so nobody should keep the answer."""
    thread = Thread.objects.visible_to(reader_of(request)).only("id", "title").filter(pk=thread_id).first()
    if thread is None:
        return _what_it_was(reader_of(request), thread_id)
    return redirect(_with_query(thread.get_absolute_url(), request), permanent=True)


@never_cache
@require_safe
def answer(request: HttpRequest, thread_id: int, position: int) -> HttpResponse:
    """An answer's permalink: the page it stands on, at its place."""
    reader = reader_of(request)
    thread = Thread.objects.visible_to(reader).only("id", "title", "merged_into", "asker").filter(pk=thread_id).first()
    found = Answer.objects.of_seen_thread(thread, reader).filter(position=position).first() if thread else None
    if thread is None or found is None:
        return _where_it_moved(reader, thread_id, position)
    if thread.merged_into_id is not None:
        stays = f"{thread.get_absolute_url()}?{duplicates.WORD}={duplicates.STAY}"
        return redirect(
            duplicates.leads_to(reader, thread, {duplicates.WORD: duplicates.STAY})
            or f"{stays}&page={thread_page.page_of_position(position)}#a{position}"
        )
    pinned = Solution.objects.filter(answer=found, withdrawn_at__isnull=True).exists()
    page = 1 if pinned else thread_page.page_of_position(position)
    return redirect(f"{thread.get_absolute_url()}{Place().query(page)}#a{position}")


def _what_it_was(reader: Anyone, thread_id: int) -> HttpResponse:
    """To the answer that a question is again, its split being taken back; Gone for one that was destroyed.

    NotThere for every other one.
    """
    was = moved.question_was(thread_id, reader)
    if was is None:
        purged = Thread.objects.filter(pk=thread_id, hidden_for=Hiding.PURGED)
        if purged.filter(board__in=Board.objects.visible_to(reader).order_by().values("pk")).exists():
            raise Gone(_("This question was removed for good."))
        raise NotThere(_("There is no such question."))
    return redirect(was.get_absolute_url())


def _where_it_moved(reader: Anyone, thread_id: int, position: int) -> HttpResponse:
    """To where this answer stands by now; NotThere for one that did not move, or where the reader may not follow."""
    row = Answer.objects.filter(thread_id=thread_id, position=position, hidden_for=Hiding.MOVED).first()
    stands = moved.stands_now(row, reader) if row else None
    if stands is None:
        raise NotThere(_("There is no such answer."))
    return redirect(stands.get_absolute_url())


@require_safe
def thread(request: HttpRequest, thread_id: int, slug: str) -> HttpResponse:
    """A page of a thread. A wrong or old slug leads to the right address."""
    user, place = reader_of(request), thread_page.read_place(request.GET)
    draft = ask_draft_of_answer(user, thread_id)
    try:
        opened = thread_page.open_page(user, thread_id, place, also=[*draft, *ask_frame(user)])
    except NotThere:
        return _never_kept(_what_it_was(user, thread_id))
    found = opened.thread
    address = addresses.thread_address(found.pk, found.title)
    if request.path != address:
        return _never_kept(redirect(_with_query(address, request), permanent=True))
    if leads := duplicates.leads_to(user, found, request.GET):
        return _never_kept(redirect(leads))
    keep_frame(request, opened.also[len(draft) :])
    request.page_concerns = (found.pk, found.board_id)  # type: ignore[attr-defined]
    context = page_context(user, opened, place)
    context["issue_notice"] = issue_notice(opened.known)
    context["head"] = _head(request, user, opened, place)
    if isinstance(user, User) and context["may"]["answer"]:
        token = context["csrf_token"] = get_token(request)  # one for all forms: each call makes another
        context["answer_box"] = answer_box(request, user, found, token=token, has_draft=bool(opened.also[0]))
    if (told := duplicates.told_on(user, found, request.GET)) is not None:
        context["merge_notice"] = _merge_notice(told, found)
    if isinstance(user, User) and context["mine"]["noted"]:
        context["private_notes"] = _private_notes(request, user, found, context)
    if moves := moves_in(opened.splits, found.pk):
        context["move_notes"] = _move_notes(moves, context["may"]["moderate"])
    response = render(request, "site/thread_detail.html", context)
    if "private_notes" in context:
        response["Cache-Control"] = "private, no-store"
    return _never_kept(response) if found.merged_into_id is not None else response


def _never_kept(response: HttpResponse) -> HttpResponse:
    """A slug may change; and where a duplicate leads depends on the reader and on the original."""
    response["Cache-Control"] = "private, no-cache"
    return response


def _merge_notice(told: duplicates.Told, thread: Thread) -> SafeString:
    context = {"told": told, "undo_url": addresses.of_id("unmark_duplicate", thread.pk)}
    return mark_safe(render_to_string("community/merge_notice.html", context))  # noqa: S308 - a template's own output


def _private_notes(request: HttpRequest, user: User, thread: Thread, page: dict[str, Any]) -> SafeString:
    """What was told to staff alone, for its writer and for them."""
    notes = private_notes.notes_beside(user, thread, page["mine"]["noted"])
    context = {"notes": notes, "is_staff": permissions.is_staff(user), "address": page["address"]}
    words = render_to_string("community/private/beside.html", context, request) if notes else ""
    return mark_safe(words)  # noqa: S308 - a template's own output


def _move_notes(moves: list[Move], may_undo: bool) -> SafeString:
    """Which answers have left this question or come to it. Without titles: the page may be kept for visitors."""
    notes = [
        {
            "has_left": move.has_left,
            "url": addresses.of_id("thread_short", move.other_id),
            "undo_url": addresses.of_id("undo_move", move.id) if may_undo else "",
        }
        for move in moves
    ]
    return mark_safe(render_to_string("community/move_notes.html", {"notes": notes}))  # noqa: S308 - a template's own


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


@dataclass(frozen=True)
class Made:
    """Posts ready to be shown, and what the reader may do around them."""

    may: May
    mine: Mine
    question: posts.Post
    answers: dict[int, posts.Post]  # by the answer's id
    solution: dict[str, Any]


def make_posts(user: Anyone, opened: Opened, shown: Iterable[Said]) -> Made:
    """The question and these answers as this reader sees them: for a page, and for what arrives on it later."""
    thread, solved = opened.thread, opened.solved
    solution = solved.solution if solved else None
    on_page = {said.answer.pk: said for said in shown}
    files, mine, level = thread_page.read_around(user, thread, list(on_page))
    may = thread_page.what_may(user, thread, solution, level=level)
    reading = posts.Reading(
        user,
        thread,
        may=may,
        mine=mine,
        solution=solution,
        sign_in_url=_sign_in_url(thread),
        helped=_own_helped(user, on_page.values(), solution),
        asked_about=_asked_about(user, may, mine, on_page.values()),
        mails=mine.mails,
    )
    return Made(
        may=may,
        mine=mine,
        question=reading.question(files.get(None, ())),
        answers={pk: reading.answer(said.answer, said.author, files.get(pk, ())) for pk, said in on_page.items()},
        solution=_solution_context(thread, opened),
    )


def _asked_about(user: Anyone, may: May, mine: Mine, shown: Iterable[Said]) -> int | None:
    """The newest answer by somebody else here, if the asker has not said yet whether it solved it."""
    if not may.say_not_yet:
        return None
    others = [said.answer for said in shown if said.answer.author_id != user.pk and said.answer.hidden_at is None]
    newest = max(others, key=lambda each: each.position, default=None)
    return newest.pk if newest is not None and newest.pk not in mine.not_yet else None


def _own_helped(user: Anyone, shown: Iterable[Said], solution: Solution | None) -> dict[int, int]:
    """How many people the reader's own answers have helped; asked for only where it is anybody at all."""
    own = [said.answer for said in shown if said.answer.author_id == user.pk]
    solving = solution.answer_id if solution else None
    thanked = [answer.pk for answer in own if answer.helped_count or answer.pk == solving]
    return people_helped(thanked) if thanked else {}


def _solution_context(thread: Thread, opened: Opened) -> dict[str, Any]:
    if opened.solved is None:
        return {"solution": None, "accept_solution_url": "", "solution_url": ""}
    solution, said = opened.solved
    return {
        "solution": posts.solution_line(solution),
        "accept_solution_url": addresses.of_id("accept_answer", said.answer.pk),
        "solution_url": addresses.of_id("answer", thread.pk, said.answer.position),
    }


def page_context(user: Anyone, opened: Opened, place: Place) -> dict[str, Any]:
    """Everything the template shows of one page of a thread."""
    thread, solved = opened.thread, opened.solved
    pinned = solved.said if solved and place.sort == "solution" and place.is_first else None
    made = make_posts(user, opened, (*opened.answers, *([pinned] if pinned else [])))
    return {
        **_about(user, thread, made.may, opened.tags),
        **made.solution,
        "tags": tag_links(opened.tags),
        **_ways(thread, place, opened.next_after),
        "question": made.question,
        "answers": posts.in_runs(made.answers[said.answer.pk] for said in opened.answers),
        "how_many": how_many(thread),
        "pinned": made.answers[pinned.answer.pk] if pinned else None,
        "may": vars(made.may),
        "mine": vars(made.mine),
        "standing": sentence_of(thread, solved),
        "helping": who_helps(thread, opened.answers, solved),
        "live": _live(user, opened, place),
    }


def _live(user: Anyone, opened: Opened, place: Place) -> dict[str, str]:
    """What the page keeps to ask what is new."""
    shown = news.shown_on(opened.thread, place)
    now, unread = news.as_opened(opened, shown), unread_of(user, opened.also)
    return {"url": news.address_of(opened.thread, shown), "seen": now.seen_word, "etag": now.etag(user, unread)}


def how_many(thread: Thread) -> str:
    """What stands over the answers."""
    count = thread.answer_count
    if not count:
        return _("No answers yet")
    return ngettext("%(counter)s answer", "%(counter)s answers", count) % {"counter": count}


def badges_of(thread: Thread) -> SafeString:
    """State, kind, and what else is to be said of a thread, as badges."""
    marks = {
        "outdated": thread.outdated_at,
        "escalated": thread.escalated_at,
        "locked": thread.locked_at,
        "hidden": thread.hidden_at,
        "duplicate": thread.merged_into_id,
    }
    kinds = [state_kind(thread.state, thread.kind), *([thread.kind] if thread.is_solvable else [])]
    kinds += [mark for mark, fact in marks.items() if fact is not None]
    return badges(tuple(kinds), get_language() or "")


def _about(user: Anyone, thread: Thread, may: May, tags: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The head of the page: where the thread stands, and the verbs on the thread as a whole."""
    late = may.join and thread.solved_at is not None and clock.now() - thread.solved_at > LATE
    return {
        "thread": vars(thread),
        "board": {"name": thread.board.name, "url": addresses.of_word("board", thread.board.slug)},
        "staff_url": f"{addresses.of_id('contact')}?board={thread.board.slug}",
        "badges": badges_of(thread),
        "solvable": thread.is_solvable,
        "urls": _verbs(thread.pk) if may.member else {},
        "late": late,
        "similar_url": addresses.of_id("similar_threads", thread.pk),
        "ask_linked_url": f"{reverse('ask')}?linked_from={thread.pk}" if late else "",
        "similar_posts_url": f"{addresses.of_id('bulk_hide')}?like=t{thread.pk}" if may.moderate else "",
        "tag_words": ", ".join(name for name, _slug in tags) if may.moderate or may.retag else "",
        "boards_to_move_to": Board.objects.visible_to(user).exclude(pk=thread.board_id) if may.moderate else (),
    }


def _verbs(pk: int) -> dict[str, str]:
    """The addresses of what can be done to the thread as a whole."""
    verbs = ("join", "leave", "hide", "restore", "lock", "unlock", "close", "reopen", "move", "retag", "merge", "split")
    return {verb: addresses.of_id(f"{verb}_thread", pk) for verb in verbs} | {
        "withdraw": addresses.of_id("withdraw_solution", pk),
        "outdated": addresses.of_id("report_outdated", pk),
        "request_info": addresses.of_id("request_info", pk),
        "duplicate": addresses.of_id("mark_duplicate", pk),
        "propose": addresses.of_id("propose_duplicate", pk),
        "no_duplicate": addresses.of_id("unmark_duplicate", pk),
    }


def _ways(thread: Thread, place: Place, next_after: str) -> dict[str, Any]:
    """Other pages and other orders of the same thread."""
    address = addresses.thread_address(thread.pk, thread.title)
    query = Place(sort=place.sort).query()
    return {
        "address": address,
        "is_first": place.is_first,
        "sort": place.sort,
        "sorts": _sorts(address, place.sort, thread.solved_at is not None, get_language() or ""),
        "page": place.page,
        "last_page": 1 if place.sort == thread_page.HELPFUL else thread_page.page_count(thread),
        "page_prefix": f"{query}&page=" if query else "?page=",
        "first_page_url": f"{address}{query}",
        "more_url": f"?sort=helpful&after={next_after}#answers" if next_after else "",
        "sign_in_url": _sign_in_url(thread),
    }


def _sign_in_url(thread: Thread) -> str:
    """To the sign-in page, and back to this thread."""
    back = urlencode({"next": addresses.thread_address(thread.pk, thread.title)})
    return f"{reverse('account_login')}?{back}"


@lru_cache(maxsize=4096)
def _sorts(address: str, chosen: str, is_solved: bool, _language: str) -> SafeString:
    """Links to the same answers in other orders. Without a solution the page as it opens is the oldest first."""
    shown = [sort for sort in SORT_WORDS if is_solved or sort != "solution"]
    opens = shown[0] if is_solved else "oldest"
    current = opens if chosen == "solution" else chosen
    links = format_html_join(
        "",
        '<a href="{}#answers" rel="nofollow"{}>{}</a>',
        (
            (
                address if sort == opens else Place(sort=sort).query(),
                mark_safe(' aria-current="true"') if sort == current else "",
                SORT_WORDS[sort],
            )
            for sort in shown
        ),
    )
    return format_html('<nav class="sorts" aria-label="{}">{}</nav>', _("Order of the answers"), links)
