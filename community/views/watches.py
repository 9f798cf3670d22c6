"""What I follow, with the reason, and how to stop."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from community.actions import notices
from community.converters import parse_id
from community.errors import Refused
from community.models import Board, Tag, Thread, Watch
from community.notices.rhythm_words import with_choices
from community.notices.topics import rhythms_of
from community.reading import cursors
from community.views.gates import done, member_of, member_post

ORDER = "watches"
PER_PAGE = 50
#: Boards and tags shown; nobody follows more.
MOST = 200


@login_required
@require_safe
def watches(request: HttpRequest) -> HttpResponse:
    """Boards and tags first (few), then questions, newest first; `show=muted`: the questions that are muted."""
    person = member_of(request)
    wanted = request.GET.get("show", "")
    if wanted not in {"", "muted"}:
        raise Refused(_("There is no such list."))
    mine = Watch.objects.filter(person=person)
    rows = mine.filter(thread__in=Thread.objects.visible_to(person), muted_at__isnull=not wanted)
    rows = rows.select_related("thread__board").order_by("-pk")
    if after := request.GET.get("after", ""):
        rows = rows.filter(pk__lt=cursors.decode(ORDER, after)[0])
    page = list(rows[: PER_PAGE + 1])
    here = f"{reverse('watches')}?show={wanted}" if wanted else reverse("watches")
    older = ""
    if len(page) > PER_PAGE:
        older = f"{here}{'&' if wanted else '?'}after={cursors.encode(ORDER, page[PER_PAGE - 1].pk, 0)}"
    boards = mine.filter(board__in=Board.objects.visible_to(person)).select_related("board").order_by("board__name")
    tags = mine.filter(tag__in=Tag.objects.visible_to(person)).select_related("tag").order_by("tag__name")
    usual = rhythms_of(person)
    context = {
        "wanted": wanted,
        "here": here,
        "is_first": not after,
        "boards": [] if wanted or after else with_choices(boards[:MOST], usual),
        "tags": [] if wanted or after else with_choices(tags[:MOST], usual),
        "threads": with_choices(page[:PER_PAGE], usual),
        "older_url": older,
        "newer_url": here if after else "",
    }
    return render(request, "community/watches.html", context)


@member_post
def stop_watching(request: HttpRequest) -> HttpResponse:
    """Stop watching everything named: `thread`, `tag` and `board`, each repeated as often as needed."""
    named = {name: [parse_id(text) for text in request.POST.getlist(name)] for name in ("thread", "tag", "board")}
    if not any(named.values()):
        raise Refused(_("Choose first what you do not want to watch any more."))
    count = notices.unwatch_all(
        actor=member_of(request), thread_ids=named["thread"], tag_ids=named["tag"], board_ids=named["board"]
    )
    told = ngettext("Done: you watch %(count)d thing less.", "Done: you watch %(count)d things less.", count)
    return done(request, reverse("watches"), told % {"count": count})


@member_post
def watch_rhythm(request: HttpRequest) -> HttpResponse:
    """When one watch's news come by mail: `rhythm`, empty for as in the settings; of a `thread`, `tag` or `board`."""
    target = _target_of(request)
    if len(target) != 1:
        raise Refused(_("Please say what to watch."))
    notices.set_rhythm(actor=member_of(request), rhythm=request.POST.get("rhythm", ""), **target)
    return done(request, reverse("watches"), _("Your choice is saved."))


def _target_of(request: HttpRequest) -> dict[str, int]:
    """The things a form names, as actions take them."""
    return {f"{name}_id": parse_id(request.POST[name]) for name in ("thread", "tag", "board") if request.POST.get(name)}


@member_post
def change_watch(request: HttpRequest) -> HttpResponse:
    """`do` is watch, unwatch or mute; one of `thread`, `tag`, `board` names the thing; back to `next`."""
    person = member_of(request)
    target = _target_of(request)
    do = request.POST.get("do", "")
    if len(target) != 1 or do not in {"watch", "unwatch", "mute"}:
        raise Refused(_("Please say what to watch."))
    if do == "watch":
        notices.watch(actor=person, **target)
        told = _("Done: your inbox tells you of news here.")
    elif do == "unwatch":
        notices.unwatch(actor=person, **target)
        told = _("Done: you do not watch this any more.")
    elif "thread_id" in target:
        notices.mute(actor=person, thread_id=target["thread_id"])
        told = _("Done: you hear nothing more of this question.")
    else:
        raise Refused(_("Only questions can be muted."))
    return done(request, reverse("watches"), told)
