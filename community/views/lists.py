"""Lists of threads: all of them, one tag's, and the list of tags."""

from functools import lru_cache
from typing import Any, TypedDict

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.context_processors import ask_frame, keep_frame
from community.models import Board, Tag, Thread, User, Watch
from community.notices.rhythm_words import Watched, with_choices
from community.notices.topics import rhythms_of
from community.reading import figures
from community.reading.found import indexing
from community.reading.found.heads import Head, description_of_text
from community.reading.lists import (
    CURSORS,
    LISTS,
    Filters,
    Page,
    SignInNeeded,
    ask_boards,
    boards_of,
    query_of,
    read_filters,
    read_page,
    tag_of,
)
from community.reading.prepared import Ask, together
from community.reading.rows import thread_rows
from community.views.gates import reader_of

Words = tuple[str, str, str | Promise]
#: The tabs over a list, as (name in the address, word, label).
TABS: tuple[Words, ...] = (
    ("", "", gettext_lazy("All")),
    ("list", "unanswered", gettext_lazy("Unanswered")),
    ("list", "unsolved", gettext_lazy("Unsolved")),
    ("list", "needs-attention", gettext_lazy("Needs attention")),
    ("state", "needs_info", gettext_lazy("Needs info")),
    ("state", "solved", gettext_lazy("Solved")),
)
MORE: tuple[Words, ...] = (
    ("state", "new", gettext_lazy("New")),
    ("state", "responded", gettext_lazy("Responded")),
    ("state", "closed", gettext_lazy("Closed")),
    ("list", "outdated", gettext_lazy("Outdated solutions")),
)
YOURS: tuple[Words, ...] = (
    ("list", "my-turn", gettext_lazy("My turn")),
    ("list", "mine", gettext_lazy("I asked")),
    ("list", "my-answers", gettext_lazy("I answered")),
    ("list", "for-me", gettext_lazy("Unanswered, with my tags")),
)
#: What an empty list says, and what to do next: (title, text).
EMPTY: dict[str, tuple[str | Promise, str | Promise]] = {
    "unanswered": (
        gettext_lazy("Everybody has been answered"),
        gettext_lazy("Come back later, or see what is unsolved."),
    ),
    "unsolved": (gettext_lazy("Nothing is unsolved"), gettext_lazy("Every question here has a solution that works.")),
    "needs-attention": (gettext_lazy("Nobody is waiting"), gettext_lazy("No asker has spoken last.")),
    "outdated": (gettext_lazy("Every solution still works"), gettext_lazy("Nobody has said otherwise so far.")),
    "mine": (
        gettext_lazy("You have not asked anything yet"),
        gettext_lazy("What is going wrong? Somebody here may know."),
    ),
    "my-answers": (
        gettext_lazy("You have not answered yet"),
        gettext_lazy("Look at what is unanswered: you may know one."),
    ),
    "my-turn": (gettext_lazy("Nothing waits for you"), gettext_lazy("When somebody answers you, it stands here.")),
    "for-me": (gettext_lazy("Nothing with your tags is unanswered"), gettext_lazy("Watch more tags to see more here.")),
}


#: And where no list is named: (nothing was chosen, something was).
NOTHING: tuple[tuple[str | Promise, str | Promise], ...] = (
    (gettext_lazy("There is nothing here yet"), gettext_lazy("What is going wrong? Be the first to ask.")),
    (gettext_lazy("There is nothing here"), gettext_lazy("Nothing matches all of what you chose.")),
)


class Choice(TypedDict):
    """One way to narrow a list."""

    label: str | Promise
    url: str
    current: bool


