"""What I follow, with the reason, and how to stop."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from community.actions import notices
from community.converters import parse_id
from community.errors import Refused
from community.models import Board, Tag, Thread, Watch
from community.reading import cursors
from community.views.gates import done, member_of, member_post

ORDER = "watches"
PER_PAGE = 50


@login_required
@require_safe
def watches(request: HttpRequest) -> HttpResponse:
    """Boards and tags first (few), then threads, newest first."""
    person = member_of(request)
    mine = Watch.objects.filter(person=person)
    rows = mine.filter(thread__in=Thread.objects.visible_to(person)).select_related("thread").order_by("-pk")
    if after := request.GET.get("after", ""):
        rows = rows.filter(pk__lt=cursors.decode(ORDER, after)[0])
    page = list(rows[: PER_PAGE + 1])
    older = f"?after={cursors.encode(ORDER, page[PER_PAGE - 1].pk, 0)}" if len(page) > PER_PAGE else ""
    context = {
        "boards": mine.filter(board__in=Board.objects.visible_to(person)).select_related("board")[:200],
        "tags": mine.filter(tag__in=Tag.objects.visible_to(person)).select_related("tag")[:200],
        "threads": page[:PER_PAGE],
        "older_url": older,
    }
    return render(request, "community/watches.html", context)


@member_post
def change_watch(request: HttpRequest) -> HttpResponse:
    """`do` is watch, unwatch or mute; one of `thread`, `tag`, `board` names the thing; back to `next`."""
    person = member_of(request)
    target = {
        f"{name}_id": parse_id(request.POST[name]) for name in ("thread", "tag", "board") if request.POST.get(name)
    }
    do = request.POST.get("do", "")
    if len(target) != 1 or do not in {"watch", "unwatch", "mute"}:
        raise Refused(_("Please say what to watch."))
    if do == "watch":
        notices.watch(actor=person, **target)
    elif do == "unwatch":
        notices.unwatch(actor=person, **target)
    elif "thread_id" in target:
        notices.mute(actor=person, thread_id=target["thread_id"])
    else:
        raise Refused(_("Only questions can be muted."))
    return done(request, reverse("watches"))
