"""Taking words out of a question, and destroying a post: pages for moderators."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community import permissions
from community.actions import purges
from community.actions.redaction import redact
from community.errors import NotAllowed
from community.forms.fields import attempt, read_ids
from community.forms.removing import PurgeForm, RedactForm
from community.models import Answer, Purge, Thread
from community.reading.removing import detect, files_in, open_purge
from community.views.gates import SeeOther, done, member_of, moderator_post


def _post_of(request: HttpRequest, thread_id: int) -> tuple[Thread, Answer | None]:
    """The question and, where `?answer=` names one, its answer; 404 out of sight, 403 for all but moderators."""
    visible = Thread.objects.visible_to(request.user).select_related("board", "asker")
    thread = get_object_or_404(visible, pk=thread_id)
    if not permissions.can_moderate(request.user):
        raise NotAllowed(_("Only moderators can do this."))
    wanted = request.GET.get("answer", "")
    if not wanted:
        return thread, None
    number = next(iter(read_ids([wanted])), 0)
    return thread, get_object_or_404(Answer.objects.select_related("author"), thread=thread, pk=number)


def _context(thread: Thread, answer: Answer | None) -> dict[str, Any]:
    post: Thread | Answer = thread if answer is None else answer
    about = f"?answer={answer.pk}" if answer else ""
    return {
        "thread": thread,
        "answer": answer,
        "post": post,
        "person": thread.asker if answer is None else answer.author,
        "back": post.get_absolute_url(),
        "redact_url": reverse("redact_thread", args=[thread.pk]) + about,
        "purge_url": reverse("purge_thread", args=[thread.pk]) + about,
    }


def _signed_in(request: HttpRequest) -> bool:
    return bool(request.user.is_authenticated)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def redact_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Choose what is taken out, of what was found and what else one names."""
    if request.method == "POST" and not permissions.is_member(request.user):
        return redirect_to_login(reverse("thread_short", args=[thread_id]))
    get_object_or_404(Thread.objects.visible_to(request.user).only("pk"), pk=thread_id)
    if not _signed_in(request):
        return redirect_to_login(request.get_full_path())
    thread, answer = _post_of(request, thread_id)
    detected, files = detect(thread, answer), files_in(thread, answer)
    sent = request.POST if request.method == "POST" else None
    form = RedactForm(sent, detected=[row.text for row in detected])
    context = _context(thread, answer) | {"form": form, "detected": detected, "files": files}
    if sent is None:
        return render(request, "community/removing/redact.html", context)
    made, status = attempt(form, lambda: _redact(request, thread, answer, form))
    if made is None:
        return render(request, "community/removing/redact.html", context, status=status)
    messages.success(request, _("It is removed, everywhere we keep it."))
    return SeeOther(made.get_absolute_url())


def _redact(request: HttpRequest, thread: Thread, answer: Answer | None, form: RedactForm) -> Thread:
    return redact(
        actor=member_of(request),
        thread_id=thread.pk,
        answer_id=answer.pk if answer else None,
        pieces=form.pieces(),
        attachment_ids=form.cleaned_data["gone"],
        ground=form.cleaned_data["ground"],
        words=form.cleaned_data["words"],
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def purge_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """Wish that a post be destroyed; once somebody did, another one confirms here."""
    if request.method == "POST" and not permissions.is_member(request.user):
        return redirect_to_login(reverse("thread_short", args=[thread_id]))
    get_object_or_404(Thread.objects.visible_to(request.user).only("pk"), pk=thread_id)
    if not _signed_in(request):
        return redirect_to_login(request.get_full_path())
    thread, answer = _post_of(request, thread_id)
    sent = request.POST if request.method == "POST" else None
    form = PurgeForm(sent)
    context = _context(thread, answer) | {"form": form}
    if sent is not None:
        made, status = attempt(form, lambda: _ask_purge(request, thread, answer, form))
        if made is not None:
            messages.success(request, _("It is hidden, and waits for another moderator to confirm."))
            return SeeOther(context["purge_url"])
        return render(request, "community/removing/purge.html", context, status=status)
    context["purge"] = found = open_purge(thread, answer)
    mine = {found.asked_by_id, context["person"].pk} if found else set()
    context["may_confirm"] = found is not None and request.user.pk not in mine
    return render(request, "community/removing/purge.html", context)


def _ask_purge(request: HttpRequest, thread: Thread, answer: Answer | None, form: PurgeForm) -> Purge:
    answer_id = answer.pk if answer else None
    return purges.ask(actor=member_of(request), thread_id=thread.pk, answer_id=answer_id, **form.cleaned_data)


@moderator_post
def confirm_purge(request: HttpRequest, purge_id: int) -> HttpResponse:
    """Another person says yes."""
    purges.confirm(actor=member_of(request), purge_id=purge_id)
    return done(request, reverse("moderation"), _("It is destroyed."))


@moderator_post
def withdraw_purge(request: HttpRequest, purge_id: int) -> HttpResponse:
    """It stays, hidden."""
    purge = purges.withdraw(actor=member_of(request), purge_id=purge_id)
    short = reverse("thread_short", args=[purge.thread_id])
    return done(request, short, _("It is not destroyed. It stays hidden until somebody restores it."))
