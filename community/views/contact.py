"""Talking to staff: what only they can look at, and how they are reached."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import permissions
from community.actions import drafts
from community.context_processors import find_brand
from community.errors import NotThere
from community.models import Board
from community.reading.lists import board_of
from community.reading.ways import ways_to_staff
from community.views.gates import reader_of
from community.views.writing import writer_of


@never_cache
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """The ways to staff. `?board=` names whose, and `?own=1` says that somebody came from a form with a matter of
    their own: what they wrote there is kept, and stands here to be taken along."""
    user = reader_of(request)
    brand, board = find_brand(), _board(request)
    draft = drafts.find_draft(**writer_of(request), place=drafts.ASK)
    context = {
        "board": board,
        "ways": ways_to_staff(brand, board, draft),
        "is_own": "own" in request.GET,
        "draft": draft,
        "may_set": permissions.can_open_admin(user),
    }
    return render(request, "community/contact.html", context)


def _board(request: HttpRequest) -> Board | None:
    """The board it is about; one that is out of sight is none."""
    try:
        return board_of(reader_of(request), slug) if (slug := request.GET.get("board", "")) else None
    except NotThere:
        return None
