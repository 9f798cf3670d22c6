"""Merging questions, splitting answers off, taking either back: each says first what it will do."""

from typing import Any

from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from community.actions import regrouping as acts
from community.errors import NotThere, Refused
from community.forms.fields import demand
from community.forms.moderation import MergeForm, SplitForm, named_thread
from community.models import Board, Thread
from community.reading import regrouping, suggestions
from community.reading import search as searching
from community.reading.lists import listed
from community.views.gates import done, member_of, moderator_page, moderator_post
from community.views.solutions import reason_of

#: So many questions are offered for some words.
FOUND = 8


def _thread(request: HttpRequest, thread_id: int) -> Thread:
    return get_object_or_404(Thread.objects.visible_to(request.user).select_related("board"), pk=thread_id)


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_page
def merge_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Which question it becomes one with; what will happen; then, posted, it happens."""
    if request.method == "POST":
        fields = demand(MergeForm(request.POST))
        fields["target_id"] = fields.pop("original_id")
        thread = acts.merge(actor=member_of(request), thread_id=thread_id, **fields)
        into = get_object_or_404(Thread.objects.visible_to(request.user), merged=thread)
        words = _("The questions are one now: everything stands here, and the other one leads here.")
        return done(request, into.get_absolute_url(), words)
    thread = _thread(request, thread_id)
    given = request.GET.get("original", "")[:1000]
    context: dict[str, Any] = {"thread": thread, "given": given, "preview": None}
    if (target := _named(request, given)) is not None:
        context["preview"] = regrouping.preview_merge(thread, target)
    else:
        context["offered"], context["nothing"] = _offered(request, thread, given), bool(given)
    return render(request, "community/merge.html", context)


def _named(request: HttpRequest, given: str) -> Thread | None:
    """The question that an address or a number names, where its chain of duplicates ends; None for other words."""
    try:
        number = named_thread(given)
    except ValidationError:
        return None
    visible = Thread.objects.visible_to(request.user).select_related("board")
    target = visible.filter(pk=number).first()
    if target is not None and target.merged_into_id is not None:
        target = visible.filter(pk=target.merged_into_id).first()
    if target is None:
        raise NotThere(_("There is no such question."))
    return target


def _offered(request: HttpRequest, thread: Thread, given: str) -> list[Thread]:
    """Questions to choose from: those with these words, else those like this one."""
    if given.strip():
        found = searching.find(viewer=request.user, words=given[:200], limit=FOUND)
        ids = [hit.cell.id for hit in found.rows]
    else:
        ids = [each.id for each in suggestions.similar(thread=thread, viewer=request.user, limit=FOUND)]
    rows = listed(request.user).select_related("board").in_bulk([pk for pk in ids if pk != thread.pk])
    return [rows[pk] for pk in ids if pk in rows]


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_page
def split_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Which answers move, and where; what will happen; then, posted, it happens."""
    if request.method == "POST":
        fields = demand(SplitForm(request.POST, user=request.user))
        act = acts.split(
            actor=member_of(request),
            thread_id=thread_id,
            answer_ids=[int(pk) for pk in fields["answer"]],
            title=fields["title"],
            board_id=fields["board"].pk if fields["board"] else None,
            target_id=fields["original"],
            reason=fields["reason"],
        )
        return done(request, act.target.get_absolute_url(), _("The answers stand here now."))
    thread = _thread(request, thread_id)
    form = SplitForm(request.GET or None, user=request.user, initial={"board": thread.board.slug})
    wants_preview = "title" in request.GET or "original" in request.GET
    if wants_preview and form.is_valid():
        return _split_preview(request, thread, form)
    chosen = [int(pk) for pk in request.GET.getlist("answer")[:500] if pk.isascii() and pk.isdigit() and len(pk) < 19]
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
    offered, more = regrouping.answers_to_choose(thread, chosen, after=start)
    context = {"thread": thread, "form": form, "offered": offered, "more": more, "boards": _boards(request, thread)}
    context["errors"] = form.errors if wants_preview else {}
    return render(request, "community/split.html", context, status=400 if wants_preview else 200)


def _boards(request: HttpRequest, thread: Thread) -> list[tuple[Board, bool]]:
    """The boards, and which of them is the question's own."""
    return [(board, board.pk == thread.board_id) for board in Board.objects.visible_to(request.user)]


def _split_preview(request: HttpRequest, thread: Thread, form: SplitForm) -> HttpResponse:
    fields = form.cleaned_data
    ids = [int(pk) for pk in fields["answer"]]
    chosen = regrouping.chosen_answers(thread, ids)
    if len(chosen) != len(ids):
        raise Refused(_("One of the chosen answers does not stand here any more. Please look again."))
    target = _named(request, str(fields["original"])) if fields["original"] is not None else None
    context = {
        "thread": thread,
        "chosen": chosen,
        "first": chosen[0] if target is None else None,
        "others": chosen[1:] if target is None else chosen,
        "target": target,
        "title": fields["title"],
        "board": fields["board"] or thread.board,
        "moves_solution": any(each.is_solution for each in chosen),
        "stays": thread.answer_count - len(chosen),
        "back": f"{request.path}?{'&'.join(f'answer={pk}' for pk in ids)}",
    }
    return render(request, "community/split_preview.html", context)


@moderator_post
def undo_move(request: HttpRequest, regrouping_id: int) -> HttpResponse:
    """Everything stands where it stood."""
    act = acts.undo(actor=member_of(request), regrouping_id=regrouping_id, reason=reason_of(request))
    words = _("Taken back: the answers stand here again, as they are by now.")
    return done(request, act.thread.get_absolute_url(), words)
