"""Changing what was posted, and what it said before."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community import permissions
from community.actions import answers, threads
from community.content.diffs import compare
from community.errors import EditConflict, NotAllowed
from community.forms.edits import EditAnswerForm, EditThreadForm, initial_of_answer, initial_of_thread
from community.forms.fields import attempt
from community.models import Answer, Revision, Thread
from community.views.gates import SeeOther, member_of, with_wait
from community.views.writing import said_of, take_files

#: Comparisons on one page of a history.
REVISIONS = 10


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Change a question. Whoever changed it meanwhile is not overwritten: both texts are shown."""
    visible = Thread.objects.visible_to(request.user).select_related("board", "asker")
    thread = get_object_or_404(visible, pk=thread_id)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if not permissions.can_edit_thread(request.user, thread):
        raise NotAllowed(_("You cannot edit this question."))
    context = {"thread": thread, "heading": _("Edit the question"), "back": thread.get_absolute_url()}
    if request.method != "POST":
        form = EditThreadForm(initial=initial_of_thread(thread), user=request.user)
        return render(request, "community/edit.html", context | {"form": form})
    data, wrong = take_files(request)
    form = EditThreadForm(data, user=request.user)
    return _changed(
        request, form, wrong, context, lambda: threads.edit_thread(**_fields(request, form, "thread", thread.pk))
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit_answer(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Change an answer. Whoever changed it meanwhile is not overwritten: both texts are shown."""
    visible = Answer.objects.visible_to(request.user).select_related("thread__board", "author")
    answer = get_object_or_404(visible, pk=answer_id)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if not permissions.can_edit_answer(request.user, answer):
        raise NotAllowed(_("You cannot edit this answer."))
    context = {"thread": answer.thread, "heading": _("Edit the answer"), "back": answer.get_absolute_url()}
    if request.method != "POST":
        form = EditAnswerForm(initial=initial_of_answer(answer), user=request.user)
        return render(request, "community/edit.html", context | {"form": form})
    data, wrong = take_files(request)
    form = EditAnswerForm(data, user=request.user)
    return _changed(
        request, form, wrong, context, lambda: answers.edit_answer(**_fields(request, form, "answer", answer.pk))
    )


def _fields(request: HttpRequest, form: EditAnswerForm, kind: str, row: int) -> dict[str, Any]:
    fields = {name: value for name, value in form.cleaned_data.items() if name not in ("uploads", "attachments")}
    return {
        "actor": member_of(request),
        f"{kind}_id": row,
        "attachment_ids": form.cleaned_data["attachments"],
        "private": said_of(request),
        **fields,
    }


def _changed(
    request: HttpRequest, form: EditAnswerForm, wrong: list[str], context: dict[str, Any], act: Any
) -> HttpResponse:
    """Run the change: back to the post, or the form again with what was wrong, or with both texts after a conflict."""
    for message in wrong:
        form.add_error("uploads", message)
    try:
        made, status = attempt(form, act)
    except EditConflict as conflict:
        return _conflict(request, form, conflict, context)
    if made is None:
        return with_wait(render(request, "community/edit.html", context | {"form": form}, status=status), form)
    messages.success(request, _("Your changes are saved."))
    return SeeOther(made.get_absolute_url())


def _conflict(
    request: HttpRequest, form: EditAnswerForm, conflict: EditConflict, context: dict[str, Any]
) -> HttpResponse:
    """Mine stays in the form, theirs beside it, and what differs between the two."""
    theirs, mine = conflict.current, form.cleaned_data
    form.move_to(theirs.version)
    title = {"theirs": theirs.title, "mine": mine["title"]} if isinstance(theirs, Thread) else None
    both = {
        "theirs": theirs,
        "diff": compare(theirs.body, mine["body"]),
        "title_diff": title,
        "message": conflict.message,
    }
    return render(request, "community/edit_conflict.html", context | {"form": form} | both, status=409)


def _may_see_history(request: HttpRequest) -> None:
    if not permissions.can_see_history(request.user):
        raise NotAllowed(_("Earlier texts are for staff."))


@never_cache
@require_safe
def thread_history(request: HttpRequest, thread_id: int) -> HttpResponse:
    """What a question said before: for staff."""
    thread = get_object_or_404(Thread.objects.visible_to(request.user), pk=thread_id)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    _may_see_history(request)
    return _history(request, thread, Revision.objects.filter(thread=thread, answer=None))


@never_cache
@require_safe
def answer_history(request: HttpRequest, answer_id: int) -> HttpResponse:
    """What an answer said before: for staff."""
    visible = Answer.objects.visible_to(request.user).select_related("thread")
    answer = get_object_or_404(visible, pk=answer_id)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    _may_see_history(request)
    return _history(request, answer, Revision.objects.filter(answer=answer))


def _history(request: HttpRequest, post: Thread | Answer, revisions: Any) -> HttpResponse:
    """The newest changes first, REVISIONS a page; `?before=<version>` goes on."""
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) < 10:
        revisions = revisions.filter(version__lte=int(before))
    rows = list(revisions.select_related("editor").order_by("-version")[: REVISIONS + 1])
    newer: Any = post
    if rows and rows[0].version + 1 != post.version:
        newer = revisions.model.objects.filter(
            thread=rows[0].thread, answer=rows[0].answer, version=rows[0].version + 1
        ).first()
    steps = []
    for row in rows[:REVISIONS]:
        title = (row.title, newer.title) if isinstance(post, Thread) and row.title != newer.title else None
        steps.append(
            {"revision": row, "number": row.version + 1, "diff": compare(row.body, newer.body), "title": title}
        )
        newer = row
    older = rows[REVISIONS].version if len(rows) > REVISIONS else None
    return render(request, "community/history.html", {"post": post, "steps": steps, "older": older})
