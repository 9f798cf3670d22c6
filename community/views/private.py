"""Private data: noticed while somebody writes, and what was told to staff alone."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from community import permissions
from community.actions import private_notes
from community.actions.private_data import left_out, notice
from community.content.markdown import MAX_BODY
from community.errors import NotAllowed
from community.forms.fields import read_ids
from community.models import Board, Thread
from community.reading.private_notes import notes_page
from community.views.gates import done, member_of, member_post, slow_down


@require_safe
def private_data(request: HttpRequest) -> HttpResponse:
    """What happens with what was noticed, and with what staff are told privately."""
    return render(request, "community/private_data.html")


@never_cache
@require_POST
def look_private(request: HttpRequest) -> HttpResponse:
    """What may be private in a form as it stands, as a fragment; 204 for nothing. Nothing is written."""
    if (too_often := slow_down(request, "preview")) is not None:
        return too_often
    sent = request.POST
    noticed = notice(
        patterns=_patterns(request),
        title=sent.get("title", "")[:MAX_BODY],
        body=sent.get("body", "")[:MAX_BODY],
        before=sent.get("before", "")[:MAX_BODY],
    )
    if not noticed:
        return HttpResponse(status=204)
    context: dict[str, Any] = {"noticed": noticed, "left_out": left_out()}
    return render(request, "community/private/live.html", context)


def _patterns(request: HttpRequest) -> str:
    """The patterns of the board this is written for: the one chosen, or the one of the question it answers."""
    thread_id = next(iter(read_ids([request.POST.get("thread", "")])), 0)
    if thread_id:
        threads = Thread.objects.visible_to(request.user).filter(pk=thread_id)
        return threads.values_list("board__private_patterns", flat=True).first() or ""
    boards = Board.objects.visible_to(request.user).filter(slug=request.POST.get("board", "")[:60])
    return boards.values_list("private_patterns", flat=True).first() or ""


@never_cache
@require_safe
def notes(request: HttpRequest) -> HttpResponse:
    """What people told staff alone and nobody has read yet, oldest first."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not permissions.is_staff(request.user):
        raise NotAllowed(_("Only staff can see this page."))
    after = request.GET.get("after", "")
    rows, cursor = notes_page(member_of(request), after=after)
    context = {
        "notes": rows,
        "older_url": f"?after={cursor}" if cursor else "",
        "newer_url": request.path if after else "",
    }
    return render(request, "community/private/notes.html", context)


@member_post
def take_back_note(request: HttpRequest, note_id: int) -> HttpResponse:
    """Delete what one told staff."""
    thread = private_notes.take_back(actor=member_of(request), note_id=note_id)
    # The address without words: whoever wrote it may be out of sight of the question by now.
    return done(request, reverse("thread_short", args=[thread.pk]), _("Your note is deleted."))


@member_post
def read_note(request: HttpRequest, note_id: int) -> HttpResponse:
    """Staff have taken it in."""
    thread = private_notes.mark_read(actor=member_of(request), note_id=note_id)
    return done(request, thread.get_absolute_url())
