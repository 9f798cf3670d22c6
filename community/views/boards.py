"""Boards: all of them, and one with its list."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.incoming.addresses import board_address
from community.reading.boards import boards_shown
from community.reading.found.heads import Head
from community.reading.known_issues import current_issues
from community.reading.lists import board_of
from community.views.gates import reader_of
from community.views.lists import list_page, watched_by


@require_safe
def boards(request: HttpRequest) -> HttpResponse:
    """The boards this person may see, with what happened there lately."""
    head = Head(path=request.path, title=_("Boards"), description=_("Choose the product it is about."), indexed=True)
    return render(request, "community/boards.html", {"boards": boards_shown(reader_of(request)), "head": head})


@require_safe
def board(request: HttpRequest, slug: str) -> HttpResponse:
    """One board's threads."""
    found = board_of(reader_of(request), slug)
    request.page_concerns = (found.pk,)  # type: ignore[attr-defined]
    user = reader_of(request)
    watched = watched_by(user, board=found)
    context = {
        "board": found,
        "watched": watched,
        "issues": current_issues(user, found),
        "mail_list": board_address(found),
        "follows": {found.pk} if watched and watched.watch.is_list else set(),
    }
    return list_page(request, "community/board.html", context, own=("board",), board=found)
