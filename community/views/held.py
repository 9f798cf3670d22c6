"""One's own posts that wait for a look: what waits, since when and why; change it, or take it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community.actions import holding
from community.converters import parse_id
from community.errors import EditConflict, NotThere
from community.forms.edits import EditAnswerForm, EditThreadForm, initial_of_answer, initial_of_thread
from community.forms.fields import attempt
from community.models import Answer, Hiding, Thread
from community.reading.held import waiting_of
from community.views.gates import SeeOther, done, member_of, member_post
from community.views.writing import said_of, take_files


@never_cache
@login_required
@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The list; nobody but its author ever sees it."""
    return render(request, "community/held_posts.html", {"rows": waiting_of(member_of(request))})


def held(request: HttpRequest) -> HttpResponse:
    """Where somebody lands whose post has to wait: told so at once, calmly."""
    messages.info(request, _("Thank you. A person will look at this first; usually within a day. You will be told."))
    return SeeOther(reverse("waiting"))


def _named(request: HttpRequest) -> tuple[int, int | None]:
    """The ids of thread and answer that the address or the form names."""
    given = request.GET if "thread" in request.GET else request.POST
    thread, answer = given.get("thread", ""), given.get("answer", "")
    return parse_id(thread), (parse_id(answer) if answer else None)


@member_post
def take_back(request: HttpRequest) -> HttpResponse:
    """It shall not show after all."""
    thread_id, answer_id = _named(request)
    holding.take_back(actor=member_of(request), thread_id=thread_id, answer_id=answer_id)
    return done(request, reverse("waiting"), _("You have taken it back. It will not be shown."))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def change_waiting(request: HttpRequest) -> HttpResponse:
    """Change what waits: what had to wait gone, it shows at once."""
    thread_id, answer_id = _named(request)
    post = _own(request, thread_id, answer_id)
    form_class = EditThreadForm if isinstance(post, Thread) else EditAnswerForm
    context = {"heading": _("Change what waits"), "back": reverse("waiting"), "named": (thread_id, answer_id)}
    if request.method != "POST":
        initial = initial_of_thread(post) if isinstance(post, Thread) else initial_of_answer(post)
        form = form_class(initial=initial, user=request.user)
        return render(request, "community/edit.html", context | {"form": form})
    data, wrong = take_files(request)
    form = form_class(data, user=request.user)
    for message in wrong:
        form.add_error("uploads", message)
    try:
        changed, status = attempt(form, lambda: _rewritten(request, form, thread_id, answer_id))
    except EditConflict as conflict:
        form.add_error(None, str(conflict.message))
        changed, status = None, conflict.status
    if changed is None:
        return render(request, "community/edit.html", context | {"form": form}, status=status)
    if changed.hidden_at is not None:
        messages.success(request, _("Your changes are saved. It goes on waiting for a look."))
        return SeeOther(reverse("waiting"))
    messages.success(request, _("Your changes are saved, and everybody can see it now."))
    return SeeOther(changed.get_absolute_url())


def _own(request: HttpRequest, thread_id: int, answer_id: int | None) -> Thread | Answer:
    mine = {"pk": answer_id, "thread": thread_id, "author": request.user} if answer_id else {}
    found = (
        Answer.objects.filter(**mine, hidden_for=Hiding.HELD).select_related("thread").first()
        if mine
        else Thread.objects.filter(pk=thread_id, asker=member_of(request), hidden_for=Hiding.HELD).first()
    )
    if found is None:
        raise NotThere(_("This does not wait any more."))
    return found


def _rewritten(request: HttpRequest, form: EditAnswerForm, thread_id: int, answer_id: int | None) -> Thread | Answer:
    fields = {name: value for name, value in form.cleaned_data.items() if name not in ("uploads", "attachments")}
    return holding.rewrite(
        actor=member_of(request),
        thread_id=thread_id,
        answer_id=answer_id,
        attachment_ids=form.cleaned_data["attachments"],
        private=said_of(request),
        **fields,
    )
