"""Answering, on a page of its own with the question above the text."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from community import permissions
from community.actions import answers, drafts
from community.errors import NotAllowed
from community.forms.answers import AnswerForm, answer_form_for
from community.forms.fields import attempt, read_ids
from community.models import Draft, Hiding, Thread
from community.views.gates import SeeOther, pace, sign_in_first, with_wait
from community.views.held import held
from community.views.official import waits
from community.views.writing import member_or_none, said_of, sheet_of, take_files, writer_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_thread(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The form (with `?quote=<answer id>` quoted); a member's answer is posted, a visitor's kept until they sign in."""
    if request.method == "POST":
        return _posted(request, thread_id)
    thread = _visible(request, thread_id)
    if not permissions.is_open(thread):
        raise NotAllowed(_("This question takes no more answers."))
    quote_id = next(iter(read_ids([request.GET.get("quote", "")])), None)
    form = answer_form_for(request.user, thread, quote_id, visitor_key=writer_of(request)["visitor_key"])
    return _page(request, thread, form)


def _visible(request: HttpRequest, thread_id: int) -> Thread:
    visible = Thread.objects.visible_to(request.user).select_related("board", "asker")
    return get_object_or_404(visible, pk=thread_id)


def _posted(request: HttpRequest, thread_id: int) -> HttpResponse:
    """The action itself looks for the thread; the page asks for it only where it is shown or files are stored."""
    if request.FILES:
        _visible(request, thread_id)
    data, wrong_files = take_files(request)
    form = AnswerForm(data, user=request.user, auto_id="answer_%s")
    form.place = drafts.place_of_answer(thread_id)
    for message in wrong_files:
        form.add_error("uploads", message)
    actor = member_or_none(request)
    if actor is None:
        return _kept_for_later(request, _visible(request, thread_id), form)

    made, status = attempt(
        form,
        lambda: answers.answer(
            actor=actor,
            thread_id=thread_id,
            body=form.cleaned_data["body"],
            attachment_ids=form.cleaned_data["attachments"],
            post_key=form.one_time_key(),
            sheet=sheet_of(request),
            private=said_of(request),
            entry=form.entry(),
            is_official=bool(form.cleaned_data.get("is_official")),
        ),
    )
    if made is None:
        return _page(request, _visible(request, thread_id), form, status=status)
    if made.hidden_for == Hiding.HELD:
        return held(request)
    if made.hidden_for == Hiding.APPROVAL:
        return waits(request)
    messages.success(request, _("Your answer is posted. Thank you."))
    return SeeOther(made.get_absolute_url())


def _kept_for_later(request: HttpRequest, thread: Thread, form: AnswerForm) -> HttpResponse:
    """A visitor's answer is in the form again once they have signed in."""

    def keep() -> Draft | None:
        pace(request, "draft")
        writer = writer_of(request, make_key=True)
        return drafts.save_draft(
            **writer,
            place=drafts.place_of_answer(thread.pk),
            body=form.cleaned_data["body"],
            sheet=sheet_of(request),
            beside=True,
        )

    draft, status = attempt(form, keep)
    if draft is None:
        return _page(request, thread, form, status=status)
    messages.info(request, _("Your answer is kept. Sign in, and it is here to be posted."))
    return sign_in_first(request, reverse("answer_thread", args=[thread.pk]))


def _page(request: HttpRequest, thread: Thread, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    aside = drafts.find_draft(**writer_of(request), place=drafts.place_of_answer(thread.pk) + drafts.EARLIER)
    context = {"thread": thread, "answer_form": form, "aside": aside}
    return with_wait(render(request, "community/answer_thread.html", context, status=status), form)
