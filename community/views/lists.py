"""Lists of threads: all of them, one tag's, and the list of tags."""

from typing import Any, TypedDict

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from community import figures
from community.lists import (
    LISTS,
    Filters,
    SignInNeeded,
    boards_for,
    read_filters,
    read_page,
    tag_of,
)
from community.models import Board, Tag, Thread, User, Watch
from community.rows import thread_rows
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
    ("state", "responded", gettext_lazy("Answered")),
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
    empty = EMPTY.get(filters.named, (_("There is nothing here yet"), _("Nothing matches what you chose.")))
    here = filters.query(without=own)
    return {
        "filters": filters,
        "rows": thread_rows(page.cells),
        "older_url": _with_cursor(here, "after", page.older),
        "newer_url": _with_cursor(here, "before", page.newer),
        "newest_url": "" if page.is_first else here or request.path,
        "tabs": _choices(filters, TABS, own, request.path),
        "more": _choices(filters, MORE, own, request.path),
        "yours": _choices(filters, YOURS, own, request.path) if user.is_authenticated else [],
        "kinds": _kinds(filters, own, request.path),
        "chips": _chips(filters, own, request.path),
        "empty_title": empty[0],
        "empty_text": empty[1],
    }


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


def _choices(filters: Filters, choices: tuple[Words, ...], own: tuple[str, ...], path: str) -> list[Choice]:
    """Links that keep board, tag and kind, and choose a state or a named list."""
    chosen = ("list", filters.named) if filters.named else ("state", filters.state) if filters.state else ("", "")
    without = (*own, "state", "list")
    return [
        Choice(
            label=label,
            url=filters.query(without=tuple(set(without) - {name}), **({name: word} if name else {})) or path,
            current=(name, word) == chosen,
        )
        for name, word, label in choices
    ]


def _kinds(filters: Filters, own: tuple[str, ...], path: str) -> list[Choice]:
    return [
        Choice(label=label, url=filters.query(without=own, kind=kind) or path, current=kind == filters.kind)
        for kind, label in Thread.Kind.choices
    ]


def _chips(filters: Filters, own: tuple[str, ...], path: str) -> list[Choice]:
    """What narrows the list beyond its tab, each with the address that takes it away."""
    words: list[tuple[str, str | Promise]] = []
    if filters.board:
        words.append(("board", filters.board.name))
    if filters.tag:
        words.append(("tag", filters.tag.name))
    if filters.kind:
        words.append(("kind", Thread.Kind(filters.kind).label))
    tabs = {(name, word) for name, word, _label in TABS}
    if filters.state and ("state", filters.state) not in tabs:
        words.append(("state", Thread.State(filters.state).label))
    if filters.named and ("list", filters.named) not in tabs:
        words.append(("list", LISTS[filters.named].label))
    return [
        Choice(label=label, url=filters.query(without=(*own, name)) or path, current=True)
        for name, label in words
        if name not in own
    ]


@require_safe
def threads(request: HttpRequest) -> HttpResponse:
    """Every thread this person may see, narrowed as the address says."""
    return list_page(request, "community/threads.html", {"boards": boards_for(reader_of(request))})


@require_safe
def tag(request: HttpRequest, slug: str) -> HttpResponse:
    """The threads that carry a tag."""
    found = tag_of(slug)
    context = {"tag": found, "watch": watch_of(reader_of(request), tag=found)}
    return list_page(request, "community/tag.html", context, own=("tag",), tag=found)


@require_safe
def tags(request: HttpRequest) -> HttpResponse:
    """The tags of threads this person may see, the most used first."""
    return render(request, "community/tags.html", {"tags": figures.popular_tags(reader_of(request))})


def watch_of(user: Any, **what: Any) -> Watch | None:
    """The person's watch of a board or tag, None for visitors and for what is not watched."""
    return Watch.objects.filter(person=user, **what).first() if isinstance(user, User) else None