def list_context(
    request: HttpRequest, *, own: tuple[str, ...] = (), board: Board | None = None, tag: Tag | None = None
) -> dict[str, Any]:
    """Rows, tabs, chips and cursors of the list an address asks for. `own` names what the page itself is about."""
    user = reader_of(request)
    filters = read_filters(user=user, given=request.GET, board=board, tag=tag)
    page = read_page(user, filters, given=request.GET)
    chosen = filters.words().keys() - {*own}
    feed = feed_address(filters, own)
    empty = EMPTY.get(filters.named) if chosen == {"list"} else None
    here = filters.query(without=own)
    labels = (filters.board.name if filters.board else "", filters.tag.name if filters.tag else "")
    *board_rows, frame = _with_frame(user, [] if own else [ask_boards(user)])
    keep_frame(request, frame)
    boards = tuple((each.slug, each.name) for rows in board_rows for each in boards_of(rows))
    tabs, narrower = _furniture(
        tuple(filters.words().items()),
        labels,
        own,
        request.path,
        user.is_authenticated,
        boards,
        feed,
        get_language() or "",
    )
    return {
        "rows": thread_rows(page.cells, hide_board="board" in own),
        "older_url": _with_cursor(here, "after", page.older),
        "newer_url": _with_cursor(here, "before", page.newer),
        "newest_url": "" if page.is_first else here or request.path,
        "tabs": tabs,
        "narrower": narrower,
        "empty": empty or NOTHING[bool(chosen)],
        "all_url": request.path if chosen else "",
        "head": _head(request, filters, own, page, feed),
    }


def _head(request: HttpRequest, filters: Filters, own: tuple[str, ...], page: Page, feed: str) -> Head:
    """What a list tells search engines: only the first page of a whole one is worth finding.

    Later pages and narrowed ones are ways to the questions, and move with every answer.
    """
    here, board, tag = filters.query(without=own), filters.board, filters.tag
    cursors = [] if page.is_first else [_with_cursor(here, name, request.GET.get(name, "")) for name in CURSORS]
    is_whole = not filters.words().keys() - {*own} and page.is_first
    if own == ("board",) and board:
        title, words, is_found = board.name, board.description or board.name, indexing.is_public(board)
    elif own == ("tag",) and tag:
        title, is_found = tag.name, len(page.cells) >= indexing.THIN_TAG
        words = _("Questions about “%(tag)s”, and what solved them.") % {"tag": tag.name}
    else:
        title, words, is_found = _("Questions"), _("All questions of this community, the latest first."), True
    return Head(
        path=request.path + next((cursor for cursor in cursors[::-1] if cursor), here),
        title=title,
        description=description_of_text(words),
        indexed=is_whole and is_found,
        feed=feed,
    )


def feed_address(filters: Filters, own: tuple[str, ...]) -> str:
    """The feed of the same list; "" for lists about oneself and for boards that not everybody may see."""
    if (filters.named and LISTS[filters.named].personal) or (filters.board and not indexing.is_public(filters.board)):
        return ""
    if own == ("board",) and filters.board:
        return reverse("board_feed", args=[filters.board.slug]) + filters.query(without=own)
    if own == ("tag",) and filters.tag:
        return reverse("tag_feed", args=[filters.tag.slug]) + filters.query(without=own)
    return reverse("threads_feed") + filters.query()


def _with_frame(user: Any, asked: list[Ask]) -> list[Any]:
    """The rows of each, and last those of the page's frame."""
    found = together(*asked, *ask_frame(user))
    return [*found[: len(asked)], found[len(asked) :]]


@lru_cache(maxsize=1024)
def _furniture(
    words: tuple[tuple[str, str], ...],
    labels: tuple[str, str],
    own: tuple[str, ...],
    path: str,
    signed_in: bool,
    boards: tuple[tuple[str, str], ...],
    feed: str,
    _language: str,
) -> tuple[SafeString, SafeString]:
    """The tabs over a list and the links beside it: the same for everybody who asks for the same, so made once."""
    known = dict(words)
    tabs = {"tabs": _choices(known, TABS, own, path), "chips": _chips(known, labels, own, path)}
    narrower = {
        "more": _choices(known, MORE, own, path),
        "yours": _choices(known, YOURS, own, path) if signed_in else [],
        "kinds": [_choice(known, own, path, kind=kind, label=label) for kind, label in Thread.Kind.choices],
        "boards": [_choice(known, own, path, board=slug, label=name) for slug, name in boards],
        "feed_url": feed,
    }
    return (
        render_to_string("community/list_tabs.html", tabs),
        render_to_string("community/list_aside.html", narrower),
    )


