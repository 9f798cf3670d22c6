"""Talking to staff: what only they can look at, and how they are reached."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from community import permissions
from community.actions import drafts
from community.context_processors import find_brand
from community.errors import NotThere
from community.forms.fields import read_ids
from community.models import Board, Draft, Thread
from community.reading.lists import board_of
from community.reading.ways import ways_to_staff
from community.views.gates import reader_of
from community.views.writing import writer_of


@never_cache
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """The ways to staff. `?board=` names whose, and `?own=1` says that somebody came from a form with a matter of
    their own: what they wrote there is kept, and stands here to be taken along. With `?thread=` it is that question."""
    user = reader_of(request)
    brand, board, question = find_brand(), _board(request), _question(request)
    draft = None if question else drafts.find_draft(**writer_of(request), place=drafts.ASK)
    context = {
        "board": board,
        "ways": ways_to_staff(brand, board, _told(request, question) if question else draft),
        "question": question,
        "is_own": "own" in request.GET,
        "draft": draft,
        "may_set": permissions.can_open_admin(user),
    }
    return render(request, "community/contact.html", context)


def _question(request: HttpRequest) -> Thread | None:
    """The question somebody comes from; one that is out of sight is none."""
    number = next(iter(read_ids([request.GET.get("thread", "")])), None)
    if number is None:
        return None
    return Thread.objects.visible_to(reader_of(request)).select_related("board").filter(pk=number).first()


def _told(request: HttpRequest, question: Thread) -> Draft:
    """The question as the beginning of a mail: its address first, so that staff find what was tried."""
    address = request.build_absolute_uri(question.get_absolute_url())
    return Draft(title=question.title, body=f"{address}\n\n{question.body}")


def _board(request: HttpRequest) -> Board | None:
    """The board it is about; one that is out of sight is none."""
    try:
        return board_of(reader_of(request), slug) if (slug := request.GET.get("board", "")) else None
    except NotThere:
        return None
