"""Official answers: marking one's own, and what waits for a colleague."""

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from community import permissions
from community.actions import official
from community.errors import EditConflict, NotAllowed, NotThere
from community.forms.edits import EditAnswerForm, initial_of_answer
from community.forms.fields import attempt
from community.models import Answer, Hiding
from community.reading.official import own_waiting
from community.views.gates import SeeOther, done, member_of, member_post
from community.views.writing import said_of, take_files


def waits(request: HttpRequest) -> HttpResponse:
    """Where somebody lands whose official answer waits for a colleague."""
    messages.info(request, _("Your official answer waits until a colleague has read it. Nobody else sees it before."))
    return SeeOther(reverse("official_waiting"))


@never_cache
@require_safe
def official_waiting(request: HttpRequest) -> HttpResponse:
    """One's own official answers that wait or came back."""
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not permissions.is_staff(request.user):
        raise NotAllowed(_("Only staff can see this page."))
    return render(request, "community/official_waiting.html", {"rows": own_waiting(member_of(request))})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def change_official(request: HttpRequest, answer_id: int) -> HttpResponse:
    """Change what waits, and propose it again."""
    if not permissions.is_member(request.user):
        return redirect_to_login(reverse("official_waiting"))
    mine = Answer.objects.filter(author=member_of(request), hidden_for=Hiding.APPROVAL).select_related("thread")
    answer = mine.filter(pk=answer_id).first()
    if answer is None:
        raise NotThere(_("This does not wait any more."))
    context = {"thread": answer.thread, "heading": _("Change what waits"), "back": reverse("official_waiting")}
    if request.method != "POST":
        form = EditAnswerForm(initial=initial_of_answer(answer), user=request.user)
        return render(request, "community/edit.html", context | {"form": form})
    data, wrong = take_files(request)
    form = EditAnswerForm(data, user=request.user)
    for message in wrong:
        form.add_error("uploads", message)
    try:
        made, status = attempt(form, lambda: _rewritten(request, form, answer_id))
    except EditConflict as conflict:
        form.add_error(None, str(conflict.message))
        made, status = None, conflict.status
    if made is None:
        return render(request, "community/edit.html", context | {"form": form}, status=status)
    return waits(request)


def _rewritten(request: HttpRequest, form: EditAnswerForm, answer_id: int) -> Answer:
    return official.rewrite(
        actor=member_of(request),
        answer_id=answer_id,
        version=form.cleaned_data["version"],
        body=form.cleaned_data["body"],
        attachment_ids=form.cleaned_data["attachments"],
        private=said_of(request),
    )


@member_post
def take_back_official(request: HttpRequest, answer_id: int) -> HttpResponse:
    """It shall not show after all."""
    official.take_back(actor=member_of(request), answer_id=answer_id)
    return done(request, reverse("official_waiting"), _("You have taken it back. It will not be shown."))


@member_post
def mark_official(request: HttpRequest, answer_id: int) -> HttpResponse:
    """One's own answer is the company's word."""
    answer = official.mark(actor=member_of(request), answer_id=answer_id)
    told = _("Marked as official.") if answer.official_at else _("It is official once a colleague has read it.")
    return done(request, answer.get_absolute_url(), told)


@member_post
def unmark_official(request: HttpRequest, answer_id: int) -> HttpResponse:
    """It is no official word any more."""
    answer = official.unmark(actor=member_of(request), answer_id=answer_id)
    return done(request, answer.get_absolute_url(), _("It is not marked as official."))