def list_page(request: HttpRequest, template: str, context: dict[str, Any], **about: Any) -> HttpResponse:
    """Render a list; a list about oneself asks visitors to sign in first."""
    try:
        return render(request, template, {**context, **list_context(request, **about)})
    except SignInNeeded:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))


def _with_cursor(query: str, name: str, cursor: str) -> str:
    if not cursor:
        return ""
    return f"{query}&{name}={cursor}" if query else f"?{name}={cursor}"


def _choice(words: dict[str, str], own: tuple[str, ...], path: str, *, label: str | Promise, **change: str) -> Choice:
    """The link to this list with one word changed; current where it is that already."""
    kept = {name: word for name, word in {**words, **change}.items() if name not in own}
    return Choice(label=label, url=query_of(kept) or path, current=all(words.get(k) == v for k, v in change.items()))


def _choices(words: dict[str, str], choices: tuple[Words, ...], own: tuple[str, ...], path: str) -> list[Choice]:
    """Links that keep board, tag and kind, and choose a state or a named list."""
    kept = {name: word for name, word in words.items() if name not in {*own, "state", "list"}}
    chosen = {name: word for name, word in words.items() if name in {"state", "list"}}
    found = []
    for name, word, label in choices:
        change = {name: word} if name else {}
        found.append(Choice(label=label, url=query_of({**kept, **change}) or path, current=chosen == change))
    return found


def _chips(words: dict[str, str], labels: tuple[str, str], own: tuple[str, ...], path: str) -> list[Choice]:
    """What narrows the list beyond its tab, each with the address that takes it away."""
    tabs = {(name, word) for name, word, _label in TABS}
    spoken: dict[str, str | Promise] = {
        "board": labels[0],
        "tag": labels[1],
        "kind": Thread.Kind(words["kind"]).label if "kind" in words else "",
        "state": Thread.State(words["state"]).label if "state" in words else "",
        "list": LISTS[words["list"]].label if "list" in words else "",
    }
    return [
        Choice(
            label=spoken[name],
            url=query_of({k: v for k, v in words.items() if k != name and k not in own}) or path,
            current=True,
        )
        for name, word in words.items()
        if name not in own and (name, word) not in tabs
    ]


@require_safe
def threads(request: HttpRequest) -> HttpResponse:
    """Every thread this person may see, narrowed as the address says."""
    return list_page(request, "community/threads.html", {})


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """The threads that carry a tag."""
    found = tag_of(reader_of(request), slug)
    context = {"tag": found, "watched": watched_by(reader_of(request), tag=found)}
    return list_page(request, "community/tag.html", context, own=("tag",), tag=found)


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """The tags of threads this person may see, the most used first."""
    user = reader_of(request)
    watched = Tag.objects.none()
    if isinstance(user, User):
        watched = Tag.objects.visible_to(user).filter(watches__person=user).order_by("name")[: figures.MOST_TAGS]
    words = _("Words that gather questions. Watch one to be told of new questions with it.")
    head = Head(path=request.path, title=_("Tags"), description=words, indexed=True)
    context = {"tags": figures.popular_tags(user), "watched": watched, "head": head}
    return render(request, "community/tags.html", context)


def watched_by(user: Any, **what: Any) -> Watched | None:
    """The person's watch of a board or tag and when its news come; None for visitors and for what is not watched."""
    watch = Watch.objects.filter(person=user, **what).first() if isinstance(user, User) else None
    return with_choices([watch], rhythms_of(user))[0] if watch else None
